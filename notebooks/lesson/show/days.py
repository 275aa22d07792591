"""Curves over the days of an unrolled unit, one for each company, on axes as large as what they show."""
from math import ceil, floor, log10

from . import svg
from .axes import spread
from .svg import DASHES, bounded

SIZE, LINE = 18, 22  # of letters, of a line of text
LOOKS = DASHES | {"yours": "2 5"}  # a company of the learner's own is dotted


def around(values):
    """Return a range that holds all values, and 0, with a little of it free at both ends."""
    low, high = min(0.0, *values), max(0.0, *values)
    free = 0.05 * max(high - low, 1e-6)
    return low - free, high + free


def round_numbers(low, high, most):
    """Return the round numbers from low to high, at most so many steps: each 1, 2 or 5 times a power of 10 long."""
    rough = (high - low) / most
    power = 10.0 ** floor(log10(rough))
    step = next(k * power for k in (1, 2, 5, 10) if k * power >= rough)
    return [round(k * step, 10) for k in range(ceil(low / step), floor(high / step) + 1)]


def framed(axes, title, days=(), words="after day"):
    """Return what stays of the axes: the frame, a title above, the line of 0; days: ticks below, and words on them."""
    middle = (axes.left + axes.right) / 2
    body = axes.frame(days, round_numbers(*axes.ylim, round((axes.bottom - axes.top) / 40)), size=SIZE)
    body += svg.path(f"M{axes.left:g} {axes.y(0):.1f}H{axes.right:g}", svg.QUIET, 1)
    body += svg.text(middle, axes.top - 16, title, SIZE, "middle")
    return body + (svg.text(middle, axes.bottom + 2 * LINE + 7, words, SIZE, "middle") if days else "")


def pair(axes, curves, colour):
    """Return one curve for each company, over 0, 1, 2, ... days, with its name and its last number beside its end.

    curves: the numbers of each company, by its name.  Where they do not end together, the names stand at the right
    edge, each with a piece of its line: inside the axes a longer line would run through them.
    """
    ends = {name: (float(axes.x(len(ys) - 1)), float(axes.y(ys[-1]))) for name, ys in curves.items()}
    heights = spread([y for _, y in ends.values()], LINE, axes.top, axes.bottom)
    body = "".join(axes.curve(range(len(ys)), ys, colour, LOOKS[name]) for name, ys in curves.items())
    together = len({x for x, _ in ends.values()}) == 1
    for (name, (x, y)), height in zip(ends.items(), heights):
        body += svg.dot(x, y, colour)
        if not together:
            body += svg.path(f"M{axes.right + 8:g} {height:.1f}h24", colour, 3, dash=LOOKS[name])
        words, at = f"{name} {bounded(curves[name][-1])}", x + 14 if together else axes.right + 38
        body += svg.text(round(at, 1), round(height + 6, 1), words, SIZE, bold=True, rim=True)
    return body
