"""Curves: matplotlib draws the paper once, the ink that moves lies on top.  Knows no widget.

The paper is a figure turned to SVG: axes, ticks, labels, curves that stay.  The ink is SVG too, placed by the axes'
own places, so nothing of matplotlib runs while a hand is on a control.
"""
import io
import logging
import math
import re
import warnings
from contextlib import contextmanager
from typing import NamedTuple

import matplotlib
import numpy as np

# matplotlib would say on the page, the first time, that it builds its list of fonts.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)

from matplotlib.figure import Figure  # noqa: E402

from .axes import Axes  # noqa: E402
from .svg import QUIET, TEXT, Drawing, tick_power  # noqa: E402

STYLE = {
    "svg.fonttype": "none",       # text stays text: small, sharp, selectable
    "svg.hashsalt": "lesson",     # the same figure gives the same file
    "font.family": ["DejaVu Sans", "sans-serif"],
    "axes.titlesize": "medium", "axes.titlepad": 14, "axes.labelsize": "medium", "axes.linewidth": 1.2,
    "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "grid.color": "#e4e4e4",
    "lines.linewidth": 3, "legend.frameon": False,
}


@contextmanager
def style(size):
    """Draw under matplotlib's own settings and ours, whatever somebody has set in a file, a style or a program."""
    with warnings.catch_warnings():
        # Of settings that are on their way out.
        warnings.simplefilter("ignore", matplotlib.MatplotlibDeprecationWarning)
        defaults = {name: value for name, value in matplotlib.rcParamsDefault.items() if name != "backend"}
        with matplotlib.rc_context({**defaults, **STYLE, "font.size": size}):
            yield


class Panel(NamedTuple):
    """One pair of axes: title, the two labels, the two ranges, and what stays.

    curves: (xs, ys, colour, fill or ''); levels: dashed lines across, (y, what it says); scale: 'linear' or 'log'.
    """
    title: str
    xlabel: str
    ylabel: str
    xlim: tuple
    ylim: tuple
    curves: tuple = ()
    levels: tuple = ()
    scale: str = "linear"


class Chart:
    """Panels side by side: paper is the Drawing of all that stays, place() says where the ink goes; size of letters."""

    def __init__(self, panels, width=1000, height=380, size=16):
        with style(size):
            # 72 dots an inch: matplotlib's points, the SVG's units and the ink's units are then the same.
            figure = Figure(figsize=(width / 72, height / 72), dpi=72, layout="constrained")
            figure.get_layout_engine().set(w_pad=0.2, h_pad=0.15)
            drawn = figure.subplots(1, len(panels), squeeze=False)[0]
            for axes, panel in zip(drawn, panels):
                axes.set(title=panel.title, xlabel=panel.xlabel, ylabel=panel.ylabel,
                         xlim=panel.xlim, ylim=panel.ylim, yscale=panel.scale)
                if panel.scale == "log":  # matplotlib would set exponents too small to be read
                    axes.yaxis.set_major_formatter(lambda value, _: tick_power(round(math.log10(value))))
                axes.locator_params(nbins=5, axis="x" if panel.scale == "log" else "both")
                for xs, ys, colour, fill in panel.curves:
                    axes.plot(xs, ys, color=colour)
                    if fill:
                        axes.fill_between(xs, ys, color=fill, alpha=0.3, linewidth=0)
                for y, words in panel.levels:
                    axes.axhline(y, color=QUIET, linewidth=1.5, linestyle=(0, (5, 4)))
                    axes.annotate(words, (1, y), xycoords=("axes fraction", "data"), xytext=(-4, -5), va="top",
                                  textcoords="offset points", ha="right", color=TEXT, fontsize=15)
            self.paper = Drawing(width, height, _body(figure))
        self._panels = [_measured(axes, panel, height) for axes, panel in zip(drawn, panels)]

    def axes(self, panel):
        """Return the Axes of a panel: where they lie, and which data they show."""
        return self._panels[panel]

    def place(self, panel, x, y):
        """Return where the data point (x, y) of a panel lies, in picture units; x and y may be arrays.

        A point beyond the axes lies on their edge.
        """
        axes = self._panels[panel]
        px, py = axes.x(np.clip(x, *axes.xlim)), axes.y(np.clip(y, *axes.ylim))
        return (px, py) if np.ndim(x) else (float(px), float(py))

    def curve(self, panel, xs, ys, colour, dash=""):
        """Return a line through the data points of a panel, as Axes.curve does; dash as in svg.path."""
        axes = self._panels[panel]
        return axes.curve(np.clip(xs, *axes.xlim), ys, colour, dash)

    def ground(self, panel, xs, ys, colour):
        """Return the area between the data points of a panel and zero, as SVG."""
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(*self.place(panel, [xs[0], *xs, xs[-1]], [0, *ys, 0])))
        return f'<polygon points="{points}" fill="{colour}" fill-opacity="0.3"/>'


def _measured(axes, panel, height):
    """Return the Axes that lie where matplotlib put a panel."""
    box = axes.get_window_extent()  # matplotlib counts from below, SVG from above
    return Axes(box.x0, height - box.y1, box.x1, height - box.y0, panel.xlim, panel.ylim, panel.scale == "log")


def _body(figure):
    """Return what is inside the figure's SVG element, without the ids nothing refers to (they would repeat)."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    body = re.search(r"</metadata>(.*)</svg>", file.getvalue(), re.DOTALL).group(1)
    body = body.replace("xlink:href", "href")  # the prefix would have to be declared in every picture
    used = {name for pair in re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', body) for name in pair}
    return re.sub(r' id="([^"]+)"', lambda m: m.group(0) if m.group(1) in used else "", body)
