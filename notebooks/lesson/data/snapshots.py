"""Snapshots of the race of the lesson on long memory: the weights of both networks as they train, and what these do.

    python -m lesson.data.snapshots   in the folder notebooks: writes lesson/data/snapshots.csv, in a minute

Trained anew, the last digits of another processor would lead to other weights; so pages read these from the file.
"""
import csv
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lstm_core import sigmoid
from lstm_layers import LSTMLayer, Predictor, RNNLayer, lstm_gradient_flow, rnn_gradient_flow

from .tasks import BATCH, CELLS, RATE, RNN_RATE, adding_problem, learn, network

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


# --------------------------------------------------------------------------------------------- what the weights do

def one_sequence(T, seed):
    """Return one sequence of the adding problem: the same number, the same sequence."""
    return adding_problem(np.random.default_rng(int(seed)), int(T), 1)


def marked_steps(seed):
    """Return the steps of that sequence of length T which are marked 1, and the numbers there."""
    values, marks = one_sequence(T, seed).xs[:, :, 0].T
    steps = np.flatnonzero(marks == 1)
    return steps.tolist(), values[steps].tolist()


class Held(NamedTuple):
    """What the LSTM holds of a sequence: c and the change in it by the marked numbers, (cells, steps); its answer y."""
    c: np.ndarray
    change: np.ndarray
    y: float


@lru_cache(maxsize=64)
def held(seen, seed):
    """Return what the LSTM, after so many sequences of training, has Held of the sequence of this seed."""
    model, xs = snapshot("LSTM", int(seen)), one_sequence(T, seed).xs
    without = np.where(xs[:, 1:] == 1, [[[0.0], [1.0]]], xs)  # the marks stay, the two numbers are 0
    answers = model.predict(np.concatenate([xs, without], axis=2))
    c = model.layer.C[1:].transpose(2, 1, 0)
    return Held(c[0], c[0] - c[1], float(answers[0, 0]))


class Arriving(NamedTuple):
    """The most that a gradient of length 1 at the end can be after step t = 0 ... T, and why.

    rnn, c, h: of the RNN's memory and the LSTM's two, (T + 1,); gates: the LSTM's forget gates, (T, cells).
    """
    rnn: np.ndarray
    c: np.ndarray
    h: np.ndarray
    gates: np.ndarray

    def by_gates(self, t):
        """Return the most that the forget gates of a cell alone would leave from the end back to after step t."""
        return float(self.gates[t:].prod(axis=0).max())


@lru_cache(maxsize=64)
def arriving(seen, seed):
    """Return what is Arriving in both networks, after so many sequences of training, on the sequence of this seed."""
    rnn, lstm, xs = snapshot("RNN", int(seen)), snapshot("LSTM", int(seen)), one_sequence(T, seed).xs
    flow, inputs = lstm_gradient_flow(lstm.layer.W, xs[:, :, 0]), np.ones((len(xs), lstm.layer.W.shape[1]))
    hs, n = lstm.layer.forward(xs), lstm.layer.n
    inputs[0, :n], inputs[1:, :n], inputs[:, n:-1] = 0, hs[:-1, :, 0], xs[:, :, 0]
    # The largest singular value: the most that the matrix makes of a length of 1.
    sizes = [np.linalg.norm(J, 2, axis=(1, 2)) for J in (rnn_gradient_flow(rnn.layer.W, xs[:, :, 0]), *flow)]
    return Arriving(*sizes, sigmoid(inputs @ lstm.layer.W[:n].T))


if __name__ == "__main__":
    with open(FILE, "w", newline="", encoding="utf-8") as file:
        for kind in KINDS:
            for seen, weights in zip(SEEN, made(kind)):
                csv.writer(file, lineterminator="\n").writerow([kind, seen, *(f"{w:.3f}" for w in weights)])
