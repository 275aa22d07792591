"""A pair of axes as ink: for ranges that move under the hand, so that they always fit what is shown.  Knows no lesson.

The paper of curves.py is drawn once and never moves; here ticks and labels come with each curve, in the same style.
"""
from math import ceil, floor, log10

from . import svg

GRID, SIZE, LINE = "#e4e4e4", 18, 22  # colour of the grid, size of letters, height of a line of text


def ticks(low, high, most=6):
    """Return the round numbers from low to high, at most so many steps: each 1, 2 or 5 times a power of 10 long."""
    rough = (high - low) / most
    power = 10.0 ** floor(log10(rough))
    step = next(k * power for k in (1, 2, 5, 10) if k * power >= rough * (1 - 1e-9))
    return [round(k * step, 10) for k in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def around(values, margin=0.05):
    """Return a range that holds all values, and 0, with that much of it free at both ends."""
    low, high = min(0.0, *values), max(0.0, *values)
    free = margin * max(high - low, 1e-6)
    return low - free, high + free


def spread(heights, gap=LINE):
    """Return the heights of two labels, moved apart as far as they need to be; which is above stays above."""
    (upper, at), (lower, below) = sorted((height, k) for k, height in enumerate(heights))
    push = max(0, gap - (lower - upper)) / 2
    moved = {at: upper - push, below: lower + push}
    return [moved[0], moved[1]]


class Axes:
    """Linear axes in a frame: place() says where a data point lies, body is the SVG of all but the data.

    frame: left, top, width, height of the room between the axes, in picture units; xlim, ylim: the ranges;
    xticks: (value, words) below the axis; without them round numbers.
    """

    def __init__(self, frame, title, xlabel, xlim, ylim, xticks=None):
        self.frame, self.xlim, self.ylim = frame, xlim, ylim
        xticks = [(x, _tick(x)) for x in ticks(*xlim)] if xticks is None else xticks
        left, top, width, height = frame
        foot = top + height
        grid, words = "", svg.text(left + width / 2, top - 16, title, SIZE, "middle")
        for y in ticks(*ylim):
            at = self.place(xlim[0], y)[1]
            grid += svg.path(f"M{left:g} {at:.1f}h{width:g}", svg.QUIET if y == 0 else GRID, 1)
            words += svg.text(left - 10, round(at + 6, 1), _tick(y), SIZE, "end")
        for x, said in xticks:
            words += svg.text(round(self.place(x, ylim[0])[0], 1), foot + LINE, said, SIZE, "middle")
        words += svg.text(left + width / 2, foot + 2 * LINE, xlabel, SIZE, "middle")
        self.body = grid + svg.path(f"M{left:g} {top:g}V{foot:g}H{left + width:g}", svg.TEXT, 1.2) + words

    def place(self, x, y):
        """Return where the data point (x, y) lies, in picture units."""
        left, top, width, height = self.frame
        (x0, x1), (y0, y1) = self.xlim, self.ylim
        return left + width * (x - x0) / (x1 - x0), top + height * (y1 - y) / (y1 - y0)

    def curve(self, xs, ys, colour, dash=""):
        """Return a line through the data points, as SVG; dash as in svg.path."""
        points = " ".join("{:.1f},{:.1f}".format(*self.place(x, y)) for x, y in zip(xs, ys))
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="3"{dashes}/>'

    def pair(self, curves, colour):
        """Return two curves over 0, 1, 2, ..., each with a point at its end and its name and last number beside it.

        curves: (name, dash, ys) of each.
        """
        ends = [self.place(len(ys) - 1, ys[-1]) for _, _, ys in curves]
        body = "".join(self.curve(range(len(ys)), ys, colour, dash) for _, dash, ys in curves)
        for (name, _, ys), (x, y), at in zip(curves, ends, spread([y for _, y in ends])):
            body += svg.dot(x, y, colour)
            body += svg.text(round(x + 14, 1), round(at + 6, 1), f"{name} {svg.number(ys[-1])}", SIZE, bold=True,
                             rim=True)
        return body


def _tick(value):
    """Write a round number without zeros at its end."""
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")
