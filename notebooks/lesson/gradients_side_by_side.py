"""Lesson 08, gradients side by side: the gradient on its way back, RNN beside LSTM."""
import math
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from lstm_core import ACTIVATIONS, VIDEO_UNIT, RNNUnit, _lstm_flow, rnn_unit_gradient_flow, rnn_unroll, sigmoid
from lstm_core import step, step_backward, unroll

from .answer.exercises import Checks, Exercise, by_hand, search
from .answer.questions import Questions
from .show import svg
from .show.axes import DOWN, UP, Axes, spread, ticks
from .show.picture import Choice, LivePicture, Slider
from .show.svg import Drawing, Part, number, scientific, share
from .show.source import Source

__all__ = ["Source", "ask", "check", "flow_picture", "gradient_curves", "gradient_rows", "lstm_with", "what_steps_add"]


# ------------------------------------------------------------------------------------------- what the picture shows

def lstm_with(bias):
    """Return the video's unit with another bias on its forget gate."""
    return replace(VIDEO_UNIT, forget=replace(VIDEO_UNIT.forget, b=bias))


def what_steps_add(unit, xs):
    """Return what each step adds to d c_T / d b of the LSTM candidate's bias b: their sum is the gradient, (T,)."""
    return _adds(unit, _all_steps(unit, xs))


def _all_steps(unit, xs):
    """Return one Step with all steps in it, (T, 1, 1), as a gradient flow reads it."""
    memories = np.transpose([(done.c_prev, done.h_prev, done.x) for done in unroll(unit, xs)])
    return step(unit, *memories[:, :, np.newaxis, np.newaxis])


def _adds(unit, done):
    """Return what_steps_add of a Step with all steps in it: a way back is a sum of dc times one number and dh times
    another, which all steps can compute at once; only dc and dh walk from step to step."""
    by_c, by_h = ([slopes.ravel().tolist() for slopes in (back.input.candidate[2], back.dc, back.dh)]
                  for back in (step_backward(unit, done, 1.0, 0.0), step_backward(unit, done, 0.0, 1.0)))
    adds, dc, dh = [], 1.0, 0.0
    for (b_c, c_c, h_c), (b_h, c_h, h_h) in zip(*(list(zip(*back))[::-1] for back in (by_c, by_h))):
        adds.append(dc * b_c + dh * b_h)
        dc, dh = dc * c_c + dh * c_h, dc * h_c + dh * h_h
    return np.array(adds[::-1])


class Flows(NamedTuple):
    """What goes back through both networks.

    rnn, c, h: what a change after t steps is worth after all T, for t = 0 ... T; factors, gates: what each step
    multiplies by, (T,): weight times slope, and forget gate; rnn_adds, lstm_adds: what each step adds to the gradient
    of the bias b, of the RNN and of the LSTM's candidate, (T,).
    """
    rnn: np.ndarray
    c: np.ndarray
    h: np.ndarray
    factors: np.ndarray
    gates: np.ndarray
    rnn_adds: np.ndarray
    lstm_adds: np.ndarray

    def walked(self, percent):
        """Return what the gradient has met when it is so far on its way back: the same of the last steps alone."""
        T = len(self.gates)
        return Flows(*(numbers[T - max(1, round(T * percent / 100)):] for numbers in self))


@lru_cache(maxsize=1)  # a picture draws and says the same position
def flows(w, bias, T, x, activation):
    """Return the Flows of the RNN h' = act(w h + x), and of the video's unit with this bias on its forget gate.

    Both get the input x at each of T steps.
    """
    xs = np.full(int(T), x, dtype=float)
    rnn_unit, unit = RNNUnit(w=w, u=1, b=0, activation=activation), lstm_with(bias)
    rnn, done = rnn_unit_gradient_flow(rnn_unit, xs), _all_steps(unit, xs.tolist())
    # That of unit_gradient_flow, from steps that are there already: a hand that drags waits for it.
    lstm = _lstm_flow(done, unit.forget.w, unit.input.w, unit.candidate.w, unit.output.w)
    _, slope = ACTIVATIONS[activation]
    slopes = slope(np.array([done.a for done in rnn_unroll(rnn_unit, xs.tolist())]))
    # b is added to the RNN's sum: d h / d b of one step is act'(a), and what comes after is rnn[t].
    return Flows(rnn, lstm.c.ravel(), lstm.h.ravel(), w * slopes, done.forget.f.ravel(), rnn[1:] * slopes,
                 _adds(unit, done))


# ------------------------------------------------------------------------------------------------------ the picture

WIDTH, HEIGHT, LEFT, RIGHT = 1000, 552, 218, 940
SIZE = 17  # of letters: 18 pixels on a slide
RNN_ROW, LSTM_ROW, ROW = 34, 86, 28  # top and height of the boxes
LINEAR, POWERS = (-1, 2), (1e-20, 1e20)
LARGEST_FACTOR = 2.7  # of the axes: more than any, so that no line runs along their edge
RNN_BARS, LSTM_BARS, BAR = 506, 546, 30  # ground and height of the bars
HELD = {"RNN": "w", "c": "bias"}  # what the end of a curve moves
FRONT = 72  # height of the handle that walks with the gradient
SWELL = 11  # how far the box of a gradient beyond 1 may swell out of its row


def flow_picture():
    """Return the gradient on its way back, RNN and LSTM above each other, with both curves on one pair of axes."""
    def draw(w, bias, T, x, walked, activation, scale):
        found, T = flows(w, bias, T, x, activation).walked(walked), int(T)
        steps = len(found.gates)
        axes = Axes(LEFT, 156, RIGHT, 330, (0, T), *((POWERS, True) if scale == "log" else (LINEAR,)))
        strip = axes._replace(top=388, bottom=442, ylim=(0, LARGEST_FACTOR), log=False)
        body = svg.rect(0, 0, WIDTH, HEIGHT, svg.PAPER, radius=0)
        title = "the gradient, in powers of 10" if scale == "log" else "the gradient, with its sign"
        body += gradient_rows(axes, found.rnn, found.c, found.h) + _front(axes, found)
        body += gradient_curves(axes, found.rnn, found.c, found.h, title, HELD)
        body += _factors(strip, found) + _bars(strip, found)
        factors, gates = (f"{number(each[0], 3)} to {number(each[-1], 3)}: their product"
                          for each in (found.factors, found.gates))
        return Drawing(WIDTH, HEIGHT, body, {
            "w": Part(f"{steps} factors, {factors} = {amount(found.rnn[0], not found.factors.all())}"),
            "bias": Part(f"{steps} forget gates, {gates} = {amount(found.gates.prod())}, with the side roads "
                         f"{amount(found.c[0])}"),
            "walked": Part(f"{steps} of {T} steps back: RNN {_short(found.rnn[0])}, LSTM c {_short(found.c[0])}, "
                           f"h {_short(found.h[0])}")})

    def say(w, bias, T, x, walked, activation, scale):
        found = flows(w, bias, T, x, activation).walked(walked)
        exact, steps, first = not found.factors.all(), len(found.gates), int(T) - len(found.gates) + 1
        back = f"{steps} steps" if first == 1 else f"{steps} of {int(T)} steps"
        return (f"Back through {back}, a gradient of 1 becomes {amount(found.rnn[0], exact)} in the "
                f"{activation} RNN. In the LSTM it becomes {amount(found.c[0])} along the long-term memory, where the "
                f"forget gates alone would leave {amount(found.gates.prod())}, and {amount(found.h[0])} along the "
                f"short-term memory. Of the gradient of the shared bias, "
                f"{'the first step' if first == 1 else f'so far, step {first}'} "
                f"adds {part(found.rnn_adds, exact)} in the RNN and {part(found.lstm_adds)} in the LSTM.")

    return LivePicture([Slider("w", "RNN: weight w", 0, 2.5, 0.05, 0.5, svg.RNN),
                        Slider("bias", "LSTM: forget bias", -2, 8, 0.1, 5, svg.LONG_TERM),
                        Slider("T", "steps T", 2, 200, 1, 50, svg.TEXT),
                        Slider("x", "input x at each step", 0, 2, 0.1, 0, svg.INPUT),
                        Slider("walked", "way back, %", 2, 100, 2, 100, svg.TEXT, pace=150),
                        Choice("activation", "RNN: activation", ("linear", "tanh"), "linear"),
                        Choice("scale", "scale", ("linear", "log"), "linear")], draw, say)


def amount(value, exact=False):
    """Write what has become of a gradient; exact: whether a 0 is one, and not only too small for a float."""
    return scientific(value) if value else "exactly 0" if exact else "less than the smallest float"


def part(adds, exact=False):
    """Write which part of its sum the first of these numbers is."""
    first = adds[0] / adds.sum()
    return share(first) if first >= 0.001 else f"{amount(first, exact)} of it"


def gradient_rows(axes, rnn, c, h):
    """Return both networks unrolled: a box for each step, inked with the gradient that arrives at it.

    rnn, c, h: what is left of the gradient, from somewhere on to after the last step.
    """
    body = ""
    for top, name in ((RNN_ROW, "plain RNN"), (LSTM_ROW, "LSTM")):
        body += svg.text(14, top + 20, name, 17, bold=True) + svg.text(RIGHT + 8, top + 19, "1", SIZE)
    half = ROW / 2
    body += svg.text(LEFT - 10, RNN_ROW + 20, "h", SIZE, "end", italic=True)
    body += svg.text(LEFT - 10, LSTM_ROW + 11, "c", SIZE, "end", italic=True)
    body += svg.text(LEFT - 10, LSTM_ROW + 27, "h", SIZE, "end", italic=True)
    body += _boxes(axes, rnn, RNN_ROW, ROW, svg.RNN, SWELL / 2, SWELL / 2)
    body += _boxes(axes, c, LSTM_ROW, half, svg.LONG_TERM, SWELL, 0)
    return body + _boxes(axes, h, LSTM_ROW + half, half, svg.SHORT_TERM, 0, SWELL)


def _front(axes, found):
    """Return how far the gradient has come: a line across both networks that can be dragged, and the numbers there."""
    T, steps = axes.xlim[1], len(found.gates)
    x = float(axes.x(T - steps))
    way = [(float(axes.x(T * (1 - part))), FRONT) for part in (0.02, 1)]
    body = svg.path(f"M{x:.1f} {RNN_ROW - 7}V{LSTM_ROW + ROW + 7}", svg.TEXT, 1.5)
    body += svg.held_dot("walked", x, FRONT, svg.TEXT, way, 5)
    words = "the gradient walks back from the last step"
    if steps < T:
        words = (f"{steps} steps back:  RNN {_short(found.rnn[0])},  LSTM c {_short(found.c[0])},  "
                 f"h {_short(found.h[0])}")
    return body + svg.text(RIGHT, 16, f"\N{LEFTWARDS ARROW} {words}", SIZE, "end")


def _boxes(axes, flow, top, height, colour, up, down):
    """Return a row of boxes; beyond 1 a box swells by at most up and down, and is striped."""
    T = axes.xlim[1]
    edges = axes.x(np.arange(T + 1 - len(flow), T + 1)).tolist()
    sizes = np.abs(flow[1:])
    levels = [f"{min(round(20 * size) / 20, 1):g}" for size in np.minimum(sizes, 1).tolist()]
    body = "".join(f'<rect x="{edges[begin]:.1f}" y="{top:g}" width="{edges[end] - edges[begin]:.1f}" '
                   f'height="{height:g}" fill="{colour}" fill-opacity="{levels[begin]}"/>'
                   for begin, end in _runs(levels) if levels[begin] != "0")
    lines = "".join(f"M{x:.1f} {top:g}v{height:g}" for x in axes.x(np.arange(1, T)).tolist())
    body += svg.path(lines, "#c4c4c4", 1) if 1 < T <= 100 else ""  # thinner boxes would be all border
    body += svg.rect(axes.left, top, axes.right - axes.left, height, "none", svg.QUIET, 1, 0)
    # Beyond 1, which is what is written as more than 1.00: the larger, the further out of its row.
    grown = np.where(sizes > 1.005, np.minimum(1, 0.3 + np.log10(np.maximum(sizes, 1)) / 4), 0).round(2).tolist()
    for begin, end in _runs(grown):
        if grown[begin]:
            over, under = top - grown[begin] * up, top + height + grown[begin] * down
            left, right = edges[begin], edges[end]
            stripes = "".join(f"M{x:g} {under:.1f}L{min(x + 6, right):g} {over:.1f}"
                              for x in range(math.ceil(left / 10) * 10, math.floor(right), 10))
            body += svg.path(f"M{left:.1f} {over:.1f}H{right:.1f}V{under:.1f}H{left:.1f}Z", colour, 1, colour)
            body += svg.path(stripes, svg.PAPER, 2) if stripes else ""
    return body


def _runs(values):
    """Return (begin, end) of each run of equal neighbours: they are drawn as one."""
    begins = [k for k, value in enumerate(values) if not k or value != values[k - 1]]
    return list(zip(begins, [*begins[1:], len(values)]))


def gradient_curves(axes, rnn, c, h, title, held=None):
    """Return all three gradients on one pair of axes, and on the left what has become of them.

    rnn, c, h: as in gradient_rows; title: what is drawn; held: the controls that the ends on the left move; without,
    the numbers there are left out.
    """
    T, held = axes.xlim[1], held or {}
    low, high = axes.ylim
    if axes.log:
        powers = np.linspace(np.log10(low), np.log10(high), 5).round().astype(int).tolist()
        marks = [10.0 ** power for power in powers]
        names = [f"10{str(power).translate(svg.RAISED)}" if power else "1" for power in powers]
    else:
        marks, names = list(range(low, high + 1)), None
    body = axes.frame(ticks(0, T), marks, names, right=True, size=SIZE) + axes.level(1)
    body += svg.text(LEFT, axes.top - 16, f"{title}, after so many steps", SIZE)
    body += svg.text(LEFT - 24, axes.bottom + 24, "steps read", SIZE, "end")
    lines = ((h, svg.SHORT_TERM, "7 5", "h"), (rnn, svg.RNN, "", "RNN"), (c, svg.LONG_TERM, "", "c"))
    begin, ends = T + 1 - len(rnn), []
    front = float(axes.x(begin))
    for flow, colour, dash, _ in lines:
        body += axes.curve(np.arange(begin, T + 1), flow, colour, dash)
        ends.append(float(axes.y(flow[0])))
    places = spread([axes.inside(end) for end in ends], 24, axes.top + 8, axes.bottom - 8)
    for (flow, colour, dash, name), end, place in zip(lines, ends, places):
        if end == axes.inside(end):
            away, lead = "", f"L{LEFT} {end:.1f}"
            body += svg.dot(front, end, colour, 5)
        else:
            away, lead = f"{UP if end < axes.top else DOWN} ", f"H{LEFT - 12}"
        lead = lead if begin == 0 else f"H{LEFT - 12}"  # its dot is still on the way
        body += svg.path(f"M{LEFT - 28} {place:.1f}{lead}", colour, 2.5, dash=dash and "5 3")
        if name in held:  # beside the axes, where no end lies on another; upward is more
            way = [(LEFT - 28, axes.bottom), (LEFT - 28, axes.top)]
            body += svg.held_dot(held[name], LEFT - 28, place, colour, way, 5)
        words = f"{name} {away}{_short(flow[0]) if held else ''}"
        body += svg.text(LEFT - 46, round(place + 5.5, 1), words.strip(), SIZE, "end")
    return body


def _factors(strip, found):
    """Return what each step multiplies by: weight times slope in the RNN, the forget gate in the LSTM."""
    body = strip.frame((), (0, 1, 2), right=True, size=SIZE) + strip.level(1)
    title = "the factor of each step: weight times slope in the RNN, forget gate f in the LSTM"
    body += svg.text(LEFT, strip.top - 8, title, SIZE)
    begin, ends = strip.xlim[1] - len(found.gates), []
    for factors, colour in ((found.factors, svg.RNN), (found.gates, svg.LONG_TERM)):
        runs = _runs(factors.round(3).tolist())
        body += strip.curve(np.ravel(runs) + begin, np.repeat(factors[[begin for begin, _ in runs]], 2), colour)
        ends.append(float(strip.y(factors[0])))
    for name, factors, place in zip(("RNN", "f"), (found.factors, found.gates),
                                    spread(ends, 20, strip.top + 6, strip.bottom - 4)):
        body += svg.text(LEFT - 10, round(place + 5.5, 1), f"{name} {number(factors[0], 3)}", SIZE, "end")
    return body


def _bars(strip, found):
    """Return what each step adds to the gradient of the one bias that all steps share, a bar a step."""
    T, begin = strip.xlim[1], strip.xlim[1] - len(found.gates)
    middles = strip.x(np.arange(begin, T) + 0.5).tolist()
    width = max(0.8, 0.7 * (RIGHT - LEFT) / T)
    title = "what each step adds to the gradient of the bias b that all steps share"
    body = svg.text(LEFT, RNN_BARS - BAR - 10, title, SIZE)
    for name, adds, ground, colour in (("RNN", found.rnn_adds, RNN_BARS, svg.RNN),
                                       ("LSTM", found.lstm_adds, LSTM_BARS, svg.LONG_TERM)):
        tops = ground - BAR * np.clip(adds / adds.max(), 0, 1)
        bars = "".join(f"M{x:.1f} {ground}V{top:.1f}" for x, top in zip(middles, tops.tolist()) if ground - top > 0.05)
        body += svg.path(bars, colour, round(width, 1)) + svg.path(f"M{LEFT} {ground}H{RIGHT}", svg.QUIET, 1)
        first = adds[0] / adds.sum()
        words = share(first) if first >= 0.001 else _short(first)
        body += svg.text(LEFT - 10, ground - 18, f"{name}: step {begin + 1} adds", SIZE, "end")
        rest = " so far" if begin else "" if words[-1] == "%" else " of all"
        body += svg.text(LEFT - 10, ground, words + rest, SIZE, "end")
    return body


def _short(value):
    """Write a gradient; one that is 0, exactly or for a float, is written so: the sentence says which.

    Beyond 10^100 and 10^-100 in one digit: for more there is no room.
    """
    if value and not 1e-99 < abs(value) < 1e99 and math.isfinite(value):
        return svg.power_of_ten(value, 0).replace("-", "\N{MINUS SIGN}")
    return scientific(value) if value else "0"


# ---------------------------------------------------------------------------------------------- questions and exercises

def carried(bias):
    """Return what is left of a gradient along the long-term memory after 50 steps back, with this forget bias."""
    return float(flows(0.5, bias, 50, 0, "linear").c[0])


halved, kept = 0.5 ** 50, carried(5)
faded = next(steps for steps in range(99) if sigmoid(1) ** steps < 0.01)

ask = Questions(
    fifty_steps_back=(
        "A plain RNN with weight 0.5 and the video's unit with forget bias 5 read the same 50 inputs. How much of a "
        "gradient is left when it has gone back through all 50 steps, in the RNN and along the LSTM's long-term "
        "memory?",
        {"about as much in both": f"In the RNN {scientific(halved)}, in the LSTM {scientific(kept)}: worlds apart.",
         "the LSTM keeps more than half": f"Yes: {scientific(kept)} in the LSTM. The RNN keeps {scientific(halved)}.",
         "the RNN keeps more": f"Halving 50 times leaves {scientific(halved)}; the LSTM keeps {scientific(kept)}."}),
)

check = Checks(
    "08",
    Exercise("weight_that_carries", by_hand(
        1, "Exactly 1 neither grows nor shrinks. An LSTM's forget gate near 1 does nearly the same.",
        "What can you multiply any number by, over and over, without changing it?",
        [(0, "0 carries nothing at all."), (0.5, "0.5 halves what is left at every step."),
         (2, "2 doubles it at every step."), (-1, "-1 keeps the size, but turns the sign round at every step."),
         (0.99, f"Nearly: of 1, fifty steps leave {number(0.99 ** 50)}."),
         (1.01, f"Nearly: of 1, fifty steps make {number(1.01 ** 50)}.")], tolerance=1e-9),
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
        "There is more than one such bias, and with each about half is left after 50 steps.",
        "Too little arrives: the forget gate must stay closer to 1.",
        "Too much arrives: lower the bias a little.", write=scientific),
        f"With a bias of 4, {scientific(carried(4))} is left, which is too little; with 5 it is {scientific(kept)}, "
        f"which is too much. In between, 4.7 leaves {scientific(carried(4.7))}.", 4.7),
)
