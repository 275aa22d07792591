"""The drawing of the LSTM unit.  Knows no widget.

Long-term memory runs along the top, short-term memory along the bottom, the input comes from below; three stages
follow each other from left to right.  Every arrow carries its number, read from the records of lstm_core, and every
number can be looked into.

The columns and rows below are the whole layout: move one, and everything that hangs on it moves along.
"""
import math

from lstm_core import sigmoid

from .svg import (INPUT, LONG_TERM, PAPER, POTENTIAL, SHARE, SHORT_TERM, TEXT, Drawing, Part, arrow, beside,
                  bounded, chip, chip_width, dot, held_chip, named_chip, number, part, path, rect, ring, share, text)

WIDTH, HEIGHT = 1000, 552
X_IN, X_FORGET, X_CANDIDATE, X_INPUT, X_OUTPUT, X_TANH, X_OUT = 58, 204, 412, 582, 756, 843, 945  # columns
X_ADD, X_KEPT, ASIDE = (X_CANDIDATE + X_INPUT) / 2, X_FORGET + 64, 42
Y_LONG, Y_ADDED, Y_GATE, Y_SHOWN, Y_BOX, Y_SUM, Y_BIAS, Y_WEIGHT, Y_SHORT, Y_INPUT = (  # rows
    84, 132, 182, 224, 278, 341, 377, 411, 461, 517)
SIZE, SMALL, VEIL = 18.5, 18.3, 0.35  # letters; how much a stage that is not lit steps back
COLUMNS = {"f": X_FORGET, "g": X_CANDIDATE, "i": X_INPUT, "o": X_OUTPUT}
SQUEEZE = X_TANH, (Y_LONG + Y_SHOWN) / 2 - 25, 68, 56  # the box of tanh(c)
STAGES = {  # left and right edge, name, what it decides
    1: (120, 320, "1  Forget gate", "how much to keep"),
    2: (326, 668, "2  Input gate", "what to add, and how much of it"),
    3: (674, 890, "3  Output gate", "what to show"),
}
GATES = {"f": "forget", "g": "candidate", "i": "input", "o": "output"}  # by the letter of what they make
STAGE_OF = {"f": 1, "g": 2, "i": 2, "o": 3}
ORDER = {1: ("a_f", "f", "kept"), 2: ("a_g", "g", "a_i", "i", "added", "new_c"), 3: ("tanh_c", "a_o", "o", "new_h")}
BOUNDED = ("f", "g", "i", "added", "tanh_c", "o", "new_h")  # between -1 and 1, and never there
ORDER_OF = sum(ORDER.values(), ())
PREDICT = ("The next number is the share that the unit keeps of its long-term memory, from this sum. "
           "Almost nothing, about half, or almost all?")
LOWERED = str.maketrans("\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "-0123456789")
TIMES, MINUS = "\N{MULTIPLICATION SIGN}", "\N{MINUS SIGN}"


def paper_unit():
    """Draw what never moves: the grounds of the stages, all lines, and the activation functions."""
    body = (rect(0, 0, WIDTH, HEIGHT, PAPER, radius=8) + "".join(map(panel, STAGES)) + _rails() + _names()
            + "".join(_gate(letter, x) for letter, x in COLUMNS.items()) + _crossings())
    return Drawing(WIDTH, HEIGHT, body)


def draw_unit(unit, step, lit=(1, 2, 3), digits=2, held=(), ghost=None):
    """Draw one step of the unit, to lie on paper_unit(): its numbers, and a point in each activation function.

    unit: the LSTMUnit, for its weights; step: the Step it made, on floats; lit: the stages at hand (the others are
    quiet, and those after the last lit one show no numbers yet); digits: after the point; held: the names of all
    numbers that are handles, c, h, x and weights such as f_w; ghost: a Step whose sums leave a ring in the boxes.
    """
    last = max(lit)
    see = _Numbers(unit, step, digits, last, held, ghost)
    groups = (_stage_1(see), _stage_2(see), _stage_3(see))
    body = "".join(see.memory(*place) for place in (("c", X_IN, Y_LONG, LONG_TERM), ("h", X_IN, Y_SHORT, SHORT_TERM),
                                                    ("x", X_IN, Y_INPUT, INPUT)))
    body += "".join(group if k in lit else group + _veil(k) for k, group in enumerate(groups, 1))
    order = tuple(name for k in range(1, last + 1) for name in ORDER[k])
    return Drawing(WIDTH, HEIGHT, body, see.parts(), order)


def say_unit(step, lit=(1, 2, 3), digits=2):
    """Say in one sentence what draw_unit shows of the lit stages."""
    f, i, o = step.forget, step.input, step.output
    n, b = (lambda value: number(value, digits)), (lambda value: bounded(value, digits))
    part = lambda value: share(value, max(digits - 2, 1))  # as many digits as the gate in the picture
    said = {
        1: f"the forget gate keeps {part(f.f)} of the long-term memory {n(step.c_prev)}, which leaves {n(f.kept)}",
        2: f"the input gate adds {part(i.i)} of the candidate {b(i.g)}, so the long-term memory is now {n(i.c)}",
        3: f"the output gate shows {part(o.o)} of tanh {b(o.tanh_c)}, so the short-term memory is now {b(o.h)}",
    }
    return f"Input {n(step.x)}, short-term memory {n(step.h_prev)}: " + "; ".join(said[k] for k in lit) + "."


class _Numbers:
    """The numbers of a step as the drawing writes them: chips that can be looked into, or held."""

    def __init__(self, unit, step, digits, last, held, ghost):
        f, i, o = step.forget, step.input, step.output
        self.unit, self.digits, self.held, self.last = unit, digits, held, last
        self.sums = {"f": f.a_f, "g": i.a_g, "i": i.a_i, "o": o.a_o, "tanh_c": i.c}
        self.ghosts = {} if ghost is None else {"f": ghost.forget.a_f, "g": ghost.input.a_g, "i": ghost.input.a_i,
                                                "o": ghost.output.a_o, "tanh_c": ghost.input.c}
        self.values = {"c": step.c_prev, "h": step.h_prev, "x": step.x, **{f"a_{k}": self.sums[k] for k in GATES},
                       "f": f.f, "kept": f.kept, "g": i.g, "i": i.i, "added": i.added, "new_c": i.c,
                       "tanh_c": o.tanh_c, "o": o.o, "new_h": o.h}

    def point(self, name, *place):
        """Return the point in the activation function that makes this number, where its sum stands now."""
        kind = "tanh" if name in ("g", "tanh_c") else "sigmoid"
        here = point(kind, self.sums[name], *place, before=self.ghosts.get(name))
        return beside(name, here) if self.known(name) else ""

    def known(self, name):
        """Tell whether the stage that computes this number has been lit."""
        return name not in ORDER_OF or any(name in ORDER[k] for k in range(1, self.last + 1))

    def write(self, name, value):
        """Write a value as the number of that name is drawn: what is nearly 1 never as 1, and in few letters."""
        digits = max(self.digits, 3) if name in ("f", "i", "o") else self.digits
        words = (bounded if name in BOUNDED else number)(value, digits)
        return words[:7] + "\N{HORIZONTAL ELLIPSIS}" if len(words) > 9 and TIMES not in words else words

    def chip(self, name, x, y, colour, label="", side="right", width=56):
        """Return a number that can be looked into, as a chip with its name at one side."""
        words = self.write(name, self.values[name]) if self.known(name) else ""
        body = (named_chip(x, y, words, colour, label, side, SIZE) if label else
                chip(x, y, words, colour, SIZE, width))
        return part(name, body) if words else body

    def out(self, name, y, colour):
        """Return a number that goes out: however wide, it ends before the arrowhead."""
        words = self.write(name, self.values[name]) if self.known(name) else ""
        return self.chip(name, X_OUT + 28 - chip_width(words, SIZE) / 2, y, colour)

    def memory(self, name, x, y, colour):
        """Return a number that comes in, as a handle."""
        words = self.write(name, self.values[name])
        return (held_chip if name in self.held else lambda _, *of: chip(*of))(name, x, y, words, colour, SIZE)

    def weight(self, letter, which, x, y, colour):
        """Return one of a gate's three numbers, w, u or b, as a handle."""
        words = weight_words(which, getattr(getattr(self.unit, GATES[letter]), which))
        return weight_chip(f"{letter}_{which}", x, y, words, colour, self.held)

    def parts(self):
        """Return what every number answers: its arithmetic, with the numbers as drawn.

        Where these, once rounded, would give another result than all their digits do, the line says so.
        """
        w = {name: self.write(name, value) for name, value in self.values.items()}
        v = {name: _read(words) for name, words in w.items()}
        parts = {"c": Part(f"long-term memory c = {w['c']}, as the step before left it"),
                 "h": Part(f"short-term memory h = {w['h']}, as the step before left it"),
                 "x": Part(f"input x = {w['x']}")}

        def add(name, left, rounded, *of, ask=""):
            first = self.write(name, rounded)
            trap = "" if first == w[name] else f" (rounded first: {first})"
            parts[name] = Part(f"{left} = {w[name]}{trap}", of, ask)

        for k, gate in ((letter, getattr(self.unit, name)) for letter, name in GATES.items()):
            add(f"a_{k}", f"{GATES[k]} sum = {w['h']} {TIMES} {factor(gate.w)} + {factor(self.values['x'], w['x'])} "
                f"{TIMES} {factor(gate.u)} {_plus(gate.b)}", v["h"] * gate.w + v["x"] * gate.u + gate.b,
                "h", "x", f"{k}_w", f"{k}_u", f"{k}_b")
            of = f"for the {GATES[k]} sum"
            parts[f"{k}_w"] = Part(f"weight {write_weight(gate.w)}: what h is multiplied with {of}")
            parts[f"{k}_u"] = Part(f"weight {write_weight(gate.u)}: what x is multiplied with {of}")
            parts[f"{k}_b"] = Part(f"bias {write_weight(gate.b)}: what is added in any case {of}")
            if k != "g":
                add(k, f"{k} = sigmoid({w[f'a_{k}']})", sigmoid(v[f"a_{k}"]), f"a_{k}", ask=PREDICT if k == "f" else "")
        times = lambda a, b: f"{w[a]} {TIMES} {factor(v[b], w[b])}"
        add("g", f"g = tanh({w['a_g']})", math.tanh(v["a_g"]), "a_g")
        add("kept", f"kept = {times('f', 'c')}", v["f"] * v["c"], "f", "c")
        add("added", f"added = {times('i', 'g')}", v["i"] * v["g"], "i", "g")
        add("new_c", f"new c = {w['kept']} {_plus(v['added'], w['added'])}", v["kept"] + v["added"], "kept", "added")
        add("tanh_c", f"tanh({w['new_c']})", math.tanh(v["new_c"]), "new_c")
        add("new_h", f"new h = {times('o', 'tanh_c')}", v["o"] * v["tanh_c"], "o", "tanh_c")
        return {name: part for name, part in parts.items() if self.known(name)}


def weight_words(which, value):
    """Return a weight as its chip says it: with what is done with it."""
    return _plus(value).replace(" ", "") if which == "b" else TIMES + write_weight(value)


def weight_chip(name, x, y, words, colour, held):
    """Return a weight: a handle if its name is among those that are held, else a number to look into."""
    size = SMALL if len(words) < 8 else 16
    return (held_chip(name, x, y, words, colour, size, 44, 26) if name in held
            else part(name, chip(x, y, words, colour, size, 44, 26)))


# ------------------------------------------------------------------------------------------------ what never moves

def panel(k, height=HEIGHT - 16):
    """Return the ground of a stage, with its title."""
    left, right, title, subtitle = STAGES[k]
    return (rect(left, 8, right - left, height, "#FFF9E3", "#E3D8A8") + text(left + 12, 30, title, SIZE, bold=True)
            + text(left + 12, 51, subtitle, SIZE))


def _veil(k):
    """Return a veil over a stage that is not lit."""
    left, right, *_ = STAGES[k]
    return (f'<rect x="{left - 3}" y="7" width="{right - left + 6}" height="{HEIGHT - 14}" fill="{PAPER}" '
            f'opacity="{VEIL}" pointer-events="none"/>')


def _rails():
    """Return the two lines that pass every stage: short-term memory and input."""
    return (path(f"M8 {Y_SHORT}H{X_OUTPUT - ASIDE}", SHORT_TERM, 6)
            + path(f"M{X_IN} {HEIGHT - 4}V{Y_INPUT}H{X_OUTPUT + ASIDE}", INPUT, 6)
            + path(f"M8 {Y_LONG}H{X_ADD}", LONG_TERM, 6)
            + arrow(f"M{X_ADD} {Y_LONG}H{WIDTH - 16}", (WIDTH - 2, Y_LONG, "right"), LONG_TERM, 6))


def stacked(x, y, *lines):
    """Return lines of text below each other, in the middle of x."""
    return "".join(text(x, y + 20 * k, line, SIZE, "middle") for k, line in enumerate(lines))


def _names():
    """Return the names of what comes in and what goes out."""
    return (stacked(X_IN, 38, "long-term", "memory c") + stacked(X_IN, Y_SHORT - 46, "short-term", "memory h")
            + stacked(X_IN, Y_INPUT - 22, "input x") + stacked(X_OUT, 20, "new", "long-term", "memory c")
            + stacked(X_OUT, Y_SHORT - 27, "output") + stacked(X_OUT, Y_SHORT + 34, "= new", "short-term", "memory h"))


def _gate(letter, x):
    """Return the lines of one gate, from the rails up to its activation: two weights, the bias, their sum."""
    left, right, foot = x - ASIDE, x + ASIDE, Y_SUM + 17
    crossing = path(f"M{right} {Y_INPUT}V{Y_WEIGHT}", PAPER, 9)  # where the input passes the short-term memory
    arrows = (dot(left, Y_SHORT, SHORT_TERM) + dot(right, Y_INPUT, INPUT)
              + arrow(f"M{left} {Y_SHORT}V{foot + 8}", (left, foot, "up"), SHORT_TERM)
              + arrow(f"M{right} {Y_INPUT}V{foot + 8}", (right, foot, "up"), INPUT)
              + path(f"M{x} {Y_BIAS}V{Y_SUM}", TEXT))
    curve = arrow(f"M{x} {Y_SUM}V{Y_BOX + 42}", (x, Y_BOX + 34, "up"), TEXT)
    curve += box("tanh" if letter == "g" else "sigmoid", x, Y_BOX)
    return crossing + beside(f"a_{letter}", arrows) + beside(letter, curve)


def _crossings():
    """Return the lines from the activation functions on, and where two numbers meet."""
    squeezed = (arrow(f"M{X_TANH} {Y_LONG}V{Y_SHOWN - 22}", (X_TANH, Y_SHOWN - 15, "down"), LONG_TERM)
                + box("tanh", *SQUEEZE))
    lines = {
        "f": arrow(f"M{X_FORGET} {Y_BOX - 34}V{Y_LONG + 22}", (X_FORGET, Y_LONG + 15, "up"), TEXT),
        "kept": operation(X_FORGET, Y_LONG, TIMES, LONG_TERM),
        "g": arrow(f"M{X_CANDIDATE} {Y_BOX - 34}V{Y_GATE}H{X_ADD - 20}", (X_ADD - 15, Y_GATE, "right"), TEXT),
        "i": arrow(f"M{X_INPUT} {Y_BOX - 34}V{Y_GATE}H{X_ADD + 20}", (X_ADD + 15, Y_GATE, "left"), TEXT),
        "added": arrow(f"M{X_ADD} {Y_GATE}V{Y_LONG + 22}", (X_ADD, Y_LONG + 15, "up"), TEXT)
                 + operation(X_ADD, Y_GATE, TIMES, TEXT),
        "new_c": operation(X_ADD, Y_LONG, "+", LONG_TERM),
        "tanh_c": squeezed,
        "o": arrow(f"M{X_OUTPUT} {Y_BOX - 34}V{Y_SHOWN}H{X_TANH - 20}", (X_TANH - 15, Y_SHOWN, "right"), TEXT),
        "new_h": arrow(f"M{X_TANH} {Y_SHOWN}V{Y_SHORT}H{WIDTH - 16}", (WIDTH - 2, Y_SHORT, "right"), SHORT_TERM, 6)
                 + operation(X_TANH, Y_SHOWN, TIMES, SHORT_TERM)}
    return "".join(beside(name, line) for name, line in lines.items())


def box(name, x, y, width=96, height=68):
    """Return an activation function: its name, and its curve from -6 to 6."""
    fill, border = ("#FBE4D5", POTENTIAL) if name == "tanh" else ("#CFE8F7", TEXT)
    points = " ".join("{:.1f},{:.1f}".format(*_in_box(name, k / 2, x, y, width, height)) for k in range(-12, 13))
    return (rect(x - width / 2, y - height / 2, width, height, fill, border)
            + text(x - width / 2 + 6, y - height / 2 + 17, name, SIZE)
            + f'<polyline points="{points}" fill="none" stroke="{border}" stroke-width="2"/>')


def point(name, now, x, y, width=96, height=68, before=None):
    """Return the point in the box where its sum stands now, and a ring where it stood before."""
    colour, place = POTENTIAL if name == "tanh" else TEXT, (x, y, width, height)
    ghost = "" if before in (None, now) else ring(*_in_box(name, before, *place), colour)
    return ghost + f'<g class="now">{dot(*_in_box(name, now, *place), colour, 6)}</g>'


def _in_box(name, t, x, y, width, height):
    """Return where the curve of a box has the sum t; beyond -6 and 6 it is at its end."""
    t = max(-6, min(6, t))
    value = math.tanh(t if name == "tanh" else t / 2)
    return x + t / 6 * (width / 2 - 8), y + 11 - value * (height / 2 - 17)  # below the name


def operation(x, y, sign, colour):
    """Return a multiplication or an addition: a sign in a circle on the line."""
    return (f'<circle cx="{x:g}" cy="{y:g}" r="15" fill="{PAPER}" stroke="{colour}" stroke-width="3"/>'
            + text(x, y + 8, sign, 24, "middle", bold=True))


# ------------------------------------------------------------------------------------------------- the numbers

def _stage_1(see):
    """Return the numbers of the forget gate."""
    return (_column(see, "f") + see.chip("f", X_FORGET, 162, SHARE, "f", "left")
            + see.chip("kept", X_KEPT, Y_LONG, LONG_TERM, "kept", "below"))


def _stage_2(see):
    """Return the numbers of candidate and input gate, up to the new long-term memory."""
    return (_column(see, "g") + see.chip("g", X_CANDIDATE, Y_GATE, POTENTIAL, "g", "left")
            + _column(see, "i") + see.chip("i", X_INPUT, Y_GATE, SHARE, "i", "right")
            + see.chip("added", X_ADD, Y_ADDED, POTENTIAL, "added") + see.out("new_c", Y_LONG, LONG_TERM))


def _stage_3(see):
    """Return the numbers of tanh(c) and the output gate, up to the new short-term memory."""
    return (see.point("tanh_c", *SQUEEZE) + see.chip("tanh_c", X_TANH, Y_SHOWN - 44, POTENTIAL)
            + _column(see, "o") + see.chip("o", X_OUTPUT, Y_SHOWN, SHARE, "o", "left")
            + see.out("new_h", Y_SHORT, SHORT_TERM))


def _column(see, letter):
    """Return the numbers of one gate: two weights and a bias, their sum, and the point in its activation function."""
    x = COLUMNS[letter]
    return (see.weight(letter, "w", x - ASIDE, Y_WEIGHT, SHORT_TERM) + see.weight(letter, "b", x, Y_BIAS, TEXT)
            + see.weight(letter, "u", x + ASIDE, Y_WEIGHT, INPUT)
            + see.chip(f"a_{letter}", x, Y_SUM, TEXT, width=112) + see.point(letter, x, Y_BOX))


# ------------------------------------------------------------------------------------------------- the arithmetic

def write_weight(value):
    """Write a weight with the digits it was given with, two at least."""
    return number(value, 2 if abs(value - round(value, 2)) < 1e-9 else 4)


def _plus(value, words=""):
    """Write a number as something that is added: the sign, a space, the number without its sign."""
    return f"{'+' if value >= 0 else MINUS} {(words or write_weight(value)).lstrip(MINUS)}"


def factor(value, words=""):
    """Write a number as a factor that stands after a sign: in brackets where it has one of its own."""
    words = words or write_weight(value)
    return f"({words})" if value < 0 else words


def _read(words):
    """Return the number that is written there."""
    plain = words.replace(MINUS, "-").rstrip("\N{HORIZONTAL ELLIPSIS}")
    first, _, power = plain.partition(f" {TIMES} 10")
    return float(first) * 10.0 ** int(power.translate(LOWERED) or 0)
