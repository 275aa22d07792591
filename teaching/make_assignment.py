"""Make nbgrader assignments of the lessons: an exercise is a point, and the page itself stays as it is.

    python teaching/make_assignment.py COURSE [LESSON ...]

COURSE: the folder of an nbgrader course, a new one or your own.  LESSON: such as 03; without any, all lessons.
Each becomes COURSE/source/03_forget_gate with all it needs, and without worked answers.  Then, in COURSE:

    nbgrader generate_assignment 03_forget_gate    writes release/, which you hand out
    nbgrader autograde 03_forget_gate              grades submitted/STUDENT/03_forget_gate
    nbgrader export                                writes the points into grades.csv

It needs nothing that the course does not need; nbgrader itself is the course's extra `collect`.
"""
import re
import shutil
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
CONFIG = """c = get_config()
c.ClearSolutions.enabled = False  # the cells to answer are handed out as they are, with their three dots
c.Execute.timeout = 120           # seconds for a cell: lesson 10 asks for a training
"""
POINT = """# A point, given when your notebook is graded.
### BEGIN HIDDEN TESTS
assert check.{name}.said.startswith("Right"), check.{name}.said
### END HIDDEN TESTS"""


def nbgrader(name, **kind):
    """Return nbgrader's metadata for a code cell; kind: those of grade, solution, locked and points that it has."""
    return {"nbgrader": {"schema_version": 3, "cell_type": "code", "grade_id": name, "task": False,
                         "grade": False, "solution": False, "locked": False} | kind}


def graded(notebook):
    """Return a lesson as an assignment: cells to answer are marked, each followed by a cell that gives the point."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "markdown":  # each lesson lies in a folder of its own now
            cell.source = re.sub(r"\]\((\d\d_\w+)\.ipynb", r"](../\1/\1.ipynb", cell.source)
        elif match := re.search(r"^check\.(?!progress)(\w+)\(", cell.source, re.M):
            name = match[1]
            cell.metadata.update(nbgrader(name, solution=True))
            test = nbgrader(f"{name}_point", grade=True, locked=True, points=1)
            cells.append(nbformat.v4.new_code_cell(POINT.format(name=name), id=f"{name}_point"[:64], metadata=test))
    notebook.cells = cells
    return notebook


def make(course, page):
    """Write the assignment of the lesson at page into the folder of a course."""
    folder = course / "source" / page.stem
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(graded(nbformat.read(page, as_version=4)), folder / page.name)
    shutil.copytree(page.parent / "lesson", folder / "lesson", dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns("__pycache__"))
    for module in ROOT.glob("lstm_*.py"):
        shutil.copy(module, folder)
    (folder / "no_worked_answers.txt").write_text("As long as this file is here, no worked answer is offered.\n")
    return folder


def main(course, *lessons):
    """Make the assignments, and nbgrader's settings where there are none."""
    known = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    if unknown := set(lessons) - {page.stem[:2] for page in known}:
        sys.exit(f"No such lesson: {', '.join(sorted(unknown))}. There are {', '.join(p.stem[:2] for p in known)}.")
    for page in known:
        if not lessons or page.stem[:2] in lessons:
            print("made", make(Path(course), page))
    config = Path(course) / "nbgrader_config.py"
    if not config.exists():
        config.write_text(CONFIG)
    elif "ClearSolutions.enabled = False" not in config.read_text():
        print(f"Put this line into {config}, or nbgrader empties the cells to answer:\n{CONFIG.splitlines()[1]}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
