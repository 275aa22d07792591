"""What the tests of exercises share: a case, and the cell of a worked answer, typed.  Knows no lesson."""
from functools import cache
from typing import NamedTuple

import numpy as np

import lstm_core
import lstm_layers
from lesson.data.tasks import temporal_order


WORKED = "the worked answer"  # stands for it among the right answers, where it takes a training


class Case(NamedTuple):
    """An exercise: answers it must accept, and wrong answers, each with a word that its hint must hold."""
    right: list
    wrong: dict


def raises(a):
    """Be a learner's function that stops."""
    raise RuntimeError("oops")


@cache
def typed(exercise):
    """Run the cell of a worked answer, once for all tests, and return what it gives to check."""
    given = []
    cell = exercise.cell.replace(f"check.{exercise.name}", "given.append")
    exec(cell, vars(lstm_core) | vars(lstm_layers) | {"np": np, "temporal_order": temporal_order, "given": given})
    return given[0]


def right_answers(case, exercise):
    """Return the answers that an exercise must accept."""
    return [typed(exercise) if answer is WORKED else answer for answer in case.right]
