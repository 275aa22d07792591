"""How fast the gradient flow is, beside PyTorch's automatic differentiation of the same numbers, in float64.

    python tests/benchmarks/bench_gradient.py [--rounds 20]

One process, one thread; every round measures each way once, and the clock counts this process's time alone, so that a
busy machine slows all alike.  Printed are medians over the rounds, the ratio to ours, and the bars.  Before the clock
starts, all ways are checked to give the same numbers.  PyTorch in three ways that know the equations alone:

    summed    one backward pass for the sum of all cells: less than ours, and for one cell the same; the bars are for it
    plain     one backward pass for each cell through the stored memories of all steps
    batched   the Jacobians of all steps at once by torch.func, then their products

One unit is what the course shows, and has functions of its own, on numbers; one cell is the same as a matrix.
"""
import argparse
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.update(dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1"))  # before NumPy

import numpy as np  # noqa: E402

try:
    import torch
    from torch.func import jacrev, vmap
except ImportError:
    sys.exit("This benchmark needs PyTorch, which the course does not: pip install torch==2.13.0, and run it again.")

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from lstm_core import Gate, LSTMUnit, RNNUnit, rnn_unit_gradient_flow, unit_gradient_flow  # noqa: E402
from lstm_layers import lstm_gradient_flow, rnn_gradient_flow  # noqa: E402  (the path comes first)

T, BARS = 200, {"LSTM, 16 cells": 10, "LSTM, 1 cell": 20, "LSTM, 1 unit": 20,
                "RNN, 16 cells": 12, "RNN, 1 cell": 20, "RNN, 1 unit": 20}


def lstm_step(W, x, c, h):
    """Return the memories (c, h) after one step."""
    f, i, g, o = (W @ torch.cat([h, x, x.new_ones(1)])).chunk(4)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return c, torch.sigmoid(o) * torch.tanh(c)


def rnn_step(W, x, h):
    """Return the memory (h,) after one step."""
    return (torch.tanh(W @ torch.cat([h, x, x.new_ones(1)])),)


def trajectory(step, W, xs, n, memories, leaves):
    """Return the memories at t = 0 ... T, each a tuple of tensors (n,); leaves: track gradients from the start on."""
    states = [tuple(torch.zeros(n, dtype=W.dtype, requires_grad=leaves) for _ in range(memories))]
    for x in xs:
        # h_t is made from c_t, and yet d / d c_t holds h_t still: stored is a copy, which only the next step reads.
        states.append(tuple(memory.clone() for memory in step(W, x, *states[-1])))
    return states


def plain(step, W, xs, n, memories):
    """Return d m_T / d m_t for each memory m, (T + 1, n, n): a backward pass for each cell of each memory."""
    states = trajectory(step, W, xs, n, memories, leaves=True)
    flows = []
    for stored in zip(*states):
        rows = [torch.autograd.grad(last, stored, retain_graph=True, materialize_grads=True) for last in stored[-1]]
        flows.append(torch.stack([torch.stack(row) for row in rows], dim=1).numpy())
    return flows


def summed(step, W, xs, n, memories):
    """Return d (sum of the last long-term memories, or of a plain RNN's memories) / d the same at t, (T + 1, n)."""
    states = trajectory(step, W, xs, n, memories, leaves=True)
    first = [state[0] for state in states]
    return torch.stack(torch.autograd.grad(first[-1].sum(), first, materialize_grads=True)).numpy()


def batched(step, W, xs, n, memories):
    """Return the same: the Jacobians of all steps by one vmap of jacrev, and their products."""
    with torch.no_grad():
        states = trajectory(step, W, xs, n, memories, leaves=False)
        before = torch.stack([torch.cat(state) for state in states[:-1]])
        J = vmap(jacrev(lambda state, x: torch.cat(step(W, x, *state.split(n)))))(before, xs)
        products = [torch.eye(n * memories, dtype=W.dtype)]
        for t in reversed(range(len(xs))):
            products.append(products[-1] @ J[t])
        whole = torch.stack(products[::-1]).numpy()
    return [whole[:, k * n:(k + 1) * n, k * n:(k + 1) * n] for k in range(memories)]


def ours(flow):
    """Return a gradient flow as a list of one array (T + 1, n, n) for each memory."""
    flows = flow if isinstance(flow, tuple) else [flow]
    return [memory.reshape(T + 1, *memory.shape[1:] or (1, 1)) for memory in flows]


def lstm_unit_flow(W, xs):
    """Return the gradient flow of a unit with the weights W of one cell."""
    return unit_gradient_flow(LSTMUnit(*(Gate(*row) for row in W.tolist())), xs[:, 0])


def rnn_unit_flow(W, xs):
    """Return the gradient flow of a plain RNN's unit with the weights W of one cell."""
    return rnn_unit_gradient_flow(RNNUnit(*W[0].tolist()), xs[:, 0])


def case(flow, step, gates, memories, n):
    """Return the three ways, to be called without arguments, for n cells whose flow does not explode."""
    rng = np.random.default_rng(1997)
    W, xs = rng.uniform(-1, 1, (gates * n, n + 2)) / np.sqrt(n), rng.uniform(-1, 1, (T, 1))
    W[:n, -1] += 3 * (gates == 4)  # a forget bias, so that 200 steps still carry something
    given = step, torch.tensor(W), torch.tensor(xs), n, memories
    return {"ours": lambda: ours(flow(W, xs)), "summed": lambda: summed(*given), "plain": lambda: plain(*given),
            "batched": lambda: batched(*given)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    cases = {
        "LSTM, 16 cells": case(lstm_gradient_flow, lstm_step, gates=4, memories=2, n=16),
        "LSTM, 1 cell": case(lstm_gradient_flow, lstm_step, gates=4, memories=2, n=1),
        "LSTM, 1 unit": case(lstm_unit_flow, lstm_step, gates=4, memories=2, n=1),
        "RNN, 16 cells": case(rnn_gradient_flow, rnn_step, gates=1, memories=1, n=16),
        "RNN, 1 cell": case(rnn_gradient_flow, rnn_step, gates=1, memories=1, n=1),
        "RNN, 1 unit": case(rnn_unit_flow, rnn_step, gates=1, memories=1, n=1),
    }
    for ways in cases.values():
        np.testing.assert_allclose(ways["ours"]()[0].sum(axis=1), ways["summed"](), rtol=1e-9, atol=1e-12)
        for rival in (ways["plain"](), ways["batched"]()):  # which also warms everything up
            for flow, expected in zip(ways["ours"](), rival, strict=True):
                np.testing.assert_allclose(flow, expected, rtol=1e-9, atol=1e-12)
    times = {(name, way): [] for name, ways in cases.items() for way in ways}
    for _ in range(rounds):
        for name, way in times:
            cases[name][way]()  # whoever ran before has filled the processor's caches with other things
            start = time.process_time()
            cases[name][way]()
            times[name, way].append(1000 * (time.process_time() - start))
    median = {key: statistics.median(values) for key, values in times.items()}

    print(f"NumPy {np.__version__}, PyTorch {torch.__version__}, T = {T}, one thread, medians of {rounds} rounds")
    print(f"{'':<16}" + "".join(f"{way + ' ms':>13}" for way in ways) + f"{'summed/ours':>14}   bar")
    for name, bar in BARS.items():
        ratio = median[name, "summed"] / median[name, "ours"]
        print(f"{name:<16}" + "".join(f"{median[name, way]:>13.2f}" for way in ways)
              + f"{ratio:>14.1f}   >= {bar}{'' if ratio >= bar else '   MISSED'}")


if __name__ == "__main__":
    main()
