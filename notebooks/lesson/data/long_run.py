"""The long run behind lesson 10: RNN and LSTM on ever longer sequences of the adding problem, five seeds each.

    python -m lesson.data.long_run   in the folder notebooks: writes lesson/data/long_run.csv, in an hour or so

The pages only read the file.  Every run takes 4000 updates of 32 fresh sequences, as in tasks.py; its answers are
counted on 2560 other sequences, as in 1997.  A plain RNN runs with several learning rates, since one is too large for
it; the page shows, at each length, the one that did best.
"""
import csv
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .tasks import adding_problem, learn, share_right

FILE = Path(__file__).with_suffix(".csv")
UPDATES, LENGTHS, SEEDS = 4000, (20, 40, 60, 80, 100, 150), range(5)


class Runner(NamedTuple):
    """A network, how it is started, and the learning rate."""
    network: str
    start: str
    rate: float


# For each start, what learn takes.
STARTS = {"random start": {}, "identity start": {"identity": True}, "forget bias 1": {"forget_bias": 1},
          "forget bias 5": {"forget_bias": 5}}
RUNNERS = (Runner("RNN", "random start", 0.01), Runner("RNN", "random start", 0.002),
           Runner("RNN", "identity start", 0.002), Runner("RNN", "identity start", 0.001),
           Runner("LSTM", "forget bias 1", 0.01), Runner("LSTM", "forget bias 5", 0.01))


def result(runner, T, seed):
    """Return the share of 2560 fresh sequences that a trained network answers rightly."""
    states = learn(runner.network, T, seed, rate=runner.rate, **STARTS[runner.start])
    *_, (model, _) = islice(states, UPDATES)
    return share_right(model, adding_problem(np.random.default_rng(1000 + seed), T, 2560))


def measured():
    """Return what the file holds: for each 'network, start' and each length T, the shares of the seeds.

    Where a start ran with several rates, those of the rate with the largest median, T by T.
    """
    shares = {}
    with open(FILE, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            by_rate = shares.setdefault(f"{row['network']}, {row['start']}", {}).setdefault(int(row["T"]), {})
            by_rate.setdefault(row["rate"], []).append(float(row["right"]))
    return {name: {T: max(by_rate.values(), key=np.median) for T, by_rate in lengths.items()}
            for name, lengths in shares.items()}


if __name__ == "__main__":
    with open(FILE, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow([*Runner._fields, "T", "seed", "right"])
        for T in LENGTHS:
            for runner in RUNNERS:
                for seed in SEEDS:
                    rows.writerow([*runner, T, seed, round(result(runner, T, seed), 4)])
                    file.flush()
