"""The README's first screen: its picture is the one the lessons draw, its table tells the lessons' minutes."""
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from pages import PAGES
from save_pages import README_PICTURE, readme_picture

# pages has put the folder of `lesson` on the path.
# isort: split
from lesson.show.svg import number, share
from lstm_core import VIDEO_UNIT, step

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLE = re.findall(r"^\| \[.+?\]\((notebooks/.+?\.ipynb)\) \| .+ \| (\d+) \|$", README, re.MULTILINE)


def test_the_picture_is_the_one_the_lessons_draw():
    assert README_PICTURE.read_text(encoding="utf-8") == readme_picture(), "run tests/save_pages.py"
    assert str(README_PICTURE.relative_to(ROOT).as_posix()) in README


def test_the_picture_moves_as_its_words_say():
    """Every look in it is the unit's own, and the file is small enough to come at once."""
    picture, words = README_PICTURE.read_text(encoding="utf-8"), re.search(r"^!\[(.+)\]\(", README, re.MULTILINE)[1]
    for x in (1, -6):
        done = step(VIDEO_UNIT, 2, 1, x)
        for value in (share(done.forget.f), number(done.output.h)):
            assert value.replace("\N{NO-BREAK SPACE}", " ") in words
        assert number(done.c) in picture
    assert f"{number(step(VIDEO_UNIT, 2, 1, 1).input.added)} is added" in words and "prefers-reduced-motion" in picture
    assert README_PICTURE.stat().st_size < 400_000


def test_its_two_commands_are_those_of_start():
    """The second is what `.ci/run` calls."""
    assert re.findall(r"^(python start\.py.*?) +#", README, re.MULTILINE) == ["python start.py", "python start.py test"]
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == "CI=true python3 start.py test"


def test_every_lesson_stands_in_the_table_in_order():
    assert [Path(page).name for page, _ in TABLE] == [page.name for page in PAGES]


def test_the_minutes_are_those_of_the_lessons():
    for page, minutes in TABLE:
        text = "\n".join(cell.source for cell in nbformat.read(ROOT / page, as_version=4).cells)
        assert f"**Time:** {minutes} minutes." in text, page


def test_what_the_guide_for_changes_names_exists():
    """All but the lesson that it makes up."""
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w/-])(?:[\w.]+/)+[\w.]+\w|\b\w+\.(?:py|md|toml)\b", guide))
    assert len(named) > 12
    missing = [name for name in named if not (ROOT / name).exists() and not (ROOT / "notebooks" / name).exists()]
    assert [name for name in missing if "peepholes" not in name] == []


@pytest.fixture
def clone(tmp_path):
    """A folder that git takes for a clone, with the README and the command that sets its links."""
    (tmp_path / "lite").mkdir()
    for name in ("README.md", "lite/links.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def set_links(clone, *arguments):
    """Run the command; what it said as an error, and the lines of the README that are others now."""
    done = subprocess.run([sys.executable, clone / "lite/links.py", *arguments], cwd=clone.parent, timeout=60,
                          capture_output=True, encoding="utf-8")
    lines = (clone / "README.md").read_text(encoding="utf-8").splitlines()
    return done.stderr, [line for line in lines if line not in README.splitlines()]


@pytest.mark.parametrize("origin", ["https://github.com/ada/lstm", "https://github.com/ada/lstm.git",
                                    "git@github.com:ada/lstm.git", "ssh://git@github.com:22/ada/lstm"])
def test_one_command_lets_the_links_lead_to_the_repository_of_the_clone(clone, origin):
    subprocess.run(["git", "remote", "add", "origin", origin], cwd=clone, check=True)
    links = ["[site]: https://ada.github.io/lstm/",
             "[binder]: https://mybinder.org/v2/gh/ada/lstm/main?urlpath=lab/tree/notebooks/00_start_here.ipynb"]
    assert set_links(clone) == ("", links)
    assert set_links(clone, "eva/eva.github.io") == ("", [
        "[site]: https://eva.github.io/", links[1].replace("ada/lstm", "eva/eva.github.io")])


@pytest.mark.parametrize("arguments", [[], ["lstm"], ["https://github.com/ada/lstm"]])
def test_without_a_repository_the_links_stay_as_they_are(clone, arguments):
    subprocess.run(["git", "remote", "add", "origin", "https://example.org/ada/lstm"], cwd=clone, check=True)
    said, changed = set_links(clone, *arguments)
    assert said.count("\n") == 1 and "name yours" in said and not changed
