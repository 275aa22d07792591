"""Collected notebooks: lessons become nbgrader assignments, and nbgrader itself releases and grades one."""
import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from pages import EXERCISES, NOTEBOOKS, PAGES, ROOMS

COMMAND = NOTEBOOKS.parent / "teaching" / "make_assignment.py"
LESSON = "02_sigmoid_and_tanh"
WRONG = {"sigmoid_of_zero": "1", "tanh_of_minus_two": "...", "my_sigmoid": "1 / (1 + exp(a))"}


def run(*command, folder=None):
    """Run Python with these arguments; return what it says on both streams."""
    # nbgrader starts alembic by its name, as in an environment that is activated.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run([sys.executable, *map(str, command)], cwd=folder, env=os.environ | {"PATH": path},
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def answered(release, sources):
    """Return a copy of the released notebook in which a student put these sources into the cells to answer."""
    notebook = nbformat.read(release, as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in sources:
            cell.source = sources[name](cell.source)
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which one student solved the lesson, and another one did not and changed the checks instead."""
    course = tmp_path_factory.mktemp("course")
    run(COMMAND, course, "02")
    run("-m", "nbgrader", "generate_assignment", LESSON, folder=course)
    release = course / "release" / LESSON
    students = {
        "solved": {name: lambda source, name=name: EXERCISES[name].cell for name in WRONG},
        "wrong": {name: lambda source, text=text: source.replace("...", text) for name, text in WRONG.items()}}
    for student, sources in students.items():
        folder = course / "submitted" / student / LESSON
        shutil.copytree(release, folder)
        nbformat.write(answered(release / f"{LESSON}.ipynb", sources), folder / f"{LESSON}.ipynb")
    with (folder / "lesson" / "answer" / "exercises.py").open("a") as checks:
        checks.write('\nExercise.reply = lambda self, answer: "Right."\n')
    run("-m", "nbgrader", "autograde", LESSON, folder=course)
    run("-m", "nbgrader", "export", folder=course)
    return course


def test_nbgrader_gives_the_solved_notebook_all_points_and_the_wrong_one_none(course):
    with (course / "grades.csv").open() as grades:
        points = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(grades)}
    assert points == {"solved": (3, 3), "wrong": (0, 3)}


def test_what_is_released_asks_and_does_not_answer(course):
    release = nbformat.read(course / "release" / LESSON / f"{LESSON}.ipynb", as_version=4)
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in release.cells if "nbgrader" in cell.metadata}
    assert set(cells) == set(WRONG) | {f"{name}_point" for name in WRONG}
    for name in WRONG:
        assert "..." in cells[name].source and f"check.{name}(" in cells[name].source
        assert cells[f"{name}_point"].source == "# A point, given when your notebook is graded."
    assert not any(cell.get("outputs") for cell in release.cells)


def test_worked_answers_are_kept_back_from_a_collected_notebook(course):
    graded = (course / "autograded" / "solved" / LESSON / f"{LESSON}.ipynb").read_text()
    assert "my_sigmoid: Right" in graded and "<details" not in graded
    wrong = (course / "autograded" / "wrong" / LESSON / f"{LESSON}.ipynb").read_text()
    assert "Is the sign of the exponent right?" in wrong


def test_every_lesson_becomes_an_assignment_with_a_point_for_each_exercise(tmp_path):
    pristine = {path: path.read_bytes() for path in PAGES}
    run(COMMAND, tmp_path)
    for path in PAGES:
        folder = tmp_path / "source" / path.stem
        notebook = nbformat.read(folder / path.name, as_version=4)
        nbformat.validate(notebook)
        graded = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
        names = {exercise.name for exercise in ROOMS[path.stem].check.all}
        assert {data.grade_id for data in graded if data.solution} == names
        assert {data.grade_id for data in graded if data.grade} == {f"{name}_point" for name in names}
        for target in re.findall(r"\]\((\.\./[^)#]+)", "".join(cell.source for cell in notebook.cells)):
            assert (folder / target).exists(), target
    assert pristine == {path: path.read_bytes() for path in PAGES}, "the lessons themselves stay clean"


def test_an_unknown_lesson_and_settings_of_ones_own_are_said_in_a_sentence(tmp_path):
    refused = subprocess.run([sys.executable, COMMAND, tmp_path, "77"], capture_output=True, text=True)
    assert refused.returncode == 1 and refused.stderr.startswith("No such lesson: 77. There are 00, 01")
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    assert "c.ClearSolutions.enabled = False" in run(COMMAND, tmp_path, "03")
    assert (tmp_path / "nbgrader_config.py").read_text() == "c = get_config()\n"
