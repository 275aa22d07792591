"""What the exercises and the questions answer: to the right answer, to the usual mistakes, to anything at all.

The right answers stand here as numbers, worked out by hand from the video's two-digit weights.
"""
import html
import math
import re
from types import SimpleNamespace
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np
import pytest

import lstm_core
import lstm_layers
from lesson.answer import exercises as checks
from lesson.answer.exercises import NO_ANSWER
from lesson.answer.progress import Progress
from lesson.answer.questions import Question
from lesson.data.tasks import temporal_order
from lstm_layers import LSTMLayer, Predictor
from pages import EXERCISES, ROOMS

check = SimpleNamespace(**EXERCISES)
QUESTIONS = {name: room.ask for room in ROOMS.values() for name in room.ask.all}


@pytest.fixture(autouse=True)
def displayed(monkeypatch, tmp_path):
    """What is displayed below the printed line; the learner's own files are elsewhere."""
    bundles = []
    monkeypatch.setattr(checks, "display", lambda bundle, raw: bundles.append(bundle))
    monkeypatch.setattr(checks, "FOLDER", tmp_path)
    monkeypatch.setattr(checks, "PROGRESS", Progress(tmp_path / "progress.txt"))
    return bundles


def raises(a):
    raise RuntimeError("oops")


def typed(exercise):
    """Run the cell of a worked answer, and return what it gives to check."""
    given = []
    cell = exercise.cell.replace(f"check.{exercise.name}", "given.append")
    exec(cell, vars(lstm_core) | vars(lstm_layers) | {"np": np, "temporal_order": temporal_order, "given": given})
    return given[0]


TRAINED = typed(check.temporal_order)


class Case(NamedTuple):
    """An exercise: answers it must accept, and wrong answers, each with a word that its hint must hold."""
    right: list
    wrong: dict


CASES = {
    "read_the_output": Case([0.986229, 0.99, 0.98], {2.95: "upper line", 1: "comes in", 0.5: "too low"}),
    "make_it_forget": Case([-6, -10, -5.7], {1: "99.7", 0: "further to the left", -5: "too much"}),
    "sigmoid_of_zero": Case([0.5], {0: "tanh(0)", 1: "e^0 is 1", 0.9: "too high"}),
    "my_sigmoid": Case(
        [lambda a: 1 / (1 + math.exp(-a)), lambda a: 1 / (1 + np.exp(-a)), lambda a: math.exp(a) / (1 + math.exp(a))],
        {lambda a: 1 / (1 + math.exp(a)): "sign of the exponent", math.tanh: "yours gives",
         lambda a: None: "yours gives None", raises: "RuntimeError: oops", lambda: 0.5: "TypeError",
         lambda a: "0.5": "yours gives '0.5'"}),
    "tanh_of_minus_two": Case([-0.964028, -0.96], {0.96: "sign", 0.12: "sigmoid(-2)", -0.5: "too high"}),
    "forget_sum": Case([-11.98], {-13.6: "left out", -23.75: "swapped", 20.62: "sign", 0.000006: "gate already"}),
    "keep_half": Case([-0.993865, -0.99, -1], {0: "Too much", -2: "Too little", 1: "Too much"}),
    "kept_memory": Case([-2.992203, -2.99], {2.99: "sign", 1.99: "here it is -3", 0.997: "That is the share"}),
    "candidate_sum": Case([1.56], {1.88: "left out", 2.20: "negative", 1.325: "swapped", 3.445: "input gate"}),
    "new_long_term": Case([2.947567, 2.95, 2.96], {0.95: "1.99", 4.02: "tanh", 1.99: "too low"}),
    "largest_addition": Case([1], {0.95: "at rest", 2: "multiplied", 0.5: "too low"}),
    "new_short_term": Case([0.986229, 0.99, 0.98], {2.92: "goes through tanh", 1.99: "multiplied", 2.95: "stage 3"}),
    "output_gate_at_minus_one": Case([0.018345, 0.02], {0.99: "for a short-term memory of 1", -3.98: "the sum",
                                                        0.0103: "bias"}),
    "hidden_memory": Case([(-1, 1), [-1, 2.5], (np.float64(-0.9), np.int64(5))],
                          {(1, 1): "shows too much", (-1, -1): "forgets too much", (0, 20): "sliders"}),
    "links_between": Case([49], {50: "number of inputs", 51: "fewer", 2: "too low"}),
    "below_a_thousandth": Case([10], {9: "0.001953", 500: "multiplies", 11: "too high"}),
    "a_factor_that_explodes": Case([10.5, 30, 1000], {1: "larger factor", 9.9: "larger factor", 0.1: "larger factor"}),
    "memory_after_day_1": Case([0.499521, 0.5], {-0.2: "company A", 0.55: "candidate", 0.28: "short-term"}),
    "quiet_days": Case([3], {7: "That is the day", 2: "too low", 4: "too high"}),
    "another_day_1": Case([0.35, 0.4], {0: "Too low", 1: "Too high", 0.5: "Too high"}),
    "weight_that_carries": Case([1], {0: "nothing", 0.5: "halves", 2: "doubles"}),
    "steps_to_a_hundredth": Case([15], {14: "0.0125", 50: "too high", 7: "too low"}),
    "keep_half_of_the_gradient": Case([4.7, 4.75], {1: "Too little", 8: "Too much", 1.62: "Too little"}),
    "output_slope": Case([0.99451, 0.9945], {0.9917: "tanh(c) is multiplied with", 0.0082: "one step further",
                                             2: "new one", 0.5: "too low"}),
    "forget_slope": Case([1.5], {6: "That is df", 3: "f alone", 0.5: "which is 3", 1: "That is dc", 9: "too high"}),
    "my_output_slope": Case(
        [lambda dh, o, tanh_c: dh * tanh_c * o * (1 - o), lambda dh, o, t: np.float64(dh * o * t * (1 - o))],
        {lambda dh, o, tanh_c: dh * tanh_c: "That is do", lambda dh, o, tanh_c: dh * o * (1 - o): "tanh_c is missing",
         lambda dh, o, tanh_c: dh * tanh_c * (1 - o * o): "slope of tanh", lambda dh, o, tanh_c: 0: "yours gives 0",
         lambda dh, o, tanh_c: None: "yours gives None", raises: "TypeError"}),
    "fast_enough": Case([-1, -0.7, -1.5], {-3: "too small", 0: "jumps", -2: "off at worst"}),
    "marked_sum": Case([0.55], {0.2: "0.5 + sum / 4", 0.05: "still missing", 0.7: "sign", 0.6: "divides by 4"}),
    "squared_criterion": Case([0.0016], {0.04: "Square it", 0.2: "root", 0.08: "not 0.04 plus", 0.001: "too low"}),
    "bias_for_a_hundred": Case([5], {4: "Nearly", 1: "nothing is left", 6: "smaller one", 3: "too low"}),
    "temporal_order": Case([TRAINED], {Predictor(LSTMLayer(np.ones((32, 17))), np.ones((4, 9))): "guessing",
                                       Predictor(LSTMLayer(np.ones((32, 11))), np.ones((4, 9))): "8 inputs",
                                       Predictor(LSTMLayer(np.ones((32, 17)))): "4 outputs"}),
    "skill_of_a_forecast": Case([0.25], {0.75: "left", 0.33: "divided by the forecast's", -0.33: "swapped",
                                         10: "As a share", 25: "0.25", 0.5: "too high"}),
    "training_windows": Case([225], {247: "no full window", 287: "for judging", 226: "a year, too", 224: "Both count",
                                     22: "too low"}),
    "my_scale": Case(
        [lambda v, cut: (v - v[:cut].mean()) / v[:cut].std(),
         lambda v, cut: (v - np.mean(v[:cut])) / np.std(v[:cut], ddof=1),
         lambda v, cut: [(one - v[:cut].mean()) / v[:cut].std() for one in v]],
        {lambda v, cut: (v - v.mean()) / v.std(): "leaks in", lambda v, cut: v: "has mean",
         lambda v, cut: v[:cut]: "the shape (30,)", lambda v, cut: v - v[:cut].mean(): "wanted are 0 and 1",
         lambda v, cut: np.append(*((part - part.mean()) / part.std() for part in (v[:cut], v[cut:]))): "same numbers",
         lambda v: v: "TypeError", lambda v, cut: "no": "ValueError", raises: "TypeError"}),
}

JUNK = ["0.5", "", None, True, False, float("nan"), float("inf"), -float("inf"), 1e300, 10 ** 400, 1j, object(), {},
        [], [0.5], (1, 2, 3), ("a", "b"), (float("nan"), 1), [[0.5], 1], np.array([0.5, 1.0]), np.array(None),
        np.True_, len, raises, lambda a: float("nan"), lambda a: [a], lambda a: 10 ** 400]

every_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: exercise.name)


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
    for answer in CASES[exercise.name].right:
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
    exercise(CASES[exercise.name].right[0])
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


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_answer_to_a_question_gets_its_reply(name):
    question = QUESTIONS[name](name)
    assert isinstance(question, Question)
    said, = (part for part in parts(question, widgets.HTML) if 'role="status"' in part.value)
    heard = [said.value]
    for button in parts(question, widgets.Button):
        button.click()
        assert button.description in said.value
        heard.append(said.value)
    assert len(heard) >= 3 and len(set(heard)) == len(heard), heard
    assert sum(reply.startswith("Yes") for reply in question.replies.values()) == 1, "one answer is the right one"


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_saved_question_can_be_read_without_a_kernel(name):
    question = QUESTIONS[name](name)
    bundle = question._repr_mimebundle_()
    for words in (question.question, *question.replies):
        assert words in bundle["text/plain"] and words in bundle["text/markdown"]


@pytest.mark.parametrize("name", ["no such question", "", None, 1, ["sigmoid_of_ten"]])
def test_an_unknown_question_is_refused_with_the_names_there_are(name):
    with pytest.raises(ValueError) as refused:
        ROOMS["01_why_networks_forget"].ask(name)
    message = str(refused.value)
    assert repr(name) in message and all(known in message for known in ROOMS["01_why_networks_forget"].ask.all)
