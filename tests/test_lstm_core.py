"""The core against the published numbers, and against what must hold for every LSTM.

Numbers are compared as they are printed, to the last digit.  Marked (V): the video or the author's companion notebook
shows it; the others are exact arithmetic on the same weights.
"""
import math
import sys
import warnings
from operator import attrgetter

import numpy as np
import pytest

from lstm_core import (COMPANY_A, COMPANY_B, LARGEST, VIDEO_RNN, VIDEO_UNIT, VIDEO_UNIT_4_DIGITS, Gate, LSTMUnit,
                       RNNUnit, forget_stage, input_stage, output_stage, rnn_step, rnn_unroll, sigmoid, sigmoid_slope,
                       step, tanh, tanh_slope, unroll)

UNITS = {"2 digits": VIDEO_UNIT, "4 digits": VIDEO_UNIT_4_DIGITS}


def on_floats(value):
    """Leave a number as it is."""
    return float(value)


def on_arrays(value):
    """Turn a number into an array that holds it several times."""
    return np.full((2, 3), float(value))


both_kinds = pytest.mark.parametrize("kind", [on_floats, on_arrays])


def printed(value, digits=6):
    """Write a number, or an array that holds one number several times, with that many digits after the point."""
    texts = {f"{v:.{digits}f}" for v in np.ravel(value)}
    assert len(texts) == 1, f"one number was expected, not {texts}"
    return texts.pop()


# ------------------------------------------------------------------------------------------- the published numbers

WORKED_STEP = [  # long-term memory 2, short-term memory 1, input 1: exact with the weights of 2 digits, of 4 digits
    ("forget.a_f", "5.950000", "5.958400"),
    ("forget.f", "0.997401", "0.997423"),
    ("forget.kept", "1.994802", "1.994845"),
    ("input.a_g", "2.030000", "2.029800"),
    ("input.g", "0.966087", "0.966074"),
    ("input.a_i", "4.270000", "4.271200"),
    ("input.i", "0.986211", "0.986227"),
    ("input.added", "0.952766", "0.952768"),
    ("c", "2.947567", "2.947613"),
    ("output.tanh_c", "0.994510", "0.994510"),
    ("output.a_o", "4.780000", "4.784000"),
    ("output.o", "0.991674", "0.991707"),
    ("h", "0.986229", "0.986262"),
]


@both_kinds
@pytest.mark.parametrize("quantity, two_digits, four_digits", WORKED_STEP)
def test_worked_step(quantity, two_digits, four_digits, kind):
    for weights, expected in (("2 digits", two_digits), ("4 digits", four_digits)):
        s = step(UNITS[weights], c=kind(2), h=kind(1), x=kind(1))
        assert printed(attrgetter(quantity)(s)) == expected, weights


def test_worked_step_rounded_at_every_step_as_on_the_screen():
    """The video rounds before it goes on (V), and so ends on 2.96 and 0.98; exact arithmetic gives 2.95 and 0.99."""
    s = step(VIDEO_UNIT, c=2.0, h=1.0, x=1.0)
    assert printed(s.forget.a_f, 2) == "5.95"
    f = round(sigmoid(5.95), 3)
    assert f == 0.997
    kept = round(f * 2, 2)
    assert kept == 1.99

    assert printed(s.input.a_g, 2) == "2.03"
    g = round(tanh(2.03), 2)
    assert g == 0.97
    assert printed(s.input.a_i, 2) == "4.27"
    i = round(sigmoid(4.27), 1)
    assert i == 1.0
    added = round(i * g, 2)
    assert added == 0.97
    c = round(kept + added, 2)
    assert (c, printed(s.c, 2)) == (2.96, "2.95")

    tanh_c = round(tanh(c), 2)
    assert tanh_c == 0.99
    o = round(s.output.o, 2)
    assert o == 0.99
    assert (round(o * tanh_c, 2), printed(s.h, 2)) == (0.98, "0.99")


@both_kinds
def test_input_minus_ten_forgets(kind):
    s = step(VIDEO_UNIT, c=kind(2), h=kind(1), x=kind(-10))
    assert [printed(value) for value in (s.forget.f, s.input.g, s.input.i)] == ["0.000006", "-1.000000", "0.000001"]


@both_kinds
@pytest.mark.parametrize("function, a, digits, expected", [
    (sigmoid, 10, 5, "0.99995"),    # V
    (sigmoid, -5, 2, "0.01"),       # V
    (sigmoid, -5, 6, "0.006693"),
    (tanh, 2, 2, "0.96"),           # V
    (tanh, -5, 0, "-1"),            # V
    (tanh, -5, 6, "-0.999909"),
])
def test_activation_examples(function, a, digits, expected, kind):
    assert printed(function(kind(a)), digits) == expected


COMPANIES = {  # long-term and short-term memory after days 1 to 4
    (COMPANY_A, "2 digits"): "-0.201247 -0.127755, -0.202193 -0.096522, -0.324621 -0.166218, 0.015270 0.006393",
    (COMPANY_A, "4 digits"): "-0.202274 -0.128550, -0.205774 -0.098045, -0.330387 -0.168593, 0.005190 0.002158",
    (COMPANY_B, "2 digits"): "0.499521 0.276438, 0.913569 0.611733, 1.480604 0.867005, 2.409093 0.969393",
    (COMPANY_B, "4 digits"): "0.498140 0.275699, 0.910623 0.610487, 1.476458 0.866253, 2.404847 0.969261",
}


@both_kinds
@pytest.mark.parametrize("company, weights", COMPANIES)
def test_two_companies(company, weights, kind):
    days = unroll(UNITS[weights], [kind(price) for price in company])
    assert ", ".join(f"{printed(day.c)} {printed(day.h)}" for day in days) == COMPANIES[company, weights]


@both_kinds
@pytest.mark.parametrize("inputs, output", [
    ((1, 0.5, 0.5), "0.9900"),  # V
    (COMPANY_A, "1.9800"),
    (COMPANY_B, "1.7325"),
])
def test_plain_rnn_of_the_earlier_video(inputs, output, kind):
    assert printed(rnn_unroll(VIDEO_RNN, [kind(x) for x in inputs])[-1].y, 4) == output


@pytest.mark.parametrize("feedback, factor", [(2.0, 1_125_899_906_842_624), (0.5, 0.5 ** 50)])
def test_fifty_links_multiply_the_input_fifty_times(feedback, factor):
    """The exploding and the vanishing example (V): 51 inputs have 50 links between them."""
    rnn = RNNUnit(w=feedback, u=1, b=0, activation="linear")
    assert rnn_unroll(rnn, [1.0] + 50 * [0.0])[-1].h == factor


# ------------------------------------------------------------------------------------ floats and arrays, one code

# math.exp and np.exp may differ in their last bit; a sum may carry that on.
LAST_BITS = dict(rtol=1e-13, atol=1e-14)


def test_a_grid_equals_its_elements():
    c, h, x = np.linspace(-5, 5, 5)[:, None, None], np.linspace(-1, 1, 4)[:, None], np.linspace(-10, 10, 7)
    grid = step(VIDEO_UNIT, c, h, x)
    assert grid.h.shape == (5, 4, 7)
    for (j, k, n), _ in np.ndenumerate(grid.h):
        one = step(VIDEO_UNIT, float(c[j, 0, 0]), float(h[k, 0]), float(x[n]))
        for stage in ("forget", "input", "output"):
            here = [np.broadcast_to(values, grid.h.shape)[j, k, n] for values in getattr(grid, stage)]
            np.testing.assert_allclose(here, getattr(one, stage), **LAST_BITS)


@pytest.mark.parametrize("activation", ["linear", "relu", "tanh"])
def test_a_grid_of_the_rnn_equals_its_elements(activation):
    rnn = RNNUnit(w=-0.5, u=1.8, b=0.1, v=1.1, b_y=-0.2, activation=activation)
    h, x = np.linspace(-2, 2, 5)[:, None], np.linspace(-3, 3, 7)
    grid = rnn_step(rnn, h, x)
    for (j, k), y in np.ndenumerate(grid.y):
        one = rnn_step(rnn, float(h[j, 0]), float(x[k]))
        np.testing.assert_allclose([grid.a[j, k], grid.h[j, k], y], [one.a, one.h, one.y], **LAST_BITS)


@pytest.mark.parametrize("number", [1, 1.0, np.float64(1), np.float32(1), np.int64(1), np.array(1.0)])
def test_single_numbers_give_python_floats(number):
    """A NumPy scalar prints as np.float64(0.73) and would differ from machine to machine in what a page shows."""
    s = step(VIDEO_UNIT, number, number, number)
    r = rnn_step(VIDEO_RNN, number, number)
    activations = [function(number) for function in (sigmoid, tanh, sigmoid_slope, tanh_slope)]
    results = [*s[:3], *s.forget, *s.input, *s.output, s.c, s.h, *r, *activations]
    assert {type(value) for value in results} == {float}
    assert {type(day.h) for day in unroll(VIDEO_UNIT, np.array(COMPANY_A))} == {float}


# ------------------------------------------------------------------------------- what holds for every LSTM

COUNT, TIME = 500, 20


def random_unit(rng, shape=(COUNT,)):
    """Return random LSTM units, as many as shape says, in one: each weight is an array."""
    return LSTMUnit(*(Gate(*rng.uniform(-3, 3, (3, *shape))) for _ in range(4)))


@pytest.fixture
def rng():
    return np.random.default_rng(1997)


@pytest.fixture
def units(rng):
    return random_unit(rng)


@pytest.fixture
def inputs(rng):
    # |sum| <= 3 + 9 + 3 = 15 in every gate: no sigmoid rounds to 1, so that the strict bound below is really strict.
    return rng.uniform(-3, 3, (TIME, COUNT))


def test_short_term_memory_stays_inside_one(units, inputs):
    assert max(np.abs(s.h).max() for s in unroll(units, inputs, c=5.0)) < 1


def test_long_term_memory_grows_by_at_most_one_a_step(units, inputs, rng):
    for s in unroll(units, inputs, c=rng.uniform(-5, 5, COUNT)):
        assert np.all(np.abs(s.c) <= np.abs(s.c_prev) + 1)


def closed(gate):
    """Return the gate with a bias that no weight and no input here can outweigh: its share is 0."""
    return Gate(gate.w, gate.u, -1000)


def opened(gate):
    """Return the gate with a bias that no weight and no input here can outweigh: its share is 1."""
    return Gate(gate.w, gate.u, 1000)


def test_open_forget_gate_and_closed_input_gate_keep_the_long_term_memory(units, inputs, rng):
    keeper = LSTMUnit(opened(units.forget), closed(units.input), units.candidate, units.output)
    c = rng.uniform(-5, 5, COUNT)
    assert np.array_equal(unroll(keeper, inputs, c)[-1].c, c)


def test_closed_forget_gate_forgets(units, inputs):
    forgetter = LSTMUnit(closed(units.forget), units.input, units.candidate, units.output)
    one, other = step(forgetter, -5.0, 0.5, inputs[0]), step(forgetter, 5.0, 0.5, inputs[0])
    assert np.array_equal(one.c, other.c) and np.array_equal(one.c, one.input.added)


def test_a_sequence_in_chunks_equals_the_whole(units, inputs):
    whole = unroll(units, inputs)
    first = unroll(units, inputs[:7])
    second = unroll(units, inputs[7:], first[-1].c, first[-1].h)
    for one, other in zip(whole, first + second, strict=True):
        assert np.array_equal(one.c, other.c) and np.array_equal(one.h, other.h)


def test_a_batch_equals_its_sequences_one_by_one(inputs, rng):
    unit = random_unit(rng, shape=())
    batch = unroll(unit, inputs)
    for k in range(0, COUNT, 50):
        for s, one in zip(batch, unroll(unit, inputs[:, k].tolist()), strict=True):
            np.testing.assert_allclose([s.c[k], s.h[k]], [one.c, one.h], **LAST_BITS)


def test_a_step_is_its_three_stages(units, inputs):
    s = step(units, 2.0, 0.5, inputs[0])
    forget = forget_stage(units.forget, 2.0, 0.5, inputs[0])
    input = input_stage(units.candidate, units.input, forget.kept, 0.5, inputs[0])
    output = output_stage(units.output, input.c, 0.5, inputs[0])
    for stage, alone in ((s.forget, forget), (s.input, input), (s.output, output)):
        np.testing.assert_array_equal(stage, alone)


# -------------------------------------------------------------------------------------------- the activations

GRID = np.linspace(-30, 30, 601)
ONE_BIT = 2.3e-16  # the distance from 1 to the next float


def test_symmetry():
    assert sigmoid(0.0) == 0.5 and tanh(0.0) == 0
    np.testing.assert_allclose(sigmoid(GRID) + sigmoid(-GRID), 1, rtol=0, atol=ONE_BIT)
    np.testing.assert_array_equal(tanh(-GRID), -tanh(GRID))
    np.testing.assert_array_equal(sigmoid_slope(-GRID), sigmoid_slope(GRID))
    np.testing.assert_array_equal(tanh_slope(-GRID), tanh_slope(GRID))
    np.testing.assert_allclose(2 * sigmoid(2 * GRID) - 1, tanh(GRID), rtol=0, atol=2 * ONE_BIT)


@pytest.mark.parametrize("function, slope, steepest", [(sigmoid, sigmoid_slope, 0.25), (tanh, tanh_slope, 1)])
def test_slope_is_the_numerical_difference(function, slope, steepest):
    d = 1e-5  # the difference is wrong by about d^2 / 6 and by a rounding of 1e-16 / d: 3e-11 in all
    difference = (function(GRID + d) - function(GRID - d)) / (2 * d)
    np.testing.assert_allclose(slope(GRID), difference, rtol=0, atol=1e-10)
    assert slope(0.0) == steepest == slope(GRID).max()


@pytest.mark.parametrize("a", [30.0, 300.0])
def test_far_out_every_digit_is_kept(a):
    """1 - sigmoid(30) and 1 - tanh(30)^2 lose every digit; the core must not compute its tails that way."""
    assert math.isclose(sigmoid(-a), math.exp(-a), rel_tol=1e-12)
    assert math.isclose(sigmoid_slope(a), math.exp(-a), rel_tol=1e-12)
    assert math.isclose(tanh_slope(a), 4 * math.exp(-2 * a), rel_tol=1e-12)


@pytest.mark.parametrize("function, largest, left, right", [
    (sigmoid, sys.float_info.max, 0, 1), (tanh, sys.float_info.max, -1, 1),
    (sigmoid_slope, LARGEST, 0, 0), (tanh_slope, LARGEST, 0, 0),
])
def test_the_largest_numbers_give_the_limits_without_a_warning(function, largest, left, right):
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        assert [function(-largest), function(largest)] == [left, right]
        assert function(np.array([-largest, largest])).tolist() == [left, right]
