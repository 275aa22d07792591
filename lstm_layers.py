"""Many LSTM or RNN cells at once, and how they learn: layers, gradient flow, optimizers, training.  NumPy only.

The equations are those of lstm_core, for n cells and B sequences at a time.  Sources stand at each function.
"""
import math
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import partial
from typing import NamedTuple

import numpy as np

from lstm_core import ACTIVATIONS, LARGEST, Gate, LSTMUnit, RNNUnit, _instance, _number, sigmoid, tanh_slope, unroll
from lstm_core import unroll_backward

# ---------------------------------------------------------------------------------------------- many cells: layers

# The weights of n cells that read m inputs are one matrix W on the column [h, x, 1].  Plain RNN: (n, n + m + 1).
# LSTM: (4n, n + m + 1), n rows each for forget gate, input gate, candidate, output gate.

def weight_matrix(unit):
    """Return the weights of one unit as the matrix W of a layer with one cell: LSTMUnit (4, 3), RNNUnit (1, 3).

    The RNN's output weights are not part of it.  ValueError if unit is neither, or computes many units at once.
    """
    if not isinstance(unit, (LSTMUnit, RNNUnit)) or unit.shape:
        raise ValueError(f"unit: got {unit!r}, want one LSTMUnit or RNNUnit")
    gates = [getattr(unit, field.name) for field in fields(unit)] if isinstance(unit, LSTMUnit) else [unit]
    return np.array([[gate.w, gate.u, gate.b] for gate in gates])


def random_weights(rng, rows, cells, inputs=0):
    """Return random weights on the column [h, x, 1]: uniform between -1 and 1 over the root of cells; biases are 0.

    rng: a numpy.random.Generator; rows: 4 * cells for an LSTM, cells for a plain RNN, outputs for a readout, which
    reads no inputs.  Returns (rows, cells + inputs + 1).  ValueError names what is not a whole positive number.
    """
    _instance("rng", rng, np.random.Generator)
    for name, count, least in (("rows", rows, 1), ("cells", cells, 1), ("inputs", inputs, 0)):
        if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < least:
            raise ValueError(f"{name}: got {count!r}, want a whole number, {least} or more")
    W = rng.uniform(-1, 1, (rows, cells + inputs + 1)) / math.sqrt(cells)
    W[:, -1] = 0
    return W


class LayerBack(NamedTuple):
    """What a layer's backward pass returns: d loss / d W, and d loss / d the memories before the first step."""
    W: np.ndarray
    c: np.ndarray
    h: np.ndarray


class _Layer:
    """What both layers share: a look at what comes in, and pages of memory for a whole sequence."""

    def __init__(self, W):
        single = isinstance(W, np.ndarray) and W.dtype in (np.float32, np.float64)
        # Of float32 too, the product of three numbers that may come in is still a float.
        self._largest = 1e12 if single and W.dtype == np.float32 else LARGEST
        looked_at = np.asarray(_number("W", W, self._largest))
        n = len(looked_at) // self.gates if looked_at.ndim == 2 else 0
        m = looked_at.shape[1] - n - 1 if n else 0
        if m < 1 or len(looked_at) % self.gates:
            rows = "n" if self.gates == 1 else f"{self.gates}n"
            raise ValueError(f"W: got {W!r}, want a matrix ({rows}, n + m + 1) for n cells and m inputs")
        self.W, self.n, self.m = W if single else looked_at, n, m
        self._longest, self._B, self._ran = 0, 0, None

    def __reduce__(self):
        """Copy and pickle the weights alone: pages that were copied one by one would no longer lie on each other."""
        return type(self), (self.W,)

    def _begin(self, xs, **memories):
        """Lay the inputs and the memories before the first step on the pages; return T, the number of steps."""
        xs = xs if isinstance(xs, np.ndarray) and xs.dtype.kind == "f" else np.asarray(_number("xs", xs))
        if xs.ndim != 3 or len(xs) == 0 or xs.shape[1] != self.m or xs.shape[2] == 0:
            raise ValueError(f"xs: got shape {xs.shape}, want (T, {self.m}, B): steps, inputs, sequences; none is 0")
        if not float(np.abs(xs).max()) <= self._largest:  # NaN fails the comparison too
            wrong = xs[~(np.abs(xs.astype(float)) <= self._largest)][0]
            raise ValueError(f"xs: got {wrong} among the inputs, want finite numbers between -{self._largest:g} and "
                             f"{self._largest:g}")
        T, _, B = xs.shape
        self._ran = None  # until all pages are laid
        if B != self._B or T > self._longest:
            self._longest, self._B = 0, B  # should the memory not suffice, the pages are no longer of one size
            self.Z = np.ones((T + 1, self.n + self.m + 1, B), self.W.dtype)  # the columns [h, x, 1] of all steps
            self._allocate(T, B)
            self._longest = T
        self.Z[:T, self.n:-1] = xs
        for page, (name, start) in zip((self.Z[0, :self.n], *self._first), memories.items()):
            page[...] = 0 if start is None else self._memory(name, start)
        self._ran = T
        return T

    def _memory(self, name, value):
        """Return a memory or its slope; ValueError unless it is (n, B) and finite."""
        value = np.asarray(_number(name, value, self._largest))
        if value.shape != (self.n, self._B):
            raise ValueError(f"{name}: got shape {value.shape}, want ({self.n}, {self._B}): cells, sequences")
        return value

    def _slopes(self, dh):
        """Return dh as an array (T, n, B); ValueError if forward has not run, or for another shape."""
        if self._ran is None:
            raise ValueError("dh: got it before forward has run, want forward first")
        dh = dh if isinstance(dh, np.ndarray) and dh.dtype.kind == "f" else np.asarray(_number("dh", dh))
        if dh.shape != (wanted := (self._ran, self.n, self._B)):
            raise ValueError(f"dh: got shape {dh.shape}, want {wanted}: steps, cells, sequences")
        return dh

    def _weight_slopes(self, dA):
        """Return d loss / d W from the slopes of all sums (T, rows, B): one large product."""
        rows, columns = dA.shape[1], self.Z.shape[1]
        return (dA.transpose(1, 0, 2).reshape(rows, -1)
                @ self.Z[:len(dA)].transpose(1, 0, 2).reshape(columns, -1).T)


class LSTMLayer(_Layer):
    """n LSTM cells that read m inputs and each other's short-term memory: the unit's equations, all cells at once.

    W: (4n, n + m + 1), float32 or float64; the layer keeps W itself, so changing W in place trains it.
    ValueError if W is not such a matrix, or not finite.
    """
    gates = 4

    def _allocate(self, T, B):
        n, new = self.n, partial(np.zeros, dtype=self.W.dtype)
        self.A, self.C, self.tanh_C = new((T, 4 * n, B)), new((T + 1, n, B)), new((T, n, B))
        self._first = (self.C[0],)
        self._parts = new((T, 2 * n, B))  # kept = f c, and added = i g
        self._dA, self._through_h, self._along_h = new((T, 4 * n, B)), new((T, n, B)), new((n, B))
        # sigmoid(a) = (1 + tanh(a / 2)) / 2, so that one tanh serves all four gates.
        self._half = np.repeat([0.5, 0.5, 1, 0.5], n).astype(self.W.dtype)[:, None].repeat(B, axis=1)
        self._offset = 1 - self._half
        # The views of every step are made once: for few cells, making one costs as much as computing with it.
        self._steps = [(self.Z[t], self.A[t], *self.A[t].reshape(4, n, B), self.C[t], *self._parts[t].reshape(2, n, B),
                        self.C[t + 1], self.tanh_C[t], self.Z[t + 1, :n]) for t in range(T)]
        self._back = [(self.A[t, :n], self._dA[t], self._dA[t, :3 * n].reshape(3, n, B), self._dA[t, 3 * n:],
                       self._through_h[t]) for t in range(T)]
        # The local slopes of so many steps at once stay in a processor's cache.
        self._few = max(1, 2 ** 16 // (4 * n * B))
        self._local = [self._local_views(slice(t, t + self._few)) for t in range(0, T, self._few)]

    def forward(self, xs, c=None, h=None):
        """Return the short-term memory after every step, (T, n, B): a view, good until forward runs again.

        xs: inputs (T, m, B) of B sequences; c, h: memories before the first step (n, B), 0 if left out.  The pages
        Z [h, x, 1], A (the gates) and C hold all steps.  ValueError names what does not fit.
        """
        T = self._begin(xs, h=h, c=c)
        half, offset = self._half, self._offset
        W = self.W * half[:, :1]
        for z, a, f, i, g, o, c, kept, added, c_new, tanh_c, h_new in self._steps[:T]:
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
            np.multiply(o, tanh_c, h_new)
        return self.Z[1:T + 1, :self.n]

    def backward(self, dh, dc=None):
        """Go back through the sequence of the last forward and return a LayerBack.

        dh: d loss / d h after every step (T, n, B), by the loss alone; dc: d loss / d c after the last step (n, B), 0
        if left out.  ValueError names what does not fit.
        """
        slopes, T = self._slopes(dh), self._ran
        dc = np.zeros_like(self._along_h) if dc is None else self._memory("dc", dc).astype(self.W.dtype)
        W_h, dh, along_h = self.W[:, :self.n].T.copy(), np.zeros_like(self._along_h), self._along_h
        for t in range(T - 1, -1, -1):
            if t == T - 1 or t % self._few == self._few - 1:
                self._local_slopes(*self._local[t // self._few])
            f, da, da_3, da_o, through_h = self._back[t]
            np.add(dh, slopes[t], dh)
            np.multiply(dh, through_h, along_h)
            np.add(dc, along_h, dc)
            np.multiply(da_3, dc, da_3)
            np.multiply(da_o, dh, da_o)
            W_h.dot(da, dh)
            np.multiply(dc, f, dc)
        return LayerBack(self._weight_slopes(self._dA[:T]), dc, dh)

    def _local_views(self, steps):
        """Return what _local_slopes reads and writes at some steps."""
        n, A, dA, parts, after = self.n, self.A[steps], self._dA[steps], self._parts[steps], self.Z[1:, :self.n][steps]
        return (A, A[:, n:2 * n], A[:, 2 * n:3 * n], A[:, 3 * n:], parts, parts[:, n:], self.tanh_C[steps], after,
                dA, dA[:, :2 * n], dA[:, 2 * n:3 * n], dA[:, 3 * n:], self._through_h[steps])

    @staticmethod
    def _local_slopes(A, i, g, o, parts, added, tanh_c, h, dA, da_fi, da_g, da_o, through_h):
        """Lay on the pages what dc and dh are to be multiplied with: the slopes of c' and h' at some steps."""
        # by a_f: (1 - f) kept;  by a_i: (1 - i) added;  by a_o: (1 - o) h'
        np.subtract(1, A, dA)
        np.multiply(da_fi, parts, da_fi)
        np.multiply(da_o, h, da_o)
        # by a_g: i (1 - g^2) = i - added g
        np.multiply(added, g, da_g)
        np.subtract(i, da_g, da_g)
        # of h' by c': o (1 - tanh(c')^2) = o - h' tanh(c')
        np.multiply(h, tanh_c, through_h)
        np.subtract(o, through_h, through_h)


class RNNLayer(_Layer):
    """n cells of a plain RNN, h' = tanh(W [h, x, 1]).

    W: (n, n + m + 1), float32 or float64; kept and changed as by LSTMLayer.  ValueError as there.
    """
    gates = 1
    _first = ()

    def _allocate(self, T, B):
        self._dA = np.empty((T, self.n, B), self.W.dtype)

    def forward(self, xs, h=None):
        """Return the memory after every step, (T, n, B); xs, h and errors as in LSTMLayer.forward."""
        T = self._begin(xs, h=h)
        for t in range(T):
            a = np.matmul(self.W, self.Z[t])
            np.tanh(a, out=self.Z[t + 1, :self.n])
        return self.Z[1:T + 1, :self.n]

    def backward(self, dh):
        """Go back through the sequence of the last forward; dh and errors as in LSTMLayer.backward.

        Returns a LayerBack without c.
        """
        slopes, T, n = self._slopes(dh), self._ran, self.n
        dA, hs = self._dA[:T], self.Z[1:T + 1, :n]
        # tanh' = 1 - t^2
        np.multiply(hs, hs, out=dA)
        np.subtract(1, dA, out=dA)
        W_h, dh = self.W[:, :n].T, np.zeros((n, self._B), self.W.dtype)
        for da, slope in zip(dA[::-1], slopes[::-1]):
            np.multiply(da, dh + slope, out=da)
            np.matmul(W_h, da, out=dh)
        return LayerBack(self._weight_slopes(dA), None, dh)


# ------------------------------------------------------------------------------------------------- gradient flow

class GradientFlow(NamedTuple):
    """What a change of a memory at step t is worth at the last step T, for t = 0 ... T; t = 0 is before the first step.

    c: d c_T / d c_t with h_t held still; h: d h_T / d h_t with c_t held still.  Jacobians (T + 1, n, n), 1 at T.
    """
    c: np.ndarray
    h: np.ndarray


def _flow_inputs(layer, xs, **memories):
    """Return the inputs (T, m, 1) and the memories (n,), zero where None; ValueError names what does not fit."""
    inputs = np.asarray(_number("xs", xs))
    inputs = inputs[:, None] if inputs.ndim == 1 else inputs
    if inputs.ndim != 2 or len(inputs) == 0 or inputs.shape[1] != layer.m:
        raise ValueError(f"xs: got {xs!r}, want (T, {layer.m}) with at least one step, for the W given")
    starts = [np.zeros(layer.n) if start is None else _number(name, start) for name, start in memories.items()]
    for name, start in zip(memories, starts):
        if np.shape(start) != (layer.n,):
            raise ValueError(f"{name}: got {memories[name]!r}, want ({layer.n},) for the W given")
    return inputs, *starts


def _products(J):
    """Return J[T - 1] ... J[t] for t = 0 ... T, the last one being 1: (T + 1, k, k) for (T, k, k).

    Beyond the range of the floats an entry is infinite or 0, without a warning.
    """
    T, k, _ = J.shape
    flow = np.empty((T + 1, k, k))
    flow[T] = np.eye(k)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for t in range(T, 0, -1):
            np.matmul(flow[t], J[t - 1], out=flow[t - 1])
        if np.isfinite(flow).all():
            return flow
        # Infinity times 0 is no number: once more, each row as (a row below 1) * 2^power.
        row, power = flow[T], np.zeros((k, 1), dtype=np.int32)
        for t in range(T, 0, -1):
            row = row @ J[t - 1]
            up = np.frexp(np.abs(row).max(axis=1, keepdims=True))[1]
            row, power = np.ldexp(row, -up), power + up
            flow[t - 1] = np.ldexp(row, power)
    return flow


def rnn_gradient_flow(W, xs, h=None, activation="tanh"):
    """Return d h_T / d h_t of a plain RNN for t = 0 ... T: (T + 1, n, n), exact, as products of the steps' Jacobians.

    W: weights (n, n + m + 1); xs: inputs (T, m), or (T,) for one input; h: memory before the first step (n,), 0 if
    left out; activation: as in RNNUnit.  Beyond the range of the floats an entry is infinite or 0, without a warning.
    ValueError names the argument that does not fit.
    """
    layer = RNNLayer(W)
    W, (xs, h) = np.asarray(layer.W, float), _flow_inputs(layer, xs, h=h)
    if not (isinstance(activation, str) and activation in ACTIVATIONS):
        raise ValueError(f"activation: got {activation!r}, want one of {', '.join(ACTIVATIONS)}")
    act, slope = ACTIVATIONS[activation]
    n, T = len(W), len(xs)
    W_h, from_x = W[:, :n], xs @ W[:, n:-1].T + W[:, -1]
    a = np.empty((T, n))
    for t in range(T):
        # A sum or a memory cut to this size has the slope of a larger one.
        a[t] = np.minimum(np.maximum(W_h.dot(h) + from_x[t], -LARGEST), LARGEST)
        h = act(a[t])
    # d h_t / d h_(t-1) = diag(act'(a)) W_h
    return _products(slope(a)[:, :, None] * W_h)


def lstm_gradient_flow(W, xs, c=None, h=None):
    """Return d c_T / d c_t and d h_T / d h_t of an LSTM for t = 0 ... T, exact, as products of the steps' Jacobians.

    W: weights (4n, n + m + 1); xs: inputs (T, m), or (T,) for one input; c, h: memories before the first step (n,), 0
    if left out.  Both memories carry a change on: all paths through both are counted.  Returns a GradientFlow.
    ValueError names the argument that does not fit.
    """
    layer = LSTMLayer(LSTMLayer(W).W.astype(float))  # in double precision, whatever W is
    xs, c, h = _flow_inputs(layer, xs, c=c, h=h)
    layer.forward(xs[:, :, None], c[:, None], h[:, None])
    W, n, T = layer.W, layer.n, len(xs)
    memory, W_h = layer.C[:, :, 0], W[:, :n]
    # The sums once more: every digit of a nearly closed gate and of a flat slope counts, they are multiplied T times.
    a = np.clip(layer.Z[:T, :, 0] @ W.T, -LARGEST, LARGEST).reshape(T, 4, n)
    (f, i, _, o), (f_off, i_off, _, o_off) = sigmoid(a).swapaxes(0, 1), sigmoid(-a).swapaxes(0, 1)
    g, tanh_c = np.tanh(a[:, 2]), np.tanh(memory[1:])
    # Rows: (c_t, h_t); columns: (c_(t-1), h_(t-1)).  c_t = f c + i g, and then h_t = o tanh(c_t).
    J = np.zeros((T, 2 * n, 2 * n))
    J[:, range(n), range(n)] = f
    through = np.stack([memory[:-1] * f * f_off, g * i * i_off, i * tanh_slope(a[:, 2])], axis=2)  # (T, n, 3)
    np.matmul(through.swapaxes(0, 1), W_h[:3 * n].reshape(3, n, n).swapaxes(0, 1), out=J[:, :n, n:].swapaxes(0, 1))
    np.multiply(J[:, :n], (o * tanh_slope(memory[1:]))[:, :, None], out=J[:, n:])
    J[:, n:, n:] += (tanh_c * o * o_off)[:, :, None] * W_h[3 * n:]
    flow = _products(J)
    return GradientFlow(flow[:, :n, :n], flow[:, n:, n:])


def clip_by_norm(g, limit):
    """Return the gradient g, shortened to the length limit if it is longer; its direction stays.

    g: an array of any shape; limit: a positive number.  g <- limit g / ||g|| where ||g|| >= limit: Pascanu, Mikolov and
    Bengio, "On the difficulty of training recurrent neural networks", 2013.  ValueError names what does not fit.
    """
    g, longest = np.asarray(_number("g", g)), _positive("limit", limit)
    largest = np.abs(g).max(initial=0)
    norm = largest * np.linalg.norm(g / largest) if largest else 0.0  # the square of 1e-200 would be lost
    return g * (longest / norm) if norm >= longest else g


# ----------------------------------------------------------------------------------------------------- learning

class UnitPredictor:
    """One LSTM unit on plain floats that learns: its prediction is the short-term memory after the last input.

    unit: the LSTMUnit to start from.  parameters: its weights, one matrix (4, 3).
    """

    def __init__(self, unit):
        self.W = weight_matrix(unit)
        self.parameters = [self.W]

    @property
    def unit(self):
        """The weights as an LSTMUnit."""
        return LSTMUnit(*(Gate(*row) for row in self.W.tolist()))

    def predict(self, xs):
        """Return the prediction for the sequence xs, a float."""
        return unroll(self.unit, xs)[-1].h

    def gradient(self, xs, target):
        """Return the loss (h_T - target)^2 and its gradient, a list with one matrix (4, 3).  target: a float."""
        unit = self.unit
        steps = unroll(unit, xs)
        error = steps[-1].h - _number("target", target)
        if type(error) is not float:
            raise ValueError(f"xs, target: got {xs!r}, {target!r}, want one sequence of numbers and one number")
        backs = unroll_backward(unit, steps, 2 * error)
        return error * error, [np.array([back.gradient for back in backs]).sum(axis=0)]


class Predictor:
    """A layer that reads whole sequences, and a readout of the memory at their ends that learn together.

    layer: an LSTMLayer or RNNLayer; V: readout (k, n + 1) for y = V [h_T, 1], or None and y = h_T.  parameters: the
    layer's W, and V.  ValueError names what does not fit.
    """

    def __init__(self, layer, V=None):
        if not isinstance(layer, _Layer):
            raise ValueError(f"layer: got {layer!r}, want an LSTMLayer or RNNLayer")
        if V is not None and (np.ndim(_number("V", V, layer._largest)) != 2 or np.size(V) == 0
                              or np.shape(V)[1] != layer.n + 1):
            raise ValueError(f"V: got {V!r}, want a matrix (k, {layer.n + 1}): outputs, cells + 1")
        self.layer, self.V = layer, None if V is None else np.asarray(V, layer.W.dtype)
        self.parameters = [layer.W] if V is None else [layer.W, self.V]

    def predict(self, xs, lengths=None):
        """Return the predictions (k, B) for the sequences xs (T, m, B).

        lengths: how many steps of each sequence count (B,); all T if left out.  ValueError names what does not fit.
        """
        return self._read(self.layer.forward(xs), lengths)[0].copy()

    def _read(self, hs, lengths):
        """Return the predictions (k, B), the memories they were read from (n, B), and where these are in hs."""
        T, _, B = hs.shape
        if lengths is not None:
            counts = np.asarray(_number("lengths", lengths))
            if counts.shape != (B,) or not ((1 <= counts) & (counts <= T) & (counts % 1 == 0)).all():
                raise ValueError(f"lengths: got {lengths!r}, want {B} whole numbers from 1 to {T}")
        ends = T - 1 if lengths is None else (counts.astype(int) - 1, slice(None), np.arange(B))
        h = hs[ends] if lengths is None else hs[ends].T
        return h if self.V is None else self.V[:, :-1] @ h + self.V[:, -1:], h, ends

    def gradient(self, xs, targets, lengths=None):
        """Return the loss, the mean of (y - target)^2, and its gradient: a list of arrays like parameters.

        targets: (k, B); xs, lengths and errors as in predict.
        """
        hs = self.layer.forward(xs)
        y, h, ends = self._read(hs, lengths)
        targets = np.asarray(_number("targets", targets, self.layer._largest))
        if targets.shape != y.shape:
            raise ValueError(f"targets: got shape {targets.shape}, want {y.shape}: outputs, sequences")
        error = y - targets.astype(y.dtype)
        dy, dhs = error * (2 / error.size), np.zeros(hs.shape, hs.dtype)
        dh = dy if self.V is None else self.V[:, :-1].T @ dy
        dhs[ends] = dh if lengths is None else dh.T
        gradient = [self.layer.backward(dhs).W]
        if self.V is not None:
            gradient.append(np.column_stack([dy @ h.T, dy.sum(axis=1)]))
        return float(np.vdot(error, error)) / error.size, gradient


def numerical_gradient(model, *batch, step=1e-6):
    """Return d loss / d every parameter of a model by trying: each number a little up, a little down.

    model: a UnitPredictor or Predictor; batch: what its gradient takes; step: the change.  Central differences,
    (loss(p + step) - loss(p - step)) / (2 step).  Returns a list of arrays like model.parameters.
    """
    _able("model", model, "parameters", "gradient")
    step = _positive("step", step)
    gradient = [np.empty_like(parameter) for parameter in model.parameters]
    for parameter, slopes in zip(model.parameters, gradient):
        for place, value in np.ndenumerate(parameter):
            losses = []
            try:
                for near in (value + step, value - step):
                    parameter[place] = near
                    losses.append(model.gradient(*batch)[0])
            finally:  # whoever stops it here keeps the model as it was
                parameter[place] = value
            slopes[place] = (losses[0] - losses[1]) / (2 * step)
    return gradient


def _able(name, value, *needed):
    """Raise ValueError unless the value, which may be of a learner's own class, has the attributes needed."""
    if isinstance(value, type) or not all(hasattr(value, attribute) for attribute in needed):
        raise ValueError(f"{name}: got {value!r}, want an object with {' and '.join(needed)}")


class _Descent:
    """What both optimizers share: a look at what comes in."""

    def __init__(self, parameters, rate):
        if (not isinstance(parameters, (list, tuple)) or not parameters
                or not all(isinstance(p, np.ndarray) and p.dtype.kind == "f" for p in parameters)):
            raise ValueError(f"parameters: got {parameters!r}, want a list of float arrays")
        self.parameters, self.rate = parameters, _positive("rate", rate)

    def _look(self, gradient):
        """Raise ValueError unless there is one slope for each number of the parameters."""
        if (not isinstance(gradient, (list, tuple)) or len(gradient) != len(self.parameters)
                or any(np.shape(g) != p.shape for p, g in zip(self.parameters, gradient))):
            raise ValueError(f"gradient: got {gradient!r}, want a list of arrays of the shapes "
                             f"{', '.join(str(p.shape) for p in self.parameters)}")


class SGD(_Descent):
    """Gradient descent: p <- p - rate * g, in place.  parameters: a list of arrays; rate: a positive number.

    ValueError names what does not fit.
    """

    def update(self, gradient):
        """Take one step.  gradient: a list of arrays like parameters; ValueError for other shapes."""
        self._look(gradient)
        for p, g in zip(self.parameters, gradient):
            p -= self.rate * g


class Adam(_Descent):
    """Gradient descent whose steps adapt to each parameter, with betas 0.9 and 0.999 and epsilon 1e-8, in place.

    parameters: a list of arrays; rate: a positive number, about the size of a step.  ValueError as from SGD.
    Source: D. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015.
    """

    def __init__(self, parameters, rate=0.001):
        super().__init__(parameters, rate)
        self.k = 0
        self._moments = [(np.zeros_like(p), np.zeros_like(p)) for p in parameters]

    def update(self, gradient):
        """Take one step.  gradient: a list of arrays like parameters; ValueError for other shapes."""
        self._look(gradient)
        self.k += 1
        # m and v begin at 0: divided by 1 - 0.9^k and 1 - 0.999^k, they are averages from the first step on.
        root = math.sqrt(1 - 0.999 ** self.k)
        rate = self.rate * root / (1 - 0.9 ** self.k)
        for p, g, (m, v) in zip(self.parameters, gradient, self._moments):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            p -= rate * m / (np.sqrt(v) + 1e-8 * root)


def _positive(name, value):
    """Return value as a float; ValueError unless it is one positive number."""
    number = _number(name, value)
    if type(number) is not float or number <= 0:
        raise ValueError(f"{name}: got {value!r}, want one positive number")
    return number


def _clipped(gradient, limit):
    """Return the gradient of all parameters together clipped by norm, again as a list of arrays."""
    together = clip_by_norm(np.concatenate([g.ravel() for g in gradient]), limit)
    parts = np.split(together, np.cumsum([g.size for g in gradient])[:-1])
    return [part.reshape(g.shape) for part, g in zip(parts, gradient)]


def train(model, optimizer, epochs, clip=None):
    """Train a model and yield after each epoch the losses of its batches, each as it was just before its update.

    model: a UnitPredictor or Predictor; optimizer: an SGD or Adam over its parameters; epochs: an iterable of epochs,
    each a sequence of batches, each of these what model.gradient takes; clip: the longest gradient, if given.
    FloatingPointError when loss or gradient leaves the floats: all parameters are then as before that update.
    ValueError names what does not fit.
    """
    _able("model", model, "parameters", "gradient")
    _able("optimizer", optimizer, "update")
    if not isinstance(epochs, Iterable):
        raise ValueError(f"epochs: got {epochs!r}, want epochs of batches, as in [[(xs, target)]] * 100")
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
        optimizer.update(gradient if clip is None else _clipped(gradient, clip))
    return loss


# ------------------------------------------------------------------------------------------------ to and from PyTorch

def to_pytorch(W):
    """Return the weights of an LSTM layer as torch.nn.LSTM names them: a dict of four arrays.

    W: (4n, n + m + 1).  PyTorch's rows are input gate, forget gate, candidate, output gate; it adds two biases, and the
    second is 0 here.  ValueError if W is not such a matrix.
    """
    layer = LSTMLayer(W)
    f, i, g, o = layer.W.reshape(4, layer.n, -1)
    rows = np.concatenate([i, f, g, o])
    return {"weight_ih_l0": rows[:, layer.n:-1].copy(), "weight_hh_l0": rows[:, :layer.n].copy(),
            "bias_ih_l0": rows[:, -1].copy(), "bias_hh_l0": np.zeros_like(rows[:, -1])}


def from_pytorch(weights):
    """Return the matrix W (4n, n + m + 1) of an LSTM layer from the weights of a torch.nn.LSTM.

    weights: its four arrays by name, as to_pytorch returns them or as state_dict() holds them.  ValueError names the
    one that is missing, not finite, or of another shape.
    """
    names = ("weight_hh_l0", "weight_ih_l0", "bias_ih_l0", "bias_hh_l0")
    if not isinstance(weights, Mapping) or set(weights) != set(names):
        raise ValueError(f"weights: got {weights!r}, want a dict with {', '.join(names)}")
    W_h, W_x, *biases = (np.asarray(_number(name, weights[name])) for name in names)
    rows = len(W_h) if W_h.ndim else 0
    shapes = ((rows, rows // 4), (rows, W_x.shape[-1] if W_x.ndim else 0), (rows,), (rows,))
    for name, array, shape in zip(names, (W_h, W_x, *biases), shapes):
        if array.shape != shape or not array.size or rows % 4:
            raise ValueError(f"{name}: got shape {array.shape}, want {shape}, with 4 rows for each cell")
    i, f, g, o = np.column_stack([W_h, W_x, biases[0] + biases[1]]).reshape(4, rows // 4, -1)
    return np.concatenate([f, i, g, o])
