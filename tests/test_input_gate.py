"""Lesson 04, input gate: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import numpy as np
import pytest

from answers import Case
from lesson.input_gate import check
from lstm_core import VIDEO_UNIT, Gate, LSTMUnit, step
from pages import prose

CASES = {
    "new_long_term": Case([2.947567, 2.95, 2.96], {0.95: "1.99", 4.02: "tanh", 2.961: "all of the candidate",
                                                   1.99: "too low", 3: "too high", 2.975: "too high"}),
    "candidate_sum": Case([1.56], {1.88: "left out", 2.20: "negative", 1.325: "swapped", 3.445: "input gate"}),
    "largest_addition": Case([1], {0.95: "when you open it", 0.9528: "when you open it", 2: "multiplied",
                                   -1: "taking away", 0.5: "too low", 0.995: "too low", 1.004: "too high",
                                   1.5: "too high"}),
}
PAGE = prose("04_input_gate")


@pytest.mark.parametrize("answer", [2.96, 2.95])
def test_both_roundings_are_accepted_and_named(answer):
    assert "2.95 is rounded once" in check.new_long_term.reply(answer)


def test_the_video_rounds_at_every_step():
    exact = step(VIDEO_UNIT, 2, 1, 1)
    kept, i, g = round(exact.forget.kept, 2), round(exact.input.i, 1), round(exact.input.g, 2)
    assert (kept, i, g) == (1.99, 1.0, 0.97) and round(kept + round(i * g, 2), 2) == 2.96 and round(exact.c, 2) == 2.95
    assert 2.96 - exact.c == pytest.approx(0.01, abs=0.003) and "here to about 0.01" in PAGE


def test_at_minus_ten_the_candidate_is_almost_minus_1_and_next_to_nothing_is_added():
    gone = step(VIDEO_UNIT, 2, 1, -10)
    assert -1 < gone.input.g < -0.999999 and -2e-6 < gone.input.added < 0


def test_where_something_is_taken_away():
    """The page tells where the candidate turns, where most is taken away, and that it is less further down."""
    xs = np.linspace(-10, 1, 11001)
    s = step(VIDEO_UNIT, 2.0, 1.0, xs).input
    turns = xs[np.flatnonzero(s.g > 0)[0]]
    assert f"turns negative at the input {turns:.2f}" in PAGE
    assert all(s.added[xs < turns] < 0), "from there on, added is below 0"
    most = s.added.argmin()
    assert f"most at about {xs[most]:.1f}, where it is {-s.added[most]:.2f}" in PAGE
    assert all(np.diff(s.added[:most]) < 0), "further down, less and less"
    assert xs[np.flatnonzero(s.i > 0.5)[0]] < turns, "the gate closes later than the candidate turns"


def test_what_becomes_of_a_memory_that_nothing_is_written_to():
    s = step(VIDEO_UNIT, 2, 0, 0)
    assert f"keep only {100 * s.forget.f:.1f} %" in PAGE and f"{100 * s.forget.f ** 10:.1f} % would be left" in PAGE
    assert f"{s.input.added:.3f} in this step" in PAGE


@pytest.mark.parametrize("i_bias, g_bias", [(-40, 3), (3, 0)])
def test_an_open_forget_gate_and_a_shut_input_gate_or_an_empty_candidate_leave_every_memory(i_bias, g_bias):
    only = lambda bias: Gate(w=0, u=0, b=bias)
    unit = LSTMUnit(forget=only(40), input=only(i_bias), candidate=only(g_bias), output=only(0))
    for c in (-3.0, 0.5, 7.0):
        assert step(unit, c, 1, 1).c == pytest.approx(c, abs=1e-12)
    shut = LSTMUnit(forget=only(2), input=only(i_bias), candidate=only(g_bias), output=only(0))
    assert step(shut, 7.0, 1, 1).c < 6.2, "without an open forget gate it does not"


def test_a_step_adds_or_takes_away_less_than_1_but_comes_as_near_as_you_like():
    rng = np.random.default_rng(4)
    for w in rng.uniform(-5, 5, (200, 12)):
        unit = LSTMUnit(*(Gate(*three) for three in w.reshape(4, 3)))
        added = step(unit, 2.0, rng.uniform(-1, 1, 50), rng.uniform(-1, 1, 50)).input.added
        assert np.abs(added).max() < 1
    near = LSTMUnit(*4 * [Gate(w=0, u=0, b=12)])
    assert 0.9999 < step(near, 0, 0, 0).input.added < 1
    assert "What one step writes is less than 1 in size, upward or downward" in PAGE


def test_a_memory_may_fall_or_rise_by_more_than_1_in_one_step_for_the_forget_gate_takes_too():
    assert 2 - step(VIDEO_UNIT, 2, 1, -10).c > 1.99 and step(VIDEO_UNIT, -5, 1, -10).c - -5 > 4.99
    assert "What stage 2 adds in a single step is limited" in PAGE
