"""The real series: what they hold, that no future value reaches a forecast, baselines, and files of every kind.

Whether the future leaks is tried by changing it: what was fitted or put into a window must stay the same to the bit.
"""
import re

import numpy as np
import pytest

from lesson.data.series import (autoregression, companies, fit_autoregression, persistence, prices, read_csv, returns,
                                rmse, seasonal_persistence, skill, split_in_time, sunspots, windows)

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


# ---------------------------------------------------------------------------------------------- files that can be read

NUMBERS = [round(3.5 + 1.25 * (k % 7) + 0.5 * (k % 3), 2) for k in range(60)]
POINT = [f"{x:.2f}" for x in NUMBERS]
COMMA = [text.replace(".", ",") for text in POINT]
YEARS = list(range(1900, 1960))
DATES = [f"{2000 + k // 12}-{k % 12 + 1:02}-01" for k in range(60)]


def join(*columns, by=",", end="\n", header=None):
    """Return the columns as text, a line for each number."""
    lines = [by.join(map(str, fields)) for fields in zip(*columns)]
    return end.join([header] * (header is not None) + lines) + end


# What stands in the file, and the name and first time that must come out.
GOOD_FILES = {
    "one column": (join(POINT), "your series", 1),
    "a header": (join(POINT, header="rain"), "rain", 1),
    "a quoted header with a comma": (join(COMMA, header='"rain, in mm"'), "rain, in mm", 1),
    "no line end at the end": (join(POINT).rstrip(), "your series", 1),
    "Windows line ends": (join(POINT, header="rain", end="\r\n"), "rain", 1),
    "old Mac line ends": (join(POINT, end="\r"), "your series", 1),
    "line ends doubled by Windows": (join(POINT, end="\r\r\n"), "your series", 1),
    "blank lines around": ("\n\n" + join(POINT) + "\n \n", "your series", 1),
    "blank lines below the header": ("rain\n\n\n" + join(POINT), "rain", 1),
    "comments": ("# from the attic\n" + join(POINT), "your series", 1),
    "decimal commas": (join(COMMA), "your series", 1),
    "decimal commas and a header": (join(COMMA, header="Regen"), "Regen", 1),
    "decimal commas, semicolons, dates": (join(DATES, COMMA, by=";", header="Datum;Regen"), "Regen", 1),
    "decimal commas, tabs, years": (join(YEARS, COMMA, by="\t"), "your series", 1900),
    "decimal commas in quotes": (join(DATES, [f'"{x}"' for x in COMMA]), "your series", 1),
    "quotes": (join([f'"{x}"' for x in POINT], header='"rain"'), "rain", 1),
    "dates": (join(DATES, POINT, header="date,rain"), "rain", 1),
    "dates and times": (join([f"{d} 00:00:00" for d in DATES], POINT), "your series", 1),
    "years": (join(YEARS, POINT, header="year,rain"), "rain", 1900),
    "years and blanks": (join(YEARS, POINT, by="   "), "your series", 1900),
    "row numbers from 0": (join(range(60), POINT, header=",rain"), "rain", 0),
    "blanks in the lines": (join([f"  {x} " for x in POINT]), "your series", 1),
    "a mark of byte order": ("\ufeff" + join(POINT), "your series", 1),
    "powers of ten": (join([f"{x:e}" for x in NUMBERS]), "your series", 1),
}


@pytest.mark.parametrize("name", GOOD_FILES)
def test_a_good_file_is_read_from_text_bytes_and_path(name, tmp_path):
    text, title, start = GOOD_FILES[name]
    data = text.encode()
    path = tmp_path / "own.csv"
    path.write_bytes(data)
    for source in (text, data, memoryview(data), path, str(path)):
        series = read_csv(source)
        assert series.values.tolist() == NUMBERS
        assert series.times.tolist() == list(range(start, start + 60)) and series.name == title


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_a_header_in_any_usual_coding_is_read(coding):
    series = read_csv(join(POINT, header="Höhe").encode(coding))
    assert series.values.tolist() == NUMBERS and series.name == "Höhe"


def test_signs_and_whole_numbers_are_read():
    texts = ["-1", "+2", "\N{MINUS SIGN}3", ".5", "5.", "-,5".replace(",", "."), "0", "1E3", "007", "1e100"]
    series = read_csv(join(texts * 5))
    assert series.values.tolist() == [-1, 2, -3, 0.5, 5, -0.5, 0, 1000, 7, 1e100] * 5


def test_whole_numbers_after_years_are_no_decimals():
    assert read_csv(join(YEARS, range(60))).values.tolist() == list(range(60))


def test_three_digits_after_a_comma_are_decimals_where_another_number_says_so():
    assert read_csv(join(["1,234", "0,5"] * 30)).values.tolist() == [1.234, 0.5] * 30
    assert read_csv(join(["0,234", "1,234"] * 30)).values.tolist() == [0.234, 1.234] * 30


def test_commas_that_separate_no_columns_are_decimals():
    for two in (["0,25", "1,5"], ["0,50", "1,25"], ["0,50", "7"], ["0,50", "1,5", "7"]):
        values = [float(text.replace(",", ".")) for text in two]
        assert read_csv(join(two * 30)).values.tolist() == values * 30
    places = [f"Bonn, {k}" for k in range(60)]
    assert read_csv(join(places, COMMA, by=";")).values.tolist() == NUMBERS


# ------------------------------------------------------------------------------------------- files that cannot be read

def changed(k, line, lines=None):
    """Return the good column with another text in line k."""
    lines = list(lines or POINT)
    lines[k - 1] = line
    return join(lines)


# What stands in the file, and words that the message must hold: the line, what stands there, what is wanted.
BAD_FILES = {
    "empty": (b"", "file: got no line with a number, want at least 50 numbers"),
    "only blanks": ("\n \n\n", "file: got no line with a number"),
    "only comments": ("# one\n# two\n", "file: got no line with a number"),
    "only a header": ("rain\n", "line 1: got 'rain', want at least 50 numbers below it"),
    "text in the middle": (changed(7, "much"), "line 7: got 'much', want a number"),
    "text in the middle, after comments": ("# one\n\n" + changed(7, "much"), "line 9: got 'much', want a number"),
    "a unit": (changed(7, "3.5 mm"), "line 7: got '3.5 mm', want a number"),
    "a unit in the first line": (changed(1, "3.5 mm"), "line 1: got 'mm', want a number"),
    "a percentage": (changed(7, "3.5%"), "line 7: got '3.5%', want a number"),
    "two headers": ("rain\nmm\n" + join(POINT), "line 2: got 'mm', want a number"),
    "prose": ("Dear all,\nhere are the numbers.\n", "line 2: got 'here are the numbers.', want one number"),
    "a gap": (changed(7, ""), "line 7: got '', want a number: fill the gap"),
    "a gap after a date": (changed(7, "x;", [f"x;{x}" for x in POINT]), "line 7: got '', want a number: fill the gap"),
    "a gap in the first line": (changed(1, "NA"), "line 1: got 'NA', want a number: fill the gap"),
    "a dash for a gap": (changed(7, "-"), "line 7: got '-', want a number: fill the gap"),
    "a missing value of Excel": (changed(7, "#N/A"), "line 7: got '#N/A', want a number"),
    "not a number": (changed(7, "NaN"), "line 7: got 'NaN', want a number: fill the gap"),
    "infinite": (changed(7, "-inf"), "line 7: got '-inf', want a number between -1e+100 and 1e+100"),
    "too large": (changed(7, "1.1e100"), "line 7: got '1.1e100', want a number between -1e+100 and 1e+100"),
    "far too large": (changed(7, "1e999"), "line 7: got '1e999', want a number between"),
    "two columns": (join(POINT, POINT), "line 1: got '3.50,3.50', want one column of numbers; one before it may"),
    "two columns, semicolons": (join(COMMA, POINT, by=";", header="a;b"), "line 2: got '3,50;3.50', want one column"),
    "two columns, tabs": (join(POINT, POINT, by="\t"), "line 1: got '3.50\\t3.50', want one column of numbers"),
    "two columns of whole numbers": (join([3, 5] * 30, [4, 6] * 30, header="a,b"), "line 2: got '3,4', want one col"),
    "two columns of whole numbers, no header": (
        join([3, 5] * 30, range(60)), "line 1: got '3,0', want one column of numbers"),
    "a year left out": (join(YEARS[:30] + YEARS[31:], POINT), "line 1: got '1900,3.50', want one column of numbers"),
    "three columns": (join(YEARS, POINT, POINT), "line 1: got '1900,3.50,3.50', want one number in every line"),
    "all in one line": (join(POINT, end=";"), "line 1: got '3.50;5.25;"),
    "all in one long line": (join(POINT * 9, end=";"), "want one number in every line"),
    "a line of a megabyte": (changed(7, "x" * 2 ** 20), "line 7: got 'xxxxxxx"),
    "a line too short": (changed(7, "3.5", [f"a;{x}" for x in POINT]), "line 7: got '3.5', want one number in every"),
    "a line too long": (changed(7, "a;3.5;1", [f"a;{x}" for x in POINT]), "line 7: got 'a;3.5;1', want one number"),
    "a column that comes late": (changed(7, "3.5;1"), "line 7: got '3.5;1', want one number in every line"),
    "thousands by commas": (join(["12,345.6"] * 60), "line 1: got '12,345.6', want a number without thousands"),
    "thousands by points": (changed(7, "1.234,50", COMMA), "line 7: got '1.234,50', want a number without thousands"),
    "thousands by points, first": (changed(1, "1.234,50", COMMA), "line 1: got '1.234,50', want a number without"),
    "thousands by apostrophes": (changed(7, "1'234"), "line 7: got \"1'234\", want a number without thousands"),
    "thousands or decimals": (join(["987", "1,234", "2,345"] * 20), "line 2: got '1,234', want 1234 or 1.234"),
    "thousands or decimals, dates": (join(DATES, ["1,234"] * 60, by=";"), "line 1: got '1,234', want 1234 or 1.234"),
    "point and comma": (changed(7, "3,5"), "line 7: got '3,5', want the decimal mark of line 1, '3.50', everywhere"),
    "comma and point": (changed(7, "3.5", COMMA), "line 7: got '3.5', want the decimal mark of line 1, '3,50', every"),
    "dates, blanks and decimal commas": (join(DATES, COMMA, by=" "), "line 1: got '2000-01-01 3,50', want a semicolon"),
    "a spreadsheet": (b"PK\x03\x04\x14\x00", "file: got a spreadsheet such as Excel's, or a zip archive, want text"),
    "an old spreadsheet": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file: got a spreadsheet such as Excel's"),
    "a web page": ("\n<!DOCTYPE html>\n<html>\n", "line 1: got '<', the beginning of a web page, want numbers"),
    "an image": (b"\x89PNG\r\n\x1a\n\x00\x00", "line 2: got the control character '\\x1a', want a text file"),
    "bytes of any kind": (bytes(range(256)), "line 1: got the control character '\\x00', want a text file"),
    "cut UTF-16": (b"\xff\xfe5", "line 1: got 'ÿþ5', want at least 50 numbers below it"),
    "too few": (join(POINT[:49], header="rain"), "lines 2 to 50: got 49 numbers, want at least 50"),
    "always the same": (join(["0.1"] * 60), "lines 1 to 60: got 0.1 in every line, want numbers that change"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_in_one_sentence_that_names_the_line(name, tmp_path):
    content, words = BAD_FILES[name]
    data = content if isinstance(content, bytes) else content.encode()
    path = tmp_path / "own.csv"
    path.write_bytes(data)
    for source in (data, path, str(path), *([content] if isinstance(content, str) else [])):
        if isinstance(source, str) and "\n" not in source and source != str(path):
            continue  # a string of one line is a path
        with pytest.raises(ValueError) as refused:
            read_csv(source)
        message = str(refused.value)
        assert words in message, message
        assert re.match(r"(file|lines? \d+.*): got ", message) and ", want " in message or "want" in words
        assert len(message) < 200 and "\n" not in message


def test_a_file_that_is_not_there_is_refused_with_the_folder_that_was_looked_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for missing in ("own.csv", tmp_path / "own.csv", "3.5;4.5"):
        with pytest.raises(ValueError) as refused:
            read_csv(missing)
        assert str(refused.value) == f"file: got {str(missing)!r}, want a file that exists; looked in {tmp_path}"


@pytest.mark.parametrize("bad", ["", ".", None, 3, 3.5, [1.0, 2.0], "a\0b", "x" * 5000])
def test_what_is_no_file_is_refused(bad):
    with pytest.raises(ValueError, match="^file: got .*, want a file that"):
        read_csv(bad)
