"""Real series: the numbers, an honest split in time, and the baselines that a forecast has to beat.

A forecast is made at a moment: it may use what lies before its first target, and nothing else.  So a series is cut in
time, everything that is fitted is fitted before the cut, and everything that is judged is judged after it.
"""
import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.cbook import get_sample_data

from lstm_core import LARGEST

from .own_series import Series

# ------------------------------------------------------------------------------------------ the series of the course

def sunspots():
    """Return the yearly sunspot numbers, 1700 to 2008: 309 values, times in years."""
    file = Path(__file__).with_name("sunspots.csv")
    years, spots = np.loadtxt(file, delimiter=",", skiprows=6, unpack=True)  # five lines of its source, one of titles
    return Series("sunspots", years, spots, "sunspot number", "year")


def companies():
    """Return the names of the companies and indices that have prices, such as 'IBM'."""
    return tuple(_stocks()[0][1:])


def prices(company):
    """Return a company's monthly prices up to June 2022, times in years; ValueError if there is none of that name.

    A price is the close of the month, adjusted for splits and dividends, in US dollars (an index: in points).
    """
    header, *rows = _stocks()
    if company not in header[1:]:
        raise ValueError(f"company: got {company!r}, want one of {', '.join(header[1:])}")
    column = header.index(company)
    # Blanks stand before a company was listed.  Rows inside a month are empty, but for the last, which repeats June.
    months = [(row[0], float(row[column])) for row in rows if row[0].endswith("-01") and row[column]]
    times = [int(date[:4]) + (int(date[5:7]) - 1) / 12 for date, _ in months]
    return Series(company, np.array(times), np.array([price for _, price in months]), "adjusted close", "year")


def _stocks():
    """Return the rows of the prices that matplotlib ships, the header first."""
    with get_sample_data("Stocks.csv") as file:
        return list(csv.reader(line for line in file if not line.startswith("#")))


def returns(series):
    """Return the changes of a series' logarithm from each time to the next: n - 1 values, 0 for a price that stays.

    ValueError if a value is not above 0.
    """
    if not np.all(series.values > 0):
        raise ValueError(f"series: got a value of {np.min(series.values):g}, want values above 0: a return is a ratio")
    return Series(f"returns of {series.name}", series.times[1:], np.diff(np.log(series.values)), "log return",
                  series.clock)


# ------------------------------------------------------------------------------------------- an honest split in time

class Split(NamedTuple):
    """Where a series is cut in time, and the scale that the values before the cut set."""
    cut: int
    mean: float
    sd: float

    def scaled(self, values):
        """Return values in standard deviations from the mean; any shape."""
        return (values - self.mean) / self.sd

    def unscaled(self, scaled):
        """Return scaled values in the unit of the series; any shape."""
        return scaled * self.sd + self.mean


class Windows(NamedTuple):
    """Examples side by side: inputs (length, 1, B), oldest first; targets (horizon, B); where each first target is."""
    inputs: np.ndarray
    targets: np.ndarray
    starts: np.ndarray


def split_in_time(values, share=0.8):
    """Return the Split after that share of the values; the rest is the test part, and has no say in the scale.

    values: (n,); ValueError if a part is empty, or the training part constant: then nothing can be scaled.
    """
    values = _series(values)
    cut = int(share * len(values)) if 0 < share < 1 else 0
    if cut < 1:
        raise ValueError(f"share: got {share!r}, want a number between 0 and 1 that leaves values on both sides")
    train = values[:cut]
    if np.all(train == train[0]):
        raise ValueError(f"values: got {train[0]:g} throughout the training part, want values that change")
    return Split(cut, float(train.mean()), float(train.std()))


def windows(values, cut, length, horizon=1, leak=False):
    """Return the Windows of the training part and those of the test part.

    A window holds the `length` values right before its targets, the next `horizon` values.  All targets of a training
    window lie before the cut, and all of a test window from the cut on; the few that straddle it are left out.  What a
    test window looks back on may lie before the cut: it is known by then.
    leak: make the look-ahead mistake.  Each window ends one value too late, on the first of its own targets.
    ValueError if a part has no window.
    """
    values = _series(values)
    length, horizon = _whole("length", length), _whole("horizon", horizon)
    if length + horizon > cut or horizon > len(values) - cut:
        raise ValueError(f"length, horizon: got {length} and {horizon}, want together at most the {cut} values before "
                         f"the cut, and a horizon of at most the {len(values) - cut} after it")
    starts = np.arange(length, len(values) - horizon + 1)
    last = starts if leak else starts - 1
    inputs = values[last - np.arange(length)[::-1, np.newaxis]][:, np.newaxis]
    targets = values[starts + np.arange(horizon)[:, np.newaxis]]
    parts = starts + horizon <= cut, starts >= cut
    train, test = (Windows(inputs[:, :, part], targets[:, part], starts[part]) for part in parts)
    return train, test


def _series(values):
    """Return values as a float array; ValueError unless they are a row of finite numbers."""
    array = np.asarray(values)
    if array.ndim != 1 or array.dtype.kind not in "iuf" or not np.all(np.abs(array) <= LARGEST):
        raise ValueError(f"values: got {values!r}, want a row of finite numbers")
    return array.astype(float)


def _whole(name, value):
    """Return a whole number; ValueError naming the argument if it is none, or below 1."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name}: got {value!r}, want a whole number from 1 up")
    return int(value)


def whole_period(period, cut):
    """Return a period as a whole number; ValueError unless it is one, and fits twice into the values before the cut."""
    number = isinstance(period, (int, float, np.integer, np.floating)) and not isinstance(period, bool)
    if not number or not 2 <= period < np.inf or period != int(period):
        raise ValueError(f"period: got {period!r}, want a whole number of steps from 2 up, such as 12")
    if period > cut // 2:
        raise ValueError(f"period: got {int(period)}, too long for this series: want at most {cut // 2}, half of the "
                         f"{cut} values before the cut")
    return int(period)


# ------------------------------------------------------------------ baselines: (length, 1, B) in, (horizon, B) out

def persistence(inputs, horizon):
    """Forecast that nothing changes: the last value of each window, `horizon` times."""
    return seasonal_persistence(inputs, horizon, 1)


def seasonal_persistence(inputs, horizon, period):
    """Forecast that each value is the one a period earlier; ValueError if the windows are shorter than the period."""
    horizon, period = _whole("horizon", horizon), _whole("period", period)
    if period > len(inputs):
        raise ValueError(f"period: got {period}, want at most the length of the windows, {len(inputs)}")
    return inputs[len(inputs) - period + np.arange(horizon) % period, 0]


def fit_autoregression(train):
    """Return the autoregression that fits training windows best, in squares of the first step: (1 + length,).

    The constant first, then a coefficient for each value of a window, oldest first: the length is the order.
    ValueError if there are fewer windows than coefficients.
    """
    order, _, examples = train.inputs.shape
    if examples <= order:
        raise ValueError(f"train: got {examples} windows, want at least {order + 1}, one for each coefficient")
    design = np.vstack([np.ones(examples), train.inputs[:, 0]]).T
    return np.linalg.lstsq(design, train.targets[0], rcond=None)[0]


def autoregression(coefficients, inputs, horizon):
    """Forecast with a fitted autoregression; beyond one step, each forecast is put in as the newest value."""
    window, forecast = inputs[:, 0], []
    if len(window) != len(coefficients) - 1:
        raise ValueError(f"inputs: got windows of {len(window)}, want {len(coefficients) - 1}, the order of the fit")
    for _ in range(_whole("horizon", horizon)):
        forecast.append(coefficients[0] + coefficients[1:] @ window)
        window = np.vstack([window[1:], forecast[-1]])
    return np.array(forecast)


def rmse(forecast, targets):
    """Return the root of the mean squared error, one number in the unit of the targets: any shape, twice the same."""
    if np.shape(forecast) != np.shape(targets):
        raise ValueError(f"forecast: got shape {np.shape(forecast)}, want the targets' shape {np.shape(targets)}")
    return float(np.sqrt(np.mean(np.square(forecast - targets))))


def skill(error, reference):
    """Return what share of the reference's error is gone: 1 = perfect, 0 = no better than it, below 0 = worse."""
    if not reference > 0:
        raise ValueError(f"reference: got {reference!r}, want an error above 0: nothing beats a perfect forecast")
    return 1 - error / reference
