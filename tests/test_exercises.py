"""Exercises and questions: what they answer to the right answer, to the usual mistakes, to anything at all.

The cases of a lesson stand in the test of its room.
"""
import html
import importlib
import math
import re
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np
import pytest

from answers import raises, right_answers, typed
from lesson.answer import exercises as checks
from lesson.answer.exercises import NO_ANSWER
from lesson.answer.progress import Progress
from lesson.answer.questions import Question
from pages import EXERCISES, ROOMS

check = SimpleNamespace(**EXERCISES)
every_question = pytest.mark.parametrize("question", [
    pytest.param(room.ask(name), id=f"{stem}, {name}") for stem, room in ROOMS.items() for name in room.ask.all])


@pytest.fixture(autouse=True)
def displayed(monkeypatch, tmp_path):
    """What is displayed below the printed line; the learner's own files are elsewhere."""
    bundles = []
    monkeypatch.setattr(checks, "display", lambda bundle, raw: bundles.append(bundle))
    monkeypatch.setattr(checks, "FOLDER", tmp_path)
    monkeypatch.setattr(checks, "PROGRESS", Progress(tmp_path / "progress.txt"))
    return bundles


CASES = {name: case for stem in ROOMS for name, case in importlib.import_module(f"test_{stem[3:]}").CASES.items()}

JUNK = ["0.5", "", None, True, False, float("nan"), float("inf"), -float("inf"), 1e300, 10 ** 400, 1j, object(), {},
        [], [0.5], (1, 2, 3), ("a", "b"), (float("nan"), 1), [[0.5], 1], np.array([0.5, 1.0]), np.array(None),
        np.True_, len, raises, lambda a: float("nan"), lambda a: [a], lambda a: 10 ** 400]

# The name of the room stands in the name of the test, so that -k finds all that belongs to a lesson.
every_exercise = pytest.mark.parametrize("exercise", [
    pytest.param(exercise, id=f"{stem}, {exercise.name}")
    for stem, room in ROOMS.items() for exercise in room.check.all])


def test_every_exercise_has_a_case():
    assert set(EXERCISES) == set(CASES)
    assert all(len(case.right) >= 1 and len(case.wrong) >= 3 for case in CASES.values())


@every_exercise
def test_three_dots_ask_for_an_answer(exercise, capsys):
    getattr(check, exercise.name)(...)
    said = capsys.readouterr().out
    assert said.startswith(f"{exercise.name}: no answer yet.") and said.count("\n") == 1


def test_a_function_that_still_returns_three_dots_is_no_answer_yet(displayed):
    check.my_sigmoid(lambda a: ...)
    assert check.my_sigmoid.said == NO_ANSWER and displayed == []
    assert check.my_output_slope.reply(lambda dh, o, tanh_c: ...) == NO_ANSWER


def test_a_learners_function_is_compared_at_random_places_and_the_first_wrong_number_is_shown():
    said = {check.my_sigmoid.reply(lambda a: 0.5) for _ in range(3)}
    assert len(said) == 3, "the places are drawn anew each time"
    for reply in said:
        place, mine, core = re.fullmatch(r"Not yet: at a = (\S+) yours gives (\S+), and the core gives (\S+)\.",
                                         reply).groups()
        assert mine == "0.5" and float(core) == pytest.approx(1 / (1 + math.exp(-float(place))), abs=3e-4)


@every_exercise
def test_right_answers_are_accepted(exercise):
    for answer in right_answers(CASES[exercise.name], exercise):
        assert exercise.reply(answer).startswith("Right"), (answer, exercise.reply(answer))
        if isinstance(answer, (int, float)):
            assert exercise.reply(np.float64(answer)).startswith("Right")


@every_exercise
def test_wrong_answers_get_the_hint_for_their_mistake(exercise):
    for answer, hint in CASES[exercise.name].wrong.items():
        said = exercise.reply(answer)
        assert said.startswith("Not yet") and hint in said, (answer, said)


@every_exercise
def test_nothing_a_learner_types_raises(exercise, capsys):
    for answer in JUNK:
        exercise(answer)
        said = capsys.readouterr().out
        assert said.startswith(f"{exercise.name}: ") and said.count("\n") == 1, said
        assert not said.startswith(f"{exercise.name}: Right"), (answer, said)


# ------------------------------------------------------------------------------------------------- worked answers

@every_exercise
def test_a_worked_answer_is_right_and_says_so_in_its_words(exercise):
    answer = typed(exercise)
    assert exercise.reply(answer).startswith("Right"), (answer, exercise.reply(answer))
    assert len(exercise.words) <= 260 and exercise.words.endswith(".")
    if isinstance(answer, (int, float)):
        numbers = re.findall(r"-?\d+(?:\.\d+)?", exercise.words.replace("\N{MINUS SIGN}", "-"))
        assert any(exercise.reply(float(n)).startswith("Right") for n in numbers), exercise.words


@every_exercise
def test_a_worked_answer_is_closed_and_comes_after_a_try(exercise, displayed):
    exercise(...)
    assert displayed == [], "the page as it is saved gives nothing away"
    exercise(next(iter(CASES[exercise.name].wrong)))
    exercise(right_answers(CASES[exercise.name], exercise)[0])
    assert displayed == 2 * [exercise.worked()]
    shown = displayed[0]["text/html"]
    assert shown.startswith("<details><summary") and shown.count("<details") == shown.count("</details>") == 1
    assert html.escape(exercise.cell) in shown and html.escape(exercise.words) in shown
    assert exercise.cell not in displayed[0]["text/plain"], "text cannot be closed"


def test_the_teachers_file_keeps_worked_answers_back(displayed, capsys):
    (checks.FOLDER / "no_worked_answers.txt").touch()
    check.forget_sum(1)
    check.forget_sum(-11.98)
    assert displayed == []
    assert "Not yet" in capsys.readouterr().out and check.forget_sum.said.startswith("Right")


# ------------------------------------------------------------------------------------------------------ questions

def parts(widget, kind):
    """Return every widget of a kind inside a widget."""
    own = [widget] if isinstance(widget, kind) else []
    return own + [part for child in getattr(widget, "children", ()) for part in parts(child, kind)]


@every_question
def test_every_answer_to_a_question_gets_its_reply(question):
    assert isinstance(question, Question)
    said, = (part for part in parts(question, widgets.HTML) if 'role="status"' in part.value)
    heard = [said.value]
    for button in parts(question, widgets.Button):
        button.click()
        assert button.description in said.value
        heard.append(said.value)
    assert len(heard) >= 3 and len(set(heard)) == len(heard), heard
    assert sum(reply.startswith("Yes") for reply in question.replies.values()) == 1, "one answer is the right one"


def test_yes_is_said_to_the_right_answer_of_each_question():
    """Which one is right stands here, judged by hand: swapped with another, it would still be one of them."""
    said = {name: answer for room in ROOMS.values() for name, (_, replies) in room.ask.all.items()
            for answer, reply in replies.items() if reply.startswith("Yes")}
    assert said == {
        "what_a_unit_needs": "day 1", "fifty_copies": "about 10\u00b9\u2075", "first_ten_days": "about a tenth",
        "a_huge_gradient": "it jumps over the minimum", "rnn_on_companies": "both wrong",
        "sigmoid_of_ten": "a little less than 1", "forget_at_minus_ten": "almost nothing",
        "add_at_minus_ten": "almost nothing", "output_above_one": "no, never", "day_five": "0 for A, 1 for B",
        "news_of_day_1": "both", "a_low_price": "much more", "zeros_kept_out": "the candidate",
        "told_to_forget": "both close", "where_training_starts": "mostly with 5", "say_the_opposite": "no, never",
        "same_prices": "a half for both", "after_quiet_days": "the long-term memory alone",
        "what_the_gru_needs": "it needs the 5, too", "how_long_it_lasts": "for a few steps",
        "fifty_steps_back": "the LSTM keeps more than half",
        "forecast_for_a": "it rises along with the one for B", "who_learns_to_add": "only the LSTM",
        "a_forecast_that_fits": "to repeat the last price",
        "who_foretells_sunspots": "LSTM and autoregression, level"}


@every_question
def test_a_saved_question_can_be_read_without_a_kernel(question):
    bundle = question._repr_mimebundle_()
    for words in (question.question, *question.replies):
        assert words in bundle["text/plain"] and words in bundle["text/markdown"]


@pytest.mark.parametrize("name", ["no such question", "", None, 1, ["sigmoid_of_ten"]])
def test_an_unknown_question_is_refused_with_the_names_there_are(name):
    with pytest.raises(ValueError) as refused:
        ROOMS["01_why_networks_forget"].ask(name)
    message = str(refused.value)
    assert repr(name) in message and all(known in message for known in ROOMS["01_why_networks_forget"].ask.all)
