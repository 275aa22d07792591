"""A heat map: numbers in rows and columns as cells, the larger the fuller of ink.  Knows no widget, no LSTM.

Above 0 a cell is green, below 0 it is orange with a white line along its middle: so signs are told without colour, too.
"""
from itertools import groupby

import numpy as np

from . import svg

ABOVE, BELOW = svg.LONG_TERM, "#E69F00"  # far from each other also for those who tell few colours apart
LEVELS = 12  # of ink


def heat(values, left, top, width, height, most):
    """Return values (rows, columns) as a heat map of this size.

    most: the size of a number with full ink.  Ink grows with the root of a number, so that small ones are seen.
    """
    rows, columns = values.shape
    w, h = width / columns, height / rows
    body = svg.rect(left, top, width, height, svg.PAPER, radius=0)
    levels = np.sign(values) * np.round(LEVELS * np.sqrt(np.minimum(np.abs(values) / most, 1)))
    cells, lines = {}, ""
    for row, numbers in enumerate(levels.tolist()):
        y, column = top + row * h, 0
        for level, run in groupby(numbers):  # neighbours of the same ink are drawn as one
            x, wide = left + column * w, w * (count := len(list(run)))
            column += count
            cells[level] = cells.get(level, "") + f"M{x:.1f} {y:.1f}h{wide:.1f}v{h:.1f}h-{wide:.1f}z"
            lines += f"M{x:.1f} {y + h / 2:.1f}h{wide:.1f}" if level < 0 else ""
    cells.pop(0, None)
    body += "".join(f'<path d="{d}" fill="{ABOVE if level > 0 else BELOW}" fill-opacity="{abs(level) / LEVELS:.2g}"/>'
                    for level, d in cells.items())
    return body + (svg.path(lines, svg.PAPER, 2) if lines else "")
