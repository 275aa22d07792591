"""Snapshots of the race of the lesson on long memory: the weights of both networks, again and again as they train.

    python -m lesson.data.snapshots   in the folder notebooks: writes lesson/data/snapshots.csv, in a minute

Trained anew, the last digits of another processor would lead to other weights; so pages read these from the file.
"""
import csv
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from lstm_layers import LSTMLayer, Predictor, RNNLayer

from .tasks import BATCH, CELLS, RATE, RNN_RATE, learn, network

FILE = Path(__file__).with_suffix(".csv")
KINDS = {"RNN": (RNNLayer, 1, RNN_RATE), "LSTM": (LSTMLayer, 4, RATE)}  # layer, gates, rate
T, SEED, UPDATES, EVERY = 30, 0, 1000, 50  # the race as it stands at rest
SEEN = tuple(k * BATCH for k in range(0, UPDATES + 1, EVERY))  # numbers of sequences


def made(kind):
    """Train a network and yield its weights before the first update and after every EVERY updates, as one row."""
    weights = lambda model: np.concatenate([p.ravel() for p in model.parameters])
    yield weights(network(kind, np.random.default_rng(SEED)))
    states = learn(kind, T, SEED, rate=KINDS[kind][2])
    for k, (model, _) in enumerate(islice(states, UPDATES), 1):
        if k % EVERY == 0:
            yield weights(model)


@cache
def _rows():
    """Return what the file holds: for each kind and number of sequences seen, a row of weights."""
    with open(FILE, encoding="utf-8") as file:
        return {(kind, int(seen)): np.array(weights, float) for kind, seen, *weights in csv.reader(file)}


def snapshot(kind, seen):
    """Return the Predictor of this kind, 'RNN' or 'LSTM', after so many sequences; seen: one of SEEN."""
    layer, gates, _ = KINDS[kind]
    W, V = np.split(_rows()[kind, seen], [-CELLS - 1])
    return Predictor(layer(W.reshape(gates * CELLS, -1)), V[np.newaxis])


if __name__ == "__main__":
    with open(FILE, "w", newline="", encoding="utf-8") as file:
        for kind in KINDS:
            for seen, weights in zip(SEEN, made(kind)):
                csv.writer(file, lineterminator="\n").writerow([kind, seen, *(f"{w:.3f}" for w in weights)])
