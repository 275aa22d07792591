"""What a page says does not hang on the last digit of a processor.

NumPy's matrix products and sums differ in their last digit from one processor to the next: OpenBLAS picks its kernels
at run time, and so does NumPy.  The lessons that compute with many cells, or train, are run as on several of them.
"""
import json
import os
import platform
import re
import subprocess
import sys

import numpy as np
import pytest
from pages import NOTEBOOKS, PAGES

AVX2 = {"AVX2", "X86_V3"}  # as older and newer versions of NumPy name it
WIDE = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
PROCESSORS = {
    "this one": {},
    "Prescott, and NumPy without its wide instructions": {"OPENBLAS_CORETYPE": "Prescott",
                                                          "NPY_DISABLE_CPU_FEATURES": " ".join(WIDE)},
    "Nehalem": {"OPENBLAS_CORETYPE": "Nehalem"},
    "Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
}

# Prints all that a page prints and says, and the last digits of a matrix product.
SAY = """
import contextlib, io, json, pathlib, sys
import numpy as np
import pages
printed = io.StringIO()
with contextlib.redirect_stdout(printed):
    shown = pages.shown_on(pathlib.Path(sys.argv[1]))
words = [getattr(one, "_repr_mimebundle_", lambda: {"text/plain": repr(one)})()["text/plain"] for one in shown]
ones = np.random.default_rng(0).normal(size=(2, 64, 64))
print(json.dumps([printed.getvalue().splitlines() + words, (ones[0] @ ones[1]).tobytes().hex()]))
"""


def trains(path):
    """Tell whether a lesson leans on lstm_layers.py: itself, by its room, or by what its room takes from data/."""
    room = NOTEBOOKS / "lesson" / f"{path.stem[3:]}.py"
    data = [NOTEBOOKS / "lesson/data" / f"{name}.py"
            for name in re.findall(r"from \.data\.(\w+)", room.read_text(encoding="utf-8"))]
    return any("lstm_layers" in file.read_text(encoding="utf-8") for file in (path, room, *data))


def said(path, variables):
    """Return what a page says in a process with these environment variables, and the last digits there."""
    done = subprocess.run([sys.executable, "-c", SAY, path], cwd=NOTEBOOKS, encoding="utf-8", stdout=subprocess.PIPE,
                          env=os.environ | {"PYTHONPATH": os.path.dirname(__file__)} | variables, check=True,
                          timeout=300)
    return json.loads(done.stdout)


def test_lessons_that_train_are_found():
    assert {"09", "10", "11"} <= {path.stem[:2] for path in PAGES if trains(path)}


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="these kernels are for x86")
@pytest.mark.skipif(not AVX2 & set(WIDE), reason="this processor has no AVX2, which Haswell's kernels need")
@pytest.mark.parametrize("path", [path for path in PAGES if trains(path)], ids=lambda path: path.stem)
def test_a_page_says_the_same_on_every_processor(path):
    words, digits = zip(*(said(path, variables) for variables in PROCESSORS.values()))
    assert len(words[0]) > 5
    for name, other in zip(PROCESSORS, words):
        assert other == words[0], name
    assert len(set(digits)) > 1, "the processors' last digits do not differ, so this test shows nothing"
