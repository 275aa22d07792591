"""Lesson 02, sigmoid and tanh: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import math
import re

import numpy as np
import pytest

from answers import Case, raises
from lesson.sigmoid_and_tanh import ACTIVATIONS, activation_picture, ask, check
from lstm_core import sigmoid_slope, tanh_slope
from overlap import boxes
from pages import prose

CASES = {
    "sigmoid_of_zero": Case([0.5], {0: "tanh(0)", 1: "e^0 is 1", 0.9: "too high", 0.4: "too low"}),
    "tanh_of_minus_two": Case([-0.964028, -0.96], {0.96: "sign", 0.12: "sigmoid(-2)", -0.5: "too high", -2: "too low"}),
    "my_sigmoid": Case(
        [lambda a: 1 / (1 + math.exp(-a)), lambda a: 1 / (1 + np.exp(-a)), lambda a: math.exp(a) / (1 + math.exp(a))],
        {lambda a: 1 / (1 + math.exp(a)): "sign of the exponent", lambda a: 1 / 1 + math.exp(-a): "put brackets",
         math.tanh: "yours gives", lambda a: 1 / (1 + 2.718 ** -a): "yours gives",  # near, and still another function
         lambda a: None: "yours gives None", raises: "RuntimeError: oops", lambda: 0.5: "TypeError",
         lambda a: "0.5": "yours gives '0.5'"}),
}
PAGE = prose("02_sigmoid_and_tanh")
MINUS = "\N{MINUS SIGN}"
both = pytest.mark.parametrize("name", ["sigmoid", "tanh"])
EVERYWHERE = [k / 10 for k in range(-100, 101)]  # where the slider can stand


def sigmoid(a):
    """Compute sigmoid without the core."""
    return 1 / (1 + math.exp(-a))


def written(value, digits):
    """Write an ordinary number as the pictures do."""
    return f"{value:.{digits}f}".replace("-", MINUS)


# ------------------------------------------------------------------------------------------------- what pictures say

@pytest.mark.parametrize("name, function, slope", [
    ("sigmoid", sigmoid, lambda a: sigmoid(a) * (1 - sigmoid(a))),
    ("tanh", math.tanh, lambda a: 1 - math.tanh(a) ** 2),
])
@pytest.mark.parametrize("a", [-2.0, 0.0, 1.3])
def test_the_activation_tells_the_truth(name, function, slope, a):
    picture = activation_picture(name)
    said = picture.say(a=a)
    assert said.startswith(f"{name}({written(a, 2)}) = {written(function(a), 4)}")
    assert f"the slope there is {written(slope(a), 4)}, of at most {written(slope(0), 2)}." in said
    assert {box.words for box in boxes(picture.draw(a=a))} == {written(function(a), 3), written(slope(a), 3)}


@both
def test_the_tangent_is_as_steep_as_the_curve_and_stays_inside_the_axes(name):
    """Also at the ends of the axes, where a point beyond them would lie on their edge."""
    picture = activation_picture(name)

    def tangent(a):
        return map(float, re.search(r'd="M(\S+) (\S+)L(\S+) (\S+)"', picture.draw(a=a).body).groups())

    def steepness(a):
        x1, y1, x2, y2 = tangent(a)
        return (y1 - y2) / (x2 - x1)

    left, right = (float(re.search(r'cx="(\S+)"', picture.draw(a=a).body)[1]) for a in (-10, 10))
    foot = float(re.search(r'd="M\S+ (\S+)V', picture.draw(a=0).body)[1])
    for a in (-10, -9.9, -3, -1.2, 0.5, 1.2, 9.5, 10):
        expected = steepness(0) * ACTIVATIONS[name][1](a) / ACTIVATIONS[name][1](0)
        assert steepness(a) == pytest.approx(expected, rel=0.01, abs=0.002)  # its ends are written to 0.1 of 120 units
        x1, y1, x2, y2 = tangent(a)
        assert left - 0.1 <= min(x1, x2) and max(x1, x2) <= right + 0.1, "beyond the axes it would cross their numbers"
        assert 30 < min(y1, y2) and max(y1, y2) <= foot + 0.1


@both
def test_no_height_is_written_on_its_curve(name):
    picture = activation_picture(name)
    drawn = {a: picture.draw(a=a) for a in EVERYWHERE}
    points = [re.findall(r'cx="(\S+)" cy="(\S+)"', drawing.body) for drawing in drawn.values()]
    for panel in (0, 1):
        curve = [tuple(map(float, at[panel])) for at in points]
        for a, drawing in drawn.items():
            box = boxes(drawing)[panel]
            assert not any(box.left < x < box.right and box.top < y < box.bottom for x, y in curve), (a, box)


@both
def test_no_value_reads_as_one_where_it_is_not(name):
    picture = activation_picture(name)
    for a in EVERYWHERE:
        value = boxes(picture.draw(a=a))[0].words
        for said in (value, picture.say(a=a)):
            assert not re.search(r"\b1\.0+\b(?!\d)(?=[;, ]|$)", said.split("the slope")[0]), said
        assert "100.0" not in picture.say(a=a)


# ----------------------------------------------------------------------------------------------- what the page claims

def test_sigmoid_as_in_the_video():
    assert f"{sigmoid(10):.5f}" == "0.99995" and f"{sigmoid(-5):.2f}" == "0.01"
    assert "0.99995 and the last one as 0.01" in PAGE
    said = ask.all["sigmoid_of_ten"][1]
    assert "0.99995" in said["exactly 1"] and "0.99995" in said["a little less than 1"]
    assert sigmoid(10) < sigmoid(11) < sigmoid(20) < 1, "larger sums bring it closer to 1"


def test_tanh_stays_above_minus_one():
    assert f"{math.tanh(2):.2f}" == "0.96" and -1 < math.tanh(-5) < -0.9999 and f"{math.tanh(-5):.2f}" == "-1.00"
    assert 'The exact value stays a little above -1, and tanh never reaches it: "-1.00" is what two digits' in PAGE
    assert activation_picture("tanh").say(a=-5).startswith(f"tanh({MINUS}5.00) = {MINUS}0.9999;")


def test_tanh_is_four_times_as_steep_in_the_middle_and_the_flatter_one_at_two():
    assert tanh_slope(0) == 4 * sigmoid_slope(0) == 1
    assert tanh_slope(2) < sigmoid_slope(2) and tanh_slope(5) < sigmoid_slope(5)
    assert "At 0, tanh is four times as steep as sigmoid; at 2 it is the flatter one already" in PAGE
    for slope in (sigmoid_slope, tanh_slope):  # steep in the middle and flat far out
        sizes = slope(np.array([0, 1, 2, 3, 5, 10]))
        assert (np.diff(sizes) < 0).all() and sizes[-1] < 1e-4 and (slope(-np.arange(5)) == slope(np.arange(5))).all()


def test_tanh_is_sigmoid_stretched():
    for a in (-3, 0, 0.7):
        assert math.tanh(a) == pytest.approx(2 * sigmoid(2 * a) - 1, abs=1e-12)


def test_a_slope_is_growth_for_a_small_step():
    assert (sigmoid(2.001) - sigmoid(2)) / 0.001 == pytest.approx(sigmoid_slope(2), rel=1e-3)


def test_hints_name_what_the_wrong_answer_is():
    assert "That is tanh(0)" in check.sigmoid_of_zero.reply(math.tanh(0))
    assert "That is tanh(2)" in check.tanh_of_minus_two.reply(math.tanh(2))
    assert "That is sigmoid(-2)" in check.tanh_of_minus_two.reply(sigmoid(-2))


def test_the_page_says_what_e_is():
    assert f"$e$ is a number, about {math.e:.3f}" in PAGE
    assert math.exp(-2) == pytest.approx(1 / math.exp(2))
    assert "odd" not in check.tanh_of_minus_two.reply(-0.96) and math.tanh(-2) == -math.tanh(2)
