"""Lesson 08, gradients side by side: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from answers import Case
from lesson.gradients_side_by_side import carried, check, flow_picture, flows, lstm_with, what_steps_add
from lesson.show.axes import Axes
from lesson.show.svg import number, scientific
from lstm_core import VIDEO_UNIT, Gate, RNNUnit, rnn_unroll, sigmoid, step, unroll
from lstm_layers import SGD, Adam, clip_by_norm, lstm_gradient_flow, rnn_gradient_flow, weight_matrix
from overlap import boxes, words_on_words
from pages import NOTEBOOKS

CASES = {
    "weight_that_carries": Case([1], {0: "nothing", 0.5: "halves", 2: "doubles", -1: "sign", 0.99: "0.61",
                                      1.01: "1.64", 3: "too high"}),
    "steps_to_a_hundredth": Case([15], {14: "0.0125", 50: "too high", 7: "too low"}),
    "keep_half_of_the_gradient": Case([4.7, 4.75], {1: "Too little", 8: "Too much", 1.62: "Too little"}),
}
PAGE = "\n".join("".join(cell["source"]) for cell in json.loads(
    (NOTEBOOKS / "08_gradients_side_by_side.ipynb").read_text(encoding="utf-8"))["cells"])
REST = dict(w=0.5, bias=5, T=50, x=0, activation="linear")
rest = flows(**REST)


def positions(count, seed=0):
    """Return so many positions of the picture's controls, drawn at random, and those the page asks for."""
    rng, controls = np.random.default_rng(seed), flow_picture().controls
    drawn = [{control.name: rng.choice(control.positions(9)).item() for control in controls} for _ in range(count)]
    rest = flow_picture().values
    asked = [dict(w=1), dict(w=2), dict(w=2, bias=-2), dict(w=2, bias=-2, T=200), dict(T=200), dict(bias=-2),
             dict(w=0), dict(activation="tanh", x=1), dict(walked=2), dict(walked=40), dict(walked=98),
             dict(w=2, bias=-2, T=200, walked=60), dict(T=2, walked=50), dict(w=0, walked=50)]
    return drawn + [{**rest, **change, "scale": scale} for change in asked for scale in ("linear", "log")]


# -------------------------------------------------------------------------------------------- the numbers it shows

@pytest.mark.parametrize("w, bias, T, x, activation", [
    (0.5, 5, 6, 0, "linear"), (1.3, -2, 9, 0.4, "tanh"), (2.5, 1.3, 12, 1, "linear"), (0.9, 8, 7, 2, "tanh")])
def test_every_number_of_the_picture_is_found_a_second_time_by_moving_a_memory_a_little(w, bias, T, x, activation):
    found, e = flows(w, bias, T, x, activation), 1e-5
    rnn, lstm = RNNUnit(w=w, u=1, b=0, activation=activation), lstm_with(bias)
    hs, steps = [0.0] + [s.h for s in rnn_unroll(rnn, [x] * T)], unroll(lstm, [x] * T)

    def rnn_end(t, h):
        return rnn_unroll(rnn, [x] * (T - t), h)[-1].h if t < T else h

    def lstm_end(t, c, h):
        done = unroll(lstm, [x] * (T - t), c, h)[-1] if t < T else None
        return (done.c, done.h) if done else (c, h)

    def slope(f):
        return (f(e) - f(-e)) / (2 * e)

    def look_at(t):
        c, h = (steps[t - 1].c, steps[t - 1].h) if t else (0.0, 0.0)
        assert found.rnn[t] == pytest.approx(slope(lambda d: rnn_end(t, hs[t] + d)), rel=1e-6, abs=1e-9)
        assert found.c[t] == pytest.approx(slope(lambda d: lstm_end(t, c + d, h)[0]), rel=1e-6, abs=1e-9)
        assert found.h[t] == pytest.approx(slope(lambda d: lstm_end(t, c, h + d)[1]), rel=1e-6, abs=1e-9)
        if t < T:  # the bias moves at one step only
            def rnn_nudged(d):
                return rnn_end(t + 1, rnn_unroll(replace(rnn, b=d), [x], hs[t])[-1].h)

            def lstm_nudged(d):
                gate = replace(lstm.candidate, b=lstm.candidate.b + d)
                done = step(replace(lstm, candidate=gate), c, h, x)
                return lstm_end(t + 1, done.c, done.h)[0]

            assert found.rnn_adds[t] == pytest.approx(slope(rnn_nudged), rel=1e-6, abs=1e-9)
            assert found.lstm_adds[t] == pytest.approx(slope(lstm_nudged), rel=1e-6, abs=1e-9)
            assert found.factors[t] * found.rnn[t + 1] == pytest.approx(found.rnn[t])
            assert found.gates[t] == pytest.approx(steps[t].forget.f, rel=1e-14)

    for t in range(T + 1):
        look_at(t)


def test_bars_have_one_sign_so_that_none_is_hidden_below_the_ground():
    for values in positions(60):
        del values["scale"], values["walked"]
        for adds in (flows(**values).rnn_adds, flows(**values).lstm_adds):
            assert adds.max() > 0 and adds.min() > -0.001 * adds.max()


def test_the_sentence_says_what_was_computed_and_what_a_zero_is():
    picture = flow_picture()
    said = picture.say(**picture.values)
    for value in (rest.rnn[0], rest.c[0], rest.gates.prod(), rest.h[0]):
        assert scientific(value) in said
    assert "3.5\N{NO-BREAK SPACE}% in the LSTM" in said
    assert picture.say(**{**picture.values, "w": 0}).count("exactly 0") == 2
    small = picture.say(**{**picture.values, "w": 0.05, "x": 2, "T": 200, "activation": "tanh"})
    assert small.count("less than the smallest float") == 2 and "exactly 0" not in small


def test_the_gradient_walks_back_step_by_step_to_what_the_picture_shows_at_rest():
    """Each position shows the last steps alone: what is left there, the factors met, and what these steps add."""
    picture, T = flow_picture(), 50
    walk = next(control for control in picture.controls if control.name == "walked")
    assert walk.pace and walk.value == walk.high == 100 and walk.positions(50) == list(range(2, 101, 2))
    for steps, percent in enumerate(walk.positions(50), 1):
        found = rest.walked(percent)
        assert [len(numbers) for numbers in found] == 3 * [steps + 1] + 4 * [steps]
        assert all(np.array_equal(part, whole[T - steps:]) for part, whole in zip(found, rest))
        assert found.factors.prod() == pytest.approx(found.rnn[0])
        words = picture.draw(**{**picture.values, "walked": percent})
        assert ("steps back:  RNN " + scientific(found.rnn[0]) in words.body) is (steps < T)
        assert scientific(found.c[0]) in words.parts["walked"].line
    assert picture.say(**{**picture.values, "walked": 20}).startswith(
        "Back through 10 of 50 steps, a gradient of 1 becomes 9.77 × 10⁻⁴ in the linear RNN.")
    assert "so far, step 41 adds" in picture.say(**{**picture.values, "walked": 20})
    assert [len(flows(**{**REST, "T": 2}).walked(percent).gates) for percent in (2, 50, 76, 100)] == [1, 1, 2, 2]


def test_no_gradient_of_the_picture_leaves_the_floats_upward():
    """So nothing needs to be said of one that does."""
    for w, x in ((2.5, 2), (2.5, 0)):
        found = flows(w, 8, 200, x, "linear")
        assert all(np.isfinite(numbers).all() for numbers in found)


# ------------------------------------------------------------------------------------------------ how it shows them

def test_no_words_lie_on_others_and_none_outside_at_any_position():
    picture = flow_picture()
    for values in positions(200):
        drawing = picture.draw(**values)
        assert words_on_words(drawing) == [], values
        assert all(0 <= box.left and box.right <= drawing.width and box.bottom <= drawing.height
                   for box in boxes(drawing)), values


def test_an_update_is_small():
    picture = flow_picture()
    assert max(len(picture.draw(**values).body) for values in positions(40)) < 32_000


def lines(drawing, colour):
    """Return the curves of a colour: lists of points."""
    return [[tuple(map(float, point.split(","))) for point in points.split()]
            for points in re.findall(rf'<polyline points="([^"]+)" fill="none" stroke="{colour}"', drawing)]


def test_a_curve_that_leaves_goes_out_through_the_edge_with_an_arrow_and_never_runs_along_it():
    axes = Axes(0, 0, 100, 100, (0, 10), (-1, 1))
    drawn = axes.curve(range(7), [0, 2, 2, 0.5, -3, -3, 0], "#000000")
    assert [len(points) for points in lines(drawn, "#000000")] == [2, 3, 2]
    assert drawn.count("<polygon") == 4
    for points in lines(drawn, "#000000"):
        assert all(0 <= y <= 100 for _, y in points)
        assert not any(a[1] == b[1] for a, b in zip(points, points[1:]))
    assert lines(axes.curve([0, 1, 2], [1, 1, 4], "#000000"), "#000000") == [[(0, 0), (10, 0), (10, 0)]]
    assert axes.curve([0, 1], [0, math.inf], "#000000").count("<polygon") <= 1


def test_the_linear_scale_shows_signs_and_the_log_scale_none():
    picture = flow_picture()
    ground = {"linear": None, "log": None}
    for scale in ground:
        drawn = picture.draw(**{**picture.values, "scale": scale}).body
        dashed, = lines(drawn, "#CC79A7")
        ys = np.array(dashed)[:, 1]
        turns = np.count_nonzero(np.diff(np.sign(np.diff(ys[-20:]))))
        ground[scale] = turns
    assert ground["linear"] == 18 and ground["log"] == 0


def test_the_ink_of_a_box_is_the_gradient_and_beyond_1_it_swells_and_is_striped():
    picture = flow_picture()

    def opacities(**change):
        body = picture.draw(**{**picture.values, **change}).body
        return [float(ink) for ink in re.findall(r'fill="#000000" fill-opacity="([^"]+)"/>', body)], body

    inks, body = opacities()
    assert inks == pytest.approx([1 / 16, 1 / 8, 1 / 4, 1 / 2, 1][-len(inks):], abs=0.026) and inks[-1] == 1
    assert 'fill="#000000" stroke="#000000" stroke-width="1"' not in body
    _, body = opacities(w=2)
    assert 'fill="#000000" stroke="#000000" stroke-width="1"' in body


# ------------------------------------------------------------------------------------------------ what the page claims

def test_the_three_numbers_of_the_lstm_at_rest():
    steps = unroll(lstm_with(5), [0.0] * 50)
    assert f"{sigmoid(5) ** 50:.3f} {rest.gates.prod():.3f} {rest.c[0]:.3f}" == "0.715 0.469 0.633"
    assert "0.633 is what the picture shows" in PAGE and f"down to {steps[-1].h:.2f}," in PAGE
    assert f"with the weight {VIDEO_UNIT.forget.w:.2f} on $h$" in PAGE
    # "The first would be right if h stayed at 0": without the candidate's bias it does.
    still = replace(lstm_with(5), candidate=replace(VIDEO_UNIT.candidate, b=0.0))
    assert all(done.h == 0 and done.forget.f == sigmoid(5) for done in unroll(still, [0.0] * 50))


def test_h_changes_its_sign_at_every_step_because_c_is_far_below_0():
    assert (np.diff(np.sign(rest.h)) != 0).all()
    last = unroll(lstm_with(5), [0.0] * 50)[-1]
    by_the_output_gate = last.output.tanh_c * last.output.o * (1 - last.output.o) * VIDEO_UNIT.output.w
    assert last.c < -5 and rest.h[-2] == pytest.approx(by_the_output_gate, rel=1e-4)
    assert abs(rest.rnn[0]) < abs(rest.h[0]) < 0.01 < rest.c[0], "it fades too, here more slowly than the RNN's"
    with_an_input = flows(**{**REST, "x": 0.5})
    assert abs(with_an_input.h[0]) < abs(with_an_input.rnn[0]), "not with an input"
    assert "In size it fades too, here more slowly" in PAGE
    assert "set input 0, `linear`, weight 0.5, forget bias 5" in PAGE


def test_the_linear_rnn_has_one_factor_and_tanh_with_an_input_leaves_less():
    for w in (0.5, 1, 2):
        assert np.array_equal(flows(w, 5, 50, 0, "linear").rnn, w ** np.arange(50.0, -1, -1))
    for w in np.arange(0.05, 2.51, 0.35):
        for x in (0.1, 1, 2):
            assert flows(w, 5, 20, x, "tanh").rnn[0] < w ** 20


def test_a_forget_bias_of_1_does_not_carry_50_steps():
    assert sigmoid(1) ** 50 < 2e-7 and abs(carried(1)) < 1e-6 and carried(5) > 0.5


def test_the_far_steps_drown_in_the_sum_of_the_rnn_and_not_in_that_of_the_lstm():
    half, one, two = (flows(w, 5, 50, 0, "linear").rnn_adds for w in (0.5, 1, 2))
    assert np.array_equal(half[:-1], half[1:] / 2), "each step adds half as much as the one after it"
    assert half[0] / half.sum() == pytest.approx(8.88e-16, rel=1e-3)
    assert len(set(one.tolist())) == 1, "at 1 all steps add the same"
    assert two[-1] / two.sum() < 1e-14, "at 2 it is the near steps that drown"
    parts = rest.lstm_adds / rest.lstm_adds.sum()
    assert [f"{part:.1%}" for part in (parts[0], parts[-1], parts.min())] == ["3.5%", "2.7%", "1.4%"]
    assert np.array_equal(rest.lstm_adds, what_steps_add(lstm_with(5), [0.0] * 50))


def test_the_next_lessons_optimizer_makes_up_for_a_small_gradient_within_limits():
    def first_step(kind, g):
        p = np.zeros(1)
        kind([p], 0.001).update([np.array([g])])
        return abs(p[0])

    assert first_step(Adam, 1e-5) == pytest.approx(first_step(Adam, 1.0), rel=0.01)
    assert first_step(Adam, 1e-15) < 1e-6 * first_step(Adam, 1.0)
    assert first_step(SGD, 1e-5) == pytest.approx(1e-5 * first_step(SGD, 1.0))


def test_an_lstm_vanishes_with_a_closed_gate_and_explodes_along_side_roads():
    assert abs(carried(-2)) < 1e-30 and "at the bias -2 with input 0" in PAGE
    assert flows(0.5, -2, 50, 2, "linear").c[0] > 0.3, "with input 2 the same bias leaves the gate open"
    wild = replace(lstm_with(5), candidate=Gate(w=6, u=1, b=0))
    steps = unroll(wild, [0.0] * 50)
    assert all(done.c == done.h == 0 for done in steps)
    assert math.prod(done.forget.f for done in steps) < 1, "the main road alone shrinks it"
    assert f"{lstm_gradient_flow(weight_matrix(wild), np.zeros(50)).c[0, 0, 0]:.3g}" == "4.75e+26"
    shut = replace(wild, forget=replace(wild.forget, b=-20))
    assert lstm_gradient_flow(weight_matrix(shut), np.zeros(50)).c[0, 0, 0] > 1e9
    assert "with the forget bias -20 it still explodes" in PAGE
    moved = replace(wild, candidate=replace(wild.candidate, b=VIDEO_UNIT.candidate.b))
    assert lstm_gradient_flow(weight_matrix(moved), np.zeros(50)).c[0, 0, 0] < 1, "where tanh is flat it does not"


def test_clipping_leaves_every_part_of_the_sum_as_small_as_it_was():
    parts = np.outer([1e-10, 1.0, 3e5], [3.0, -4.0])  # three steps, two weights
    clipped = clip_by_norm(parts.sum(axis=0), 1)
    assert np.linalg.norm(clipped) == pytest.approx(1)
    assert parts[0] * (clipped / parts.sum(axis=0)) / clipped == pytest.approx(parts[0] / parts.sum(axis=0))


def test_the_matrix_explodes_with_both_eigenvalues_0_and_only_below_1_must_singular_values_vanish():
    k = 3
    W = k * np.array([[1.0, -1.0], [1.0, -1.0]])
    assert W.any() and not (W @ W).any(), "without a tanh, gone after two steps"
    assert np.linalg.svd(W)[1][0] == pytest.approx(2 * k)
    zero, b = np.zeros(2), np.array([0.95 * k, 0.95 * k + np.arctanh(0.95)])
    flow = rnn_gradient_flow(np.column_stack([W, zero, b]), np.zeros(20), h=np.array([0, 0.95]))
    assert np.linalg.norm(flow[0], 2) > 1e8
    slopes = 1 - np.tanh(W @ np.array([0, 0.95]) + b) ** 2
    assert slopes[0] > 0.99 and slopes[1] < 0.1, "the first cell steep, the second flat"
    small = np.random.default_rng(0).normal(size=(3, 3))
    small *= 0.9 / np.linalg.svd(small)[1][0]
    flow = rnn_gradient_flow(np.column_stack([small, np.zeros(3), np.zeros(3)]), np.zeros(40))
    assert all(np.linalg.norm(flow[40 - t], 2) <= 0.9 ** t * (1 + 1e-9) for t in range(41))


def test_hints_are_true_of_the_answers_that_get_them():
    assert number(0.99 ** 50) in check.weight_that_carries.reply(0.99)
    assert number(1.01 ** 50) in check.weight_that_carries.reply(1.01)
    # 0 stays itself too, multiplied with itself: so the hint asks for what leaves any number as it is.
    assert "What can you multiply any number by" in check.weight_that_carries.reply(3)
    biases = np.arange(-10, 30, 0.25)
    left = np.array([carried(bias) for bias in biases])
    # Too little below some bias, too much above another: so "lower it" and "closer to 1" lead to the goal.
    assert (left[biases < 4.3] < 0.45).all() and (left[biases > 5] > 0.55).all()


def test_with_an_input_the_lstms_gradient_grows_on_the_side_roads_while_c_is_small():
    inputs = [k / 10 for k in range(21)]
    ends = [flows(**{**REST, "x": x}).c[0] for x in inputs]
    assert [x for x, end in zip(inputs, ends) if end < 1] == [0, 0.1] and "its green line may rise above 1" in PAGE
    found, steps = flows(**{**REST, "x": 0.4}), unroll(lstm_with(5), [0.4] * 50)
    assert f"{found.c[0]:.0f} {found.gates.prod():.2f}" == "15 0.98" and max(ends) == found.c[0]
    assert "At the input 0.4 a gradient of 1 becomes 15, where the forget gates alone would leave 0.98" in PAGE
    # What each step multiplies by beside its forget gate: only in the first steps, where c is small and tanh steep.
    by_side_roads = found.c[:-1] / found.c[1:] / found.gates
    assert (by_side_roads[:5] > 1.2).all() and by_side_roads[8:] == pytest.approx(1, abs=1e-3)
    assert all(abs(done.c) < 1 for done in steps[:5]) and all(done.c > 3 for done in steps[8:])
    assert all(1 - done.output.tanh_c ** 2 < 0.006 for done in steps[8:])
    # Were tanh flat from the beginning, the gates alone would be left: so it is the way over h that grows.
    late = lstm_gradient_flow(weight_matrix(lstm_with(5)), np.full(50, 0.4), c=np.array([20.0])).c[0, 0, 0]
    far = unroll(lstm_with(5), [0.4] * 50, 20.0)
    assert late == pytest.approx(math.prod(done.forget.f for done in far), rel=1e-6)


def test_the_side_roads_lead_through_the_gates_and_the_candidate():
    assert "$h$ goes into the gates and the candidate of the next step" in PAGE
    assert all(getattr(VIDEO_UNIT, name).w for name in ("forget", "input", "candidate", "output"))
