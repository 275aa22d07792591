"""Lesson 04, the input gate: stage 2 by hand and live."""
from lstm_core import VIDEO_UNIT, step

from .answer.exercises import Checks, Exercise, by_hand, written_sum
from .answer.questions import Questions
from .forget_gate import gate_picture
from .show.svg import number, share
from .show.source import Source
from .start_here import unit_picture

__all__ = ["Source", "ask", "check", "gate_picture", "unit_picture"]


# ---------------------------------------------------------------------------------------------- questions and exercises

u = VIDEO_UNIT
rest, forgotten, half = step(u, 2, 1, 1), step(u, 2, 1, -10), step(u, 2, 1, 0.5).input

ask = Questions(
    add_at_minus_ten=(
        "With the input -10 the candidate is -1.00. What does the unit add to its long-term memory?",
        {"-1": f"The candidate says almost -1, but the input gate lets {share(forgotten.input.i)} of it through.",
         "almost nothing": f"Yes: the input gate lets only {share(forgotten.input.i)} of the candidate through.",
         "+1": "The candidate is negative, and a share of it cannot be positive."}),
)

check = Checks(
    "04",
    Exercise("new_long_term", by_hand(
        rest.c, "2.95 is rounded once, at the end; 2.96 is rounded at every step, as on the screen: both are fine.",
        "Add what was kept and the input gate's share of the candidate.",
        [(rest.input.added, "That is what is added. Add it to what was kept, 1.99."),
         (rest.forget.kept + rest.input.g, "That is about what all of the candidate gives; a share is added."),
         (rest.forget.kept + rest.input.a_g, "You added the candidate's sum; tanh and the input gate come first.")],
        tolerance=0.013),
        f"{number(rest.forget.kept, 4)} is kept and {number(rest.input.added, 4)} is added, together "
        f"{number(rest.c, 4)}.", round(rest.c, 2)),
    Exercise("candidate_sum", by_hand(
        half.a_g, f"tanh of it is {number(half.g)}, the candidate.",
        "Short-term memory times 1.41, plus input times 0.94, plus the bias.",
        [(half.a_g - u.candidate.b, "Nearly: you left out the bias, -0.32."),
         (half.a_g - 2 * u.candidate.b, "The bias is negative: it is taken away."),
         (u.candidate.w * 0.5 + u.candidate.u + u.candidate.b, "The two weights are swapped: 0.94 is the input's."),
         (half.a_i, "That is the sum of the input gate. The candidate has the weights 1.41, 0.94, -0.32.")]),
        f"w h + u x + b: {written_sum(u.candidate, 1, 0.5)}.", round(half.a_g, 2)),
    Exercise("largest_addition", by_hand(
        1, "A candidate is below 1, and a share of it is at most all of it.",
        "Multiply the largest candidate with the largest share.",
        [*((round(rest.input.added, digits), "So much the picture adds when you open it. What do tanh and sigmoid "
                                             "allow?") for digits in (2, 3)),
         (-1, "That is where taking away ends. Where does adding end?"),
         (2, "The candidate and the gate are multiplied, not added.")], tolerance=0.0005),
        "A candidate comes out of tanh and stays below 1. A gate is a share of it and stays below 1 too. "
        "Their product comes close to 1 times 1, and never reaches it.", 1),
)
