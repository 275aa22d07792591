"""Lesson 08, learning the weights: slopes on their way back, and the video's unit trained before your eyes."""
from itertools import repeat
from typing import NamedTuple

import numpy as np

from lstm_core import COMPANY_A, COMPANY_A_DAY_5, COMPANY_B, COMPANY_B_DAY_5, VIDEO_START, VIDEO_UNIT
from lstm_core import VIDEO_UNIT_4_DIGITS, ForgetStage, Gate, LSTMUnit, OutputStage, forget_stage_backward
from lstm_core import output_stage_backward, step, step_backward, unroll
from lstm_layers import Adam, UnitPredictor, train, weight_matrix

from .answer.exercises import Checks, Exercise, by_hand, own_function, search
from .answer.questions import Questions
from .show import svg
from .show.backward import draw_backward, written
from .show.curves import Chart, Panel
from .show.picture import Choice, LivePicture, Slider, Switch
from .show.running import RunningPicture, State, last
from .show.svg import Drawing, number, scientific
from .show.source import Source
from .start_here import INPUT_SLIDER, LONG_TERM_SLIDER, SHORT_TERM_SLIDER, moved_weights, say_moved, way_back
from .start_here import weight_handles

__all__ = ["Source", "ask", "backward_picture", "check", "compare", "training_picture"]


# ------------------------------------------------------------------------------------------------------------- backward

def backward_picture(weights=VIDEO_UNIT):
    """Return the slopes of the loss on their way back through the unit, as a live picture, and a weight to nudge.

    weights: an LSTMUnit.
    """
    handles = weight_handles(weights)
    options = {one.label: one.name for one in handles}

    def slopes(c, h, x, dc, dh, values):
        now = moved_weights(weights, values)
        done = step(now, c, h, x)
        return now, done, step_backward(now, done, dc, dh)

    def nudge(c, h, x, dc, dh, which, by, values):
        """Return what the slope predicts for the loss when the chosen weight is moved, and what the loss does.

        The loss is taken as straight from here on: dc and dh times the two new memories.
        """
        name, (_, done, back) = options[which], slopes(c, h, x, dc, dh, values)
        letter, part = name.split("_")
        gates = {"f": back.forget.gate, "g": back.input.candidate, "i": back.input.gate, "o": back.output.gate}
        other = step(moved_weights(weights, values | {name: values[name] + by}), c, h, x)
        return gates[letter]["wub".index(part)] * by, dc * (other.c - done.c) + dh * (other.h - done.h)

    def draw(c, h, x, dc, dh, which, by, **values):
        now, done, back = slopes(c, h, x, dc, dh, values)
        what = f"The {which}", f"moves by {number(by)}:"
        return draw_backward(now, done, back, dc, dh, {"c", "h", "x", "dc", "dh", *values},
                             (what, *nudge(c, h, x, dc, dh, which, by, values)))

    def say(c, h, x, dc, dh, which, by, **values):
        _, _, back = slopes(c, h, x, dc, dh, values)
        n = written
        predicted, real = nudge(c, h, x, dc, dh, which, by, values)
        return (f"From the next step come dc = {n(dc)} and dh = {n(dh)}. The sums of forget gate, candidate, input "
                f"gate and output gate get {n(back.forget.da_f)}, {n(back.input.da_g)}, {n(back.input.da_i)} and "
                f"{n(back.output.da_o)}. To the step before go dc = {n(back.dc)} and dh = {n(back.dh)}. "
                f"If the {which} moves by {number(by)}, its slope predicts a change of the loss by {n(predicted)}; "
                f"really it is {n(real)}.{say_moved(handles, weights, values)}")

    # At rest in the middle of the gates: where they are flat there would be little to see.
    return LivePicture([LONG_TERM_SLIDER._replace(value=1), SHORT_TERM_SLIDER._replace(value=0.5),
                        INPUT_SLIDER._replace(value=-0.5),
                        Slider("dc", "dc from after", -2, 2, 0.1, 0, svg.LONG_TERM),
                        Slider("dh", "dh from after", -2, 2, 0.1, 1, svg.SHORT_TERM),
                        Choice("which", "nudge", tuple(options), "forget gate's bias"),
                        Slider("by", "by", -2, 2, 0.05, 0.5, svg.TEXT), *handles], draw, say,
                       back=way_back(weights))


# ----------------------------------------------------------------------------------------- twelve numbers beside twelve

GATES = ("forget gate", "input gate", "candidate", "output gate")
NAMES = [f"{gate} {letter}" for gate in GATES for letter in "wub"]


def compare(digits=4, **columns):
    """Print two matrices of a unit's twelve numbers side by side, and how far they are apart.

    columns: two matrices (4, 3) by name, rows in the order of weight_matrix; digits: after the point.
    ValueError for another count of columns, or another shape.
    """
    matrices = [np.asarray(matrix, dtype=float) for matrix in columns.values()]
    if [matrix.shape for matrix in matrices] != [(4, 3), (4, 3)]:
        raise ValueError(f"columns: got {columns!r}, want two matrices (4, 3) by name")
    width = max(digits + 5, *(len(name) + 2 for name in columns))
    print(f"{'':15}" + "".join(f"{name:>{width}}" for name in columns) + "  difference")
    for name, one, other in zip(NAMES, *(matrix.ravel().tolist() for matrix in matrices)):
        print(f"{name:15}{one:{width}.{digits}f}{other:{width}.{digits}f}{abs(one - other):12.{digits}f}")


# ------------------------------------------------------------------------------------------------------------- training

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


# ---------------------------------------------------------------------------------------------- questions and exercises

rest = step(VIDEO_UNIT, 2, 1, 1)
start_a, start_b = (unroll(VIDEO_START, prices)[-1].h for prices in (COMPANY_A, COMPANY_B))
da_f = forget_stage_backward(VIDEO_UNIT.forget, ForgetStage(0, 0.5, 1.5), c=3, h=0, x=0, dkept=2).da_f


def _da_o(dh, o, tanh_c):
    """Return the slope of the loss at the output gate's sum, from the core's stage 3 backward."""
    return output_stage_backward(VIDEO_UNIT.output, OutputStage(0, o, tanh_c, o * tanh_c), 0, 0, 0, dh).da_o


def _misses(power):
    """Return how far the video's unit is off for A and for B after 300 epochs with the learning rate 10^power."""
    said_a, said_b = last_state(power, 300, "the video's", False).result.predictions
    return abs(said_a), abs(said_b - 1)

ask = Questions(
    which_loss_falls=(
        f"Before training the unit says {number(start_a)} for A, where 0 is wanted, and {number(start_b)} for B, "
        "where 1 is wanted. Training makes both losses smaller in the end. What does A's loss do first?",
        {"it falls": "It cannot fall far: it is almost 0 already, since the unit says almost 0 to everybody.",
         "it stays where it is": "It would, if A were alone. But the same twelve weights are pulled up for B.",
         "it rises": "Yes. The unit cannot tell A from B yet, so what pulls B up to 1 pulls A up as well."}),
)

check = Checks(
    "08",
    Exercise("output_slope", by_hand(
        rest.output.tanh_c, "h = o tanh(c): when only o moves, h moves tanh(c) times as much.",
        "In h = o tanh(c), what is o multiplied with?",
        [(rest.output.o, "That is what tanh(c) is multiplied with. Here o moves."),
         (rest.output.o * (1 - rest.output.o) * rest.output.tanh_c,
          "That is already one step further, da_o. Here do is wanted, before the slope of sigmoid."),
         (2, "That is the long-term memory that came in. h is made from tanh of the new one.")], tolerance=0.0025),
        f"h = o tanh(c), so do = dh tanh(c), which is 1 times {number(rest.output.tanh_c, 4)}.",
        round(rest.output.tanh_c, 4)),
    Exercise("forget_slope", by_hand(
        da_f, "df = 2 times 3 is 6, and the slope of sigmoid at 0.5 is 0.25.",
        "First df = dkept times c, then times the slope of sigmoid, f (1 - f).",
        [(6, "That is df. The slope of sigmoid, f (1 - f), is still missing."),
         (3, "You multiplied with f alone; the slope of sigmoid is f (1 - f)."),
         (0.5, "kept = f c, so df is dkept times c, which is 3 here."),
         (1, "That is dc, what the long-term memory before hears: dkept times f.")]),
        "df = dkept c = 2 times 3. The slope of sigmoid is f (1 - f) = 0.5 times 0.5. Together: "
        f"{number(da_f, 1)}.", da_f),
    Exercise("my_output_slope", own_function(
        _da_o, {"dh": (-2, 2), "o": (0.05, 0.95), "tanh_c": (-0.95, 0.95)}, lambda dh, o, tanh_c: [
            (dh * tanh_c, "That is do. The slope of sigmoid, o (1 - o), is still missing."),
            (dh * o * (1 - o), "tanh_c is missing: h = o tanh_c, so do = dh tanh_c."),
            (dh * tanh_c * (1 - o * o), "1 - o^2 is the slope of tanh; this gate ends in a sigmoid.")]),
        "do = dh tanh_c, since h = o tanh_c. Then the slope of sigmoid: da_o = do o (1 - o).",
        "def my_slope(dh, o, tanh_c):\n"
        "    return dh * tanh_c * o * (1 - o)\n\n"
        "check.my_output_slope(my_slope)"),
    Exercise("fast_enough", search(
        lambda power: max(_misses(power)), 0, 0.1, "A hundred times the video's rate, and still it learns.",
        "", "Too far from what is wanted: the rate is too small for 300 epochs, or so large that it jumps.",
        write=lambda miss: f"{number(miss, 3)} off at worst", largest=6),
        f"The video's rate is {10 ** -3}, ten to the power -3. With -1 it is {10 ** -1}: steps a hundred times as "
        "long, and still short enough not to jump.", -1),
)
