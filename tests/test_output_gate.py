"""Lesson 05, output gate: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import math

import numpy as np

from answers import Case
from lesson.output_gate import check, unit_picture
from lstm_core import VIDEO_UNIT, VIDEO_UNIT_4_DIGITS, step
from pages import prose

CASES = {
    "new_short_term": Case([0.986229, 0.99, 0.98], {2.92: "goes through tanh", 1.99: "multiplied", 2.95: "stage 3",
                                                    0.9945: "Multiply these two", 0.992: "the output gate",
                                                    0.9974: "on the way",
                                                    0.9917: "the output gate", 1: "about tanh", 0.97: "too low"}),
    "output_gate_at_minus_one": Case([0.018345, 0.02, 0.018], {
        0.99: "for a short-term memory of 1", -3.98: "the sum", 0.0103: "bias", 0.01: "bias", 0.0131: "of 2 came in"}),
    "hidden_memory": Case([(-1, 1), [-1, 2.5], (np.float64(-0.9), np.int64(5))],
                          {(1, 1): "shows too much", (-0.5, 1): "shows too much", (-1, -1): "forgets too much",
                           (-1, 0.65): "forgets too much", (0, 20): "sliders"}),
}
PAGE = prose("05_output_gate")


def gate(h, x):
    """Work out the output gate without the core."""
    return 1 / (1 + math.exp(-(4.38 * h - 0.19 * x + 0.59)))


def test_the_rounding_trap():
    s = step(VIDEO_UNIT, 2, 1, 1)
    o, tanh_c = round(s.output.o, 2), round(s.output.tanh_c, 2)
    assert o < s.output.o and tanh_c < s.output.tanh_c, "each was rounded down a little"
    assert round(o * tanh_c, 2) == 0.98 < s.h and round(s.h, 2) == 0.99


def test_the_output_never_leaves_its_range_however_large_the_long_term_memory():
    c = np.linspace(-5, 5, 101)
    h = step(VIDEO_UNIT, c, 1.0, 1.0).h
    assert f"from {h.min():.2f} to {h.max():.2f} and no further" in PAGE
    assert np.abs(step(VIDEO_UNIT, 1e6, np.linspace(-1, 1, 21), 1.0).h).max() <= 1


def test_the_input_moves_the_output_gate_most_where_the_short_term_memory_is_0():
    """A larger input closes it everywhere, but at h = 1 only a little."""
    assert f"only from {gate(1, -10):.3f} to {gate(1, 10):.3f}, but at $h = 0$ from {gate(0, -10):.3f} to " \
           f"{gate(0, 10):.3f}" in PAGE
    assert (f"At $h = -1$ the gate is nearly shut, and flatter again: from {gate(-1, -10):.3f} to "
            f"{gate(-1, 10):.3f}.") in PAGE
    moved = [gate(h, -10) - gate(h, 10) for h in (-1, 0, 1)]
    assert moved[1] > 5 * max(moved[0], moved[2])
    for h in (-1, 0, 1):
        assert all(np.diff([gate(h, x) for x in range(-10, 11)]) < 0)
    assert f"at $h = -1$ the gate shows only {100 * gate(-1, 1):.1f} %" in PAGE
    assert f"as much as {4.38 / 0.19:.0f} steps of 1 in the input" in PAGE


def test_what_never_leaves_minus_1_to_1():
    """The page names them, and says that the others do: seen at every end of the sliders."""
    ends = [step(VIDEO_UNIT, c, h, x) for c in (-5, 5) for h in (-1, 1) for x in (-10, 10)]
    stays = lambda value: all(abs(value(s)) <= 1 for s in ends)
    for inside in (lambda s: s.forget.f, lambda s: s.input.i, lambda s: s.output.o, lambda s: s.input.g,
                   lambda s: s.output.tanh_c, lambda s: s.input.added, lambda s: s.h):
        assert stays(inside)
    for outside in (lambda s: s.forget.a_f, lambda s: s.input.a_g, lambda s: s.input.a_i, lambda s: s.output.a_o,
                    lambda s: s.c, lambda s: s.forget.kept):
        assert not stays(outside)


def test_to_three_digits_both_sets_of_weights_give_the_same_shares_and_memories():
    two, four = (step(unit, 2, 1, 1) for unit in (VIDEO_UNIT, VIDEO_UNIT_4_DIGITS))
    for name in ("forget", "input", "output"):
        a, b = (getattr(s, name)._asdict() for s in (two, four))
        assert all(f"{a[key]:.3f}" == f"{b[key]:.3f}" for key in a if not key.startswith("a_")), name
    assert f"their sums differ earlier: {two.forget.a_f:.2f} and {four.forget.a_f:.2f}" in PAGE


def test_every_hint_to_hide_a_memory_can_be_followed():
    """From every pair on the sliders: the input opens the forget gate, and a smaller h closes the output gate."""
    for h in np.linspace(-1, 1, 21).tolist():
        assert max(step(VIDEO_UNIT, 2, h, x).forget.f for x in range(-10, 11)) > 0.5
    for x in np.linspace(-10, 10, 41).tolist():
        if step(VIDEO_UNIT, 2, -1, x).forget.f > 0.5:
            assert gate(-1, x) < 0.1 and check.hidden_memory.reply((-1, x)).startswith("Right")


def test_minus_1_nearly_closes_the_gate_at_this_input():
    here, there = (step(VIDEO_UNIT, 2, -1, x).output.o for x in (1, -10))
    assert here < 0.02 < 0.1 < there, "but not at every input"


def test_all_thirteen_numbers_are_played_with_all_stages_lit_and_one_of_them_is_asked_for():
    picture = unit_picture()
    drawings = {light: picture.draw(**{**picture.values, "light": light})
                for light in ("all stages", "stage 1", "stage 2")}
    assert [len(drawing.order) for drawing in drawings.values()] == [13, 3, 9]
    everything = drawings["all stages"]
    assert sum(bool(everything.parts[name].ask) for name in everything.order) == 1
    assert "With *all stages* lit, *next* goes through all thirteen" in PAGE and "Once it asks you something" in PAGE
