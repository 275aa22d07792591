"""The live pictures of the course: which controls, drawing and sentence go together.  The pages call these."""
import math

import numpy as np

from lstm_core import VIDEO_UNIT, sigmoid, sigmoid_slope, step, step_backward, tanh, tanh_slope

from . import svg, unit
from .charts import Chart, Panel
from .live import Choice, LivePicture, Slider, Switch
from .svg import Drawing, number, share

LONG_TERM_SLIDER = Slider("c", "long-term memory c", -5, 5, 0.1, 2, svg.LONG_TERM)
SHORT_TERM_SLIDER = Slider("h", "short-term memory h", -1, 1, 0.05, 1, svg.SHORT_TERM)
INPUT_SLIDER = Slider("x", "input x", -10, 10, 0.1, 1, svg.INPUT)

LIGHTS = {"all stages": (1, 2, 3), "stage 1": (1,), "stage 2": (2,), "stage 3": (3,)}


def unit_picture(stage=None, weights=VIDEO_UNIT):
    """Return the LSTM unit as a live picture: long-term memory, short-term memory and input to drag.

    stage: 1, 2 or 3 lights that stage alone; without it the learner chooses.  weights: an LSTMUnit.
    """
    lit = {f"stage {stage}": (stage,)} if stage else LIGHTS
    choice = () if stage else (Choice("light", "light up", tuple(LIGHTS), "all stages"),)

    def draw(c, h, x, arithmetic, more, light=f"stage {stage}"):
        return unit.draw_unit(weights, step(weights, c, h, x), lit[light], 4 if more else 2, arithmetic)

    def say(c, h, x, arithmetic, more, light=f"stage {stage}"):
        return unit.say_unit(step(weights, c, h, x), lit[light], 4 if more else 2)

    controls = (LONG_TERM_SLIDER, SHORT_TERM_SLIDER, INPUT_SLIDER, *choice,
                Switch("arithmetic", "show the arithmetic"), Switch("more", "more digits"))
    return LivePicture(controls, draw, say)


def backward_picture(weights=VIDEO_UNIT):
    """Return the slopes of the loss on their way back through the unit, as a live picture.

    weights: an LSTMUnit.
    """
    def slopes(c, h, x, dc, dh):
        done = step(weights, c, h, x)
        return done, step_backward(weights, done, dc, dh)

    def draw(c, h, x, dc, dh):
        return unit.draw_backward(weights, *slopes(c, h, x, dc, dh), dc, dh, digits=3)

    def say(c, h, x, dc, dh):
        _, back = slopes(c, h, x, dc, dh)
        n = lambda value: number(value, 3)
        return (f"From the next step come dc = {n(dc)} and dh = {n(dh)}. The sums of forget gate, candidate, input "
                f"gate and output gate get {n(back.forget.da_f)}, {n(back.input.da_g)}, {n(back.input.da_i)} and "
                f"{n(back.output.da_o)}. To the step before go dc = {n(back.dc)} and dh = {n(back.dh)}.")

    # At rest in the middle of the gates: where they are flat there would be little to see.
    return LivePicture([LONG_TERM_SLIDER._replace(value=1), SHORT_TERM_SLIDER._replace(value=0),
                        INPUT_SLIDER._replace(value=0),
                        Slider("dc", "dc from after", -2, 2, 0.1, 0, svg.LONG_TERM),
                        Slider("dh", "dh from after", -2, 2, 0.1, 1, svg.SHORT_TERM)], draw, say)


ACTIVATIONS = {  # function, slope, lowest value, largest slope, colours of its line and of the ground below it
    "sigmoid": (sigmoid, sigmoid_slope, 0, 0.25, svg.TEXT, svg.SHARE),
    "tanh": (tanh, tanh_slope, -1, 1, svg.POTENTIAL, ""),
}


def activation_picture(name):
    """Return an activation function as a live picture: its value on the left, its slope on the right.

    name: 'sigmoid' or 'tanh'.
    """
    function, slope, lowest, steepest, colour, fill = ACTIVATIONS[name]
    grid = np.linspace(-10, 10, 201)
    margin = 0.06 * (1 - lowest)
    chart = Chart([
        Panel(f"the value {name}(a)", "sum a", f"{name}(a)", (-10, 10), (lowest - margin, 1 + margin),
              [(grid, function(grid), colour, fill)]),
        Panel("how steep it is there", "sum a", "slope", (-10, 10), (-0.06 * steepest, 1.15 * steepest),
              [(grid, slope(grid), colour, "")])])

    def draw(a):
        body = _guides(chart, 0, a, function(a), lowest - margin, colour)
        body += _guides(chart, 1, a, slope(a), -0.06 * steepest, colour)
        return Drawing(*chart.paper[:2], _tangent(chart, a, function(a), slope(a)) + body)

    def say(a):
        what = f", a share of {share(function(a))}" if name == "sigmoid" else ""
        return (f"{name}({number(a)}) = {number(function(a), 4)}{what}; "
                f"the slope there is {number(slope(a), 4)}, of at most {number(steepest)}.")

    return LivePicture([Slider("a", "sum a", -10, 10, 0.1, 2, colour)], draw, say, chart.paper)


def gate_picture(name, weights=VIDEO_UNIT):
    """Return what one gate answers to every input from -10 to 10, as a live picture: drag h, and the curve moves.

    name: 'forget', 'input', 'candidate' or 'output'; weights: an LSTMUnit.
    """
    gate = getattr(weights, name)
    function, _, lowest, _, colour, fill = ACTIVATIONS["tanh" if name == "candidate" else "sigmoid"]
    title = name if name == "candidate" else f"{name} gate"
    grid = np.linspace(-10, 10, 201)
    margin = 0.06 * (1 - lowest)
    chart = Chart([Panel(f"what the {title} answers to each input", "input x", title, (-10, 10),
                         (lowest - margin, 1 + margin))])

    def answer(h, x):
        return function(gate.w * h + gate.u * x + gate.b)

    def draw(h, x):
        ys = answer(h, grid)
        body = (chart.ground(0, grid, ys, fill) if fill else "") + chart.curve(0, grid, ys, colour)
        return Drawing(*chart.paper[:2], body + _guides(chart, 0, x, answer(h, x), lowest - margin, colour))

    def say(h, x):
        value = answer(h, x)
        as_share = "" if name == "candidate" else f", a share of {share(value)}"
        return (f"With short-term memory {number(h)} and input {number(x)}, the sum is "
                f"{number(gate.w * h + gate.u * x + gate.b)} and the {title} is {number(value, 3)}{as_share}.")

    return LivePicture([SHORT_TERM_SLIDER, INPUT_SLIDER], draw, say, chart.paper)


def _guides(chart, panel, x, y, floor, colour):
    """Return a point on a curve, with dashed lines to both axes and its height written beside it."""
    (px, py), (left, bottom) = chart.place(panel, x, y), chart.place(panel, -10, floor)
    side, anchor = (-14, "end") if x > 6 else (14, "start")
    below = 28 if py < 120 else -12
    return (svg.path(f"M{px:.1f} {bottom:.1f}V{py:.1f}H{left:.1f}", svg.QUIET, 1.5, dash="5 4")
            + svg.dot(px, py, colour, 8)
            + svg.text(round(px + side, 1), round(py + below, 1), number(y, 3), 18, anchor, bold=True))


def _tangent(chart, a, value, slope):
    """Return the straight line that touches the curve of the first panel at a: of one length, but inside the axes."""
    toward = -1 if a > 0 else 1  # to the middle, where there is room on the axes
    (x, y), (x1, y1) = chart.place(0, a, value), chart.place(0, a + toward, value + toward * slope)
    scale = 60 / math.hypot(x1 - x, y1 - y)
    dx, dy = scale * (x1 - x), scale * (y1 - y)
    start, end = (chart.place(0, 10 * way, value)[0] for way in (-toward, toward))
    back, on = min(1, (x - start) / dx), min(1, (end - x) / dx)
    return svg.path(f"M{x - back * dx:.1f} {y - back * dy:.1f}L{x + on * dx:.1f} {y + on * dy:.1f}", svg.QUIET, 2.5)
