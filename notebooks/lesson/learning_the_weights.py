"""Lesson 09, learning the weights: slopes on their way back, and the video's unit trained before your eyes."""
import math
from itertools import repeat
from typing import NamedTuple

import numpy as np

from lstm_core import COMPANY_A, COMPANY_A_DAY_5, COMPANY_B, COMPANY_B_DAY_5, VIDEO_START, VIDEO_UNIT
from lstm_core import VIDEO_UNIT_4_DIGITS, ForgetStage, Gate, LSTMUnit, OutputStage, forget_stage_backward
from lstm_core import output_stage_backward, step, step_backward, unroll
from lstm_layers import Adam, train, weight_matrix

from .answer.exercises import Checks, Exercise, as_number, by_hand, own_function
from .answer.questions import Questions
from .data.one_unit import UnitPredictor
from .show import svg
from .show.axes import DOWN, UP, Axes, spread, ticks
from .show.backward import draw_backward, paper_backward, written
from .show.picture import Choice, LivePicture, Slider, Switch
from .show.running import RunningPicture, State, last
from .show.row import Row
from .show.svg import DASHES, Drawing, number, scientific
from .show.source import Source
from .show.unit import TIMES, operation
from .start_here import INPUT_SLIDER, LONG_TERM_SLIDER, SHORT_TERM_SLIDER, moved_weights, say_moved, way_back
from .start_here import weight_handles

__all__ = ["Source", "UnitPredictor", "ask", "backward_picture", "check", "compare", "own_training_picture",
           "training_picture"]


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
        what = which.capitalize(), f"moves by {number(by)}:"
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
    return LivePicture([LONG_TERM_SLIDER._replace(value=1), SHORT_TERM_SLIDER._replace(value=0),
                        INPUT_SLIDER._replace(value=-0.5),
                        Slider("dc", "dc from after", -2, 2, 0.1, 0, svg.LONG_TERM),
                        Slider("dh", "dh from after", -2, 2, 0.1, 1, svg.SHORT_TERM),
                        Choice("which", "nudge", tuple(options), "forget gate's bias"),
                        Slider("by", "by", -2, 2, 0.05, 0.5, svg.TEXT), *handles], draw, say,
                       paper_backward(), way_back(weights))


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
POWERS = (-4, -0.5)  # of ten, the learning rates there are: beyond, luck decides more than the rate
EPOCHS, POINTS = 5000, 160  # the longest run; the most points of a curve after its first
CLIP = 0.1
STARTS = {"the video's": None, "random 1": 1, "random 2": 2, "random 3": 3}


class Learned(NamedTuple):
    """What a run has to show: after which epochs, the forecasts for A and B there, and the weights (4, 3)."""
    epochs: list
    forecasts: list
    weights: list


def start(name):
    """Return the LSTMUnit to start from: the video's, or one with random weights and biases of 0."""
    return VIDEO_START if STARTS[name] is None else random_start(STARTS[name])


def random_start(seed):
    """Return an LSTMUnit with random weights, normally distributed, and biases of 0."""
    w_and_u = np.random.default_rng(seed).normal(size=(4, 2))
    return LSTMUnit(*(Gate(w, u, 0.0) for w, u in w_and_u.tolist()))


def learn(power, epochs, begin, clip):
    """Return the training of one unit on companies A and B: States that hold Learned, the last one after all epochs.

    power: Adam's learning rate as a power of ten; begin: a name in STARTS; clip: gradients no longer than 0.1.
    """
    return _learn(COMPANIES, start(begin), power, int(epochs), CLIP if clip else None)


def _learn(companies, unit, power, epochs, longest=None):
    """Train a unit on (prices, price wanted) of two companies, as learn does; longest: a gradient may be."""
    model, every = UnitPredictor(unit), math.ceil(epochs / POINTS)
    run = Learned([], [], [])

    def state(k, trouble=""):
        run.epochs.append(k)
        run.forecasts.append(tuple(model.predict(prices) for prices, _ in companies))
        run.weights.append(model.W.copy())
        return State(k, epochs, run, trouble)

    state(0)
    updates = train(model, Adam(model.parameters, 10 ** power), repeat(companies, epochs), longest)
    k = 0
    try:
        for k, _ in enumerate(updates, 1):
            if k % every == 0 or k == epochs:
                yield state(k)
    except FloatingPointError as diverged:
        yield state(k, str(diverged))


def last_state(power, epochs, begin, clip):
    """Return the last State of learn with these values."""
    return last(learn(power, epochs, begin, clip))


WIDTH, HEIGHT = 1000, 446
FORECASTS = Axes(66, 44, 406, 392, (0, EPOCHS), (-1, 1.1))  # a forecast is an h: it cannot leave
LEFTS = (552, 784)
WEIGHTS = [Axes(left, top, left + 140, top + 134, (0, EPOCHS), (-3, 6))
           for top in (44, 258) for left in LEFTS]  # a gate each
WEIGHT_TICKS = {"-2": -2, "0": 0, "2": 2, "4": 4, "6": 6}
LOOKS = {"w": (svg.SHORT_TERM, ""), "u": (svg.INPUT, "7 4"), "b": (svg.TEXT, "2 4")}


def training_picture():
    """Return the training of the video's unit, live: its two forecasts on the left, its twelve weights by gate."""
    goals = weight_matrix(VIDEO_UNIT_4_DIGITS)

    def draw(state, power, epochs, begin, clip):
        run, xlim = state.result, (0, int(epochs))
        body = svg.rect(0, 0, WIDTH, HEIGHT, svg.PAPER, radius=0)
        body += _forecasts(run, xlim, TARGETS, "forecast for day 5; circles: its price")
        for axes, gate, weights, row in zip(WEIGHTS, GATES, np.array(run.weights).swapaxes(0, 1), goals.tolist()):
            axes = axes._replace(xlim=xlim)
            body += svg.text(axes.left, axes.top - 18, gate, 16)
            labels = list(WEIGHT_TICKS) if axes.left == LEFTS[0] else 5 * [""]
            body += axes.frame(xlim, WEIGHT_TICKS.values(), labels)
            lines = {letter: (ys[::-2], goal, look) for (letter, look), ys, goal in zip(LOOKS.items(), weights.T, row)}
            body += _labelled(axes, run.epochs[::-2], lines, 15)
        return Drawing(WIDTH, HEIGHT, body)

    def say(state, power, epochs, begin, clip):
        (a, b), away = state.result.forecasts[-1], np.abs(state.result.weights[-1] - goals).max()
        return (f"With the learning rate {scientific(10 ** power)}, after {state.done:,} epochs the unit says "
                f"{number(a, 3)} for A and {number(b, 3)} for B: it has {'' if learned(a, b) else 'not '}learned the "
                f"two companies. Its farthest weight is {number(away, 4)} away from the video's."
                f"{state.trouble and ' ' + state.trouble}")

    return RunningPicture([Slider("power", "rate: power of 10", *POWERS, 0.5, -3, svg.TEXT),
                           Slider("epochs", "epochs", 20, EPOCHS, 20, EPOCHS, svg.TEXT),
                           Choice("begin", "start from", tuple(STARTS), "the video's"),
                           Switch("clip", f"clip gradients at {CLIP}")], learn, draw, say)


def learned(a, b, targets=TARGETS):
    """Tell whether the forecasts for A and B are within 0.1 of what is wanted."""
    return abs(a - targets[0]) < 0.1 and abs(b - targets[1]) < 0.1


def _forecasts(run, xlim, targets, title):
    """Return both forecasts over the epochs, with a circle where each is to arrive."""
    axes = FORECASTS._replace(xlim=xlim)
    body = svg.text(axes.left, 26, title, 16) + axes.frame(ticks(*xlim, 4), (-1, -0.5, 0, 0.5, 1))
    body += "".join(map(axes.level, targets))
    body += svg.text((axes.left + axes.right) / 2, HEIGHT - 4, "epochs", 15, "middle")
    lines = {f"{name} {number(ys[-1], 3)}": (ys[::-1], goal, (svg.SHORT_TERM, DASHES[name]))
             for name, ys, goal in zip("AB", zip(*run.forecasts), targets)}
    return body + _labelled(axes, run.epochs[::-1], lines, 18)


def _labelled(axes, epochs, lines, size):
    """Return curves with a circle where each is to arrive, and on the right the label of each.

    epochs: the last one first; lines: for each label the numbers there, the goal, and the look (colour, dash).
    """
    ends = [float(axes.y(ys[0])) for ys, _, _ in lines.values()]
    places = spread([axes.inside(end) for end in ends], size + 1, axes.top + 4, axes.bottom - 4)
    body = ""
    for (label, (ys, goal, (colour, dash))), end, place in zip(lines.items(), ends, places):
        body += axes.curve(epochs, ys, colour, dash) + svg.ring(axes.right, float(axes.y(goal)), colour)
        away = "" if end == axes.inside(end) else f" {UP if end < axes.top else DOWN}{number(ys[0], 0)}"
        body += svg.path(f"M{axes.right + 8} {place:.1f}h14", colour, 3, dash=dash and "4 3")
        body += svg.text(axes.right + 27, round(place + 0.33 * size, 1), label + away, size)
    return body


# ------------------------------------------------------------------------------------------ two companies of one's own

OWN = [Row(f"prices_{name.lower()}", f"{name}: prices", -2, 2, 0.05, line, 12, "day")
       for name, line in (("A", "1, 0.5, 0"), ("B", "0, 0.5, 1"))]
COLUMNS = {"forget": 590, "input": 814, "candidate": 702, "output": 926}  # where the gates stand, rows of weight_matrix
LONG, BOXES, SHORT, RAIL = 64, 156, 344, 392  # how high c, the gates, h and the input run


def learn_own(prices_a, prices_b, wanted_a, wanted_b, power, epochs):
    """Return the training of the video's start on two companies of one's own, as learn does; lines as typed."""
    (a, trouble_a), (b, trouble_b) = OWN[0].read(prices_a), OWN[1].read(prices_b)
    if trouble := f"{trouble_a} {trouble_b}".strip():
        nothing = Learned([], [], [weight_matrix(VIDEO_START)])
        return iter([State(0, int(epochs), nothing, trouble)])
    return _learn([(a, wanted_a), (b, wanted_b)], VIDEO_START, power, int(epochs))


def own_training_picture():
    """Return the training on two companies of one's own: their forecasts, and the unit as its weights move."""
    def draw(state, wanted_a, wanted_b, epochs, **_):
        body = svg.rect(0, 0, WIDTH, HEIGHT, svg.PAPER, radius=0)
        if state.result.forecasts:
            title = "forecasts; circles: what is wanted"
            body += _forecasts(state.result, (0, int(epochs)), (wanted_a, wanted_b), title)
        else:
            body += svg.text(66, 120, "There is nothing to learn yet: the line below says why.", 16)
        return Drawing(WIDTH, HEIGHT, body + _unit(state.result.weights[-1]))

    def say(state, wanted_a, wanted_b, **_):
        if not state.result.forecasts:
            return state.trouble
        a, b = state.result.forecasts[-1]
        moved = np.abs(state.result.weights[-1] - weight_matrix(VIDEO_START)).max()
        return (f"After {state.done:,} epochs the unit says {number(a, 3)} for A, where {number(wanted_a)} is wanted, "
                f"and {number(b, 3)} for B, where {number(wanted_b)} is wanted: it has "
                f"{'' if learned(a, b, (wanted_a, wanted_b)) else 'not '}learned the two. The weight that has moved "
                f"farthest has moved by {number(moved)}.{state.trouble and ' ' + state.trouble}")

    wanted = [Slider(f"wanted_{name.lower()}", f"{name}: wanted", -1, 1, 0.05, value, svg.TEXT)
              for name, value in (("A", 1), ("B", 0))]
    return RunningPicture([*wanted, Slider("power", "rate: power of 10", *POWERS, 0.5, -2, svg.TEXT),
                           Slider("epochs", "epochs", 20, EPOCHS, 20, 2000, svg.TEXT), *OWN], learn_own, draw, say)


def _unit(weights):
    """Return the unit with its twelve numbers, a matrix (4, 3): the larger a weight, the thicker its arrow."""
    body, chips, aim = svg.text(560, 26, "the unit, and its numbers by now", 16), "", BOXES - 46
    for letter, y, end, colour in (("c", LONG, 992, svg.LONG_TERM), ("h", SHORT, 900, svg.SHORT_TERM),
                                   ("x", RAIL, 964, svg.INPUT)):
        body += svg.text(520, y + 6, letter, 17, italic=True) + svg.path(f"M534 {y}H{end}", colour, 4)
    for (gate, x), (w, u, b) in zip(COLUMNS.items(), weights.tolist()):
        for at, y, rail, value, colour in ((x - 32, 262, SHORT, w, svg.SHORT_TERM), (x + 32, 306, RAIL, u, svg.INPUT)):
            size = 1.5 + min(abs(value), 6)
            if rail == RAIL:  # where the input passes the short-term memory
                body += svg.path(f"M{at} {SHORT + 10}V{SHORT - 10}", svg.PAPER, size + 6)
            body += svg.path(f"M{at} {rail}V{BOXES + 26}", colour, size) + svg.dot(at, rail, colour)
            chips += svg.chip((2 * at + x) / 3, y, number(value), colour, 16, 56, 28)
        body += svg.path(f"M{x} 214V{BOXES + 26}", svg.TEXT, 1.5)
        chips += svg.chip(x, 214, number(b), svg.TEXT, 16, 56, 28)
        fill, border = ("#FBE4D5", svg.POTENTIAL) if gate == "candidate" else ("#CFE8F7", svg.TEXT)
        body += svg.path(f"M{x} {BOXES - 26}V{LONG if gate == 'forget' else aim}", svg.TEXT)
        body += svg.rect(x - 50, BOXES - 26, 100, 52, fill, border) + svg.text(x, BOXES + 6, gate, 16, "middle")
    forget, entry, candidate, output = COLUMNS.values()
    added = (candidate + entry) / 2
    body += svg.path(f"M{candidate} {aim}H{entry}M{added:g} {aim}V{LONG}", svg.TEXT)
    body += svg.path(f"M{output} {LONG}V{aim}", svg.LONG_TERM)
    body += svg.path(f"M{output} {aim}H986V{SHORT}H1000", svg.SHORT_TERM, 4)
    body += svg.rect(output - 25, LONG + 6, 50, 22, "#FBE4D5", svg.POTENTIAL) + svg.text(output, LONG + 22, "tanh", 15,
                                                                                         "middle")
    return (body + operation(forget, LONG, TIMES, svg.LONG_TERM) + operation(added, LONG, "+", svg.LONG_TERM)
            + operation(added, aim, TIMES, svg.TEXT) + operation(output, aim, TIMES, svg.SHORT_TERM) + chips)


# ---------------------------------------------------------------------------------------------- questions and exercises

rest = step(VIDEO_UNIT, 2, 1, 1)
start_a, start_b = (unroll(VIDEO_START, prices)[-1].h for prices in (COMPANY_A, COMPANY_B))
da_f = forget_stage_backward(VIDEO_UNIT.forget, ForgetStage(0, 0.5, 1.5), c=3, h=0, x=0, dkept=2).da_f


def _da_o(dh, o, tanh_c):
    """Return the slope of the loss at the output gate's sum, from the core's stage 3 backward."""
    return output_stage_backward(VIDEO_UNIT.output, OutputStage(0, o, tanh_c, o * tanh_c), 0, 0, 0, dh).da_o


def _miss(power):
    """Return how far the video's unit is off at worst after 300 epochs with the learning rate 10^power."""
    said_a, said_b = last_state(power, 300, "the video's", False).result.forecasts[-1]
    return max(abs(said_a - TARGETS[0]), abs(said_b - TARGETS[1]))


def _fast_enough(answer):
    """Judge a learning rate, given as a power of ten."""
    power = as_number(answer)
    if power is None:
        return f"a number is wanted here, such as -2.5 (without quotes); this is {answer!r}."
    if power > POWERS[1] or power < POWERS[0]:
        said = f"want a power of ten from {number(POWERS[0], 1)} to {number(POWERS[1], 1)}, as on the slider."
        if 0 < power < 1:
            said += f" The power is wanted: the rate {power:g} is ten to the power {number(math.log10(power))}."
        return f"Not yet: {said}"
    miss = _miss(power)
    found = f"with {number(power)} it is {number(miss, 3)} off at worst"
    if miss > 0.1:
        return f"Not yet: {found}. Still too far from what is wanted: 300 epochs are not enough at this rate."
    return f"Right: {found}. That is {number(10 ** (power + 3), 1)} times the video's rate, and it learns."


ask = Questions(
    forecast_for_a=(
        f"Before training the unit says {number(start_a)} for A, where 0 is wanted, and {number(start_b)} for B, "
        "where 1 is wanted. In the end it will say nearly 0 for A and nearly 1 for B. What does its forecast for A do "
        "on the way?",
        {"it goes to 0 and stays": "It would, if A were alone. But the same twelve weights are pulled up for B.",
         "it rises along with the one for B": "Yes. The unit cannot tell A from B yet, so what pulls B up to 1 pulls "
                                              "A up as well, far beyond 0. Only later does it come down.",
         "it falls, away from the one for B": "It begins below 0, so A's own loss pulls it up, and B's does too."}),
    same_prices=(
        "Two companies have the same prices on all days. For A you want 1, for B you want 0. What will the unit say "
        "once it is trained?",
        {"1 and 0": "It cannot: the same twelve weights read the same prices, and that makes one number, not two.",
         "a half for both": "Yes. The same prices give one forecast, and of all numbers a half is the least wrong.",
         "it never settles": "Each of the two does pull it its own way. In the middle both pull with the same force."}),
)

check = Checks(
    "09",
    Exercise("output_slope", by_hand(
        rest.output.tanh_c, "h = o tanh(c): when only o moves, h moves tanh(c) times as much.",
        "In h = o tanh(c), what is o multiplied with?",
        [(rest.output.o, "That is o, which is what tanh(c) is multiplied with. Here o moves."),
         (0.99, "To two digits o and tanh(c) are both 0.99. Which of them is it, to four digits?"),
         (rest.output.o * (1 - rest.output.o) * rest.output.tanh_c,
          "That is already one step further, da_o. Here do is wanted, before the slope of sigmoid."),
         (rest.output.h, "That is the new h, o tanh(c). What is o multiplied with in it?"),
         (math.tanh(2), "That is tanh of the long-term memory that came in. h is made from tanh of the new one."),
         (2, "That is the long-term memory that came in. h is made from tanh of the new one.")], tolerance=0.0011),
        f"h = o tanh(c), so do = dh tanh(c), which is 1 times {number(rest.output.tanh_c, 4)}.",
        round(rest.output.tanh_c, 4)),
    Exercise("forget_slope", by_hand(
        da_f, "df = 2 times 3 is 6, and the slope of sigmoid at 0.5 is 0.25.",
        "First df = dkept times c, then times the slope of sigmoid, f (1 - f).",
        [(6, "That is df. The slope of sigmoid, f (1 - f), is still missing."),
         (3, "That is df times 0.5. The slope of sigmoid is f (1 - f), not f alone."),
         (0.75, "That is c f (1 - f). df is dkept times c, and dkept is 2."),
         (0.5, "That is dkept f (1 - f). kept = f c, so df is dkept times c, and c is 3 here."),
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
    Exercise("fast_enough", _fast_enough,
             f"The video's rate is {10 ** -3}, ten to the power -3. With -1 it is {10 ** -1}: steps a hundred times as "
             "long, and 300 epochs are enough.", -1),
)
