"""The look: colours, numbers as text, and the few SVG shapes the pictures are made of.  Knows no widget and no LSTM.

A colour stands for one idea in every picture.  Text is always near black, so that it reads on every ground; the
colour is in the line beside it or in the border around it.
"""
from base64 import b64encode
from html import escape
from typing import NamedTuple

LONG_TERM = "#009E73"   # green: long-term memory c
SHORT_TERM = "#CC79A7"  # reddish purple: short-term memory h
INPUT = "#0072B2"       # blue: input x
POTENTIAL = "#D55E00"   # vermilion: tanh, a potential value
SHARE = "#56B4E9"       # sky blue, as a fill only: sigmoid, a share; it needs a dark outline on white
RNN = "#000000"         # black: the plain RNN
TEXT, QUIET, PAPER = "#1a1a1a", "#6b6b6b", "#ffffff"

FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"


class Drawing(NamedTuple):
    """A picture, or one layer of it: its size in picture units and its SVG elements as text."""
    width: float
    height: float
    body: str

    def moved(self, down):
        """Return the drawing moved down by that much, and that much taller."""
        return Drawing(self.width, self.height + down, f'<g transform="translate(0 {down:g})">{self.body}</g>')

    def above(self, other):
        """Return this drawing with another below it, on white: between the two a dark page would shine through."""
        width, height = max(self.width, other.width), self.height + other.height
        return Drawing(width, height, rect(0, 0, width, height, PAPER) + self.body + other.moved(self.height).body)


def svg(drawings, alt, size=True):
    """Return one SVG element that shows the drawings on top of each other.

    alt: the picture's text alternative; '' hides the picture from screen readers.  size: write the width down too,
    for viewers that would otherwise stretch the picture over the page.
    """
    width, height = max(d.width for d in drawings), max(d.height for d in drawings)
    name = f'role="img" aria-label="{escape(alt)}"' if alt else 'aria-hidden="true"'
    measure = f' width="{width:g}" height="{height:g}"' if size else ""
    body = "".join(d.body for d in drawings)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"{measure} {name} '
            f'font-family="{FONT}" style="display:block;width:100%;max-width:{width:g}px;height:auto">{body}</svg>')


def still(picture, alt):
    """Return an SVG picture as an HTML image, for pages without a kernel.

    An image inside HTML, since viewers that take image/svg+xml give it no text alternative, and some cut it to pieces.
    """
    data = b64encode(picture.encode()).decode()
    return f'<img alt="{escape(alt)}" style="max-width:100%;height:auto" src="data:image/svg+xml;base64,{data}">'


def number(value, digits=2):
    """Write a number with that many digits after the point, and a small one so that it never reads as zero.

    A true minus sign, no '-0.00'; below what the digits can show, the first significant digit is shown instead.
    """
    text = f"{value:.{digits}f}"
    if float(text) == 0 and value != 0:
        place = _first_digit(value)
        text = f"{value:.{place}f}" if place <= 6 else f"{value:.0e}".replace("e-0", "e-")
    elif abs(value) >= 1e6:
        text = f"{value:.{digits}e}".replace("e+0", "e").replace("e+", "e")
    elif float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "\N{MINUS SIGN}")


def scientific(value):
    """Write a number of any size with about three digits, very large and small ones as a power of 10."""
    size = abs(value)
    if size == float("inf"):
        return "infinite"
    if size == 0 or 0.01 <= size < 1e6:
        return number(value, 3 if 0 < size < 0.1 else 2 if size < 100 else 0)
    digits, power = f"{value:.2e}".split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits} × 10{raised}".replace("-", "\N{MINUS SIGN}")


def _first_digit(value):
    """Return the place after the point of the first digit that is not zero, once rounded to that digit."""
    return -int(f"{value:.0e}".split("e")[1])


def share(value):
    """Write a number between 0 and 1 as a percentage with one digit after the point, or the first that is not 0."""
    return number(100 * value, 1) + "\N{NO-BREAK SPACE}%"


def text(x, y, words, size=17, anchor="start", fill=TEXT, bold=False, italic=False, rim=False):
    """Return one line of text; anchor is 'start', 'middle' or 'end'; rim: white around it, where lines may cross it."""
    weight = ' font-weight="600"' if bold else ""
    style = ' font-style="italic"' if italic else ""
    around = f' paint-order="stroke" stroke="{PAPER}" stroke-width="5"' if rim else ""
    return (f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" fill="{fill}"{weight}{style}{around}>'
            f'{escape(words)}</text>')


def path(d, colour, width=2.5, fill="none", dash=""):
    """Return a line along the SVG path d."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (f'<path d="{d}" fill="{fill}" stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round"'
            f'{dashes}/>')


def arrow(d, tip, colour, width=2.5):
    """Return a line along the path d that ends in an arrowhead: tip is (x, y, direction), 'up', 'down' or 'right'."""
    x, y, direction = tip
    s = 2.6 * width ** 0.7 + 2
    dx, dy = {"up": (0, 1), "down": (0, -1), "right": (-1, 0)}[direction]
    bx, by = x + 1.6 * s * dx, y + 1.6 * s * dy
    corners = f"{x:g},{y:g} {bx + s * dy:.1f},{by + s * dx:.1f} {bx - s * dy:.1f},{by - s * dx:.1f}"
    return path(d, colour, width) + f'<polygon points="{corners}" fill="{colour}"/>'


def rect(x, y, width, height, fill, stroke="none", stroke_width=2, radius=6):
    """Return a rectangle with round corners."""
    return (f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius}" fill="{fill}" '
            f'stroke="{stroke}" stroke-width="{stroke_width}"/>')


def _chip_width(words, size):
    """Return the width of the pill around these words."""
    return max(56, 0.58 * size * len(words) + 16)


def chip(x, y, words, colour, size=18):
    """Return a number in a white pill with a coloured border, centred on (x, y): how a line carries its number."""
    width = _chip_width(words, size)
    return (rect(x - width / 2, y - 15, width, 30, PAPER, colour, 2.5, 15)
            + text(x, y + 6.5, words, size, "middle", bold=True))


def named_chip(x, y, words, colour, name, side):
    """Return a chip with its name at one side of it: 'left', 'right' or 'below'; single letters are set as maths."""
    gap = _chip_width(words, 18) / 2 + 7
    place, anchor = {"left": ((x - gap, y + 6), "end"), "right": ((x + gap, y + 6), "start"),
                     "below": ((x, y + 34), "middle")}[side]
    return chip(x, y, words, colour) + text(*place, name, anchor=anchor, italic=len(name) == 1)


def dot(x, y, colour, radius=6):
    """Return a filled point with a white rim, so that it stands out on a line of its own colour."""
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius}" fill="{colour}" stroke="{PAPER}" stroke-width="1.5"/>'


def ring(x, y, colour, radius=6):
    """Return an empty circle: where a point is to arrive."""
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius}" fill="none" stroke="{colour}" stroke-width="2"/>'


class Look(NamedTuple):
    """How a line is told from others: colour, dash as in path, and the shape of its points if it has any.

    shape: 'dot' or 'square', hollow or not; or 'area' for a line over a ground of its colour.
    """
    colour: str
    dash: str = ""
    shape: str = ""
    hollow: bool = False


def mark(x, y, look, radius=6):
    """Return a point of a line, in the shape of its Look."""
    fill, rim = (PAPER, look.colour) if look.hollow else (look.colour, PAPER)
    if look.shape == "square":
        return rect(round(x - radius, 1), round(y - radius, 1), 2 * radius, 2 * radius, fill, rim, 1.5 + look.hollow, 0)
    return (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}" stroke="{rim}" '
            f'stroke-width="{1.5 + look.hollow}"/>')


def legend(entries, x, y, size=17):
    """Return what lines mean, in a row from (x, y) on: words and a Look for each."""
    body = ""
    for words, look in entries:
        if look.shape == "area":
            body += f'<rect x="{x}" y="{y}" width="36" height="10" fill="{look.colour}" fill-opacity="0.3"/>'
        body += path(f"M{x} {y}h36", look.colour, 3, dash=look.dash)
        if look.shape in ("dot", "square"):
            body += mark(x + 18, y, look)
        body += text(x + 44, y + 6, words, size)
        x += 44 + round(0.56 * size * len(words)) + 26  # about as wide as the words are, and a gap
    return body
