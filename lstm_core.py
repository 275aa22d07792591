"""The LSTM unit, stage by stage, and the plain recurrent network (RNN) it improves on.  NumPy only.

One unit has one input x and two memories: the long-term memory c (the field's *cell state*) and the short-term memory
h (the field's *hidden state*), which is also its output.  A step takes (c, h, x) through three stages:

    stage 1, forget gate       how much of the long-term memory to keep
    stage 2, input gate        what to add to it (the candidate), and how much of that
    stage 3, output gate       how much of the long-term memory to show as the new short-term memory

Each stage is one function that returns a record of every number it computed.  Every function takes Python floats
and, unchanged, NumPy arrays whose shapes broadcast: one call computes a whole grid of inputs.

Sources: S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997;
F. Gers, J. Schmidhuber and F. Cummins, "Learning to Forget", Neural Computation 12(10), 2000 (the forget gate);
StatQuest, "Long Short-Term Memory (LSTM), Clearly Explained" (the numbers).
"""
import math
import sys
from dataclasses import dataclass, fields
from functools import cached_property
from typing import NamedTuple

import numpy as np

# ---------------------------------------------------------------------------------------------- what may come in

LARGEST = 1e100  # the product of three numbers of this size is still a float, so nothing a step adds up can overflow


def _number(name, value, largest=LARGEST):
    """Return value as a float, or as a float array; ValueError naming the argument if it is anything else."""
    if type(value) in (float, int) and abs(value) <= largest:  # NaN fails the comparison too
        return float(value)
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list has no shape
        array = np.asarray(None)
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{name}: got {value!r}, want a number or an array of numbers")
    with np.errstate(over="ignore"):  # a long double may become infinite, which the next line refuses
        array = array.astype(float)
    if not np.all(np.abs(array) <= largest):
        raise ValueError(f"{name}: got {value!r}, want finite numbers between -{largest:g} and {largest:g}")
    return array if array.ndim else float(array)


def _numbers(*weights, **given):
    """Return the given values as floats or float arrays that broadcast, with each other and with the weights.

    weights: Gates or an RNNUnit.  ValueError names what is not a number and what does not fit.
    """
    values = [_number(name, value) for name, value in given.items()]
    shapes = [weight.shape for weight in weights] + [np.shape(value) for value in values if type(value) is not float]
    try:
        if any(shapes):
            np.broadcast_shapes(*shapes)
    except ValueError:
        said = [f"weights {weight.shape}" for weight in weights if weight.shape]
        said += [f"{name} {np.shape(value)}" for name, value in zip(given, values)]
        raise ValueError(f"shapes do not fit together: {', '.join(said)}; "
                         "want single numbers or arrays of one shape") from None
    return values


def _instance(name, value, wanted):
    """Raise ValueError naming the argument unless value is an instance of the wanted class."""
    if not isinstance(value, wanted):
        raise ValueError(f"{name}: got {value!r}, want a {wanted.__name__}")


def _inputs(xs):
    """Return the inputs of a sequence as an iterable of floats or arrays, first step first."""
    inputs = _number("xs", xs)
    if type(inputs) is float or len(inputs) == 0:
        raise ValueError(f"xs: got {xs!r}, want a sequence with at least one input")
    return inputs.tolist() if inputs.ndim == 1 else inputs


# -------------------------------------------------------------------------------------------------- activations

def sigmoid(a):
    """Turn any number into a share between 0 and 1: sigmoid(a) = 1 / (1 + e^-a).

    a: a float or an array; returns the same shape.  ValueError if a is not finite.
    """
    a = _number("a", a, sys.float_info.max)
    exp = math.exp if type(a) is float else np.exp
    # e^a / (1 + e^a) left of 0 and 1 / (1 + e^-a) right of it: neither can overflow, both keep every digit.
    return exp(a / 2 - abs(a) / 2) / (1 + exp(-abs(a)))


def tanh(a):
    """Turn any number into one between -1 and 1: tanh(a) = (e^a - e^-a) / (e^a + e^-a).

    a: a float or an array; returns the same shape.  ValueError if a is not finite.
    """
    return _tanh(_number("a", a, sys.float_info.max))


def _tanh(a):
    """Return tanh of a float or a float array that was looked at before."""
    return math.tanh(a) if type(a) is float else np.tanh(a)


def sigmoid_slope(a):
    """Return how fast sigmoid rises at a: sigmoid'(a) = sigmoid(a) * sigmoid(-a), at most 1/4.

    a: a float or an array; returns the same shape.  ValueError if a is not finite, or larger than LARGEST.
    """
    a = _number("a", a)
    return sigmoid(a) * sigmoid(-a)


def tanh_slope(a):
    """Return how fast tanh rises at a: tanh'(a) = 1 - tanh(a)^2 = 4 sigmoid'(2a), at most 1.

    a: a float or an array; returns the same shape.  ValueError if a is not finite, or larger than LARGEST.
    """
    a = 2 * _number("a", a)
    return 4 * sigmoid(a) * sigmoid(-a)


# ------------------------------------------------------------------------------------------- the LSTM unit: weights

@dataclass(frozen=True)
class Gate:
    """The three numbers of one gate, whose sum is  w * h + u * x + b.

    w: weight on the short-term memory h; u: weight on the input x; b: bias.
    Floats, or arrays to compute many gates at once.  ValueError if one is not finite.
    """
    w: float
    u: float
    b: float

    def __post_init__(self):
        for name, value in zip("wub", _numbers(w=self.w, u=self.u, b=self.b)):
            object.__setattr__(self, name, value)  # the dataclass is frozen for everybody else

    @cached_property
    def shape(self):
        """The shape of the weights: () for one gate."""
        return np.broadcast_shapes(np.shape(self.w), np.shape(self.u), np.shape(self.b))


@dataclass(frozen=True)
class LSTMUnit:
    """The twelve numbers of one LSTM unit: four gates of three.

    forget, input and output end in a sigmoid (a share); candidate ends in a tanh (a value to add).
    ValueError if one of them is not a Gate.
    """
    forget: Gate
    input: Gate
    candidate: Gate
    output: Gate

    def __post_init__(self):
        for field in fields(self):
            _instance(field.name, getattr(self, field.name), Gate)


# ------------------------------------------------------------------------------------ the LSTM unit: three stages

class ForgetStage(NamedTuple):
    """Stage 1: the gate's sum a_f, the forget gate f = sigmoid(a_f), and the long-term memory kept = f * c."""
    a_f: float
    f: float
    kept: float


class InputStage(NamedTuple):
    """Stage 2: sum a_g and candidate g, sum a_i and input gate i, what is added = i * g, the new long-term memory c."""
    a_g: float
    g: float
    a_i: float
    i: float
    added: float
    c: float


class OutputStage(NamedTuple):
    """Stage 3: sum a_o and output gate o, tanh_c = tanh(c), and the new short-term memory h = o * tanh_c."""
    a_o: float
    o: float
    tanh_c: float
    h: float


def forget_stage(gate, c, h, x):
    """Stage 1: keep a share f of the long-term memory c.

    gate: the forget gate's weights; c, h: long-term and short-term memory; x: input.  Returns a ForgetStage.
    ValueError names the argument that is not finite, not a number, or does not fit the others' shape.
    """
    _instance("gate", gate, Gate)
    c, h, x = _numbers(gate, c=c, h=h, x=x)
    # f = sigmoid(w h + u x + b)
    a_f = gate.w * h + gate.u * x + gate.b
    f = sigmoid(a_f)
    kept = f * c
    return ForgetStage(a_f, f, kept)


def input_stage(candidate, gate, kept, h, x):
    """Stage 2: add a share i of the candidate g to what was kept of the long-term memory.

    candidate, gate: weights of the candidate and of the input gate; kept: from stage 1; h: short-term memory;
    x: input.  Returns an InputStage.  ValueError as in forget_stage.
    """
    _instance("candidate", candidate, Gate)
    _instance("gate", gate, Gate)
    kept, h, x = _numbers(candidate, gate, kept=kept, h=h, x=x)
    # g = tanh(w h + u x + b), with the candidate's own w, u, b
    a_g = candidate.w * h + candidate.u * x + candidate.b
    g = tanh(a_g)
    # i = sigmoid(w h + u x + b)
    a_i = gate.w * h + gate.u * x + gate.b
    i = sigmoid(a_i)
    added = i * g
    c = kept + added
    return InputStage(a_g, g, a_i, i, added, c)


def output_stage(gate, c, h, x):
    """Stage 3: show a share o of the new long-term memory, squeezed by tanh, as the new short-term memory.

    gate: the output gate's weights; c: the new long-term memory, from stage 2; h: the short-term memory before this
    step; x: input.  Returns an OutputStage.  ValueError as in forget_stage.
    """
    _instance("gate", gate, Gate)
    c, h, x = _numbers(gate, c=c, h=h, x=x)
    # o = sigmoid(w h + u x + b)
    a_o = gate.w * h + gate.u * x + gate.b
    o = sigmoid(a_o)
    tanh_c = tanh(c)
    h = o * tanh_c
    return OutputStage(a_o, o, tanh_c, h)


class Step(NamedTuple):
    """One step of the unit: what came in (x, c_prev, h_prev) and the records of the three stages."""
    x: float
    c_prev: float
    h_prev: float
    forget: ForgetStage
    input: InputStage
    output: OutputStage

    @property
    def c(self):
        """The new long-term memory."""
        return self.input.c

    @property
    def h(self):
        """The new short-term memory, which is also the output."""
        return self.output.h


def step(unit, c, h, x):
    """Run the three stages once: long-term memory c, short-term memory h and input x become a Step.

    c, h, x: floats, or arrays whose shapes broadcast.  ValueError as in forget_stage.
    """
    _instance("unit", unit, LSTMUnit)
    c, h, x = _numbers(c=c, h=h, x=x)
    forget = forget_stage(unit.forget, c, h, x)
    input = input_stage(unit.candidate, unit.input, forget.kept, h, x)
    output = output_stage(unit.output, input.c, h, x)
    return Step(x, c, h, forget, input, output)


def unroll(unit, xs, c=0.0, h=0.0):
    """Run the unit over the inputs xs, one step each, and return the list of Steps.

    xs: a sequence of numbers, or an array (T, ...) whose first axis is time; c, h: the memories before the first step.
    ValueError if xs is empty, and as in forget_stage.
    """
    steps = []
    for x in _inputs(xs):
        steps.append(step(unit, c, h, x))
        c, h = steps[-1].c, steps[-1].h
    return steps


# ------------------------------------------------------------------------------------------------ the plain RNN

ACTIVATIONS = {  # each with its slope; on floats and arrays alike
    "linear": (lambda a: a, lambda a: a * 0 + 1),
    "relu": (lambda a: (a + abs(a)) / 2, lambda a: (a > 0) * 1.0),  # max(a, 0)
    "tanh": (_tanh, tanh_slope),
}


@dataclass(frozen=True)
class RNNUnit:
    """The five numbers and the activation of a plain RNN:  h' = act(w h + u x + b),  output y = v h' + b_y.

    w: weight on the memory h, the feedback; u: weight on the input x; b: bias; v, b_y: weight and bias of the output;
    activation: 'linear', 'relu' or 'tanh'.  ValueError names the one that is not finite, or not an activation.
    """
    w: float
    u: float
    b: float
    v: float = 1.0
    b_y: float = 0.0
    activation: str = "tanh"

    def __post_init__(self):
        names = ("w", "u", "b", "v", "b_y")
        for name, value in zip(names, _numbers(**{name: getattr(self, name) for name in names})):
            object.__setattr__(self, name, value)
        if not (isinstance(self.activation, str) and self.activation in ACTIVATIONS):
            raise ValueError(f"activation: got {self.activation!r}, want one of {', '.join(ACTIVATIONS)}")

    @cached_property
    def shape(self):
        """The shape of the weights: () for one unit."""
        return np.broadcast_shapes(*(np.shape(value) for value in (self.w, self.u, self.b, self.v, self.b_y)))


class RNNStep(NamedTuple):
    """One step of the plain RNN: input x, memory before it h_prev, the sum a, the new memory h, the output y."""
    x: float
    h_prev: float
    a: float
    h: float
    y: float


def rnn_step(unit, h, x):
    """Run the plain RNN once: memory h and input x become an RNNStep.

    h, x: floats, or arrays whose shapes broadcast.  ValueError names the argument that is not finite or does not fit.
    """
    _instance("unit", unit, RNNUnit)
    h, x = _numbers(unit, h=h, x=x)
    # h' = act(w h + u x + b)
    a = unit.w * h + unit.u * x + unit.b
    act, _ = ACTIVATIONS[unit.activation]
    h_new = act(a)
    # y = v h' + b_y
    y = unit.v * h_new + unit.b_y
    return RNNStep(x, h, a, h_new, y)


def rnn_unroll(unit, xs, h=0.0):
    """Run the plain RNN over the inputs xs, one step each, and return the list of RNNSteps.

    xs: a sequence of numbers, or an array (T, ...) whose first axis is time; h: the memory before the first step.
    ValueError if xs is empty, and naming h when an exploding memory leaves the range of the floats.
    """
    steps = []
    for x in _inputs(xs):
        steps.append(rnn_step(unit, h, x))
        h = steps[-1].h
    return steps


# ------------------------------------------------------------------------------------------------- gradient flow

# Many cells at once: the weights are one matrix W on the column [h, x, 1], for n cells and m inputs.
# Plain RNN: (n, n + m + 1).  LSTM: (4n, n + m + 1), n rows each for forget gate, input gate, candidate, output gate.

class GradientFlow(NamedTuple):
    """What a change of a memory at step t is worth at the last step T, for t = 0 ... T; t = 0 is before the first step.

    c: d c_T / d c_t with h_t held still; h: d h_T / d h_t with c_t held still.  Jacobians (T + 1, n, n), 1 at T.
    """
    c: np.ndarray
    h: np.ndarray


def weight_matrix(unit):
    """Return the weights of one unit as the matrix W of a layer with one cell: LSTMUnit (4, 3), RNNUnit (1, 3).

    The RNN's output weights are not part of it.  ValueError if unit is neither, or computes many units at once.
    """
    gates = [getattr(unit, field.name) for field in fields(unit)] if isinstance(unit, LSTMUnit) else [unit]
    if not isinstance(unit, (LSTMUnit, RNNUnit)) or any(gate.shape for gate in gates):
        raise ValueError(f"unit: got {unit!r}, want one LSTMUnit or RNNUnit")
    return np.array([[gate.w, gate.u, gate.b] for gate in gates])


def _layer(gates, W, xs, **memories):
    """Return W, the inputs (T, m) and the memories (n,), zero where None; ValueError names what does not fit."""
    given, W, inputs = W, _number("W", W), _number("xs", xs)
    n = len(W) // gates if np.ndim(W) == 2 else 0
    m = W.shape[1] - n - 1 if n else 0
    if m < 1 or len(W) % gates:
        rows = "n" if gates == 1 else f"{gates}n"
        raise ValueError(f"W: got {given!r}, want a matrix ({rows}, n + m + 1) for n cells and m inputs")
    inputs = inputs[:, None] if np.ndim(inputs) == 1 else inputs
    if np.ndim(inputs) != 2 or len(inputs) == 0 or inputs.shape[1] != m:
        raise ValueError(f"xs: got {xs!r}, want (T, {m}) with at least one step, for the W given")
    starts = [np.zeros(n) if start is None else _number(name, start) for name, start in memories.items()]
    for name, start in zip(memories, starts):
        if np.shape(start) != (n,):
            raise ValueError(f"{name}: got {memories[name]!r}, want ({n},) for the W given")
    return W, inputs, *starts


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
    W, xs, h = _layer(1, W, xs, h=h)
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
    W, xs, c, h = _layer(4, W, xs, c=c, h=h)
    n, T = len(W) // 4, len(xs)
    W_h, from_x = W[:, :n], xs @ W[:, n:-1].T + W[:, -1]
    # In the loop one tanh serves all four gates: sigmoid(a) = (1 + tanh(a / 2)) / 2.
    half = np.repeat([0.5, 0.5, 1.0, 0.5], n)
    W_half, x_half, offset = W_h * half[:, None], from_x * half, np.repeat([0.5, 0.5, 0.0, 0.5], n)
    a, memory = x_half, np.empty((T + 1, n))
    memory[0] = c
    gates = np.empty(4 * n)
    f, i, g, o = gates.reshape(4, n)  # views: they follow the gates
    for t in range(T):
        a[t] += W_half.dot(h)
        np.tanh(a[t], out=gates)
        gates *= half
        gates += offset
        c = memory[t + 1] = f * c + i * g
        h = o * np.tanh(c)
    # After it every digit of a nearly closed gate and of a flat slope counts: they are multiplied T times.
    a = np.clip(a / half, -LARGEST, LARGEST).reshape(T, 4, n)
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
    g, longest = np.asarray(_number("g", g)), _number("limit", limit)
    if type(longest) is not float or longest <= 0:
        raise ValueError(f"limit: got {limit!r}, want one positive number")
    largest = np.abs(g).max(initial=0)
    norm = largest * np.linalg.norm(g / largest) if largest else 0.0  # the square of 1e-200 would be lost
    return g * (longest / norm) if norm >= longest else g


# --------------------------------------------------------------------------------------------- the video's numbers

# StatQuest, "Long Short-Term Memory (LSTM), Clearly Explained": the trained weights as the screen shows them ...
VIDEO_UNIT = LSTMUnit(
    forget=Gate(w=2.70, u=1.63, b=1.62),
    input=Gate(w=2.00, u=1.65, b=0.62),
    candidate=Gate(w=1.41, u=0.94, b=-0.32),
    output=Gate(w=4.38, u=-0.19, b=0.59),
)

# ... and as the author's companion notebook prints them.
VIDEO_UNIT_4_DIGITS = LSTMUnit(
    forget=Gate(w=2.7043, u=1.6307, b=1.6234),
    input=Gate(w=1.9983, u=1.6525, b=0.6204),
    candidate=Gate(w=1.4122, u=0.9393, b=-0.3217),
    output=Gate(w=4.3848, u=-0.1943, b=0.5935),
)

# The same video's two companies: prices on days 1 to 4, and the price on day 5 that the unit should foretell.
COMPANY_A, COMPANY_A_DAY_5 = (0.0, 0.5, 0.25, 1.0), 0.0
COMPANY_B, COMPANY_B_DAY_5 = (1.0, 0.5, 0.25, 1.0), 1.0

# StatQuest, "Recurrent Neural Networks (RNNs), Clearly Explained": the plain RNN of the earlier video.
VIDEO_RNN = RNNUnit(w=-0.5, u=1.8, b=0.0, v=1.1, b_y=0.0, activation="relu")
