"""The README's first screen: its picture is the one the lessons draw, its table tells the lessons' minutes."""
import re
from pathlib import Path

import nbformat
from pages import PAGES
from save_pages import README_PICTURE, readme_picture

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLE = re.findall(r"^\| \[.+?\]\((notebooks/.+?\.ipynb)\) \| .+ \| (\d+) \|$", README, re.MULTILINE)


def test_the_picture_is_the_one_the_lessons_draw():
    assert README_PICTURE.read_text(encoding="utf-8") == readme_picture(), "run tests/save_pages.py"
    assert str(README_PICTURE.relative_to(ROOT).as_posix()) in README


def test_every_lesson_stands_in_the_table_in_order():
    assert [Path(page).name for page, _ in TABLE] == [page.name for page in PAGES]


def test_the_minutes_are_those_of_the_lessons():
    for page, minutes in TABLE:
        text = "\n".join(cell.source for cell in nbformat.read(ROOT / page, as_version=4).cells)
        assert f"**Time:** {minutes} minutes." in text, page


def test_there_is_one_place_to_set_owner_and_repository():
    assert README.count("OWNER/REPOSITORY") == 1 and README.rstrip().splitlines()[-1].startswith("[binder]: ")
