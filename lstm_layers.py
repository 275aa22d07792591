"""Many LSTM or RNN cells at once, and how they learn: layers, gradient flow, optimizers, training.

The equations are those of lstm_core, for n cells and B sequences of T steps at a time.  The weights of n cells that
read m inputs are one matrix W on the column [h, x, 1]: (n, n + m + 1) for a plain RNN; (4n, n + m + 1) for an LSTM, n
rows each for forget gate, input gate, candidate and output gate.  A ValueError names the argument that does not fit.
"""
import math
from collections import namedtuple
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from lstm_core import ACTIVATIONS, LARGEST, Gate, GradientFlow, LSTMUnit, RNNUnit, _activation, _door, _look, _number
from lstm_core import _products, _sequence, _shape, _want, sigmoid, tanh_slope, unroll, unroll_backward


# ------------------------------------------------------------------------------------------------------- the weights
def weight_matrix(unit):
    """Return the weights of one unit as a matrix W: LSTMUnit (4, 3); RNNUnit (1, 3), without those of its output."""
    _want(isinstance(unit, (LSTMUnit, RNNUnit)) and _shape(unit) == (), "unit", unit, "one LSTMUnit or RNNUnit")
    gates = [unit] if isinstance(unit, RNNUnit) else (unit.forget, unit.input, unit.candidate, unit.output)
    return np.array([[gate.w, gate.u, gate.b] for gate in gates])


def random_weights(rng, rows, cells, inputs=0):
    """Return random weights (rows, cells + inputs + 1), uniform between -1 and 1 over the root of cells; biases 0.

    rng: a numpy Generator; rows: 4 * cells for an LSTM, cells for an RNN, outputs for a readout, which has no inputs.
    """
    _look("rng", rng, np.random.Generator)
    for name, count, least in (("rows", rows, 1), ("cells", cells, 1), ("inputs", inputs, 0)):
        whole = isinstance(count, (int, np.integer)) and not isinstance(count, bool)
        _want(whole and count >= least, name, count, f"a whole number, {least} or more")
    W = rng.uniform(-1, 1, (rows, cells + inputs + 1)) / math.sqrt(cells)
    W[:, -1] = 0
    return W


def _array(name, value, shape, dtype=float, largest=LARGEST):
    """Return value as an array of this dtype; ValueError names it if it has another shape, or is not finite."""
    # Seen at a glance: no number is longer than all of them together.
    if not (type(value) is np.ndarray and value.dtype == dtype and np.vdot(value, value) <= largest ** 2):
        value = np.asarray(_number(name, value, largest)).astype(dtype)
    if value.shape != shape:
        raise ValueError(f"{name}: got shape {value.shape}, want {shape}")
    return value


def _kept(name):
    """Return weights as a property that remains one array: setting it puts other numbers in, which are then trained."""
    def put(model, value):
        vars(model)[name][...] = _array(name, value, np.shape(vars(model)[name]))
    return property(lambda model: vars(model)[name], put)


# -------------------------------------------------------------------------------------------------------- the layers
LayerBack = namedtuple("LayerBack", "W c h")  # d loss / d W, and d loss / d the memories before the first step


class _Layer:
    """What both layers share: a look at what comes in, and pages that hold all steps of a sequence."""
    W = _kept("W")

    def __init__(self, W):
        kept = isinstance(W, np.ndarray) and W.dtype in (np.float32, np.float64)
        # Of float32 too, the product of three numbers that may come in is still a float.
        self._largest = 1e12 if kept and W.dtype == np.float32 else LARGEST
        numbers = np.asarray(_number("W", W, self._largest))
        n, rest = divmod(len(numbers), self.gates) if numbers.ndim == 2 else (0, 0)
        self.n, self.m = n, numbers.shape[-1] - n - 1 if n and not rest else 0
        _want(self.m > 0, "W", W, f"a matrix ({self.gates} n, n + m + 1) for n cells and m inputs")
        vars(self).update(W=W if kept else numbers, _longest=0, _B=0, _ran=None)

    def __reduce__(self):
        return type(self), (self.W,)  # copies of single pages would no longer lie on each other

    def _array(self, name, value, *shape):
        return _array(name, value, shape, self.W.dtype, self._largest)

    def _begin(self, xs, **memories):
        """Lay the inputs and the memories before the first step on the pages; return T, the number of steps."""
        xs = xs if isinstance(xs, np.ndarray) else np.asarray(_number("xs", xs, self._largest))
        if xs.ndim != 3 or xs.shape[1] != self.m or xs.size == 0:
            raise ValueError(f"xs: got shape {xs.shape}, want (T, {self.m}, B): steps, inputs, sequences; none is 0")
        (T, _, B), self._ran = xs.shape, None  # until all pages are laid
        if B != self._B or T > self._longest:
            self._longest, self._B = 0, B  # should the memory not suffice, the pages are no longer of one size
            self._allocate(T, B)
            self._longest = T
        self._Z[:T, self.n:-1] = self._array("xs", xs, *xs.shape)
        for name, start in memories.items():
            page = self._Z[0, :self.n] if name == "h" else self._C[0]
            page[...] = 0 if start is None else self._array(name, start, self.n, B)
        self._ran = T
        return T

    def _slopes(self, dh):
        """Return dh by the number of the step, as a Predictor gives it, and a page for that of the step before."""
        if self._ran is None:
            raise ValueError("dh: got it before forward has run, want forward first")
        if not isinstance(dh, dict) or not dh:
            dh = dh if isinstance(dh, np.ndarray) and dh.dtype.kind == "f" else np.asarray(_number("dh", dh))
            if dh.shape != (wanted := (self._ran, self.n, self._B)):
                raise ValueError(f"dh: got shape {dh.shape}, want {wanted}: steps, cells, sequences")
            dh = dict(enumerate(dh))
        return dh, np.zeros((self.n, self._B), self.W.dtype)

    def _weight_slopes(self, dA):
        """Return d loss / d W from the slopes of all sums (T, rows, B): one large product."""
        dA, Z = (page.transpose(1, 0, 2).reshape(page.shape[1], -1) for page in (dA, self._Z[:len(dA)]))
        return dA.dot(Z.T)


class LSTMLayer(_Layer):
    """n LSTM cells that read m inputs and each other's short-term memory.  W: (4n, n + m + 1), float32 or float64.

    The layer keeps W itself: changing it in place trains the layer.
    """
    gates = 4
    C = property(lambda self: self._C[:self._ran + 1].copy(), doc="Long-term memories at t = 0 ... T, (T + 1, n, B).")

    def _allocate(self, T, B):
        n, page = self.n, lambda *shape: np.ones((T, *shape, B), self.W.dtype)
        self._Z, self._C = (np.ones((T + 1, rows, B), self.W.dtype) for rows in (n + self.m + 1, n))
        self._A, self._dA, self._parts = page(4 * n), page(4 * n), page(2 * n)
        self._tanh_C, self._along_h = page(n), page(n)
        gates, parts, slopes = (A.reshape(T, -1, n, B) for A in (self._A, self._parts, self._dA))
        # The views of every step are made once: for few cells, making one costs as much as computing with it.
        self._steps = list(zip(self._Z, self._A, *gates.swapaxes(0, 1), self._C, *parts.swapaxes(0, 1), self._C[1:],
                               self._tanh_C, self._Z[1:, :n]))
        self._back = list(zip(gates[:, 0], self._dA, slopes[:, :3], slopes[:, 3], self._along_h))
        # sigmoid(a) = (1 + tanh(a / 2)) / 2, so that one tanh serves all four gates.
        half = np.repeat(np.array([0.5, 0.5, 1, 0.5], self.W.dtype), n)[:, np.newaxis]
        self._scale, self._half, self._offset = half.repeat(n + self.m + 1, 1), half.repeat(B, 1), 1 - half.repeat(B, 1)

    def forward(self, xs, c=None, h=None):
        """Return the short-term memory after every step, (T, n, B).

        xs: inputs (T, m, B); c, h: memories before the first step (n, B), 0 if left out.
        """
        T, W, half, offset = self._begin(xs, c=c, h=h), self.W * self._scale, self._half, self._offset
        for z, a, f, i, g, o, c, kept, added, c_new, tanh_c, h in self._steps[:T]:
            W.dot(z, a)
            np.tanh(a, a)
            np.multiply(a, half, a)
            np.add(a, offset, a)
            # c' = f c + i g
            np.multiply(f, c, kept)
            np.multiply(i, g, added)
            np.add(kept, added, c_new)
            # h' = o tanh(c')
            np.tanh(c_new, tanh_c)
            np.multiply(o, tanh_c, h)
        return self._Z[1:T + 1, :self.n].copy()

    def backward(self, dh, dc=None):
        """Go back through the sequence of the last forward and return a LayerBack.

        dh: d loss / d h after every step, by the loss alone (T, n, B); dc: after the last step (n, B), 0 if left out.
        """
        (slopes, dh), W_h, T = self._slopes(dh), self.W[:, :self.n].T.copy(), self._ran
        dc = np.zeros(dh.shape, dh.dtype) if dc is None else self._array("dc", dc, *dh.shape).copy()
        few = max(1, 2 ** 16 // (4 * dh.size))  # the local slopes of so many steps at once stay in a processor's cache
        for t in range(T - 1, -1, -1):
            if t == T - 1 or t % few == few - 1:
                self._local_slopes(slice(t - t % few, t + 1))
            f, da, da_fig, da_o, along_h = self._back[t]
            if t in slopes:
                np.add(dh, slopes[t], dh)
            np.multiply(along_h, dh, along_h)
            np.add(dc, along_h, dc)
            np.multiply(da_fig, dc, da_fig)
            np.multiply(da_o, dh, da_o)
            W_h.dot(da, dh)
            np.multiply(f, dc, dc)
        return LayerBack(self._weight_slopes(self._dA[:T]), dc, dh)

    def _local_slopes(self, steps):
        """Lay on the pages what dc and dh are to be multiplied with: the slopes of c' and h' at some steps."""
        A, dA, parts, h, n = self._A[steps], self._dA[steps], self._parts[steps], self._Z[1:, :self.n][steps], self.n
        da_fi, da_g, da_o, along_h = dA[:, :2 * n], dA[:, 2 * n:3 * n], dA[:, 3 * n:], self._along_h[steps]
        # by a_f: (1 - f) kept;  by a_i: (1 - i) added;  by a_o: (1 - o) h'
        np.subtract(1, A, dA)
        np.multiply(da_fi, parts, da_fi)
        np.multiply(da_o, h, da_o)
        # by a_g: i (1 - g^2) = i - added g;  of h' by c': o (1 - tanh(c')^2) = o - h' tanh(c')
        np.subtract(A[:, n:2 * n], np.multiply(parts[:, n:], A[:, 2 * n:3 * n], da_g), da_g)
        np.subtract(A[:, 3 * n:], np.multiply(h, self._tanh_C[steps], along_h), along_h)


class RNNLayer(_Layer):
    """n cells of a plain RNN, h' = tanh(W [h, x, 1]).  W: (n, n + m + 1), float32 or float64, kept as in LSTMLayer."""
    gates = 1

    def _allocate(self, T, B):
        self._Z, self._dA = (np.ones((T + 1, rows, B), self.W.dtype) for rows in (self.n + self.m + 1, self.n))

    def forward(self, xs, h=None):
        """Return the memory after every step, (T, n, B); xs, h as in LSTMLayer.forward."""
        T = self._begin(xs, h=h)
        for z, h in zip(self._Z[:T], self._Z[1:, :self.n]):
            self.W.dot(z, h)
            np.tanh(h, h)
        return self._Z[1:T + 1, :self.n].copy()

    def backward(self, dh):
        """Go back through the sequence of the last forward; dh as in LSTMLayer.backward.  The LayerBack has no c."""
        (slopes, dh), W_h = self._slopes(dh), self.W[:, :self.n].T.copy()
        dA, hs = self._dA[:self._ran], self._Z[1:self._ran + 1, :self.n]
        np.subtract(1, np.multiply(hs, hs, dA), dA)  # tanh' = 1 - tanh^2
        for t in range(self._ran - 1, -1, -1):
            dh += slopes.get(t, 0)
            np.multiply(dA[t], dh, dA[t])
            W_h.dot(dA[t], dh)
        return LayerBack(self._weight_slopes(dA), None, dh)


# -------------------------------------------------------------------------------------- the gradient flow of a matrix
def _flow_inputs(layer, xs, **memories):
    """Return the inputs (T, m) and the memories (n,), zero where None."""
    inputs = np.asarray(_number("xs", xs))
    inputs = inputs[:, np.newaxis] if inputs.ndim == 1 else inputs
    _want(inputs.ndim == 2 and len(inputs) and inputs.shape[1] == layer.m, "xs", xs, f"(T, {layer.m}) for the W given")
    for name, start in memories.items():
        memories[name] = np.zeros(layer.n) if start is None else _number(name, start)
        _want(np.shape(memories[name]) == (layer.n,), name, start, f"({layer.n},) for the W given")
    return inputs, *memories.values()


def rnn_gradient_flow(W, xs, h=None, activation="tanh"):
    """Return d h_T / d h_t of a plain RNN for t = 0 ... T: (T + 1, n, n), exact as in GradientFlow.

    xs: inputs (T, m), or (T,) for one input; h: memory before the first step (n,), or 0; activation: as in RNNUnit.
    """
    layer = RNNLayer(W)
    W, n, (xs, h) = np.asarray(layer.W, float), layer.n, _flow_inputs(layer, xs, h=h)
    act, slope = ACTIVATIONS[_activation("activation", activation)]
    Z = np.ones((len(xs) + 1, n + layer.m + 1))
    Z[0, :n], Z[:-1, n:-1] = h, xs
    for z, h in zip(Z, Z[1:, :n]):
        W.dot(z, h)
        if activation == "tanh":
            np.tanh(h, h)
        else:  # a memory cut to this size has the slope of a larger one
            h[...] = act(np.clip(h, -LARGEST, LARGEST))
    # d h_t / d h_(t-1) = diag(act'(a)) W_h
    return _products(slope(np.clip(Z[:-1] @ W.T, -LARGEST, LARGEST))[:, :, np.newaxis] * W[:, :n])


def lstm_gradient_flow(W, xs, c=None, h=None):
    """Return the GradientFlow of an LSTM with weights W along all paths; xs, c, h: as in rnn_gradient_flow."""
    layer = LSTMLayer(W)
    W, n, (xs, c_0, h) = np.asarray(layer.W, float), layer.n, _flow_inputs(layer, xs, c=c, h=h)
    T, Z, c = len(xs), np.ones((len(xs) + 1, W.shape[1])), np.empty((len(xs) + 1, n))
    Z[0, :n], Z[:-1, n:-1], c[0] = h, xs, c_0
    # All memories first, in the way of LSTMLayer.forward, but with no page for what is not asked for.
    half = np.repeat([0.5, 0.5, 1, 0.5], n)
    scaled, offset, a, added, tanh_c = half[:, np.newaxis] * W, 1 - half, np.empty(4 * n), np.empty(n), np.empty(n)
    f, i, g, o = a.reshape(4, n)
    for z, c_t, c_new, h in zip(Z, c, c[1:], Z[1:, :n]):
        scaled.dot(z, a)
        np.tanh(a, a)
        np.multiply(a, half, a)
        np.add(a, offset, a)
        np.multiply(f, c_t, c_new)
        np.multiply(i, g, added)
        np.add(c_new, added, c_new)
        np.multiply(o, np.tanh(c_new, tanh_c), h)
    # The sums once more: every digit of a nearly closed gate and of a flat slope counts, they are multiplied T times.
    a = np.clip(Z[:-1] @ W.T, -LARGEST, LARGEST).reshape(T, 4, n)
    (f, i, _, o), (f_off, i_off, _, o_off) = sigmoid(a).swapaxes(0, 1), sigmoid(-a).swapaxes(0, 1)
    # c_t = f c + i g, and then h_t = o tanh(c_t).  Rows of J: (c_t, h_t); columns: (c_(t-1), h_(t-1)).
    J = np.zeros((T, 2 * n, 2 * n))
    J[:, range(n), range(n)] = f
    ways = np.stack([c[:-1] * f * f_off, np.tanh(a[:, 2]) * i * i_off, i * tanh_slope(a[:, 2])], axis=2)  # (T, n, 3)
    np.matmul(ways.swapaxes(0, 1), W[:3 * n, :n].reshape(3, n, n).swapaxes(0, 1), out=J[:, :n, n:].swapaxes(0, 1))
    np.multiply(J[:, :n], (o * tanh_slope(c[1:]))[:, :, np.newaxis], out=J[:, n:])
    J[:, n:, n:] += (np.tanh(c[1:]) * o * o_off)[:, :, np.newaxis] * W[3 * n:, :n]
    flow = _products(J)
    return GradientFlow(flow[:, :n, :n], flow[:, n:, n:])


# ---------------------------------------------------------------------------------------------------------- learning
def clip_by_norm(g, limit):
    """Return the gradient g, shortened to the length limit if it is longer; its direction stays.

    Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013.
    """
    # g <- limit g / ||g||  where  ||g|| >= limit
    largest = np.abs(g).max(initial=0)
    norm = largest * np.linalg.norm(g / largest) if largest else 0.0  # the square of 1e-200 would be lost
    return g * (limit / norm) if norm >= limit else g


class UnitPredictor:
    """An LSTMUnit on floats that learns: it answers with its last memory h.  parameters: its weights W (4, 3)."""
    W = _kept("W")
    unit = property(lambda self: LSTMUnit(*(Gate(*row) for row in self.W.tolist())), doc="The weights as an LSTMUnit.")

    def __init__(self, unit):
        vars(self)["W"] = weight_matrix(_look("unit", unit, LSTMUnit))
        self.parameters = [self.W]

    def predict(self, xs):
        """Return the prediction for the sequence xs, a float."""
        return unroll(self.unit, xs)[-1].h

    def gradient(self, xs, target):
        """Return the loss (h_T - target)^2 and its gradient, a list with one matrix (4, 3).  target: a float."""
        unit, target = self.unit, _look("target", target, _number, single=True)
        steps = unroll(unit, _look("xs", xs, _sequence, single=True))
        error = steps[-1].h - target
        backs = unroll_backward(unit, steps, 2 * error)
        return error * error, [np.array([back.gradient for back in backs]).sum(axis=0)]


class Predictor:
    """A layer that reads whole sequences, and a readout of the memory at their ends, that learn together.

    layer: an LSTMLayer or RNNLayer; V: readout (k, n + 1) for y = V [h_T, 1], or None and y = h_T.  parameters: W, V.
    """
    V = _kept("V")

    def __init__(self, layer, V=None):
        self.layer, self.parameters = _look("layer", layer, _Layer), [layer.W]
        if V is not None:
            rows = np.atleast_1d(_number("V", V, layer._largest))
            _want(rows.shape == (len(rows) or 1, layer.n + 1), "V", V, f"(k, {layer.n + 1}): outputs, cells + 1")
            V = np.asarray(V, layer.W.dtype)
            self.parameters.append(V)
        vars(self)["V"] = V

    def predict(self, xs, lengths=None):
        """Return the predictions (k, B) for xs (T, m, B); lengths: how many steps of each count (B,), or all."""
        with _one_thread(xs, self.layer.W):
            return self._read(self.layer.forward(xs), lengths)[0]

    def _read(self, hs, lengths):
        """Return the predictions (k, B), the memories they were read from (n, B), and after which steps."""
        ends, h = None, hs[-1]
        if lengths is not None:
            counts = np.asarray(_number("lengths", lengths))
            whole = counts.shape == h.shape[1:] and (np.clip(counts.round(), 1, len(hs)) == counts).all()
            _want(whole, "lengths", lengths, f"{h.shape[1]} whole numbers from 1 to {len(hs)}")
            ends = counts.astype(int) - 1
            h = hs[ends, :, np.arange(len(ends))].T
        return h if self.V is None else self.V[:, :-1] @ h + self.V[:, -1:], h, ends

    def gradient(self, xs, targets, lengths=None):
        """Return the loss, the mean of (y - target)^2, and its gradient, arrays like parameters.  targets: (k, B)."""
        with _one_thread(xs, self.layer.W):
            y, h, ends = self._read(self.layer.forward(xs), lengths)
            error = y - self.layer._array("targets", targets, *y.shape)
            dy = error * (2 / error.size)
            dh = dy if self.V is None else self.V[:, :-1].T @ dy
            by_step = {len(xs) - 1: dh} if ends is None else {t: dh * (ends == t) for t in set(ends.tolist())}
            gradient = [self.layer.backward(by_step).W]
            if self.V is not None:
                gradient.append(np.column_stack([dy @ h.T, dy.sum(axis=1)]))
            return float(np.vdot(error, error)) / error.size, gradient


_blas = cache(lambda: ThreadpoolController().select(user_api="blas"))


def _one_thread(xs, W):
    """Return a context where NumPy's BLAS shares no product out: on a busy machine threads wait more than they work."""
    # Far smaller products it never shares out, and to ask it costs as much as they do.
    return _blas().limit(limits=1) if getattr(xs, "size", 0) * W.size > 2 ** 18 else nullcontext()


def numerical_gradient(model, *batch, step=1e-6):
    """Return what model.gradient(*batch) should, by trying: (loss(p + step) - loss(p - step)) / (2 step) for each p."""
    _able("model", model, "parameters", "gradient")
    step, gradient = _positive("step", step), [np.empty_like(p) for p in _trainable("model", model.parameters)]
    for p, slopes in zip(model.parameters, gradient):
        for place, value in np.ndenumerate(p):
            try:
                p[place] = value + step
                above, _ = model.gradient(*batch)
                p[place] = value - step
                slopes[place] = (above - model.gradient(*batch)[0]) / (2 * step)
            finally:  # whoever stops it here keeps the model as it was
                p[place] = value
    return gradient


def _able(name, value, *needed):  # it may be of a learner's own class
    able = not isinstance(value, type) and all(hasattr(value, attribute) for attribute in needed)
    _want(able, name, value, f"an object with {' and '.join(needed)}")


def _positive(name, value):
    number = _look(name, value, _number, single=True)
    return _want(number > 0, name, value, "one positive number") and number


def _trainable(name, arrays):
    good = isinstance(arrays, (list, tuple)) and arrays and all(
        type(p) is np.ndarray and p.dtype.kind == "f" and p.flags.writeable for p in arrays)
    return _want(good, name, arrays, "a list of float arrays that may be written to")


class SGD:
    """Gradient descent: p <- p - rate * g, in place.  parameters: a list of arrays; rate: a positive number."""

    def __init__(self, parameters, rate):
        self.parameters, self.rate, self.k = _trainable("parameters", parameters), _positive("rate", rate), 0
        self._moments = [(np.zeros_like(p), np.zeros_like(p)) for p in parameters]  # m and v, of Adam

    def update(self, gradient):
        """Take one step, if nothing is in its way.  gradient: a list of arrays like parameters."""
        shapes = [p.shape for p in _trainable("parameters", self.parameters)]
        good = isinstance(gradient, (list, tuple)) and [np.shape(g) for g in gradient] == shapes
        _want(good, "gradient", gradient, f"a list of arrays of the shapes {shapes}")
        self.k += 1
        for p, g, (m, v) in zip(self.parameters, gradient, self._moments):
            self._step(p, np.asarray(g), m, v)

    def _step(self, p, g, m, v):
        p -= self.rate * g


class Adam(SGD):
    """Gradient descent in place with steps of about the size rate; betas 0.9 and 0.999, epsilon 1e-8.

    Source: D. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015.
    """

    def __init__(self, parameters, rate=0.001):
        super().__init__(parameters, rate)

    def _step(self, p, g, m, v):
        # m and v begin at 0: divided by 1 - 0.9^k and 1 - 0.999^k, they are averages from the first step on.
        root = math.sqrt(1 - 0.999 ** self.k)
        m += 0.1 * (g - m)
        v += 0.001 * (g * g - v)
        p -= self.rate * root / (1 - 0.9 ** self.k) * m / (np.sqrt(v) + 1e-8 * root)


def train(model, optimizer, epochs, clip=None):
    """Train a model and yield after each epoch the losses of its batches, each as it was just before its update.

    optimizer: an SGD or Adam over model.parameters; epochs: an iterable of epochs, each a sequence of batches, each of
    these what model.gradient takes; clip: the longest gradient, if given.  FloatingPointError when loss or gradient
    leaves the floats: all parameters are then as before that update.
    """
    _able("model", model, "parameters", "gradient")
    _able("optimizer", optimizer, "update")
    _want(isinstance(epochs, Iterable), "epochs", epochs, "epochs of batches, as in [[(xs, target)]] * 100")
    clip = None if clip is None else _positive("clip", clip)
    for k, batches in enumerate(epochs, 1):
        if not isinstance(batches, Iterable):
            raise ValueError(f"epochs: got {batches!r} for an epoch, want a sequence of batches")
        yield [_train_once(model, optimizer, batch, clip, k) for batch in batches]


def _train_once(model, optimizer, batch, clip, epoch):
    """Update the model once, and return the loss from before."""
    if not isinstance(batch, (list, tuple)):
        raise ValueError(f"epochs: got {batch!r} for a batch, want what model.gradient takes, as in (xs, target)")
    with np.errstate(over="ignore", invalid="ignore"):  # what leaves the floats is refused in words below
        loss, gradient = model.gradient(*batch)
        # A longer gradient than this could not be clipped, nor be squared by Adam; NaN fails the comparison too.
        if not math.isfinite(loss) or not all(np.vdot(g, g) <= LARGEST ** 2 for g in gradient):
            raise FloatingPointError(f"training diverged in epoch {epoch}: the loss is {loss}; want a smaller learning "
                                     "rate, or clipping")
        if clip is not None:  # all parameters together
            together = clip_by_norm(np.concatenate([g.ravel() for g in gradient]), clip)
            parts = np.split(together, np.cumsum([g.size for g in gradient])[:-1])
            gradient = [part.reshape(g.shape) for part, g in zip(parts, gradient)]
        optimizer.update(gradient)
    return loss


clip_by_norm = _door(clip_by_norm, g=_number, limit=_positive)


# ------------------------------------------------------------------------------------------------ to and from PyTorch
def to_pytorch(W):
    """Return the weights W of an LSTM layer as torch.nn.LSTM names them: a dict of four arrays."""
    # Its rows are input gate, forget gate, candidate, output gate; it adds two biases, and the second is 0 here.
    layer = LSTMLayer(W)
    f, i, g, o = layer.W.reshape(4, layer.n, -1)
    W_h, W_x, b = (part.copy() for part in np.split(np.concatenate([i, f, g, o]), [layer.n, layer.n + layer.m], axis=1))
    return dict(weight_ih_l0=W_x, weight_hh_l0=W_h, bias_ih_l0=b[:, 0], bias_hh_l0=np.zeros_like(b[:, 0]))


def from_pytorch(weights):
    """Return W (4n, n + m + 1) from the four arrays of a torch.nn.LSTM by name, as in to_pytorch or state_dict()."""
    names = ("weight_hh_l0", "weight_ih_l0", "bias_ih_l0", "bias_hh_l0")
    complete = isinstance(weights, Mapping) and set(weights) == set(names)
    _want(complete, "weights", weights, f"a dict with {', '.join(names)}")
    given = {name: np.asarray(_number(name, weights[name])) for name in names}
    n, m = ((1, *given[name].shape)[-1] or 1 for name in names[:2])
    for name, shape in zip(names, ((4 * n, n), (4 * n, m), (4 * n,), (4 * n,))):
        _array(name, given[name], shape)
    W_h, W_x, b, b_2 = given.values()
    i, f, g, o = np.column_stack([W_h, W_x, b + b_2]).reshape(4, n, -1)
    return np.concatenate([f, i, g, o])
