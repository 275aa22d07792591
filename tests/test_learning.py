"""Backward passes against numerical differentiation, layers against the unit, and what must hold for every layer.

The rival of every gradient is a difference of losses, computed forward only: it knows nothing of the chain rule.
"""
import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import lstm_layers
from lesson.data.one_unit import UnitPredictor
from lstm_core import COMPANY_A, COMPANY_B, LARGEST, VIDEO_START, VIDEO_UNIT, Gate, LSTMUnit, forget_stage
from lstm_core import forget_stage_backward, input_stage, input_stage_backward, output_stage, output_stage_backward
from lstm_core import sigmoid_slope, step, step_backward, tanh_slope, unroll, unroll_backward
from lstm_layers import SGD, Adam, LSTMLayer, Predictor, RNNLayer, numerical_gradient, random_weights
from lstm_layers import train, weight_matrix
from test_gradient_flow import MOVES, SHARES, D

# The same sizes in every run: a failure can be seen again.
TRIES = settings(max_examples=30, derandomize=True, deadline=None, database=None)
SEEDS, FEW, STEPS = some.integers(0, 2 ** 32 - 1), some.integers(1, 3), some.integers(1, 6)
# Sums of up to 6 steps and 3 sequences: the errors of a difference, which test_gradient_flow.py explains, are below.
MEASURED = dict(rtol=1e-7, atol=1e-9)
LAST_BITS = dict(rtol=1e-13, atol=1e-14)


def uniform(rng, *shape, size=1.0):
    """Return random numbers between -size and size: an array, or one float."""
    return rng.uniform(-size, size, shape or None)


def measured(loss, array):
    """Return d loss() / d each number of the array, which is moved in place; a loss may be an array itself."""
    slopes = []
    for place, value in np.ndenumerate(array):
        losses = []
        for move in MOVES:
            array[place] = value + move * D
            losses.append(loss())
        array[place] = value
        slopes.append(np.tensordot(SHARES, losses, 1) / D)
    return np.reshape(slopes, array.shape + np.shape(slopes[0]))


# -------------------------------------------------------------------------------------------- the unit's stages

BOTH_KINDS = some.sampled_from([(), (2, 3)])  # one float, or an array of this shape


def numbers(seed, names, shape):
    """Return random floats or arrays by name."""
    rng = np.random.default_rng(seed)
    return {name: uniform(rng, *shape, size=2.0) for name in names.split()}


def same_slopes(loss, inputs, slopes):
    """Fail unless each slope, by name, is what the loss of all inputs does when that input moves."""
    for name, slope in slopes.items():
        near = [loss(**{**inputs, name: inputs[name] + move * D}) for move in MOVES]
        np.testing.assert_allclose(slope, np.tensordot(SHARES, near, 1) / D, **MEASURED, err_msg=name)
        assert type(slope) is type(inputs[name])


@TRIES
@given(seed=SEEDS, shape=BOTH_KINDS)
def test_stage_1_backward(seed, shape):
    inputs = numbers(seed, "w u b c h", shape)
    x, dkept = numbers(seed + 1, "x dkept", shape).values()

    def forward(w, u, b, c, h):
        return forget_stage(Gate(w, u, b), c, h, x)
    stage = forward(**inputs)
    back = forget_stage_backward(Gate(inputs["w"], inputs["u"], inputs["b"]), stage, inputs["c"], inputs["h"], x, dkept)
    same_slopes(lambda **moved: dkept * forward(**moved).kept, inputs,
                dict(zip("wub", back.gate), c=back.dc, h=back.dh))
    np.testing.assert_allclose(back.df, dkept * inputs["c"], **LAST_BITS)
    np.testing.assert_allclose(back.da_f, back.df * sigmoid_slope(stage.a_f), **LAST_BITS)


@TRIES
@given(seed=SEEDS, shape=BOTH_KINDS)
def test_stage_2_backward(seed, shape):
    inputs = numbers(seed, "candidate_w candidate_u candidate_b w u b kept h", shape)
    x, dc = numbers(seed + 1, "x dc", shape).values()

    def gates(candidate_w, candidate_u, candidate_b, w, u, b, **_):
        return Gate(candidate_w, candidate_u, candidate_b), Gate(w, u, b)

    def forward(kept, h, **weights):
        return input_stage(*gates(**weights), kept, h, x)
    stage = forward(**inputs)
    back = input_stage_backward(*gates(**inputs), stage, inputs["h"], x, dc)
    same_slopes(lambda **moved: dc * forward(**moved).c, inputs,
                dict(zip(inputs, back.candidate + back.gate), kept=back.dkept, h=back.dh))
    np.testing.assert_allclose([back.dg, back.di], [dc * stage.i, dc * stage.g], **LAST_BITS)
    np.testing.assert_allclose(back.da_g, back.dg * tanh_slope(stage.a_g), **LAST_BITS)
    np.testing.assert_allclose(back.da_i, back.di * sigmoid_slope(stage.a_i), **LAST_BITS)


@TRIES
@given(seed=SEEDS, shape=BOTH_KINDS)
def test_stage_3_backward_with_both_carried_gradients(seed, shape):
    inputs = numbers(seed, "w u b c h", shape)
    x, dc, dh = numbers(seed + 1, "x dc dh", shape).values()

    def forward(w, u, b, c, h):
        return output_stage(Gate(w, u, b), c, h, x)
    stage = forward(**inputs)
    back = output_stage_backward(Gate(inputs["w"], inputs["u"], inputs["b"]), stage, inputs["h"], x, dc, dh)
    same_slopes(lambda **moved: dc * moved["c"] + dh * forward(**moved).h, inputs,
                dict(zip("wub", back.gate), c=back.dc, h=back.dh))
    np.testing.assert_allclose(back.do, dh * stage.tanh_c, **LAST_BITS)
    np.testing.assert_allclose(back.da_o, back.do * sigmoid_slope(stage.a_o), **LAST_BITS)


def unit_of(W):
    """Return the LSTMUnit with the weights of a matrix (4, 3)."""
    return LSTMUnit(*(Gate(*row) for row in np.asarray(W, float).tolist()))


@TRIES
@given(seed=SEEDS, shape=BOTH_KINDS)
def test_a_step_backward_with_both_carried_gradients(seed, shape):
    inputs = numbers(seed, "c h", shape)
    x, dc, dh = numbers(seed + 1, "x dc dh", shape).values()
    W = uniform(np.random.default_rng(seed), 4, 3, size=2.0)

    def loss(c, h):
        done = step(unit_of(W), c, h, x)
        return dc * done.c + dh * done.h
    back = step_backward(unit_of(W), step(unit_of(W), **inputs, x=x), dc, dh)
    same_slopes(loss, inputs, {"c": back.dc, "h": back.dh})
    np.testing.assert_allclose(back.gradient, measured(lambda: loss(**inputs), W), **MEASURED)


@TRIES
@given(seed=SEEDS, T=STEPS, B=some.sampled_from([None, 1, 3]))
def test_all_steps_backward(seed, T, B):
    """On floats (B is None), and on arrays, where each element is a sequence of its own."""
    rng, shape = np.random.default_rng(seed), () if B is None else (B,)
    W, xs = uniform(rng, 4, 3, size=1.5), uniform(rng, T, *shape, size=2.0)
    c, h, dh = (uniform(rng, *shape) for _ in range(3))
    steps = unroll(unit_of(W), xs, c, h)
    backs = unroll_backward(unit_of(W), steps, dh)
    assert len(backs) == T
    total = sum(np.array(back.gradient) for back in backs)
    np.testing.assert_allclose(total, measured(lambda: dh * unroll(unit_of(W), xs, c, h)[-1].h, W), **MEASURED)
    for t, (done, back) in enumerate(zip(steps, backs)):  # the memories before each step, the first one's too
        same_slopes(lambda c, h: dh * unroll(unit_of(W), xs[t:], c, h)[-1].h,  # noqa: B023  (called at once)
                    {"c": done.c_prev, "h": done.h_prev}, {"c": back.dc, "h": back.dh})


@TRIES
@given(seed=SEEDS, T=STEPS)
def test_the_gradient_of_a_unit_that_learns(seed, T):
    rng = np.random.default_rng(seed)
    model, xs, target = UnitPredictor(unit_of(uniform(rng, 4, 3, size=1.5))), uniform(rng, T, size=2.0), uniform(rng)
    loss, gradient = model.gradient(xs, target)
    assert type(loss) is float and loss == (model.predict(xs) - target) ** 2
    for parameter, slopes in zip(model.parameters, gradient, strict=True):
        np.testing.assert_allclose(slopes, measured(lambda: (model.predict(xs) - target) ** 2, parameter), **MEASURED)


# ------------------------------------------------------------------------------------------------- the layers

BOTH_LAYERS = pytest.mark.parametrize("kind", [LSTMLayer, RNNLayer])


def random_layer(kind, rng, n, m, size=1.0):
    """Return a layer with random weights."""
    return kind(uniform(rng, kind.gates * n, n + m + 1, size=size))


def memories(kind, rng, n, B):
    """Return random memories before the first step, by name."""
    return {name: uniform(rng, n, B) for name in ("ch" if kind is LSTMLayer else "h")}


@BOTH_LAYERS
@TRIES
@given(seed=SEEDS, n=FEW, m=FEW, T=STEPS, B=FEW)
def test_a_layer_backward(kind, seed, n, m, T, B):
    """The loss reads the short-term memories of all steps, and the last long-term memory."""
    rng = np.random.default_rng(seed)
    layer, start = random_layer(kind, rng, n, m), memories(kind, rng, n, B)
    xs, dh, dc = uniform(rng, T, m, B, size=2.0), uniform(rng, T, n, B), uniform(rng, n, B)

    def loss():
        hs = layer.forward(xs, **start)
        return np.sum(dh * hs) + (np.sum(dc * layer.C[T]) if kind is LSTMLayer else 0)
    loss()
    back = layer.backward(dh, dc) if kind is LSTMLayer else layer.backward(dh)
    np.testing.assert_allclose(back.W, measured(loss, layer.W), **MEASURED)
    for name, memory in start.items():
        np.testing.assert_allclose(getattr(back, name), measured(loss, memory), **MEASURED)


def predictor(kind, rng, n, m, k=0):
    """Return a Predictor with random weights, whose readout has k outputs if that is not 0."""
    return Predictor(random_layer(kind, rng, n, m), uniform(rng, k, n + 1) if k else None)


@BOTH_LAYERS
@TRIES
@given(seed=SEEDS, n=FEW, m=FEW, T=STEPS, B=FEW, k=some.integers(0, 2), all_steps=some.booleans())
def test_the_gradient_of_a_layer_that_learns(kind, seed, n, m, T, B, k, all_steps):
    rng = np.random.default_rng(seed)
    model, xs, targets = predictor(kind, rng, n, m, k), uniform(rng, T, m, B, size=2.0), uniform(rng, k or n, B)
    lengths = None if all_steps else rng.integers(1, T + 1, B)

    def mean_square():
        return np.mean((model.predict(xs, lengths) - targets) ** 2)
    loss, gradient = model.gradient(xs, targets, lengths)
    assert type(loss) is float and loss == pytest.approx(mean_square(), rel=1e-13)
    for parameter, slopes in zip(model.parameters, gradient, strict=True):
        np.testing.assert_allclose(slopes, measured(mean_square, parameter), **MEASURED)
    assert len(gradient) == (2 if k else 1)


@BOTH_LAYERS
def test_lengths_read_each_sequence_at_its_own_end(kind):
    rng = np.random.default_rng(4)
    model, xs, lengths = predictor(kind, rng, 3, 2, k=2), uniform(rng, 6, 2, 4), [1, 6, 3, 3]
    for b, length in enumerate(lengths):
        alone = model.predict(xs[:length, :, [b]])
        np.testing.assert_allclose(model.predict(xs, lengths)[:, [b]], alone, **LAST_BITS)
    np.testing.assert_array_equal(model.predict(xs, [6] * 4), model.predict(xs))


@pytest.mark.parametrize("model, batch", [
    (UnitPredictor(VIDEO_START), (COMPANY_B, 1.0)),
    (predictor(LSTMLayer, np.random.default_rng(1), 2, 1, k=1), (np.ones((3, 1, 2)), np.ones((1, 2)))),
    (predictor(RNNLayer, np.random.default_rng(2), 2, 1), (np.ones((3, 1, 2)), np.ones((2, 2)), [1, 3])),
], ids=["unit", "LSTM", "RNN"])
def test_the_cores_own_numerical_gradient(model, batch):
    before = copy.deepcopy(model.parameters)
    numerical, (_, exact) = numerical_gradient(model, *batch), model.gradient(*batch)
    for one, other, parameter in zip(numerical, exact, model.parameters, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(
            one, measured(lambda: model.gradient(*batch)[0], parameter), rtol=1e-6, atol=1e-9)  # noqa: B023
    rough = numerical_gradient(model, *batch, step=0.1)
    assert 1e-5 < np.abs(rough[0] - exact[0]).max() < 0.1
    np.testing.assert_equal(model.parameters, before)


class Stopping(UnitPredictor):
    """A unit that is stopped while its fifth gradient is asked for."""
    asked = 0

    def gradient(self, xs, target):
        self.asked += 1
        if self.asked == 5:
            raise KeyboardInterrupt
        return super().gradient(xs, target)


def test_a_numerical_gradient_that_is_stopped_leaves_the_parameters_alone():
    model = Stopping(VIDEO_START)
    with pytest.raises(KeyboardInterrupt):
        numerical_gradient(model, COMPANY_B, 1.0)
    assert model.unit == VIDEO_START


# ------------------------------------------------------------------------------------------- unit against layer

@TRIES
@given(seed=SEEDS, T=STEPS, B=FEW)
def test_a_layer_of_one_cell_is_the_unit(seed, T, B):
    rng = np.random.default_rng(seed)
    W, xs, (c, h, dh) = uniform(rng, 4, 3, size=2.0), uniform(rng, T, B, size=2.0), uniform(rng, 3, B)
    steps, layer = unroll(unit_of(W), xs, c, h), LSTMLayer(W)
    hs = layer.forward(xs[:, None], c[None], h[None])
    np.testing.assert_allclose(hs[:, 0], [done.h for done in steps], **LAST_BITS)
    np.testing.assert_allclose(layer.C[1:T + 1, 0], [done.c for done in steps], **LAST_BITS)

    backs, slopes = unroll_backward(unit_of(W), steps, dh), np.zeros((T, 1, B))
    slopes[-1] = dh
    back = layer.backward(slopes)
    np.testing.assert_allclose(back.W, sum(np.array(b.gradient) for b in backs).sum(axis=-1), **LAST_BITS)
    np.testing.assert_allclose([back.c[0], back.h[0]], [backs[0].dc, backs[0].dh], **LAST_BITS)


def test_a_layer_of_one_cell_that_learns_is_the_unit_that_learns():
    unit, layer = UnitPredictor(VIDEO_UNIT), Predictor(LSTMLayer(weight_matrix(VIDEO_UNIT)))
    for xs, target in ((COMPANY_A, 0.0), (COMPANY_B, 1.0), ((0.5,), -1.0)):
        (one, [by_unit]), (other, [by_layer]) = unit.gradient(xs, target), layer.gradient(column(xs), [[target]])
        assert one == pytest.approx(other, abs=1e-14)
        np.testing.assert_allclose(by_unit, by_layer, **LAST_BITS)
        assert unit.predict(xs) == pytest.approx(layer.predict(column(xs)).item(), abs=1e-14)
    assert unit.unit == VIDEO_UNIT


def column(xs):
    """Return one sequence of single inputs as a layer reads it: (T, 1, 1)."""
    return np.reshape(xs, (-1, 1, 1))


# ------------------------------------------------------------------------------------ what holds for every layer

def run(layer, xs, **start):
    """Return all short-term memories, and the last long-term memory if the layer has one."""
    hs = layer.forward(xs, **start)
    return (hs, layer.C[len(xs)]) if isinstance(layer, LSTMLayer) else (hs,)


SIZES = dict(seed=SEEDS, n=FEW, m=FEW, T=some.integers(2, 8), B=FEW)


@TRIES
@given(**SIZES)
def test_memories_of_a_layer_stay_in_their_bounds(seed, n, m, T, B):
    rng = np.random.default_rng(seed)
    layer = random_layer(LSTMLayer, rng, n, m, size=3.0)
    hs = layer.forward(uniform(rng, T, m, B, size=2.0), c=uniform(rng, n, B, size=5.0))
    assert np.abs(hs).max() < 1
    c = np.abs(layer.C[:T + 1])
    assert (c[1:] <= c[:-1] + 1).all()


@BOTH_LAYERS
@TRIES
@given(**SIZES)
def test_a_batch_is_its_sequences_one_by_one(kind, seed, n, m, T, B):
    rng = np.random.default_rng(seed)
    model, xs, targets = predictor(kind, rng, n, m, k=2), uniform(rng, T, m, B), uniform(rng, 2, B)
    loss, gradient = model.gradient(xs, targets)
    predictions = model.predict(xs)
    losses, gradients = zip(*(model.gradient(xs[:, :, [b]], targets[:, [b]]) for b in range(B)))
    np.testing.assert_allclose(loss, np.mean(losses), **LAST_BITS)
    for whole, *parts in zip(gradient, *gradients):
        np.testing.assert_allclose(whole, np.mean(parts, axis=0), **LAST_BITS)
    for b in range(B):
        np.testing.assert_allclose(predictions[:, [b]], model.predict(xs[:, :, [b]]), **LAST_BITS)


@BOTH_LAYERS
def test_a_large_batch_is_its_parts(kind):
    """A layer may work through many numbers in pieces; here they are more than fit into one."""
    rng = np.random.default_rng(64)
    n, parts = 64, np.split(np.arange(128), 16)
    layer, start = random_layer(kind, rng, n, 1, size=0.2), memories(kind, rng, n, 128)
    for T in (7, 6, 3):
        xs, dh = uniform(rng, T, 1, 128), uniform(rng, T, n, 128)
        whole, back, backs = run(layer, xs, **start), layer.backward(dh), []
        for part in parts:
            one = kind(layer.W)
            of_part = run(one, xs[:, :, part], **{name: memory[:, part] for name, memory in start.items()})
            for memory, memory_of_part in zip(whole, of_part, strict=True):
                np.testing.assert_allclose(memory[..., part], memory_of_part, rtol=0, atol=1e-13)
            backs.append(one.backward(dh[:, :, part]))
        np.testing.assert_allclose(back.W, sum(b.W for b in backs), rtol=0, atol=1e-11)
        for name in start:
            in_parts = np.hstack([getattr(b, name) for b in backs])
            np.testing.assert_allclose(getattr(back, name), in_parts, rtol=0, atol=1e-13)


@BOTH_LAYERS
@TRIES
@given(**SIZES)
def test_a_sequence_in_two_parts_is_the_whole(kind, seed, n, m, T, B):
    """Memories are carried forward, and their slopes are carried back."""
    rng = np.random.default_rng(seed)
    layer, start, cut = random_layer(kind, rng, n, m), memories(kind, rng, n, B), rng.integers(1, T)
    xs, dh = uniform(rng, T, m, B), uniform(rng, T, n, B)
    dc = [uniform(rng, n, B)] if kind is LSTMLayer else []
    whole = run(layer, xs, **start)
    back = layer.backward(dh, *dc)

    first = run(layer, xs[:cut], **start)
    carried = dict(zip("hc", (first[0][-1], *first[1:])))
    second = run(layer, xs[cut:], **carried)
    np.testing.assert_allclose(np.concatenate([first[0], second[0]]), whole[0], **LAST_BITS)
    np.testing.assert_allclose(second[1:], whole[1:], **LAST_BITS)

    second_back = layer.backward(dh[cut:], *dc)
    layer.forward(xs[:cut], **start)
    dh = dh[:cut].copy()
    dh[-1] += second_back.h
    first_back = layer.backward(dh, *([second_back.c] if dc else []))
    np.testing.assert_allclose(first_back.W + second_back.W, back.W, **LAST_BITS)
    np.testing.assert_allclose(first_back.h, back.h, **LAST_BITS)
    if dc:
        np.testing.assert_allclose(first_back.c, back.c, **LAST_BITS)


@BOTH_LAYERS
@TRIES
@given(**SIZES)
def test_cells_in_another_order_do_the_same_in_another_order(kind, seed, n, m, T, B):
    rng = np.random.default_rng(seed)
    layer, start, order = random_layer(kind, rng, n, m), memories(kind, rng, n, B), rng.permutation(n)
    xs, dh = uniform(rng, T, m, B), uniform(rng, T, n, B)

    def reordered(W):
        rows = W.reshape(kind.gates, n, -1)[:, order].reshape(W.shape)
        return np.hstack([rows[:, order], rows[:, n:]])
    other = kind(reordered(layer.W))
    hs = other.forward(xs, **{name: memory[order] for name, memory in start.items()})
    np.testing.assert_allclose(hs, layer.forward(xs, **start)[:, order], **LAST_BITS)
    np.testing.assert_allclose(other.backward(dh[:, order]).W, reordered(layer.backward(dh).W), **LAST_BITS)


@BOTH_LAYERS
@pytest.mark.parametrize("dtype, largest", [(np.float64, LARGEST), (np.float32, 1e12)])
def test_the_largest_weights_inputs_and_memories_give_finite_memories(kind, dtype, largest):
    for sign in (1, -1):
        layer = kind(np.full((2 * kind.gates, 5), sign * largest, dtype))
        layer.W[:, 1::2] *= -1
        start = {name: np.full((2, 3), largest) for name in ("ch" if kind is LSTMLayer else "h")}
        for memory in run(layer, largest * np.array([1.0, -1, 0, 1]).repeat(6).reshape(4, 2, 3), **start):
            assert np.isfinite(memory).all()


@BOTH_LAYERS
def test_single_precision_stays_single_and_agrees(kind):
    rng = np.random.default_rng(32)
    double, xs, targets = predictor(kind, rng, 8, 3, k=2), uniform(rng, 20, 3, 5), uniform(rng, 2, 5)
    xs = xs.astype(np.float32)  # either layer takes inputs of either precision
    single = Predictor(kind(double.layer.W.astype(np.float32)), double.V)
    loss, gradient = single.gradient(xs, targets)
    layer, start = single.layer, {name: np.zeros((8, 5)) for name in ("ch" if kind is LSTMLayer else "h")}
    back = layer.backward(np.ones_like(layer.forward(xs, **start)), *([start["c"]] if kind is LSTMLayer else []))
    arrays = [*single.parameters, *gradient, single.predict(xs), layer.forward(xs), back.W, back.h]
    arrays += [layer.C, back.c] if kind is LSTMLayer else []
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}
    for optimizer in (Adam, SGD):
        for _ in train(single, optimizer(single.parameters, 1e-9), [[(xs, targets)]], clip=1):
            assert {p.dtype for p in single.parameters} == {np.dtype(np.float32)}

    exact, exact_gradient = double.gradient(xs, targets)
    assert loss == pytest.approx(exact, abs=1e-5)
    np.testing.assert_allclose(single.predict(xs), double.predict(xs), rtol=0, atol=1e-5)
    for one, other in zip(gradient, exact_gradient, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-5)
    np.testing.assert_array_equal(single.predict(xs.astype(float)), single.predict(xs))


@BOTH_LAYERS
def test_pages_that_are_used_again_are_as_good_as_new(kind):
    rng = np.random.default_rng(5)
    old = random_layer(kind, rng, 2, 3)
    for T, B in [(5, 2), (3, 2), (5, 2), (1, 2), (8, 2), (4, 1), (4, 3), (2, 3), (8, 3)]:
        new, start = kind(old.W), memories(kind, rng, 2, B)
        xs, dh = uniform(rng, T, 3, B), uniform(rng, T, 2, B)
        for begin in (start, {}):  # memories that are left out are 0 again
            np.testing.assert_equal(run(old, xs, **begin), run(new, xs, **begin))
            np.testing.assert_equal(old.backward(dh), new.backward(dh))


@BOTH_LAYERS
def test_what_comes_in_is_left_alone_and_backward_may_run_again(kind):
    rng = np.random.default_rng(6)
    layer, start = random_layer(kind, rng, 2, 3), memories(kind, rng, 2, 4)
    incoming = [layer.W, uniform(rng, 5, 3, 4), uniform(rng, 5, 2, 4), uniform(rng, 2, 4), *start.values()]
    before = copy.deepcopy(incoming)
    _, xs, dh, dc, *_ = incoming
    layer.forward(xs, **start)
    backs = [layer.backward(dh, *([dc] if kind is LSTMLayer else [])) for _ in range(2)]
    np.testing.assert_equal(*backs)
    np.testing.assert_equal(incoming, before)


@BOTH_LAYERS
def test_what_a_call_returns_belongs_to_the_caller(kind):
    """No later call changes it, and nothing that is done to it changes a later call."""
    rng = np.random.default_rng(9)
    model, xs, targets = predictor(kind, rng, 3, 2), uniform(rng, 5, 2, 4), uniform(rng, 3, 4)
    layer, calls = model.layer, [lambda: model.layer.forward(xs), lambda: model.predict(xs),
                                 lambda: model.layer.backward(np.ones((5, 3, 4))), lambda: model.gradient(xs, targets)]
    if kind is LSTMLayer:
        calls.append(lambda: layer.C)
    returned = [call() for call in calls]
    kept = copy.deepcopy(returned)
    layer.forward(-xs, h=np.ones((3, 4)))
    layer.backward(-np.ones((5, 3, 4)))
    np.testing.assert_equal(returned, kept)
    for result in returned:
        for array in result if isinstance(result, tuple) else [result]:
            if isinstance(array, np.ndarray):
                array[...] = 7
    np.testing.assert_equal([call() for call in calls], kept)


@BOTH_LAYERS
def test_weights_that_are_set_are_used_and_trained(kind):
    rng = np.random.default_rng(10)
    model, other, xs, targets = (predictor(kind, rng, 2, 1, k=1), predictor(kind, rng, 2, 1, k=1),
                                 uniform(rng, 4, 1, 3), uniform(rng, 1, 3))
    optimizer = SGD(model.parameters, 0.1)
    model.layer.W, model.V = other.layer.W.copy(), other.V.tolist()
    np.testing.assert_array_equal(model.predict(xs), other.predict(xs))
    for one, descent in ((model, optimizer), (other, SGD(other.parameters, 0.1))):
        next(train(one, descent, [[(xs, targets)]]))
    np.testing.assert_equal(model.parameters, other.parameters)
    before = model.layer.W.copy()
    model.layer.W *= 2
    np.testing.assert_array_equal(model.parameters[0], 2 * before)
    for bad in (np.ones((3, 3)), np.nan * before, None, np.ma.array(before)):
        with pytest.raises(ValueError, match="^W: got "):
            model.layer.W = bad
    unit = UnitPredictor(VIDEO_UNIT)
    unit.W = weight_matrix(VIDEO_START)
    assert unit.unit == VIDEO_START and unit.parameters[0] is unit.W
    for readout in (np.ones((1, 3)), 1.0, None):  # it cannot be put in where there is none
        with pytest.raises(ValueError, match="^V: got "):
            Predictor(model.layer).V = readout
    before.flags.writeable = False
    with pytest.raises(ValueError, match="(?s)^W: got .*may be written to$"):
        kind(before).W = model.layer.W


def test_a_backward_pass_needs_a_forward_pass_that_succeeded():
    layer = LSTMLayer(np.ones((4, 3)))
    dh = np.ones((2, 1, 1))
    with pytest.raises(ValueError, match="^dh: got it before forward has run"):
        layer.backward(dh)
    layer.forward(np.ones((2, 1, 1)))
    layer.backward(dh)
    with pytest.raises(ValueError, match="^h: "):
        layer.forward(np.ones((2, 1, 1)), h=np.ones(3))
    with pytest.raises(ValueError, match="^dh: got it before forward has run"):
        layer.backward(dh)


def test_there_are_no_long_term_memories_before_a_forward_pass():
    layer = LSTMLayer(np.ones((4, 3)))
    with pytest.raises(ValueError, match="^C: got None, want forward first"):
        print(layer.C)


@BOTH_LAYERS
def test_a_forward_pass_that_was_stopped_has_not_run(kind, monkeypatch):
    layer, calls, tanh = kind(np.full((kind.gates, 3), 0.5)), iter(range(3)), np.tanh

    def stopped(*args):
        if next(calls) == 2:
            raise KeyboardInterrupt
        return tanh(*args)
    monkeypatch.setattr(np, "tanh", stopped)
    with pytest.raises(KeyboardInterrupt):
        layer.forward(np.ones((5, 1, 1)))
    with pytest.raises(ValueError, match="^dh: got it before forward has run"):
        layer.backward(np.ones((5, 1, 1)))


def test_a_layer_works_on_when_it_was_stopped_between_two_pages(monkeypatch):
    layer, xs = LSTMLayer(np.full((4, 3), 0.5)), np.ones((5, 1, 1))
    run(layer, xs[:2])

    def stopped(*args):
        raise KeyboardInterrupt
    for name in ("zip", "list"):  # what lays out the views of the steps
        with monkeypatch.context() as moment:
            moment.setattr(lstm_layers, name, stopped, raising=False)
            with pytest.raises(KeyboardInterrupt):
                layer.forward(xs)
        np.testing.assert_equal(run(layer, xs), run(LSTMLayer(layer.W.copy()), xs))
        layer, xs = LSTMLayer(layer.W), np.ones((7, 1, 2))


@BOTH_LAYERS
def test_a_layer_works_on_when_the_memory_did_not_suffice_for_a_long_sequence(kind):
    class Small(kind):
        def _allocate(self, T, B):
            if T > 3:
                raise MemoryError
            super()._allocate(T, B)
    layer, xs = Small(np.full((kind.gates, 3), 0.5)), np.ones((5, 1, 1))
    expected = run(layer, xs[:2])
    with pytest.raises(MemoryError):
        layer.forward(xs)
    np.testing.assert_equal(run(layer, xs[:2]), expected)


@BOTH_LAYERS
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))],
                         ids=["deepcopy", "pickle"])
def test_a_copy_is_a_model_of_its_own(kind, copied):
    rng = np.random.default_rng(7)
    model, xs, targets = predictor(kind, rng, 2, 1, k=1), uniform(rng, 4, 1, 3), uniform(rng, 1, 3)
    model.gradient(xs, targets)
    other = copied(model)
    assert other.parameters[0] is other.layer.W and other.parameters[1] is other.V
    for _ in train(model, SGD(model.parameters, 0.1), [[(xs, targets)]] * 3):
        pass
    assert not np.array_equal(model.predict(xs), other.predict(xs))
    for _ in train(other, SGD(other.parameters, 0.1), [[(xs, targets)]] * 3):
        pass
    np.testing.assert_array_equal(model.predict(xs), other.predict(xs))


def test_random_weights_are_what_they_say():
    W = random_weights(np.random.default_rng(3), 4 * 25, 25, inputs=11)
    assert W.shape == (100, 37) and not W[:, -1].any()
    assert 0.19 < W[:, :-1].max() <= 0.2 and -0.2 <= W[:, :-1].min() < -0.19
    np.testing.assert_array_equal(W, random_weights(np.random.default_rng(3), 4 * 25, 25, inputs=11))
    assert random_weights(np.random.default_rng(3), 1, 4).shape == (1, 5)
