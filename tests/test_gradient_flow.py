"""The gradient flow against numerical differentiation, against cases known by hand, and at the ends of the floats.

The rival is a difference: one memory at one step is moved, the sequence is run to its end, and the last memories are
compared.  It knows nothing of slopes or of the chain rule.
"""
import math
import warnings

import numpy as np
import pytest

from lstm_core import ACTIVATIONS, COMPANY_A, COMPANY_B, LARGEST, VIDEO_RNN, VIDEO_UNIT, VIDEO_UNIT_4_DIGITS, Gate
from lstm_core import LSTMUnit, RNNUnit, rnn_step, rnn_unit_gradient_flow, sigmoid_slope, step, tanh_slope
from lstm_core import unit_gradient_flow, unroll
from lstm_layers import clip_by_norm, lstm_gradient_flow, rnn_gradient_flow, weight_matrix

# --------------------------------------------------------------------------------------- numerical differentiation

# Central differences at d and 2d, combined so that their errors of order d^2 cancel; what is left is about
# d^4 f'''''/30 = 3e-16 f''''' and the rounding of the last memory, about 1e-16 / d = 3e-13 of its size.
D = 3e-4
MOVES, SHARES = np.array([1, -1, 2, -2]), np.array([8, -8, -1, 1]) / 12

# So a derivative above 1e-4 is measured to 1e-8 or better, and is compared to 1e-6 of itself.  One far below 1e-4
# sinks in the rounding: of it the difference only tells that it is small, to 1e-10.
MEASURABLE = dict(rtol=1e-6, atol=1e-4 * 1e-6)


def differences(advance, memories, xs):
    """Return d (last memories) / d (memories after step t), t = 0 ... T, measured: (T + 1, k, k) for k memories.

    advance(states, x) makes one step of a whole array of states, whose last axis holds the memories.
    """
    T, k = len(xs), len(memories)
    states = np.empty((T + 1, k, len(MOVES), k))  # step disturbed, memory moved, by how much; memories
    states[:] = memories
    d = np.empty((T + 1, k))
    for t in range(T + 1):
        d[t] = D * np.maximum(1, np.abs(states[t, 0, 0]))  # beside a memory of 1e79, 3e-4 would be lost
        states[t] += MOVES[:, None] * np.diag(d[t])[:, None, :]
        if t < T:
            states = advance(states, xs[t])
    return np.einsum("s,tmsk->tkm", SHARES, states) / d[:, None, :]


def lstm_unit_advance(unit):
    """Return a step of one unit, by the core's own three stages; memories (c, h)."""
    def advance(states, x):
        s = step(unit, states[..., 0], states[..., 1], float(x))
        return np.stack([s.c, s.h], axis=-1)
    return advance


def rnn_unit_advance(unit):
    """Return a step of one plain RNN, by the core's rnn_step; memory (h,)."""
    return lambda states, x: rnn_step(unit, states, float(x)).h


def lstm_layer_advance(W):
    """Return a step of many cells, written from the equations; memories (c of every cell, h of every cell)."""
    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    def advance(states, x):
        c, h = np.split(states, 2, axis=-1)
        f, i, g, o = np.split(h @ W[:, :h.shape[-1]].T + W[:, h.shape[-1]:] @ np.append(x, 1), 4, axis=-1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        return np.concatenate([c, sigmoid(o) * np.tanh(c)], axis=-1)
    return advance


def rnn_layer_advance(W):
    """Return a step of a plain RNN of many cells; memories (h of every cell)."""
    return lambda h, x: np.tanh(h @ W[:, :len(W)].T + W[:, len(W):] @ np.append(x, 1))


def blocks(jacobians):
    """Cut d (c, h) / d (c, h) down to what the core returns: d c / d c and d h / d h."""
    n = jacobians.shape[-1] // 2
    return jacobians[:, :n, :n], jacobians[:, n:, n:]


def last_steps_are_the_identity(flow):
    """Tell whether a change at the last step is worth itself, exactly."""
    return np.array_equal(flow[-1], np.eye(flow.shape[1]))


SETTINGS = pytest.mark.parametrize("seed", range(20))


def slider_setting(seed):
    """Return a random generator, T and the inputs of one setting of the lesson's sliders."""
    rng = np.random.default_rng(seed)
    T = int(rng.integers(2, 201))
    return rng, T, np.full(T, rng.uniform(0, 2))


def unit_with_forget_bias(b):
    """Return the video's unit with another bias in its forget gate."""
    forget = Gate(VIDEO_UNIT.forget.w, VIDEO_UNIT.forget.u, b)
    return LSTMUnit(forget, VIDEO_UNIT.input, VIDEO_UNIT.candidate, VIDEO_UNIT.output)


@SETTINGS
def test_one_lstm_unit_at_the_settings_of_the_sliders(seed):
    rng, T, xs = slider_setting(seed)
    unit, (c, h) = unit_with_forget_bias(rng.uniform(-2, 8)), rng.uniform(-1, 1, 2)
    flow = lstm_gradient_flow(weight_matrix(unit), xs, [c], [h])
    for exact, measured in zip(flow, blocks(differences(lstm_unit_advance(unit), [c, h], xs)), strict=True):
        assert exact.shape == (T + 1, 1, 1) and last_steps_are_the_identity(exact)
        np.testing.assert_allclose(exact, measured, **MEASURABLE)


@SETTINGS
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_one_plain_rnn_at_the_settings_of_the_sliders(activation, seed):
    rng, T, xs = slider_setting(seed)
    unit, h = RNNUnit(w=rng.uniform(0, 2.5), u=1, b=0, activation=activation), rng.uniform(-1, 1)
    flow = rnn_unit_gradient_flow(unit, xs, h)
    assert flow.shape == (T + 1,) and flow[-1] == 1
    np.testing.assert_allclose(flow, differences(rnn_unit_advance(unit), [h], xs)[:, 0, 0], **MEASURABLE)


@SETTINGS
def test_the_flow_of_a_unit_is_that_of_a_matrix_with_one_cell(seed):
    rng, T, xs = slider_setting(seed)
    unit, (c, h) = unit_with_forget_bias(rng.uniform(-2, 8)), rng.uniform(-1, 1, 2)
    for one, [other] in zip(unit_gradient_flow(unit, xs, c, h),
                            zip(lstm_gradient_flow(weight_matrix(unit), xs, [c], [h])), strict=True):
        assert one.shape == (T + 1,) and one[-1] == 1
        np.testing.assert_allclose(one, other[:, 0, 0], rtol=1e-10, atol=1e-300)
    rnn = RNNUnit(w=rng.uniform(0, 2.5), u=1, b=0)
    expected = rnn_gradient_flow(weight_matrix(rnn), xs, [h])[:, 0, 0]
    np.testing.assert_allclose(rnn_unit_gradient_flow(rnn, xs, h), expected, rtol=1e-10, atol=1e-300)
    by_array = unit_gradient_flow(unit, np.array([0.5, 1]), 0, 0)
    np.testing.assert_array_equal(unit_gradient_flow(unit, [0.5, 1]), by_array)


@SETTINGS
@pytest.mark.parametrize("of_a_unit", [False, True])
def test_what_has_vanished_still_has_its_digits(seed, of_a_unit):
    """What no difference can measure: the steps' Jacobians multiplied out, with slopes that keep every digit."""
    rng, T, xs = slider_setting(seed)
    unit, (c, h) = unit_with_forget_bias(rng.uniform(-2, 8)), rng.uniform(-1, 1, 2)
    flow = lstm_gradient_flow(weight_matrix(unit), xs, [c], [h])
    if of_a_unit:
        flow = flow._make(way[:, np.newaxis, np.newaxis] for way in unit_gradient_flow(unit, xs, c, h))
    product = np.eye(2)
    for t, s in reversed(list(enumerate(unroll(unit, xs, c, h)))):
        c_by_h = (unit.forget.w * sigmoid_slope(s.forget.a_f) * s.c_prev
                  + unit.input.w * sigmoid_slope(s.input.a_i) * s.input.g
                  + unit.candidate.w * tanh_slope(s.input.a_g) * s.input.i)
        h_by_c = s.output.o * tanh_slope(s.c)
        h_by_h = h_by_c * c_by_h + unit.output.w * sigmoid_slope(s.output.a_o) * s.output.tanh_c
        product = product @ [[s.forget.f, c_by_h], [h_by_c * s.forget.f, h_by_h]]
        np.testing.assert_allclose([flow.c[t, 0, 0], flow.h[t, 0, 0]], product.diagonal(), rtol=1e-9, atol=1e-300)


CELLS = pytest.mark.parametrize("n, m", [(1, 2), (2, 1), (3, 2), (16, 1), (5, 4)])


@CELLS
@pytest.mark.parametrize("seed", range(4))
def test_many_lstm_cells(n, m, seed):
    rng = np.random.default_rng([n, m, seed])
    W, xs = rng.uniform(-1, 1, (4 * n, n + m + 1)), rng.uniform(-2, 2, (12, m))
    memories = rng.uniform(-1, 1, 2 * n)
    flow = lstm_gradient_flow(W, xs, memories[:n], memories[n:])
    for exact, measured in zip(flow, blocks(differences(lstm_layer_advance(W), memories, xs)), strict=True):
        assert exact.shape == (13, n, n) and last_steps_are_the_identity(exact)
        np.testing.assert_allclose(exact, measured, **MEASURABLE)


@CELLS
@pytest.mark.parametrize("seed", range(4))
def test_many_cells_of_a_plain_rnn(n, m, seed):
    rng = np.random.default_rng([n, m, seed])
    W, xs = rng.uniform(-1, 1, (n, n + m + 1)), rng.uniform(-2, 2, (12, m))
    h = rng.uniform(-1, 1, n)
    flow = rnn_gradient_flow(W, xs, h)
    assert flow.shape == (13, n, n) and last_steps_are_the_identity(flow)
    np.testing.assert_allclose(flow, differences(rnn_layer_advance(W), h, xs), **MEASURABLE)


def test_memories_that_are_left_out_are_zero_and_inputs_may_be_a_plain_list():
    W, xs = weight_matrix(VIDEO_UNIT), list(COMPANY_B)
    np.testing.assert_array_equal(lstm_gradient_flow(W, xs), lstm_gradient_flow(W, np.c_[xs], [0.0], [0.0]))
    W = weight_matrix(VIDEO_RNN)
    np.testing.assert_array_equal(rnn_gradient_flow(W, xs), rnn_gradient_flow(W, np.c_[xs], [0.0]))


def test_the_matrix_of_a_unit_holds_its_weights_gate_by_gate():
    assert weight_matrix(VIDEO_UNIT).tolist() == [
        [2.70, 1.63, 1.62], [2.00, 1.65, 0.62], [1.41, 0.94, -0.32], [4.38, -0.19, 0.59]]
    assert weight_matrix(VIDEO_RNN).tolist() == [[-0.5, 1.8, 0.0]]


# --------------------------------------------------------------------------------------------- known by hand

def steps_left(T):
    """Return T - t for t = 0 ... T."""
    return np.arange(T, -1, -1)


@pytest.mark.parametrize("w, factor, text", [(2.0, 2 ** 50, "1,125,899,906,842,624"), (0.5, 0.5 ** 50, "8.88e-16")])
def test_a_linear_rnn_multiplies_by_its_weight(w, factor, text):
    """The exploding and the vanishing example of the video; powers of two have no rounding."""
    flow = rnn_unit_gradient_flow(RNNUnit(w, 1, 0, activation="linear"), np.ones(50))
    assert np.array_equal(flow, w ** steps_left(50)) and flow[0] == factor
    assert text in (f"{flow[0]:,.0f}", f"{flow[0]:.2e}")


def test_a_tanh_at_rest_is_linear():
    """With nothing coming in the memory stays 0, where the tanh has slope 1."""
    assert np.array_equal(rnn_gradient_flow([[2.0, 1, 0]], np.zeros(200))[:, 0, 0], 2.0 ** steps_left(200))


def test_a_relu_lets_through_all_or_nothing():
    xs = [1, 1, -9, 1, 1]  # the third sum is negative: nothing from before it comes through
    assert rnn_unit_gradient_flow(RNNUnit(2, 1, 0, activation="relu"), xs).tolist() == [0, 0, 0, 4, 2, 1]


@pytest.mark.parametrize("bias, printed", [(0, "8.88e-16"), (1, "1.58e-07"), (5, "7.15e-01")])
def test_a_forget_bias_over_fifty_steps(bias, printed):
    unit = LSTMUnit(Gate(0, 0, bias), *3 * [Gate(0, 1, 0)])
    flow = lstm_gradient_flow(weight_matrix(unit), np.ones(50)).c[:, 0, 0]
    np.testing.assert_allclose(flow, (1 / (1 + math.exp(-bias))) ** steps_left(50), rtol=1e-13)
    assert f"{flow[0]:.2e}" == printed


@pytest.mark.parametrize("n", [1, 3])
def test_without_short_term_paths_the_flow_is_the_product_of_the_forget_gates(n):
    rng = np.random.default_rng(n)
    W, xs = rng.uniform(-2, 2, (4 * n, n + 3)), rng.uniform(-2, 2, (30, 2))
    W[:, :n] = 0
    flow = lstm_gradient_flow(W, xs, rng.uniform(-1, 1, n), rng.uniform(-1, 1, n))
    f = 1 / (1 + np.exp(-(xs @ W[:n, n:-1].T + W[:n, -1])))
    for t in range(31):
        np.testing.assert_allclose(flow.c[t], np.diag(f[t:].prod(axis=0)), rtol=1e-13, atol=0)
    assert not flow.h[:-1].any()  # a change of a short-term memory that nothing reads is worth nothing


@pytest.mark.parametrize("unit, company, printed", [
    (VIDEO_UNIT, COMPANY_A, "0.7165"), (VIDEO_UNIT_4_DIGITS, COMPANY_A, "0.7164"),
    (VIDEO_UNIT, COMPANY_B, "0.9330"), (VIDEO_UNIT_4_DIGITS, COMPANY_B, "0.9332"),
], ids=["A, 2 digits", "A, 4 digits", "B, 2 digits", "B, 4 digits"])
def test_the_forget_gates_of_the_two_companies(unit, company, printed):
    """Days 2 to 4.  The gates are given the sums of the real days as inputs, and so no path through h."""
    days = unroll(unit, company)
    sums = [[day.forget.a_f, day.input.a_i, day.input.a_g, day.output.a_o] for day in days]
    flow = lstm_gradient_flow(np.hstack([np.zeros((4, 1)), np.eye(4), np.zeros((4, 1))]), sums).c[:, 0, 0]
    np.testing.assert_allclose(flow[1], math.prod(day.forget.f for day in days[1:]), rtol=1e-13)
    assert f"{flow[1]:.4f}" == printed


# ------------------------------------------------------------------------------------------- the chain of the steps

def test_the_flow_of_a_plain_rnn_is_that_of_its_second_part_times_that_of_its_first():
    rng = np.random.default_rng(1994)
    W, xs, h = rng.uniform(-1, 1, (3, 6)), rng.uniform(-1, 1, (20, 2)), rng.uniform(-1, 1, 3)
    half = h
    for x in xs[:8]:
        half = rnn_layer_advance(W)(half, x)
    whole = rnn_gradient_flow(W, xs, h)
    first, second = rnn_gradient_flow(W, xs[:8], h), rnn_gradient_flow(W, xs[8:], half)
    np.testing.assert_allclose(whole[:9], second[0] @ first, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(whole[8:], second, rtol=1e-12, atol=1e-14)


def lstm_after(W, c, xs):
    """Return the memories (c, h) after the inputs, from the start (c, 0)."""
    memories = np.append(c, 0 * c)
    for x in xs:
        memories = lstm_layer_advance(W)(memories, x)
    return memories


def test_behind_a_closed_output_gate_the_flow_of_an_lstm_is_that_of_its_parts():
    """With h at 1e-44 every path from c to c runs along c, and the blocks returned say it all."""
    rng = np.random.default_rng(1997)
    W, xs, c = rng.uniform(-1, 1, (12, 5)), rng.uniform(-1, 1, (20, 1)), rng.uniform(-1, 1, 3)
    W[9:, -1] = -100
    half, _ = np.split(lstm_after(W, c, xs[:8]), 2)
    whole = lstm_gradient_flow(W, xs, c).c
    first, second = lstm_gradient_flow(W, xs[:8], c).c, lstm_gradient_flow(W, xs[8:], half).c
    np.testing.assert_allclose(whole[:9], second[0] @ first, rtol=1e-12, atol=1e-40)
    np.testing.assert_allclose(whole[8:], second, rtol=1e-12)


# ------------------------------------------------------------- eigenvalues mislead, singular values do not

# h_1 is held where the tanh has slope 1, h_2 where it has slope 1 - 0.95^2; see the test.
K = 3
HELD = K * np.array([[1, -1], [1, -1]])
HELD_W = np.c_[HELD, np.zeros(2), [0.95 * K, math.atanh(0.95) + 0.95 * K]]
HELD_H, NOTHING = np.array([0, 0.95]), np.zeros(20)


def test_eigenvalues_of_zero_do_not_stop_a_tanh_rnn_from_exploding():
    """Pascanu, Mikolov and Bengio 2013: with unequal slopes the eigenvalues of W_h say nothing about the product."""
    assert not (HELD @ HELD).any()  # a matrix whose square is 0 has no eigenvalue but 0
    norms = np.linalg.norm(rnn_gradient_flow(HELD_W, NOTHING, HELD_H), ord=2, axis=(1, 2))
    assert norms[0] > 1e6
    # J = diag(1, 1 - 0.95^2) W_h is of rank 1; the eigenvalue that the slopes leave it is its trace.
    np.testing.assert_allclose(norms[:10] / norms[1:11], K * 0.95 ** 2, rtol=1e-6)


def test_the_exploding_rnn_with_eigenvalues_of_zero_is_no_slip_of_ours():
    measured = differences(rnn_layer_advance(HELD_W), HELD_H, NOTHING[:4])
    np.testing.assert_allclose(rnn_gradient_flow(HELD_W, NOTHING[:4], HELD_H), measured, **MEASURABLE)


@pytest.mark.parametrize("n", [1, 2, 8, 32])
def test_singular_values_below_one_make_a_tanh_rnn_forget(n):
    """Their sufficient condition for vanishing: each step shortens every change by the largest singular value."""
    for seed in range(10):
        rng = np.random.default_rng([n, seed])
        W = rng.normal(size=(n, n + 2))
        W[:, :n] *= 0.95 / np.linalg.norm(W[:, :n], ord=2)
        flow = rnn_gradient_flow(W, rng.normal(size=60), rng.normal(size=n))
        assert (np.linalg.norm(flow, ord=2, axis=(1, 2)) <= 0.95 ** steps_left(60) * (1 + 1e-12)).all()


# --------------------------------------------------------------------------------------- the ends of the floats

@pytest.fixture
def no_warning():
    """Make every warning of NumPy an error; an underflow to 0 never is one."""
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        yield


def powers(w):
    """Return w^(T - t) for T = 200: beyond the floats inf or 0."""
    with np.errstate(over="ignore"):
        return np.power(w, steps_left(200), dtype=float)


@pytest.mark.parametrize("w, end", [(1e3, math.inf), (-1e3, math.inf), (1e-3, 0)])
def test_beyond_the_floats_the_flow_is_infinite_or_zero(w, end, no_warning):
    flow = rnn_gradient_flow([[w, 1, 0]], np.zeros(200))[:, 0, 0]
    assert flow[0] == end
    np.testing.assert_allclose(flow, powers(w), rtol=1e-12, atol=1e-307)  # below, digits are few


def test_an_overflow_in_one_cell_leaves_the_other_cells_alone(no_warning):
    flow = rnn_gradient_flow([[1e3, 0, 1, 0], [0, 0.5, 1, 0]], np.zeros(200))
    np.testing.assert_allclose(flow[:, 0, 0], powers(1e3), rtol=1e-12)
    np.testing.assert_array_equal(flow[:, 1, 1], powers(0.5))
    assert not flow[:, [0, 1], [1, 0]].any()


def test_an_lstm_overflows_in_one_cell_alone_and_without_a_nan(no_warning):
    """Two cells apart, all gates open: a step multiplies a change by about 1 + W_g, so by 1e4 and by 1.0001."""
    W = np.zeros((8, 4))
    W[[0, 1, 2, 3, 6, 7], -1] = 1000
    W[4:6, :2] = np.diag([1e4, 1e-4])
    c, h = lstm_gradient_flow(W, np.zeros(200))
    np.testing.assert_allclose([c[0, 1, 1], h[0, 1, 1]], [1.0001 ** 199, 1e-4 * 1.0001 ** 199], rtol=1e-12)
    for flow in (c, h):
        assert flow[0, 0, 0] == math.inf and not flow[:, [0, 1], [1, 0]].any()


def test_a_unit_overflows_to_infinity_and_underflows_to_zero_and_is_never_nan(no_warning):
    linear = RNNUnit(w=1e3, u=1, b=0, activation="linear")
    np.testing.assert_allclose(rnn_unit_gradient_flow(linear, np.ones(200)), powers(1e3), rtol=1e-12)
    relu = rnn_unit_gradient_flow(RNNUnit(w=1e3, u=1, b=0, activation="relu"), np.append(-1, np.ones(199)))
    # Nothing comes through a closed relu, not even an overflow.
    assert relu[0] == 0 and relu[1] == math.inf
    # All gates open and no sum far from 0: a step multiplies a change of h by about 1e4.
    opened = LSTMUnit(Gate(0, 0, 1000), Gate(0, 0, 1000), Gate(1e4, 0, 0), Gate(0, 0, 1000))
    c, h = unit_gradient_flow(opened, np.zeros(200))
    assert c[0] == h[0] == math.inf and c[-1] == h[-1] == 1 and not np.isnan([c, h]).any()
    closed = LSTMUnit(Gate(0, 0, -10), Gate(0, 0, -1000), Gate(0, 0, 0), Gate(0, 0, 0))
    assert unit_gradient_flow(closed, np.zeros(200)).c[0] == 0


def test_an_overflow_beside_it_leaves_a_number_its_digits(no_warning):
    """In the same row stands 10^400, or what d h is worth, 10^332: neither is within the floats."""
    flow = rnn_gradient_flow([[10, 0, 0, 0], [1, 0.5, 0, 0]], np.zeros(400))
    np.testing.assert_allclose(flow[[0, 95], 1, 1], [0.5 ** 400, 0.5 ** 305], rtol=1e-12)
    kept = LSTMUnit(Gate(1, 0, 20), Gate(0, 0, -30), Gate(0, 0, 0), Gate(200, 0, -100))
    assert math.isclose(unit_gradient_flow(kept, np.zeros(200), 1000, 0.5).c[0], 1, rel_tol=1e-6)


def test_what_has_left_the_floats_on_its_way_comes_back(no_warning):
    """The last two steps leave 16 e^-810 of a change, and the 500 before multiply it by 5 each."""
    flow = rnn_unit_gradient_flow(RNNUnit(5, 1, 0), [0] * 500 + [200, 200])
    assert math.isclose(flow[0], math.exp(502 * math.log(5) + math.log(16) - 810), rel_tol=1e-11)
    np.testing.assert_allclose(rnn_gradient_flow([[5, 1, 0]], [0] * 500 + [200, 200])[:, 0, 0], flow, rtol=1e-12)


def test_the_largest_weights_and_inputs_give_no_nan(no_warning):
    for signs in (1, -1):
        W, xs, start = np.full((8, 4), signs * LARGEST), np.array([1, -1, 1, 1]) * LARGEST, [LARGEST, -LARGEST]
        assert not np.isnan(rnn_gradient_flow(W[:2], xs, start)).any()
        assert not np.isnan(lstm_gradient_flow(W, xs, start, start)).any()


# ------------------------------------------------------------------------------------------------- clipping

GRADIENTS = [np.array([3.0, -4.0]), np.array([[1e-9, 2e9], [-3.0, 0.0]]), np.array(7.0), -2.0,
             np.random.default_rng(2013).normal(size=(4, 3, 2))]


@pytest.mark.parametrize("g", GRADIENTS)
@pytest.mark.parametrize("share", [0.999, 0.5, 1e-9])
def test_a_longer_gradient_keeps_its_direction_and_gets_the_length_of_the_limit(g, share):
    norm = math.sqrt(np.sum(np.square(g)))
    clipped = clip_by_norm(g, share * norm)
    np.testing.assert_allclose(math.sqrt(np.sum(np.square(clipped))), share * norm, rtol=1e-12)
    np.testing.assert_allclose(clipped / share, g, rtol=1e-12)


@pytest.mark.parametrize("g", GRADIENTS)
@pytest.mark.parametrize("room", [1.001, 1e9])
def test_a_shorter_gradient_is_left_alone(g, room):
    before = np.copy(g)
    np.testing.assert_array_equal(clip_by_norm(g, room * math.sqrt(np.sum(np.square(g)))), before)
    np.testing.assert_array_equal(g, before)


def test_a_gradient_as_long_as_the_limit_is_left_alone_and_the_one_given_is_never_changed():
    g = np.array([3.0, -4.0])
    assert clip_by_norm(g, 5).tolist() == [3, -4]
    assert clip_by_norm(g, 1).tolist() == pytest.approx([0.6, -0.8], rel=1e-15)
    assert g.tolist() == [3, -4]


@pytest.mark.parametrize("limit", [1e-100, 1, 1e100])
def test_a_gradient_of_zero_stays_zero(limit, no_warning):
    assert clip_by_norm(np.zeros(3), limit).tolist() == [0, 0, 0]


def test_the_smallest_and_the_largest_gradients_are_clipped_too(no_warning):
    for size in (1e-200, LARGEST):
        clipped = clip_by_norm([0.6 * size, 0.8 * size], size / 2)
        np.testing.assert_allclose(clipped, [0.3 * size, 0.4 * size], rtol=1e-12)
