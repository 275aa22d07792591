"""The long run behind lesson 09: RNN and LSTM on ever longer sequences of the adding problem, five seeds each.

    python -m lesson.data.long_run   in the folder notebooks: writes lesson/data/long_run.csv, in half an hour or so

The pages only read the file.  Every run takes 4000 updates of 32 fresh sequences, as in tasks.py; its answers are
counted on 2560 other sequences, as in 1997.
"""
import csv
from itertools import islice
from pathlib import Path

import numpy as np

from .tasks import adding_problem, learn, share_right

FILE = Path(__file__).with_suffix(".csv")
UPDATES, LENGTHS, SEEDS = 4000, (20, 40, 60, 80, 100, 150), range(5)
KINDS = (("RNN", 0), ("LSTM", 1), ("LSTM", 5))


def result(kind, forget_bias, T, seed):
    """Return the share of 2560 fresh sequences that a trained network answers rightly."""
    *_, (model, _) = islice(learn(kind, T, seed, forget_bias), UPDATES)
    return share_right(model, adding_problem(np.random.default_rng(1000 + seed), T, 2560))


if __name__ == "__main__":
    with open(FILE, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["network", "forget_bias", "T", "seed", "right"])
        for T in LENGTHS:
            for kind, forget_bias in KINDS:
                for seed in SEEDS:
                    rows.writerow([kind, forget_bias, T, seed, round(result(kind, forget_bias, T, seed), 4)])
                    file.flush()
