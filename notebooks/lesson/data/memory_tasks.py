"""What one unit is to remember over thirty inputs: four tasks, and how it learns them.  Knows no widget, no picture."""
from functools import lru_cache
from typing import Callable, NamedTuple

import numpy as np

from lstm_core import Gate, LSTMUnit, unroll
from lstm_layers import Adam, LSTMLayer, train

STEPS, FRESH = 30, 200  # inputs of a sequence; sequences of a score
NOISE, VALUES, FORGET = 0.1, (0.4, 0.8), -1.0  # of hold: the noise, the first input, what says forget
UPDATES = {"latch": 1000, "hold": 3000, "count": 1000}
BATCH, RATE, CLIP = 32, 0.03, 1.0  # of every training


class Task(NamedTuple):
    """What a unit is to remember, from empty memories on.

    fresh(rng, count): random sequences (30, count); right(xs, c, h): on which of them the memories after the last input
    are right, (count,); memory, goal(xs): which memory is trained, and what it is to be, (count,).
    """
    fresh: Callable
    right: Callable
    memory: str = ""
    goal: Callable = None


def _latch(rng, count):
    return np.concatenate([rng.choice([-1.0, 1.0], (1, count)), np.zeros((STEPS - 1, count))])


def _hold(rng, count):
    xs = rng.uniform(-NOISE, NOISE, (STEPS, count))
    xs[0] = rng.uniform(*VALUES, count)
    told = np.flatnonzero(rng.random(count) < 0.5)
    xs[rng.integers(1, STEPS, count)[told], told] = FORGET
    return xs


def held(xs):
    """Return what is to be held after the last input: the first one, or 0 once a large negative one has come."""
    return np.where(np.min(xs[1:], axis=0) <= FORGET / 2, 0.0, xs[0])


def _count(rng, count):
    return (rng.random((STEPS, count)) < rng.random(count)) * 1.0


def _first_and_last(rng, count):
    xs = _latch(rng, count)
    xs[-1] = rng.choice([-1.0, 1.0], count)
    return xs


TASKS = {
    "latch": Task(_latch, lambda xs, c, h: np.sign(xs[0]) * h > 0.5, "h", lambda xs: xs[0]),
    "hold": Task(_hold, lambda xs, c, h: np.abs(c - held(xs)) < 0.1, "c", held),
    "count": Task(_count, lambda xs, c, h: np.abs(c - np.sum(xs, axis=0)) < 0.5, "c", lambda xs: np.sum(xs, axis=0)),
    "first and last": Task(_first_and_last, lambda xs, c, h: (xs[0] * c > 0) & (xs[-1] * h > 0)),
}


def accepted(name, xs):
    """Return where the memories may end after the inputs xs to be right: for each that counts, (memory, low, high)."""
    def beyond(memory, x, least):
        return (memory, least, np.inf) if x > 0 else (memory, -np.inf, -least)

    def near(value, by):
        return "c", float(value) - by, float(value) + by

    return {"latch": lambda: [beyond("h", xs[0], 0.5)], "hold": lambda: [near(held(np.array(xs)), 0.1)],
            "count": lambda: [near(sum(xs), 0.5)],
            "first and last": lambda: [beyond("c", xs[0], 0), beyond("h", xs[-1], 0)]}[name]()


ANSWERS = {  # made by hand
    "latch": LSTMUnit(forget=Gate(0, 0, 20), input=Gate(0, 0, 20), candidate=Gate(0, 20, 0), output=Gate(0, 0, 20)),
    "hold": LSTMUnit(forget=Gate(0, 20, 10), input=Gate(0, 20, -5), candidate=Gate(0, 1.2, 0), output=Gate(0, 0, 0)),
    "count": LSTMUnit(forget=Gate(0, 0, 20), input=Gate(0, 0, 20), candidate=Gate(0, 20, 0), output=Gate(0, 0, 0)),
}


@lru_cache(maxsize=64)
def sequences(name, seed, count):
    """Return so many random sequences of a task, (30, count): the same ones for the same seed."""
    return TASKS[name].fresh(np.random.default_rng(seed), count)


def score(unit, name, seed=0, count=FRESH):
    """Return on how many of so many random sequences of a task the memories of an LSTMUnit are right in the end.

    name: of TASKS; seed: of the sequences.  ValueError lists the tasks if there is none of that name.
    """
    if name not in TASKS:
        raise ValueError(f"name: got {name!r}, want one of {', '.join(TASKS)}")
    xs = sequences(name, seed, count)
    end = unroll(unit, xs)[-1]
    return int(np.sum(TASKS[name].right(xs, end.c, end.h)))


class Reader:
    """One unit that learns what one of its memories is to be after the last input.  parameters: its W (4, 3)."""

    def __init__(self, W, memory):
        self.layer, self.memory, self.parameters = LSTMLayer(W), memory, [W]

    def gradient(self, xs, goals):
        """Return the mean of (memory - goal)^2 over sequences xs (30, B), and its gradient.  goals: (B,)."""
        hs = self.layer.forward(xs[:, np.newaxis])
        error = (hs if self.memory == "h" else self.layer.C)[-1] - goals
        slopes = np.zeros_like(hs), np.zeros_like(hs[-1])
        (slopes[0][-1] if self.memory == "h" else slopes[1])[...] = 2 * error / error.size
        return float(np.mean(error ** 2)), [self.layer.backward(*slopes).W]


def learn(name, bias, seed):
    """Train one unit on a task and yield the LSTMUnit after each update.

    bias: of its forget gate at the start, all others are 0; seed: of its weights, normally distributed, and of the
    sequences.
    """
    task, rng = TASKS[name], np.random.default_rng(seed)
    W = rng.normal(size=(4, 3))
    W[:, 2] = bias, 0, 0, 0
    model = Reader(W, task.memory)
    batches = (task.fresh(rng, BATCH) for _ in range(UPDATES[name]))
    for _ in train(model, Adam(model.parameters, RATE), ([(xs, task.goal(xs))] for xs in batches), CLIP):
        yield LSTMUnit(*(Gate(*row) for row in W.tolist()))
