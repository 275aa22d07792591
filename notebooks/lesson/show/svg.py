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
DASHES = {"A": "", "B": "9 6"}  # the two companies, in every picture: A is solid, B is dashed

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")  # digits as exponents

NARROW = set(" .,()⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# By name: where a machine has few fonts, its system-ui may be one for code.
FONT = "-apple-system, Segoe UI, Noto Sans, DejaVu Sans, Liberation Sans, sans-serif"


class Part(NamedTuple):
    """What a number of a drawing answers when it is looked into.

    line: its arithmetic, with the numbers as drawn; of: the names of the parts and handles it was computed from;
    ask: a question to think about before a moment-by-moment play shows this number.
    """
    line: str
    of: tuple = ()
    ask: str = ""


class Drawing(NamedTuple):
    """A picture, or one layer of it: its size in picture units and its SVG elements as text.

    parts: a Part for each name that the body gives to part() or handle(); order: the names of parts in the order in
    which they are computed, for a play moment by moment.
    """
    width: float
    height: float
    body: str
    parts: dict = {}
    order: tuple = ()

    def moved(self, down):
        """Return the drawing moved down by that much, and that much taller."""
        body = f'<g transform="translate(0 {down:g})">{self.body}</g>'
        return self._replace(height=self.height + down, body=body)

    def above(self, other):
        """Return this drawing with another below it, on white: between the two a dark page would shine through."""
        width, height = max(self.width, other.width), self.height + other.height
        return Drawing(width, height, rect(0, 0, width, height, PAPER) + self.body + other.moved(self.height).body)


def svg(drawings, alt, size=True, role="img"):
    """Return one SVG element that shows the drawings on top of each other.

    alt: the picture's text alternative; '' hides the picture from screen readers.  size: write the width down too,
    for viewers that would otherwise stretch the picture over the page.  role: 'group' where a hand can enter it.
    """
    width, height = max(d.width for d in drawings), max(d.height for d in drawings)
    name = f'role="{role}" aria-label="{escape(alt)}"' if alt else 'aria-hidden="true"'
    measure = f' width="{width:g}" height="{height:g}"' if size else ""
    body = "".join(d.body for d in drawings)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"{measure} {name} fill="{TEXT}" '
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
        text = f"{value:.{place}f}" if place <= 6 else power_of_ten(value, 0)
    elif abs(value) >= 1e6:
        text = power_of_ten(value, digits)
    elif float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "\N{MINUS SIGN}")


def bounded(value, digits=2):
    """Write a value of sigmoid or tanh as number() does, and one that is nearly 1 or -1 so that it never reads as that.

    Where the digits would round it up to 1, it is written to the first digit that is not 9: 0.99995.
    """
    return number(value, _digits_below(1, value, digits))


def share(value, digits=1):
    """Write a number between 0 and 1 as a percentage, and never as 0 % or 100 % what is neither: 99.996 %.

    digits: after the point; as many more as that takes.
    """
    return number(100 * value, _digits_below(100, 100 * value, digits)) + "\N{NO-BREAK SPACE}%"


def _digits_below(limit, value, digits):
    """Return how many digits a number needs so that it does not read as the limit that its size stays below."""
    gap = limit - abs(value)
    return max(digits, _first_digit(gap)) if gap > 0 and float(f"{abs(value):.{digits}f}") == limit else digits


def scientific(value):
    """Write a number of any size with about three digits, very large and small ones as a power of 10."""
    size = abs(value)
    if size == float("inf"):
        return "infinite"
    if size == 0 or 0.01 <= size < 1e6:
        return number(value, 3 if 0 < size < 0.1 else 2 if size < 100 else 0)
    return power_of_ten(value, 2).replace("-", "\N{MINUS SIGN}")


def power_of_ten(value, digits):
    """Write a number as 8 × 10⁻⁷: the one way in which a picture or a sentence writes a power."""
    first, power = f"{value:.{digits}e}".split("e")
    return f"{first} × 10" + str(int(power)).translate(RAISED)


def tick_power(power):
    """Write a power of 10 beside an axis; 10 to the power 0 as what it is, 1."""
    return "10" + str(power).translate(RAISED) if power else "1"


def _first_digit(value):
    """Return the place after the point of the first digit that is not zero, once rounded to that digit."""
    return -int(f"{value:.0e}".split("e")[1])


def text(x, y, words, size=17, anchor="start", fill=TEXT, bold=False, italic=False, rim=False):
    """Return one line of text; anchor is 'start', 'middle' or 'end'; rim: white around it, where lines may cross it."""
    weight = ' font-weight="600"' if bold else ""
    style = ' font-style="italic"' if italic else ""
    around = f' paint-order="stroke" stroke="{PAPER}" stroke-width="5"' if rim else ""
    side = "" if anchor == "start" else f' text-anchor="{anchor}"'
    ink = "" if fill == TEXT else f' fill="{fill}"'  # the picture's own
    return (f'<text x="{x:g}" y="{y:g}" font-size="{size}"{side}{ink}{weight}{style}{around}>'
            f'{escape(words)}</text>')


def path(d, colour, width=2.5, fill="none", dash=""):
    """Return a line along the SVG path d."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    corners = ' stroke-linejoin="round"' if sum(map(str.isalpha, d)) > 2 else ""
    return f'<path d="{d}" fill="{fill}" stroke="{colour}" stroke-width="{width:.3g}"{corners}{dashes}/>'


def arrow(d, tip, colour, width=2.5, dash=""):
    """Return a line along the path d that ends in an arrowhead: tip is (x, y, direction), 'up' or 'left', say."""
    x, y, direction = tip
    s = 2.6 * width ** 0.7 + 2
    dx, dy = {"up": (0, 1), "down": (0, -1), "right": (-1, 0), "left": (1, 0)}[direction]
    bx, by = x + 1.6 * s * dx, y + 1.6 * s * dy
    corners = f"{x:g},{y:g} {bx + s * dy:.1f},{by + s * dx:.1f} {bx - s * dy:.1f},{by - s * dx:.1f}"
    return path(d, colour, width, dash=dash) + f'<polygon points="{corners}" fill="{colour}"/>'


def rect(x, y, width, height, fill, stroke="none", stroke_width=2, radius=6):
    """Return a rectangle with round corners."""
    return (f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" fill="{fill}" '
            f'stroke="{stroke}" stroke-width="{stroke_width}"/>')


def text_width(words, size):
    """Return about how wide words are when they are drawn in letters of that size, half bold."""
    return size * sum(0.36 if letter in NARROW else 0.6 for letter in words)


def chip_width(words, size, width=56):
    """Return the width of the pill around these words."""
    return max(width, round(text_width(words, size) + 0.6 * size))


def chip(x, y, words, colour, size=18, width=56, height=30):
    """Return a number in a white pill with a coloured border, centred on (x, y): how a line carries its number.

    width: of the pill, where the words need no more.
    """
    width = chip_width(words, size, width)
    return (rect(x - width / 2, y - height / 2, width, height, PAPER, colour, 2.5, height / 2)
            + text(x, round(y + 0.36 * size, 1), words, size, "middle", bold=True))


def named_chip(x, y, words, colour, name, side, size=18):
    """Return a chip with its name at one side of it: 'left', 'right' or 'below'; single letters are set as maths."""
    gap = chip_width(words, size) / 2 + 7
    place, anchor = {"left": ((x - gap, y + 6), "end"), "right": ((x + gap, y + 6), "start"),
                     "below": ((x, y + 34), "middle")}[side]
    return chip(x, y, words, colour, size) + text(*place, name, size, anchor, italic=len(name) == 1)


def dot(x, y, colour, radius=6):
    """Return a filled point with a white rim, so that it stands out on a line of its own colour."""
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius}" fill="{colour}" stroke="{PAPER}" stroke-width="1.5"/>'


def ring(x, y, colour, radius=6):
    """Return an empty circle: where a point is to arrive."""
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius}" fill="none" stroke="{colour}" stroke-width="2"/>'


# ------------------------------------------------------------------------------- what a hand can hold, and look into

def part(name, body):
    """Return the body as a number that can be looked into; Drawing.parts says what it answers."""
    return f'<g data-part="{name}">{body}</g>'


def beside(name, body):
    """Return the body, such as an arrow, as something that lights up with the number of that name."""
    return f'<g data-beside="{name}">{body}</g>'


def handle(name, body, along=()):
    """Return the body as a handle of the control of that name.

    along: points (x, y) in picture units, where the handle is at equal steps of its control from low to high: two for
    a straight line.  Without them it is dragged sideways, 500 picture units for the whole range.
    """
    way = f' data-along="{" ".join(f"{x:.1f} {y:.1f}" for x, y in along)}"' if len(along) else ""
    return f'<g data-hold="{name}"{way}>{body}</g>'


def held_chip(name, x, y, words, colour, size=18, width=56, height=30):
    """Return a chip that is a handle: dragged sideways, its number grows to the right."""
    wide, high = chip_width(words, size, width) + 8, height + 8
    halo = _halo(f'rect x="{x - wide / 2:g}" y="{y - high / 2:g}" width="{wide:g}" height="{high:g}" rx="{high / 2:g}"',
                 colour)
    return handle(name, halo + chip(x, y, words, colour, size, width, height))


def held_dot(name, x, y, colour, along, radius=8):
    """Return a point that is a handle: it is dragged along these points, as in handle()."""
    halo = _halo(f'circle cx="{x:.2f}" cy="{y:.2f}" r="{radius + 8}"', colour)
    return handle(name, halo + dot(x, y, colour, radius), along)


def _halo(shape, colour):
    """Return the rim that says 'take hold of me': seen where a hand can, and easier to hit than what it surrounds."""
    return f'<{shape} class="halo" visibility="hidden" color="{colour}"/>'


# -------------------------------------------------------------------------------------------- lines, and what they mean

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
