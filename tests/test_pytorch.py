"""The core against PyTorch itself, at random sizes; without it, test_references.py compares its stored numbers."""
import os

import numpy as np
import pytest

from test_references import STORED, matrix, same_descent, same_forward_and_backward

if os.environ.get("CI"):
    import torch  # there nothing may be skipped
else:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed, so only its stored numbers are compared")

from fixtures.make_pytorch import RATES, cases, descent, network  # noqa: E402  (it imports torch)
from lstm_layers import LSTMLayer, from_pytorch, to_pytorch


def test_the_stored_numbers_are_what_the_script_makes():
    for kind, parts in cases().items():
        for part, kept in zip(parts, STORED[kind], strict=True):
            assert list(part) == list(kept)
            for name, array in part.items():
                np.testing.assert_allclose(kept[name], array, rtol=1e-12, atol=1e-14, err_msg=f"{kind} {name}")


@pytest.mark.parametrize("kind", ["LSTM", "RNN"])
@pytest.mark.parametrize("seed", range(12))
def test_memories_and_gradients_at_random_sizes(kind, seed):
    rng = np.random.default_rng(seed)
    n, m, T, B = rng.integers(1, [9, 5, 12, 6]).tolist()
    same_forward_and_backward(kind, *network(kind, rng, n, m, T, B))


@pytest.mark.parametrize("kind", ["LSTM", "RNN"])
def test_memories_and_gradients_at_a_size_for_work(kind):
    same_forward_and_backward(kind, *network(kind, np.random.default_rng(256), n=64, m=3, T=7, B=128))


@pytest.mark.parametrize("kind", RATES)
def test_optimizers_over_many_steps(kind):
    same_descent(kind, *descent(kind, np.random.default_rng(2015), steps=200))


@pytest.mark.parametrize("n, m", [(1, 1), (3, 2), (2, 5)])
def test_weights_pass_into_a_real_lstm_and_back(n, m):
    rng = np.random.default_rng([n, m])
    W, xs = rng.uniform(-1, 1, (4 * n, n + m + 1)), rng.uniform(-2, 2, (6, m, 3))
    theirs = torch.nn.LSTM(m, n).double()
    theirs.load_state_dict({name: torch.from_numpy(array) for name, array in to_pytorch(W).items()})
    with torch.no_grad():
        hs, _ = theirs(torch.from_numpy(xs.swapaxes(1, 2).copy()))
    np.testing.assert_allclose(LSTMLayer(W).forward(xs), hs.numpy().swapaxes(1, 2), rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(from_pytorch(theirs.state_dict()), W)


def test_a_new_lstm_of_pytorch_has_two_biases_and_both_count():
    theirs = torch.nn.LSTM(2, 3)
    weights = {name: array.numpy() for name, array in theirs.state_dict().items()}
    assert weights["bias_ih_l0"].all() and weights["bias_hh_l0"].all()
    np.testing.assert_array_equal(from_pytorch(theirs.state_dict()), matrix("LSTM", weights))
    with torch.no_grad():
        hs, _ = theirs(torch.ones(5, 1, 2))
    np.testing.assert_allclose(LSTMLayer(from_pytorch(weights)).forward(np.ones((5, 2, 1))),
                               hs.numpy().swapaxes(1, 2), rtol=0, atol=1e-6)
