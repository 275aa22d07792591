"""What may not come into the core is refused by name; what may come in, however large, gives finite numbers.

A gradient flow is a product of many steps and may leave the floats: it is then infinite or 0, and never NaN.

GOOD holds one valid call of every public function and class.  A public name or an argument without a place there
fails the first test: whoever adds one is asked what it refuses.
"""
import inspect
import itertools
import re
import warnings
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

import lstm_core
from lstm_core import VIDEO_UNIT, Gate, LSTMUnit, RNNUnit

GATE, RNN = VIDEO_UNIT.forget, RNNUnit(w=-0.5, u=1.8, b=0.0, activation="tanh")
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
    "rnn_gradient_flow": dict(W=np.eye(2, 4), xs=np.ones((3, 1)), h=np.ones(2), activation="tanh"),
    "lstm_gradient_flow": dict(W=np.eye(8, 4), xs=np.ones((3, 1)), c=np.ones(2), h=np.ones(2)),
    "clip_by_norm": dict(g=np.array([3.0, -4.0]), limit=1),
}

NOT_NUMBERS = ["1", "", None, True, 1j, {}, [[1, 2], [3]], [1, "2"], [None], np.array([True])]
NOT_FINITE = [float("nan"), float("inf"), -float("inf"), 10 ** 400, [1.0, float("nan")], np.array([float("inf")]),
              np.array([float("inf")], dtype=np.float32), np.float16("nan")]
# What each kind of argument refuses, by the type of its valid value.
BAD = {
    float: NOT_NUMBERS + NOT_FINITE,
    list: NOT_NUMBERS + NOT_FINITE + [[], (), np.zeros((0, 2)), 3.0],
    Gate: ["gate", None, True, 1.0, (1.0, 1.0, 1.0), VIDEO_UNIT],
    LSTMUnit: ["unit", None, True, 1.0, GATE, RNN],
    RNNUnit: ["unit", None, True, 1.0, GATE, VIDEO_UNIT],
    str: ["sigmoid", "", None, True, 1.0, float("nan"), ["tanh"], np.array(["tanh", "relu"])],
}
NOT_TWO_CELLS = [bad for bad in NOT_NUMBERS if bad is not None] + NOT_FINITE + [
    1.0, [], [1.0], np.ones(3), np.ones((1, 2)), np.ones((2, 1))]
NOT_ONE_INPUT = BAD[list] + [np.ones((0, 1)), np.ones((3, 2)), np.ones((3, 1, 1))]
NOT_A_MATRIX = NOT_NUMBERS + NOT_FINITE + [3.0, [], [1.0], [[]], np.ones(4), np.ones((2, 4, 1)), np.ones((0, 4))]
# ... and by its name, where the type does not say it.  A memory may be None: it is then 0.
BAD_HERE = {
    ("weight_matrix", "unit"): ["unit", None, True, 1.0, GATE, LSTMUnit,
                                LSTMUnit(GATE, Gate(np.ones(3), 1, 1), GATE, GATE), RNNUnit(w=1, u=1, b=np.ones(3))],
    ("rnn_gradient_flow", "W"): NOT_A_MATRIX + [np.ones((2, 3)), [[1, 1]]],
    ("rnn_gradient_flow", "xs"): NOT_ONE_INPUT,
    ("rnn_gradient_flow", "h"): NOT_TWO_CELLS,
    ("lstm_gradient_flow", "W"): NOT_A_MATRIX + [np.ones((2, 4)), np.ones((9, 4)), np.ones((8, 3)), 3 * [[1, 1, 1]]],
    ("lstm_gradient_flow", "xs"): NOT_ONE_INPUT,
    ("lstm_gradient_flow", "c"): NOT_TWO_CELLS,
    ("lstm_gradient_flow", "h"): NOT_TWO_CELLS,
    ("clip_by_norm", "g"): NOT_NUMBERS + NOT_FINITE,
    ("clip_by_norm", "limit"): NOT_NUMBERS + NOT_FINITE + [0, 0.0, -1, -1e-300, [1.0], [], np.ones(2)],
}


def public(name):
    """Tell whether the core offers this name to call; the records (named tuples) only carry results out."""
    value = getattr(lstm_core, name)
    return (not name.startswith("_") and callable(value) and value.__module__ == "lstm_core"
            and not (inspect.isclass(value) and issubclass(value, tuple)))


def call(name, **changed):
    """Make the valid call of that name with some arguments changed; every warning is an error."""
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        return getattr(lstm_core, name)(**{**GOOD[name], **changed})


def arguments(*kinds):
    """Return (function, argument) for every argument whose valid value is of one of these types."""
    return [(name, argument) for name, given in GOOD.items() for argument, value in given.items()
            if type(value) in kinds]


def says(message, word):
    """Tell whether the message holds the word, as a whole word."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", message)


def test_every_public_name_and_argument_has_a_case():
    offered = {name: list(inspect.signature(getattr(lstm_core, name)).parameters)
               for name in vars(lstm_core) if public(name)}
    assert offered == {name: list(given) for name, given in GOOD.items()}


@pytest.mark.parametrize("name", GOOD)
def test_the_valid_call_is_valid(name):
    call(name)


@pytest.mark.parametrize("name, argument", [(name, argument) for name, given in GOOD.items() for argument in given])
def test_bad_input_is_refused_by_name_and_value(name, argument):
    for bad in BAD_HERE.get((name, argument)) or BAD[type(GOOD[name][argument])]:
        with pytest.raises(ValueError) as refused:
            call(name, **{argument: bad})
        message = str(refused.value)
        assert says(message, argument), message
        assert repr(bad) in message


# ----------------------------------------------------------------------------------------- shapes that do not fit

THREE, FOUR = np.zeros(3), np.zeros(4)
NUMBER_PAIRS = [(name, one, other) for name, given in GOOD.items() for one, other in itertools.combinations(given, 2)
                if type(given[one]) is type(given[other]) is float]


@pytest.mark.parametrize("name, one, other", NUMBER_PAIRS)
def test_shapes_that_do_not_fit_are_refused_by_name(name, one, other):
    with pytest.raises(ValueError) as refused:
        call(name, **{one: THREE, other: FOUR})
    message = str(refused.value)
    assert says(message, f"{one} (3,)") and says(message, f"{other} (4,)"), message


@pytest.mark.parametrize("name, argument", [(name, a) for name, a in arguments(float) if "xs" in GOOD[name]])
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
WEIGHTS_AND_NUMBERS = [(name, weights, argument) for name, weights in arguments(*MANY_UNITS)
                       for argument, value in GOOD[name].items() if type(value) is float]


@pytest.mark.parametrize("name, weights, argument", WEIGHTS_AND_NUMBERS)
def test_weights_of_another_shape_are_refused_by_name(name, weights, argument):
    with pytest.raises(ValueError) as refused:
        call(name, **{weights: MANY_UNITS[type(GOOD[name][weights])], argument: FOUR})
    assert says(str(refused.value), argument), str(refused.value)


# -------------------------------------------------------------------------------------------- extreme but finite

def numbers_in(result):
    """Return every number of a result: a number, an array, a record, a list of records, a unit."""
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
    sequence = type(GOOD[name][argument]) is list
    value = np.array([extreme, 1.0, -extreme]) if sequence or as_array else extreme
    if sequence and as_array:
        value = np.stack([value, value], axis=1)
    assert np.isfinite(numbers_in(call(name, **{argument: value}))).all()


@pytest.mark.parametrize("extreme", [1e6, -1e6, lstm_core.LARGEST, -lstm_core.LARGEST])
@pytest.mark.parametrize("as_array", [False, True])
@pytest.mark.parametrize("name", [name for name, given in GOOD.items()
                                  if ("unit" in given or "gate" in given) and "h" in given])
def test_extreme_weights_with_extreme_input_give_finite_numbers(name, extreme, as_array):
    value = np.array([extreme, 1.0]) if as_array else extreme
    gate = Gate(w=value, u=-value, b=value)
    large = {
        Gate: gate,
        LSTMUnit: LSTMUnit(gate, gate, gate, gate),
        # A ReLU has no ceiling, and five steps of a large weight leave every range: tanh keeps the memory inside.
        RNNUnit: RNNUnit(w=value, u=-value, b=value, v=value, b_y=value, activation="tanh"),
        float: value,
        list: [extreme, -extreme],
    }
    assert np.isfinite(numbers_in(call(name, **{k: large[type(v)] for k, v in GOOD[name].items()}))).all()


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
    large = dict(W=np.full((2, 4), extreme), xs=np.array([extreme, -extreme, 1]), h=np.array([extreme, -extreme]))
    assert not np.isnan(call("rnn_gradient_flow", activation=activation, **large)).any()


@pytest.mark.parametrize("extreme", [1e6, lstm_core.LARGEST])
def test_extreme_weights_pass_into_the_matrix_and_extreme_limits_into_the_length(extreme):
    gate = Gate(extreme, -extreme, extreme)
    assert call("weight_matrix", unit=RNNUnit(extreme, -extreme, extreme)).tolist() == [[extreme, -extreme, extreme]]
    assert call("weight_matrix", unit=LSTMUnit(gate, gate, gate, gate)).tolist() == 4 * [[extreme, -extreme, extreme]]
    assert call("clip_by_norm", limit=extreme).tolist() == [3, -4]
    np.testing.assert_allclose(call("clip_by_norm", limit=1 / extreme), [0.6 / extreme, -0.8 / extreme], rtol=1e-12)
