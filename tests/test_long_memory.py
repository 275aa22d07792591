"""Lesson 10, long memory: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
from functools import lru_cache

import numpy as np
import pytest

from answers import WORKED, Case
from lesson.data.long_run import LENGTHS, RUNNERS, SEEDS, measured
from lesson.data.tasks import CELLS, RIGHT, adding_problem, always_half, learn, network
from lesson.long_memory import LONG_LOOKS, LOOKS, UPDATES, long_run_picture, race, race_picture, sequence_picture
from lstm_core import sigmoid
from lstm_layers import LSTMLayer, Predictor
from pages import ROOMS, prose
from test_picture import check_drawing, check_everywhere

CASES = {
    "marked_sum": Case([0.55], {0.2: "0.5 + sum / 4", 0.05: "still missing", 0.7: "sign", 0.6: "divides by 4"}),
    "squared_criterion": Case([0.0016], {0.04: "Square it", 0.2: "root", 0.08: "not 0.04 plus", 0.001: "too low"}),
    "bias_for_a_hundred": Case([5], {4: "Nearly", 1: "nothing is left", 6: "smaller one", 3: "too low"}),
    "temporal_order": Case([WORKED], {Predictor(LSTMLayer(np.ones((32, 17))), np.ones((4, 9))): "a quarter",
                                      Predictor(LSTMLayer(np.ones((32, 11))), np.ones((4, 9))): "8 inputs",
                                      Predictor(LSTMLayer(np.ones((32, 17)))): "4 outputs"}),
}


# --------------------------------------------------------------------------------------------------------- the task

@pytest.mark.parametrize("T", [20, 30, 100])
def test_a_sequence_is_as_the_page_says(T):
    """Two marks in the first half, the value of a marked first pair counting as 0, and -1 at both ends."""
    xs, targets, lengths = adding_problem(np.random.default_rng(1), T, 500)
    assert lengths.min() == T and lengths.max() == T + T // 10
    for k, length in enumerate(lengths):
        values, marks = xs[:length, :, k].T
        marked = np.flatnonzero(marks == 1)
        assert marks[0] == marks[-1] == -1 and set(marks[1:-1]) <= {0, 1} and 1 <= len(marked) <= 2
        assert marked.max() < T / 2 and targets[0, k] == pytest.approx(0.5 + values[marked].sum() / 4)


@pytest.mark.parametrize("T", [20, 30, 50, 100])
def test_the_lazy_rival_is_as_good_as_it_is_said_to_be(T):
    """Within five standard errors of 200,000 sequences."""
    errors = np.abs(0.5 - adding_problem(np.random.default_rng(0), T, 200_000).targets)
    right, error = always_half(T)
    assert np.mean(errors < RIGHT) == pytest.approx(right, abs=0.004)
    assert np.mean(errors ** 2) == pytest.approx(error, abs=0.0006)
    assert 0.153 < right < 0.156 and error < 0.04, "so 15 %, and a squared error that some would call a success"
    stem = next(stem for stem in ROOMS if stem.endswith("long_memory"))
    assert prose(stem).count(f"absolute error is below {RIGHT}") == 2, "the rule, and the exercise about it"


def test_the_sequence_says_its_own_sum():
    picture = sequence_picture()
    check_everywhere(picture)
    assert picture.say(T=30,
                       seed=0) == ("This sequence has 33 pairs, from step 0 on. Marked are 0.46 at step 6 and 0.71 "
                                         "at step 11: the answer is 0.79.")
    assert 0.5 + (0.46 + 0.71) / 4 == pytest.approx(0.79, abs=0.005)


# --------------------------------------------------------------------------------------------------------- the race

HALF_OF_THE_RIVALS = always_half(30)[1] / 2


@lru_cache(maxsize=None)
def raced(T, bias, identity, clip=True, seed=0):
    """Return what a race has to show at its end."""
    *_, state = race(T, bias, identity, seed, clip)
    assert state.done == UPDATES and not state.trouble
    return state.result


def learned(result, kind):
    """Return after how many sequences the error was below half of the lazy rival's, 0 if never."""
    return next((seen for seen, loss in zip(result.seen, result.losses[kind]) if loss < HALF_OF_THE_RIVALS), 0)


@pytest.mark.parametrize("T, bias, clip, learns", [(30, 1, True, True), (30, 1, False, True), (50, 1, True, False),
                                                   (50, 5, True, True)])
def test_started_at_random_the_rnn_stays_with_its_rival_and_the_lstm_does_as_the_page_says(T, bias, clip, learns):
    result = raced(T, bias, False, clip)
    assert result.rights["RNN"][-1] < 0.25 and not learned(result, "RNN")
    assert (result.rights["LSTM"][-1] > 0.9) is learns and bool(learned(result, "LSTM")) is learns


@pytest.mark.parametrize("seed", [0, 1])
def test_started_from_the_identity_the_rnn_learns_later_and_less_exactly_than_the_lstm(seed):
    result = raced(30, 1, True, seed=seed)
    assert learned(result, "RNN") > learned(result, "LSTM") > 0.1 * UPDATES * 32, "both wait, and the RNN longer"
    assert 0.15 < result.rights["RNN"][-1] < 0.7 < 0.9 < result.rights["LSTM"][-1]


def test_the_moment_differs_from_seed_to_seed():
    assert learned(raced(30, 1, True, seed=0), "LSTM") != learned(raced(30, 1, True, seed=1), "LSTM")


def test_an_rnn_from_the_identity_keeps_what_it_holds_but_for_its_tanh():
    model = network("RNN", np.random.default_rng(0), identity=True)
    start = np.linspace(-0.5, 0.5, CELLS)[:, None]
    kept = model.layer.forward(np.zeros((1, 2, 1)), h=start)[0]
    np.testing.assert_allclose(kept, np.tanh(start), rtol=1e-12)
    assert model.layer.W[:, :CELLS].tolist() == np.eye(CELLS).tolist()
    other = network("RNN", np.random.default_rng(0))
    assert (other.layer.W[:, CELLS:] == model.layer.W[:, CELLS:]).all() and (other.V == model.V).all(), "nothing else"


def at_the_marks(kind, **start):
    """Return the size of the gradient where the second mark is, in shares of that at the end: 20 seeds' median."""
    shares = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        model, (xs, _, (length,)) = network(kind, rng, **start), adding_problem(rng, 30, 1)
        xs, second = xs[:length], np.flatnonzero(xs[:, 1, 0] == 1).max()
        sizes = []
        for steps in (xs[second + 1:], xs[-1:]):  # from the end back to behind the mark, and over the last step alone
            hs = model.layer.forward(steps)
            dh = np.zeros(hs.shape)
            dh[-1] = model.V[0, :-1, None]
            back = model.layer.backward(dh)
            sizes.append(np.hypot(*(0 if one is None else np.linalg.norm(one) for one in (back.h, back.c))))
        shares.append(sizes[0] / sizes[1])
    return np.median(shares)


def test_the_rnns_gradient_is_too_small_at_the_marked_steps():
    """Too small: by far smaller than the LSTM's, and than that of an RNN that was started to keep."""
    rnn = at_the_marks("RNN")
    assert rnn < 1e-3 and at_the_marks("LSTM", forget_bias=1) > 10 * rnn
    assert at_the_marks("RNN", identity=True) > 100 * rnn
    assert at_the_marks("LSTM", forget_bias=5) > 30 * at_the_marks("LSTM", forget_bias=1)


def test_every_stage_of_a_race_can_be_drawn():
    """Also the first one, when there is hardly anything to show."""
    picture = race_picture()
    rest = {**picture.values, "T": 20}
    for state in race(**rest):
        if state.done in (1, 2, 31):
            check_drawing(picture._draw_state(state, **rest), picture._say_state(state, **rest))
        if state.done == 31:
            break


# ------------------------------------------------------------------------------------------------------ the long run

def test_the_file_holds_every_run_once():
    assert {name: {T: len(found) for T, found in lengths.items()} for name, lengths in measured().items()} == {
        name: {T: len(SEEDS) for T in LENGTHS} for name in LONG_LOOKS}
    assert {f"{runner.network}, {runner.start}" for runner in RUNNERS} == set(LONG_LOOKS)
    assert sum(runner.network == "RNN" for runner in RUNNERS) == 4, "two learning rates for each start"


def test_the_long_run_is_as_the_page_says():
    found = {name: {T: np.median(shares) for T, shares in lengths.items()} for name, lengths in measured().items()}
    poor = [found["RNN, random start"], found["LSTM, forget bias 1"]]
    rnn, lstm = found["RNN, identity start"], found["LSTM, forget bias 5"]
    assert all(start[20] > 0.5 and max(right for T, right in start.items() if T >= 40) < 0.2 for start in poor)
    assert rnn[40] > 0.5 and rnn[60] < 0.2, "about half as far as the LSTM"
    assert lstm[80] > 0.5 and lstm[100] < 0.2 and all(lstm[T] > rnn[T] for T in (20, 40, 60, 80))
    keeps = measured()["LSTM, forget bias 5"]
    assert all(min(keeps[T]) > 0.9 for T in (20, 40, 60, 80)), "with every seed"
    assert all(min(keeps[T]) < 0.2 and max(keeps[T]) > 0.9 for T in (100, 150)), "not every seed gets there"


def test_the_long_run_shows_every_seed():
    picture = long_run_picture()
    check_everywhere(picture)
    body = picture.draw().body
    assert body.count("<circle") == body.count("<rect") == 2 * len(LENGTHS) * len(SEEDS)
    assert picture.say() == (
        "Where three seeds of five or more answer over 50 % rightly: RNN, random start: up to T = 20; RNN, identity "
        "start: up to T = 40; LSTM, forget bias 1: up to T = 20; LSTM, forget bias 5: up to T = 80.")


def test_a_run_of_the_long_one_starts_as_the_others_do():
    """The first updates of each runner differ where their starts do, and are the same with the same start."""
    def first(**settings):
        _, loss = next(learn("RNN", 20, 0, **settings))
        return loss
    assert first() == first(rate=0.002) != first(identity=True, rate=0.002)


# ------------------------------------------------------------------------------------------------ numbers in the prose

def test_what_the_gates_leave():
    assert sigmoid(1) > 0.5, "more than half open"
    assert sigmoid(5) ** 100 > 0.5 > sigmoid(4) ** 100 and sigmoid(1) ** 50 < 1e-6
    assert set(LOOKS) == {"RNN", "LSTM"}
