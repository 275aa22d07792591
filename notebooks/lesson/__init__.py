"""The rooms of the course: one for each lesson, named like its page; importing one loads no other lesson.

    show/      what pictures are made of        answer/    what questions and exercises are made of
    data/      series, tasks, who learns them, and the results of long runs

Importing this package is also what lets a page import lstm_core, wherever Jupyter was started, and what keeps NumPy's
products on one thread.
"""
import sys
from pathlib import Path

import numpy  # noqa: F401  (its threads cannot be told before it is there)
from threadpoolctl import threadpool_limits

# A page's folder is the kernel's folder, so `lesson` is always found; the core lies one folder further up.
_root = Path(__file__).resolve().parents[2]
if (_root / "lstm_core.py").exists() and str(_root) not in sys.path:
    sys.path.insert(0, str(_root))

# Threads that share out our small matrices wait for each other more than they work, many times so on a busy machine.
threadpool_limits(1, user_api="blas")
