"""The house: rooms are small, imports run one way, and the code keeps ruff's rules."""
import ast
import subprocess
import sys

import pytest
from pages import NOTEBOOKS, PAGES

ROOT = NOTEBOOKS.parent
LESSON = NOTEBOOKS / "lesson"
FLOORS = ("lstm_core", "lstm_layers", "data", "show", "answer", *(path.stem[3:] for path in PAGES))
FILES = sorted(ROOT.glob("lstm_*.py")) + sorted(LESSON.rglob("*.py"))
LONGEST = 400


def floor(file):
    """Return the floor on which a file stands: its own name for a room or the core, else that of its folder."""
    return file.parent.name if file.parent.name in FLOORS else file.stem


def leans_on(file):
    """Return the floors that a file imports from."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
        if isinstance(node, ast.ImportFrom):
            names += (node.module or "").split(".")
        found |= {part for name in names for part in name.split(".") if part in FLOORS}
    return found - {floor(file)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_room_is_small_and_leans_on_lower_floors_only(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST
    if floor(file) in FLOORS:
        assert leans_on(file) <= set(FLOORS[:FLOORS.index(floor(file))])


def test_whoever_imports_the_lessons_trains_on_one_thread():
    """With more, a training of this course takes several times as long on a machine that is busy."""
    code = ("import numpy, threadpoolctl\n"
            "def threads():\n"
            "    return {one['num_threads'] for one in threadpoolctl.threadpool_info() if one['user_api'] == 'blas'}\n"
            "threadpoolctl.threadpool_limits(3); before = threads()\n"
            "import lesson; print(before, threads())")
    said = subprocess.check_output([sys.executable, "-c", code], cwd=NOTEBOOKS, encoding="utf-8", timeout=60)
    # A BLAS that cannot be told, as NumPy has on some Macs, is not among them.
    assert said.split() in (["{3}", "{1}"], ["set()", "set()"])


def test_the_first_room_loads_neither_matplotlib_nor_another_lesson():
    """So the first page comes up in the browser without them."""
    code = "import sys, lesson.start_here; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], cwd=NOTEBOOKS, encoding="utf-8", timeout=60).split()
    rooms = {f"lesson.{path.stem[3:]}" for path in PAGES}
    assert rooms & set(loaded) == {"lesson.start_here"}
    assert not [name for name in loaded if name.startswith("matplotlib")]


def test_ruff_is_silent():
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", ROOT], capture_output=True,
                          encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
