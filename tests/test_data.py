"""The data: what the series hold, that no future value reaches a forecast, baselines, who won; a series of one's own.

Whether the future leaks is tried by changing it: what was fitted, learned or put into a window must stay the same to
the bit.
"""
import re

import numpy as np
import pytest

from lesson.data.forecasts import Forecaster, Lead, Scores, baselines, judge, learn
from lesson.data.long_run import FILE
from lesson.data.own_series import Unfit, own_series
from lesson.data.series import (autoregression, companies, fit_autoregression, persistence, prices, returns, rmse,
                                seasonal_persistence, skill, split_in_time, sunspots, windows)
from lesson.data.tasks import RNN_RATE

# ---------------------------------------------------------------------------------------------------- the two series

def test_the_sunspots_are_those_of_the_source():
    series = sunspots()
    assert series.times.tolist() == list(range(1700, 2009)) and len(series.values) == 309
    assert series.values[[0, 1, 257, -1]].tolist() == [5, 11, 190.2, 2.9]
    assert series.values.argmax() == 257 and series.values.min() == 0  # the maximum of 1957
    assert round(float(series.values.sum()), 1) == 15373.4
    assert (series.name, series.unit) == ("sunspots", "sunspot number")


def test_prices_are_monthly_from_the_first_listing_on():
    assert companies() == ("IBM", "AAPL", "MSFT", "XRX", "AMZN", "DELL", "GOOGL", "ADBE", "^GSPC", "^IXIC")
    began = {"AMZN": (1997 + 5 / 12, 301), "DELL": (2016 + 8 / 12, 70), "GOOGL": (2004 + 8 / 12, 214)}
    for company in companies():
        series = prices(company)
        start, months = began.get(company, (1990, 390))
        np.testing.assert_allclose(series.times, start + np.arange(months) / 12, rtol=0, atol=1e-9)
        assert series.values.shape == (months,) and np.all(series.values > 0)
    ibm = prices("IBM").values
    assert ibm[[0, 1, 2, -1]].tolist() == [10.970438003540039, 11.554415702819824, 11.951693534851074,
                                           141.86000061035156]


@pytest.mark.parametrize("bad", ["ibm", "Date", "", None, 1])
def test_an_unknown_company_is_refused_with_the_names_there_are(bad):
    with pytest.raises(ValueError, match=rf"^company: got {bad!r}, want one of IBM, AAPL, .*\^IXIC$"):
        prices(bad)


def test_returns_add_up_to_the_price():
    price = prices("AAPL")
    change = returns(price)
    np.testing.assert_allclose(price.values[0] * np.exp(np.cumsum(change.values)), price.values[1:], rtol=1e-12)
    assert change.times.tolist() == price.times[1:].tolist() and change.unit == "log return"
    with pytest.raises(ValueError, match="^series: got a value of 0, want values above 0"):
        returns(sunspots())


# --------------------------------------------------------------------------------------------------- no future value

SHAPES = [(1, 1), (11, 1), (5, 3), (3, 11)]


def fitted(values, cut, length, horizon):
    """Return everything that is fitted or trained on, as bytes: scale, training windows, coefficients."""
    split = split_in_time(values, cut / len(values))
    train, _ = windows(values, cut, length, horizon)
    scaled, _ = windows(split.scaled(values), cut, length, horizon)
    parts = [split.mean, split.sd, *train, *scaled, fit_autoregression(train)]
    assert split.cut == cut
    return [np.asarray(part).tobytes() for part in parts]


@pytest.mark.parametrize("length, horizon", SHAPES)
def test_no_value_after_the_cut_reaches_what_is_fitted(length, horizon):
    values, cut = sunspots().values[:60], 45
    before = fitted(values, cut, length, horizon)
    for k in range(len(values)):
        changed = values.copy()
        changed[k] += 1000
        assert (fitted(changed, cut, length, horizon) == before) == (k >= cut), k


@pytest.mark.parametrize("length, horizon", SHAPES)
@pytest.mark.parametrize("leak", [False, True])
def test_a_window_ends_right_before_its_first_target_unless_it_leaks(length, horizon, leak):
    values, cut = sunspots().values[:60], 45
    parts = windows(values, cut, length, horizon, leak)
    for k in range(len(values)):
        changed = values.copy()
        changed[k] += 1000
        for part, other in zip(parts, windows(changed, cut, length, horizon, leak)):
            moved = np.any(part.inputs != other.inputs, axis=(0, 1))
            first = part.starts - length + leak
            assert moved.tolist() == ((first <= k) & (k < first + length)).tolist()
            if not leak:
                assert not np.any(moved & (part.starts <= k)), "a target, or a value after it, is in its own window"


@pytest.mark.parametrize("length, horizon", SHAPES)
def test_windows_are_those_of_a_loop(length, horizon):
    values, cut = sunspots().values[:60], 45
    found = windows(values, cut, length, horizon)
    starts = [[t for t in range(length, cut) if t + horizon <= cut], list(range(cut, len(values) - horizon + 1))]
    for part, expected in zip(found, starts):
        assert part.starts.tolist() == expected
        assert part.inputs.shape == (length, 1, len(expected)) and part.targets.shape == (horizon, len(expected))
        for column, t in enumerate(expected):
            assert part.inputs[:, 0, column].tolist() == values[t - length:t].tolist()
            assert part.targets[:, column].tolist() == values[t:t + horizon].tolist()


def test_the_leak_makes_a_forecast_too_good():
    values, found = sunspots().values, {}
    for leak in (False, True):
        train, test = windows(values, split_in_time(values).cut, 9, leak=leak)
        found[leak] = rmse(autoregression(fit_autoregression(train), test.inputs, 1), test.targets)
    assert found[False] > 15 and found[True] < 1e-9


def test_the_scale_is_that_of_the_training_part():
    values = sunspots().values
    split = split_in_time(values)
    assert split.cut == 247  # 1947 is the first year of the test part
    scaled = split.scaled(values)
    assert abs(scaled[:247].mean()) < 1e-12 and abs(scaled[:247].std() - 1) < 1e-12
    np.testing.assert_allclose(split.unscaled(scaled), values, rtol=0, atol=1e-12)


GOOD_WINDOWS = dict(values=np.arange(20.0), cut=15, length=3, horizon=2)
NO_WINDOW = [dict(length=14), dict(horizon=6), dict(cut=4), dict(cut=19), dict(length=10 ** 9)]


@pytest.mark.parametrize("changed", NO_WINDOW)
def test_parts_without_a_window_are_refused(changed):
    windows(**GOOD_WINDOWS)
    with pytest.raises(ValueError, match="^length, horizon: got .* want together at most the .* values before the cut"):
        windows(**{**GOOD_WINDOWS, **changed})


@pytest.mark.parametrize("argument", ["length", "horizon"])
@pytest.mark.parametrize("bad", [0, -1, 2.0, True, "3", None])
def test_a_length_that_is_no_whole_number_is_refused(argument, bad):
    with pytest.raises(ValueError, match=f"^{argument}: got {bad!r}, want a whole number from 1 up"):
        windows(**{**GOOD_WINDOWS, argument: bad})


@pytest.mark.parametrize("bad", [[1, float("nan")], [1, float("inf")], ["1", "2"], [[1, 2]], 3, None, [1, 1e300]])
def test_values_that_are_no_row_of_numbers_are_refused(bad):
    for call in (split_in_time, lambda values: windows(values, 1, 1)):
        with pytest.raises(ValueError, match="^values: got .* want a row of finite numbers"):
            call(bad)


def test_a_split_that_leaves_nothing_to_fit_is_refused():
    for bad in (0, 1, -0.5, 2, 0.01, float("nan")):
        with pytest.raises(ValueError, match=f"^share: got {bad!r}, want"):
            split_in_time(np.arange(10.0), bad)
    with pytest.raises(ValueError, match="^values: got 0.1 throughout the training part, want values that change"):
        split_in_time([0.1] * 60 + [5], 0.9)  # rounding gives them a standard deviation above 0


# ---------------------------------------------------------------------------------------------------------- baselines

@pytest.mark.parametrize("horizon", [1, 2, 11, 25])
@pytest.mark.parametrize("period", [1, 4, 11])
def test_persistence_is_that_of_a_loop(period, horizon):
    values, cut = sunspots().values, 247
    _, test = windows(values, cut, 11, horizon)
    forecast = seasonal_persistence(test.inputs, horizon, period)
    assert forecast.shape == test.targets.shape
    for column, t in enumerate(test.starts):
        for k in range(horizon):
            source = t + k
            while source >= t:  # the newest value a whole number of periods earlier that is known
                source -= period
            assert forecast[k, column] == values[source]
    if period == 1:
        assert persistence(test.inputs, horizon).tolist() == forecast.tolist()


def test_a_period_longer_than_the_windows_is_refused():
    train, _ = windows(**GOOD_WINDOWS)
    with pytest.raises(ValueError, match="^period: got 4, want at most the length of the windows, 3"):
        seasonal_persistence(train.inputs, 1, 4)


def test_an_autoregression_finds_the_process_that_made_the_numbers():
    """Without noise exactly; with noise within a few standard errors."""
    for noise, near in ((0, 1e-9), (1, 0.03)):
        random = np.random.default_rng(1)
        values = [3.0, -1.0]
        for _ in range(8000 if noise else 60):
            values.append(2 - 0.9 * values[-2] + 1.6 * values[-1] + noise * random.normal())
        train, _ = windows(values, len(values) - 1, 2)
        found = fit_autoregression(train)
        np.testing.assert_allclose(found[1:], [-0.9, 1.6], rtol=0, atol=near)
        np.testing.assert_allclose(found[0], 2, rtol=0, atol=near * 5)


def test_an_autoregression_is_fitted_to_the_first_step():
    train, _ = windows(sunspots().values, 247, 9, 11)
    shorter = train._replace(targets=train.targets[:1])
    assert fit_autoregression(train).tolist() == fit_autoregression(shorter).tolist()


@pytest.mark.parametrize("order, horizon", [(1, 1), (2, 5), (9, 11)])
def test_a_forecast_of_an_autoregression_is_that_of_a_loop(order, horizon):
    values = sunspots().values
    train, test = windows(values, 247, order, horizon)
    coefficients = fit_autoregression(train)
    forecast = autoregression(coefficients, test.inputs, horizon)
    for column, t in enumerate(test.starts):
        known = values[:t].tolist()
        for _ in range(horizon):
            known.append(coefficients[0] + sum(c * x for c, x in zip(coefficients[1:], known[-order:])))
        np.testing.assert_allclose(forecast[:, column], known[t:], rtol=1e-9, atol=1e-9)


def test_an_autoregression_that_cannot_be_fitted_or_does_not_fit_is_refused():
    train, test = windows(np.arange(20.0), 16, 8)
    with pytest.raises(ValueError, match="^train: got 8 windows, want at least 9, one for each coefficient"):
        fit_autoregression(train)
    with pytest.raises(ValueError, match="^inputs: got windows of 8, want 2, the order of the fit"):
        autoregression(np.ones(3), test.inputs, 1)


def test_error_and_skill_are_those_of_their_definitions():
    assert rmse(np.array([[1.0, 2], [3, 4]]), np.array([[1.0, 2], [3, 8]])) == 2
    assert (skill(5, 10), skill(10, 10), skill(20, 10), skill(0, 10)) == (0.5, 0, -1, 1)
    with pytest.raises(ValueError, match=r"^forecast: got shape \(2,\), want the targets' shape \(1, 2\)"):
        rmse(np.ones(2), np.ones((1, 2)))
    for bad in (0.0, -1, float("nan")):
        with pytest.raises(ValueError, match=f"^reference: got {bad!r}, want an error above 0"):
            skill(1, bad)


def test_on_the_sunspots_memory_pays_and_on_prices_hardly():
    values = sunspots().values
    _, test = windows(values, 247, 11)
    reference = rmse(persistence(test.inputs, 1), test.targets)
    train, test = windows(values, 247, 9)
    assert 0.4 < skill(rmse(autoregression(fit_autoregression(train), test.inputs, 1), test.targets), reference) < 0.43
    change = returns(prices("IBM")).values
    train, test = windows(change, split_in_time(change).cut, 2)
    forecast = autoregression(fit_autoregression(train), test.inputs, 1)
    assert abs(skill(rmse(forecast, test.targets), rmse(0 * test.targets, test.targets))) < 0.02


# ------------------------------------------------------------------------------------------------------ the forecasts

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


def test_a_test_part_that_hardly_changes_gets_no_verdict():
    """In most stretches persistence would then be never wrong, and nothing can be measured against no error."""
    values = np.append(np.sin(np.arange(240)), np.append(np.zeros(59), 1.0))
    series = own_series(values)
    with pytest.raises(ValueError, match="^truth: got a test part that hardly changes, so that 'last value again' is "):
        judge([learn(series, 1, length=5)])


# --------------------------------------------------------------------------------------------- a series of one's own

NUMBERS = [round(3.5 + 1.25 * (k % 7) + 0.5 * (k % 3), 2) for k in range(60)]
HOURS = np.datetime64("2026-01-01") + np.arange(60) * np.timedelta64(1, "h")


def frozen(values):
    """Return a masked array without a mask."""
    return np.ma.masked_array(values)


@pytest.mark.parametrize("kind", [list, tuple, np.array, frozen, lambda row: np.array(row, dtype=object),
                                  lambda row: np.array(row)[::-1][::-1], lambda row: np.column_stack([row, row])[:, 1]])
def test_anything_one_dimensional_is_a_series(kind):
    series = own_series(kind(NUMBERS))
    assert series.values.tolist() == NUMBERS and series.times.tolist() == list(range(1, 61))
    assert (series.name, series.clock) == ("your series", "time") and type(series.values) is np.ndarray
    assert own_series(series) is series


def test_whole_numbers_are_numbers():
    for values in (range(60), np.arange(60, dtype=np.uint8), np.arange(60, dtype=np.float32)):
        assert own_series(values).values.tolist() == list(range(60))


def test_dates_become_times():
    days = np.datetime64("2026-01-05") + np.array([7 * (k // 5) + k % 5 for k in range(60)])  # no weekends
    months = np.arange("1990-01", "1995-01", dtype="M8[M]")
    for times in (months, months.astype("M8[D]").tolist(), months.astype(str), months.astype("M8[ns]")):
        series = own_series(NUMBERS, times)
        assert series.clock == "year"
        np.testing.assert_allclose(series.times, 1990 + np.arange(60) / 12, rtol=0, atol=0.01)
    assert own_series(NUMBERS, days).times.tolist() == (days - days[0]).astype(float).tolist()
    assert own_series(NUMBERS, days).clock == "days since 2026-01-05"
    np.testing.assert_allclose(own_series(NUMBERS, HOURS).times, np.arange(60) / 24)
    assert own_series(NUMBERS, range(1900, 1960)).times.tolist() == list(range(1900, 1960))


def with_one(value, dtype=None):
    """Return the numbers with another in place 7."""
    return np.array([*NUMBERS[:7], value, *NUMBERS[8:]], dtype=dtype)


MASKED = np.ma.masked_equal(NUMBERS, NUMBERS[7])
BAD_VALUES = {
    "text": ("prices.csv", "values: got 'prices.csv', want a row of numbers, as np.loadtxt reads them from a file"),
    "a number": (3, "values: got 3, want a row"), "nothing": (None, "values: got None, want a row"),
    "a generator": ((k for k in range(60)), "values: got <generator"), "a set": ({1, 2},
                                                                                 "values: got {1, 2}, want a row"),
    "texts": ([f"{x}" for x in NUMBERS], "values: got '3.5' as the first, want numbers"),
    "a text among objects": (with_one("7", object), "values[7]: got '7', want a number"),
    "two columns": (np.ones((60, 2)), "values: got a table of 60 lines and 2 columns, want one of its columns"),
    "a column that is a table": (np.ones((60, 1)), "values: got a table of 60 lines and 1 columns"),
    "rows of two lengths": ([[1, 2], [3]], "values: got [[1, 2], [3]], want a row, one after the other"),
    "records": (np.zeros(60, "M8[D], f8"),
                "values: got records of f0 and f1, want one of these columns, as in values['f1']"),
    "dates": (HOURS, "as the first, want numbers"), "yes and no": ([True, False] * 30, "as the first, want numbers"),
    "complex": (np.ones(60) * 1j, "as the first, want numbers"),
    "too few": (NUMBERS[:49], "values: got 49, want at least 50 numbers"), "none": ([], "values: got 0, want at least"),
    "a gap": (with_one(np.nan),
              "values[7]: got nan, which is no number; fill the gaps, or keep the longest part without "
                                "one, values[8:60]"),
    "gaps": ([*NUMBERS, np.nan, np.nan],
             "values[60] and 1 more: got nan, which is no number; fill the gaps, or keep the "
                                         "longest part without one, values[0:60]"),
    "None": (with_one(None, object), "values[7]: got nan"), "infinite": (with_one(-np.inf),
                                                                         "values[7]: got -inf, want a"),
    "too large": (with_one(1.1e100), "values[7]: got 1.1e+100, want a number between -1e+100 and 1e+100"),
    "masked": (MASKED,
               f"values[{NUMBERS.index(NUMBERS[7])}] and {NUMBERS.count(NUMBERS[7]) - 1} more: got masked; fill"),
    "-999": (with_one(-999), "values[7]: got -999, far from all others, as many files write a gap; fill the gaps"),
    "99.99": (with_one(99.99), "values[7]: got 99.99, far"), "9999": (with_one(9999.0), "values[7]: got 9999, far"),
}


@pytest.mark.parametrize("name", BAD_VALUES)
def test_values_that_are_no_series_are_refused_in_a_sentence_without_code(name):
    values, words = BAD_VALUES[name]
    with pytest.raises(Unfit) as refused:
        own_series(values)
    message = str(refused.value)
    assert words in message and len(message) < 220 and "\n" not in message, message
    assert refused.value._render_traceback_() == [message] and refused.value.__cause__ is None


def test_nines_among_their_like_are_numbers():
    for values in (with_one(9.99), [*NUMBERS, 13.99], 100 + np.array(with_one(-0.01)), with_one(9.0), [999] * 60):
        own_series(values)


BAD_TIMES = {
    "too few": (range(59), "times: got 59, want 60, one for each value"), "one": (3, "times: got 3, want 60"),
    "a table": (np.ones((60, 2)), "want 60, one for each value"),
    "newest first": (range(60, 0, -1), "times: got the newest first, 60, want the oldest first: turn both round"),
    "newest date first": (HOURS[::-1], "times: got the newest first, 2026-01-03T11:00:00, want the oldest first"),
    "twice": ([*range(30), *range(29, 59)], "times[30]: got 29 after 29, want times that go up"),
    "back": ([*range(30), 5, *range(31, 60)], "times[30]: got 5 after 29, want times that go up"),
    "a gap": ([*range(30), *range(31, 61)], "times[30]: got 31 after 29, want equal steps: fill the gap, keep the"),
    "closed for a month": (np.datetime64("2026-01-01") + np.array([*range(30), *range(60, 90)]),
                           "times[30]: got 2026-03-02 after 2026-01-30, want equal steps"),
    "words": ([f"day {k}" for k in range(60)],
              "times: got 'day 0' as the first, want numbers, or dates such as 2026-01-31"),
    "no date": (np.append(HOURS[:59], np.datetime64("NaT")), "times[59]: got no date"),
    "no number": ([*range(59), np.nan], "times[59]: got no finite number"),
    "days without strokes": ([f"202601{k:02}" for k in range(1, 61)], "want dates such as 2026-01-31"),
}


@pytest.mark.parametrize("name", BAD_TIMES)
def test_times_that_do_not_go_up_in_equal_steps_are_refused(name):
    times, words = BAD_TIMES[name]
    with pytest.raises(Unfit) as refused:
        own_series(NUMBERS, times)
    assert words in str(refused.value) and len(str(refused.value)) < 220, refused.value


def test_a_series_of_pandas_brings_its_dates_and_its_name():
    pandas = pytest.importorskip("pandas")
    months = pandas.date_range("1990-01-01", periods=60, freq="MS")
    plain = own_series(pandas.Series(NUMBERS))
    assert (plain.values.tolist(), plain.times.tolist(), plain.name) == (NUMBERS, list(range(60)), "your series")
    for index in (months, months.tz_localize("Europe/Vienna"), months.to_period("M"), months.strftime("%Y-%m-%d")):
        series = own_series(pandas.Series(NUMBERS, index, name="rain"))
        assert (series.values.tolist(), series.name, series.clock) == (NUMBERS, "rain", "year")
        np.testing.assert_allclose(series.times, 1990 + np.arange(60) / 12, rtol=0, atol=0.01)
        # Of a time zone it is the wall clock that counts: not an hour of a month lies in the month before.
        np.testing.assert_array_equal(series.times, own_series(NUMBERS, months.to_numpy()).times)
    table = pandas.DataFrame({"rain": NUMBERS, "sun": NUMBERS}, months)
    assert own_series(table["rain"].astype("Float64")).values.tolist() == NUMBERS
    assert own_series(table["rain"], range(60)).clock == "time"
    for bad, words in ((table, "values: got a table of 60 lines and 2 columns"),
                       (table["rain"][::-1], "times: got the newest first"),
                       (table["rain"].where(table.index != months[7]), "values[7]: got nan"),
                       (table["rain"].astype("Float64").where(table.index != months[7]), "values[7]: got nan"),
                       (table["rain"].drop(months[7]), "times[7]: got 1990-09-01 after 1990-07-01"),
                       (table["rain"].astype(str), "values[0]: got '3.5', want a number"),
                       (table.stack(), "times: got ")):
        with pytest.raises(Unfit) as refused:
            own_series(bad)
        assert words in str(refused.value), refused.value


# ------------------------------------------------------------------------------------------------------ the long run

def test_smaller_steps_suit_the_rnn_better():
    """As the page of the race says: started at random, at the one length at which such a start learns at all."""
    rows = [line.split(",") for line in FILE.read_text(encoding="utf-8").splitlines()]
    small, large = (np.median([float(right) for _, start, at, T, _, right in rows
                               if (start, at, T) == ("random start", rate, "20")]) for rate in (f"{RNN_RATE}", "0.01"))
    assert small > 0.5 > 0.2 > large
