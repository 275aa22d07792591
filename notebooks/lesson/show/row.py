"""A row of numbers of one's own: typed in one line, held one by one in the picture.  Knows no LSTM."""
import re
from typing import NamedTuple

import ipywidgets as widgets

from .svg import number

PIECE = re.compile(r"[^\s,;]+")


class Row(NamedTuple):
    """A row of numbers: the name of draw's argument, the label, the range and step of each number, the start, the most.

    Its position is the line as somebody typed it, so that nothing typed is lost: read() says what is in it.  In the
    picture its numbers may have handles, of the names NAME_1, NAME_2, ...  each: what one number is called, 'day'.
    """
    name: str
    label: str
    low: float
    high: float
    step: float
    value: str
    most: int
    each: str

    def read(self, line):
        """Return the numbers in a line and no trouble, or no numbers and a sentence that says what the trouble is."""
        pieces = PIECE.findall(line)
        if not 1 <= len(pieces) <= self.most:
            found = f"There are {len(pieces)} numbers" if pieces else "There is no number"
            return [], f"{found} in {self.label}: write 1 to {self.most}, with a comma between them."
        found = [_number(piece) for piece in pieces]
        for piece, value in zip(pieces, found):
            said = f"In {self.label} stands {piece[:20]!r}"
            if value is None:
                return [], f"{said}, which is no number: write numbers such as 0.5, with a comma between them."
            if not self.low <= value <= self.high:
                return [], (f"{said}: write numbers from {number(self.low, 0)} to {number(self.high, 0)}, "
                            "with a point in them, not a comma.")
        return found, ""

    def put(self, line, k, value):
        """Return the line with another number in place k; the others stay as they were typed."""
        piece = list(PIECE.finditer(line))[k]
        return f"{line[:piece.start()]}{value:g}{line[piece.end():]}"

    def entries(self):
        """Return what can be held of it: an Entry for each number that there may be."""
        starts, _ = self.read(self.value)
        starts += [0.0] * (self.most - len(starts))
        return [Entry(f"{self.name}_{k + 1}", f"{self.label}, {self.each} {k + 1}", *self[2:5], start, self, k)
                for k, start in enumerate(starts)]

    def positions(self, count):
        """Return some lines: as it began, one that cannot be read, and as long as can be."""
        long = ([f"{self.high:g}", f"{self.low:g}"] * self.most)[:self.most]
        return [self.value, f"{self.low:g}, one", ", ".join(long)]

    def build(self):
        """Return the control as it stands on the page, a line and two buttons, and the widget that holds its value."""
        line = widgets.Text(value=self.value, description=self.label, continuous_update=False,
                            style={"description_width": "auto"}, layout={"flex": "1 1 300px", "width": "auto"})
        more, less = (widgets.Button(description=f"{verb} a {self.each}", layout={"width": "auto", "flex": "0 0 auto"})
                      for verb in ("add", "remove"))

        def count(_=None):
            found = len(self.read(line.value)[0])
            more.disabled, less.disabled = found in (0, self.most), found < 2

        def longer(_):  # clicks may still be on their way when a button is shut
            if not more.disabled:
                line.value = line.value.rstrip(" ,;") + ", 0"

        def shorter(_):
            if not less.disabled:
                line.value = line.value[:list(PIECE.finditer(line.value))[-1].start()].rstrip(" ,;")

        line.observe(count, "value")
        more.on_click(longer)
        less.on_click(shorter)
        count()
        return widgets.HBox([line, more, less], layout={
            "flex": "1 1 520px", "flex_flow": "row wrap", "margin": "0 20px 0 0"}), (line,)


class Entry(NamedTuple):
    """One number of a row, as a handle of the picture: like a Held, but its value stands in the row's line."""
    name: str
    label: str
    low: float
    high: float
    step: float
    value: float
    row: Row
    k: int


def _number(piece):
    """Return the finite number that is written there, or None."""
    try:
        value = float(piece.replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None
