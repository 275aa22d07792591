"""The LSTM unit, stage by stage, and the plain recurrent network (RNN) it improves on.  NumPy only.

One unit has one input x and two memories: the long-term memory c (usually called *cell state*) and the short-term
memory h (*hidden state*), which is also its output.  A step takes (c, h, x) through three stages:

    stage 1, forget gate       how much of the long-term memory to keep
    stage 2, input gate        what could be added to it, the candidate, and how much of that to add
    stage 3, output gate       how much of the long-term memory to show as the new short-term memory

A stage returns a record of every number it computed.  Right beneath it stands its way back in the same letters, from
the record (as stage) and the slopes of what comes after: dc is d loss / d c, the loss being what is to be made small.
All functions take floats, or NumPy arrays that fit together.  What checks their arguments are the doors, at the end.

Sources: S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", 1997; F. Gers, J. Schmidhuber and F. Cummins,
"Learning to Forget", 2000 (forget gate); StatQuest, "Long Short-Term Memory (LSTM), Clearly Explained" (numbers).
"""
import math
from collections import namedtuple
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from functools import cached_property, partial, wraps

import numpy as np

# ------------------------------------------------------------------------------ a share, and a number from -1 to 1
def sigmoid(a):
    """Turn any number into a share between 0 and 1: sigmoid(a) = 1 / (1 + e^-a)."""
    exp = math.exp if type(a) is float else np.exp  # of a float, math's is several times as fast
    # Where a < 0 this is e^a / (1 + e^a), elsewhere 1 / (1 + e^-a), which is the same: no power above e^0 can overflow.
    return exp(a / 2 - abs(a) / 2) / (1 + exp(-abs(a)))


def tanh(a):
    """Turn any number into one between -1 and 1: tanh(a) = (e^a - e^-a) / (e^a + e^-a)."""
    return math.tanh(a) if type(a) is float else np.tanh(a)


def sigmoid_slope(a):
    """Return how fast sigmoid rises at a, its slope sigmoid'(a) = sigmoid(a) sigmoid(-a), at most 1/4."""
    e = (math.exp if type(a) is float else np.exp)(-abs(a))
    return e / ((1 + e) * (1 + e))


def tanh_slope(a):
    """Return how fast tanh rises at a, its slope tanh'(a) = 1 - tanh(a)^2 = 4 sigmoid'(2a), at most 1."""
    return 4 * sigmoid_slope(2 * a)  # where tanh(a) is nearly 1, 1 - tanh(a)^2 would lose its digits


# -------------------------------------------------------------------------------------------- the weights of a unit
@dataclass(frozen=True)  # its numbers stay as they are
class Gate:
    """The numbers of a gate or of the candidate: weight w on h, weight u on x, bias b; arrays hold many gates."""
    w: float
    u: float
    b: float
    shape = cached_property(lambda self: _together([*map(_shape, vars(self).values())]))  # of all its numbers


@dataclass(frozen=True)
class LSTMUnit:
    """The twelve numbers of one unit, 3 each.  Gates end in sigmoid (a share), the candidate in tanh (what to add)."""
    forget: Gate
    input: Gate
    candidate: Gate
    output: Gate
    shape = Gate.shape


# -------------------------------------------------------------- stage 1: how much of the long-term memory to keep
ForgetStage = namedtuple("ForgetStage", "a_f f kept")  # a_f: the sum before sigmoid
ForgetBack = namedtuple("ForgetBack", "df da_f gate dc dh")  # gate: its slopes (dw, du, db)


def forget_stage(gate, c, h, x):
    """Stage 1: keep a share f of the long-term memory c, as short-term memory h and input x decide."""
    # f = sigmoid(w h + u x + b)
    a_f = gate.w * h + gate.u * x + gate.b
    f = sigmoid(a_f)
    kept = f * c
    return ForgetStage(a_f, f, kept)


def forget_stage_backward(gate, stage, c, h, x, dkept):
    """Stage 1 backward: from dkept to the gate's (dw, du, db), to dc, and to its part of dh: h is in all four sums."""
    # kept = f c
    df, dc = dkept * c, dkept * stage.f
    # f = sigmoid(a_f), whose slope is f (1 - f)
    da_f = df * stage.f * (1 - stage.f)
    # a_f = w h + u x + b
    return ForgetBack(df, da_f, (da_f * h, da_f * x, da_f), dc, da_f * gate.w)


# ----------------------------------------------------------------------------------------- stage 2: what to add to it
InputStage = namedtuple("InputStage", "a_g g a_i i added c")
InputBack = namedtuple("InputBack", "dg da_g di da_i candidate gate dkept dh")


def input_stage(candidate, gate, kept, h, x):
    """Stage 2: add a share i of the candidate g to what stage 1 kept, which makes the new long-term memory c."""
    # g = tanh(w h + u x + b), with the candidate's own w, u, b
    a_g = candidate.w * h + candidate.u * x + candidate.b
    g = tanh(a_g)
    # i = sigmoid(w h + u x + b)
    a_i = gate.w * h + gate.u * x + gate.b
    i = sigmoid(a_i)
    added = i * g
    c = kept + added
    return InputStage(a_g, g, a_i, i, added, c)


def input_stage_backward(candidate, gate, stage, h, x, dc):
    """Stage 2 backward: from dc to (dw, du, db) of candidate and gate, to dkept, and to this stage's part of dh."""
    # c = kept + i g: the sum hands dc on to both, unchanged
    dkept, dg, di = dc, dc * stage.i, dc * stage.g
    # g = tanh(a_g), whose slope is 1 - g^2; i = sigmoid(a_i), whose slope is i (1 - i)
    da_g, da_i = dg * (1 - stage.g * stage.g), di * stage.i * (1 - stage.i)
    # a_g = w h + u x + b, and a_i likewise; h reaches both
    return InputBack(dg, da_g, di, da_i, (da_g * h, da_g * x, da_g), (da_i * h, da_i * x, da_i),
                     dkept, da_g * candidate.w + da_i * gate.w)


# -------------------------------------------------------------------------- stage 3: how much of the memory to show
OutputStage = namedtuple("OutputStage", "a_o o tanh_c h")
OutputBack = namedtuple("OutputBack", "do da_o gate dc dh")


def output_stage(gate, c, h, x):
    """Stage 3: show a share o of the new long-term memory c, squeezed by tanh, as the new short-term memory h."""
    # o = sigmoid(w h + u x + b)
    a_o = gate.w * h + gate.u * x + gate.b
    o = sigmoid(a_o)
    tanh_c = tanh(c)
    h = o * tanh_c  # the new one, below h'
    return OutputStage(a_o, o, tanh_c, h)


def output_stage_backward(gate, stage, h, x, dc, dh):
    """Stage 3 backward: from dc and dh, handed back by the next step, to (dw, du, db), dc of stage 2, part of dh."""
    # h' = o tanh(c): c is reached from here, and from the next step
    do, dc = dh * stage.tanh_c, dc + dh * stage.o * (1 - stage.tanh_c * stage.tanh_c)
    # o = sigmoid(a_o), whose slope is o (1 - o)
    da_o = do * stage.o * (1 - stage.o)
    # a_o = w h + u x + b
    return OutputBack(do, da_o, (da_o * h, da_o * x, da_o), dc, da_o * gate.w)


# ------------------------------------------------------------------------------------- one step, and many: unrolled
class Step(namedtuple("Step", "x c_prev h_prev forget input output")):
    """One step: what came in, the records of the three stages, and the new memories c and h."""
    c = property(lambda self: self.input.c)
    h = property(lambda self: self.output.h)


def step(unit, c, h, x):
    """Run the three stages once: long-term memory c, short-term memory h and input x become a Step."""
    forget = forget_stage(unit.forget, c, h, x)
    input = input_stage(unit.candidate, unit.input, forget.kept, h, x)
    output = output_stage(unit.output, input.c, h, x)
    return Step(x, c, h, forget, input, output)


class StepBack(namedtuple("StepBack", "forget input output dc dh")):
    """One step backward: the records of the three stages, dc and dh, and (dw, du, db) of gates and candidate."""
    gradient = property(lambda self: (self.forget.gate, self.input.gate, self.input.candidate, self.output.gate))


def step_backward(unit, done, dc, dh):
    """Run the three stages of a Step backward: from dc and dh of the new memories to those of the memories before."""
    x, c, h = done.x, done.c_prev, done.h_prev
    output = output_stage_backward(unit.output, done.output, h, x, dc, dh)
    input = input_stage_backward(unit.candidate, unit.input, done.input, h, x, output.dc)
    forget = forget_stage_backward(unit.forget, done.forget, c, h, x, input.dkept)
    # h went into all four sums, so the short-term memory before hears from all of them.
    return StepBack(forget, input, output, forget.dc, forget.dh + input.dh + output.dh)


def unroll(unit, xs, c=0.0, h=0.0):
    """Run the unit over the inputs xs, one a step, and return the Steps; c, h: the memories before the first step."""
    steps = []
    for x in xs:
        steps.append(step(unit, c, h, x))
        c, h = steps[-1].c, steps[-1].h
    return steps


def unroll_backward(unit, steps, dh):
    """Go back through all Steps from dh after the last, backpropagation through time: StepBacks, first step first."""
    backs, dc = [], 0.0
    for done in reversed(steps):
        backs.append(step_backward(unit, done, dc, dh))
        dc, dh = backs[-1].dc, backs[-1].dh
    return backs[::-1]


# --------------------------------------------------------------------------------------------------- the plain RNN
ACTIVATIONS = {"linear": (lambda a: a, lambda a: a * 0 + 1),  # each with its slope; relu is max(a, 0)
               "relu": (lambda a: (a + abs(a)) / 2, lambda a: (a > 0) * 1.0), "tanh": (tanh, tanh_slope)}


@dataclass(frozen=True)
class RNNUnit:
    """The numbers of a plain RNN, h' = act(w h + u x + b), and of its output y = v h' + b_y; act: of ACTIVATIONS."""
    w: float
    u: float
    b: float
    v: float = 1.0
    b_y: float = 0.0
    activation: str = "tanh"
    shape = Gate.shape


RNNStep = namedtuple("RNNStep", "x h_prev a h y")


def rnn_step(unit, h, x):
    """Run the plain RNN once: memory h and input x become an RNNStep, with the sum a, the new h and the output y."""
    # h' = act(w h + u x + b)
    a = unit.w * h + unit.u * x + unit.b
    act, _ = ACTIVATIONS[unit.activation]
    h_new = act(a)
    # y = v h' + b_y
    y = unit.v * h_new + unit.b_y
    return RNNStep(x, h, a, h_new, y)


def rnn_unroll(unit, xs, h=0.0):
    """Run the plain RNN over the inputs xs, as unroll does; ValueError names a memory h that explodes."""
    steps = []
    for x in xs:
        steps.append(rnn_step(unit, _number("h", h), x))
        h = steps[-1].h
    return steps


# ----------------------------------------------------------------------------------------------- the gradient flow
# What a change after step t = 0 ... T is worth after step T: d c_T / d c_t with h_t held still, d h_T / d h_t with c_t
# held still; of one unit (T + 1,), of n cells (T + 1, n, n).  What leaves the floats is infinite or 0, with no warning.
GradientFlow = namedtuple("GradientFlow", "c h")


def unit_gradient_flow(unit, xs, c=0.0, h=0.0):
    """Return the GradientFlow of an LSTMUnit over the numbers xs, along all paths through both memories."""
    memories = np.transpose([(done.c_prev, done.h_prev, done.x) for done in unroll(unit, xs, c, h)])
    all_steps = step(unit, *memories[:, :, np.newaxis, np.newaxis])
    flow = _lstm_flow(all_steps, unit.forget.w, unit.input.w, unit.candidate.w, unit.output.w)
    return GradientFlow(flow.c[:, 0, 0], flow.h[:, 0, 0])


def rnn_unit_gradient_flow(unit, xs, h=0.0):
    """Return d h_T / d h_t of an RNNUnit over the numbers xs for t = 0 ... T, (T + 1,), as exact as the LSTM's."""
    act, slope = ACTIVATIONS[unit.activation]
    sums = []
    for x in xs:  # a sum cut to this size has the slope of a larger one
        sums.append(min(max(unit.w * h + unit.u * x + unit.b, -LARGEST), LARGEST))
        h = act(sums[-1])
    return _products(partial(np.multiply, slope(np.array(sums).reshape(-1, 1, 1)), unit.w), len(sums), 1)[:, 0, 0]


def _lstm_flow(done, w_f, w_i, w_g, w_o):
    """Return the GradientFlow of n cells from one Step with all steps in it, (T, n, 1); w: weights on h, (n, n)."""
    _, c, _, forget, input, output = done
    T, n, _ = c.shape

    def jacobians(J):
        J = J.reshape(T, 2, n, 2, n)
        J[:, :, :, 0] = 0  # a cell's c reaches its own two memories alone: by_c is a view of these places of J
        by_c, by_h = np.einsum("tmici -> tmci", J)[:, :, 0, :, np.newaxis], J[:, :, :, 1]
        # c' = f c + i g, and h reaches f, i and g
        by_c[:, 0] = forget.f
        slopes = c * sigmoid_slope(forget.a_f) * w_f
        slopes += input.g * sigmoid_slope(input.a_i) * w_i
        slopes += input.i * tanh_slope(input.a_g) * w_g
        by_h[:, 0] = slopes
        # h' = o tanh(c'), and h reaches o
        along = output.o * tanh_slope(input.c)
        by_c[:, 1] = along * forget.f
        slopes *= along
        slopes += output.tanh_c * sigmoid_slope(output.a_o) * w_o
        by_h[:, 1] = slopes
    flow = _products(jacobians, T, 2 * n).reshape(T + 1, 2, n, 2, n)
    return GradientFlow(flow[:, 0, :, 0], flow[:, 1, :, 1])


def _products(jacobians, T, k):
    """Return J[T - 1] ... J[t] for t = 0 ... T, the last one being 1, (T + 1, k, k); jacobians puts J into an array."""
    flow = np.empty((T + 2, k, k))
    jacobians(flow[:T])
    flow[-1] = after = np.eye(k)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        # The product as far as J[t] lies where J[t + 1] lay: memory for another array costs more than all products.
        if k == 1:
            np.multiply.accumulate(flow[-3::-1], out=flow[-2:0:-1])
        else:
            for J, product in zip(flow[-3::-1], flow[-2::-1]):
                after = after.dot(J, product)
        rows = np.abs(flow[1:].reshape(-1, k).dot(np.ones(k)))
        if not 1e-290 < rows.min() <= rows.max() < np.inf:  # what left the floats may come back: again, as part 2^power
            jacobians(all_J := np.empty((T, k, k)))
            product, power = flow[-1], np.zeros((k, k), np.int32)
            for part, more, place in zip(*np.frexp(all_J[::-1]), flow[-2::-1]):
                terms, powers = product[:, :, np.newaxis] * part, power[:, :, np.newaxis] + more
                top = np.where(terms == 0, np.int32(-2 ** 30), powers).max(axis=1)
                product, up = np.frexp(np.ldexp(terms, powers - top[:, np.newaxis]).sum(axis=1))
                place[:] = np.ldexp(product, power := top + up)
    return flow[1:]


# --------------------------------------------------------------------- the doors: what may come in, looked at once
LARGEST = 1e100  # the product of three numbers of this size is still a float: no step forward can overflow
_inside = ContextVar("inside", default=False)  # behind a door nothing is looked at again
_behind = lambda function, /, *args, **given: _inside.set(True) and function(*args, **given)


def _want(good, name, value, wanted, *parts):
    if not good:
        raise ValueError(f"{name}: got {value!r:.9999}, want {wanted.format(*parts)}")
    return value


def _number(name, value, largest=LARGEST):  # as a float, or as a float array of its own
    if type(value) is float and abs(value) <= largest:
        return value
    masked = any(map(np.ma.isMaskedArray, [value, *(value if isinstance(value, (list, tuple)) else ())]))
    try:
        array = np.asarray(None if masked else float(value) if type(value) is int else value)
    except (ValueError, OverflowError):  # a ragged list has no shape
        array = np.asarray(None)
    good = array.dtype.kind in "iuf" and (np.abs(array) <= np.float64(largest)).all()  # NaN fails this too
    _want(good, name, value, "finite numbers between -{0:g} and {0:g}", largest)
    return array.astype(float) if array.ndim else float(array)


def _sequence(name, value):  # as a list of floats or arrays, first step first
    if isinstance(value, (list, tuple)) and {*map(type, value)} == {float} and math.hypot(*value) <= LARGEST:
        return value
    inputs = _number(name, value)
    _want(np.ndim(inputs) and len(inputs) and inputs.size, name, value, "a sequence of at least one input")
    return inputs.tolist() if inputs.ndim == 1 else list(inputs)


_together = lambda shapes: np.broadcast_shapes(*shapes) if any(shapes) else ()
_shape = lambda value: _shape(value[-1]) if isinstance(value, (tuple, list)) else getattr(value, "shape", ())
_finite = partial(_number, largest=np.finfo(float).max)
_a = lambda kind: lambda name, value: _want(isinstance(value, kind), name, value, "a {}", kind.__name__.strip("_"))
_activation = lambda name, value: _want(_a(str)(name, value) in ACTIVATIONS, name, value, "one of {}", [*ACTIVATIONS])
_steps = lambda name, value: _want(type(value) in (list, tuple) and {*map(type, value)} == {Step}, name, value, "Steps")
_one = lambda kind: lambda name, got: (v := kind(name, got), _want(_shape(v) == (), name, got, "single numbers"))[0]


def _door(function, **kinds):
    """Return the function behind a look at its arguments: each is of its kind, and their shapes fit together."""
    @wraps(function)
    def door(*args, **given):
        if _inside.get():
            return function(*args, **given)
        first = [kind(name, value) for (name, kind), value in zip(kinds.items(), args)]
        named = {name: kinds[name](name, value) if name in kinds else value for name, value in given.items()}
        shapes = {k: _shape(v) for k, v in [*zip(kinds, first), *named.items()] if k in kinds and k != "self"}
        try:
            _together(shapes.values())
        except ValueError:
            said = ", ".join(f"{name} {shape}" for name, shape in shapes.items()).replace("xs (", "x (")
            raise ValueError(f"{said}: want single numbers, or arrays whose shapes fit together") from None
        return copy_context().run(_behind, function, *first, *args[len(kinds):], **named)
    return door


_gate, _unit, _rnn, _hx = _a(Gate), dict(unit=_a(LSTMUnit)), dict(unit=_a(RNNUnit)), dict(h=_number, x=_number)
_wub = dict(self=_a(object), w=_number, u=_number, b=_number)
Gate.__init__ = _door(Gate.__init__, **_wub)
LSTMUnit.__init__ = _door(LSTMUnit.__init__, self=_a(object), forget=_gate, input=_gate, candidate=_gate, output=_gate)
RNNUnit.__init__ = _door(RNNUnit.__init__, **_wub, v=_number, b_y=_number, activation=_activation)
sigmoid, tanh = _door(sigmoid, a=_finite), _door(tanh, a=_finite)
sigmoid_slope, tanh_slope = _door(sigmoid_slope, a=_number), _door(tanh_slope, a=_number)
forget_stage, output_stage = (_door(stage, gate=_gate, c=_number, **_hx) for stage in (forget_stage, output_stage))
input_stage = _door(input_stage, candidate=_gate, gate=_gate, kept=_number, **_hx)
forget_stage_backward = _door(forget_stage_backward, gate=_gate, stage=_a(ForgetStage), c=_number, **_hx, dkept=_finite)
input_stage_backward = _door(input_stage_backward, candidate=_gate, gate=_gate, stage=_a(InputStage), **_hx, dc=_finite)
output_stage_backward = _door(output_stage_backward, gate=_gate, stage=_a(OutputStage), **_hx, dc=_finite, dh=_finite)
step, unroll = _door(step, **_unit, c=_number, **_hx), _door(unroll, **_unit, xs=_sequence, c=_number, h=_number)
step_backward = _door(step_backward, **_unit, done=_a(Step), dc=_finite, dh=_finite)
unroll_backward = _door(unroll_backward, **_unit, steps=_steps, dh=_finite)
rnn_step, rnn_unroll = _door(rnn_step, **_rnn, **_hx), _door(rnn_unroll, **_rnn, xs=_sequence, h=_number)
unit_gradient_flow = _door(
    unit_gradient_flow, unit=_one(_a(LSTMUnit)), xs=_one(_sequence), c=_one(_number), h=_one(_number))
rnn_unit_gradient_flow = _door(rnn_unit_gradient_flow, unit=_one(_a(RNNUnit)), xs=_one(_sequence), h=_one(_number))

# ---------------------------------------------------------------------------------------------- the video's numbers
# StatQuest, "Long Short-Term Memory (LSTM), Clearly Explained": the trained weights as the screen shows them,
VIDEO_UNIT = LSTMUnit(forget=Gate(w=2.70, u=1.63, b=1.62), input=Gate(w=2.00, u=1.65, b=0.62),
                      candidate=Gate(w=1.41, u=0.94, b=-0.32), output=Gate(w=4.38, u=-0.19, b=0.59))
# as the author's companion notebook prints them, and as it does before 5000 epochs of Adam (rate 0.001; A, then B):
VIDEO_UNIT_4_DIGITS = LSTMUnit(Gate(2.7043, 1.6307, 1.6234), Gate(1.9983, 1.6525, 0.6204),
                               Gate(1.4122, 0.9393, -0.3217), Gate(4.3848, -0.1943, 0.5935))
VIDEO_START = LSTMUnit(Gate(0.3367, 0.1288, 0.0), Gate(0.2345, 0.2303, 0.0),
                       Gate(-1.1229, -0.1863, 0.0), Gate(2.2082, -0.6380, 0.0))
# The same video's two companies: prices on days 1 to 4, and the price on day 5 that the unit should foretell.
COMPANY_A, COMPANY_A_DAY_5 = (0.0, 0.5, 0.25, 1.0), 0.0
COMPANY_B, COMPANY_B_DAY_5 = (1.0, 0.5, 0.25, 1.0), 1.0
VIDEO_RNN = RNNUnit(w=-0.5, u=1.8, b=0.0, v=1.1, b_y=0.0, activation="relu")  # of its earlier video, on RNNs
