"""A pair of axes that moves with the hand: as long as what it shows, linear or logarithmic.  Knows no widget, no LSTM.

A curve that leaves the axes goes out through their edge, with an arrow; it never runs along the edge.
"""
import math
from typing import NamedTuple

import numpy as np

from . import svg

GRID = "#e4e4e4"
UP, DOWN = "\N{UPWARDS ARROW}", "\N{DOWNWARDS ARROW}"  # before a number that lies beyond the axes
ARROW = 11  # length of an arrowhead at the edge


class Axes(NamedTuple):
    """Where the axes lie in the picture (left, top, right, bottom) and which data they show.

    xlim, ylim: the ranges; log: whether y is a power scale, which shows sizes and no signs.
    """
    left: float
    top: float
    right: float
    bottom: float
    xlim: tuple
    ylim: tuple
    log: bool = False

    def x(self, xs):
        """Return where data x lie in the picture."""
        low, high = self.xlim
        return self.left + (np.asarray(xs, float) - low) / (high - low) * (self.right - self.left)

    def y(self, ys):
        """Return where data y lie in the picture, also beyond the axes."""
        low, high = self._scaled(np.asarray(self.ylim, float))
        return self.bottom - (self._scaled(np.asarray(ys, float)) - low) / (high - low) * (self.bottom - self.top)

    def inside(self, y):
        """Return a place y of the picture, or the edge nearest to it."""
        return min(max(float(y), self.top), self.bottom)

    def _scaled(self, ys):
        with np.errstate(divide="ignore"):  # 0 lies below every power of 10; so far down that no axis shows it
            return np.maximum(np.log10(np.abs(ys)), -1e4) if self.log else ys

    def frame(self, xticks=(), yticks=(), ylabels=None, right=False, size=15):
        """Return grid, edges and tick labels.

        ylabels: what is written at the yticks; right: write it on the right.
        """
        body = svg.rect(self.left, self.top, self.right - self.left, self.bottom - self.top, "none", svg.QUIET, 1, 0)
        for tick in xticks:
            x = round(float(self.x(tick)), 1)
            body += svg.path(f"M{x} {self.top:g}V{self.bottom:g}", GRID, 1)
            body += svg.text(x, self.bottom + size + 9, f"{tick:,}".replace("-", "\N{MINUS SIGN}"), size, "middle")
        at, anchor = (self.right + 8, "start") if right else (self.left - 8, "end")
        for tick, words in zip(yticks, ylabels or map("{:g}".format, yticks)):
            y = round(float(self.y(tick)), 1)
            body += svg.path(f"M{self.left:g} {y}H{self.right:g}", GRID, 1)
            body += svg.text(at, y + 0.35 * size, words.replace("-", "\N{MINUS SIGN}"), size, anchor)
        return body

    def level(self, y, dash="5 4"):
        """Return a dashed line across at the data point y."""
        return svg.path(f"M{self.left:g} {float(self.y(y)):.1f}H{self.right:g}", svg.QUIET, 1.5, dash=dash)

    def curve(self, xs, ys, colour, dash="", width=3):
        """Return a line through the data points, and an arrowhead wherever it crosses the upper or the lower edge."""
        pieces, exits = self._pieces(self.x(xs).tolist(), self.y(ys).tolist())
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        lines = "".join(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in piece)}" fill="none" '
                        f'stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round"{dashes}/>'
                        for piece in pieces)
        return lines + "".join(self._arrow(x, y, colour) for x, y in exits)

    def _pieces(self, xs, ys):
        """Return the parts of a line that lie inside, and the points of the edges that it crosses."""
        pieces, exits, piece = [], [], []
        before = None
        for point in zip(xs, ys):
            was, now = before and self._edge(before[1]), self._edge(point[1])
            if before and was != now:
                if was is not None:
                    exits.append(_crossing(before, point, was))
                    piece = [exits[-1]]
                if now is not None:
                    exits.append(_crossing(before, point, now))
                    pieces.append([*piece, exits[-1]])
                    piece = []
            if now is None:
                piece.append(point)
            before = point
        return [*pieces, piece] if piece else pieces, exits

    def _edge(self, y):
        """Return the edge that a place of the picture lies beyond, None inside."""
        return self.top if y < self.top else self.bottom if y > self.bottom else None

    def _arrow(self, x, y, colour):
        """Return an arrowhead that points out through the upper or the lower edge at the point (x, y)."""
        out = -ARROW if y == self.top else ARROW
        x = min(max(x, self.left + 6), self.right - 6)
        return (f'<polygon points="{x:.1f},{y + out:.1f} {x - 6:.1f},{y:.1f} {x + 6:.1f},{y:.1f}" fill="{colour}" '
                f'stroke="{svg.PAPER}"/>')


def _crossing(point, other, y):
    """Return where the line between two points has the height y."""
    part = (y - point[1]) / (other[1] - point[1])
    return point[0] + part * (other[0] - point[0]), y


def ticks(low, high, count=6):
    """Return round whole numbers from low to high, about so many, both ends included."""
    step = next(step for power in range(9) for step in (10 ** power, 2 * 10 ** power, 5 * 10 ** power)
                if (high - low) / step <= count)
    between = [t for t in range(math.ceil(low / step) * step, high, step) if t > low and high - t >= step / 2]
    return [low, *between, high]


def spread(places, gap, low, high):
    """Return the places moved apart where they are nearer than the gap, all of them in low..high."""
    order = sorted(range(len(places)), key=lambda k: places[k])
    moved = list(places)
    edge = low
    for k in order:
        moved[k] = edge = max(moved[k], edge)
        edge += gap
    edge = high
    for k in reversed(order):
        moved[k] = edge = min(moved[k], edge)
        edge -= gap
    return moved
