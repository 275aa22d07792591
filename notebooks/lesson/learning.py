"""The live picture of learning: the video's unit, from random weights to the ones of the video."""
from itertools import repeat
from typing import NamedTuple

import numpy as np

from lstm_core import COMPANY_A, COMPANY_A_DAY_5, COMPANY_B, COMPANY_B_DAY_5, VIDEO_START, VIDEO_UNIT_4_DIGITS, Gate
from lstm_core import LSTMUnit
from lstm_layers import Adam, UnitPredictor, train, weight_matrix

from . import svg
from .charts import Chart, Panel
from .live import Choice, Slider, Switch
from .running import RunningPicture, State, last
from .svg import Drawing, number, scientific

PRICES, TARGETS = (COMPANY_A, COMPANY_B), (COMPANY_A_DAY_5, COMPANY_B_DAY_5)
COMPANIES = list(zip(PRICES, TARGETS))
LOOKS = (svg.SHORT_TERM, ""), (svg.INPUT, "9 6"), (svg.TEXT, "2 5")  # weights on h, weights on x, biases
EPOCHS, LOSSES, WEIGHTS = 5000, (1e-10, 1e3), (-3.0, 6.0)
EVERY = 20  # epochs between two points of a curve
CLIP = 0.1
STARTS = {"the video's": None, "random 1": 1, "random 2": 2, "random 3": 3}


class Learned(NamedTuple):
    """What a run has to show: after which epochs, the losses of A and B there, the weights (4, 3), the predictions."""
    epochs: list
    losses: list
    weights: list
    predictions: tuple


def start(name):
    """Return the LSTMUnit to start from: the video's, or one with random weights and biases of 0."""
    if STARTS[name] is None:
        return VIDEO_START
    w_and_u = np.random.default_rng(STARTS[name]).normal(size=(4, 2))
    return LSTMUnit(*(Gate(w, u, 0.0) for w, u in w_and_u.tolist()))


def learn(power, epochs, begin, clip):
    """Train one unit on companies A and B and yield a State that holds Learned every 20 epochs.

    power: Adam's learning rate as a power of ten; begin: a name in STARTS; clip: gradients no longer than 0.1.
    """
    model, epochs, k = UnitPredictor(start(begin)), int(epochs), 0
    shown, losses, weights = [], [], []
    updates = train(model, Adam(model.parameters, 10 ** power), repeat(COMPANIES, epochs), CLIP if clip else None)

    def state(trouble=""):
        return State(k, epochs, Learned(shown, losses, weights, tuple(map(model.predict, PRICES))), trouble)

    try:
        for k, now in enumerate(updates, 1):
            if k == 1 or k % EVERY == 0:
                shown.append(k)
                losses.append(now)
                weights.append(model.W.copy())
                yield state()
    except FloatingPointError as diverged:
        yield state(str(diverged))


def last_state(power, epochs, begin, clip):
    """Return the last State of learn with these values."""
    return last(learn(power, epochs, begin, clip))


def training_picture():
    """Return the training of the video's unit, live: its losses on the left, its twelve weights on the right."""
    chart = Chart([Panel("loss: A (solid), B (dashed)", "epochs", "loss", (0, EPOCHS), LOSSES, scale="log"),
                   Panel("twelve weights, and the video's (circles)", "epochs", "weight", (0, EPOCHS), WEIGHTS)],
                  height=420)
    goals = weight_matrix(VIDEO_UNIT_4_DIGITS)
    circles = "".join(svg.ring(*chart.place(1, EPOCHS, goal), colour)
                      for row in goals.tolist() for goal, (colour, _) in zip(row, LOOKS))

    def draw(state, power, epochs, begin, clip):
        run = state.result
        losses, weights = np.clip(run.losses, *LOSSES), np.array(run.weights)
        body = chart.curve(0, run.epochs, losses[:, 0], svg.TEXT)
        body += chart.curve(0, run.epochs, losses[:, 1], svg.TEXT, "9 6")
        for gate in range(4):
            for part, (colour, dash) in enumerate(LOOKS):
                body += chart.curve(1, run.epochs, np.clip(weights[:, gate, part], *WEIGHTS), colour, dash)
        for y, name, price, said in zip((200, 8), "AB", TARGETS, run.predictions):
            left, top = chart.place(0, 1700, y)
            words = f"{name}: {number(said, 3)}, and {number(price, 0)} is wanted"
            body += svg.text(round(left, 1), round(top, 1), words, 17)
        return Drawing(*chart.paper[:2], body + circles)

    def say(state, power, epochs, begin, clip):
        (a, b), away = state.result.predictions, np.abs(state.result.weights[-1] - goals).max()
        learned = abs(a - TARGETS[0]) < 0.1 and abs(b - TARGETS[1]) < 0.1
        return (f"With the learning rate {scientific(10 ** power)}, after {state.done:,} epochs the unit says "
                f"{number(a, 3)} for A and {number(b, 3)} for B: it has {'' if learned else 'not '}learned the two "
                f"companies. Its farthest weight is {number(away, 4)} away from the video's."
                f"{state.trouble and ' ' + state.trouble}")

    return RunningPicture([Slider("power", "rate: power of 10", -4, 0, 0.5, -3, svg.TEXT),
                           Slider("epochs", "epochs", EVERY, EPOCHS, EVERY, EPOCHS, svg.TEXT),
                           Choice("begin", "start from", tuple(STARTS), "the video's"),
                           Switch("clip", f"clip gradients at {CLIP}")], learn, draw, say, chart.paper)
