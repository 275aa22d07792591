"""Say in each cell's metadata where it stands on the slides: run it after writing or changing a lesson.

    python teaching/mark_slides.py [PAGE ...]

A title, a heading of level 2: a new slide.  What would not fit below: the next one downwards.  Imports, worked answers
and progress stay off the slides; what follows a question waits for a key.  Without arguments, all lessons.
"""
import ast
import re
import sys
from math import ceil
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
LINES = 17  # of text on a slide
CODE = 0.7  # of such a line is the height of a line of code
WIDE = {"markdown": 90, "code": 96}  # letters in a line
STYLE = {"styles": {"@import": "url('./lesson/show/slides.css')"}}  # read by a part of jupyterlab-slideshow


def mark(notebook):
    """Give every cell of a notebook its slide type, and the notebook the style of its live slides."""
    notebook.metadata["@deathbeds/jupyterlab-fonts"] = STYLE
    used, asked = LINES, False
    for cell, below in zip(notebook.cells, [*notebook.cells[1:], None]):
        kind, used = slide_type(cell, below, used, asked)
        cell.metadata.pop("slideshow", None)
        if kind:  # what goes on below the cell above has no mark, as JupyterLab writes it
            cell.metadata["slideshow"] = {"slide_type": kind}
        if kind != "skip":
            asked = "ask(" in cell.source


def slide_type(cell, below, used, asked):
    """Return a cell's slide type and the lines then used; used: by the cells above, below: the next cell."""
    if only_imports(cell) or "<details" in cell.source or "check.progress(" in cell.source:
        return "skip", used
    needed = lines(cell)
    if re.match("##? ", cell.source) and cell.cell_type == "markdown":
        return "slide", needed
    # A text that leads to a result stays with it, where both fit on a slide.
    follows = lines(below) if below and cell.cell_type == "markdown" and below.cell_type == "code" else 0
    if used + needed + (follows if needed + follows <= LINES else 0) > LINES:
        return "subslide", needed
    return "fragment" if asked else "", used + needed


def only_imports(cell):
    """Tell whether a cell brings nothing but names."""
    return cell.cell_type == "code" and all(
        isinstance(line, ast.Import | ast.ImportFrom) for line in ast.parse(cell.source).body)


def lines(cell):
    """Return how many lines of a slide a cell takes, roughly."""
    shown = [cell.source] if cell.cell_type == "markdown" else []
    hides = False
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "text/html" in data:
            return LINES  # a picture has a slide to itself
        hides = hides or "text/markdown" in data
        shown.append(data.get("text/markdown") or data.get("text/plain") or output.get("text", ""))
    if cell.cell_type == "code" and not hides:
        shown.append(cell.source)
    height = CODE if cell.cell_type == "code" else 1
    return 1 + height * sum(ceil(max(len(line), 1) / WIDE[cell.cell_type])
                            for text in shown for line in text.splitlines())


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:] or sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))):
        page = nbformat.read(path, as_version=4)
        mark(page)
        nbformat.write(page, path)
