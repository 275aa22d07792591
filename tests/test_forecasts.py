"""The forecasts: no value after the cut reaches training, who won is told truly, and a learner's own file gets there.

Whether the future leaks is tried by changing it: what was learned must stay the same to the bit.
"""
import re

import numpy as np
import pytest

from lesson.data.csv_file import Unreadable
from lesson.real_series import echo_picture, forecast_picture, memory_picture, returns_picture, skill_picture
from lesson.data.forecasts import Forecaster, Lead, Scores, baselines, judge, learn, learn_five
from lesson.data.series import Series, companies, prices, read_csv, returns, rmse, sunspots
from test_picture import check_everywhere

CUT = 247  # of the sunspots: 1947 is the first year to be judged by


def weights(learner):
    """Return everything that was learned, as bytes."""
    return b"".join(parameter.tobytes() for parameter in learner.model.parameters)


def changed(series, k):
    """Return the series with one other value."""
    values = series.values.copy()
    values[k] += 1000
    return series._replace(values=values)


# ---------------------------------------------------------------------------------------------------- no future value

@pytest.mark.parametrize("changes", [False, True])
def test_no_value_after_the_cut_reaches_training(changes):
    series = sunspots()
    before = weights(learn(series, 2, length=5, changes=changes))
    for k in range(CUT, len(series.values)):
        assert weights(learn(changed(series, k), 2, length=5, changes=changes)) == before, k
    for k in (0, 100, CUT - 1):
        assert weights(learn(changed(series, k), 2, length=5, changes=changes)) != before, k


def test_no_value_from_its_target_on_reaches_a_forecast():
    series, horizon = sunspots(), 3
    before = learn(series, 2, length=5).forecast(horizon)
    for k in range(CUT, len(series.values)):
        moved = np.any(learn(changed(series, k), 2, length=5).forecast(horizon) != before, axis=0)
        first_targets = np.arange(CUT, len(series.values) - horizon + 1)
        assert moved.tolist() == ((k < first_targets) & (first_targets <= k + 5)).tolist(), k


def test_a_leak_lets_the_target_in_and_the_forecast_becomes_too_good():
    series = returns(prices("IBM"))
    found = {leak: learn(series, changes=True, leak=leak) for leak in (False, True)}
    errors = {leak: rmse(learner.forecast(), learner.truth()[0]) for leak, learner in found.items()}
    nothing = rmse(np.zeros_like(found[False].truth()[0]), found[False].truth()[0])
    assert errors[True] < 0.5 * nothing < 0.9 * errors[False]
    moved = learn(changed(series, len(series.values) - 1), changes=True, leak=True).forecast()[0]
    assert moved[-1] != found[True].forecast()[0, -1] and np.all(moved[:-1] == found[True].forecast()[0, :-1])


def test_training_is_the_same_every_time_and_another_with_another_seed():
    first, again, other = (learn(sunspots(), 3, seed=seed) for seed in (0, 0, 1))
    assert weights(first) == weights(again) != weights(other)
    first.forecast(11), first.memories(), first.followings(2)
    assert weights(first) == weights(again), "looking changes nothing"


def test_looking_between_two_epochs_changes_nothing():
    quiet, looked_at = Forecaster(sunspots()), Forecaster(sunspots())
    for _ in zip(quiet.learn(4), looked_at.learn(4)):
        looked_at.forecast(3), looked_at.memories()
    assert weights(quiet) == weights(looked_at)


# --------------------------------------------------------------------------------------------- what it says is true

def test_a_forecast_is_that_of_a_loop():
    """Each forecast beyond the first is made from windows that end on the forecasts before it."""
    learner, horizon = learn(sunspots(), 5, length=7), 4
    said, (truth, times) = learner.forecast(horizon), learner.truth(horizon)
    values, mean, sd = learner.series.values, learner.split.mean, learner.split.sd
    for column, t in enumerate(range(CUT, len(values) - horizon + 1)):
        window = ((values[t - 7:t] - mean) / sd).tolist()
        for step in range(horizon):
            window.append(window[-1] + float(learner.model.predict(np.array(window[-7:])[:, None, None])[0, 0]))
            assert said[step, column] == pytest.approx(window[-1] * sd + mean, rel=1e-9)
            assert truth[step, column] == values[t + step] and times[step, column] == 1700 + t + step


def test_a_forecast_of_changes_is_the_readout_itself():
    series = returns(prices("XRX"))
    learner = learn(series, 3, changes=True)
    window = learner.split.scaled(series.values[learner.split.cut - 22:learner.split.cut])
    assert learner.forecast()[0, 0] == pytest.approx(
        learner.split.unscaled(learner.model.predict(window[:, None, None])[0, 0]))


def test_memories_are_those_at_the_ends_of_the_windows():
    learner = learn(sunspots(), 3, length=7)
    memories, times = learner.memories()
    assert memories.shape == (learner.model.layer.n, 303) and times[0] == 1706 and times[-1] == 2008
    learner.model.predict(learner.split.scaled(learner.series.values[100:107])[:, None, None])
    np.testing.assert_allclose(memories[:, 100], learner.model.layer.C[7, :, 0], rtol=1e-12)
    for later in (0, 3):
        expected = [np.corrcoef(memory[:len(memory) - later], learner.series.values[6 + later:])[0, 1]
                    for memory in memories]
        np.testing.assert_allclose(learner.followings(later), expected, rtol=1e-9)


def test_a_memory_that_never_changes_follows_nothing():
    learner = Forecaster(sunspots())
    learner.model.layer.W[...] = 0
    assert learner.followings().tolist() == [0] * learner.model.layer.n


def test_baselines_stand_on_the_same_targets():
    series = sunspots()
    for horizon in (1, 11):
        truth = learn(series, 0).truth(horizon)[0]
        said = baselines(series, horizon, period=11)
        assert list(said) == ["last value again", "11 steps earlier", "autoregression"]
        assert all(forecast.shape == truth.shape for forecast in said.values())
        assert said["last value again"][:, 0].tolist() == [series.values[CUT - 1]] * horizon
        assert said["11 steps earlier"][:, 0].tolist() == series.values[CUT - 11:CUT - 11 + horizon].tolist()
    change = returns(prices("IBM"))
    said = baselines(change, changes=True)
    assert list(said) == ["no change", "mean change", "autoregression"] and not said["no change"].any()
    assert set(said["mean change"].ravel()) == {change.values[:learn(change, 0).split.cut].mean()}


@pytest.mark.parametrize("mean, spread, verdict", [(0.2, 0.1, "ahead of"), (-0.2, 0.1, "behind"),
                                                   (0.1, 0.1, "level with"), (-0.05, 0.1, "level with")])
def test_a_lead_counts_when_it_is_larger_than_its_spread(mean, spread, verdict):
    assert Lead(mean, spread).verdict == verdict


def test_scores_say_who_won():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(2, 60))
    said = {"never": np.zeros((1, 2, 60)), "half": truth[np.newaxis] / 2, "LSTM": np.stack([truth * 0.9, truth * 0.8])}
    scores = Scores("a series", truth, said)
    assert scores.skills["never"].tolist() == [0] and scores.skills["half"][0] == pytest.approx(0.5)
    assert scores.skills["LSTM"] == pytest.approx([0.9, 0.8])
    # Errors in proportion to the truth give the same skill on every stretch: what is left is the spread of the seeds.
    assert scores.lead("LSTM", "half") == (pytest.approx(0.35), pytest.approx(0.05))
    assert scores.lead("half", "never").spread == pytest.approx(0, abs=1e-12)
    assert scores.verdict() == "A series, 1 to 2 steps ahead: the LSTM is ahead of 'never' and 'half'."
    assert re.findall(r"LSTM +(\S+) +(\S+) +(\S+)", scores.table())[0][1:] == ("±0.048", "0.85")


def test_a_persistence_that_is_never_wrong_is_refused():
    truth = np.ones((1, 20))
    with pytest.raises(ValueError, match="^reference: got 0.0, want an error above 0"):
        Scores("a series", truth, {"never": truth[np.newaxis], "LSTM": truth[np.newaxis]})


# --------------------------------------------------------------------------- what the page claims, on all companies

@pytest.fixture(scope="module")
def five():
    """Five LSTMs that have learned the sunspots."""
    return learn_five(sunspots())


@pytest.mark.parametrize("company", companies())
def test_on_prices_no_lstm_is_ahead_of_persistence_and_nobody_of_the_mean_change(company):
    scores = judge(learn_five(returns(prices(company)), changes=True))
    assert scores.lead("LSTM", "no change").verdict != "ahead of"
    for who in ("LSTM", "autoregression"):
        assert scores.lead(who, "mean change").verdict != "ahead of", who


@pytest.mark.parametrize("horizon", [1, 11])
def test_on_sunspots_the_lstm_beats_persistence_and_is_level_with_the_autoregression(five, horizon):
    scores = judge(five, horizon, period=11)
    assert scores.lead("LSTM", "last value again").verdict == "ahead of"
    assert scores.lead("LSTM", "autoregression").verdict == "level with"
    assert (scores.skills["LSTM"] > 0.35).all(), "each of the five seeds"


def test_one_step_ahead_the_figures_are_those_of_the_page(five):
    scores = judge(five, 1, period=11)
    assert {who: round(float(errors.mean()), 1) for who, errors in scores.errors.items()} == {
        "last value again": 33.3, "11 steps earlier": 37.9, "autoregression": 19.4, "LSTM": 18.9}
    assert round(float(scores.errors["LSTM"].std()), 1) == 0.8
    assert scores.skills["LSTM"].mean() > scores.skills["autoregression"].mean()


# ----------------------------------------------------------------------------------------------------- the pictures

def test_the_price_and_its_echo_at_every_company():
    check_everywhere(echo_picture())


def test_a_look_inside_at_every_position(five):
    check_everywhere(memory_picture(five[0]))


def test_the_forecast_at_both_ends_of_every_control():
    check_everywhere(forecast_picture(sunspots(), period=11))


def test_the_returns_of_every_company():
    check_everywhere(returns_picture())


def test_the_skills_of_several_scores(five):
    scores = [judge(five, horizon, period=11) for horizon in (1, 11)]
    picture = skill_picture(*scores)
    check_everywhere(picture)
    assert picture.say() == " ".join(score.verdict() for score in scores)
    assert picture.draw().body.count("<circle") == 2 * (2 + 5)


def test_the_forecast_says_what_the_core_says():
    picture = forecast_picture(sunspots(), period=11)
    values = {**picture.values, "horizon": 3, "epochs": 10, "cells": 2, "length": 9}
    learner = learn(sunspots(), 10, length=9, cells=2)
    off, follow = rmse(learner.forecast(3), learner.truth(3)[0]), learner.followings()
    best = np.abs(follow).argmax()
    said = picture.say(**values)
    assert said.startswith(f"1 to 3 steps ahead, after 10 epochs, the LSTM is off by {off:.1f}; last value again by ")
    assert f"The memory of cell {best + 1} (of 2) follows the series" in said
    assert said.endswith(f"with correlation {follow[best]:.2f}.".replace("-", "\N{MINUS SIGN}"))


def test_a_cell_can_run_ahead(five):
    picture = memory_picture(five[0])
    follow = five[0].followings(6)
    best = np.abs(follow).argmax()
    assert picture.say(cell=2, later=6) == (
        f"The long-term memory of cell 2 has correlation {follow[1]:.2f} with the value 6 steps later; the closest is "
        f"cell {best + 1}, with {follow[best]:.2f}.").replace(" -", " \N{MINUS SIGN}")


# ------------------------------------------------------------------------------------------------- a learner's series

def text_of(values):
    """Return a file with a header, a counting column and decimal commas."""
    return "month;heating\n" + "\n".join(f"{k};{value:.2f}".replace(".", ",") for k, value in enumerate(values, 1))


@pytest.mark.parametrize("count", [50, 60, 180])
def test_a_learners_file_becomes_a_picture(count, tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(text_of(20 + 8 * np.cos(np.arange(count) / 2)), encoding="utf-8")
    picture = forecast_picture(read_csv(file), period=12)
    check_everywhere(picture)
    assert picture.controls[0].high == min(33, int(0.8 * count) // 2), "half of what there is to learn from, at most"
    assert "12 steps earlier by" in picture.say(**picture.values)


@pytest.mark.parametrize("values", [
    np.arange(50.0), 1e-9 * np.sin(np.arange(60)), 1e90 * np.sin(np.arange(60)), np.exp(np.arange(80.0)),
    np.append(np.sin(np.arange(60)), 1e6 * np.sin(np.arange(15))), np.tile([0, 1], 40) * 1.0,
    np.append(np.arange(60.0), np.ones(20)),
    np.append([1.0] * 20, np.random.default_rng(0).normal(size=50)),
], ids=["line", "tiny", "huge", "explodes", "wakes up", "two values", "ends constant", "begins constant"])
def test_odd_series_give_finite_pictures(values):
    check_everywhere(forecast_picture(Series("odd", np.arange(len(values), dtype=float), values)))


def test_a_series_that_is_constant_before_the_cut_is_refused_in_words():
    series = Series("odd", np.arange(60.0), np.append(np.ones(50), np.arange(10.0)))
    with pytest.raises(ValueError, match="^values: got 1 throughout the training part, want values that change"):
        forecast_picture(series)


def test_a_file_that_cannot_be_read_shows_its_sentence_and_no_code():
    with pytest.raises(Unreadable) as refused:
        read_csv(text_of(np.sin(np.arange(60))).replace("\n7;", "\n7;;"))
    assert isinstance(refused.value, ValueError) and refused.value.__cause__ is None
    assert refused.value._render_traceback_() == [str(refused.value)]
    assert str(refused.value).startswith("line 8: got ")
