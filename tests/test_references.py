"""The core against libraries that know nothing of it: stored numbers of PyTorch, and onnxruntime.

tests/fixtures/make_pytorch.py made the numbers; where PyTorch is installed, test_pytorch.py asks it again.
"""
import itertools
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

import lstm_layers
from lstm_layers import LSTMLayer, RNNLayer, from_pytorch, to_pytorch

STORED = json.loads(Path(__file__).with_name("fixtures").joinpath("pytorch.json").read_text())
SAME = dict(rtol=1e-10, atol=1e-10)  # float64 on both sides
WEIGHTS = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def stored(kind):
    """Return what was given to PyTorch and what it made of it: two dicts of arrays by name."""
    return [{name: np.array(value) for name, value in part.items()} for part in STORED[kind]]


def matrix(kind, arrays, prefix=""):
    """Return PyTorch's four arrays, or with the prefix 'd ' their slopes, as one matrix like W."""
    W_x, W_h, *biases = (arrays[prefix + name] for name in WEIGHTS)
    if prefix:  # PyTorch adds its biases, so that both have the slope of the sum
        np.testing.assert_allclose(*biases, rtol=1e-12, atol=1e-14)
        biases = [biases[0], 0 * biases[0]]
    if kind == "RNN":
        return np.column_stack([W_h, W_x, sum(biases)])
    return from_pytorch(dict(zip(WEIGHTS, (W_x, W_h, *biases))))


def same_forward(kind, W, given, made, tolerance=SAME):
    """Fail unless a layer with these weights makes PyTorch's memories; return the layer."""
    memories = {name: given[name] for name in "hc" if name in given}
    layer = {"LSTM": LSTMLayer, "RNN": RNNLayer}[kind](W)
    np.testing.assert_allclose(layer.forward(given["xs"], **memories), made["hs"], **tolerance)
    if kind == "LSTM":
        np.testing.assert_allclose(layer.C[len(given["xs"])], made["c_last"], **tolerance)
    return layer


def same_forward_and_backward(kind, given, made):
    """Fail unless a layer makes PyTorch's memories, and PyTorch's gradient of every parameter and first memory."""
    layer = same_forward(kind, matrix(kind, given), given, made)
    back = layer.backward(given["dh"], *([given["dc"]] if kind == "LSTM" else []))
    np.testing.assert_allclose(back.W, matrix(kind, made, "d "), **SAME)
    np.testing.assert_allclose(back.h, made["d h"], **SAME)
    if kind == "LSTM":
        np.testing.assert_allclose(back.c, made["d c"], **SAME)
    else:
        assert back.c is None


def same_descent(kind, given, made, rate=0.05):
    """Fail unless the core's optimizer goes PyTorch's way."""
    p = given["start"].copy()
    optimizer = getattr(lstm_layers, kind)([p], rate)
    for g, after in zip(given["gradients"], made["after"], strict=True):
        optimizer.update([g])
        np.testing.assert_allclose(p, after, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("kind", ["LSTM", "RNN"])
def test_memories_and_gradients_are_those_of_pytorch(kind):
    same_forward_and_backward(kind, *stored(kind))


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
def test_optimizers_go_the_way_of_pytorch(kind):
    same_descent(kind, *stored(kind))


WRONG_ORDERS = pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[1:],
                                       ids=lambda order: "".join("figo"[gate] for gate in order))


def in_order(W, order):
    """Return W with its four gates in another order."""
    return np.concatenate([np.split(W, 4)[gate] for gate in order])


@WRONG_ORDERS
def test_pytorch_sees_each_wrong_order_of_gates(order):
    given, made = stored("LSTM")
    W = matrix("LSTM", given)
    same_forward("LSTM", in_order(W, range(4)), given, made)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        same_forward("LSTM", in_order(W, order), given, made, dict(rtol=0, atol=1e-3))


# -------------------------------------------------------------------------------------------- to and from PyTorch

@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n, m", [(1, 1), (1, 3), (3, 1), (4, 2)])
def test_there_and_back_again(n, m, dtype):
    W = np.random.default_rng([n, m]).normal(size=(4 * n, n + m + 1)).astype(dtype)
    weights = to_pytorch(W)
    assert {name: array.shape for name, array in weights.items()} == {
        "weight_ih_l0": (4 * n, m), "weight_hh_l0": (4 * n, n), "bias_ih_l0": (4 * n,), "bias_hh_l0": (4 * n,)}
    assert {array.dtype for array in weights.values()} == {np.dtype(dtype)}
    np.testing.assert_array_equal(from_pytorch(weights), W)
    for array in weights.values():
        assert not np.shares_memory(array, W)


def test_there_the_rows_are_input_forget_candidate_output():
    weights = to_pytorch(np.arange(4 * 3).reshape(4, 3))  # rows forget, input, candidate, output; columns h, x, 1
    assert {name: array.ravel().tolist() for name, array in weights.items()} == {
        "weight_hh_l0": [3, 0, 6, 9], "weight_ih_l0": [4, 1, 7, 10], "bias_ih_l0": [5, 2, 8, 11], "bias_hh_l0": 4 * [0]}


def test_pytorchs_two_biases_are_added():
    given, made = stored("LSTM")
    assert given["bias_ih_l0"].all() and given["bias_hh_l0"].all()
    swapped = dict(given, bias_ih_l0=given["bias_hh_l0"], bias_hh_l0=given["bias_ih_l0"])
    W = matrix("LSTM", given)
    np.testing.assert_array_equal(W, matrix("LSTM", swapped))
    one_bias = to_pytorch(W)
    assert not one_bias["bias_hh_l0"].any()
    same_forward("LSTM", from_pytorch(one_bias), given, made)


# ---------------------------------------------------------------------------------------------------- onnxruntime

ONNX_NAMES = ("X", "W", "R", "B", "", "initial_h", "initial_c")  # the nameless one: all sequences have T steps


def onnx_lstm(W, xs, h, c):
    """Return all h and the last c of ONNX's operator LSTM on float32; shapes as in the core."""
    n = len(h)
    f, i, g, o = np.split(W, 4)
    rows = np.concatenate([i, o, f, g])  # the operator's order; its two biases are added, so that each gets a half
    given = {"X": xs.swapaxes(1, 2), "W": rows[None, :, n:-1], "R": rows[None, :, :n],
             "B": np.concatenate([rows[:, -1], rows[:, -1]])[None] / 2, "initial_h": h.T[None], "initial_c": c.T[None]}
    node = onnx.helper.make_node("LSTM", ONNX_NAMES, ["Y", "", "Y_c"], hidden_size=n)
    graph = onnx.helper.make_graph([node], "one LSTM", *(
        [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names if name]
        for names in (ONNX_NAMES, ["Y", "Y_c"])))
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 14)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    hs, c = session.run(None, {name: np.ascontiguousarray(array, np.float32) for name, array in given.items()})
    return hs[:, 0].swapaxes(1, 2), c[0].T


def random_lstm(n, m, T, B):
    """Return random weights W, inputs and first memories, and what ONNX makes of them as a dict like PyTorch's."""
    rng = np.random.default_rng([n, m, T, B])
    W, given = rng.uniform(-1, 1, (4 * n, n + m + 1)), {
        "xs": rng.uniform(-2, 2, (T, m, B)), "h": rng.uniform(-1, 1, (n, B)), "c": rng.uniform(-1, 1, (n, B))}
    return W, given, dict(zip(("hs", "c_last"), onnx_lstm(W, **given)))


SINGLE = dict(rtol=0, atol=2e-6)  # float32 on ONNX's side


@pytest.mark.parametrize("n, m, T, B", [(1, 1, 4, 1), (1, 3, 2, 2), (2, 1, 7, 3), (3, 2, 5, 1), (8, 4, 20, 5)])
def test_memories_are_those_of_onnxruntime(n, m, T, B):
    W, given, made = random_lstm(n, m, T, B)
    same_forward("LSTM", W, given, made, SINGLE)


@WRONG_ORDERS
def test_onnxruntime_sees_each_wrong_order_of_gates(order):
    W, given, made = random_lstm(3, 2, 5, 2)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        same_forward("LSTM", in_order(W, order), given, made, dict(rtol=0, atol=1e-3))
