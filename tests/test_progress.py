"""What a learner has solved: seen on the page, kept in a file, and never lost or written over."""
import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import nbformat
import pytest

from lesson.answer import exercises as checks
from lesson.answer.progress import Progress, ProgressLine
from lesson.forget_gate import check
from pages import NOTEBOOKS, PAGES, ROOMS

DAMAGED = {"not text": b"\x00\xff\xfe\n", "a line cut short": b"forget_sum\nkeep_h",
           "another format": b'{"solved": []}\n', "a web page": b"<!DOCTYPE html>\n<p>forget_sum\n",
           "two on a line": b"forget_sum keep_half\n", "an empty line": b"forget_sum\n\nkeep_half\n"}


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The learner's file, in a folder of the test."""
    monkeypatch.setattr(checks, "FOLDER", tmp_path)
    monkeypatch.setattr(checks, "PROGRESS", Progress(tmp_path / "progress.txt"))
    monkeypatch.setattr(checks, "display", lambda bundle, raw: None)
    return tmp_path / "progress.txt"


# ------------------------------------------------------------------------------------------------------- the file

def test_what_is_solved_survives_a_restart(file):
    for answer in (..., 1, -11.98, -11.98, 1):
        check.forget_sum(answer)
    check.keep_half(-0.99)
    assert file.read_bytes() == b"forget_sum\nkeep_half\n"
    assert Progress(file).solved() == {"forget_sum", "keep_half"}


def test_nothing_is_written_before_something_is_solved(file):
    check.forget_sum(...)
    check.forget_sum(1)
    check.progress()
    assert not file.exists()


def test_two_notebooks_at_once_lose_nothing_of_each_others(file):
    """Four processes add fifty names each at the same time."""
    code = ("import sys; from pathlib import Path; from lesson.answer.progress import Progress\n"
            "mine = Progress(Path(sys.argv[1]))\n"
            "for k in range(50): mine.add(f'{sys.argv[2]}_{k}')")
    environment = os.environ | {"PYTHONPATH": str(NOTEBOOKS)}
    with ThreadPoolExecutor(4) as pool:
        done = pool.map(lambda who: subprocess.run([sys.executable, "-c", code, file, who], env=environment), "abcd")
    assert all(run.returncode == 0 for run in done)
    lines = file.read_text().splitlines()
    assert sorted(lines) == sorted(f"{who}_{k}" for who in "abcd" for k in range(50))


@pytest.mark.parametrize("content", DAMAGED.values(), ids=list(DAMAGED))
def test_a_damaged_file_is_reported_once_and_left_as_it_is(file, content, capsys):
    file.write_bytes(content)
    check.forget_sum(-11.98)
    check.keep_half(-0.99)
    said = capsys.readouterr().out
    assert said.count("progress.txt is damaged (line ") == 1 and said.count("\n") == 3
    assert file.read_bytes() == content
    assert "2 of 4 exercises solved" in check.progress().value, "what is solved now still counts"
    assert "progress.txt is damaged" in check.progress().value


def test_once_a_damaged_file_is_moved_away_all_of_this_session_is_kept(file):
    file.write_bytes(b"\x00")
    check.forget_sum(-11.98)
    file.unlink()
    check.keep_half(-0.99)
    assert Progress(file).solved() == {"forget_sum", "keep_half"}
    assert "damaged" not in check.progress().value


@contextmanager
def nobody():
    """Be a user who may not write everywhere, if this one may."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize("hinder", ["a folder in its place", "a folder that is gone", "a file that is not ours"])
def test_a_file_that_cannot_be_used_costs_one_sentence_and_no_exception(file, hinder, capsys, monkeypatch):
    if hinder == "a folder in its place":
        file.mkdir()
    elif hinder == "a folder that is gone":
        monkeypatch.setattr(checks, "PROGRESS", Progress(file.parent / "gone" / "progress.txt"))
    else:
        file.touch()
        file.chmod(stat.S_IRUSR)
    with nobody():
        check.forget_sum(-11.98)
        check.keep_half(-0.99)
    said = capsys.readouterr().out
    assert len(re.findall("progress.txt cannot be (read|written)", said)) == 1 and said.count("\n") == 3
    assert "2 of 4" in check.progress().value


def test_windows_line_ends_and_names_of_another_version_are_fine(file):
    file.write_bytes(b"forget_sum\r\nan_exercise_of_next_year\r\n")
    line = check.progress()
    assert "1 of 4 exercises solved" in line.value and "The whole course: 2 solved." in line.value


# ------------------------------------------------------------------------------------------------------- the page

def test_the_line_on_the_page_changes_with_every_solved_exercise(file):
    line = check.progress()
    assert "0 of 4 exercises solved; still open: forget_sum, keep_half, kept_memory, forget_at_one." in line.value
    check.keep_half(-0.99)
    assert "1 of 4 exercises solved; still open: forget_sum, kept_memory, forget_at_one." in line.value
    check.forget_sum(-11.98)
    check.kept_memory(-2.99)
    check.forget_at_one((0, -10, 5))
    assert "Lesson 03: 4 of 4 exercises solved. The whole course: 4 solved.<" in line.value
    assert 'role="status"' in line.value


def test_what_is_saved_does_not_depend_on_the_learners_file(file):
    before = check.progress()._repr_mimebundle_()
    check.forget_sum(-11.98)
    after = check.progress()._repr_mimebundle_()
    assert before["text/plain"] == after["text/plain"] and set(after) == {
        "text/plain", "application/vnd.jupyter.widget-view+json"}


def test_running_a_cell_again_replaces_its_line(file):
    lines = [check.progress() for _ in range(3)]
    assert checks.PROGRESS.lines == {"03": lines[-1]} and isinstance(lines[-1], ProgressLine)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_has_its_own_exercises_and_their_progress_below(path):
    code = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    names = re.findall(r"^check\.(\w+)\(", "\n".join(code), re.M)
    assert sorted(names[:-1]) == sorted(exercise.name for exercise in ROOMS[path.stem].check.all)
    assert code[-1] == "check.progress()"
