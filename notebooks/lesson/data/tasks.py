"""Two tasks for a long memory, exactly as published, and the networks that learn them.  Knows no widget, no picture.

Source: S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997, experiments 4 and 6a.
"""
from itertools import count
from typing import NamedTuple

import numpy as np

from lstm_layers import Adam, LSTMLayer, Predictor, RNNLayer, random_weights, train

from .gru import GRULayer

RIGHT = 0.04  # an answer is right when its absolute error is below this
CELLS, BATCH, RATE, CLIP = 16, 32, 0.01, 1.0  # of the runs on the page and of the long one
RNN_RATE = 0.002  # with which a plain RNN does best; see long_run.py


class Sequences(NamedTuple):
    """B sequences: inputs xs (T, m, B), T being the longest; targets (k, B); how many steps of each count (B,)."""
    xs: np.ndarray
    targets: np.ndarray
    lengths: np.ndarray


def adding_problem(rng, T, B):
    """Return B sequences of T to T + T/10 pairs (value, mark), exactly as published.

    Values are uniform in [-1, 1].  One of the first ten pairs is marked 1, and one more of the first T/2 - 1; the first
    and the last mark are -1, the others 0.  The target is 0.5 + (X1 + X2) / 4, X1 and X2 being the marked values; a
    marked first pair counts as 0.  rng: a numpy Generator; T: 20 or more, so that the first ten lie in the first half
(below 22, where only nine pairs are among the first T/2 - 1, the ninth is the second mark a little too rarely).
    """
    lengths = rng.integers(T, T + T // 10 + 1, B)
    steps, sequences = lengths.max(), np.arange(B)
    values, marks = rng.uniform(-1, 1, (steps, B)), np.zeros((steps, B))
    first = rng.integers(0, 10, B)
    second = rng.integers(0, T // 2 - 2, B)
    second += second >= first  # among those still unmarked
    total = 0
    for marked in (first, second):
        marks[marked, sequences] = 1
        total = total + np.where(marked == 0, 0, values[marked, sequences])
    marks[0] = marks[lengths - 1, sequences] = -1
    return Sequences(np.stack([values, marks], axis=1), (0.5 + total / 4)[None], lengths)


def temporal_order(rng, B):
    """Return B sequences of the temporal order problem 6a: which of X and Y came first, which second?

    Each starts with E, ends with B, has 100 to 110 symbols, X or Y at one of the steps 10 to 20 and again at one of
    50 to 60, and a, b, c or d elsewhere.  Targets (4, B): 1 in the row of its class, XX, XY, YX or YY, else 0.
    Returns Sequences whose xs (T, 8, B) have a 1 in the row of each symbol: E, B, a, b, c, d, X, Y.
    rng: a numpy Generator.
    """
    lengths = rng.integers(100, 111, B)
    sequences, symbols = np.arange(B), rng.integers(2, 6, (lengths.max(), B))
    order = rng.integers(0, 2, (2, B))
    for (low, high), x_or_y in zip(((10, 21), (50, 61)), order):
        symbols[rng.integers(low, high, B), sequences] = 6 + x_or_y
    symbols[0], symbols[lengths - 1, sequences] = 0, 1
    xs = (symbols[:, None] == np.arange(8)[:, None]).astype(float)
    return Sequences(xs, (2 * order[0] + order[1] == np.arange(4)[:, None]).astype(float), lengths)


def always_half(T):
    """Return what saying 0.5 to every sequence of the adding problem gives: the share that is right, and the error.

    The error is the mean squared one.  Its answer is right where |X1 + X2| / 4 < 0.04.
    """
    first_counts_0 = 0.1 + 0.9 / (T // 2 - 2)  # the chance that the very first pair is marked, first or second
    least = 4 * RIGHT  # of the sum, to be wrong
    both, one = 1 - (1 - least / 2) ** 2, least  # the sum of two lies that near to 0, and one value alone
    variance = 1 / 3  # of a value, uniform in [-1, 1]
    return ((1 - first_counts_0) * both + first_counts_0 * one,
            ((1 - first_counts_0) * 2 + first_counts_0) * variance / 16)


def network(kind, rng, forget_bias=1.0, identity=False):
    """Return a Predictor with random weights for the adding problem.

    kind: 'RNN', 'LSTM' or 'GRU'; forget_bias: of the LSTM's forget gates, of the GRU's update gates; identity: the
    RNN's cells begin as 1 times themselves, so that they keep what they hold (Q. Le, N. Jaitly and G. Hinton, "A simple
    way to initialize recurrent networks of rectified linear units", 2015; here with tanh).
    """
    if kind == "RNN":
        layer = RNNLayer(random_weights(rng, CELLS, CELLS, inputs=2))
        if identity:
            layer.W[:, :CELLS] = np.eye(CELLS)
    else:
        made = LSTMLayer if kind == "LSTM" else GRULayer
        layer = made(random_weights(rng, made.gates * CELLS, CELLS, inputs=2))
        layer.W[:CELLS, -1] = forget_bias  # the gates that keep come first
    return Predictor(layer, random_weights(rng, 1, CELLS))


def share_right(model, sequences):
    """Return the share of sequences that the model answers with an absolute error below 0.04."""
    errors = np.abs(model.predict(sequences.xs, sequences.lengths) - sequences.targets)
    return float(np.mean(errors < RIGHT))


def learn(kind, T, seed, forget_bias=1.0, clip=CLIP, identity=False, rate=RATE):
    """Train a network on fresh sequences for ever; yield the model and the loss after every update.

    kind, forget_bias, identity: as in network; T: length; seed: of weights and sequences; clip: the longest gradient,
    or None; rate: of Adam.
    """
    rng = np.random.default_rng(seed)
    model = network(kind, rng, forget_bias, identity)
    epochs = ([adding_problem(rng, T, BATCH)] for _ in count())
    for (loss,) in train(model, Adam(model.parameters, rate), epochs, clip):
        yield model, loss
