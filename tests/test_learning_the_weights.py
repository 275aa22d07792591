"""Lesson 09, learning the weights: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import json
import math
import re
from functools import cache
from itertools import repeat

import numpy as np
import pytest

from answers import Case, raises
from lesson.data.one_unit import UnitPredictor
from lesson.learning_the_weights import CLIP, COMPANIES, PRICES, STARTS, Learned, ask, backward_picture, check
from lesson.learning_the_weights import last_state, learn, learn_own, learned, own_training_picture, random_start
from lesson.learning_the_weights import training_picture
from lesson.show.running import State, last
from lstm_core import COMPANY_A, COMPANY_B, VIDEO_START, VIDEO_UNIT, VIDEO_UNIT_4_DIGITS, step, step_backward, unroll
from lstm_core import unroll_backward
from lstm_layers import Adam, numerical_gradient, train, weight_matrix
from overlap import boxes, words_on_words
from pages import NOTEBOOKS
from test_picture import by_hand, check_drawing, words_in, written

CASES = {
    "output_slope": Case([0.99451, 0.9945], {0.9917: "That is o", 0.99: "To two digits", 0.0082: "one step further",
                                             0.9862: "new h", 0.964: "tanh of the long-term memory that came in",
                                             2: "new one", 0.5: "too low"}),
    "forget_slope": Case([1.5], {6: "That is df.", 3: "df times 0.5", 0.5: "c is 3", 0.75: "dkept is 2",
                                 1: "That is dc", 9: "too high"}),
    "my_output_slope": Case(
        [lambda dh, o, tanh_c: dh * tanh_c * o * (1 - o), lambda dh, o, t: np.float64(dh * o * t * (1 - o))],
        {lambda dh, o, tanh_c: dh * tanh_c: "That is do", lambda dh, o, tanh_c: dh * o * (1 - o): "tanh_c is missing",
         lambda dh, o, tanh_c: dh * tanh_c * (1 - o * o): "slope of tanh", lambda dh, o, tanh_c: 0: "yours gives 0",
         lambda dh, o, tanh_c: None: "yours gives None", raises: "TypeError"}),
    "fast_enough": Case([-1, -0.7, -1.5, -0.5], {-3: "not enough at this rate", -2: "not enough at this rate",
                                                 0.1: "The power is wanted: the rate 0.1 is ten to the power "
                                                      "\N{MINUS SIGN}1.00",
                                                 0.001: "to the power \N{MINUS SIGN}3.00", 0: "as on the slider",
                                                 -5: "as on the slider"}),
}
PAGE = "\n".join("".join(cell["source"]) for cell in json.loads(
    (NOTEBOOKS / "09_learning_the_weights.ipynb").read_text(encoding="utf-8"))["cells"])


@cache
def from_the_videos_start():
    """Train as the video does; return the forecasts for A and for B after 0 ... 5000 epochs, and what Adam did.

    Adam: the longest change of a weight in each update, in learning rates; the length of each gradient.
    """
    model = UnitPredictor(VIDEO_START)
    adam = Adam(model.parameters, 0.001)
    said, steps, lengths = [tuple(map(model.predict, PRICES))], [], []
    update = adam.update

    def watched(gradient):
        before = model.W.copy()
        update(gradient)
        steps.append(np.abs(model.W - before).max() / 0.001)
        lengths.append(np.linalg.norm(gradient[0]))

    adam.update = watched
    for _ in train(model, adam, repeat(COMPANIES, 5000)):
        said.append(tuple(map(model.predict, PRICES)))
    return np.array(said), np.array(steps), np.array(lengths)


@cache
def learners(power, epochs, clip):
    """Return how many of 20 random starts have learned the companies."""
    count = 0
    for seed in range(1, 21):
        model = UnitPredictor(random_start(seed))
        for _ in train(model, Adam(model.parameters, 10 ** power), repeat(COMPANIES, epochs), CLIP if clip else None):
            pass
        count += learned(*map(model.predict, PRICES))
    return count


# ------------------------------------------------------------------------------------------------------- backward

@pytest.mark.parametrize("c, h, x, dc, dh", [(1, 0, 0, 0, 1), (2, -0.5, -1, -1.5, 0.7), (-1, 0.5, 0.5, 1, 0)])
def test_the_slopes_are_those_of_the_unit(c, h, x, dc, dh):
    """Each slope that goes back is found a second time, by moving a memory a little."""
    def loss(c, h):
        after = by_hand(c, h, x)
        return dc * after["c"] + dh * after["h"]

    e = 1e-6
    wanted = [(loss(c + e, h) - loss(c - e, h)) / (2 * e), (loss(c, h + e) - loss(c, h - e)) / (2 * e)]
    picture = backward_picture()
    values = {**picture.values, "c": c, "h": h, "x": x, "dc": dc, "dh": dh}
    said = f"To the step before go dc = {written(wanted[0], 3)} and dh = {written(wanted[1], 3)}."
    assert said in picture.say(**values)
    assert {written(value, 3) for value in wanted} <= words_in(picture.draw(**values))


def test_at_input_5_three_curves_are_flat_and_the_output_gates_is_not():
    done = step(VIDEO_UNIT, 1.0, 0.0, 5.0)
    back = step_backward(VIDEO_UNIT, done, 1.0, 1.0)
    assert max(abs(back.forget.da_f), abs(back.input.da_i), abs(back.input.da_g)) < 0.001
    assert f"its sum still gets {back.output.da_o:.3f}" in PAGE and f"on, {back.dc:.2f} of it" in PAGE
    assert "less than 0.001 each" in PAGE
    assert abs(VIDEO_UNIT.output.u) == min(abs(gate.u) for gate in (
        VIDEO_UNIT.forget, VIDEO_UNIT.input, VIDEO_UNIT.candidate, VIDEO_UNIT.output)), "it hardly looks at the input"
    rest = {control.name: control.value for control in backward_picture().controls}
    assert (rest["c"], rest["h"]) == (1, 0) and "put it back to 1, set **dc** to 1" in PAGE, "the page counts on these"


def test_the_slopes_of_company_b_are_smaller_before_each_earlier_day_and_lost_without_dh():
    steps = unroll(VIDEO_START, COMPANY_B)
    dh = 2 * (steps[-1].h - 1)
    backs = unroll_backward(VIDEO_START, steps, dh)
    for earlier, later in zip(backs, backs[1:]):
        assert abs(earlier.dc) < abs(later.dc) and abs(earlier.dh) < abs(later.dh)
    (right,) = numerical_gradient(UnitPredictor(VIDEO_START), COMPANY_B, 1.0)
    dc, slope, slipped = 0.0, dh, 0
    for done in reversed(steps):
        back = step_backward(VIDEO_START, done, dc, slope)
        slipped, dc, slope = slipped + np.array(back.gradient), back.dc, 0.0
    assert np.abs(slipped / right - 1).min() > 0.04, "the slip spoils every one of the twelve numbers"


# ------------------------------------------------------------------------------------------------------- training

def test_the_forecast_for_a_rises_with_bs_through_0_and_only_later_comes_down():
    said, _, _ = from_the_videos_start()
    a, b = said.T
    top = a.argmax()
    assert a[0] < 0 and (np.diff(a[:top + 1]) > 0).all() and (np.diff(a[top:]) < 0).all()
    assert 550 < top < 650 and 0.45 < a[top] < 0.5 and (np.diff(b) > 0).all()
    assert np.abs(a - b)[:101].max() < 0.001, "it cannot tell A from B yet"
    assert [f"{b[k] - a[k]:.2f}" for k in (500, 2000)] == ["0.05", "0.18"] and "from 0.05 to 0.18" in PAGE
    pace = np.diff((b - a)[1000:3000:250])
    assert (np.diff(pace) > 0).all(), "then it opens, faster and faster"
    assert abs(a[-1]) < 0.1 and abs(b[-1] - 1) < 0.1


def test_the_published_forecasts_on_the_page_are_found_again_to_their_last_digit():
    said, _, _ = from_the_videos_start()
    printed = re.search(r"0, 2000, 3000 and 5000 epochs: A \$(.+?)\$, and B \$(.+?)\$", PAGE).groups()
    published = np.array([numbers.split(", ") for numbers in printed], dtype=float)
    assert published.T == pytest.approx(said[[0, 2000, 3000, 5000]], abs=0.0001)


def test_what_pulls_b_up_pulls_a_up_and_a_alone_would_go_to_0_and_stay():
    forecasts = {}
    for name, company in zip("AB", COMPANIES):
        model = UnitPredictor(VIDEO_START)
        forecasts[name] = [model.predict(COMPANY_A)]
        for _ in train(model, Adam(model.parameters, 0.001), repeat([company], 1000)):
            forecasts[name].append(model.predict(COMPANY_A))
    alone, with_b = forecasts["A"], forecasts["B"]
    assert max(alone) < 1e-4 and abs(alone[-1]) < 1e-4
    assert with_b[1] > with_b[0] and alone[1] > alone[0], "both losses pull it up at first"
    assert with_b[-1] > 0.5


def test_of_all_numbers_said_to_both_a_half_is_the_least_wrong():
    grid = np.linspace(-1, 1, 2001)
    assert grid[((grid - 0) ** 2 + (grid - 1) ** 2).argmin()] == pytest.approx(0.5)


def test_adam_steps_as_the_page_says_and_nothing_explodes():
    _, steps, lengths = from_the_videos_start()
    assert steps[0] == pytest.approx(1, abs=1e-3) and steps.max() < 2
    assert "on the way from the video's start no later one is twice as long" in PAGE, "from random 3, one is"
    for size in (1e-4, 1.0, 1e4):  # whatever the gradient's length
        p = np.zeros(1)
        Adam([p], 0.001).update([np.array([size])])
        assert abs(p[0]) == pytest.approx(0.001, rel=1e-3)
    p = np.zeros(1)
    Adam([p], 0.001).update([np.array([1e-9])])
    assert abs(p[0]) < 0.0001 and "unless it is almost 0" in PAGE
    assert f"longer than {lengths.max():.2f}" in PAGE


def test_learned_is_within_a_tenth_for_both():
    assert learned(0.09, 0.91) and learned(-0.09, 1.0)
    assert not learned(0.11, 1.0) and not learned(0.0, 0.89)


def test_the_rates_do_what_the_page_says():
    a, b = last_state(-3, 5000, "the video's", False).result.forecasts[-1]
    assert (round(a, 3), round(b, 3)) == (0.002, 0.969)
    assert not learned(*last_state(-4, 5000, "the video's", False).result.forecasts[-1])
    assert learned(*last_state(-1, 100, "the video's", False).result.forecasts[-1])


def test_faster_still_fewer_of_20_starts_learn():
    """No forecast lies so near to the limit that a last digit could turn it: the nearest is 0.106 off."""
    assert (learners(-1, 300, False), learners(-0.5, 300, False)) == (19, 13)
    assert "19 have learned the companies after 300 epochs at $10^{-1}$, and 13 at $10^{-0.5}$" in PAGE


def test_clipping_costs_a_little_where_nothing_explodes():
    assert (learners(-1, 300, False), learners(-1, 300, True)) == (19, 17)
    assert "17 of the 20 starts have learned the companies after 300 epochs, not 19" in PAGE


@pytest.mark.parametrize("begin", ["random 1", "random 2", "random 3"])
def test_other_starts_learn_the_companies_with_other_weights(begin):
    state = last_state(-3, 5000, begin, False)
    assert learned(*state.result.forecasts[-1])
    assert abs(state.result.weights[-1] - weight_matrix(VIDEO_UNIT_4_DIGITS)).max() > 0.5
    assert set(STARTS) == {"the video's", "random 1", "random 2", "random 3"}, "all that the picture offers"


def test_what_was_rounded_away_at_the_start_is_enough_to_move_the_digit():
    rng, last_digits = np.random.default_rng(0), set()
    *_, moved = (rng.uniform(-5e-5, 5e-5, (4, 2)) for _ in range(3))
    for away in (0, moved):
        model = UnitPredictor(VIDEO_START)
        model.W[:, :2] += away
        for _ in train(model, Adam(model.parameters, 0.001), repeat(COMPANIES, 5000)):
            pass
        last_digits.add(round(model.W[1, 2], 4))
    assert last_digits == {0.6205, 0.6204}


def test_a_run_keeps_what_it_had_when_it_diverges(monkeypatch):
    """No position of the sliders leads there, so the gradient is made infinite after 50 epochs."""
    gradient, calls = UnitPredictor.gradient, iter(range(10_000))

    def explodes(self, xs, target):
        loss, found = gradient(self, xs, target)
        return loss, [g * (math.inf if next(calls) == 100 else 1) for g in found]

    monkeypatch.setattr(UnitPredictor, "gradient", explodes)
    *_, state = learn(-3, 1000, "the video's", False)
    assert state.done == 50 and "diverged in epoch 51" in state.trouble
    assert state.result.epochs[0] == 0 and state.result.epochs[-1] == 50
    monkeypatch.undo()
    picture = training_picture()
    values = {**picture.values, "epochs": 1000}
    check_drawing(picture._draw_state(state, **values), picture._say_state(state, **values))
    assert state.trouble in picture._say_state(state, **values)


@pytest.mark.parametrize("epochs", [20, 300, 2980, 5000])
def test_a_run_shows_its_beginning_and_its_end_and_at_most_some_hundred_points(epochs):
    state = last_state(-1, epochs, "the video's", False)
    assert state.result.epochs[0] == 0 and state.result.epochs[-1] == state.done == epochs
    assert 20 <= len(state.result.epochs) <= 162
    assert len(state.result.epochs) == len(state.result.forecasts) == len(state.result.weights)


# ----------------------------------------------------------------------------------------- the picture of training

def runs():
    """Return States at rest, early, short, and invented ones whose forecasts and weights lie anywhere."""
    rng = np.random.default_rng(0)
    real = [last_state(-3, 5000, "the video's", False), last_state(-3, 20, "the video's", False),
            next(learn(-3, 5000, "random 2", False)), last_state(-0.5, 300, "random 3", True)]
    invented = [State(40, 40, Learned(list(range(0, 41, 10)), rng.uniform(-1, 1, (5, 2)).tolist(),
                                      list(rng.normal(0, 4, (5, 4, 3))))) for _ in range(100)]
    return real + invented


def test_the_picture_of_training_has_no_words_on_words_and_none_outside():
    picture = training_picture()
    for state in runs():
        values = {**picture.values, "epochs": state.total}
        drawing = picture._draw_state(state, **values)
        check_drawing(drawing, picture._say_state(state, **values))
        assert words_on_words(drawing) == []
        assert all(0 <= box.left and box.right <= drawing.width and box.bottom <= drawing.height
                   for box in boxes(drawing)), [box for box in boxes(drawing) if box.right > drawing.width]


def test_the_picture_of_training_labels_both_forecasts_and_every_weight():
    picture = training_picture()
    words = [box.words for box in boxes(picture.draw(**picture.values))]
    assert {"A 0.002", "B 0.969", "forget gate", "input gate", "candidate", "output gate"} <= set(words)
    assert [words.count(letter) for letter in "wub"] == [4, 4, 4]
    assert picture.draw(**picture.values).body.count('<circle') == 14


def test_an_update_of_the_training_is_small():
    picture = training_picture()
    assert len(picture.draw(**picture.values).body) < 30_000


# ------------------------------------------------------------------------------------------ two companies of one's own

own_at_rest = cache(own_training_picture)  # to make one is a training


def own(**moved):
    """Return the picture of one's own companies, and where its controls stand: 300 epochs, and what was moved."""
    picture = own_at_rest()
    return picture, {**picture.values, "epochs": 300, **moved}


@pytest.mark.parametrize("moved", [dict(), dict(prices_a="-1 2;0.5", wanted_a=-0.5), dict(prices_b="0.3")])
def test_ones_own_companies_are_what_is_learned(moved):
    picture, values = own(**moved)
    rows = [[float(word) for word in values[name].replace(";", " ").replace(",", " ").split()]
            for name in ("prices_a", "prices_b")]
    wanted = values["wanted_a"], values["wanted_b"]
    model = UnitPredictor(VIDEO_START)
    for _ in train(model, Adam(model.parameters, 0.01), repeat(list(zip(rows, wanted)), 300)):
        pass
    a, b = map(model.predict, rows)
    said, drawing = picture.say(**values), picture.draw(**values)
    assert (f"says {written(a, 3)} for A, where {written(wanted[0], 2)} is wanted, and {written(b, 3)} for B, where "
            f"{written(wanted[1], 2)} is wanted: it has {'' if learned(a, b, wanted) else 'not '}learned") in said
    words = [box.words for box in boxes(drawing)]
    assert {written(value, 2) for value in model.W.ravel().tolist()} <= set(words)
    assert said.endswith(f"moved by {np.abs(model.W - weight_matrix(VIDEO_START)).max():.2f}.")


@pytest.mark.parametrize("days, epochs, found", [(8, 2000, True), (10, 5000, False)])
def test_how_many_days_apart_the_difference_is_found(days, epochs, found):
    a, b = (f"{first}" + ", 0.5" * (days - 1) for first in (1, 0))
    picture, values = own(prices_a=a, prices_b=b, epochs=epochs)
    forecasts = picture.at_rest(**values).result.forecasts[-1]
    assert np.allclose(forecasts, (1, 0) if found else 0.5, atol=0.05), forecasts
    assert "among 8 days in 2000 epochs; among 10 days it says a half for both, even after 5000" in PAGE


def test_at_rest_ones_own_companies_have_the_same_prices_in_another_order_and_are_learned():
    picture = own_at_rest()
    a, b = ([float(word) for word in picture.values[name].split(",")] for name in ("prices_a", "prices_b"))
    assert a == b[::-1] != b and "it has learned the two" in picture.say(**picture.values)
    assert "A's prices fall and B's rise" in PAGE and a == sorted(a, reverse=True)


@pytest.mark.parametrize("line", ["0, 0.5, 1", "1, 0.5, 0", "-2", "1, 1, 1, 1, 1, 1"])
def test_the_same_prices_end_on_a_half_for_both(line):
    picture, values = own(prices_a=line, prices_b=line, epochs=2000)
    a, b = picture.at_rest(**values).result.forecasts[-1]
    assert a == b == pytest.approx(0.5, abs=0.005)
    assert "a half" in PAGE.partition("Two companies of your own")[2]


def test_a_line_that_cannot_be_read_begins_no_training_and_is_kept():
    picture, values = own(prices_a="1, zwei", prices_b="")
    state = last(learn_own(**{**values}))
    assert state.done == 0 and state.result.forecasts == []
    said = picture.say(**values)
    assert "In A: prices stands 'zwei'" in said and "There is no number in B: prices" in said
    words = [box.words for box in boxes(picture.draw(**values))]
    assert {written(value, 2) for value in weight_matrix(VIDEO_START).ravel().tolist()} <= set(words)
    picture = own_training_picture()
    holder, = picture._holders["prices_a"]
    holder.value = "1, zwei"
    assert holder.value == "1, zwei" and picture._stop.disabled and picture._stop.description == "Stop"


def test_the_unit_beside_the_curves_has_no_words_on_words_and_thicker_arrows_for_larger_weights():
    picture, values = own()
    rng = np.random.default_rng(0)
    for _ in range(100):
        weights = rng.normal(0, 5, (4, 3))
        state = State(40, 40, Learned([0, 20, 40], rng.uniform(-1, 1, (3, 2)).tolist(), [weights]))
        drawing = picture._draw_state(state, **{**values, "epochs": 40})
        check_drawing(drawing, picture._say_state(state, **{**values, "epochs": 40}))
        assert words_on_words(drawing) == []
        assert all(0 <= box.left and box.right <= drawing.width for box in boxes(drawing))
        for x, row in zip((590, 814, 702, 926), weights.tolist()):
            for at, value in ((x - 32, row[0]), (x + 32, row[1])):
                size = re.findall(rf'd="M{at} \d+V182" fill="none" stroke="#(?!ffffff)[^"]+" stroke-width="([^"]+)"',
                                  drawing.body)
                assert [float(one) for one in size] == pytest.approx([1.5 + min(abs(value), 6)], abs=0.01)


# --------------------------------------------------------------------------------------------- questions and exercises

def test_the_question_says_what_the_unit_says_at_the_start():
    said, _, _ = from_the_videos_start()
    assert f"{written(said[0, 0], 2)} for A" in ask.all["forecast_for_a"][0]
    assert f"{written(said[0, 1], 2)} for B" in ask.all["forecast_for_a"][0]


@pytest.mark.parametrize("power, times", [(-1, "100.0"), (-1.5, "31.6"), (-0.5, "316.2")])
def test_fast_enough_says_how_many_times_the_rate_is(power, times):
    assert f"That is {times} times the video's rate" in check.fast_enough.reply(power)


def test_whatever_misses_is_too_slow_as_the_hint_says():
    """Every power on the slider's steps up to -2 is too slow, and every one from -1.5 is fast enough."""
    verdicts = {power: check.fast_enough.reply(power).startswith("Right") for power in np.arange(-4, -0.4, 0.5)}
    assert verdicts == {power: power >= -1.5 for power in verdicts}
    assert learned(*last_state(-2, 1000, "the video's", False).result.forecasts[-1]), "with more epochs it is enough"
