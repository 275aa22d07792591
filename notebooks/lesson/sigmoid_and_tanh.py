"""Lesson 02, sigmoid and tanh: two curves to move a point along."""
import math

import numpy as np

from lstm_core import sigmoid, sigmoid_slope, tanh, tanh_slope

from .answer.exercises import Checks, Exercise, by_hand, own_function
from .answer.questions import Questions
from .show import svg
from .show.curves import Chart, Panel
from .show.picture import LivePicture, Slider
from .show.svg import Drawing, Part, bounded, number, share

__all__ = ["activation_picture", "ask", "check"]


ACTIVATIONS = {  # function, slope, lowest value, largest slope, colours of its line and of the ground below it
    "sigmoid": (sigmoid, sigmoid_slope, 0, 0.25, svg.TEXT, svg.SHARE),
    "tanh": (tanh, tanh_slope, -1, 1, svg.POTENTIAL, ""),
}


SLOPES = {"sigmoid": "slope = {0} \N{MULTIPLICATION SIGN} (1 \N{MINUS SIGN} {0})",
          "tanh": "slope = 1 \N{MINUS SIGN} ({0})\N{SUPERSCRIPT TWO}"}
FLOOR = -0.06  # of the axes of both slopes, which are the same: tanh rises four times as steeply
WAY = np.linspace(-10, 10, 41)  # where the point of a curve is dragged along


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
        Panel("how steep it is there", "sum a", "slope", (-10, 10), (FLOOR, 1.15),
              [(grid, slope(grid), colour, "")])])

    way = list(zip(*chart.place(0, WAY, function(WAY))))

    def draw(a):
        body = guides(chart, 0, a, function(a), lowest - margin)
        body += guides(chart, 1, a, slope(a), FLOOR, rises=a < 0)
        body += svg.held_dot("a", *chart.place(0, a, function(a)), colour, way)
        body += svg.part("slope", svg.dot(*chart.place(1, a, slope(a)), colour, 8))
        return Drawing(*chart.paper[:2], _tangent(chart, a, function(a), slope(a)) + body, {
            "a": Part(f"{name}({number(a)}) = {bounded(function(a), 4)}"),
            "slope": Part(f"{SLOPES[name].format(bounded(function(a), 4))} = {number(slope(a), 4)}", ("a",))})

    def say(a):
        what = f", a share of {share(function(a))}" if name == "sigmoid" else ""
        return (f"{name}({number(a)}) = {bounded(function(a), 4)}{what}; "
                f"the slope there is {number(slope(a), 4)}, of at most {number(steepest)}.")

    return LivePicture([Slider("a", "sum a", -10, 10, 0.1, 2, colour)], draw, say, chart.paper)


def guides(chart, panel, x, y, floor, rises=True):
    """Return dashed lines from a point of a curve to both axes, and its height written where the curve is not.

    rises: whether the curve does, at x.
    """
    (px, py), (left, bottom), (right, _) = (chart.place(panel, *at) for at in ((x, y), (-10, floor), (10, floor)))
    return (svg.path(f"M{px:.1f} {bottom:.1f}V{py:.1f}H{left:.1f}", svg.QUIET, 1.5, dash="5 4")
            + _height(px, py, left, right, chart.axes(panel).top, bounded(y, 3), rises and x < 0, rises))


def _height(px, py, left, right, top, words, on_the_left, rises):
    """Return the height of a point (px, py), in words, where the curve is not.

    A curve that rises leaves room above it to the left and below it to the right; far out it is flat, and right below
    the upper edge there is room below it.
    """
    wide, above = 10.5 * len(words), py - 34 > top
    if rises and not on_the_left:
        beside = (px + 14, "start") if px + 14 + wide < right else (px - 14, "end")
        return svg.text(round(beside[0], 1), round(py + 28, 1), words, 18, beside[1], bold=True)
    if on_the_left and px - 14 - wide > left:
        return svg.text(round(px - 14, 1), round(py - 12, 1), words, 18, "end", bold=True)
    if not on_the_left and px + 14 + wide < right:
        return svg.text(round(px + 14, 1), round(py - 12 if above else py + 28, 1), words, 18, bold=True)
    middle = min(max(px, left + 8 + wide / 2), right - 8 - wide / 2)
    return svg.text(round(middle, 1), round(py - 18 if above else py + 28, 1), words, 18, "middle", bold=True)


def _tangent(chart, a, value, slope):
    """Return the straight line that touches the curve of the first panel at a: of one length, but inside the axes."""
    toward = -1 if a > 0 else 1  # to the middle, where there is room on the axes
    (x, y), (x1, y1) = chart.place(0, a, value), chart.place(0, a + toward, value + toward * slope)
    scale = 60 / math.hypot(x1 - x, y1 - y)
    dx, dy = scale * (x1 - x), scale * (y1 - y)
    start, end = (chart.place(0, 10 * way, value)[0] for way in (-toward, toward))
    low, high = sorted(chart.place(0, a, edge)[1] for edge in (-10, 10))  # the edges above and below
    back, on = min(1, (x - start) / dx, (high - y if dx > 0 else y - low) / abs(dy)), min(1, (end - x) / dx)
    return svg.path(f"M{x - back * dx:.1f} {y - back * dy:.1f}L{x + on * dx:.1f} {y + on * dy:.1f}", svg.QUIET, 2.5)


# ---------------------------------------------------------------------------------------------- questions and exercises

ask = Questions(
    sigmoid_of_ten=(
        "Sigmoid turns any number into a share between 0 and 1. What does it make of 10?",
        {"exactly 1": f"Close, but never exactly: sigmoid(10) = {number(sigmoid(10), 5)}.",
         "a little less than 1": f"Yes: sigmoid(10) = {number(sigmoid(10), 5)}. Larger sums bring it closer to 1.",
         "0.5": "That is what it makes of 0. The number 10 lies far to the right."}),
)

check = Checks(
    "02",
    Exercise("sigmoid_of_zero", by_hand(
        sigmoid(0), "e^0 is 1, so it is 1 / (1 + 1): a gate with sum 0 is half open.",
        "Put a = 0 into 1 / (1 + e^-a).",
        [(0, "That is tanh(0). For sigmoid put a = 0 into 1 / (1 + e^-a); what is e^0?"),
         (1, "e^0 is 1, and it stands below the line, beside another 1.")]),
        f"e^0 is 1, and 1 / (1 + 1) is {number(sigmoid(0), 1)}.", sigmoid(0)),
    Exercise("tanh_of_minus_two", by_hand(
        tanh(-2), "tanh turns around with the sign of its input.",
        "Set the slider to -2 and read the point's height.",
        [(tanh(2), "That is tanh(2). Which sign does tanh have to the left of 0?"),
         (sigmoid(-2), "That is sigmoid(-2). tanh goes below 0.")]),
        f"tanh turns around with the sign of its input: tanh(2) is {number(tanh(2))}, so tanh(-2) is "
        f"{number(tanh(-2))}.", round(tanh(-2), 2)),
    Exercise("my_sigmoid", own_function(
        sigmoid, {"a": (-6, 6)}, lambda a: [
            (sigmoid(-a), "Is the sign of the exponent right?"),
            (1 + math.exp(-a), "1 / 1 + exp(-a) divides first: put brackets around 1 + exp(-a).")]),
        "This is the formula of the page, with exp for the power of e.",
        "from math import exp\n\n"
        "def my_sigmoid(a):\n"
        "    return 1 / (1 + exp(-a))\n\n"
        "check.my_sigmoid(my_sigmoid)"),
)
