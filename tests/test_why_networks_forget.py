"""Lesson 01, why networks forget: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import math
import re

import numpy as np
import pytest

from answers import Case
from lesson.show.svg import Drawing
from lesson.why_networks_forget import (LOSS, POWERS, TICKS, ask, check, descend, descent_picture, gradient_parts,
                                        loop_picture, place, power_picture, rnn_picture, sum_picture)
from lstm_core import COMPANY_A, COMPANY_B, VIDEO_RNN, RNNUnit, rnn_unroll
from lstm_layers import Adam, Predictor, RNNLayer
from overlap import boxes, words_on_words
from pages import NOTEBOOKS, prose

CASES = {
    "links_between": Case([49], {50: "number of inputs", 51: "fewer", 2: "too low", 49.001: "49.001 is too high"}),
    "below_a_thousandth": Case([10], {9: "0.001953", 11: "after 10 already", 2: "multiplies", 500: "half of a thousand",
                                      12: "too high", 8: "too low"}),
    "a_factor_that_explodes": Case([10.5, 30, 1000, 10.0000001, -1], {
        1: "nearer", 9.99: "nearer", 0.1: "larger factor", 10: "just as far away", 0: "stays where it is",
        1e7: "too far out"}),
}
PAGE = prose("01_why_networks_forget")
MINUS = "\N{MINUS SIGN}"


def everywhere(picture, count=200):
    """Return positions of all controls drawn at random, and both ends of each."""
    rng = np.random.default_rng(1)
    rest = picture.values
    found = [{**rest, control.name: value} for control in picture.controls for value in control.positions(2)]
    for _ in range(count):
        found.append({control.name: rng.choice(control.positions(10 ** 4)).item() for control in picture.controls})
    return found


def whole(picture, values):
    """Return all that lies on the picture: paper and ink as one Drawing."""
    layers = [*picture._below, picture.draw(**values)]
    return Drawing(*layers[-1][:2], "".join(layer.body for layer in layers))


@pytest.mark.parametrize("make", [loop_picture, power_picture, sum_picture, descent_picture, rnn_picture])
def test_no_words_lie_on_words_or_outside(make):
    picture = make()
    for values in everywhere(picture):
        drawing = whole(picture, values)
        assert words_on_words(drawing) == [], values
        for box in boxes(drawing):
            assert 0 <= box.left and box.right <= drawing.width and 0 <= box.top and box.bottom <= drawing.height, (
                values, box)


# ----------------------------------------------------------------------------------------------- the loop, and powers

def test_the_unrolled_loop_has_one_link_fewer_than_copies():
    picture = loop_picture()
    for n in range(1, 7):
        words = [box.words for box in boxes(picture.draw(inputs=n))]
        assert words.count("RNN") == n + 1 and words.count("× w") == n - 1  # one more RNN stands in the loop
    assert picture.say(inputs=2).startswith("2 inputs make 2 copies and 1 link between them.")
    assert "multiplied with w 3 times before" in picture.say(inputs=4)
    assert picture.say(inputs=1).startswith("1 input makes 1 copy and no link")


def test_each_line_of_the_power_scale_is_100000_times_the_one_below():
    assert all(10.0 ** above / 10.0 ** below == pytest.approx(100_000) for below, above in zip(TICKS, TICKS[1:]))
    assert 0 in TICKS and POWERS.ylim == (1e-20, 1e20), "1 has a line, too"
    assert "each line is 100,000 times the one below" in PAGE
    lines = re.findall(r'd="M540 (\S+)H840"', power_picture()._below[0].body)
    gaps = -np.diff(sorted({float(y) for y in lines}, reverse=True))
    assert len(gaps) == len(TICKS) - 1 and np.ptp(gaps) < 0.2


def test_only_the_weight_one_carries_a_change_unchanged():
    w, = (control for control in power_picture().controls if control.name == "w")
    weights = w.positions(10 ** 4)
    assert [weight for weight in weights if weight ** 49 == 1] == [1]
    for weight in weights:
        sizes = np.diff(weight ** np.arange(50))
        assert (sizes > 0).all() if weight > 1 else (sizes < 0).all() if weight < 1 else (sizes == 0).all()


def test_the_powers_are_those_of_the_page():
    say = power_picture().say
    assert say(w=2, links=50) == ("With the weight 2.00 and 50 links, a change of 1 at the first input becomes "
                                  "1.13 × 10¹⁵.") and 2 ** 50 == 1_125_899_906_842_624
    assert say(w=0.5, links=1) == ("With the weight 0.50 and 1 link, a change of 1 at the first input becomes 0.50.")
    assert say(w=0.9, links=49).endswith("becomes 5.73 × 10⁻³, 1 part in 175.")
    assert f"{0.9 ** 49:.3f}" == "0.006" and round(1.1 ** 49) == 107
    assert "after 49 links, 0.9 has left 0.6 % of the change, and 1.1 has made it 107 times as large" in PAGE
    least, most = 0.1 ** (1 / 49), 10 ** (1 / 49)
    assert f"a factor between a tenth and ten needs a weight between about {least:.3f} and {most:.3f}." in PAGE
    assert f"{2 ** 50:,}" in ask.all["fifty_copies"][1]["about 10¹⁵"] and 2 ** 20 == 1_048_576


def test_a_line_that_leaves_the_axes_ends_in_an_arrow_with_its_number():
    picture = power_picture()
    for w, links, arrows, words in ((2, 50, 1, "on to 1.13 × 10¹⁵"), (1.05, 49, 1, "on to 10.92"), (0.9, 49, 0, "")):
        drawing = picture.draw(w=w, links=links)
        assert drawing.body.count("<polygon") == arrows
        assert [box.words for box in boxes(drawing) if "on to" in box.words] == ([words] if words else [])
        for points in re.findall(r'<polyline points="([^"]*)"', drawing.body):
            at = [tuple(map(float, point.split(","))) for point in points.split()]
            on_the_edge = [x for x, y in at if y == POWERS.top]
            assert np.ptp(on_the_edge or [0]) < 1, "no line runs along the edge"


# ----------------------------------------------------------------------------------------------- gradients, and sums

@pytest.mark.parametrize("unit", [RNNUnit(0.8, 1, 0, activation="linear"), RNNUnit(-1.3, 0.7, 0.2),
                                  RNNUnit(0.9, 1.1, 0.1, activation="relu")])
def test_what_the_steps_add_sums_to_the_gradient(unit):
    """Checked against numerical differentiation of the unrolled core."""
    xs, e = np.array([0.5, 1.0, -0.3, 0.8, 0.2]), 1e-6

    def last(dw=0.0, du=0.0):
        return rnn_unroll(RNNUnit(unit.w + dw, unit.u + du, unit.b, activation=unit.activation), xs)[-1].h

    dw, du = gradient_parts(unit, xs)
    assert dw.shape == du.shape == (5,)
    assert dw.sum() == pytest.approx((last(dw=e) - last(dw=-e)) / (2 * e), abs=1e-8)
    assert du.sum() == pytest.approx((last(du=e) - last(du=-e)) / (2 * e), abs=1e-8)


def test_a_part_is_what_the_steps_own_copy_of_the_weight_is_worth():
    """Give each step a weight of its own, move one of them: that is the part of this step."""
    w, xs, e = 0.8, np.ones(5), 1e-6

    def last(us):
        h = 0.0
        for u, x in zip(us, xs):
            h = w * h + u * x
        return h

    _, du = gradient_parts(RNNUnit(w, 1, 0, activation="linear"), xs)
    for k in range(5):
        moved = np.ones(5)
        moved[k] += e
        assert du[k] == pytest.approx((last(moved) - last(np.ones(5))) / e, rel=1e-5)


def test_the_first_days_drown_below_one_and_the_last_above():
    def parts(w):
        return gradient_parts(RNNUnit(w, 1, 0, activation="linear"), np.ones(20))[1]

    assert f"{parts(0.8)[0]:.3f}" == "0.014" and parts(0.8)[-1] == 1
    assert "Day 1 adds 0.014 where day 20 adds 1" in PAGE
    first = parts(0.8)[:10].sum() / parts(0.8).sum()
    assert 0.09 < first < 0.11 and all(f"{100 * first:.1f}" in reply for reply in ask.all["first_ten_days"][1].values())
    assert (np.diff(parts(0.8)) > 0).all() and (np.diff(parts(1.2)) < 0).all() and (parts(1) == 1).all()
    assert parts(1.2)[10:].sum() < 0.15 * parts(1.2).sum()
    said = sum_picture().say(w=0.8, days=20)
    assert "day 1 adds 0.014 " in said and "day 20 adds 1.00" in said and "The first 10 days" in said


def test_a_line_that_falls_out_of_the_power_scale_ends_there():
    ordinary, powers = re.findall(r'<polyline points="([^"]*)"', power_picture().draw(w=0.1, links=50).body)
    x, y = map(float, powers.split()[-1].split(","))
    assert y == POWERS.bottom and x == pytest.approx(float(POWERS.x(20)), abs=0.1), "0.1 to the power 20 is 1e-20"
    assert float(ordinary.split()[-1].split(",")[1]) < POWERS.bottom + 0.1


def test_three_links_of_two_make_a_gradient_of_eight():
    ends = [rnn_unroll(RNNUnit(w=2, u=1, b=0, activation="linear"), (x, 1, 1, 1))[-1].h for x in (1, 1.001)]
    assert (ends[1] - ends[0]) / 0.001 == pytest.approx(8)
    assert "the gradient is 8" in PAGE


# ------------------------------------------------------------------------------------------------------------ the ball

def test_the_ball_does_what_the_page_says():
    nearer, farther, slow = descend(10 ** 0.9, 30), descend(10 ** 1.1, 2), descend(1e-3, 30)
    assert (nearer[1:] * nearer[:-1] < 0).all() and (np.diff(np.abs(nearer)) < 0).all()
    assert abs(farther[1]) < LOSS.xlim[1] < abs(farther[2]), "the second step leaves the picture"
    assert slow[-1] < -1.49
    for words in ("land nearer each time", "lands farther away, and the second leaves the picture",
                  "At -3 the steps run out first"):
        assert words in PAGE


def test_thirty_times_too_large_is_past_the_minimum_and_then_worse():
    fair, (_, first, second) = descend(1, 1)[1], descend(30, 2)
    assert (round(fair, 2), first, second) == (-1.2, 7.5, -37.5)
    assert descend(5, 1)[1] == 0 and 7.5 ** 2 > 1.5 ** 2
    question, replies = ask.all["a_huge_gradient"]
    assert "5 times as long it would" in replies["it arrives sooner"]
    assert f"{MINUS}1.50" in question and f"{MINUS}1.20" in question
    assert "7.50" in replies["it arrives sooner"] and "7.50" in replies["nothing special"]
    assert f"7.50, and the next one at {MINUS}37.50" in replies["it jumps over the minimum"]


@pytest.mark.parametrize("power, steps, verdict", [
    (0, 0, "after no step the ball is at −1.50: it has not moved yet"),
    (0, 1, "after 1 step the ball is at −1.20: it is on its way"),
    (0, 30, "it has all but arrived"), (0.7, 30, "it has all but arrived"), (0.9, 2, "and lands nearer"),
    (1, 30, "after 30 steps the ball is at −1.50: each step jumps over the minimum, and lands just as far away"),
    (1.1, 1, "and lands farther away"), (1.1, 10, "jumped out"), (2, 1, "jumped out"), (-3, 30, "hardly moved"),
])
def test_the_verdict_on_the_ball(power, steps, verdict):
    assert verdict in descent_picture().say(power=power, steps=steps, start=-1.5)


def test_every_verdict_is_true_of_where_the_ball_lands():
    picture = descent_picture()
    for values in everywhere(picture):
        said = picture.say(**values)
        ps = descend(10 ** values["power"], int(values["steps"]) + 1, values["start"])
        now, next_one = abs(ps[-2]), abs(ps[-1])
        assert ("jumps over" in said) <= (ps[-1] * ps[-2] < 0), said
        assert ("nearer" in said) <= (next_one < now) and ("farther" in said) <= (next_one > now), said
        assert ("arrived" in said) <= (now < 0.05) and ("hardly" in said) <= (now > 0.9 * abs(values["start"])), said
        assert ("out of the picture" in said) == (now > 3), said


def test_the_ball_leaves_through_the_upper_edge_with_its_number():
    picture = descent_picture()
    for values in everywhere(picture):
        drawing = picture.draw(**values)
        ps = descend(10 ** values["power"], int(values["steps"]), values["start"])
        out = abs(ps[-1]) > 3
        assert drawing.body.count("<polygon") == out
        inside = [p for p in ps if abs(p) <= 3]
        seen_apart = sum(math.dist(place(p, p * p), place(q, q * q)) > 4 for p, q in zip(inside, inside[1:]))
        circles = 2 + seen_apart + (not out)  # the start has a rim to take hold of; no ball at an edge
        assert drawing.body.count("<circle") == circles
        line, = re.findall(r'<polyline points="([^"]*)"', drawing.body)
        assert len(line.split()) == len(inside) + out


# ------------------------------------------------------------------------------------------------- the two companies

def test_every_number_of_the_plain_rnn_can_be_worked_out():
    picture = rnn_picture()
    for company, prices in (("A", COMPANY_A), ("B", COMPANY_B)):
        words = [box.words for box in boxes(picture.draw(company=company))]
        assert words.count("× 1.8") == words.count("× 1.1") == words.count(f"× {MINUS}0.5") == words.count("ReLU") == 4
        h = 0.0
        for x in prices:
            a = -0.5 * h + 1.8 * x
            h = max(a, 0)
            for number in (a, h, 1.1 * h):
                shown = f"{number:.4f}".rstrip("0").rstrip(".") if abs(number) > 1e-9 else "0"
                assert {shown, f"sum {shown}"} & set(words)
            assert a > -1e-9, "no sum is below 0"
    assert "No sum is below 0 here" in PAGE and 0.9 * -0.5 + 0.25 * 1.8 == 0
    assert picture.say(company="B") == ("Company B: after day 4 the plain RNN's memory is 1.575 and its output 1.7325; "
                                        "the price on day 5 is 1.")


def test_what_is_left_of_day_1_is_an_eighth():
    a, b = (rnn_unroll(VIDEO_RNN, prices) for prices in (COMPANY_A, COMPANY_B))
    assert b[0].h - a[0].h == 1.8 and a[-1].h - b[-1].h == pytest.approx(0.225) == 1.8 * 0.5 ** 3
    assert "the memories differ by 0.225: each of three links has taken half away, and turned the sign" in PAGE
    ahead = [s.h - t.h for s, t in zip(b, a)]
    assert ahead == pytest.approx([1.8 * (-0.5) ** k for k in range(4)]) and "now it is A that has more" in PAGE
    assert VIDEO_RNN.u * COMPANY_A[-1] == 1.8
    said = ask.all["rnn_on_companies"][1]
    assert all("1.98 for A and 1.7325 for B" in reply for reply in said.values())
    assert a[-1].y > b[-1].y, "the larger number for the smaller price"
    assert "0.7325 off" in said["one right"] and abs(a[-1].y - 0) > abs(b[-1].y - 1) == pytest.approx(0.7325)


def test_the_weights_are_another_videos_and_the_page_says_so():
    assert rnn_unroll(VIDEO_RNN, (1, 0.5, 0.5))[-1].y == pytest.approx(0.99)
    assert "nobody fitted them to our two companies" in PAGE and "four days are no long memory" in PAGE


def test_five_numbers_do_it():
    page = (NOTEBOOKS / "01_why_networks_forget.ipynb").read_text(encoding="utf-8")
    source = re.search(r"fitted = RNNUnit\((.*?)activation", page)[1]
    fitted = RNNUnit(**{name: float(value) for name, value in re.findall(r"(\w+)=(-?[\d.]+)", source)})
    a, b = (rnn_unroll(fitted, prices)[-1].y for prices in (COMPANY_A, COMPANY_B))
    assert abs(a) < 0.005 and abs(b - 1) < 0.005


def test_a_plain_rnn_learns_both_companies_from_many_random_starts():
    xs, targets = np.array([COMPANY_A, COMPANY_B]).T[:, None, :], np.array([[0.0, 1.0]])
    learned = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        model = Predictor(RNNLayer(rng.normal(size=(1, 3))), rng.normal(size=(1, 2)))
        adam = Adam(model.parameters, 0.01)
        for _ in range(4000):
            loss, gradient = model.gradient(xs, targets)
            adam.update(gradient)
        learned += loss < 0.001
    assert learned >= 3
    assert "learns both from many random starts" in PAGE


# -------------------------------------------------------------------------------------------------------------- hints

def test_hints_are_true_of_the_answers_between_the_known_ones():
    for factor in np.linspace(-5, 40, 91).tolist():
        said, (before, after) = check.a_factor_that_explodes.reply(factor), np.abs(descend(factor, 1))
        assert said.startswith("Right") == (after > before), said
        assert ("nearer" in said) == (after < before), said
    for links in range(1, 60):
        assert check.below_a_thousandth.reply(links).startswith("Right") == (links == 10)
        assert check.links_between.reply(links).startswith("Right") == (links == 49)
    assert 0.5 ** 10 < 0.001 < 0.5 ** 9


def test_a_negative_weight_does_the_same_in_size_and_turns_the_sign_at_every_link():
    ends = [[rnn_unroll(RNNUnit(w=w, u=1, b=0, activation="linear"), [1] + [0] * links)[-1].h for links in range(50)]
            for w in (-2, -1, -0.5, 2, 0.5)]
    assert np.abs(ends[0]).tolist() == ends[3] and np.abs(ends[2]).tolist() == ends[4]
    assert all((np.diff(np.sign(negative)) != 0).all() for negative in ends[:3])
    assert "A negative weight does the same in size, and turns the sign at every link" in PAGE
    assert set(np.abs(ends[1])) == {1} and "very close to 1 (or to -1)" in PAGE
    assert "Without an activation, a weight farther from 0 than 1 makes the gradient explode" in PAGE


def test_a_factor_below_0_goes_uphill():
    for factor in (-0.001, -1, -30):
        start, first = descend(factor, 1)
        assert start * first > 0 and abs(first) > abs(start), "on the same side, and farther away"
        assert check.a_factor_that_explodes.reply(factor).startswith("Right")
    assert "A factor below 0 goes uphill" in check.a_factor_that_explodes.words


def test_the_output_has_a_weight_and_a_bias_of_its_own():
    before, after = (rnn_unroll(RNNUnit(w=0.5, u=1, b=0, v=v, b_y=b_y), COMPANY_B) for v, b_y in ((1, 0), (3, 2)))
    assert [s.h for s in before] == [s.h for s in after] and after[-1].y == pytest.approx(3 * before[-1].h + 2)
    assert "an output $y$ of the memory, with a weight $v$ and a bias $b_y$ of its own" in PAGE
