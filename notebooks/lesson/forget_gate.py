"""Lesson 03, the forget gate: stage 1 by hand and live, and what one gate answers to every input."""
import numpy as np

from lstm_core import VIDEO_UNIT, Gate, forget_stage, sigmoid, step

from .answer.exercises import Checks, Exercise, as_number, by_hand, search, written_sum
from .answer.questions import Questions
from .show import svg
from .show.curves import Chart, Panel
from .show.picture import LivePicture
from .show.svg import Drawing, Part, bounded, number, share
from .show.source import Source
from .sigmoid_and_tanh import ACTIVATIONS, WAY, guides
from .start_here import INPUT_SLIDER, SHORT_TERM_SLIDER, kept_share, unit_picture

__all__ = ["Source", "ask", "check", "gate_picture", "unit_picture"]


def gate_picture(name, weights=VIDEO_UNIT):
    """Return what one gate answers to every input from -10 to 10, as a live picture: drag h, and the curve moves.

    name: 'forget', 'input', 'candidate' or 'output'; weights: an LSTMUnit.
    """
    gate = getattr(weights, name)
    function, _, lowest, _, colour, fill = ACTIVATIONS["tanh" if name == "candidate" else "sigmoid"]
    title = name if name == "candidate" else f"{name} gate"
    grid = np.linspace(-10, 10, 201)
    margin = 0.06 * (1 - lowest)
    chart = Chart([Panel(f"what the {title} answers to each input", "input x", title, (-10, 10),
                         (lowest - margin, 1 + margin))])

    def answer(h, x):
        return function(gate.w * h + gate.u * x + gate.b)

    def draw(h, x):
        ys = answer(h, grid)
        body = (chart.ground(0, grid, ys, fill) if fill else "") + chart.curve(0, grid, ys, colour)
        body += guides(chart, 0, x, answer(h, x), lowest - margin, rises=gate.u > 0)
        way = list(zip(*chart.place(0, WAY, answer(h, WAY))))
        body += svg.held_dot("x", *chart.place(0, x, answer(h, x)), colour, way)
        kind = "tanh" if name == "candidate" else "sigmoid"
        sentence = f"{title} = {kind}({number(gate.w * h + gate.u * x + gate.b)}) = {bounded(answer(h, x), 3)}"
        return Drawing(*chart.paper[:2], body, {"x": Part(sentence)})

    def say(h, x):
        value = answer(h, x)
        as_share = "" if name == "candidate" else f", a share of {share(value)}"
        return (f"With short-term memory {number(h)} and input {number(x)}, the sum is "
                f"{number(gate.w * h + gate.u * x + gate.b)} and the {title} is {bounded(value, 3)}{as_share}.")

    return LivePicture([SHORT_TERM_SLIDER, INPUT_SLIDER], draw, say, chart.paper)


# ---------------------------------------------------------------------------------------------- questions and exercises

u = VIDEO_UNIT
rest, gone, forgotten = step(u, 2, 1, 1), step(u, 2, 1, -10), step(u, 2, 1, -10)
negative = forget_stage(u.forget, -3, 1, 1)

def _three_numbers(answer):
    """Judge the numbers (w, u, b) of a gate that, at h = 0, forgets at input 1 and keeps at input 0."""
    numbers = tuple(map(as_number, answer)) if isinstance(answer, (tuple, list)) else ()
    if len(numbers) != 3 or None in numbers:
        return f"three numbers are wanted here, (w, u, b), such as (2.70, 1.63, 1.62); this is {answer!r}."
    if max(map(abs, numbers)) > 10:
        return "Not yet: stay between -10 and 10, as the numbers in the picture do."
    gate = Gate(*numbers)
    at_0, at_1 = (forget_stage(gate, 2, 0, x).f for x in (0, 1))
    found = f"it keeps {share(at_0)} at input 0 and {share(at_1)} at input 1."
    if at_0 <= 0.95:
        return f"Not yet: {found} At input 0 and h = 0 the sum is the bias alone: which bias opens the gate?"
    if at_1 >= 0.05:
        return f"Not yet: {found} At input 1 the weight u is added to the bias: the sum has to fall far below 0."
    return (f"Right: {found} The bias keeps, the weight on the input forgets. In training, a network finds such "
            "numbers itself.")


ask = Questions(
    forget_at_minus_ten=(
        "The same unit now gets the input -10 instead of 1. How much of its long-term memory 2 will it keep?",
        {"almost all of it": f"It keeps {share(forgotten.forget.f)}: a strongly negative input closes this gate.",
         "about half": f"It keeps {share(forgotten.forget.f)}: half would need a sum of 0, and here it is "
                       f"{number(forgotten.forget.a_f)}.",
         "almost nothing": f"Yes: the sum is {number(forgotten.forget.a_f)}, and the gate keeps "
                           f"{share(forgotten.forget.f)}."}),
)

check = Checks(
    "03",
    Exercise("forget_sum", by_hand(
        gone.forget.a_f, "The input's weight times -10 outweighs everything else.",
        "Short-term memory times 2.70, plus input times 1.63, plus the bias.",
        [(gone.forget.a_f - u.forget.b, "Nearly: you left out the bias, 1.62."),
         (u.forget.w * -10 + u.forget.u + u.forget.b, "The two weights are swapped: 1.63 belongs to the input."),
         (step(u, 2, 1, 10).forget.a_f, "A sign went missing: the input is -10."),
         (gone.forget.f, "That is the gate, almost 0; here the sum is wanted, before sigmoid.")]),
        f"w h + u x + b: {written_sum(u.forget, 1, -10)}.", round(gone.forget.a_f, 2)),
    Exercise("keep_half", search(
        lambda x: kept_share(x, 0), 0.49, 0.51, "Half means a sum of 0: the input has to cancel the bias.",
        "Too little is kept: the sum must rise to 0.", "Too much is kept: the sum must fall to 0."),
        "A share of one half needs a sum of 0. With h = 0 that is u x + b = 0, so x is -b / u, which is "
        f"{number(-u.forget.b / u.forget.u)}.", round(-u.forget.b / u.forget.u, 2)),
    Exercise("kept_memory", by_hand(
        negative.kept, "A share of a negative memory stays negative.",
        "Multiply the share with the long-term memory -3.",
        [(-negative.kept, "The size is right. Which sign has a share of -3?"),
         (rest.forget.kept, "That is for a long-term memory of 2; here it is -3."),
         (rest.forget.f, "That is the share. Multiply it with the long-term memory, -3.")]),
        f"The share does not depend on the long-term memory: it is {number(rest.forget.f, 3)}, and that times "
        f"-3 is {number(negative.kept)}.", round(negative.kept, 2)),
    Exercise(
        "forget_at_one", _three_numbers,
        f"The bias 5 keeps {share(sigmoid(5))} when nothing comes in. With u = -10, an input of 1 makes the sum "
        f"5 - 10 = -5, a share of {share(sigmoid(-5))}. At h = 0 the weight w has no say, so it may be 0.",
        (0, -10, 5)),
)
