"""Lesson 07, build a memory: what its exercises answer, what its pictures say, what its page claims.

The units that are right, and those that are wrong in one way each, stand here as four triples (w, u, b).
"""
import re
from dataclasses import replace

import numpy as np
import pytest

from answers import Case
from lesson.build_a_memory import OWN, OWNERS, VALUES, build_picture, built, check, run, training_picture, wanted
from lesson.data.memory_tasks import ANSWERS, STEPS, TASKS, Reader, accepted, held, learn, score, sequences
from lesson.show.running import last
from lesson.show.unit import GATES
from lstm_core import Gate, LSTMUnit, sigmoid, step, unroll
from lstm_layers import numerical_gradient
from overlap import words_on_words
from pages import PAGES, prose, shown_on
from test_picture import anywhere, ends

OPEN, SHUT, FREE = (0, 0, 20), (0, 0, -20), (0, 0, 0)
BY_X, FOLLOW, NEAR = (0, 20, -10), (0, 20, 0), (0, 1.2, 0)
HELD, IN = (0, 20, 10), (0, 20, -5)
CASES = {
    "build_a_latch": Case(
        [(OPEN, OPEN, FOLLOW, OPEN), [list(OPEN), OPEN, FOLLOW, (0, 0, 3)],
         ((0, 0, 6), (0, 0, 5), (0, 5, 0), (0, 0, 5)),
         (FREE, OPEN, (20, 20, 0), OPEN)],  # the last one keeps nothing for long, and writes it again by h
        {(FREE, FREE, FREE, FREE): "Step 1 makes c", (OPEN, SHUT, FOLLOW, OPEN): "Step 1 makes c",
         (OPEN, OPEN, (0, -20, 0), OPEN): "follow the input", (FREE, OPEN, FOLLOW, OPEN): "keeps only 50.0",
         (OPEN, OPEN, (0, 20, 10), OPEN): "While zeros come", (OPEN, OPEN, FOLLOW, SHUT): "output gate"}),
    "build_a_hold": Case(
        [(HELD, IN, NEAR, FREE), (HELD, IN, (0, 1.2, 0), OPEN), ((0, 20, 9), (0, 19, -5), (0, 1.2, 0), SHUT)],
        {(FREE, FREE, FREE, FREE): "A first input of 0.6", (OPEN, OPEN, NEAR, FREE): "Noise of 0.1",
         (OPEN, IN, NEAR, FREE): "still keeps", ((0, 20, 4), IN, NEAR, FREE): "In the noise",
         (HELD, (0, 0, 0.5), (0, 2, 0), FREE): "Noise of 0.1", (HELD, IN, (0, 1.6, 0), FREE): "0.4 and 0.8"}),
    "build_a_count": Case(
        [(OPEN, OPEN, FOLLOW, OPEN), (OPEN, BY_X, OPEN, SHUT), ((0, 0, 9), (0, 9, -4.5), (0, 9, 0), FREE)],
        {(FREE, FREE, FREE, FREE): "The first 1 adds 0.00", (OPEN, OPEN, OPEN, FREE): "Thirty zeros",
         (OPEN, OPEN, (0, 1, 0), FREE): "The first 1 adds", ((0, 0, 4), OPEN, FOLLOW, FREE): "keeps only 98.2",
         (OPEN, OPEN, (0, 2, 0), FREE): "Thirty 1s make c 28.92"}),
    "best_share": Case([0.5], {50: "As a share", 1: "Can they differ", 0.25: "one case of four",
                               0.75: "both signs agree", 0: "a latch is right", 0.4: "too low"}),
}
PAGE = prose("07_build_a_memory")
SHOWN = shown_on(next(page for page in PAGES if page.stem == "07_build_a_memory"))
BUILT = ("latch", "hold", "count")


def unit_of(rows):
    """Return the LSTMUnit with these triples, in the order of the picture's panels but for the candidate."""
    return LSTMUnit(*(Gate(*row) for row in rows))


# --------------------------------------------------------------------------------------------------------- the tasks

def test_the_random_sequences_are_those_that_the_page_describes():
    latch, hold, count, both = (sequences(name, 3, 4000) for name in TASKS)
    assert {len(xs) for xs in (latch, hold, count, both)} == {STEPS} == {30}
    assert set(latch[0]) == {-1, 1} and not latch[1:].any() and len(np.unique(latch, axis=1).T) == 2
    told = (hold == -1).sum(axis=0)
    assert set(told) == {0, 1} and 0.47 < told.mean() < 0.53
    assert hold[0].min() >= 0.4 and hold[0].max() <= 0.8 and np.abs(hold[1:][hold[1:] > -1]).max() <= 0.1
    assert set(count.ravel()) == {0, 1} and {0, 15, 30} <= set(count.sum(axis=0))
    assert set(both[0]) == set(both[-1]) == {-1, 1} and not both[1:-1].any()
    cases = np.unique(both[[0, -1]], axis=1, return_counts=True)[1]
    assert len(cases) == 4 and all(abs(cases / 4000 - 0.25) < 0.03)


@pytest.mark.parametrize("name, c, h, right", [
    ("latch", 0, 0.51, True), ("latch", 0, 0.49, False), ("latch", 9, -0.9, False),
    ("hold", 0.55, 0, True), ("hold", 0.45, 0, False), ("hold", 0.0, 0, False),
    ("count", 11.6, 0, True), ("count", 12.6, 0, False), ("count", 12.4, 0, True),
    ("first and last", 1, -0.1, True), ("first and last", 1, 0.1, False), ("first and last", 0, 0, False)])
def test_what_counts_as_right(name, c, h, right):
    own = {**OWN, "hold": [0.6, *29 * [0.0]]}[name]
    assert bool(TASKS[name].right(np.array(own), c, h)) == right


def test_told_to_forget_0_is_right():
    xs = np.array(OWN["hold"])
    assert min(xs) == -1 and TASKS["hold"].right(xs, 0.05, 0) and not TASKS["hold"].right(xs, 0.6, 0)


@pytest.mark.parametrize("name", BUILT)
def test_the_units_made_by_hand_are_right_on_each_of_1000_sequences(name):
    assert [score(ANSWERS[name], name, seed, 1000) for seed in (1, 2)] == [1000, 1000]
    assert check.all[BUILT.index(name)].reply(ANSWERS[name]).startswith("Right: it is right on 1000 of 1000")


@pytest.mark.parametrize("memory", "ch")
def test_the_gradient_of_the_reader(memory):
    rng = np.random.default_rng(5)
    model, xs = Reader(rng.normal(size=(4, 3)), memory), sequences("count", 1, 5)[:8]
    for mine, found in zip(model.gradient(xs, xs.sum(axis=0))[1], numerical_gradient(model, xs, xs.sum(axis=0))):
        np.testing.assert_allclose(mine, found, atol=1e-6)


# ------------------------------------------------------------------------------------------------ what the page claims

def test_what_is_left_after_29_gates():
    assert f"only {100 * sigmoid(2) ** 29:.1f} % is left" in PAGE and f"{1 - sigmoid(20):.0e}" == "2e-09"


def test_where_a_gate_is_open_for_1_and_for_minus_1_it_is_open_for_0():
    """Its sum at 0 lies halfway, whatever the weights."""
    for u, b in np.random.default_rng(0).uniform(-20, 20, (1000, 2)):
        assert min(sigmoid(u + b), sigmoid(b - u)) <= sigmoid(b) + 1e-15
    assert step(ANSWERS["latch"], 0, 0, 0.0).input.added == 0, "the candidate without a bias makes 0 of 0"


def test_a_step_adds_less_than_1_and_thirty_ones_may_each_be_short_by_a_sixtieth():
    rng = np.random.default_rng(1)
    for row in rng.uniform(-15, 15, (2000, 7)):
        done = step(unit_of((FREE, row[:3], row[3:6], FREE)), 0, 0, rng.choice([0.0, 1.0]))
        assert abs(done.input.added) < 1 or abs(done.input.a_g) > 15, "a float's tanh is 1 from 19 on"
    assert 30 * (1 - 0.9 / 60) > 29.5 > 30 * (1 - 1.1 / 60)
    assert "short of 1 by a sixtieth" in PAGE


def test_the_latch_counts():
    assert score(ANSWERS["latch"], "count") == 200 and ANSWERS["latch"].candidate == ANSWERS["count"].candidate


def test_a_latch_that_keeps_nothing_writes_it_anew():
    anew = unit_of([(0, 0, -20), (0, 0, 20), (20, 20, 0), (0, 0, 20)])  # forget, input, candidate, output
    assert score(anew, "latch", count=1000) == 1000 and "forget bias -20, input and output bias 20" in PAGE
    assert max(done.forget.f for done in unroll(anew, [1.0] + 29 * [0.0])) < 1e-8


def test_a_latch_that_writes_much_less_than_1_does_not_count():
    small = replace(ANSWERS["latch"], candidate=Gate(0, 1, 0))
    assert score(small, "latch") == 200 and score(small, "count") < 100
    assert "counts as it is, if it writes nearly 1 for a 1" in PAGE


def test_h_has_the_sign_of_c_whatever_the_weights_and_inputs():
    rng = np.random.default_rng(2)
    for _ in range(300):
        unit = unit_of(rng.uniform(-5, 5, (4, 3)))
        for done in unroll(unit, rng.uniform(-1, 1, STEPS)):
            assert done.h * done.c > 0


def test_the_box_in_the_picture_is_where_the_judge_says_right():
    """With memories anywhere, on fresh sequences of every task; an end on the edge itself does not come up."""
    rng = np.random.default_rng(0)
    for name, task in TASKS.items():
        xs, right = task.fresh(rng, 300), []
        ends = {"c": rng.uniform(-2, 2, 300), "h": rng.uniform(-1, 1, 300)}
        if task.memory == "c":  # most would be far away
            ends["c"] = task.goal(xs) + rng.uniform(-0.7, 0.7, 300)
        for k in range(300):
            boxes = accepted(name, xs[:, k].tolist())
            right.append(all(low < ends[memory][k] < high for memory, low, high in boxes))
        assert right == task.right(xs, ends["c"], ends["h"]).tolist() and 20 < sum(right) < 280


def test_what_is_to_be_held_is_the_first_input_until_a_later_one_says_forget():
    own = np.array([[0.6, 0.6, -1.0, -1.0], [0.1, -1.0, 0.1, -1.0], [0.0, 0.1, 0.0, 0.0]])
    assert held(own).tolist() == [0.6, 0.0, -1.0, 0.0]


def test_nobody_is_right_where_first_and_last_disagree():
    xs = sequences("first and last", 0, 200)
    agree = xs[0] == xs[-1]
    rng = np.random.default_rng(3)
    units = [ANSWERS["latch"], *(unit_of(rng.uniform(-20, 20, (4, 3))) for _ in range(300))]
    for unit in units:
        end = unroll(unit, xs)[-1]
        assert not TASKS["first and last"].right(xs, end.c, end.h)[~agree].any()
    assert score(ANSWERS["latch"], "first and last") == agree.sum() == 109
    for seed in range(5):
        assert score(ANSWERS["latch"], "first and last", seed) > 80


SEEDS = range(10)


@pytest.fixture(scope="module")
def trained():
    """The units at the end of all trainings that the page speaks of, by task and forget bias."""
    return {key: [last(run(*key, seed)).result for seed in SEEDS]
            for key in (("latch", 5), ("latch", 0), ("count", 5), ("hold", 5))}


def test_how_many_seeds_learn(trained):
    learned = {key: sum(one.scores[-1] >= 198 for one in results) for key, results in trained.items()}
    assert learned == {("latch", 5): 9, ("latch", 0): 1, ("count", 5): 10, ("hold", 5): 3}
    assert ("With a forget bias of 5, nine of the ten seeds find a latch, and all ten learn to count. With 0, one of "
            "the ten finds a latch.") in PAGE
    assert "In 3000 updates, three of the ten seeds learn it" in PAGE
    for results in trained.values():  # none of them is near the border
        assert all(not 160 < one.scores[-1] < 198 for one in results)


def test_those_that_do_not_learn_to_hold_write_nearly_the_same_number_for_every_first_input(trained):
    stuck = [one for one in trained["hold", 5] if one.scores[-1] < 198]
    assert len(stuck) == 7
    for one in stuck:
        assert 0.72 < one.scores[-1] / 200 < 0.8, "about three quarters"
        low, high = (unroll(one.unit, [x, *29 * [0.0]])[-1].c for x in VALUES)
        assert 0.5 < low < 0.7 and 0.5 < high < 0.7 and high - low < 0.1
        told = unroll(one.unit, [0.6, *10 * [0.0], -1.0, *18 * [0.0]])[-1].c
        assert abs(told) < 0.1, "and they forget when they are told to"


def test_trained_weights_are_smaller_and_others_for_each_seed(trained):
    largest = lambda unit: max(abs(w) for gate in GATES.values() for w in vars(getattr(unit, gate)).values()
                               if isinstance(w, float))
    for results in trained.values():
        assert all(largest(one.unit) < 20 == largest(ANSWERS["latch"]) for one in results)
        assert len({one.unit.forget.b for one in results}) == 10


def test_at_a_forget_bias_of_0_the_gate_begins_half_open():
    first = next(learn("latch", 0, 0))
    assert abs(first.forget.b) < 0.04 and abs(sigmoid(first.forget.b) - 0.5) < 0.01


# ----------------------------------------------------------------------------------------- what pictures draw and say

def weights(rows):
    """Return the values of a picture's handles for these triples: forget, input, candidate, output."""
    return {f"{letter}_{which}": float(value) for letter, row in zip("figo", rows)
            for which, value in zip("wub", row)}


@pytest.mark.parametrize("name", TASKS)
def test_a_picture_says_what_the_core_says(name):
    picture, rng = build_picture(name), np.random.default_rng(8)
    for values in (picture.values, *anywhere(picture, 20), {**picture.values, "seed": 7.0,
                   **weights(rng.uniform(-20, 20, (4, 3)).round(1))}):
        unit = built(values)
        for letter, gate in GATES.items():
            assert getattr(unit, gate) == Gate(*(values[f"{letter}_{which}"] for which in "wub"))
        xs = [values[f"x{k}"] for k in range(1, STEPS + 1)]
        end = unroll(unit, xs)[-1]
        said, right = picture.say(**values), bool(TASKS[name].right(np.array(xs), end.c, end.h))
        assert wanted(name, xs) in said and said.endswith(f"fresh sequences {score(unit, name, int(values['seed']))} "
                                                          "are right.")
        assert (": right." in said) == right and (": not yet." in said) != right
        drawn = picture.draw(**values).body
        assert f"{score(unit, name, int(values['seed']))} right</text>" in drawn
        assert drawn.count(f">{'right' if right else 'not yet'}</text>") == 1


def test_the_rows_show_each_gate_at_each_step():
    """A full column is an open gate, an empty one a closed gate, read back from the drawing."""
    picture = build_picture("hold")
    values = {**picture.values, **weights((HELD, IN, NEAR, FREE))}
    run_ = unroll(built(values), [values[f"x{k}"] for k in range(1, STEPS + 1)])
    rows = re.findall(r'<path d="((?:M[\d.]+ [\d.]+V[\d.]+h[\d.]+V[\d.]+z)+)"', picture.draw(**values).body)
    assert len(rows) == 4
    for path, letter in zip(rows, OWNERS):
        columns = re.findall(r"M([\d.]+) ([\d.]+)V([\d.]+)h([\d.]+)", path)
        height = 15 if letter == "g" else 30
        for done, (_, ground, top, _) in zip(run_, columns, strict=True):
            value = {"f": done.forget.f, "i": done.input.i, "g": done.input.g, "o": done.output.o}[letter]
            assert float(ground) - float(top) == pytest.approx(height * value, abs=0.11)
        assert float(columns[0][0]) == 130
        assert float(columns[-1][0]) + float(columns[-1][3]) == pytest.approx(818, abs=0.1)


def test_the_name_of_the_picture_is_an_answer():
    picture = build_picture("latch")
    assert check.build_a_latch.reply(picture).startswith("Not yet: it is right on 0 of 1000")
    for name, value in weights((OPEN, OPEN, FOLLOW, OPEN)).items():
        picture._holders[name][0].value = value
    assert check.build_a_latch.reply(picture).startswith("Right: it is right on 1000 of 1000")
    assert "the name of the picture is wanted" in check.build_a_latch.reply(training_picture())
    assert {"latch = build_picture", "hold = build_picture", "count = build_picture"} <= {
        source for source in re.findall(r"\w+ = build_picture", (PAGES[7]).read_text(encoding="utf-8"))}


@pytest.mark.parametrize("name", TASKS)
def test_no_words_lie_on_others(name):
    picture = build_picture(name)
    for values in (*ends(picture), *anywhere(picture, 100)):
        assert words_on_words(picture.draw(**values)) == []


def test_the_training_shows_both_units(trained):
    picture = training_picture()
    state = last(run("count", 5, 0))
    values = dict(name="count", bias=5, seed=0)
    assert picture._say_state(state, **values).endswith(
        f"{state.result.scores[-1]} of 200 fresh sequences are right. The unit made by hand: 200.")
    body = picture._draw_state(state, **values).body
    for unit in (ANSWERS["count"], state.result.unit):
        assert f"{unit.forget.b:.1f}</text>" in body
    assert words_on_words(picture._draw_state(state, **values)) == []
