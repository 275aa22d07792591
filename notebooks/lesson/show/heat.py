"""A heat map: numbers in rows and columns as cells, the larger the fuller of ink.  Knows no widget, no LSTM.

Above 0 a cell is green, below 0 it is orange with a white line along its middle: so signs are told without colour, too.
"""
from itertools import groupby

import numpy as np

from . import svg

ABOVE, BELOW = svg.LONG_TERM, "#E69F00"  # far from each other also for those who tell few colours apart
LEVELS = 10  # of ink


def heat(values, left, top, width, height, most):
    """Return values (rows, columns) as a heat map of this size.

    most: the size of a number with full ink.  Ink grows with the root of a number, so that small ones are seen.
    """
    rows, columns = values.shape
    w, h = width / columns, height / rows
    body = svg.rect(left, top, width, height, svg.PAPER, radius=0)
    levels = np.sign(values) * np.round(LEVELS * np.sqrt(np.minimum(np.abs(values) / most, 1)))
    cells = {}
    for row, numbers in enumerate(levels.tolist()):
        column = 0
        for level, run in groupby(numbers):  # neighbours of the same ink are drawn as one
            count = len(list(run))
            cells[level] = cells.get(level, "") + f"M{column} {row + 0.5:g}h{count}"
            column += count
    cells.pop(0, None)
    # Lines as thick as a row, counted in cells: these take few letters on their way to the browser.
    inked = "".join(f'<path d="{d}" stroke="{ABOVE if level > 0 else BELOW}" '
                    f'stroke-opacity="{abs(level) / LEVELS:.2g}"/>' for level, d in cells.items())
    below = "".join(d for level, d in cells.items() if level < 0)
    inked += svg.path(below, svg.PAPER, round(2 / h, 3)) if below else ""
    return f'{body}<g transform="translate({left:g} {top:g}) scale({w:.5g} {h:.5g})">{inked}</g>'
