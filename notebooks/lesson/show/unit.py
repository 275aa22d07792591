"""The drawing of the LSTM unit.  Knows no widget.

Long-term memory runs along the top, short-term memory along the bottom, the input comes from below; three stages
follow each other from left to right.  Every arrow carries its number, read from the records of lstm_core.

The columns and rows below are the whole layout: move one, and everything that hangs on it moves along.
"""
import math

from .svg import (INPUT, LONG_TERM, PAPER, POTENTIAL, QUIET, SHARE, SHORT_TERM, TEXT, Drawing, arrow, bounded, chip,
                  dot, named_chip, number, path, rect, share, text)

WIDTH, HEIGHT = 1000, 516
X_IN, X_FORGET, X_CANDIDATE, X_INPUT, X_OUTPUT, X_TANH, X_OUT = 66, 218, 402, 556, 738, 888, 940  # columns
X_ADD = (X_CANDIDATE + X_INPUT) / 2
Y_LONG, Y_ADDED, Y_GATE, Y_BOX, Y_SUM, Y_SHORT, Y_INPUT = 92, 134, 176, 246, 322, 408, 464  # rows
STAGES = {  # left and right edge, name, what it decides
    1: (140, 312, "1  Forget gate", "how much to keep"),
    2: (320, 650, "2  Input gate", "what to add, and how much of it"),
    3: (658, WIDTH - 4, "3  Output gate", "what to show"),
}


def draw_unit(unit, step, lit=(1, 2, 3), digits=2, arithmetic=False):
    """Draw one step of the unit: a Drawing of 1000 picture units in width.

    unit: the LSTMUnit, for its weights; step: the Step it made, on floats; lit: the stages at hand (the others are
    quiet, and those after the last lit one show no numbers yet); digits: after the point; arithmetic: write the
    calculation of the lit stages below.
    """
    last = max(lit)
    columns = _columns(unit, step, digits, last)
    groups = [_stage_1(step, digits, columns), _stage_2(step, digits, columns, last >= 2),
              _stage_3(step, digits, columns, last >= 3)]
    stages = "".join(f'<g opacity="{1 if k in lit else 0.65}">{group}</g>' for k, group in enumerate(groups, 1))
    panels = "".join(_panel(k, k in lit) for k in STAGES)
    lines = [line for k in lit for line in _arithmetic(unit, step, digits)[k]] if arithmetic else []
    below, height = _strip(lines)
    body = (rect(0, 0, WIDTH, HEIGHT + height, PAPER, radius=8) + panels + _rails()
            + stages + _incoming(step, digits) + below)
    return Drawing(WIDTH, HEIGHT + height, body)


def draw_backward(unit, step, back, dc, dh, digits=2):
    """Draw the same step with the slopes of the loss in place of its numbers: they come from the right and go left.

    unit, step: as in draw_unit; back: the StepBack of the step; dc, dh: what the next step handed back.
    """
    f, i, o = back.forget, back.input, back.output
    slopes = step._replace(
        c_prev=back.dc, h_prev=back.dh,
        forget=step.forget._replace(a_f=f.da_f, f=f.df, kept=i.dkept),
        input=step.input._replace(a_g=i.da_g, g=i.dg, a_i=i.da_i, i=i.di, added=o.dc, c=dc),
        output=step.output._replace(a_o=o.da_o, o=o.do, tanh_c=dh * step.output.o, h=dh))
    columns = _columns(unit, slopes, digits, at=step)
    body = (rect(0, 0, WIDTH, HEIGHT, PAPER, radius=8) + "".join(_panel(k, True) for k in STAGES) + _rails()
            + _stage_1(slopes, digits, columns, "d") + _stage_2(slopes, digits, columns, True, "d")
            + _stage_3(slopes, digits, columns, True, "d") + _incoming(slopes, digits, "d")
            + text(X_ADD, HEIGHT - 24, "the slopes go from right to left, and down", anchor="middle", italic=True))
    return Drawing(WIDTH, HEIGHT, body)


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


# ------------------------------------------------------------------------------------------------ what never moves

def _panel(k, lit):
    """Return the ground of a stage, with its title."""
    left, right, title, subtitle = STAGES[k]
    ground = rect(left, 8, right - left, HEIGHT - 16, "#FFF9E3" if lit else "#FAFAFA", "#E3D8A8" if lit else "#EEEEEE")
    return (ground + text(left + 12, 32, title, 18, fill=TEXT if lit else QUIET, bold=True)
            + text(left + 12, 53, subtitle, 17, fill=TEXT if lit else QUIET))


def _rails():
    """Return the two lines that pass every stage: short-term memory and input."""
    return (path(f"M12 {Y_SHORT}H{X_OUTPUT - 22}", SHORT_TERM, 6)
            + path(f"M{X_IN} {HEIGHT - 12}V{Y_INPUT}H{X_OUTPUT + 22}", INPUT, 6))


def _incoming(step, digits, d=""):
    """Return the three numbers that come in from the left and from below; the slopes, which leave there, have no x."""
    body = (_memory_name(X_IN, 40, "long-term", "memory c", "middle", d and "dc")
            + chip(X_IN, Y_LONG, number(step.c_prev, digits), LONG_TERM)
            + _memory_name(X_IN, Y_SHORT - 52, "short-term", "memory h", "middle", d and "dh")
            + chip(X_IN, Y_SHORT, number(step.h_prev, digits), SHORT_TERM)
            + text(X_IN, Y_INPUT - 14, "input x", anchor="middle"))
    return body + chip(X_IN, Y_INPUT + 12, number(step.x, digits), INPUT)


def _memory_name(x, y, first, second, anchor, slope=""):
    """Return the name of a memory in two lines, or where its slope goes to or comes from."""
    if slope:
        first, second = slope, ("to before" if anchor == "middle" else "from after")
    return text(x, y, first, anchor=anchor) + text(x, y + 20, second, anchor=anchor)


# ------------------------------------------------------------------------------------------------------ the stages

def _stage_1(step, digits, columns, d=""):
    """Forget gate: from the two rails up to the multiplication on the long-term memory."""
    s = step.forget
    return (path(f"M12 {Y_LONG}H{X_FORGET}", LONG_TERM, 6) + path(f"M{X_FORGET} {Y_LONG}H{X_ADD}", LONG_TERM, 6)
            + columns[X_FORGET]
            + arrow(f"M{X_FORGET} {Y_BOX - 34}V{Y_LONG + 22}", (X_FORGET, Y_LONG + 15, "up"), TEXT)
            + named_chip(X_FORGET, (Y_ADDED + Y_GATE) / 2, bounded(s.f, max(digits, 3)), SHARE, d + "f", "left")
            + _operation(X_FORGET, Y_LONG, "\N{MULTIPLICATION SIGN}", LONG_TERM)
            + named_chip(X_FORGET + 76, Y_LONG, number(s.kept, digits), LONG_TERM, d + "kept", "below"))


def _stage_2(step, digits, columns, known, d=""):
    """Candidate and input gate: multiplied, then added to the long-term memory."""
    s = step.input
    show = lambda value, d=digits, write=bounded: write(value, d) if known else ""
    return (path(f"M{X_ADD} {Y_LONG}H{WIDTH - 16}", LONG_TERM, 6)
            + arrow(f"M{X_ADD} {Y_LONG}H{WIDTH - 16}", (WIDTH - 2, Y_LONG, "right"), LONG_TERM, 6)
            + columns[X_CANDIDATE] + columns[X_INPUT]
            + arrow(f"M{X_CANDIDATE} {Y_BOX - 34}V{Y_GATE}H{X_ADD - 20}", (X_ADD - 15, Y_GATE, "right"), TEXT)
            + path(f"M{X_INPUT} {Y_BOX - 34}V{Y_GATE}H{X_ADD + 15}", TEXT)
            + named_chip(X_CANDIDATE - 10, Y_GATE, show(s.g), POTENTIAL, d + "g", "left")
            + named_chip(X_INPUT + 10, Y_GATE, show(s.i, max(digits, 3)), SHARE, d + "i", "right")
            + arrow(f"M{X_ADD} {Y_GATE}V{Y_LONG + 22}", (X_ADD, Y_LONG + 15, "up"), TEXT)
            + _operation(X_ADD, Y_GATE, "\N{MULTIPLICATION SIGN}", TEXT)
            + named_chip(X_ADD, Y_ADDED, show(s.added), POTENTIAL, d + "added", "right")
            + _operation(X_ADD, Y_LONG, "+", LONG_TERM)
            + _memory_name(WIDTH - 12, 40, "new long-term", "memory c", "end", d and "dc")
            + chip(X_OUT, Y_LONG, show(s.c, write=number), LONG_TERM))


def _stage_3(step, digits, columns, known, d=""):
    """Output gate: the new long-term memory through tanh, times the gate, is the new short-term memory."""
    s = step.output
    show = lambda value, d=digits: bounded(value, d) if known else ""
    return (arrow(f"M{X_TANH} {Y_LONG}V{Y_BOX}", (X_TANH, Y_BOX - 15, "down"), LONG_TERM)
            + columns[X_TANH]
            + chip(X_TANH, 194, show(s.tanh_c), POTENTIAL)
            + columns[X_OUTPUT]
            + arrow(f"M{X_OUTPUT + 48} {Y_BOX}H{X_TANH - 20}", (X_TANH - 15, Y_BOX, "right"), TEXT)
            + named_chip((X_OUTPUT + 48 + X_TANH - 15) / 2, Y_BOX, show(s.o, max(digits, 3)), SHARE, d + "o", "below")
            + arrow(f"M{X_TANH} {Y_BOX + 14}V{Y_SHORT}H{WIDTH - 16}", (WIDTH - 2, Y_SHORT, "right"), SHORT_TERM, 6)
            + _operation(X_TANH, Y_BOX, "\N{MULTIPLICATION SIGN}", SHORT_TERM)
            + _memory_name(WIDTH - 12, Y_SHORT + 36, "new short-term", "memory h = output", "end", d and "dh")
            + chip(X_OUT, Y_SHORT, show(s.h), SHORT_TERM))


# -------------------------------------------------------------------------------------------- what stages are made of

def _columns(unit, step, digits, last=3, at=None):
    """Return the four gates and the box of tanh(c), by the place of each; at: the Step whose sums the boxes mark."""
    at = at or step
    return {
        X_FORGET: _column(X_FORGET, unit.forget, step.forget.a_f, at.forget.a_f, "sigmoid", digits),
        X_CANDIDATE: _column(X_CANDIDATE, unit.candidate, step.input.a_g, at.input.a_g, "tanh", digits, last >= 2),
        X_INPUT: _column(X_INPUT, unit.input, step.input.a_i, at.input.a_i, "sigmoid", digits, last >= 2),
        X_OUTPUT: _column(X_OUTPUT, unit.output, step.output.a_o, at.output.a_o, "sigmoid", digits, last >= 3),
        X_TANH: _box(X_TANH, 140, at.c if last >= 3 else None, "tanh", 80, 52)}


def _column(x, gate, shown, a, name, digits, known=True):
    """Return one gate from the rails up to its activation: two weighted arrows, bias, the number shown, box at a."""
    weight = lambda value: "\N{MULTIPLICATION SIGN}" + _weight(value)
    left, right, foot = x - 22, x + 22, Y_SUM + 17
    return (dot(left, Y_SHORT, SHORT_TERM) + dot(right, Y_INPUT, INPUT)
            + path(f"M{right} {Y_INPUT}V{foot}", PAPER, 9)  # where the input's arrow crosses the short-term memory
            + arrow(f"M{left} {Y_SHORT}V{foot + 8}", (left, foot, "up"), SHORT_TERM)
            + arrow(f"M{right} {Y_INPUT}V{foot + 8}", (right, foot, "up"), INPUT)
            + text(left - 4, Y_SHORT - 14, weight(gate.w), 17, "end")
            + text(right + 8, Y_SHORT - 40, weight(gate.u), 17)
            + arrow(f"M{x} {Y_SUM}V{Y_BOX + 40}", (x, Y_BOX + 33, "up"), TEXT)
            + chip(x, Y_SUM, number(shown, digits) if known else "", TEXT)
            + text(x + 34, Y_SUM - 18, _plus(gate.b), 17)
            + _box(x, Y_BOX, a if known else None, name))


def _box(x, y, a, name, width=96, height=64):
    """Return an activation function: its curve from -6 to 6, and a point where the sum a stands now."""
    curve, fill, border = ((math.tanh, "#FBE4D5", POTENTIAL) if name == "tanh"
                           else (lambda t: math.tanh(t / 2), "#CFE8F7", TEXT))
    px = lambda t: x + t / 6 * (width / 2 - 8)
    py = lambda t: y + 6 - curve(t) * (height / 2 - 14)  # below the name
    points = " ".join(f"{px(t / 2):.1f},{py(t / 2):.1f}" for t in range(-12, 13))
    here = "" if a is None else dot(px(max(-6, min(6, a))), py(max(-6, min(6, a))), border, 6)
    return (rect(x - width / 2, y - height / 2, width, height, fill, border)
            + text(x - width / 2 + 6, y - height / 2 + 16, name, 17)
            + f'<polyline points="{points}" fill="none" stroke="{border}" stroke-width="2"/>' + here)


def _operation(x, y, sign, colour):
    """Return a multiplication or an addition: a sign in a circle on the line."""
    return (f'<circle cx="{x:g}" cy="{y:g}" r="15" fill="{PAPER}" stroke="{colour}" stroke-width="3"/>'
            + text(x, y + 8, sign, 24, "middle", bold=True))


# ------------------------------------------------------------------------------------------------- the arithmetic

def _weight(value):
    """Write a weight with the digits it was given with, two at least."""
    return number(value, 2 if abs(value - round(value, 2)) < 1e-9 else 4)


def _arithmetic(unit, step, digits):
    """Return the calculation of each stage, a line each, with the numbers as they are drawn."""
    n = lambda value: number(value, digits)
    b, g3 = (lambda value: bounded(value, digits)), (lambda value: bounded(value, max(digits, 3)))
    f, i, o = step.forget, step.input, step.output

    def total(gate, a):
        return (f"({_short(n(step.h_prev))} \N{MULTIPLICATION SIGN} {_weight(gate.w)}) + ({_short(n(step.x))} "
                f"\N{MULTIPLICATION SIGN} {_weight(gate.u)}) {_plus(gate.b)} = {n(a)}")

    return {
        1: [f"forget sum = {total(unit.forget, f.a_f)}",
            f"forget gate f = sigmoid({n(f.a_f)}) = {g3(f.f)}",
            f"kept = {g3(f.f)} \N{MULTIPLICATION SIGN} {n(step.c_prev)} = {n(f.kept)}"],
        2: [f"candidate sum = {total(unit.candidate, i.a_g)}",
            f"candidate g = tanh({n(i.a_g)}) = {b(i.g)}",
            f"input sum = {total(unit.input, i.a_i)}",
            f"input gate i = sigmoid({n(i.a_i)}) = {g3(i.i)}",
            f"added = {g3(i.i)} \N{MULTIPLICATION SIGN} {b(i.g)} = {b(i.added)}",
            f"new long-term memory c = {n(f.kept)} {_plus_number(i.added, b)} = {n(i.c)}"],
        3: [f"output sum = {total(unit.output, o.a_o)}",
            f"output gate o = sigmoid({n(o.a_o)}) = {g3(o.o)}",
            f"tanh({n(i.c)}) = {b(o.tanh_c)}",
            f"new short-term memory h = {g3(o.o)} \N{MULTIPLICATION SIGN} {b(o.tanh_c)} = {b(o.h)}"],
    }


def _short(words):
    """Drop the zeros at the end of a written number: 1.00 becomes 1."""
    return words.rstrip("0").rstrip(".") if "." in words and "×" not in words else words


def _plus_number(value, n):
    """Write a number as something that is added: the sign, a space, the number without its sign."""
    return f"+ {n(value)}" if value >= 0 else f"\N{MINUS SIGN} {n(-value)}"


def _plus(value):
    """Write a bias as something that is added."""
    return _plus_number(value, _weight)


def _strip(lines):
    """Return the lines set in two columns below the unit, and the height they take; long lines make all smaller."""
    rows = math.ceil(len(lines) / 2)
    size = min([17, *(round(790 / len(line), 1) for line in lines)])
    places = ((16 + 500 * (k // rows), HEIGHT + 24 + 30 * (k % rows)) for k in range(len(lines)))
    body = "".join(text(x, y, line, size) for (x, y), line in zip(places, lines))
    return body, 30 * rows + 16 if rows else 0
