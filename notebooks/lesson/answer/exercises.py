"""Exercises: from what the learner answered to a hint, and after a try to a worked answer.  Knows no lesson.

What is right is computed with the core.  Nothing here ever raises on what a learner typed.

For a test or a class that hands its notebooks in, a teacher puts a file named no_worked_answers.txt (what is in it does
not matter) beside the notebooks: no worked answer is offered then.  It takes the temptation away and is no lock,
since this file can be read.
"""
import os
import sys
from html import escape
from numbers import Real
from pathlib import Path

import numpy as np
from IPython.display import display

from lstm_core import forget_stage

from ..show.svg import number, share
from .progress import Progress, ProgressLine
from .trial import Failed, try_out

FOLDER = Path.cwd()  # the kernel starts in the notebook's folder
PROGRESS = Progress(FOLDER / "progress.txt")
NO_ANSWER = "no answer yet. Put yours in place of the three dots, and run the cell again."


class Exercise:
    """An exercise: called with an answer, it prints one line.  Called with ... it says that an answer is missing.

    judge(answer) returns what to say, which begins with 'Right' exactly
    when the answer is accepted; words: how it is worked out; cell: what to type, or just the right answer.
    said is the reply to the last call: a collected notebook is graded by it.
    """

    def __init__(self, name, judge, words, cell):
        self.name, self.judge, self.words, self.said = name, judge, words, NO_ANSWER
        self.cell = cell if isinstance(cell, str) else f"check.{name}({cell})"

    def __call__(self, answer):
        self.said = self.reply(answer)
        print(f"{self.name}: {self.said}")
        if self.said.startswith("Right") and (problem := PROGRESS.add(self.name)):
            print(problem)
        # Not before a try: who has thought about it reads the answer differently.
        # os: in a private window the browser build has no folder to look into, where a Path would raise.
        if self.said != NO_ANSWER and not os.path.exists(FOLDER / "no_worked_answers.txt"):
            display(self.worked(), raw=True)

    def reply(self, answer):
        """Return what to say to the answer."""
        return NO_ANSWER if answer is ... else self.judge(answer)

    def worked(self):
        """Return the worked answer as a mime bundle: closed until it is clicked, and without a kernel too."""
        return {"text/plain": "(A worked answer opens here with one click.)",
                "text/html": f'<details><summary style="cursor:pointer">Worked answer to {self.name}</summary>'
                             f'<p>{escape(self.words)}</p>'
                             f'<pre style="font-family:monospace">{escape(self.cell)}</pre></details>'}


class Checks:
    """The exercises of a lesson, each by its name: check.forget_sum(-11.98).

    page: the lesson, such as '03'.
    """

    def __init__(self, page, *exercises):
        self._page, self.all = page, exercises
        for exercise in exercises:
            setattr(self, exercise.name, exercise)

    def progress(self):
        """Return a line that says what the learner has solved in this lesson, and how much in the course."""
        return ProgressLine(PROGRESS, self._page, [exercise.name for exercise in self.all])


# -------------------------------------------------------------------------------- judges: from an answer to what to say

def as_number(answer):
    """Return the answer as a float, or None if it is not a finite number."""
    answer = answer.item() if isinstance(answer, np.generic) else answer
    is_number = isinstance(answer, Real) and not isinstance(answer, bool)
    return float(answer) if is_number and abs(answer) <= sys.float_info.max else None


def _typed(value):
    """Write a number as it was typed: rounded, a wrong one could read as the right one."""
    return f"{value:.10g}".replace("-", "\N{MINUS SIGN}")


def by_hand(right, why, hint, slips, tolerance=0.0055):
    """Return a judge of one number.

    why: said to the right one; slips: (value, what to say) for the usual mistakes; hint: said to any other number.
    """
    def judge(answer):
        value = as_number(answer)
        if value is None:
            return f"a number is wanted here, such as 0.5 (without quotes); this is {answer!r}."
        if abs(value - right) <= tolerance:
            return f"Right. {why}"
        for slip, said in slips:
            if abs(value - slip) <= tolerance:
                return f"Not yet. {said}"
        return f"Not yet: {_typed(value)} is too {'high' if value > right else 'low'}. {hint}"
    return judge


def search(found_by, low, high, why, too_low, too_high, write=share, largest=1e6):
    """Return a judge of a number found by trying: found_by(number) must lie between low and high.

    write: how what was found is written; largest: the largest number found_by can take.
    """
    def judge(answer):
        value = as_number(answer)
        if value is None:
            return f"a number is wanted here, such as 0.5 (without quotes); this is {answer!r}."
        if abs(value) > largest:
            return f"Not yet: {_typed(value)} is too far out. Stay between {_typed(-largest)} and {_typed(largest)}."
        found = found_by(value)
        if low <= found <= high:
            return f"Right: with {_typed(value)} it is {write(found)}. {why}"
        return f"Not yet: with {_typed(value)} it is {write(found)}. {too_low if found < low else too_high}"
    return judge


def own_function(core, places, slips):
    """Return a judge of a learner's own function: it must give what the core gives at 20 places drawn anew each time.

    core: the right function; places: (low, high) of each argument by its name; slips: takes a place, returns (value,
    what to say) for the usual mistakes.
    """
    def judge(answer):
        if not callable(answer):
            return f"a function is wanted here: write its name without brackets; this is {answer!r}."
        for place in np.random.default_rng().uniform(*zip(*places.values()), (20, len(places))).tolist():
            at = ", ".join(f"{name} = {value:.3f}" for name, value in zip(places, place))
            try:
                mine = try_out(answer, *place)
            except Failed as failed:
                return f"Not yet: at {at} your function {failed}"
            if mine is ...:
                return NO_ANSWER
            value, wanted = as_number(mine), core(*place)
            if value is None or abs(value - wanted) > 1e-6:
                hints = [" " + said for slip, said in slips(*place) if value is not None and abs(value - slip) < 1e-6]
                return f"Not yet: at {at} yours gives {mine!r}, and the core gives {wanted:.6f}.{''.join(hints[:1])}"
        return "Right: it agrees with the core at 20 places drawn at random."
    return judge


def written_sum(gate, h, x):
    """Write out a gate's sum, such as 2.70 × 1 + 1.63 × (-10) + 1.62 = -11.98."""
    def bracketed(value, digits):
        return f"({number(value, digits)})" if value < 0 else number(value, digits)

    w, u, b = (bracketed(weight, 2) for weight in (gate.w, gate.u, gate.b))
    total = forget_stage(gate, 0, h, x).a_f  # every gate sums as the forget gate does
    return f"{w} × {bracketed(h, 0)} + {u} × {bracketed(x, 1 if x % 1 else 0)} + {b} = {number(total)}"
