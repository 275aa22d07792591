"""Lesson 11, real series: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import re
from datetime import date, timedelta

import numpy as np
import pytest

from answers import Case, raises
from lesson.data.forecasts import baselines, judge, learn, learn_five
from lesson.data.own_series import own_series
from lesson.data.series import companies, fit_autoregression, prices, returns, rmse, skill, split_in_time, sunspots
from lesson.data.series import windows
from lesson.real_series import NEWEST, SOON, echo_picture, forecast_picture, memory_picture, returns_picture
from lesson.real_series import skill_picture
from lesson.show.axes import DOWN, UP
from lesson.show.curves import Chart, Panel
from lesson.show.svg import PAPER, QUIET
from overlap import boxes
from pages import NOTEBOOKS, prose
from test_picture import check_everywhere

CASES = {
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
         lambda v, cut: v * np.nan: "has mean nan",
         lambda v: v: "TypeError", lambda v, cut: "no": "numbers are wanted", raises: "TypeError"}),
}


PAGE = prose(next(NOTEBOOKS.glob("*_real_series.ipynb")).stem)


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


def off(values):
    """Return the root of the mean square."""
    return float(np.sqrt(np.mean(np.square(values))))


@pytest.mark.parametrize("company", companies())
def test_a_price_moves_little_in_a_month_and_its_return_is_hardly_foretold(company):
    change = returns(prices(company))
    assert np.median(np.abs(np.expm1(change.values[-36:]))) < 0.08, "in half of the months by less than 8 %"
    learner = learn(change, changes=True)
    truth, said = learner.truth()[0], learner.forecast()
    assert skill(rmse(said, truth), off(truth)) < 0.1 and np.abs(said).mean() < np.abs(truth).mean()


@pytest.mark.parametrize("company", ["IBM", "MSFT"])
def test_a_leak_makes_the_forecast_of_a_price_wonderful(company):
    learner = learn(returns(prices(company)), changes=True, leak=True)
    truth = learner.truth()[0]
    assert skill(rmse(learner.forecast(), truth), off(truth)) > 0.89
    assert "leaps to about 0.9 and more" in PAGE


def test_the_mean_change_is_ahead_for_msft_because_its_price_drifts_upward():
    scores = judge(learn_five(returns(prices("MSFT")), changes=True))
    for who in ("mean change", "autoregression"):
        assert scores.lead(who, "no change").verdict == "ahead of"
    assert scores.lead("LSTM", "no change").verdict == "level with" and "two rivals are a little ahead of it" in PAGE
    change = returns(prices("MSFT")).values
    cut = split_in_time(change).cut
    assert change[:cut].mean() > 0.01 < change[cut:].mean()


def test_one_step_a_little_better_and_eleven_a_little_worse_and_the_spread_is_larger(five):
    one, many = (judge(five, horizon, period=11).lead("LSTM", "autoregression") for horizon in (1, 11))
    assert one.spread > one.mean > 0 > many.mean > -many.spread


def test_each_cell_stands_at_its_own_place_in_the_cycle(five):
    follow = np.array([five[0].followings(later) for later in range(7)])
    assert np.abs(follow).argmax(axis=0).tolist() == [6, 3, 3, 0], "so many years ahead"
    assert "stand at three different places" in PAGE
    assert follow[0, 3] < -0.7 and follow[6, 0] < -0.6 and follow[3, 1] > 0.5 and follow[3, 2] > 0.6


def test_the_memories_tell_a_rise_from_a_fall_where_the_number_does_not(five):
    """How often is it higher on the way up than on the way down, among all pairs of years with 30 to 70 sunspots?"""
    values = sunspots().values[21:]
    among = (values[:-1] > 30) & (values[:-1] < 70)
    rises = (values[1:] > values[:-1])[among]

    def told_apart(numbers):
        return np.mean(numbers[among][rises][:, np.newaxis] > numbers[among][~rises])

    memories, _ = five[0].memories()
    assert abs(told_apart(values[:-1]) - 0.5) < 0.1 < 0.4 < max(told_apart(memory[:-1]) for memory in memories) - 0.5


# ----------------------------------------------------------------------------------------------------- the pictures

def test_the_price_and_its_echo_at_every_company():
    picture = echo_picture()
    check_everywhere(picture)
    for company in companies():
        price = prices(company).values[-37:] / prices(company).values[-37:].max()
        away = np.abs(np.diff(price)).mean()
        assert picture.say(company=company).startswith(f"{company}: on average, the forecast lies {away:.2f} away"), (
            "and correlation is a word of a later part of the page")


def test_the_autoregression_of_the_page_has_the_smallest_error_before_the_cut():
    """Nine weights and a constant; each a little larger or smaller makes the error larger."""
    series = sunspots()
    train = windows(series.values, split_in_time(series.values).cut, 9)[0]
    fit = fit_autoregression(train)

    def error(weights):
        return np.mean((weights[0] + weights[1:] @ train.inputs[:, 0] - train.targets[0]) ** 2)
    least = error(fit)
    assert len(fit) == 10 and "a weighted sum of the last nine values" in PAGE
    assert all(error(fit + step * one) > least for one in np.eye(10) for step in (-0.01, 0.01))


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
    like = "follows" if follow[best] > 0 else "mirrors"
    assert f"The memory of cell {best + 1} (of 2) {like} the series" in said
    assert said.endswith(f"with correlation {follow[best]:.2f}.".replace("-", "\N{MINUS SIGN}"))


def test_a_line_that_leaves_the_axes_goes_out_with_an_arrow_and_its_number():
    """The last values stand still where they had been rising, so the autoregression foretells a fall far below."""
    picture = forecast_picture(np.append(np.arange(60.0), np.ones(20)))
    values = {**picture.values, "horizon": 5, "epochs": 1}
    series = own_series(np.append(np.arange(60.0), np.ones(20)))
    said = baselines(series, 5)["autoregression"][-1]
    drawing, lowest = picture.draw(**values), f"{said.min():.2f}".replace("-", "\N{MINUS SIGN}")
    assert said.min() < -100 and said.max() < series.values.max()
    assert any(box.words.startswith("autoregression: off by") and box.words.endswith(f" {DOWN}{lowest}")
               for box in boxes(drawing))
    assert not any(UP in box.words for box in boxes(drawing) if "autoregression" in box.words)
    rival = re.findall(r'<polyline points="([^"]+)"[^>]*stroke="#6b6b6b"', drawing.body)
    assert rival and drawing.body.count(f'fill="{QUIET}" stroke="{PAPER}"') >= 1, "an arrowhead at the edge"
    for points in rival:
        heights = [float(point.split(",")[1]) for point in points.split()]
        assert heights.count(max(heights)) == 1, "it does not run along the edge"


def test_what_came_never_leaves_the_axes_of_the_returns():
    """For any two companies, with or without the leak."""
    picture = returns_picture()
    for company in companies():
        _, state = (one for one in picture._run(company, company, False) if one.done in (1, 2))
        words = [box.words for box in boxes(picture._draw_state(state, company, company, False))]
        assert f"{company}: skill" in " ".join(words) and not any("what came " in one for one in words)


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_the_axes_of_a_chart_are_where_its_paper_has_them(scale):
    chart = Chart([Panel("", "", "", (0, 10), (1e-4, 1), scale=scale), Panel("", "", "", (2, 3), (1, 5))])
    for panel, xs, ys in ((0, [0, 4, 10], [1e-4, 0.02, 1]), (1, [2, 2.5, 3], [1, 4, 5])):
        axes = chart.axes(panel)
        np.testing.assert_allclose([axes.x(xs), axes.y(ys)], chart.place(panel, xs, ys))


@pytest.mark.parametrize("values", [np.append(np.arange(60.0), np.ones(20)), 1e4 * np.sin(np.arange(60.0))])
def test_words_about_lines_stand_side_by_side_where_lines_leave(values):
    picture = forecast_picture(values)
    drawing = picture.draw(**{**picture.values, "epochs": 1, "horizon": 2})
    for row in (boxes(drawing)[:3], boxes(drawing)[3:]):
        assert all(one.right < other.left for one, other in zip(row, row[1:])) and row[-1].right < 1000


def test_a_cell_can_run_ahead(five):
    picture = memory_picture(five[0])
    follow = five[0].followings(6)
    best = np.abs(follow).argmax()
    assert picture.say(cell=2, later=6) == (
        f"The long-term memory of cell 2 has correlation {follow[1]:.2f} with the value 6 steps later; the closest is "
        f"cell {best + 1}, with {follow[best]:.2f}.").replace(" -", " \N{MINUS SIGN}")


# ------------------------------------------------------------------------------- a learner's series, and their files

@pytest.mark.parametrize("count", [50, 60, 180])
def test_a_learners_numbers_become_a_picture(count):
    picture = forecast_picture((20 + 8 * np.cos(np.arange(count) / 2)).tolist(), period=12)
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
    check_everywhere(forecast_picture(values))


def test_a_series_that_is_constant_before_the_cut_is_refused_in_words():
    with pytest.raises(ValueError, match="^values: got 1 throughout the training part, want values that change"):
        forecast_picture(np.append(np.ones(50), np.arange(10.0)))


@pytest.mark.parametrize("period", [12, 12.0, np.int64(12), np.float32(12)])
def test_a_period_may_be_any_whole_number(period):
    picture = forecast_picture(np.sin(np.arange(60)), period=period)
    assert "12 steps earlier by" in picture.say(**picture.values)


@pytest.mark.parametrize("bad, words", [
    *[(bad, "want a whole number of steps from 2 up") for bad in (0, 1, -12, 12.5, True, "12", float("nan"), [12])],
    (25, "too long for this series: want at most 24, half of the 48 values before the cut"),
    (float("inf"), "want a whole number"), (1e9, "too long")])
def test_a_period_that_is_none_or_too_long_is_refused(bad, words):
    with pytest.raises(ValueError, match=f"^period: got .*{words}"):
        forecast_picture(np.sin(np.arange(60)), period=bad)
    assert forecast_picture(np.sin(np.arange(60)), period=24)


def test_a_long_series_is_shown_before_anything_is_learned_from_its_newest_part():
    values = np.random.default_rng(0).normal(size=30_000)
    picture = forecast_picture(values, np.datetime64("1940-01-01") + np.arange(30_000))
    rest = {**picture.values, "epochs": 1}
    said = picture.say(**rest)
    assert said.startswith(f"Of 30,000 values, these are the newest {NEWEST:,}. One step ahead, after 0 epochs, the ")
    assert picture.at_rest(**rest).done == 0
    *_, state = picture._run(**rest)
    assert state.done == 1 and state.result.series.values.tolist() == values[-NEWEST:].tolist()
    assert "these are the newest" not in forecast_picture(values[:NEWEST]).say(**rest)


def test_a_series_is_shown_learned_where_that_does_not_take_long():
    """The cut lies at 0.8 of the values."""
    short, longer = (forecast_picture(np.sin(np.arange(SOON / 0.8 + more))) for more in (0, 2))
    rest = {**short.values, "epochs": 1}
    assert (short.at_rest(**rest).done, longer.at_rest(**rest).done) == (1, 0)


VALUES = [round(3.5 + 1.25 * (k % 7) + 0.5 * (k % 3), 2) for k in range(60)]
LARGE = [round(987 + 210.55 * (k % 13), 2) for k in range(60)]  # some in the hundreds, most in the thousands
MONTHS = [date(2000 + k // 12, k % 12 + 1, 1) for k in range(60)]
DAYS = [date(2024, 1, 1) + timedelta(7 * (k // 5) + k % 5) for k in range(60)]  # no weekends
YEARS = range(1960, 2020)


def table(*columns, by=",", head=(), foot=(), end="\n"):
    """Return a file: the lines of the head, one for each row, those of the foot."""
    rows = [by.join(map(str, fields)) for fields in zip(*columns)]
    return end.join([*head, *rows, *foot]) + end


def comma(values, thousands=""):
    """Write numbers with a decimal comma."""
    return [f"{value:,.2f}".translate(str.maketrans({",": thousands, ".": ","})) for value in values]


def grouped(values, digits=2):
    """Write numbers with commas between the thousands."""
    return [f"{value:,.{digits}f}" for value in values]


def quoted(values):
    """Write each value in quotation marks."""
    return [f'"{value}"' for value in values]


def german(text):
    """Read a number with a decimal comma, as on the page."""
    return float(text.replace(".", "").replace(",", "."))


def english(text):
    """Read a number with commas between the thousands, as on the page."""
    return float(text.replace(",", ""))


def changed(values, k, text):
    """Return the values with another in one place."""
    return [*values[:k], text, *values[k + 1:]]


def dmy(days, by="."):
    """Write days as in much of Europe."""
    return [f"{day.day:02}{by}{day.month:02}{by}{day.year}" for day in days]


def mdy(days):
    """Write days as in the United States."""
    return [f"{day.month:02}/{day.day:02}/{day.year}" for day in days]


OHLC = ("Date,Open,High,Low,Close,Volume",)
FIVE = [VALUES] * 3
COUNT = [1000 + k for k in range(60)]
DATED = dict(dtype="M8[D], f8", unpack=True)
ONE = dict(max_rows=60)  # one column, without times
TURNED = "times: got the newest first"

# What stands in the file, what is said in the line, and the values that come out, or words of why it is refused.
FILES = {
    # prices
    "Stooq, daily": (table(DAYS, *FIVE, VALUES, COUNT, head=OHLC), dict(delimiter=",", skiprows=1, usecols=(0, 4)),
                     VALUES),
    "Yahoo, adjusted": (table(DAYS, *FIVE, LARGE, VALUES, COUNT, head=["Date,Open,High,Low,Close,Adj Close,Volume"]),
                        dict(delimiter=",", skiprows=1, usecols=(0, 5)), VALUES),
    "yfinance, three lines of titles": (
        table(DAYS, VALUES, *FIVE, COUNT, head=["Price,Close,High,Low,Open,Volume", "Ticker,A,A,A,A,A", "Date,,,,,"]),
        dict(delimiter=",", skiprows=3, usecols=(0, 1)), VALUES),
    "Yahoo, a day of null": (table(DAYS, *FIVE, changed(VALUES, 7, "null"), COUNT, head=OHLC),
                             dict(delimiter=",", skiprows=1, usecols=(0, 4)), "'null' to float64 at row 7, column 5"),
    "Alpha Vantage, newest first": (table(DAYS[::-1], *FIVE, VALUES, COUNT,
                                          head=["timestamp,open,high,low,close,volume"]),
                                    dict(delimiter=",", skiprows=1, usecols=(0, 4)), TURNED),
    "Nasdaq, dollars": (table(mdy(DAYS), [f"${x}" for x in VALUES], COUNT, head=["Date,Close/Last,Volume"]),
                        dict(delimiter=",", skiprows=1, usecols=1, **ONE), "could not convert string '$3.5'"),
    "Investing.com": (table(quoted(mdy(DAYS)), quoted(grouped(LARGE)), head=['"Date","Price"']),
                      dict(delimiter=",", skiprows=1, usecols=(0, 1), quotechar='"', converters="us"), LARGE),
    "Investing.com, newest first": (table(quoted(mdy(DAYS)[::-1]), quoted(grouped(LARGE)), head=['"Date","Price"']),
                                    dict(delimiter=",", skiprows=1, usecols=(0, 1), quotechar='"', converters="us"),
                                    TURNED),
    "Investing.de": (table(quoted(dmy(DAYS)), quoted(comma(LARGE, ".")), head=['"Datum","Zuletzt"']),
                     dict(delimiter=",", skiprows=1, usecols=(0, 1), quotechar='"', converters="de"), LARGE),
    "Ariva": (table(DAYS, comma(LARGE, "."), COUNT, by=";", head=["Datum;Schlusskurs;Volumen"]),
              dict(delimiter=";", skiprows=1, usecols=(0, 1), converters={1: german}), LARGE),
    "Ariva, newest first": (table(DAYS[::-1], comma(LARGE, "."), by=";", head=["Datum;Schlusskurs"]),
                            dict(delimiter=";", skiprows=1, usecols=(0, 1), converters={1: german}), TURNED),
    "Boerse Frankfurt": (table(dmy(DAYS), comma(VALUES), by=";", head=["Datum;Schluss"]),
                         dict(delimiter=";", skiprows=1, usecols=(0, 1), converters="de"), VALUES),
    "Binance, milliseconds": (table([1.7e12 + 3.6e6 * k for k in range(60)], VALUES),
                              dict(delimiter=",", usecols=(0, 1), dtype=float), VALUES),
    "Coinbase, newest first": (table([1.7e9 - 3600 * k for k in range(60)], VALUES, head=["time,close"]),
                               dict(delimiter=",", skiprows=1, usecols=(0, 1), dtype=float), TURNED),
    "CryptoDataDownload, a line of advertising": (
        table([f"{day} 00:00:00" for day in DAYS], VALUES, head=["https://www.CryptoDataDownload.com", "date,close"]),
        dict(delimiter=",", skiprows=2, usecols=(0, 1), dtype="M8[s], f8"), VALUES),
    # statistics
    "FRED": (table(MONTHS, VALUES, head=["observation_date,UNRATE"]), dict(delimiter=",", skiprows=1), VALUES),
    "FRED, a point for a gap": (table(MONTHS, changed(VALUES, 7, "."), head=["DATE,UNRATE"]),
                                dict(delimiter=",", skiprows=1), "'.' to float64 at row 7, column 2"),
    "FRED, nothing for a gap": (table(MONTHS, changed(VALUES, 7, ""), head=["DATE,UNRATE"]),
                                dict(delimiter=",", skiprows=1), "'' to float64 at row 7, column 2"),
    "ECB": (table(MONTHS, quoted([f"{m:%Y%b}" for m in MONTHS]), quoted(VALUES), head=['"DATE","TIME PERIOD","HICP"']),
            dict(delimiter=",", skiprows=1, usecols=(0, 2), quotechar='"'), VALUES),
    "ECB, newest first": (table(MONTHS[::-1], VALUES, head=["DATE,HICP"]), dict(delimiter=",", skiprows=1), TURNED),
    "Bundesbank": (table([f"{m:%Y-%m}" for m in MONTHS], comma(VALUES), [""] * 60, by=";",
                         head=['"";BBK01.X;BBK01.X_FLAGS', "Einheit;%;", "Stand vom;01.01.2026;"]),
                   dict(delimiter=";", skiprows=3, usecols=(0, 1), converters={1: german}), VALUES),
    "Bundesbank, a dot for a gap": (table([f"{m:%Y-%m}" for m in MONTHS], changed(comma(VALUES), 7, "."), by=";"),
                                    dict(delimiter=";", converters={1: german}), "at row 7, column 2"),
    "INSEE": (table([f"{m:%Y-%m}" for m in MONTHS], comma(VALUES), ["A"] * 60, by=";",
                    head=["Libellé;Indice;", "idBank;001759970;", "Période;;"]),
              dict(delimiter=";", skiprows=3, usecols=(0, 1), converters={1: german}), VALUES),
    "INSEE, newest first": (table([f"{m:%Y-%m}" for m in MONTHS[::-1]], comma(VALUES), by=";", head=["Période;Indice"]),
                            dict(delimiter=";", skiprows=1, usecols=(0, 1), converters={1: german}), TURNED),
    "Eurostat, months with an M": (table([f"{m:%Y}M{m:%m}" for m in MONTHS], VALUES, head=["TIME,Value"]),
                                   dict(delimiter=",", skiprows=1), "'2000M01' to datetime64"),
    "Eurostat, values alone": (table([f"{m:%Y}M{m:%m}" for m in MONTHS], VALUES, head=["TIME,Value"]),
                               dict(delimiter=",", skiprows=1, usecols=1, **ONE), VALUES),
    "Eurostat, a colon for a gap": (table([f"{m:%Y-%m}" for m in MONTHS], changed(VALUES, 7, ":"), by="\t"),
                                    dict(delimiter="\t"), "':' to float64 at row 7, column 2"),
    "World Bank, a line a country": (
        '"Data Source","World Development Indicators",\n\n"Country Name","Code","Indicator","ID",'
        + ",".join(quoted(YEARS)) + ',\n"Aruba","ABW","People","SP.POP",' + ",".join(quoted(VALUES)) + ",\n",
        dict(delimiter=",", skiprows=3, max_rows=1, usecols=range(4, 64), quotechar='"'), VALUES),
    "World Bank, a gap": (
        '"Country","Code","Indicator","ID"\n"Aruba","ABW","People","SP.POP",'
        + ",".join(quoted(changed(VALUES, 59, ""))) + ",\n",
        dict(delimiter=",", skiprows=1, max_rows=1, usecols=range(4, 64), quotechar='"'), "'' to float64"),
    "Our World in Data": (table(["Chad"] * 60, ["TCD"] * 60, YEARS, VALUES, head=["Entity,Code,Year,Life"]),
                          dict(delimiter=",", skiprows=1, usecols=(2, 3), dtype=float), VALUES),
    "Our World in Data, two countries": (
        table(["Chad"] * 30 + ["Mali"] * 30, [*range(1990, 2020)] * 2, VALUES),
        dict(delimiter=",", usecols=(1, 2), dtype=float), "times[30]: got 1990.0 after 2019.0, want times that go up"),
    "OECD, values in quotes": (table(quoted([f"{m:%Y-%m}" for m in MONTHS]), quoted(VALUES), head=['"TIME","Value"']),
                               dict(delimiter=",", skiprows=1, quotechar='"'), VALUES),
    "ONS, a block of titles": (table(quoted(YEARS), quoted(VALUES), head=['"Title","CPI"', '"CDID","D7BT"',
                                                                          '"Unit",""']),
                               dict(delimiter=",", skiprows=3, quotechar='"', dtype=float), VALUES),
    "BLS, a footnote": (table(YEARS, VALUES, head=["Year,Annual"], foot=["(C) 2020 Bureau,"]),
                        dict(delimiter=",", skiprows=1, dtype=float), "'(C) 2020 Bureau' to float64 at row 60"),
    # nature
    "SILSO sunspots": (table([1700.5 + k for k in range(60)], VALUES, [-1.0] * 60, by=";"),
                       dict(delimiter=";", usecols=(0, 1), dtype=float), VALUES),
    "NOAA CO2, blanks and comments": (
        table([1958 + k // 12 for k in range(60)], [k % 12 + 1 for k in range(60)],
              [f"{1958 + k / 12:.4f}" for k in range(60)], VALUES, by="   ", head=["# CO2", "#"]),
        dict(usecols=(2, 3), dtype=float), VALUES),
    "NOAA CO2, a code for a gap": (table([f"{1958 + k / 12:.4f}" for k in range(60)], changed(VALUES, 7, -99.99),
                                         by=" "),
                                   dict(dtype=float), "values[7]: got -99.99, far from all others"),
    "NOAA PSL, -999 twice": (table(YEARS, changed(changed(VALUES, 7, -999), 9, -999.0), by=" "),
                             dict(dtype=float), "values[7] and 1 more: got -999, far from all others"),
    "NASA GISTEMP": (table(YEARS, VALUES, ["***"] * 60, head=["Land-Ocean: Global Means", "Year,J-D,D-N"]),
                     dict(delimiter=",", skiprows=2, usecols=(0, 1), dtype=float), VALUES),
    "NASA GISTEMP, stars for a gap": (table(YEARS, changed(VALUES, 59, "***"), head=["Year,J-D"]),
                                      dict(delimiter=",", skiprows=1, dtype=float), "'***' to float64 at row 59"),
    "DWD, -999": (table(["164"] * 60, [f"{day:%Y%m%d}" for day in DAYS], changed(VALUES, 7, "    -999"), by=";"),
                  dict(delimiter=";", usecols=2, **ONE), "values[7]: got -999, far from all others"),
    "DWD, days without strokes": (table([f"{day:%Y%m%d}" for day in DAYS], VALUES, by=";"),
                                  dict(delimiter=";"), "want dates such as 2026-01-31"),
    "Met Office, blanks before": (table(YEARS, VALUES, by="  ", head=["  year  ann"]), dict(skiprows=1, dtype=float),
                                  VALUES),
    "Meteostat": (table(DAYS, VALUES, [""] * 60, [""] * 60), dict(delimiter=",", usecols=(0, 1)), VALUES),
    "USGS, dates and words": (table(["USGS"] * 60, ["01646500"] * 60, DAYS, VALUES, ["A"] * 60, by="\t",
                                    head=["# a comment", "agency_cd\tsite_no\tdatetime\tx\tx_cd",
                                          "5s\t15s\t20d\t14n\t10s"]),
                              dict(delimiter="\t", skiprows=3, usecols=(2, 3)), VALUES),
    "a logger, hours": (table([f"2026-01-{k // 24 + 1:02}T{k % 24:02}:00:00" for k in range(60)], VALUES),
                        dict(delimiter=",", dtype="M8[s], f8"), VALUES),
    "a logger, hours read as days": (table([f"2026-01-{k // 24 + 1:02}T{k % 24:02}:00:00" for k in range(60)], VALUES),
                                     dict(delimiter=","),
                                     "times[1]: got 2026-01-01 after 2026-01-01"),
    # spreadsheets and programs
    "Excel, sep=;": (table(MONTHS, comma(VALUES), by=";", head=["sep=;", "Monat;Heizung"]),
                     dict(delimiter=";", skiprows=2, converters={1: german}), VALUES),
    "Excel, a byte order mark and Windows line ends": (
        ("\ufeff" + table(VALUES, end="\r\n")).encode(), dict(ONE), VALUES),
    "Excel, tabs in UTF-16": (table(MONTHS, VALUES, by="\t").encode("utf-16"), dict(delimiter="\t"),
                              "codec can't decode"),
    "Excel, #N/A beside a date": (table(MONTHS, changed(VALUES, 7, "#N/A")), dict(delimiter=","),
                                  "'' to float64 at row 7"),
    "Excel, one column with #N/A": (table(changed(VALUES, 7, "#N/A")), dict(ONE), "contained no data"),
    "Excel, one column with an empty line": (table(changed(VALUES, 7, "")), dict(ONE), "contained no data"),
    "Excel, a last line Total": (table(MONTHS, VALUES, foot=["Total,514.75"]), dict(delimiter=","),
                                 "'Total' to datetime64[D] at row 60"),
    "Excel, Total left out": (table(MONTHS, VALUES, foot=["Total,514.75"]), dict(delimiter=",", max_rows=60), VALUES),
    "Excel, percent": (table([f"{x}%" for x in VALUES]), dict(ONE), "'3.5%' to float64"),
    "LibreOffice, German thousands beside hundreds": (
        table(MONTHS, [f"{x:,.0f}".replace(",", ".") for x in LARGE], by=";"),
        dict(delimiter=";", converters={1: german}), [float(f"{x:.0f}") for x in LARGE]),
    "Numbers, thousands in quotes": (table(MONTHS, quoted(grouped(LARGE, 0))),
                                     dict(delimiter=",", quotechar='"', converters={1: english}),
                                     [float(f"{x:.0f}") for x in LARGE]),
    "thousands by commas in one column": (table(grouped(LARGE)), dict(ONE), "'1,197.55' to float64"),
    "thousands by commas, converted": (table(grouped(LARGE)), dict(ONE, converters=english), LARGE),
    "pandas, no name": (table(range(60), VALUES, head=[",0"]), dict(delimiter=",", skiprows=1, dtype=float), VALUES),
    "pandas, the header 2020 read as a value": (table(["", *range(60)], [2020, *VALUES]), dict(delimiter=",",
                                                                                               dtype=float),
                                                "'' to float64 at row 0, column 1"),
    "pandas, a gap": (table(MONTHS, changed(VALUES, 7, "NaN")), dict(delimiter=","),
                      "values[7]: got nan, which is no number"),
    "R, row names in quotes": (table(quoted(range(1, 61)), VALUES, head=['"","x"']),
                               dict(delimiter=",", skiprows=1, quotechar='"', dtype=float), VALUES),
    "R, NA": (table(quoted(range(1, 61)), changed(VALUES, 7, "NA"), head=['"","x"']),
              dict(delimiter=",", skiprows=1, quotechar='"', dtype=float), "'NA' to float64 at row 7, column 2"),
    "SAP, a minus behind": (table(MONTHS, changed(comma(VALUES), 7, "3,50-"), by=";"),
                            dict(delimiter=";", converters={1: german}), "at row 7, column 2"),
    "Google Trends": (table(MONTHS, VALUES, head=["Category: All categories", "", "Month,lstm: (Worldwide)"]),
                      dict(delimiter=",", skiprows=3), VALUES),
    "Google Trends, <1": (table(MONTHS, changed(VALUES, 7, "<1")), dict(delimiter=","), "'<1' to float64 at row 7"),
    "a month left out": (table(MONTHS[:30] + MONTHS[31:], VALUES), dict(delimiter=","), "times[30]: got 2002-08-01"),
    "a year left out": (table([*range(1959, 1989), *range(1990, 2020)], VALUES), dict(delimiter=",", dtype=float),
                        "times[30]: got 1990.0 after 1988.0, want equal steps"),
    "two columns read at once": (table(VALUES, LARGE, by=" "), dict(max_rows=60),
                                 "values: got a table of 60 lines and 2"),
}
CONVERTERS = {"us": {0: lambda text: "{2}-{0}-{1}".format(*text.split("/")), 1: english},
              "de": {0: lambda text: "-".join(text.split(".")[::-1]), 1: german}}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_rightly_or_refused_in_a_true_sentence(name, tmp_path):
    content, line, wanted = FILES[name]
    file = tmp_path / "your_file.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    if isinstance(line.get("converters"), str):
        line = {**line, "converters": CONVERTERS[line["converters"]]}
    with_times = "max_rows" not in line or "delimiter" in line and line["max_rows"] == 60 and "usecols" not in line
    line = {**(DATED if with_times else {}), **line, "encoding": "utf-8-sig"}
    try:
        read = np.loadtxt(file, **line)
        series = own_series(*(reversed(read) if with_times else [read]))  # as the picture takes them
    except (ValueError, UserWarning) as refused:  # a warning is seen on a page, and here it is an error
        assert isinstance(wanted, str) and wanted in str(refused), refused
    else:
        assert series.values.tolist() == wanted


def test_there_are_files_of_many_kinds():
    assert len(FILES) >= 60


def test_the_page_explains_all_that_the_files_need():
    """What the lines above say stands on the page, letter by letter."""
    page = (NOTEBOOKS / "11_real_series.ipynb").read_text(encoding="utf-8").replace('\\"', '"').replace("\\\\", "\\")
    for words in ('number = lambda text: float(text.replace(".", "").replace(",", "."))', 'encoding="utf-8-sig"',
                  'number = lambda text: float(text.replace(",", ""))', 'dtype="M8[D], f8"', 'dtype="M8[s], f8"',
                  'converters={0: lambda text: "-".join(text.split(".")[::-1])}', "usecols=range(4, 64)", "max_rows=1",
                  'converters={0: lambda text: "{2}-{0}-{1}".format(*text.split("/"))}', "dtype=float", "skiprows=1",
                  """quotechar='"'""", 'delimiter=";"', 'delimiter=","', '`"\\t"`', "unpack=True"):
        assert words in page, words
