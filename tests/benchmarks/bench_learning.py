"""How fast the layer, the unit and their training are, beside what a learner would otherwise install.

    python tests/benchmarks/bench_learning.py [rounds, 15 if left out]

One process, one thread; every round measures each way once, and the clock counts this process's time alone, so that a
busy machine slows all alike.  Printed are medians over the rounds, their ratios, and the bars.  Before the clock
starts, all ways are checked to compute the same losses from the same weights and data: of nn.LSTM's two biases one
stands still, and every Adam has epsilon 1e-8.
A peer that is not installed is named and left out:  pip install torch==2.13.0 keras jax

    layer, unit        ours, float64 where nothing else is said
    PyTorch cell       twelve scalar parameters, the equations written out, autograd; float32, its default
    nn.LSTM            PyTorch's own layer; float32 where nothing else is said
    Keras LSTM         train_on_batch of a compiled model on the backend JAX, the faster one here; float32
    JAX scan           a dict of three matrices, lax.scan over the steps, one jitted function an update; float32
    JAX unrolled       the same with one matrix and the steps written out; float32
    JAX one loop       the same, all epochs in one jitted function: 20 times faster, and no page could show what it does
    JAX numbers        the same with a dict of the PyTorch cell's twelve numbers; float32
    NumPy, per gate    from scratch as popular tutorials do it: a matrix for each gate, a dict of caches; float64
"""
import os
import sys
import time
from importlib.util import find_spec
from pathlib import Path

os.environ.update(dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1"))  # before NumPy
os.environ.update(XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1", KERAS_BACKEND="jax",
                  JAX_PLATFORMS="cpu")

import numpy as np  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "notebooks")]
from lesson.data.one_unit import UnitPredictor  # noqa: E402
from lstm_core import COMPANY_A, COMPANY_A_DAY_5, COMPANY_B, COMPANY_B_DAY_5, VIDEO_START  # noqa: E402
from lstm_layers import Adam, LSTMLayer, Predictor, random_weights, to_pytorch, train  # noqa: E402
from lstm_layers import weight_matrix  # noqa: E402

COMPANIES = ((COMPANY_A, COMPANY_A_DAY_5), (COMPANY_B, COMPANY_B_DAY_5))
COLD_EPOCHS, SAME_EPOCHS = 300, 20


# ------------------------------------------------------------------------------------------------- the data

def video():
    """Return W, no readout, and the two batches (xs, targets) of the video's example."""
    batches = [(np.array(prices).reshape(4, 1, 1), np.array([[price]])) for prices, price in COMPANIES]
    return weight_matrix(VIDEO_START), None, batches


def video_batch():
    """Return the same in float32 with both companies in one batch."""
    W, _, batches = video()
    return W.astype(np.float32), None, [tuple(np.concatenate(part, -1).astype(np.float32) for part in zip(*batches))]


def adding(dtype):
    """Return W, readout V and one batch of the adding problem: hidden 32, T 50, batch 64, 2 inputs, 1 output."""
    rng, T, B, n = np.random.default_rng(1997), 50, 64, 32
    values, marks = rng.uniform(-1, 1, (T, B)), np.zeros((T, B))
    first, second = rng.integers(0, 10, B), rng.integers(10, T // 2, B)
    marks[first, range(B)] = marks[second, range(B)] = 1
    marks[0] -= marks[0] == 0
    marks[-1] = -1
    xs, targets = np.stack([values, marks], axis=1), 0.5 + (marks * values)[1:-1].sum(axis=0, keepdims=True) / 4
    W, V = random_weights(rng, 4 * n, n, 2), random_weights(rng, 1, n)
    return W.astype(dtype), V.astype(dtype), [(xs.astype(dtype), targets.astype(dtype))]


# --------------------------------------------------------- the ways: each returns a function, one epoch -> its losses

def layer(W, V, batches):
    """Return one epoch of our layer."""
    model = Predictor(LSTMLayer(W.copy()), None if V is None else V.copy())
    losses = train(model, Adam(model.parameters), iter(lambda: batches, None))
    return lambda: next(losses)


def unit():
    """Return one epoch of our unit on plain floats."""
    model = UnitPredictor(VIDEO_START)
    losses = train(model, Adam(model.parameters), iter(lambda: COMPANIES, None))
    return lambda: next(losses)


def torch_epoch(parameters, loss_of, batches):
    """Return one epoch of PyTorch's Adam; loss_of: batch -> loss."""
    import torch
    torch.set_num_threads(1)
    optimizer = torch.optim.Adam(parameters, lr=0.001)

    def epoch():
        losses = []
        for batch in batches:
            optimizer.zero_grad()
            loss = loss_of(*batch)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses
    return epoch


def torch_cell(W, V, batches):
    """Return one epoch of a hand-written PyTorch cell, as in a typical tutorial."""
    import torch
    names = [letter + gate for gate in "figo" for letter in ("w_", "u_", "b_")]
    module = torch.nn.Module()
    for name, value in zip(names, W.ravel()):
        setattr(module, name, torch.nn.Parameter(torch.tensor(value, dtype=torch.float32)))

    def step(x, c, h):
        f = torch.sigmoid(h * module.w_f + x * module.u_f + module.b_f)
        i = torch.sigmoid(h * module.w_i + x * module.u_i + module.b_i)
        g = torch.tanh(h * module.w_g + x * module.u_g + module.b_g)
        c = c * f + i * g
        o = torch.sigmoid(h * module.w_o + x * module.u_o + module.b_o)
        return c, torch.tanh(c) * o

    def loss_of(xs, target):
        c, h = 0, 0
        for x in xs:
            c, h = step(x, c, h)
        return ((h - target) ** 2).mean()
    tensors = [[torch.tensor(part.squeeze(), dtype=torch.float32) for part in batch] for batch in batches]
    return torch_epoch(module.parameters(), loss_of, tensors)


def nn_lstm(W, V, batches, dtype="float32"):
    """Return one epoch of PyTorch's nn.LSTM, with nn.Linear as the readout V if there is one."""
    import torch
    lstm, linear = torch_lstm(W, dtype), None
    parameters = list(lstm.parameters())
    if V is not None:
        linear = torch.nn.Linear(V.shape[1] - 1, len(V), dtype=getattr(torch, dtype))
        linear.load_state_dict({"weight": torch.tensor(V[:, :-1]), "bias": torch.tensor(V[:, -1])})
        parameters += linear.parameters()

    def loss_of(xs, targets):
        h = lstm(xs)[0][-1]
        return torch.nn.functional.mse_loss(h if linear is None else linear(h), targets)
    tensors = [(torch.tensor(xs.swapaxes(1, 2).astype(dtype)), torch.tensor(targets.T.astype(dtype)))
               for xs, targets in batches]
    return torch_epoch(parameters, loss_of, tensors)


def torch_lstm(W, dtype):
    """Return an nn.LSTM with the weights W; its second bias, which would double the first one's steps, stands still."""
    import torch
    n = len(W) // 4
    lstm = torch.nn.LSTM(W.shape[1] - n - 1, n, dtype=getattr(torch, dtype))
    lstm.load_state_dict({name: torch.tensor(array) for name, array in to_pytorch(W).items()})
    lstm.bias_hh_l0.requires_grad_(False)
    return lstm


def keras_lstm():
    """Return one epoch of Keras' LSTM on the video's example."""
    import keras
    W, _, batches = video()
    model = keras.Sequential([keras.Input((4, 1)), keras.layers.LSTM(1)])
    f, i, g, o = W
    W_h, W_x, b = np.array([i, f, g, o]).T
    model.set_weights([W_x[None], W_h[None], b])
    model.compile(keras.optimizers.Adam(0.001, epsilon=1e-8), "mse")
    arrays = [(xs.reshape(1, 4, 1).astype(np.float32), targets.astype(np.float32)) for xs, targets in batches]
    return lambda: [float(model.train_on_batch(*batch)) for batch in arrays]


def jax_step(jnp, nn, W_h, from_x, c, h):
    """Return the memories (c, h), each (B, n), after one step; from_x: what the input adds to the sums (B, 4n)."""
    f, i, g, o = jnp.split(h @ W_h.T + from_x, 4, axis=1)
    c = nn.sigmoid(f) * c + nn.sigmoid(i) * jnp.tanh(g)
    return c, nn.sigmoid(o) * jnp.tanh(c)


def jax_scan(W, V, batches):
    """Return one epoch of JAX with a dict of matrices and lax.scan."""
    import jax
    import jax.numpy as jnp
    n = len(W) // 4

    def loss_of(p, xs, targets):
        def step(carry, from_x):
            return jax_step(jnp, jax.nn, p["W_h"], from_x, *carry), None
        c = jnp.zeros((xs.shape[1], n))
        (_, h), _ = jax.lax.scan(step, (c, c), xs @ p["W_x"].T + p["b"])
        return jnp.mean(((h @ p["V"][:, :-1].T + p["V"][:, -1] if "V" in p else h) - targets) ** 2)
    parameters = {"W_h": W[:, :n], "W_x": W[:, n:-1], "b": W[:, -1]} | ({} if V is None else {"V": V})
    return jax_epoch(loss_of, parameters, batches)


def jax_unrolled(W, V, batches, epochs=None):
    """Return one epoch of JAX with one matrix and the four steps written out."""
    import jax
    import jax.numpy as jnp

    def loss_of(W, xs, targets):
        c = h = 0.0
        for x in xs[:, :, 0]:
            f, i, g, o = W[:, :1] * h + W[:, 1:2] * x + W[:, 2:]
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return jnp.mean((h - targets[:, 0]) ** 2)
    return jax_epoch(loss_of, W, batches, epochs)


def jax_numbers():
    """Return one epoch of JAX with a dict of the twelve numbers, the equations written out as in the PyTorch cell."""
    import jax
    import jax.numpy as jnp
    W, _, batches = video()
    parameters = dict(zip([letter + gate for gate in "figo" for letter in "wub"], W.ravel()))

    def loss_of(p, xs, targets):
        c = h = 0.0
        for x in xs.ravel():
            f, i, g, o = (h * p["w" + gate] + x * p["u" + gate] + p["b" + gate] for gate in "figo")
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h - targets[0, 0]) ** 2
    return jax_epoch(loss_of, parameters, batches)


def jax_epoch(loss_of, parameters, batches, epochs=None):
    """Return one epoch of Adam in JAX, one jitted function an update; loss_of: parameters, xs, targets -> loss.

    epochs: so many of one batch at once, in one jitted function.
    """
    import jax
    import jax.numpy as jnp

    @jax.jit
    def update(p, m, v, k, xs, targets):
        loss, g = jax.value_and_grad(loss_of)(p, xs, targets)
        k = k + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        p = jax.tree.map(lambda p, m, v: p - 0.001 * (m / (1 - 0.9 ** k)) / (jnp.sqrt(v / (1 - 0.999 ** k)) + 1e-8),
                         p, m, v)
        return loss, (p, m, v, k)
    p = jax.tree.map(jnp.float32, parameters)
    zeros = jax.tree.map(jnp.zeros_like, p)
    state = p, zeros, zeros, jnp.float32(0)
    arrays = [(jnp.float32(xs.swapaxes(1, 2)), jnp.float32(targets.T)) for xs, targets in batches]

    def epoch():
        nonlocal state
        losses = []
        for batch in arrays:
            loss, state = update(*state, *batch)
            losses.append(loss)
        return [float(loss) for loss in losses]

    @jax.jit
    def loop(state):
        return jax.lax.scan(lambda state, _: update(*state, *arrays[0])[::-1], state, length=epochs)

    def all_epochs():
        return np.array(loop(state)[1])
    return all_epochs if epochs else epoch


def numpy_per_gate():
    """Return one epoch of a typical NumPy LSTM from scratch: a matrix for each gate, a dict of caches for each step."""
    W, _, batches = video()
    n, p = 1, {}
    for name, row in zip("fico", W):
        p["W" + name], p["b" + name] = row[None, :-1].copy(), row[None, -1:].copy()
    m, v = ({name: np.zeros_like(value) for name, value in p.items()} for _ in range(2))
    k = 0

    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    def step(x, h_prev, c_prev):
        z = np.concatenate([h_prev, x], axis=0)
        f = sigmoid(np.dot(p["Wf"], z) + p["bf"])
        i = sigmoid(np.dot(p["Wi"], z) + p["bi"])
        c_bar = np.tanh(np.dot(p["Wc"], z) + p["bc"])
        o = sigmoid(np.dot(p["Wo"], z) + p["bo"])
        c = f * c_prev + i * c_bar
        h = o * np.tanh(c)
        return h, c, {"z": z, "f": f, "i": i, "c_bar": c_bar, "o": o, "c": c, "c_prev": c_prev}

    def step_backward(dh, dc_next, cache, grads):
        f, i, c_bar, o, tanh_c = (*(cache[name] for name in ("f", "i", "c_bar", "o")), np.tanh(cache["c"]))
        dc = dc_next + dh * o * (1 - tanh_c ** 2)
        da = {"f": dc * cache["c_prev"] * f * (1 - f), "i": dc * c_bar * i * (1 - i),
              "c": dc * i * (1 - c_bar ** 2), "o": dh * tanh_c * o * (1 - o)}
        dz = np.zeros_like(cache["z"])
        for name in "fico":
            grads["W" + name] += np.dot(da[name], cache["z"].T)
            grads["b" + name] += np.sum(da[name], axis=1, keepdims=True)
            dz += np.dot(p["W" + name].T, da[name])
        return dz[:n], dc * f

    def update(xs, targets):
        nonlocal k
        h, c, caches = np.zeros((n, 1)), np.zeros((n, 1)), []
        for x in xs:
            h, c, cache = step(x, h, c)
            caches.append(cache)
        grads = {name: np.zeros_like(value) for name, value in p.items()}
        dh, dc = 2 * (h - targets), np.zeros_like(c)
        for cache in reversed(caches):
            dh, dc = step_backward(dh, dc, cache, grads)
        k += 1
        for name, g in grads.items():
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.999 * v[name] + 0.001 * g ** 2
            m_hat, v_hat = m[name] / (1 - 0.9 ** k), v[name] / (1 - 0.999 ** k)
            p[name] -= 0.001 * m_hat / (np.sqrt(v_hat) + 1e-8)
        return float(np.mean((h - targets) ** 2))
    return lambda: [update(xs, targets) for xs, targets in batches]


# ----------------------------------------------------------------------------------- hidden 256: forward and backward

def wide(dtype):
    """Return W, inputs xs and slopes dh for hidden 256, T 100, batch 64, 2 inputs."""
    rng, n, T, B = np.random.default_rng(1997), 256, 100, 64
    arrays = random_weights(rng, 4 * n, n, 2), rng.uniform(-1, 1, (T, 2, B)), rng.uniform(-1, 1, (T, n, B)) / (T * B)
    return [array.astype(dtype) for array in arrays]


def layer_both_ways(W, xs, dh):
    """Return our forward and backward, to be called without arguments; returns memories and slopes of W."""
    ours = LSTMLayer(W)
    return lambda: (ours.forward(xs), ours.backward(dh).W)


def products_both_ways(W, xs, dh):
    """Return the bare matrix products of the same shapes: one a step forward, one a step back, one large one."""
    T, n, B = dh.shape
    rng = np.random.default_rng(0)
    Z, dA = (rng.uniform(-1, 1, (T, rows, B)).astype(W.dtype) for rows in (W.shape[1], 4 * n))
    Z_flat, dA_flat = (page.transpose(1, 0, 2).reshape(page.shape[1], -1) for page in (Z, dA))
    A, dhs, W_h = np.empty_like(dA), np.empty_like(dh), W[:, :n].T

    def both_ways():
        for z, a in zip(Z, A):
            np.matmul(W, z, out=a)
        for da, dh in zip(dA, dhs):
            np.matmul(W_h, da, out=dh)
        return dA_flat @ Z_flat.T
    return both_ways


def nn_lstm_both_ways(W, xs, dh, dtype):
    """Return nn.LSTM's forward and backward; returns memories and slopes of its weights on h."""
    import torch
    lstm = torch_lstm(W, dtype)
    xs, dh = (torch.tensor(array.swapaxes(1, 2).copy()) for array in (xs, dh))

    def both_ways():
        lstm.zero_grad()
        hs, _ = lstm(xs)
        hs.backward(dh)
        return hs, lstm.weight_hh_l0.grad
    return both_ways


def check_wide(ours, theirs):
    """Raise AssertionError unless our layer and nn.LSTM give the same memories and slopes."""
    (hs, dW), (torch_hs, torch_dW) = ours(), theirs()
    np.testing.assert_allclose(hs, torch_hs.detach().numpy().swapaxes(1, 2), atol=1e-5)
    f, i, g, o = dW[:, :256].reshape(4, 256, 256)
    np.testing.assert_allclose(np.concatenate([i, f, g, o]), torch_dW.numpy(), atol=1e-5)


# ------------------------------------------------------------------------------------------------- the measurement

def installed(name):
    """Return whether a module is there to be imported."""
    return find_spec(name) is not None


def same_losses(epoch):
    """Return the losses of the first epochs."""
    return np.array([epoch() for _ in range(SAME_EPOCHS)])


def check_losses(ways):
    """Raise AssertionError unless all ways give the same losses for as many epochs; warms everything up as well."""
    losses = {name: same_losses(epoch) for name, epoch in ways.items()}
    expected = next(iter(losses.values()))
    for name, found in losses.items():
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-6, err_msg=name)


def medians(ways, rounds, calls=1):
    """Return the median milliseconds of one call of each way, the ways taking turns."""
    times = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.process_time()
            for _ in range(calls):
                way()
            times[name].append(1000 * (time.process_time() - start) / calls)
    return {name: float(np.median(values)) for name, values in times.items()}


def cold_start(way):
    """Return the CPU milliseconds, user and system, of a new process that imports the way and trains 300 epochs."""
    import subprocess
    code = f"from bench_learning import *; epoch = {way}; [epoch() for _ in range({COLD_EPOCHS})]"
    before = os.times()
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent, check=True)
    after = os.times()
    return 1000 * (after.children_user + after.children_system - before.children_user - before.children_system)


def medians_cold(ways, rounds):
    """Return the median of cold_start for each way, the ways taking turns."""
    times = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            times[name].append(cold_start(way))
    return {name: float(np.median(values)) for name, values in times.items()}


def report(title, median, bars):
    """Print the medians of one case, and for each bar (way, other way, sign, bar) the ratio way / other way."""
    print(f"\n{title}")
    for name, value in median.items():
        print(f"  {name:<24}{value:>10.3f} ms")
    for way, other, sign, bar in bars:
        if way in median and other in median:
            ratio = median[way] / median[other]
            held = ratio >= bar if sign == ">=" else ratio <= bar
            print(f"  {f'{way} / {other}':<40}{ratio:>8.2f}   bar {sign} {bar:<6}{'' if held else 'MISSED'}")


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    torch, keras, jax = (installed(name) for name in ("torch", "keras", "jax"))
    for name, there in (("PyTorch", torch), ("Keras on JAX", keras and jax), ("JAX", jax)):
        if not there:
            print(f"left out, not installed: {name}")
    print(f"NumPy {np.__version__}, one thread, medians of {rounds} rounds")

    ways = {"layer": layer(*video()), "unit": unit(), "NumPy, per gate": numpy_per_gate()}
    if torch:
        ways |= {"PyTorch cell": torch_cell(*video()), "nn.LSTM": nn_lstm(*video())}
    if keras and jax:
        ways["Keras LSTM"] = keras_lstm()
    if jax:
        ways |= {"JAX scan": jax_scan(*video()), "JAX unrolled": jax_unrolled(*video()), "JAX numbers": jax_numbers()}
    check_losses(ways)
    report("The video's example, one epoch (A, then B)", medians(ways, rounds, calls=50), [
        ("PyTorch cell", "layer", ">=", 25), ("nn.LSTM", "layer", ">=", 10), ("Keras LSTM", "layer", ">=", 10),
        ("NumPy, per gate", "layer", ">=", 4.5), ("layer", "unit", ">=", 1), ("JAX numbers", "unit", ">=", 2.5),
        ("JAX scan", "unit", ">=", 2.5), ("JAX unrolled", "unit", ">=", 2.5)])

    ways = {"layer": layer(*video_batch())}
    if torch:
        ways |= {"PyTorch cell": torch_cell(*video_batch()), "nn.LSTM": nn_lstm(*video_batch())}
    if jax:
        ways |= {"JAX scan": jax_scan(*video_batch()), "JAX unrolled": jax_unrolled(*video_batch())}
    check_losses(ways)
    if jax:
        run = jax_unrolled(*video_batch(), epochs=1000)
        expected = np.ravel(same_losses(layer(*video_batch())))
        np.testing.assert_allclose(run()[:SAME_EPOCHS], expected, rtol=1e-3, atol=1e-6)
        ways["JAX one loop, 1000"] = run
    report("The video's two companies as one batch, one update, float32", medians(ways, rounds, calls=50), [
        ("PyTorch cell", "layer", ">=", 40), ("nn.LSTM", "layer", ">=", 10), ("layer", "JAX scan", "<=", 1.1),
        ("layer", "JAX unrolled", "<=", 1.1), ("JAX one loop, 1000", "layer", "<=", 1000)])

    cold = {"layer": "layer(*video())"}
    cold |= {"nn.LSTM": "nn_lstm(*video())"} if torch else {}
    cold |= {"JAX scan": "jax_scan(*video())"} if jax else {}
    report(f"From a cold start: import and {COLD_EPOCHS} epochs, CPU time", medians_cold(cold, max(3, rounds // 5)), [
        ("nn.LSTM", "layer", ">=", 15), ("JAX scan", "layer", ">=", 8)])

    for dtype, bars in (("float32", [("layer", "nn.LSTM", "<=", 0.88), ("layer", "JAX scan", "<=", 0.85)]),
                        ("float64", [("layer", "nn.LSTM", "<=", 0.7)])):
        ways = {"layer": layer(*adding(dtype))}
        ways |= {"nn.LSTM": nn_lstm(*adding(dtype), dtype)} if torch else {}
        ways |= {"JAX scan": jax_scan(*adding(dtype))} if jax and dtype == "float32" else {}
        check_losses(ways)
        report(f"Adding problem, one update, {dtype}", medians(ways, rounds, calls=10), bars)

    for dtype, bars in (("float32", [("products", "layer", ">=", 0.8), ("layer", "nn.LSTM", "<=", 0.85)]),
                        ("float64", [("products", "layer", ">=", 0.7), ("layer", "nn.LSTM", "<=", 0.85)])):
        given = wide(dtype)
        ways = {"layer": layer_both_ways(*given), "products": products_both_ways(*given)}
        if torch:
            ways["nn.LSTM"] = nn_lstm_both_ways(*given, dtype)
            check_wide(ways["layer"], ways["nn.LSTM"])
        report(f"Hidden 256, T 100, batch 64, forward and backward, {dtype}", medians(ways, rounds), bars)


if __name__ == "__main__":
    main()
