"""teaching/README.md: its minutes are the pages', its answers are accepted, no lesson and no exercise is left out."""
import re
from math import exp
from pathlib import Path

import nbformat
import pytest

from pages import EXERCISES, NOTEBOOKS, PAGES

TEXT = (Path(__file__).resolve().parents[1] / "teaching/README.md").read_text(encoding="utf-8")
SECTIONS = {title: body for title, body in re.findall(r"^### (.+?)\n(.*?)(?=^###? |\Z)", TEXT, re.M | re.S)}
ANSWERS = dict(re.findall(r"`(\w+)`: (.+?)(?= · |\n)", TEXT))


def source(path):
    """Return all of a page's cells as one text."""
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_section_for_every_lesson_with_its_minutes_and_answers(path):
    body = source(path)
    number, minutes = path.stem[:2], re.search(r"\*\*Time:\*\* (\d+) minutes", body)[1]
    title, = (title for title in SECTIONS if title.startswith(number))
    assert title.endswith(f"({minutes} minutes)")
    for part in ("One idea", "Ask", "Watch for", "Board", "Answers"):
        assert f"**{part}.**" in SECTIONS[title]
    for name in re.findall(r"check\.(?!progress)(\w+)\(", body):
        assert f"`{name}`: " in SECTIONS[title]


def test_every_exercise_is_answered():
    assert set(ANSWERS) == set(EXERCISES)


FUNCTIONS = {"my_sigmoid": "a", "my_output_slope": "dh, o, tanh_c", "my_scale": "values, cut"}  # of whose letters
IN_WORDS = {"temporal_order"}  # a training; tests/test_checks.py runs it


@pytest.mark.parametrize("name", sorted(set(EXERCISES) - IN_WORDS))
def test_every_answer_is_accepted(name):
    for answer in re.split(r", or (?!anything)", re.sub(r", or anything.*", "", ANSWERS[name])):
        code = f"lambda {FUNCTIONS[name]}: {answer}" if name in FUNCTIONS else answer
        assert EXERCISES[name].reply(eval(code, {"exp": exp})).startswith("Right"), answer


def test_every_link_leads_somewhere():
    for target in re.findall(r"\]\(([^)#]+)", TEXT):
        assert re.match("[a-z]+:", target) or (NOTEBOOKS.parent / "teaching" / target).exists(), target
