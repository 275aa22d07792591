"""Lesson 07, gradients side by side: what reaches each step back, RNN beside LSTM."""
from dataclasses import replace
from functools import lru_cache

import numpy as np

from lstm_core import VIDEO_UNIT, RNNUnit, sigmoid
from lstm_layers import lstm_gradient_flow, rnn_gradient_flow, weight_matrix

from .answer.exercises import Checks, Exercise, by_hand, search
from .answer.questions import Questions
from .show import svg
from .show.curves import Chart, Panel
from .show.picture import Choice, LivePicture, Slider
from .show.svg import Drawing, number, scientific, share
from .show.source import Source

__all__ = ["Source", "ask", "check", "flow_picture"]

FLOOR = np.finfo(float).eps / 2  # half the gap between 1 and the next float: what is smaller leaves a 1 as it is
RANGE = (1e-20, 1e20)
LEVELS = ((FLOOR, "floor: 1 + this is still 1"), (1, "clip line: 1"))


@lru_cache(maxsize=1)  # a picture draws and says the same position
def flows(w, bias, T, x, activation):
    """Return what a change at each step is worth at step T: the plain RNN's h, the LSTM's c and h, (T + 1,) each.

    The RNN is h' = act(w h + x); the LSTM is the video's unit with another bias on its forget gate; both get the
    input x at each of T steps.
    """
    xs = np.full(int(T), x)
    rnn = rnn_gradient_flow(weight_matrix(RNNUnit(w=w, u=1, b=0)), xs, activation=activation)
    unit = replace(VIDEO_UNIT, forget=replace(VIDEO_UNIT.forget, b=bias))
    lstm = lstm_gradient_flow(weight_matrix(unit), xs)
    return rnn[:, 0, 0], lstm.c[:, 0, 0], lstm.h[:, 0, 0]


def flow_picture():
    """Return the gradient that reaches each step back, RNN on the left and LSTM on the right, on one log scale."""
    panel = Panel("", "steps back", "gradient that arrives", (0, 200), RANGE, levels=LEVELS, scale="log")
    chart = Chart([panel._replace(title="plain RNN: dh"),
                   panel._replace(title="LSTM: dc (solid), dh (dashed)", ylabel="")], height=420)

    def draw(w, bias, T, x, activation):
        back = np.arange(int(T), -1, -1)
        rnn, c, h = flows(w, bias, T, x, activation)
        left, top = chart.place(0, 8, 1e17)
        step = "new h = tanh(w h + x)" if activation == "tanh" else "new h = w h + x"
        return Drawing(*chart.paper[:2], trail(chart, 0, back, rnn, svg.RNN)
                       + trail(chart, 1, back, h, svg.SHORT_TERM, "9 6", below=True)
                       + trail(chart, 1, back, c, svg.LONG_TERM)
                       + svg.text(round(left, 1), round(top, 1), step, italic=True, rim=True))

    def say(w, bias, T, x, activation):
        rnn, c, h = (float(flow[0]) for flow in flows(w, bias, T, x, activation))
        return (f"Over {int(T)} steps, the first step's share in the {activation} RNN is "
                f"{scientific(rnn)}{in_words(rnn)}; in the LSTM it is {scientific(c)}{in_words(c)} along the "
                f"long-term memory, and {scientific(h)} along the short-term memory.")

    return LivePicture([Slider("w", "RNN: weight w", 0, 2.5, 0.05, 0.5, svg.RNN),
                        Slider("bias", "LSTM: forget bias", -2, 8, 0.1, 5, svg.LONG_TERM),
                        Slider("T", "steps T", 2, 200, 1, 50, svg.TEXT),
                        Slider("x", "input x at each step", 0, 2, 0.1, 0, svg.INPUT),
                        Choice("activation", "RNN: activation", ("linear", "tanh"), "linear")], draw, say, chart.paper)


def trail(chart, panel, xs, ys, colour, dash="", below=False):
    """Return the sizes of a gradient as a line with a point and its number at the end that is furthest back.

    Beyond the axes the line runs along their edge, and the number tells.  A log scale shows no sign: sizes are drawn.
    below: write the number below the point where there is room.
    """
    sizes = np.clip(np.abs(ys), *RANGE)
    end = 0 if xs[0] > xs[-1] else -1
    x, y = chart.place(panel, xs[end], sizes[end])
    (right, bottom), (_, top) = chart.place(panel, np.inf, RANGE[0]), chart.place(panel, 0, RANGE[1])
    side, anchor = (-12, "end") if x > right - 150 else (12, "start")
    down = 26 if y < top + 40 or (below and y < bottom - 40) else -36 if below else -12
    label = svg.text(round(x + side, 1), round(y + down, 1), scientific(abs(ys[end])), 17, anchor, rim=True)
    return chart.curve(panel, xs, sizes, colour, dash) + svg.dot(x, y, colour, 7) + label


def in_words(value):
    """Say in words what is left of a change of 1."""
    size = abs(value)
    if size == 0:
        return ", which is below the smallest float"
    if not np.isfinite(size):
        return ", which is beyond the largest float"
    if size <= 0.1:
        return f", 1 part in {scientific(1 / size)}" + (": no weight of 1 would feel it" if size < FLOOR else "")
    return ""


# ---------------------------------------------------------------------------------------------- questions and exercises

rnn, c, _ = (float(flow[0]) for flow in flows(0.5, 5, 50, 0, "linear"))
faded = next(steps for steps in range(99) if sigmoid(1) ** steps < 0.01)


def carried(bias):
    """Return what of a gradient arrives over 50 steps along the long-term memory, with this forget bias."""
    return float(flows(0.5, bias, 50, 0, "linear")[1][0])

ask = Questions(
    fifty_steps_back=(
        "A plain RNN with weight 0.5 and an LSTM with forget bias 5 read the same 50 inputs. How much of the "
        "gradient at the end arrives at the first step?",
        {"about as much in both": f"In the RNN {scientific(rnn)}, in the LSTM {scientific(c)}: worlds apart.",
         "the LSTM keeps more than half": f"Yes: {scientific(c)} in the LSTM. The RNN keeps {scientific(rnn)}.",
         "the RNN keeps more": f"Halving 50 times leaves {scientific(rnn)}; the LSTM keeps {scientific(c)}."}),
)

check = Checks(
    "07",
    Exercise("weight_that_carries", by_hand(
        1, "Exactly 1 neither grows nor shrinks. An LSTM's forget gate near 1 does the same.",
        "Which number stays itself, however often it is multiplied with itself?",
        [(0, "0 carries nothing at all."), (0.5, "0.5 halves what is left at every step."),
         (2, "2 doubles it at every step.")]),
        f"50 steps multiply 50 times: 0.99 leaves {number(0.99 ** 50)}, 1.01 makes it {number(1.01 ** 50)}, "
        f"and 1 stays {1 ** 50}.", 1),
    Exercise("steps_to_a_hundredth", by_hand(
        faded,
        f"sigmoid(1) = {number(sigmoid(1), 4)}, and that to the power 50 is {scientific(sigmoid(1) ** 50)}: a "
        "bias of 1 helps a start, but does not carry 50 steps.",
        "Multiply sigmoid(1) = 0.7311 with itself until less than 0.01 is left.",
        [(14, f"Nearly: sigmoid(1) to the power 14 is {number(sigmoid(1) ** 14, 4)}.")]),
        f"{number(sigmoid(1), 4)} to the power {faded - 1} is {number(sigmoid(1) ** (faded - 1), 4)}, still "
        f"too much; to the power {faded} it is {number(sigmoid(1) ** faded, 4)}.", faded),
    Exercise("keep_half_of_the_gradient", search(
        carried, 0.45, 0.55,
        "There is more than one such bias, and each keeps about half over 50 steps.",
        "Too little arrives: the forget gate must stay closer to 1.",
        "Too much arrives: lower the bias a little."),
        f"A bias of 4 keeps {share(carried(4))}, which is too little, and 5 keeps {share(carried(5))}, which "
        f"is too much. In between, 4.7 keeps {share(carried(4.7))}.", 4.7),
)
