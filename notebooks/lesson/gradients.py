"""The live pictures of gradients that vanish and explode: one weight many times, a ball on a loss, RNN beside LSTM."""
from dataclasses import replace
from functools import lru_cache

import numpy as np

from lstm_core import VIDEO_UNIT, RNNUnit
from lstm_layers import lstm_gradient_flow, rnn_gradient_flow, weight_matrix

from . import svg
from .charts import Chart, Panel
from .live import Choice, LivePicture, Slider
from .svg import Drawing, number, scientific

FLOOR = np.finfo(float).eps / 2  # half the gap between 1 and the next float: what is smaller leaves a 1 as it is
RANGE = (1e-20, 1e20)
LEVELS = ((FLOOR, "floor: 1 + this is still 1"), (1, "clip line: 1"))


# --------------------------------------------------------------------------------------- one weight, many times over

def power_picture():
    """Return one weight multiplied with itself, link after link, as a live picture on a log scale."""
    chart = Chart([Panel("a change at the first input, seen after each link", "links between inputs",
                         "what it has become", (0, 100), RANGE, levels=((1, "neither grows nor shrinks"),),
                         scale="log")])

    def draw(w, links):
        ks = np.arange(int(links) + 1)
        return Drawing(*chart.paper[:2], _trail(chart, 0, ks, w ** ks, svg.RNN))

    def say(w, links):
        left = w ** int(links)
        return (f"With the weight {number(w)} and {int(links)} links, a change of 1 at the first input becomes "
                f"{scientific(left)}{_in_words(left)}.")

    return LivePicture([Slider("w", "feedback weight w", 0.1, 2.5, 0.05, 2, svg.RNN),
                        Slider("links", "links between inputs", 1, 100, 1, 49, svg.TEXT)], draw, say, chart.paper)


# -------------------------------------------------------------------------------------------------- a ball on a loss

START, RATE, EDGE = -1.5, 0.1, 4


def descend(factor, steps):
    """Return the places of gradient descent on the loss p^2, from -1.5 with learning rate 0.1: steps + 1 numbers.

    factor: every gradient is multiplied by it, as the links of an unrolled network would.
    """
    # p <- p - rate * factor * 2 p
    return START * (1 - RATE * factor * 2.0) ** np.arange(steps + 1)


def descent_picture():
    """Return gradient descent as a ball on a loss curve: a factor on its gradient makes the steps huge or tiny."""
    grid = np.linspace(-EDGE, EDGE, 81)
    chart = Chart([Panel("the loss, and where each step lands", "weight p", "loss", (-EDGE, EDGE), (-0.8, EDGE ** 2),
                         [(grid, grid ** 2, svg.QUIET, "")])])

    def draw(power, steps):
        ps = descend(10 ** power, int(steps))
        points = [chart.place(0, p, p * p) for p in np.clip(ps, -EDGE, EDGE).tolist()]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        body = f'<polyline points="{line}" fill="none" stroke="{svg.INPUT}" stroke-width="1.5" stroke-dasharray="4 4"/>'
        body += "".join(svg.dot(x, y, svg.INPUT, 5) for x, y in points[:-1])
        return Drawing(*chart.paper[:2], body + svg.dot(*points[-1], svg.POTENTIAL, 12))

    def say(power, steps):
        ps = descend(10 ** power, int(steps))
        verdict = ("it has jumped out of the picture" if abs(ps[-1]) > EDGE else
                   "it jumps over the minimum" if 10 ** power * RATE * 2 > 1 and steps else
                   "the minimum is reached" if abs(ps[-1]) < 0.05 else "it has hardly moved" if abs(ps[-1]) > 1.4 else
                   "it is on its way")
        return (f"With every gradient multiplied by {scientific(10 ** power)}, after {int(steps)} steps the ball is at "
                f"{scientific(ps[-1])}: {verdict}. It started at {number(START)}; the minimum is at 0.")

    return LivePicture([Slider("power", "power of 10", -4, 2, 0.1, 0, svg.POTENTIAL),
                        Slider("steps", "steps", 0, 30, 1, 10, svg.INPUT)], draw, say, chart.paper)


# ------------------------------------------------------------------------------------------------- RNN beside LSTM

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
        return Drawing(*chart.paper[:2], _trail(chart, 0, back, rnn, svg.RNN)
                       + _trail(chart, 1, back, h, svg.SHORT_TERM, "9 6", below=True)
                       + _trail(chart, 1, back, c, svg.LONG_TERM)
                       + svg.text(round(left, 1), round(top, 1), step, italic=True, rim=True))

    def say(w, bias, T, x, activation):
        rnn, c, h = (float(flow[0]) for flow in flows(w, bias, T, x, activation))
        return (f"Over {int(T)} steps, the first step's share in the {activation} RNN is "
                f"{scientific(rnn)}{_in_words(rnn)}; in the LSTM it is {scientific(c)}{_in_words(c)} along the "
                f"long-term memory, and {scientific(h)} along the short-term memory.")

    return LivePicture([Slider("w", "RNN: weight w", 0, 2.5, 0.05, 0.5, svg.RNN),
                        Slider("bias", "LSTM: forget bias", -2, 8, 0.1, 5, svg.LONG_TERM),
                        Slider("T", "steps T", 2, 200, 1, 50, svg.TEXT),
                        Slider("x", "input x at each step", 0, 2, 0.1, 0, svg.INPUT),
                        Choice("activation", "RNN: activation", ("linear", "tanh"), "linear")], draw, say, chart.paper)


def _trail(chart, panel, xs, ys, colour, dash="", below=False):
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


def _in_words(value):
    """Say in words what is left of a change of 1."""
    size = abs(value)
    if size == 0:
        return ", which is below the smallest float"
    if not np.isfinite(size):
        return ", which is beyond the largest float"
    if size <= 0.1:
        return f", 1 part in {scientific(1 / size)}" + (": no weight of 1 would feel it" if size < FLOOR else "")
    return ""
