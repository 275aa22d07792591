"""The pages of the course, run in this process: what their cells show, as objects.  Knows no browser."""
import ast
import importlib
import json
import sys
from contextlib import chdir
from functools import cache
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
PAGES = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))

sys.path.insert(0, str(NOTEBOOKS))  # a kernel finds `lesson` in its own folder

from lesson.show.picture import LivePicture  # noqa: E402  (the path comes first)

ROOMS = {path.stem: importlib.import_module(f"lesson.{path.stem[3:]}") for path in PAGES}
EXERCISES = {exercise.name: exercise for room in ROOMS.values() for exercise in room.check.all}


@cache
def shown_on(path):
    """Run every code cell of a page and return what each shows: the values of their last expressions, in order.

    A page runs once for all tests of this process: who moves a control makes a picture of his own.
    """
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    names, shown = {"__name__": "__main__"}, []
    with chdir(NOTEBOOKS):
        for number, cell in enumerate(cells):
            if cell["cell_type"] == "code":
                shown.append(_run("".join(cell["source"]), names, f"{Path(path).name}, cell {number}"))
    return shown


def prose(stem):
    """Return what a page says in its Markdown cells, without line breaks: pages are claims, and tests look them up."""
    cells = json.loads((NOTEBOOKS / f"{stem}.ipynb").read_text(encoding="utf-8"))["cells"]
    return " ".join(" ".join("".join(cell["source"]).split()) for cell in cells if cell["cell_type"] == "markdown")


def pictures_on(path):
    """Return the live pictures of a page, in order."""
    return [value for value in shown_on(path) if isinstance(value, LivePicture)]


def _run(source, names, where):
    """Run one cell as Jupyter does, and return the value of its last line, None if that is no expression."""
    lines = ast.parse(source, where).body
    last = lines.pop() if lines and isinstance(lines[-1], ast.Expr) else None
    exec(compile(ast.Module(lines, type_ignores=[]), where, "exec"), names)
    return eval(compile(ast.Expression(last.value), where, "eval"), names) if last else None
