"""Lesson 03, forget gate: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import math
import re

import numpy as np
import pytest

from answers import Case
from lesson.forget_gate import ask, check, gate_picture, unit_picture
from lstm_core import VIDEO_UNIT, Gate, forget_stage
from pages import prose

CASES = {
    "forget_sum": Case([-11.98], {-13.6: "left out", -23.75: "swapped", 20.62: "sign", 0.000006: "almost 0",
                                  11.98: "too high", -16.3: "too low"}),
    "keep_half": Case([-0.993865, -0.99, -1], {0: "Too much", -0.94: "Too much", -1.05: "Too little",
                                               -2: "Too little"}),
    "kept_memory": Case([-2.992203, -2.99], {2.99: "sign", 1.99: "here it is -3", 0.997: "That is the share",
                                             -3: "too low"}),
    "forget_at_one": Case([(0, -10, 5), [2.7, -7, 3.5], (np.float64(-10), -9.5, 4)],
                          {(2.7, 1.63, 1.62): "the bias alone", (0, -2, 5): "fall far below 0",
                           (0, -20, 5): "stay between", (0, -6, 2.9): "the bias alone",
                           (0, -5.9, 3): "fall far below 0"}),
}
PAGE = prose("03_forget_gate")
MINUS = "\N{MINUS SIGN}"


def share_kept(h, x):
    """Work out the forget gate without the core."""
    return 1 / (1 + math.exp(-(2.70 * h + 1.63 * x + 1.62)))


def written(value, digits):
    """Write an ordinary number as the pictures do."""
    return f"{value:.{digits}f}".replace("-", MINUS)


# ------------------------------------------------------------------------------------------------- what pictures say

@pytest.mark.parametrize("name, w, u, b", [("forget", 2.70, 1.63, 1.62), ("input", 2.00, 1.65, 0.62),
                                           ("candidate", 1.41, 0.94, -0.32), ("output", 4.38, -0.19, 0.59)])
@pytest.mark.parametrize("h, x", [(1.0, 1.0), (-0.5, 0.7)])
def test_the_gate_tells_the_truth(name, w, u, b, h, x):
    picture = gate_picture(name)
    a = w * h + u * x + b
    value = math.tanh(a) if name == "candidate" else 1 / (1 + math.exp(-a))
    title = name if name == "candidate" else f"{name} gate"
    said = picture.say(h=h, x=x)
    assert f"the sum is {written(a, 2)} and the {title} is {written(value, 3)}" in said
    assert (f"a share of {written(100 * value, 1)}\N{NO-BREAK SPACE}%" in said) == (name != "candidate")
    assert f">{written(value, 3)}</text>" in picture.draw(h=h, x=x).body


@pytest.mark.parametrize("name", ["forget", "input", "candidate", "output"])
def test_no_gate_reads_as_1_or_as_all(name):
    """Sigmoid and tanh never reach 1, and lesson 02 says so: at no position of the sliders may a picture deny it."""
    picture = gate_picture(name)
    for h in np.linspace(-1, 1, 5).tolist():
        for x in np.linspace(-10, 10, 41).tolist():
            words = picture.say(h=h, x=x) + picture.draw(h=h, x=x).body
            assert not re.search(r"is .?1\.0+[,.]|[ >]100\.0|>.?1\.0+<", words), words[:200]


# ----------------------------------------------------------------------------------------------- what the page claims

def test_minus_ten_makes_the_unit_forget():
    assert 0 < share_kept(1, -10) < 1e-5, "above 0, and so small that we say: forgotten"
    said = ask.all["forget_at_minus_ten"][1]
    assert all(f"{MINUS}11.98" in said[reply] for reply in ("about half", "almost nothing"))
    assert "The share is above 0" in PAGE


def test_at_input_0_the_short_term_memory_opens_and_closes_the_gate():
    low, high = share_kept(-1, 0), share_kept(1, 0)
    assert f"from {100 * low:.1f} % at $h = -1$ to {100 * high:.1f} % at $h = 1$" in PAGE


def test_the_curve_moves_to_the_left_because_both_weights_are_positive():
    """The input at which the gate is half open falls as h grows."""
    half_open = [-(1.62 + 2.70 * h) / 1.63 for h in np.linspace(-1, 1, 21)]
    assert all(np.diff(half_open) < 0)
    assert all(share_kept(h, x) == pytest.approx(0.5) for h, x in zip(np.linspace(-1, 1, 21), half_open))
    assert (VIDEO_UNIT.forget.w, VIDEO_UNIT.forget.u) == (2.70, 1.63) and "weight 2.70 on $h$ is positive" in PAGE


def test_what_the_three_numbers_do():
    assert f"its 1.62 keeps {100 * share_kept(0, 0):.1f} %" in PAGE
    f = lambda h, x: forget_stage(VIDEO_UNIT.forget, 2, h, x).f
    for h, x in ((1, 0), (0, 1)):
        assert f(-h, -x) < f(0, 0) < f(h, x), "a positive number opens the gate further, a negative one closes it"


def test_a_strongly_negative_input_closes_the_gate_whatever_the_short_term_memory_is():
    assert forget_stage(VIDEO_UNIT.forget, 2, np.linspace(-1, 1, 21), -10).f.max() < 1e-4
    assert "With the video's weights, a strongly negative input closes it" in PAGE
    # Not with all weights: exercise 4 builds a gate that a negative input opens.
    assert forget_stage(Gate(0, -10, 5), 2, 0, -1).f > 0.999
    assert check.forget_at_one.reply((0, -10, 5)).startswith("Right")
    assert "Press **the video's weights** and set the short-term memory to 0" in PAGE


def test_the_code_shown_is_behind_the_picture_of_the_unit_and_the_curve_uses_its_formulas():
    assert "This is the function behind the picture of the unit" in PAGE and "drawn with the same formulas" in PAGE
    unit, curve = unit_picture(1), gate_picture("forget")
    for h, x in ((1, 1), (-0.5, -2), (0, -0.9)):
        stage = forget_stage(VIDEO_UNIT.forget, 2, h, x)
        assert f"which leaves {written(stage.kept, 2)}." in unit.say(**{**unit.values, "h": h, "x": x})
        assert written(stage.f, 3) in curve.say(h=h, x=x)


def test_the_inputs_weight_outweighs_everything_else():
    gate = VIDEO_UNIT.forget
    assert "outweighs everything else" in check.forget_sum.reply(-11.98) and 10 * gate.u > gate.w + gate.b
