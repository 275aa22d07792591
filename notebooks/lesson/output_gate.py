"""Lesson 05, the output gate: stage 3 by hand and live, and the whole unit."""
from lstm_core import VIDEO_UNIT, sigmoid, step

from .answer.exercises import Checks, Exercise, as_number, by_hand, written_sum
from .answer.questions import Questions
from .forget_gate import gate_picture
from .show.svg import number, share
from .show.source import Source
from .start_here import unit_picture

__all__ = ["Source", "ask", "check", "gate_picture", "unit_picture"]


# ---------------------------------------------------------------------------------------------- questions and exercises

u = VIDEO_UNIT
rest, hidden = step(u, 2, 1, 1), step(u, 2, -1, 1)


def _hidden_memory(answer):
    """Judge a pair (h, x) with which the unit keeps more than half of its long-term memory and shows under 10 %."""
    pair = tuple(map(as_number, answer)) if isinstance(answer, (tuple, list)) else ()
    if len(pair) != 2 or None in pair:
        return f"two numbers are wanted here, such as (0.5, 1): first h, then x; this is {answer!r}."
    h, x = pair
    if not (-1 <= h <= 1 and -10 <= x <= 10):
        return "Not yet: stay on the sliders, with h between -1 and 1 and x between -10 and 10."
    s = step(VIDEO_UNIT, 2, h, x)
    found = f"it keeps {share(s.forget.f)} and shows {share(s.output.o)}."
    if s.forget.f <= 0.5:
        return f"Not yet: {found} It forgets too much: which input opens the forget gate?"
    if s.output.o >= 0.1:
        return f"Not yet: {found} It shows too much: which way does the large weight 4.38 push?"
    return f"Right: {found} What it knows, and what it tells, are two things."

ask = Questions(
    output_above_one=(
        "Long-term memory may grow to 3, 4 or 5. Can short-term memory, the output, grow above 1 as well?",
        {"yes, when long-term memory is large": "It passes through tanh first, which stays below 1, and then only "
                                                "a share of that is shown.",
         "no, never": "Yes, never: tanh stays between -1 and 1, and the output gate shows a share of it."}),
)

check = Checks(
    "05",
    Exercise("new_short_term", by_hand(
        # 0.99, or 0.98 as in the video
        (0.98 + round(rest.h, 2)) / 2,
        "0.99 is rounded once, at the end; 0.98 is rounded at every step, as on the screen: both are fine.",
        "Take the output gate's share of tanh(new long-term memory).",
        [(rest.c * rest.output.o, "The long-term memory goes through tanh before the output gate takes its share."),
         (rest.output.tanh_c + rest.output.o, "The share and the tanh are multiplied, not added."),
         ((rest.output.tanh_c + rest.output.o) / 2, "That is a number on the way, such as the output gate or tanh of "
                                                    "the new long-term memory. Multiply these two."),
         (rest.output.tanh_c, "That is about tanh of the new long-term memory; only a share of it is shown."),
         (rest.c, "That is the new long-term memory; stage 3 goes on from it.")]),
        f"tanh of {number(rest.c, 4)} is {number(rest.output.tanh_c, 4)}; the output gate shows "
        f"{number(rest.output.o, 4)} of it, which is {number(rest.h, 4)}.", round(rest.h, 2)),
    Exercise("output_gate_at_minus_one", by_hand(
        hidden.output.o, "At this input, a short-term memory of -1 nearly closes the output gate.",
        "Sum: -1 times 4.38, plus 1 times -0.19, plus 0.59; then sigmoid.",
        [(rest.output.o, "That is for a short-term memory of 1; here it is -1."),
         (hidden.h, "That is the new short-term memory, if a c of 2 came in. Here the gate alone is wanted."),
         (hidden.output.a_o, "That is the sum; sigmoid of it is the gate."),
         (sigmoid(-u.output.w + u.output.u), "Nearly: you left out the bias, 0.59.")],
        tolerance=0.002),
        f"The sum is {written_sum(u.output, -1, 1)}, and sigmoid of that is {number(hidden.output.o)}.",
        round(hidden.output.o, 2)),
    Exercise("hidden_memory", _hidden_memory,
        f"Short-term memory -1 nearly closes the output gate: {share(hidden.output.o)}. Input 1 keeps the forget gate "
        f"open: its sum is {written_sum(u.forget, -1, 1)}, a share of {share(hidden.forget.f)}.", (-1, 1)),
)
