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
from dataclasses import dataclass
from functools import wraps
from inspect import signature
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
    if array.dtype.itemsize > 8:
        with np.errstate(over="ignore"):  # a long double may become infinite, which the next lines refuse
            array = array.astype(float)
    array = array.astype(float)
    if not (np.abs(array) <= largest).all():
        raise ValueError(f"{name}: got {value!r}, want finite numbers between -{largest:g} and {largest:g}")
    return array if array.ndim else float(array)


def _fit(**given):
    """Return the shape that all given values broadcast to; ValueError naming their shapes if they do not.

    given: floats, arrays, weights (Gates, an LSTMUnit, an RNNUnit), or records of stages and steps.
    """
    shapes = {name: getattr(_last(value), "shape", ()) for name, value in given.items()}
    try:
        return np.broadcast_shapes(*shapes.values()) if any(shapes.values()) else ()
    except ValueError:
        said = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"shapes do not fit together: {said}; want single numbers or arrays of one shape") from None


def _last(value):
    """Return the last number of a record, which has the shape of the whole; anything else as it is."""
    while isinstance(value, tuple):
        value = value[-1]
    return value


def _instance(name, value, wanted):
    """Raise ValueError naming the argument unless value is an instance of the wanted class."""
    if not isinstance(value, wanted):
        raise ValueError(f"{name}: got {value!r}, want a {wanted.__name__}")


def _checked(function):
    """Return the function with a look at its arguments first: annotated ones are of that class, others are numbers.

    Arguments that were looked at before may go straight to the function itself, its __wrapped__.
    """
    wanted = signature(function)
    kinds = [function.__annotations__.get(name) for name in wanted.parameters]

    @wraps(function)
    def checked(*args, **kwargs):
        if kwargs or len(args) != len(kinds):
            args = wanted.bind(*args, **kwargs).args
        given = dict(zip(wanted.parameters, args))
        for (name, value), kind in zip(given.items(), kinds):
            if kind:
                _instance(name, value, kind)
            else:
                given[name] = _number(name, value)
        _fit(**given)
        return function(*given.values())
    return checked


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

class _Weights:
    """What the records of weights share: a look at their numbers, and the shape they have together, () for one."""

    def __post_init__(self):
        single = True
        for name, kind in self.__annotations__.items():
            value = getattr(self, name)
            if kind is not float:
                _instance(name, value, kind)
                single = single and not getattr(value, "shape", ())
            elif type(value) is not float or not -LARGEST <= value <= LARGEST:
                vars(self)[name] = _number(name, value)  # the dataclass is frozen for everybody else
                single = False
        vars(self)["shape"] = () if single else _fit(**vars(self))


@dataclass(frozen=True)
class Gate(_Weights):
    """The three numbers of one gate, whose sum is  w * h + u * x + b.

    w: weight on the short-term memory h; u: weight on the input x; b: bias.
    Floats, or arrays to compute many gates at once.  ValueError if one is not finite.
    """
    w: float
    u: float
    b: float


@dataclass(frozen=True)
class LSTMUnit(_Weights):
    """The twelve numbers of one LSTM unit: four gates of three.

    forget, input and output end in a sigmoid (a share); candidate ends in a tanh (a value to add).
    ValueError if one of them is not a Gate.
    """
    forget: Gate
    input: Gate
    candidate: Gate
    output: Gate


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


@_checked
def forget_stage(gate: Gate, c, h, x):
    """Stage 1: keep a share f of the long-term memory c.

    gate: the forget gate's weights; c, h: long-term and short-term memory; x: input.  Returns a ForgetStage.
    ValueError names the argument that is not finite, not a number, or does not fit the others' shape.
    """
    # f = sigmoid(w h + u x + b)
    a_f = gate.w * h + gate.u * x + gate.b
    f = sigmoid(a_f)
    kept = f * c
    return ForgetStage(a_f, f, kept)


class ForgetBack(NamedTuple):
    """Stage 1 backward: df, da_f, the gate's (dw, du, db), and what goes back to the step before, dc and dh."""
    df: float
    da_f: float
    gate: tuple
    dc: float
    dh: float


@_checked
def forget_stage_backward(gate: Gate, stage: ForgetStage, c, h, x, dkept):
    """Stage 1 backward: from dkept to the gate's three numbers and to both memories.

    dkept is d loss / d kept, and so for every name with a d.  gate, c, h, x: what forget_stage was given; stage: what
    it returned.  Returns a ForgetBack.  ValueError as in forget_stage.
    """
    # kept = f c
    df, dc = dkept * c, dkept * stage.f
    # f = sigmoid(a_f), whose slope is f (1 - f)
    da_f = df * stage.f * (1 - stage.f)
    # a_f = w h + u x + b
    return ForgetBack(df, da_f, (da_f * h, da_f * x, da_f), dc, da_f * gate.w)


@_checked
def input_stage(candidate: Gate, gate: Gate, kept, h, x):
    """Stage 2: add a share i of the candidate g to what was kept of the long-term memory.

    candidate, gate: weights of the candidate and of the input gate; kept: from stage 1; h: short-term memory;
    x: input.  Returns an InputStage.  ValueError as in forget_stage.
    """
    # g = tanh(w h + u x + b), with the candidate's own w, u, b
    a_g = candidate.w * h + candidate.u * x + candidate.b
    g = tanh(a_g)
    # i = sigmoid(w h + u x + b)
    a_i = gate.w * h + gate.u * x + gate.b
    i = sigmoid(a_i)
    added = i * g
    c = kept + added
    return InputStage(a_g, g, a_i, i, added, c)


class InputBack(NamedTuple):
    """Stage 2 backward: dg, da_g, di, da_i, (dw, du, db) of candidate and gate, and what goes back: dkept and dh."""
    dg: float
    da_g: float
    di: float
    da_i: float
    candidate: tuple
    gate: tuple
    dkept: float
    dh: float


@_checked
def input_stage_backward(candidate: Gate, gate: Gate, stage: InputStage, h, x, dc):
    """Stage 2 backward: from dc to the six numbers, to what was kept and to the short-term memory.

    candidate, gate, h, x: what input_stage was given; stage: what it returned.  Returns an InputBack.
    ValueError as in forget_stage.
    """
    # c = kept + i g: the sum hands dc on to both, unchanged
    dkept, dg, di = dc, dc * stage.i, dc * stage.g
    # g = tanh(a_g), whose slope is 1 - g^2; i = sigmoid(a_i), whose slope is i (1 - i)
    da_g, da_i = dg * (1 - stage.g * stage.g), di * stage.i * (1 - stage.i)
    # a_g = w h + u x + b, and a_i likewise; h reaches both
    return InputBack(dg, da_g, di, da_i, (da_g * h, da_g * x, da_g), (da_i * h, da_i * x, da_i),
                     dkept, da_g * candidate.w + da_i * gate.w)


@_checked
def output_stage(gate: Gate, c, h, x):
    """Stage 3: show a share o of the new long-term memory, squeezed by tanh, as the new short-term memory.

    gate: the output gate's weights; c: the new long-term memory, from stage 2; h: the short-term memory before this
    step; x: input.  Returns an OutputStage.  ValueError as in forget_stage.
    """
    # o = sigmoid(w h + u x + b)
    a_o = gate.w * h + gate.u * x + gate.b
    o = sigmoid(a_o)
    tanh_c = tanh(c)
    h = o * tanh_c
    return OutputStage(a_o, o, tanh_c, h)


class OutputBack(NamedTuple):
    """Stage 3 backward: do, da_o, the gate's (dw, du, db), and what goes back: dc to stage 2, dh to the step before."""
    do: float
    da_o: float
    gate: tuple
    dc: float
    dh: float


@_checked
def output_stage_backward(gate: Gate, stage: OutputStage, h, x, dc, dh):
    """Stage 3 backward: from dc and dh to the gate's three numbers, to the long-term memory and to the one before, h.

    dc, dh: what the next step hands back, d loss / d c and d loss / d h of this step's new memories; gate, h, x: what
    output_stage was given; stage: what it returned.  Returns an OutputBack.  ValueError as in forget_stage.
    """
    # h' = o tanh(c): c is reached from here, and from the next step
    do, dc = dh * stage.tanh_c, dc + dh * stage.o * (1 - stage.tanh_c * stage.tanh_c)
    # o = sigmoid(a_o), whose slope is o (1 - o)
    da_o = do * stage.o * (1 - stage.o)
    # a_o = w h + u x + b
    return OutputBack(do, da_o, (da_o * h, da_o * x, da_o), dc, da_o * gate.w)


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


_forget_stage, _input_stage, _output_stage = (  # for numbers that were looked at before
    stage.__wrapped__ for stage in (forget_stage, input_stage, output_stage))


@_checked
def step(unit: LSTMUnit, c, h, x):
    """Run the three stages once: long-term memory c, short-term memory h and input x become a Step.

    c, h, x: floats, or arrays whose shapes broadcast.  ValueError as in forget_stage.
    """
    forget = _forget_stage(unit.forget, c, h, x)
    input = _input_stage(unit.candidate, unit.input, forget.kept, h, x)
    output = _output_stage(unit.output, input.c, h, x)
    return Step(x, c, h, forget, input, output)


_step = step.__wrapped__


def unroll(unit, xs, c=0.0, h=0.0):
    """Run the unit over the inputs xs, one step each, and return the list of Steps.

    xs: a sequence of numbers, or an array (T, ...) whose first axis is time; c, h: the memories before the first step.
    ValueError if xs is empty, and as in forget_stage.
    """
    first, *others = _inputs(xs)
    steps = [step(unit, c, h, first)]
    for x in others:  # the memories a step makes need no look: the long-term memory grows by 1 at most
        steps.append(_step(unit, steps[-1].c, steps[-1].h, x))
    return steps


class StepBack(NamedTuple):
    """One step backward: the records of the three stages, and dc and dh, which go back to the step before."""
    forget: ForgetBack
    input: InputBack
    output: OutputBack
    dc: float
    dh: float

    @property
    def gradient(self):
        """d loss / d each of the unit's twelve numbers through this step, in rows like weight_matrix."""
        return self.forget.gate, self.input.gate, self.input.candidate, self.output.gate


_forget_stage_backward, _input_stage_backward, _output_stage_backward = (
    stage.__wrapped__ for stage in (forget_stage_backward, input_stage_backward, output_stage_backward))


@_checked
def step_backward(unit: LSTMUnit, done: Step, dc, dh):
    """Run the three stages backward: from dc and dh of the new memories to dc and dh of the memories before.

    done: what step returned.  Returns a StepBack.  ValueError as in forget_stage.
    """
    x, c, h = done.x, done.c_prev, done.h_prev
    output = _output_stage_backward(unit.output, done.output, h, x, dc, dh)
    input = _input_stage_backward(unit.candidate, unit.input, done.input, h, x, output.dc)
    forget = _forget_stage_backward(unit.forget, done.forget, c, h, x, input.dkept)
    # h went into all four sums, so the short-term memory before hears from all of them.
    return StepBack(forget, input, output, forget.dc, forget.dh + input.dh + output.dh)


_step_backward = step_backward.__wrapped__


def unroll_backward(unit, steps, dh):
    """Go back through all steps (backpropagation through time) and return the list of StepBacks, first step first.

    steps: what unroll returned; dh: d loss / d h after the last step.  The gradient of a weight is the sum of its
    gradients over the steps.  ValueError as in forget_stage.
    """
    if not isinstance(steps, (list, tuple)) or not steps or not all(isinstance(done, Step) for done in steps):
        raise ValueError(f"steps: got {steps!r}, want the list of Steps that unroll returned")
    *earlier, last = steps
    backs = [step_backward(unit, last, 0.0, dh)]
    for done in reversed(earlier):
        backs.append(_step_backward(unit, done, backs[-1].dc, backs[-1].dh))
    return backs[::-1]


# ------------------------------------------------------------------------------------------------ the plain RNN

ACTIVATIONS = {  # each with its slope; on floats and arrays alike
    "linear": (lambda a: a, lambda a: a * 0 + 1),
    "relu": (lambda a: (a + abs(a)) / 2, lambda a: (a > 0) * 1.0),  # max(a, 0)
    "tanh": (_tanh, tanh_slope),
}


@dataclass(frozen=True)
class RNNUnit(_Weights):
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
        super().__post_init__()
        if self.activation not in ACTIVATIONS:
            raise ValueError(f"activation: got {self.activation!r}, want one of {', '.join(ACTIVATIONS)}")


class RNNStep(NamedTuple):
    """One step of the plain RNN: input x, memory before it h_prev, the sum a, the new memory h, the output y."""
    x: float
    h_prev: float
    a: float
    h: float
    y: float


@_checked
def rnn_step(unit: RNNUnit, h, x):
    """Run the plain RNN once: memory h and input x become an RNNStep.

    h, x: floats, or arrays whose shapes broadcast.  ValueError names the argument that is not finite or does not fit.
    """
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

# ... and as that notebook prints them before training (its seed is 42): from here Adam, with the learning rate 0.001
# and 5000 epochs, an update for A and then one for B in each, arrives at the four digits above.
VIDEO_START = LSTMUnit(
    forget=Gate(w=0.3367, u=0.1288, b=0.0),
    input=Gate(w=0.2345, u=0.2303, b=0.0),
    candidate=Gate(w=-1.1229, u=-0.1863, b=0.0),
    output=Gate(w=2.2082, u=-0.6380, b=0.0),
)

# The same video's two companies: prices on days 1 to 4, and the price on day 5 that the unit should foretell.
COMPANY_A, COMPANY_A_DAY_5 = (0.0, 0.5, 0.25, 1.0), 0.0
COMPANY_B, COMPANY_B_DAY_5 = (1.0, 0.5, 0.25, 1.0), 1.0

# StatQuest, "Recurrent Neural Networks (RNNs), Clearly Explained": the plain RNN of the earlier video.
VIDEO_RNN = RNNUnit(w=-0.5, u=1.8, b=0.0, v=1.1, b_y=0.0, activation="relu")
