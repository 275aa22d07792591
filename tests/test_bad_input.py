"""What may not come into the core is refused by name; what may come in, however large, gives finite numbers.

A gradient flow is a product of many steps and may leave the floats: it is then infinite or 0, and never NaN.

GOOD holds one valid call of every public function, class and method.  A public name or an argument without a place
there fails the first test: whoever adds one is asked what it refuses.
"""
import inspect
import itertools
import re
import warnings
from types import SimpleNamespace
from dataclasses import fields, is_dataclass
from operator import attrgetter

import numpy as np
import pytest

import lstm_core
import lstm_layers
from lesson.data import one_unit
from lesson.data.one_unit import UnitPredictor
from lstm_core import VIDEO_UNIT, ForgetStage, Gate, InputStage, LSTMUnit, OutputStage, RNNUnit, Step, step
from lstm_layers import SGD, Adam, LSTMLayer, Predictor, RNNLayer, to_pytorch

GATE, RNN = VIDEO_UNIT.forget, RNNUnit(w=-0.5, u=1.8, b=0.0, activation="tanh")
STEP = step(VIDEO_UNIT, 2.0, 1.0, 1.0)
LSTM_W, RNN_W = np.linspace(-1, 1, 32).reshape(8, 4), np.linspace(-1, 1, 8).reshape(2, 4)  # two cells, one input
XS = np.ones((3, 1, 2))  # three steps, one input, two sequences


# What a call may change is made for each call: a valid value that is a function stands for what the function returns.
def unit_predictor():
    return UnitPredictor(VIDEO_UNIT)


def predictor():
    return Predictor(LSTMLayer(LSTM_W.copy()), np.ones((1, 3)))


def lstm_layer():
    layer = LSTMLayer(LSTM_W.copy())
    layer.forward(XS)
    return layer


def rnn_layer():
    layer = RNNLayer(RNN_W.copy())
    layer.forward(XS)
    return layer


def sgd():
    return SGD([np.ones(2)], 0.1)


def adam():
    return Adam([np.ones((4, 3))])


GOOD = {
    "sigmoid": dict(a=1.0),
    "tanh": dict(a=1.0),
    "sigmoid_slope": dict(a=1.0),
    "tanh_slope": dict(a=1.0),
    "Gate": dict(w=1.0, u=1.0, b=1.0),
    "LSTMUnit": dict(forget=GATE, input=GATE, candidate=GATE, output=GATE),
    "forget_stage": dict(gate=GATE, c=2.0, h=1.0, x=1.0),
    "input_stage": dict(candidate=GATE, gate=GATE, kept=2.0, h=1.0, x=1.0),
    "output_stage": dict(gate=GATE, c=2.0, h=1.0, x=1.0),
    "step": dict(unit=VIDEO_UNIT, c=2.0, h=1.0, x=1.0),
    "unroll": dict(unit=VIDEO_UNIT, xs=[0.0, 0.5], c=2.0, h=1.0),
    "RNNUnit": dict(w=1.0, u=1.0, b=1.0, v=1.0, b_y=1.0, activation="tanh"),
    "rnn_step": dict(unit=RNN, h=1.0, x=1.0),
    "rnn_unroll": dict(unit=RNN, xs=[0.0, 0.5], h=1.0),
    "weight_matrix": dict(unit=VIDEO_UNIT),
    "rnn_gradient_flow": dict(W=np.eye(2, 4), xs=np.ones((3, 1)), h=np.ones(2)),
    "lstm_gradient_flow": dict(W=np.eye(8, 4), xs=np.ones((3, 1)), c=np.ones(2), h=np.ones(2)),
    "clip_by_norm": dict(g=np.array([3.0, -4.0]), limit=1),
    "forget_stage_backward": dict(gate=GATE, stage=STEP.forget, c=2.0, h=1.0, x=1.0, dkept=1.0),
    "input_stage_backward": dict(candidate=GATE, gate=GATE, stage=STEP.input, h=1.0, x=1.0, dc=1.0),
    "output_stage_backward": dict(gate=GATE, stage=STEP.output, h=1.0, x=1.0, dc=1.0, dh=1.0),
    "step_backward": dict(unit=VIDEO_UNIT, done=STEP, dc=1.0, dh=1.0),
    "unroll_backward": dict(unit=VIDEO_UNIT, steps=(STEP, STEP), dh=1.0),
    "unit_gradient_flow": dict(unit=VIDEO_UNIT, xs=[0.0, 0.5], c=2.0, h=1.0),
    "rnn_unit_gradient_flow": dict(unit=RNN, xs=[0.0, 0.5], h=1.0),
    "random_weights": dict(rng=np.random.default_rng(1), rows=8, cells=2, inputs=1),
    "LSTMLayer": dict(W=LSTM_W),
    "LSTMLayer.forward": dict(self=lstm_layer, xs=XS, c=np.ones((2, 2)), h=np.ones((2, 2))),
    "LSTMLayer.backward": dict(self=lstm_layer, dh=np.ones((3, 2, 2)), dc=np.ones((2, 2))),
    "RNNLayer": dict(W=RNN_W),
    "RNNLayer.forward": dict(self=rnn_layer, xs=XS, h=np.ones((2, 2))),
    "RNNLayer.backward": dict(self=rnn_layer, dh=np.ones((3, 2, 2))),
    "UnitPredictor": dict(unit=VIDEO_UNIT),
    "UnitPredictor.predict": dict(self=unit_predictor, xs=[0.0, 0.5]),
    "UnitPredictor.gradient": dict(self=unit_predictor, xs=(0.0, 0.5), target=1),
    "Predictor": dict(layer=lstm_layer, V=np.ones((1, 3))),
    "Predictor.predict": dict(self=predictor, xs=XS, lengths=(1, 3)),
    "Predictor.gradient": dict(self=predictor, xs=XS, targets=np.ones((1, 2)), lengths=(1, 3)),
    "numerical_gradient": dict(model=unit_predictor, batch=((0.0, 0.5), 1.0), step=1),
    "SGD": dict(parameters=(np.ones(2),), rate=1),
    "SGD.update": dict(self=sgd, gradient=(np.ones(2),)),
    "Adam": dict(parameters=(np.ones(2),), rate=1),
    "Adam.update": dict(self=adam, gradient=(np.ones((4, 3)),)),
    "train": dict(model=unit_predictor, optimizer=adam, epochs=([((0.0, 0.5), 1.0)],), clip=1),
    "to_pytorch": dict(W=LSTM_W),
    "from_pytorch": dict(weights=to_pytorch(LSTM_W)),
}

NOT_NUMBERS = ["1", "", None, True, 1j, {}, [[1, 2], [3]], [1, "2"], [None], np.array([True]),
               np.ma.array([1.0, 2.0], mask=[True, False]), [np.ma.array([1.0, 2.0], mask=[True, False])]]
NOT_FINITE = [float("nan"), float("inf"), -float("inf"), 10 ** 400, [1.0, float("nan")], np.array([float("inf")]),
              np.array([float("inf")], dtype=np.float32), np.float16("nan")]
# What each kind of argument refuses, by the type of its valid value.
BAD = {
    float: NOT_NUMBERS + NOT_FINITE,
    list: NOT_NUMBERS + NOT_FINITE + [[], (), np.zeros((0, 2)), 3.0],
    Gate: ["gate", None, True, 1.0, (1.0, 1.0, 1.0), VIDEO_UNIT],
    LSTMUnit: ["unit", None, True, 1.0, GATE, RNN],
    RNNUnit: ["unit", None, True, 1.0, GATE, VIDEO_UNIT],
    ForgetStage: ["stage", None, 1.0, (1.0, 1.0, 1.0), STEP.output, STEP],
    InputStage: ["stage", None, 1.0, (1.0, 1.0, 1.0, 1.0, 1.0, 1.0), STEP.output, STEP],
    OutputStage: ["stage", None, 1.0, (1.0, 1.0, 1.0, 1.0), STEP.forget, STEP],
    Step: ["done", None, 1.0, STEP.forget, tuple(STEP), [STEP]],
    str: ["sigmoid", "", None, True, 1.0, float("nan"), ["tanh"], np.array(["tanh", "relu"])],
}
NOT_NUMBERS_NOR_NONE = [bad for bad in NOT_NUMBERS if bad is not None]
NOT_TWO_CELLS = NOT_NUMBERS_NOR_NONE + NOT_FINITE + [1.0, [], [1.0], np.ones(3), np.ones((1, 2)), np.ones((2, 1))]
NOT_ONE_INPUT = BAD[list] + [np.ones((0, 1)), np.ones((3, 2)), np.ones((3, 1, 1))]
NOT_A_MATRIX = NOT_NUMBERS + NOT_FINITE + [3.0, [], [1.0], [[]], np.ones(4), np.ones((2, 4, 1)), np.ones((0, 4))]
NOT_AN_LSTM = NOT_A_MATRIX + [np.ones((2, 4)), np.ones((9, 4)), np.ones((8, 3)), 3 * [[1, 1, 1]]]
NOT_AN_RNN = NOT_A_MATRIX + [np.ones((2, 3)), [[1, 1]]]
NOT_ONE_UNIT = ["unit", None, True, 1.0, GATE, LSTMUnit, LSTMUnit(GATE, Gate(np.ones(3), 1, 1), GATE, GATE)]
NOT_SEQUENCES = NOT_NUMBERS + NOT_FINITE + [
    3.0, [], np.ones(3), np.ones((3, 1)), np.ones((0, 1, 2)), np.ones((3, 2, 2)), np.ones((3, 1, 0)), XS[None],
    np.full((3, 1, 2), np.nan, np.float32), -np.inf * XS]
NOT_MEMORIES = NOT_TWO_CELLS + [np.ones((2, 3)), np.ones((2, 2, 1)), np.nan * np.ones((2, 2))]
NOT_SLOPES = NOT_NUMBERS + [1.0, [], np.ones((2, 2)), np.ones((2, 2, 2)), np.ones((3, 2, 1)), np.full((3, 2, 2), "1")]
NOT_LENGTHS = NOT_NUMBERS_NOR_NONE + NOT_FINITE + [3, [], [3], [0, 1], [1, 4], [-1, 1], [1.5, 2], [1, 2, 3], [[1, 2]]]
NOT_POSITIVE = NOT_NUMBERS + NOT_FINITE + [0, 0.0, -1, -1e-300, [1.0], [], np.ones(2)]
NOT_A_COUNT = ["1", None, True, -1, 1.0, 1.5, float("nan"), [1], np.ones(1)]
NOT_A_MODEL = ["model", None, 1.0, {}, VIDEO_UNIT, UnitPredictor, lstm_layer()]
READ_ONLY = np.ones((4, 3))
READ_ONLY.flags.writeable = False
NOT_PARAMETERS = [[READ_ONLY], [np.ma.array([1.0])], "W", None, 1.0, {}, [], np.ones(2), [1.0], [[1.0]],
                  [np.ones(2), None], [np.array([1, 2])]]
# ... and by its name, where the type does not say it.  A memory, lengths, V and clip may be None.
BAD_HERE = {
    ("weight_matrix", "unit"): NOT_ONE_UNIT + [RNNUnit(w=1, u=1, b=np.ones(3))],
    ("rnn_gradient_flow", "W"): NOT_AN_RNN,
    ("rnn_gradient_flow", "xs"): NOT_ONE_INPUT,
    ("rnn_gradient_flow", "h"): NOT_TWO_CELLS,
    ("lstm_gradient_flow", "W"): NOT_AN_LSTM,
    ("lstm_gradient_flow", "xs"): NOT_ONE_INPUT,
    ("lstm_gradient_flow", "c"): NOT_TWO_CELLS,
    ("lstm_gradient_flow", "h"): NOT_TWO_CELLS,
    ("unit_gradient_flow", "unit"): BAD[LSTMUnit] + [LSTMUnit(GATE, Gate(np.ones(3), 1, 1), GATE, GATE)],
    ("unit_gradient_flow", "xs"): BAD[list] + [np.ones((3, 2))],
    ("unit_gradient_flow", "c"): BAD[float] + [[1.0], np.ones(2)],
    ("unit_gradient_flow", "h"): BAD[float] + [[1.0], np.ones(2)],
    ("rnn_unit_gradient_flow", "unit"): BAD[RNNUnit] + [RNNUnit(w=1, u=1, b=np.ones(3))],
    ("rnn_unit_gradient_flow", "xs"): BAD[list] + [np.ones((3, 2))],
    ("rnn_unit_gradient_flow", "h"): BAD[float] + [[1.0], np.ones(2)],
    ("clip_by_norm", "g"): NOT_NUMBERS + NOT_FINITE,
    ("clip_by_norm", "limit"): NOT_POSITIVE,
    ("unroll_backward", "steps"): ["steps", None, 1.0, [], (), [1.0], STEP, [STEP, None], [None, STEP]],
    ("random_weights", "rng"): [None, 1, 1.0, np.random, np.random.default_rng],
    ("random_weights", "rows"): NOT_A_COUNT + [0],
    ("random_weights", "cells"): NOT_A_COUNT + [0],
    ("random_weights", "inputs"): NOT_A_COUNT,
    ("LSTMLayer", "W"): NOT_AN_LSTM,
    ("LSTMLayer.forward", "xs"): NOT_SEQUENCES,
    ("LSTMLayer.forward", "c"): NOT_MEMORIES,
    ("LSTMLayer.forward", "h"): NOT_MEMORIES,
    ("LSTMLayer.backward", "dh"): NOT_SLOPES,
    ("LSTMLayer.backward", "dc"): NOT_MEMORIES,
    ("RNNLayer", "W"): NOT_AN_RNN,
    ("RNNLayer.forward", "xs"): NOT_SEQUENCES,
    ("RNNLayer.forward", "h"): NOT_MEMORIES,
    ("RNNLayer.backward", "dh"): NOT_SLOPES,
    ("UnitPredictor", "unit"): NOT_ONE_UNIT,
    ("UnitPredictor.gradient", "xs"): BAD[list] + [np.ones((3, 2))],
    ("UnitPredictor.gradient", "target"): BAD[float] + [[1.0], np.ones(2)],
    ("Predictor", "layer"): ["layer", None, True, 1.0, LSTM_W, VIDEO_UNIT, LSTMLayer],
    ("Predictor", "V"): NOT_NUMBERS_NOR_NONE + NOT_FINITE + [
        1.0, [], np.ones(3), np.ones((1, 2)), np.ones((0, 3)), np.ones((1, 3, 1))],
    ("Predictor.predict", "xs"): NOT_SEQUENCES,
    ("Predictor.predict", "lengths"): NOT_LENGTHS,
    ("Predictor.gradient", "xs"): NOT_SEQUENCES,
    ("Predictor.gradient", "targets"): NOT_NUMBERS + NOT_FINITE + [
        1.0, [], np.ones(2), np.ones((2, 1)), np.ones((1, 3)), np.ones((2, 2))],
    ("Predictor.gradient", "lengths"): NOT_LENGTHS,
    ("numerical_gradient", "model"): NOT_A_MODEL,
    ("numerical_gradient", "step"): NOT_POSITIVE,
    ("SGD", "parameters"): NOT_PARAMETERS,
    ("SGD", "rate"): NOT_POSITIVE,
    ("SGD.update", "gradient"): [
        "g", None, 1.0, np.ones(2), [], [None], [1.0], [[1.0, 1.0]], [np.ones(3)], [np.ones(2), np.ones(2)],
        [np.array([1.0, np.nan])], [np.array([-np.inf, 1.0])], [np.ma.array([1.0, 2.0])], [np.array(["1", "2"])]],
    ("Adam", "parameters"): NOT_PARAMETERS,
    ("Adam", "rate"): NOT_POSITIVE,
    ("Adam.update", "gradient"): [None, np.ones((4, 3)), [], [np.ones(3)], [np.ones((4, 1))], [np.ones((3, 4))]],
    ("train", "model"): NOT_A_MODEL,
    ("train", "optimizer"): ["SGD", None, 1.0, [], VIDEO_UNIT, SGD],
    ("train", "epochs"): [None, 5, 1.0],
    ("train", "clip"): [bad for bad in NOT_POSITIVE if bad is not None],
    ("to_pytorch", "W"): NOT_AN_LSTM,
    ("from_pytorch", "weights"): ["W", None, 1.0, {}, [], LSTM_W, {"weight_ih_l0": LSTM_W},
                                  dict(to_pytorch(LSTM_W), weight_hr_l0=LSTM_W)],
}
# A unit's flow is that of one unit and one sequence; all others take many at once.
MANY = [name for name in GOOD if not name.endswith("unit_gradient_flow")]
# A batch is passed on to the model, and refused there.
REFUSALS = [(name, argument) for name, given in GOOD.items() for argument in given if argument not in ("self", "batch")]


MODULES = lstm_core, lstm_layers, one_unit
OFFERED = SimpleNamespace(**{name: value for module in MODULES for name, value in vars(module).items()})  # as one


def public(name):
    """Tell whether the core offers this name to call; the records (named tuples) only carry results out."""
    value = getattr(OFFERED, name)
    return (not name.startswith("_") and callable(value) and value.__module__ in [module.__name__ for module in MODULES]
            and not (inspect.isclass(value) and issubclass(value, tuple)))


def methods(name):
    """Return the dotted names of the public methods of the core's public class of that name, or nothing."""
    value = getattr(OFFERED, name)
    return [f"{name}.{method}" for method, _ in inspect.getmembers(value, inspect.isfunction)
            if inspect.isclass(value) and not method.startswith("_")]


def call(name, **changed):
    """Make the valid call of that name with some arguments changed; every warning is an error."""
    function = attrgetter(name)(OFFERED)
    bound = inspect.signature(function).bind_partial()
    for argument, value in {**GOOD[name], **changed}.items():
        bound.arguments[argument] = value() if inspect.isfunction(value) else value
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        result = function(*bound.args, **bound.kwargs)
        return list(result) if inspect.isgenerator(result) else result


def arguments(*kinds, of=GOOD):
    """Return (function, argument) for every argument whose valid value is of one of these types."""
    return [(name, argument) for name in of for argument, value in GOOD[name].items() if type(value) in kinds]


def says(message, word):
    """Tell whether the message holds the word, as a whole word."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", message)


def test_every_public_name_and_argument_has_a_case():
    offered = {name: list(inspect.signature(attrgetter(name)(OFFERED)).parameters)
               for public_name in vars(OFFERED) if public(public_name)
               for name in [public_name, *methods(public_name)]}
    assert offered == {name: list(given) for name, given in GOOD.items()}


@pytest.mark.parametrize("name", GOOD)
def test_the_valid_call_is_valid(name):
    call(name)


def tells(message, bad):
    """Tell whether the message holds the value; of an array its shape, or the number that is not finite, will do."""
    return (repr(bad) in message or f"got shape {np.shape(bad)}" in message
            or re.search(r"got -?(nan|inf) among the inputs", message))


@pytest.mark.parametrize("name, argument", REFUSALS)
def test_bad_input_is_refused_by_name_and_value(name, argument):
    for bad in BAD_HERE.get((name, argument)) or BAD[type(GOOD[name][argument])]:
        with pytest.raises(ValueError) as refused:
            call(name, **{argument: bad})
        message = str(refused.value)
        assert says(message, argument), message
        assert tells(message, bad), message


@pytest.mark.parametrize("name", [name for name, given in GOOD.items() if "batch" not in given])  # it has no name
def test_arguments_may_be_given_by_their_names(name):
    given = {argument: value() if inspect.isfunction(value) else value for argument, value in GOOD[name].items()}
    function, bound = attrgetter(name)(OFFERED), [given.pop("self")] if "self" in given else []
    function(*bound, **given)
    with pytest.raises(TypeError):
        function(*bound, **given, unknown=[])


def test_a_long_list_does_not_make_a_long_message():
    with pytest.raises(ValueError, match="^xs: got ") as refused:
        lstm_core.unroll(VIDEO_UNIT, [0.0] * 100_000 + [float("nan")])
    assert len(str(refused.value)) < 11_000


def test_a_large_whole_number_is_a_number():
    assert step(VIDEO_UNIT, 10 ** 20, 0, 0).forget.kept == step(VIDEO_UNIT, 1e20, 0.0, 0.0).forget.kept
    assert lstm_layers.random_weights(np.random.default_rng(1), np.int32(4), np.int16(1), np.uint8(1)).shape == (4, 3)


# ----------------------------------------------------------------------------------------- shapes that do not fit

THREE, FOUR = np.zeros(3), np.zeros(4)
NUMBER_PAIRS = [(name, one, other) for name in MANY for one, other in itertools.combinations(GOOD[name], 2)
                if type(GOOD[name][one]) is type(GOOD[name][other]) is float]


@pytest.mark.parametrize("name, one, other", NUMBER_PAIRS)
def test_shapes_that_do_not_fit_are_refused_by_name(name, one, other):
    with pytest.raises(ValueError) as refused:
        call(name, **{one: THREE, other: FOUR})
    message = str(refused.value)
    assert says(message, f"{one} (3,)") and says(message, f"{other} (4,)"), message


@pytest.mark.parametrize("name, argument", [(name, a) for name, a in arguments(float, of=MANY) if "xs" in GOOD[name]])
def test_inputs_that_do_not_fit_the_memory_are_refused_by_name(name, argument):
    """Every step of the inputs has the shape (4,): the message calls one step x."""
    with pytest.raises(ValueError) as refused:
        call(name, xs=np.zeros((2, 4)), **{argument: THREE})
    message = str(refused.value)
    assert says(message, f"{argument} (3,)") and says(message, "x (4,)"), message


GATES_OF_THREE = Gate(w=THREE, u=0, b=0)
MANY_UNITS = {
    Gate: GATES_OF_THREE,
    LSTMUnit: LSTMUnit(GATES_OF_THREE, GATES_OF_THREE, GATES_OF_THREE, GATES_OF_THREE),
    RNNUnit: RNNUnit(w=THREE, u=0, b=0),
}
WEIGHTS_AND_NUMBERS = [(name, weights, argument) for name, weights in arguments(*MANY_UNITS, of=MANY)
                       for argument, value in GOOD[name].items() if type(value) is float]


@pytest.mark.parametrize("name, weights, argument", WEIGHTS_AND_NUMBERS)
def test_weights_of_another_shape_are_refused_by_name(name, weights, argument):
    with pytest.raises(ValueError) as refused:
        call(name, **{weights: MANY_UNITS[type(GOOD[name][weights])], argument: FOUR})
    assert says(str(refused.value), argument), str(refused.value)


STEP_OF_THREE = step(VIDEO_UNIT, THREE, THREE, THREE)
RECORDS_OF_THREE = {Step: STEP_OF_THREE, ForgetStage: STEP_OF_THREE.forget, InputStage: STEP_OF_THREE.input,
                    OutputStage: STEP_OF_THREE.output}


@pytest.mark.parametrize("name, record, argument", [
    (name, record, argument) for name, record in arguments(*RECORDS_OF_THREE)
    for argument, value in GOOD[name].items() if type(value) is float])
def test_records_of_another_shape_are_refused_by_name(name, record, argument):
    with pytest.raises(ValueError) as refused:
        call(name, **{record: RECORDS_OF_THREE[type(GOOD[name][record])], argument: FOUR})
    message = str(refused.value)
    assert says(message, f"{record} (3,)") and says(message, f"{argument} (4,)"), message


# ------------------------------------------------------------------------------------------- a part of an argument

@pytest.mark.parametrize("epochs, part", [([5], "5"), ([[5]], "5"), ([[XS]], repr(XS)), ([[], ["ab"]], "'ab'")])
def test_a_bad_epoch_or_batch_is_refused_by_value(epochs, part):
    with pytest.raises(ValueError) as refused:
        call("train", epochs=epochs)
    assert str(refused.value).startswith(f"epochs: got {part}, want") and " for a" in str(refused.value)


@pytest.mark.parametrize("name", ["train", "numerical_gradient"])
@pytest.mark.parametrize("argument, batch", [("xs", ((), 1.0)), ("xs", ((0.0, float("nan")), 1.0)),
                                             ("target", ((0.0,), float("nan")))])
def test_a_bad_batch_is_refused_by_the_model(name, argument, batch):
    with pytest.raises(ValueError, match=rf"^{argument}: got "):
        call(name, **({"batch": batch} if name == "numerical_gradient" else {"epochs": [[batch]]}))


@pytest.mark.parametrize("key", to_pytorch(LSTM_W))
def test_a_bad_array_of_pytorch_is_refused_by_its_name(key):
    shapes = [(), (0,), (0, 0), (8, 2, 1), (7, 2), (8, 3) if key == "weight_hh_l0" else (9,)]
    for bad in NOT_NUMBERS + NOT_FINITE + [np.ones(shape) for shape in shapes]:
        with pytest.raises(ValueError) as refused:
            call("from_pytorch", weights=dict(to_pytorch(LSTM_W), **{key: bad}))
        assert str(refused.value).startswith(f"{key}: got ") and tells(str(refused.value), bad)


@pytest.mark.parametrize("argument, ones", [("xs", XS), ("c", np.ones((2, 2))), ("h", -np.ones((2, 2)))])
def test_single_precision_has_a_smaller_range(argument, ones):
    def single():
        return LSTMLayer(LSTM_W.astype(np.float32))
    call("LSTMLayer.forward", self=single, **{argument: 1e12 * ones})
    with pytest.raises(ValueError, match=rf"(?s)^{argument}: got .*, want finite numbers between -1e\+12 and 1e\+12$"):
        call("LSTMLayer.forward", self=single, **{argument: 1.1e12 * ones})
    with pytest.raises(ValueError, match="^W: got "):
        LSTMLayer(np.full((8, 4), 1e13, np.float32))
    with pytest.raises(ValueError, match="^targets: got "):
        call("Predictor.gradient", self=lambda: Predictor(single(), np.ones((1, 3))), targets=np.full((1, 2), 1e13))
    with pytest.raises(ValueError, match="^V: got "):
        Predictor(single(), np.full((1, 3), 1e13))


# -------------------------------------------------------------------------------------------- extreme but finite

def numbers_in(result):
    """Return every number of a result: a number, an array, a record, a list of records, a unit, a model."""
    if result is None:
        return np.empty(0)
    if isinstance(result, (LSTMLayer, RNNLayer)):
        return np.ravel(result.W)
    if isinstance(result, Predictor):
        result = result.parameters
    if isinstance(result, dict):
        result = list(result.values())
    if is_dataclass(result):
        values = [getattr(result, field.name) for field in fields(result)]
        result = [value for value in values if not isinstance(value, str)]
    if isinstance(result, (tuple, list)):
        return np.concatenate([numbers_in(value) for value in result])
    return np.ravel(result)


@pytest.mark.parametrize("extreme", [1e6, -1e6, lstm_core.LARGEST, -lstm_core.LARGEST])
@pytest.mark.parametrize("as_array", [False, True])
@pytest.mark.parametrize("name, argument", arguments(float, list))
def test_extreme_input_gives_finite_numbers(name, argument, extreme, as_array):
    sequence, as_array = type(GOOD[name][argument]) is list, as_array and name in MANY
    value = np.array([extreme, 1.0, -extreme]) if sequence or as_array else extreme
    if sequence and as_array:
        value = np.stack([value, value], axis=1)
    assert np.isfinite(numbers_in(call(name, **{argument: value}))).all()


@pytest.mark.parametrize("extreme", [1e6, -1e6, lstm_core.LARGEST, -lstm_core.LARGEST])
@pytest.mark.parametrize("as_array", [False, True])
@pytest.mark.parametrize("name", [name for name, given in GOOD.items()
                                  if ("unit" in given or "gate" in given) and "h" in given])
def test_extreme_weights_with_extreme_input_give_finite_numbers(name, extreme, as_array):
    value = np.array([extreme, 1.0]) if as_array and name in MANY else extreme
    gate = Gate(w=value, u=-value, b=value)
    large = {
        Gate: gate,
        LSTMUnit: LSTMUnit(gate, gate, gate, gate),
        # A ReLU has no ceiling, and five steps of a large weight leave every range: tanh keeps the memory inside.
        RNNUnit: RNNUnit(w=value, u=-value, b=value, v=value, b_y=value, activation="tanh"),
        float: value,
        list: [extreme, -extreme],
    }
    numbers = numbers_in(call(name, **{k: large.get(type(v), v) for k, v in GOOD[name].items()}))
    assert np.isfinite(numbers).all() if name in MANY else not np.isnan(numbers).any()


@pytest.mark.parametrize("activation", ["linear", "relu"])
@pytest.mark.parametrize("extreme", [1e6, lstm_core.LARGEST])
def test_one_step_of_an_rnn_without_a_ceiling_is_finite(activation, extreme):
    for value in (extreme, np.array([extreme, -extreme])):
        rnn = RNNUnit(w=extreme, u=extreme, b=extreme, v=extreme, b_y=extreme, activation=activation)
        assert np.isfinite(numbers_in(call("rnn_step", unit=rnn, h=value, x=value))).all()


def test_an_exploding_rnn_stops_by_name_before_it_overflows():
    rnn = RNNUnit(w=1e6, u=1, b=0, activation="linear")
    with pytest.raises(ValueError, match=r"^h: got .*, want finite numbers"):
        call("rnn_unroll", unit=rnn, xs=[1.0] * 100)


@pytest.mark.parametrize("extreme", [1e6, -1e6, lstm_core.LARGEST, -lstm_core.LARGEST])
@pytest.mark.parametrize("name, argument", [
    (name, argument) for name, given in GOOD.items() for argument, value in given.items()
    if isinstance(value, np.ndarray)])
def test_extreme_input_of_many_cells_gives_no_nan(name, argument, extreme):
    """One of the numbers extreme, all of them, and all arguments together."""
    good = GOOD[name][argument]
    one = good.copy()
    one.flat[0] = extreme
    everything = {k: np.full(np.shape(v), extreme) for k, v in GOOD[name].items() if isinstance(v, np.ndarray)}
    for changed in ({argument: one}, {argument: np.full(good.shape, extreme)}, everything):
        assert not np.isnan(numbers_in(call(name, **changed))).any()


@pytest.mark.parametrize("activation", ["linear", "relu"])
@pytest.mark.parametrize("extreme", [1e6, -1e6, lstm_core.LARGEST, -lstm_core.LARGEST])
def test_the_flow_of_an_rnn_without_a_ceiling_gives_no_nan(activation, extreme):
    rnn = RNNUnit(w=extreme, u=extreme, b=extreme, activation=activation)
    assert not np.isnan(call("rnn_unit_gradient_flow", unit=rnn, xs=[extreme, -extreme, 1.0], h=extreme)).any()


@pytest.mark.parametrize("extreme", [1e6, lstm_core.LARGEST])
def test_extreme_weights_pass_into_the_matrix_and_extreme_limits_into_the_length(extreme):
    gate = Gate(extreme, -extreme, extreme)
    assert call("weight_matrix", unit=RNNUnit(extreme, -extreme, extreme)).tolist() == [[extreme, -extreme, extreme]]
    assert call("weight_matrix", unit=LSTMUnit(gate, gate, gate, gate)).tolist() == 4 * [[extreme, -extreme, extreme]]
    assert call("clip_by_norm", limit=extreme).tolist() == [3, -4]
    np.testing.assert_allclose(call("clip_by_norm", limit=1 / extreme), [0.6 / extreme, -0.8 / extreme], rtol=1e-12)


def test_an_argument_given_twice_is_refused_as_python_does():
    for call in (lambda: lstm_core.sigmoid(1.0, a=2.0), lambda: step(VIDEO_UNIT, 2.0, 1.0, 1.0, c=3.0),
                 lambda: Gate(1.0, 2.0, 3.0, w=4.0)):
        with pytest.raises(TypeError, match="multiple values for argument"):
            call()
