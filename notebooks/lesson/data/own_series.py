"""A series of one's own: what a learner has becomes a Series, or one sentence says what was given and what to do."""
from typing import NamedTuple

import numpy as np

from lstm_core import LARGEST

FEWEST = 50  # numbers that a series needs: after a split, some are left to judge by
LONG_STEP = 1.5  # of the usual ones: a longer one is a gap
CLOSED = 14  # days: markets and offices close at weekends and on holidays, and no longer
YEAR = 365.2425  # days


class Unfit(ValueError):
    """What cannot be a series; Jupyter shows its sentence alone, without the lines of code that it came from."""

    def _render_traceback_(self):
        return [str(self)]


class Series(NamedTuple):
    """Numbers in equal steps of time: times and values are float arrays (n,); unit, clock: what these two count."""
    name: str
    times: np.ndarray
    values: np.ndarray
    unit: str = ""
    clock: str = "time"


def own_series(values, times=None):
    """Return the Series in what a learner has.

    values: a list, an array, a pandas Series, or a Series as it is: at least 50 finite numbers, oldest first.
    times: numbers or dates, one for each value, in equal steps but for days on which nothing is open; left out, they
    are a pandas Series' own dates or numbers, or 1, 2, 3 ...
    Unfit, a ValueError, says what does not fit.
    """
    if isinstance(values, Series):
        return values
    name = "your series"
    if hasattr(values, "index") and hasattr(values, "to_numpy"):  # as pandas' do; a list has an index too
        times = _plain(values.index) if times is None else times
        name = str(getattr(values, "name", None) or name)
    numbers = _numbers(values)
    if times is None:
        return Series(name, np.arange(1.0, len(numbers) + 1), numbers)
    times, clock = _times(times, len(numbers))
    return Series(name, times, numbers, clock=clock)


def _plain(index):
    """Return a pandas index as NumPy can read it: of a time zone, the wall clock; of periods, their beginnings."""
    if getattr(index, "tz", None) is not None:
        return index.tz_localize(None)
    return index.to_timestamp() if hasattr(index, "to_timestamp") else index


# ------------------------------------------------------------------------------------------------------- the values

def _numbers(values):
    """Return the values as floats (n,)."""
    masked = np.ma.getmaskarray(values) if np.ma.isMaskedArray(values) else False
    array = _array("values", values)
    if array.dtype.names:
        raise Unfit(f"values: got records of {' and '.join(array.dtype.names)}, want one of these columns, as in "
                    f"values[{array.dtype.names[-1]!r}]")
    if array.ndim == 2:
        raise Unfit(f"values: got a table of {len(array)} lines and {array.shape[1]} columns, want one of its columns, "
                    "as in table[:, 0], or with pandas table[\"price\"]")
    if array.ndim != 1:
        raise Unfit(f"values: got {_short(values)}, want a row of numbers, as np.loadtxt reads them from a file")
    if len(array) < FEWEST:
        raise Unfit(f"values: got {len(array)}, want at least {FEWEST} numbers")
    if array.dtype.kind == "O":
        array = _from_objects(array)
    if array.dtype.kind not in "iuf":
        raise Unfit(f"values: got {_short(array[0])} as the first, want numbers, as np.loadtxt reads them from a file")
    array = array.astype(float)
    _no_gaps(array, masked, "masked")
    _no_gaps(array, np.isnan(array), "nan, which is no number")
    if np.any(large := np.abs(array) > LARGEST):
        raise Unfit(f"values[{large.argmax()}]: got {array[large][0]:g}, want a number between {-LARGEST:g} and "
                    f"{LARGEST:g}")
    _no_gaps(array, *_code_of_a_gap(array))
    return array


def _array(name, given):
    """Return what was given as an array, as NumPy sees it."""
    try:
        return np.asarray(given)
    except Exception:  # what a learner's object does is not ours to know
        raise Unfit(f"{name}: got {_short(given)}, want a row, one after the other") from None


def _from_objects(array):
    """Return Python's and pandas' own numbers as floats, and NaN for what they write where there is none."""
    found = []
    for k, value in enumerate(array):
        missing = value is None or str(value) in ("<NA>", "NaT")
        try:
            if isinstance(value, (str, bytes)):
                raise ValueError
            found.append(np.nan if missing else float(value))
        except (TypeError, ValueError):
            raise Unfit(f"values[{k}]: got {_short(value)}, want a number") from None
    return np.array(found)


def _no_gaps(array, gone, what):
    """Raise Unfit where values are gone, and say which part of the row is the longest without a gap."""
    places = np.flatnonzero(gone)
    if len(places):
        edges = np.array([-1, *places, len(array)])
        k = np.diff(edges).argmax()
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        raise Unfit(f"values[{places[0]}]{more}: got {what}; fill the gaps, or keep the longest part without one, "
                    f"values[{edges[k] + 1}:{edges[k + 1]}]")


def _code_of_a_gap(array):
    """Return where a number made of nines lies farther from all others than they lie apart, and what to say of it."""
    for code in {array.min(), array.max()}:
        rest = array[array != code]
        if set(f"{abs(code):.6f}".rstrip("0").replace(".", "")) == {"9"} and abs(code) > 9 and len(rest):
            if np.abs(rest - code).min() > np.ptp(rest):
                return array == code, f"{code:g}, far from all others, as many files write a gap"
    return False, ""


# -------------------------------------------------------------------------------------------------------- the times

def _times(given, n):
    """Return the times as floats (n,) and what they count; Unfit unless they go up in equal steps."""
    array = _array("times", given)
    if array.ndim != 1 or len(array) != n:
        got = len(array) if array.ndim == 1 else _short(given)
        raise Unfit(f"times: got {got}, want {n}, one for each value")
    dates = array.dtype.kind not in "iuf"
    if dates:
        array = _dates(array)
        first, last = (int(str(time).rpartition("-")[0].rpartition("-")[0]) for time in (array.min(), array.max()))
        if not 0 < first <= last < 10_000:
            raise Unfit(f"times: got the year {first if first <= 0 else last}, want dates such as 2026-01-31")
        days = (array - array[0]) / np.timedelta64(1, "D")
    else:
        days = array.astype(float)
    _in_order(array, days, daily=dates)
    if not dates:
        return days, "time"
    if days[-1] < 2 * YEAR:
        return days, f"days since {str(array[0])[:10]}"
    return 1970 + (array - np.datetime64("1970-01-01")) / np.timedelta64(1, "D") / YEAR, "year"


def _dates(array):
    """Return dates of NumPy, pandas, Python or text such as 2026-01-31, in seconds."""
    try:
        dates = array.astype("M8[s]")
    except (TypeError, ValueError):
        raise Unfit(f"times: got {_short(array[0])} as the first, want numbers, or dates such as 2026-01-31; or leave "
                    "them out, with pandas by values.to_numpy()") from None
    if np.any(none := np.isnat(dates)):
        raise Unfit(f"times[{none.argmax()}]: got no date, want one for each value")
    return dates


def _in_order(array, days, daily):
    """Raise Unfit unless the times go up in equal steps; daily: they are dates, and nobody works every day."""
    if not np.all(np.isfinite(days)):
        raise Unfit(f"times[{np.isfinite(days).argmin()}]: got no finite number, want one for each value")
    steps = np.diff(days)
    if np.all(steps < 0):
        raise Unfit(f"times: got the newest first, {_when(array[0])}, want the oldest first: turn both round, "
                    "values[::-1] and times[::-1]")
    if np.any(steps <= 0):
        k = int((steps <= 0).argmax())
        raise Unfit(f"times[{k + 1}]: got {_when(array[k + 1])} after {_when(array[k])}, want times that go up")
    usual = float(np.median(steps))
    allowed = CLOSED if daily and usual <= 1 else LONG_STEP * usual
    if steps.max() > allowed:
        k = int((steps > allowed).argmax())
        raise Unfit(f"times[{k + 1}]: got {_when(array[k + 1])} after {_when(array[k])}, want equal steps: fill the "
                    "gap, keep the longest part without one, or leave the times out if only the order counts")


def _when(time):
    """Write a time; of a whole day, its date."""
    return str(time).removesuffix("T00:00:00")


def _short(thing):
    """Write a thing so that it fits into a sentence."""
    text = " ".join(repr(thing if not isinstance(thing, np.generic) else thing.item()).split())
    return text if len(text) <= 40 else f"{text[:37]}..."
