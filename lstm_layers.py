"""Many LSTM or RNN cells at once, and how they learn: layers, gradient flow, optimizers, training.

The equations are those of lstm_core, for n cells and B sequences of T steps at a time.  The weights of n cells that
read m inputs are one matrix W on the column [h, x, 1]: (n, n + m + 1) for a plain RNN; (4n, n + m + 1) for an LSTM, n
rows each for forget gate, input gate, candidate and output gate.  A ValueError names the argument that does not fit.
"""
import math
from collections import namedtuple
from collections.abc import Iterable, Mapping
from functools import partial

import numpy as np

from lstm_core import LARGEST, Gate, LSTMUnit, RNNUnit, _a, _door, _lstm_flow, _number, _products, _want
from lstm_core import step, tanh_slope


# ------------------------------------------------------------------------------------------------------- the weights
def weight_matrix(unit):
    """Return the weights of one unit as a matrix W: LSTMUnit (4, 3); RNNUnit (1, 3), without output and activation."""
    _want(isinstance(unit, (LSTMUnit, RNNUnit)) and unit.shape == (), "unit", unit, "a unit of single numbers")
    gates = [unit] if isinstance(unit, RNNUnit) else (unit.forget, unit.input, unit.candidate, unit.output)
    return np.array([[gate.w, gate.u, gate.b] for gate in gates])


def random_weights(rng, rows, cells, inputs=0):
    """Return random weights (rows, cells + inputs + 1), uniform between -1 and 1 over the root of cells; biases 0.

    rng: a numpy Generator; rows: 4 * cells for an LSTM, cells for an RNN, outputs for a readout, which has no inputs.
    """
    _a(np.random.Generator)("rng", rng)
    for name, count, least in (("rows", rows, 1), ("cells", cells, 1), ("inputs", inputs, 0)):
        whole = type(count) is int or isinstance(count, np.integer)
        _want(whole and count >= least, name, count, "a whole number, {} or more", least)
    W = rng.uniform(-1, 1, (rows, cells + inputs + 1)) / math.sqrt(cells)
    W[:, -1] = 0
    return W


def _array(name, value, shape=None, dtype=float):
    """Return value as an array of this dtype; ValueError names it if it has another shape, or is not finite."""
    largest = 1e12 if dtype == np.float32 else LARGEST  # a product of three such numbers is still a float of its kind
    ready = type(value) is np.ndarray and value.dtype == dtype
    # Seen at a glance: no number is longer than all of them together.
    if not (ready and float(np.vdot(value, value)) <= largest ** 2):
        numbers = _number(name, value, largest)
        value = value if ready else np.asarray(numbers, dtype)
    if value.shape != (value.shape if shape is None else shape):
        raise ValueError(f"{name}: got shape {value.shape}, want {shape}")
    return value


def _kept(name):
    """Return weights as a property that remains one array: setting it puts other numbers in, which are then trained."""
    def put(model, value):
        (kept,) = _trainable(name, [vars(model)[name]])
        kept[...] = _array(name, value, kept.shape, kept.dtype)
    return property(lambda model: vars(model)[name], put)


# -------------------------------------------------------------------------------------------------------- the layers
LayerBack = namedtuple("LayerBack", "W c h")  # d loss / d W, and d loss / d the memories before the first step


class _Layer:
    """What both layers share: W, trained in place; a look at what comes in; pages that hold all steps of a sequence."""
    W = _kept("W")

    def __init__(self, W):
        numbers = _array("W", W, dtype=np.float32 if getattr(W, "dtype", float) == np.float32 else float)
        n, rest = divmod(len(numbers), self.gates) if numbers.ndim == 2 else (0, 0)
        self.n, self.m = n, numbers.shape[-1] - n - 1 if n and not rest else 0
        _want(self.m > 0, "W", W, f"a matrix ({self.gates} n, n + m + 1) for n cells and m inputs")
        vars(self).update(W=numbers, _Z=np.empty((0, 0, 0)), _C=None, _ran=None)

    def __reduce__(self):
        return type(self), (self.W,)  # copies of single pages would no longer lie on each other

    def _begin(self, xs, **memories):
        """Lay the inputs and the memories before the first step on the pages; return T, the number of steps."""
        self._ran, xs = None, _array("xs", xs, dtype=self.W.dtype)
        if xs.ndim != 3 or xs.shape[1] != self.m or xs.size == 0:
            raise ValueError(f"xs: got shape {xs.shape}, want (T, {self.m}, B): steps, inputs, sequences; none is 0")
        T, _, B = xs.shape
        if T >= len(self._Z) or B != self._Z.shape[2]:
            self._allocate(T, B)
        self._Z[:T, self.n:-1] = xs
        for name, start in memories.items():
            page = self._Z[0, :self.n] if name == "h" else self._C[0]
            page[...] = 0 if start is None else _array(name, start, page.shape, page.dtype)
        return T

    def _slopes(self, dh):
        """Return dh as an array (T, n, B), and a page of zeros for what the steps hand back."""
        if self._ran is None:
            raise ValueError("dh: got it before forward has run, want forward first")
        if not _float_array(dh):  # a loss that explodes may send back what is not finite
            dh = np.asarray(_number("dh", dh))
        if dh.shape != (wanted := (self._ran, self.n, self._Z.shape[2])):
            raise ValueError(f"dh: got shape {dh.shape}, want {wanted}: steps, cells, sequences")
        return dh, np.zeros(wanted[1:], self.W.dtype)

    def _weight_slopes(self, dA):
        """Return d loss / d W from the slopes of all sums (T, rows, B): one large product."""
        dA, Z = (page.transpose(1, 0, 2).reshape(page.shape[1], -1) for page in (dA, self._Z[:len(dA)]))
        return dA.dot(Z.T)


class LSTMLayer(_Layer):
    """n LSTM cells that read m inputs and each other's short-term memory.  W: (4n, n + m + 1), float32 or float64."""
    gates = 4
    C = property(lambda self: self._C[:_want(self._ran, "C", self._ran, "forward first") + 1].copy(),
                 doc="Long-term memories at t = 0 ... T, (T + 1, n, B).")

    def _allocate(self, T, B):
        n, page = self.n, lambda rows, steps=T: np.ones((steps, rows, B), self.W.dtype)
        Z, C, A, F, D = page(n + self.m + 1, T + 1), page(n, T + 1), page(5 * n), page(5 * n), page(5 * n)
        (f, i, g, o, tanh_c), (kept, added, *_) = (page.reshape(T, 5, n, B).swapaxes(0, 1) for page in (A, F))
        # The views of every step are made once: for few cells, making one costs as much as computing with it.
        self._steps = list(zip(Z, A[:, :4 * n], f, i, g, o, C, kept, added, C[1:], tanh_c, Z[1:, :n]))
        self._back = list(zip(f, D[:, :4 * n], D[:, :3 * n].reshape(T, 3, n, B), D[:, 3 * n:4 * n], D[:, 4 * n:]))
        # sigmoid(a) = (1 + tanh(a / 2)) / 2, so that one tanh serves gates and candidate.
        self._half = np.repeat(np.array([0.5, 0.5, 1, 0.5], self.W.dtype), n * B).reshape(4 * n, B)
        # The rows of A are f, i, g, o, tanh(c').  Z comes last: by its size a page is known to be there.
        self._offset, self._C, self._pages, self._Z = 1 - self._half, C, (A, F, D), Z

    def forward(self, xs, c=None, h=None):
        """Return the short-term memory after every step, (T, n, B).

        xs: inputs (T, m, B); c, h: memories before the first step (n, B), 0 if left out.
        """
        T, half, offset = self._begin(xs, c=c, h=h), self._half, self._offset
        W = self.W * half[:, :1]
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
        self._ran = T  # from here on backward may run
        return self._Z[1:T + 1, :self.n].copy()

    def backward(self, dh, dc=None):
        """Go back through the sequence of the last forward and return a LayerBack.

        dh: d loss / d h after every step, by the loss alone (T, n, B); dc: after the last step (n, B), 0 if left out.
        """
        (dhs, dh), W_h, T, n = self._slopes(dh), self.W[:, :self.n].T.copy(), self._ran, self.n
        dc = np.zeros(dh.shape, dh.dtype) if dc is None else _array("dc", dc, dh.shape, dh.dtype).copy()
        # What dc and dh are to be multiplied with, of all steps at once: (1 - f) kept for a_f, (1 - i) added for a_i,
        # (1 - g)(i + added) for a_g, (1 - o) h' for a_o, (1 - tanh(c'))(o + h') for c' in h', so that D = (1 - A) F.
        A, F, D = (page[:T].reshape(T, 5, *dh.shape) for page in self._pages)
        F[:, 3] = self._Z[1:T + 1, :n]
        np.add(A[:, 1::2], F[:, 1::2], F[:, 2::2])
        np.multiply(np.subtract(1, A, D), F, D)
        for dh_t, (f, da, da_fig, da_o, along) in zip(dhs[::-1], self._back[T - 1::-1]):
            np.add(dh, dh_t, dh)
            np.multiply(along, dh, along)
            np.add(dc, along, dc)
            np.multiply(da_fig, dc, da_fig)
            np.multiply(da_o, dh, da_o)
            W_h.dot(da, dh)
            np.multiply(f, dc, dc)
        return LayerBack(self._weight_slopes(self._pages[2][:T, :4 * n]), dc, dh)


class RNNLayer(_Layer):
    """n cells of a plain RNN, h' = tanh(W [h, x, 1]).  W: (n, n + m + 1), float32 or float64."""
    gates = 1

    def _allocate(self, T, B):
        self._dA, self._Z = (np.ones((T + 1, rows, B), self.W.dtype) for rows in (self.n, self.n + self.m + 1))

    def forward(self, xs, h=None):
        """Return the memory after every step, (T, n, B); xs, h as in LSTMLayer.forward."""
        T, W = self._begin(xs, h=h), self.W
        for z, h in zip(self._Z[:T], self._Z[1:, :self.n]):
            W.dot(z, h)
            np.tanh(h, h)
        self._ran = T
        return self._Z[1:T + 1, :self.n].copy()

    def backward(self, dh):
        """Go back through the sequence of the last forward; dh as in LSTMLayer.backward.  The LayerBack has no c."""
        (dhs, dh), W_h = self._slopes(dh), self.W[:, :self.n].T.copy()
        dA, hs = self._dA[:self._ran], self._Z[1:self._ran + 1, :self.n]
        np.subtract(1, np.multiply(hs, hs, dA), dA)  # tanh' = 1 - tanh^2
        for dh_t, da in zip(dhs[::-1], dA[::-1]):
            dh += dh_t
            da *= dh
            W_h.dot(da, dh)
        return LayerBack(self._weight_slopes(dA), None, dh)


# -------------------------------------------------------------------------------------- the gradient flow of a matrix
def _run(kind, W, xs, **memories):
    """Return a layer in float64 that has run over xs, and its sums, (T, rows, 1)."""
    layer, inputs = kind(W), np.asarray(_number("xs", xs))
    inputs = inputs[:, np.newaxis] if inputs.ndim == 1 else inputs
    _want(inputs.ndim == 2 and len(inputs) and inputs.shape[1] == layer.m, "xs", xs, f"(T, {layer.m}) for the W given")
    starts = {name: m if m is None else _array(name, m, (layer.n,))[:, np.newaxis] for name, m in memories.items()}
    layer = kind(layer.W.astype(float))
    layer.forward(inputs[:, :, np.newaxis], **starts)
    return layer, np.clip(layer._Z[:-1, :, 0] @ layer.W.T, -LARGEST, LARGEST)[..., np.newaxis]


def rnn_gradient_flow(W, xs, h=None):
    """Return d h_T / d h_t of a plain RNN with weights W for t = 0 ... T: (T + 1, n, n), exact as in GradientFlow.

    xs: inputs (T, m), or (T,) for one input; h: memory before the first step (n,), or 0.
    """
    layer, sums = _run(RNNLayer, W, xs, h=h)
    # d h_t / d h_(t-1) = diag(tanh'(a)) W_h
    return _products(lambda J: np.multiply(tanh_slope(sums), layer.W[:, :layer.n], J), len(sums), layer.n)


@_door  # the core does not look again at what comes from here
def lstm_gradient_flow(W, xs, c=None, h=None):
    """Return the GradientFlow of an LSTM with weights W along all paths; xs, c, h: as in rnn_gradient_flow."""
    layer, sums = _run(LSTMLayer, W, xs, c=c, h=h)
    # The gates once more: what is multiplied T times keeps all digits, of a nearly closed gate and of a flat slope too.
    a = sums.reshape(-1, 4, layer.n, 1).swapaxes(0, 1)
    all_steps = step(LSTMUnit(*(Gate(0.0, 0.0, a_gate) for a_gate in a)), layer.C[:-1], 0.0, 0.0)
    return _lstm_flow(all_steps, *layer.W[:, :layer.n].reshape(4, layer.n, -1))


# ---------------------------------------------------------------------------------------------------------- learning
_positive = lambda name, value: _want(
    isinstance(number := _number(name, value), float) and number > 0, name, value, "one positive number") and number
_float_array = lambda value: type(value) is np.ndarray and value.dtype.kind == "f"
_trainable = lambda name, value: _want(isinstance(value, (list, tuple)) and value and all(
    _float_array(p) and p.flags.writeable for p in value), name, value, "a list of float arrays that may be written to")
_able = lambda name, value, *needed: _want(not isinstance(value, type) and all(hasattr(value, one) for one in needed),
                                           name, value, "an object with {}", " and ".join(needed))  # also a learner's


@partial(_door, g=_number, limit=_positive)
def clip_by_norm(g, limit):
    """Return the gradient g, shortened to the length limit if it is longer; its direction stays.

    Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013.
    """
    # g <- limit g / ||g||  where  ||g|| >= limit
    largest = np.abs(g).max(initial=0)
    norm = largest * np.linalg.norm(g / largest) if largest else 0.0  # the square of 1e-200 would be lost
    return g * (limit / norm) if norm >= limit else g


class Predictor:
    """A layer that reads whole sequences, and a readout of the memory at their ends, that learn together.

    layer: an LSTMLayer or RNNLayer; V: readout (k, n + 1) for y = V [h_T, 1], or None and y = h_T.  parameters: W, V.
    """
    V = _kept("V")

    def __init__(self, layer, V=None):
        self.layer, self.parameters = _a(_Layer)("layer", layer), [layer.W]
        if V is not None:
            rows = _array("V", V, dtype=layer.W.dtype)
            _want(rows.size and rows.shape[1:] == (layer.n + 1,), "V", V, f"(k, {layer.n + 1}): outputs, cells + 1")
            self.parameters.append(V := rows)
        vars(self)["V"] = V

    def predict(self, xs, lengths=None):
        """Return the predictions (k, B) for xs (T, m, B); lengths: how many steps of each count (B,), or all."""
        return self._read(self.layer.forward(xs), lengths)[0]

    def _read(self, hs, lengths):
        """Return the predictions (k, B), the memories they were read from (n, B), and where these stand in hs."""
        T, _, B = hs.shape
        h, ends = hs[-1], -1
        if lengths is not None:
            counts = np.asarray(_number("lengths", lengths))
            whole = counts.shape == (B,) and (np.clip(counts.round(), 1, T) == counts).all()
            _want(whole, "lengths", lengths, f"{B} whole numbers from 1 to {T}")
            ends = counts.astype(int) - 1, slice(None), range(B)
            h = hs[ends].T
        return h if self.V is None else self.V[:, :-1] @ h + self.V[:, -1:], h, ends

    def gradient(self, xs, targets, lengths=None):
        """Return the loss, the mean of (y - target)^2, and its gradient, arrays like parameters.  targets: (k, B)."""
        hs = self.layer.forward(xs)
        y, h, ends = self._read(hs, lengths)
        error = y - _array("targets", targets, y.shape, y.dtype)
        dy, dhs = error * (2 / error.size), np.zeros(hs.shape, hs.dtype)
        dh = dy if self.V is None else self.V[:, :-1].T @ dy
        dhs[ends] = dh if lengths is None else dh.T
        gradient = [self.layer.backward(dhs).W]
        if self.V is not None:
            gradient.append(np.column_stack([dy @ h.T, dy.sum(axis=1)]))
        return float(np.vdot(error, error)) / error.size, gradient


def numerical_gradient(model, *batch, step=1e-6):
    """Return what model.gradient(*batch) should: (loss(p + step) - loss(p - step)) / (2 step); float32: step=1e-3."""
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


class SGD:
    """Gradient descent: p <- p - rate * g, in place.  parameters: a list of arrays; rate: a positive number."""

    def __init__(self, parameters, rate=0.001):
        self.parameters, self.rate, self.k = _trainable("parameters", parameters), _positive("rate", rate), 0
        self._moments = [(np.zeros_like(p), np.zeros_like(p)) for p in parameters]  # m and v, of Adam

    def update(self, gradient):
        """Take one step, if nothing is in its way.  gradient: a list of arrays like parameters."""
        shapes = [p.shape for p in _trainable("parameters", self.parameters)]
        good = isinstance(gradient, (list, tuple)) and [np.shape(g) for g in gradient] == shapes and all(
            _float_array(g) and math.isfinite(g.sum()) for g in gradient)
        _want(good, "gradient", gradient, "a list of finite float arrays of the shapes {}", shapes)
        self.k += 1
        for p, g, (m, v) in zip(self.parameters, gradient, self._moments):
            self._step(p, g, m, v)

    def _step(self, p, g, m, v):
        p -= self.rate * g


class Adam(SGD):
    """Gradient descent in place with steps of about the size rate; betas 0.9 and 0.999, epsilon 1e-8.

    Source: D. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015.
    """

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
        _want(isinstance(batches, Iterable), "epochs", batches, "a sequence of batches for an epoch")
        losses = []
        for batch in batches:
            _want(isinstance(batch, (list, tuple)), "epochs", batch, "(xs, target) for a batch: what gradient takes")
            with np.errstate(over="ignore", invalid="ignore"):  # what leaves the floats is refused in words below
                loss, gradient = model.gradient(*batch)
                # A longer one could not be clipped, nor be squared by Adam; NaN fails the comparison too.
                if not math.isfinite(loss) or not all(float(np.vdot(g, g)) <= LARGEST ** 2 for g in gradient):
                    raise FloatingPointError(f"training diverged in epoch {k}: the loss is {loss}; "
                                             "want a smaller learning rate, or clipping")
                if clip is not None:  # all parameters together
                    together = clip_by_norm(np.concatenate([g.ravel() for g in gradient]), clip)
                    parts = np.split(together, np.cumsum([g.size for g in gradient])[:-1])
                    gradient = [part.reshape(g.shape) for part, g in zip(parts, gradient)]
                optimizer.update(gradient)
            losses.append(loss)
        yield losses


# ------------------------------------------------------------------------------------------------ to and from PyTorch
def to_pytorch(W):
    """Return the weights W of an LSTM layer as torch.nn.LSTM names them: a dict of four arrays."""
    # Its rows are input gate, forget gate, candidate, output gate; it adds two biases, and the second is 0 here.
    layer = LSTMLayer(W)
    rows = layer.W.reshape(4, layer.n, -1)[[1, 0, 2, 3]].reshape(layer.W.shape)
    W_h, W_x, b = (part.copy() for part in np.split(rows, [layer.n, layer.n + layer.m], axis=1))
    return dict(weight_ih_l0=W_x, weight_hh_l0=W_h, bias_ih_l0=b[:, 0], bias_hh_l0=np.zeros_like(b[:, 0]))


def from_pytorch(weights):
    """Return W (4n, n + m + 1) from the four arrays of a torch.nn.LSTM by name, as in to_pytorch or state_dict()."""
    names = ("weight_hh_l0", "weight_ih_l0", "bias_ih_l0", "bias_hh_l0")
    _want(isinstance(weights, Mapping) and {*weights} == {*names}, "weights", weights, f"a dict of {', '.join(names)}")
    W_h, W_x, b, b_2 = given = [_array(name, weights[name]) for name in names]
    n, m = ((1, *part.shape)[-1] or 1 for part in (W_h, W_x))
    for name, part, shape in zip(names, given, ((4 * n, n), (4 * n, m), (4 * n,), (4 * n,))):
        _array(name, part, shape)
    return np.column_stack([W_h, W_x, b + b_2]).reshape(4, n, -1)[[1, 0, 2, 3]].reshape(4 * n, -1)
