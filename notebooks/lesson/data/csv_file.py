"""A series in a file: one column of numbers, however the spreadsheet wrote it, or the line that cannot be read."""
import csv
import math
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lstm_core import LARGEST

FEWEST = 50  # numbers that a series needs: after a split, some are left to judge by

_LINE_END = re.compile(r"\r*\n|\r")
_NUMBER = re.compile(r"[+-]?(\d+\.?|\d*[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,' \N{NO-BREAK SPACE}]\d{3})+([.,]\d+)?", re.ASCII)
_TWO_WAYS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_NO_VALUE = {"", "-", "--", "?", ".", "na", "n/a", "#n/a", "nan", "null", "none", "nil"}
_INFINITE = {"inf", "infinity", "+inf", "-inf", "+infinity", "-infinity"}


class Unreadable(ValueError):
    """A file that cannot be read; Jupyter shows its sentence alone, without the lines of code that it came from."""

    def _render_traceback_(self):
        return [str(self)]


class Series(NamedTuple):
    """Numbers in equal steps of time: times and values are float arrays (n,); unit says what the values count."""
    name: str
    times: np.ndarray
    values: np.ndarray
    unit: str = ""


def read_csv(source):
    """Return the Series in a file with one column of numbers; Unreadable, a ValueError, names the line that is no good.

    source: a path, or what stands in the file (bytes, or a string of several lines); UTF-8, UTF-16 or Latin-1.
    The first line may be a header.  A column before the numbers may hold dates or names, which are left out, or count
    up by one, as years do: then it holds the times, which are otherwise 1, 2, 3 ...  Columns are separated by
    semicolons, tabs, commas or blanks; the decimal mark is a point or a comma.  Lines that begin with # and a blank are
    comments.
    """
    try:
        return _series(source)
    except ValueError as problem:
        raise Unreadable(str(problem)) from None


def _series(source):
    """Return the Series in a file; ValueError in the words that the learner is to read."""
    lines = {k: line.strip() for k, line in enumerate(_LINE_END.split(_text(source)), 1)}
    lines = {k: line for k, line in lines.items() if line != "#" and not line.startswith("# ")}
    filled = [k for k, line in lines.items() if line]
    if not filled:
        raise ValueError(f"file: got no line with a number, want at least {FEWEST} numbers")
    return _checked(_one_reading({k: line for k, line in lines.items() if filled[0] <= k <= filled[-1]}))


class _Reading(NamedTuple):
    """What the lines say with one separator: numbers by line and what the first column counts, or a problem."""
    name: str = ""
    values: dict = {}
    times: list = []
    problem: str = ""
    reached: float = 0  # the line of the problem; infinite if it is sure that this is how to read the file


class _Stop(Exception):
    """A line, what stands in it, what is wanted there, and how far the reading got, if not just to that line."""


def _one_reading(lines):
    """Return the _Reading of the lines; ValueError if there is none, or if there are two that differ."""
    everything = "\n".join(lines.values())
    # A comma or a blank may separate two columns or belong to a number or a date: try all; ';' then means one column.
    separators = next((mark for mark in ";\t" if mark in everything), ";, ")
    readings = [_reading(lines, separator) for separator in separators]
    good = [reading for reading in readings if not reading.problem]
    if not good:
        raise ValueError(max(reversed(readings), key=lambda reading: reading.reached).problem)
    # A column that counts up by one, from the first line to the last, is no accident.
    first, *others = [reading for reading in good if reading.times] or good
    for other in others:
        for k, line in lines.items():
            if first.values.get(k) != other.values.get(k):
                raise ValueError(f"line {k}: got {_short(line)!r}, want a semicolon between columns: "
                                 "without it, this can be read in two ways")
    return first


def _reading(lines, separator):
    """Return the _Reading of the lines, by their numbers, with that separator."""
    try:
        rows = {k: _fields(k, line, separator) for k, line in lines.items()}
        name = _take_header(rows, lines)
        values, width = {}, len(rows[min(rows)])
        for k, fields in rows.items():
            if len(fields) != min(width, 2):
                raise _Stop(k, lines[k], "one number in every line, and in the column before it at most a date")
            if width == 1 and separator in ", ":
                raise _Stop(k, lines[k], "two columns", 0)
            values[k] = _value(k, fields[-1])
        _look_at_marks(rows)
        return _Reading(name, values, _counted(rows, lines))
    except _Stop as stop:
        line, got, want, *reached = stop.args
        return _Reading(problem=f"line {line}: got {_short(got)!r}, want {want}", reached=(reached or [line])[0])


def _short(got):
    """Return a text as it is, or the beginning of a long one."""
    return got if len(got) <= 40 else got[:37] + "..."


def _fields(k, line, separator):
    """Return the fields of a line, without the quotes and blanks around them."""
    if len(line) > 1000:
        raise _Stop(k, line, "one number in every line")
    fields = next(csv.reader([line], delimiter=separator, skipinitialspace=True))
    return [field.strip() for field in fields] or [""]


def _take_header(rows, lines):
    """Take the header and the blank lines below it out of the rows, and return its last field, or ''."""
    k = min(rows)
    name = rows[k][-1]
    if name.lower() in _NO_VALUE | _INFINITE or not re.search(r"[^\W\d]", name) or re.match(r"\W?\d", rows[k][0]):
        return ""
    del rows[k]
    while rows and rows[min(rows)] == [""]:
        del rows[min(rows)]
    if not rows:
        raise _Stop(k, name, f"at least {FEWEST} numbers below it, and the file ends there")
    # Where each line has a comma, the header's too, the comma is no decimal mark.
    if len(_fields(k, lines[k], ",")) == 2 and all(len(fields) == 1 and "," in fields[0] for fields in rows.values()):
        raise _Stop(k, lines[k], "a semicolon between columns")
    return name


def _value(k, field):
    """Return the number in a field of line k."""
    field = field.replace("\N{MINUS SIGN}", "-")
    if field.lower() in _NO_VALUE:
        raise _Stop(k, field, "a number: fill the gap, or keep the longest part without one")
    if _NUMBER.fullmatch(field):
        value = float(field.replace(",", "."))
        if abs(value) <= LARGEST:
            return value
    if _NUMBER.fullmatch(field) or field.lower() in _INFINITE:
        raise _Stop(k, field, f"a number between -{LARGEST:g} and {LARGEST:g}")
    if _GROUPED.fullmatch(field):
        raise _Stop(k, field, "a number without thousands separators", math.inf)
    raise _Stop(k, field, "a number")


def _look_at_marks(rows):
    """Stop at the second of two decimal marks, and at a comma that may be no decimal mark at all."""
    marked = [(k, fields[-1]) for k, fields in rows.items() if re.search("[.,]", fields[-1])]
    for k, field in marked:
        if ("," in field) != ("," in marked[0][1]):
            raise _Stop(k, field, f"the decimal mark of line {marked[0][0]}, {marked[0][1]!r}, everywhere", math.inf)
    if marked and all(_TWO_WAYS.fullmatch(field) for _, field in marked):
        k, field = marked[0]
        plain = field.replace(",", "")
        raise _Stop(k, field, f"{plain} or {plain[:-3]}.{plain[-3:]}: the comma may set off thousands or decimals",
                    math.inf)
    # Programs write as many decimals as in the other lines, or as few as they can; two columns look like neither.
    decimals = [fields[0].partition(",")[2] for fields in rows.values() if len(fields) == 1]
    if decimals and all(decimals) and len(set(map(len, decimals))) > 1 and any(d.endswith("0") for d in decimals):
        raise _Stop(min(rows), rows[min(rows)][0], "a semicolon between columns")


def _counted(rows, lines):
    """Return what the first of two columns counts, or nothing if it holds dates or names, or is not there."""
    labels = [(k, fields[0]) for k, fields in rows.items() if len(fields) > 1]
    numbers = [(k, float(label.replace(",", "."))) for k, label in labels if _NUMBER.fullmatch(label)]
    counts = [number for _, number in numbers]
    if len(counts) == len(labels) and all(b - a == 1 for a, b in zip(counts, counts[1:])):
        return counts
    if numbers:
        k = numbers[0][0]
        raise _Stop(k, lines[k], "one column of numbers; one before it may hold dates, or count up by one",
                    max(rows) + 1)
    return []


def _checked(reading):
    """Return a reading as a Series; ValueError if it has too few numbers, or only one and the same."""
    values = np.array(list(reading.values.values()))
    first, last = min(reading.values), max(reading.values)
    if len(values) < FEWEST:
        raise ValueError(f"lines {first} to {last}: got {len(values)} numbers, want at least {FEWEST}")
    if np.all(values == values[0]):
        raise ValueError(f"lines {first} to {last}: got {values[0]:g} in every line, want numbers that change")
    times = np.array(reading.times or range(1, len(values) + 1), dtype=float)
    return Series(reading.name or "your series", times, values)


# ------------------------------------------------------------------------------------------------- from file to text

def _text(source):
    """Return the text of a file; ValueError if there is none, or if it is no text."""
    if isinstance(source, str) and re.search(r"[\r\n]", source):
        text = source.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    else:
        data = bytes(source) if isinstance(source, (bytes, bytearray, memoryview)) else _bytes(source)
        if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            raise ValueError("file: got a spreadsheet such as Excel's, or a zip archive, want text: "
                             "save the sheet as CSV first")
        text = _decoded(data)
    if text.lstrip().startswith("<"):
        raise ValueError("line 1: got '<', the beginning of a web page, want numbers: download the file itself")
    control = re.search(r"[\x00-\x08\x0e-\x1f]", text)
    if control:
        k = len(_LINE_END.split(text[:control.start()]))
        raise ValueError(f"line {k}: got the control character {control[0]!r}, want a text file with numbers")
    return text


def _decoded(data):
    """Return bytes as text.  What is not UTF-8 is Latin-1, which reads every byte: numbers are the same in both."""
    utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # what a spreadsheet calls Unicode text
    try:
        return data.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _bytes(path):
    """Return the bytes of a file; ValueError if it cannot be read."""
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise ValueError(f"file: got {str(path)!r}, want a file that exists; looked in {Path.cwd()}") from None
    except (OSError, TypeError, ValueError) as error:
        raise ValueError(f"file: got {str(path)!r}, want a file that can be read, and no folder ({error})") from None
