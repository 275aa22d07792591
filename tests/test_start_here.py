"""Lesson 00, start here: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
from dataclasses import replace

import numpy as np
import pytest

from answers import Case
from lesson.show import svg
from lesson.show.picture import Held
from lesson.start_here import ask, check, kept_share, outline_picture, unit_picture, way_back
from lstm_core import COMPANY_A, COMPANY_A_DAY_5, COMPANY_B, COMPANY_B_DAY_5, VIDEO_UNIT, forget_stage, step
from overlap import boxes, words_on_words
from pages import prose

CASES = {
    "read_the_output": Case([0.986229, 0.99, 0.98], {2.95: "upper line", 2.9476: "upper line", 1: "comes in",
                                                     0.992: "inside a stage", 0.9945: "inside a stage",
                                                     0.9974: "inside a stage",
                                                     1.99: "is kept", 1.995: "is kept", 2: "comes in",
                                                     2.96: "video's new long-term", 0.97: "too low", 5: "too high"}),
    "make_it_forget": Case([-6, -10, -5.7, -5.5], {1: "99.740", 0: "further to the left", -5: "too much",
                                                   -5.4: "1.118", 1e7: "too far out"}),
}
PAGE = prose("00_start_here")


def test_the_companies_differ_on_day_1_only():
    assert [a != b for a, b in zip(COMPANY_A, COMPANY_B)] == [True, False, False, False]
    assert "On days 2 to 4, both companies look the same" in PAGE and COMPANY_A_DAY_5 != COMPANY_B_DAY_5
    assert np.mean(COMPANY_A) != np.mean(COMPANY_B), "the average would work, too"
    assert "It would work" in ask.all["what_a_unit_needs"][1]["the average"]


def test_minus_ten_forgets_and_one_keeps():
    kept, forgotten = (step(VIDEO_UNIT, 2, 1, x) for x in (1, -10))
    assert kept.forget.f > 0.99 and 0 < forgotten.forget.f < 1e-5
    assert "With the input 1 the unit keeps almost all of its long-term memory" in PAGE
    keeps = [step(VIDEO_UNIT, 2, 1, x).forget.kept for x in np.linspace(1, -10, 111).tolist()]
    assert (np.diff(keeps) < 0).all(), "dragged from 1 to -10, what is kept falls all the way"


def test_the_boundary_of_forgetting_is_where_the_guide_says():
    assert kept_share(-5.46, 1) > 0.01 > kept_share(-5.48, 1)  # about -5.5
    for x in np.linspace(-10, 10, 201).tolist():
        said = check.make_it_forget.reply(x)
        assert said.startswith("Right") == (kept_share(x, 1) < 0.01), said


def test_every_number_of_the_unit_at_rest_gets_a_true_reply():
    rest = step(VIDEO_UNIT, 2, 1, 1)
    for number in (*rest.forget, *rest.input, *rest.output, 2):
        for digits in (2, 3, 4):
            said = check.read_the_output.reply(round(number, digits))
            assert said.startswith("Right") == (abs(round(number, digits) - 0.985) <= 0.0055), (number, said)


def test_the_outline_names_both_memories_and_three_stages():
    picture = outline_picture()
    drawing = picture.draw()
    words = " ".join(box.words for box in boxes(drawing))
    for name in ("long-term memory c", "short-term memory h", "input x", "forget gate", "input gate", "output gate"):
        assert name in words and name in picture.say()
    assert words_on_words(drawing) == []
    assert "".join(filter(str.isdigit, words)) == "123", "the stages are counted, and there is no other number"


@pytest.mark.parametrize("words", ["twelve numbers", "Each gate gives a **share**"])
def test_the_page_says_what_a_gate_is(words):
    assert words in PAGE


def test_with_other_weights_a_negative_input_may_keep_and_so_the_exercises_bring_the_videos_weights_back():
    other = replace(VIDEO_UNIT.forget, u=-VIDEO_UNIT.forget.u)
    assert forget_stage(other, 2, 1, -10).f > 0.999 > 0.01 > kept_share(-10, 1)
    assert "With the video's weights, a strongly negative input closes" in check.make_it_forget.reply(-10)
    picture = unit_picture()
    moved = {**picture.values, "o_w": 1.0}
    for values, shown in ((picture.values, "0.99."), (moved, "0.80.")):  # c, h and x are the same
        assert f"the short-term memory is now {shown}" in picture.say(**values)
    assert "input 1, and press **the video's weights**" in PAGE
    assert "short-term memory 1 and the video's weights. Find an input" in PAGE


def test_the_button_brings_back_the_weights_and_nothing_else():
    picture = unit_picture()
    handles = [control for control in picture.controls if isinstance(control, Held)]
    assert sorted(one.name for one in handles) == sorted(f"{letter}_{which}" for letter in "fgio" for which in "wub")
    assert way_back(VIDEO_UNIT) == "the video's weights" and f"the button **{way_back(VIDEO_UNIT)}**" in PAGE


def test_each_idea_has_its_colour_in_every_picture_of_the_unit():
    assert "keeps it in every picture of the unit" in PAGE
    for stage in (None, 1, 2, 3):
        picture = unit_picture(stage)
        body = picture.draw(**picture.values).body
        assert all(colour in body for colour in (svg.LONG_TERM, svg.SHORT_TERM, svg.INPUT, svg.SHARE)), stage
        assert svg.POTENTIAL in body
