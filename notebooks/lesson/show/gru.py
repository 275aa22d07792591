"""The drawing of one GRU cell: its memory runs along the top, the input comes from below.  Knows no widget."""
from .svg import INPUT, PAPER, POTENTIAL, SHARE, SHORT_TERM, TEXT, Drawing, Part, arrow, bounded, chip, held_chip
from .svg import named_chip, number, part, path, rect, share, text
from .unit import MINUS, TIMES, factor, operation

WIDTH, HEIGHT = 1000, 394
X_IN, X_DOWN, X_UPDATE, X_RESET, X_SEEN, X_CANDIDATE, X_OUT = 58, 122, 236, 456, 588, 752, 942  # columns
Y_MEMORY, Y_SHARE, Y_MADE, Y_BOX, Y_BIAS, Y_SHORT, Y_INPUT = 56, 132, 174, 226, 278, 322, 366  # rows
FOOT, SIZE = 32, 18.5


def paper_gru():
    """Draw what never moves: the lines, the boxes and the operations."""
    body = rect(0, 0, WIDTH, HEIGHT, PAPER, radius=8)
    body += path(f"M{X_IN} {Y_MEMORY}H{X_OUT}M{X_DOWN} {Y_MEMORY}V{Y_SHORT}H{X_CANDIDATE - FOOT}V{Y_BOX}"
                 + "".join(f"M{x - FOOT} {Y_SHORT}V{Y_BOX}" for x in (X_UPDATE, X_RESET)), SHORT_TERM, 4)
    for x in (X_UPDATE, X_RESET, X_CANDIDATE):
        body += path(f"M{x + FOOT} {Y_INPUT}V{Y_BOX}", PAPER, 10) + path(f"M{x + FOOT} {Y_INPUT}V{Y_BOX}", INPUT, 4)
    body += path(f"M{X_IN} {Y_INPUT}H{X_CANDIDATE + FOOT}", INPUT, 4)
    body += path(f"M{X_UPDATE} {Y_BOX}V{Y_MEMORY}M{X_UPDATE} {Y_SHARE}H{X_CANDIDATE}M{X_RESET} {Y_BOX}H{X_SEEN}"
                 f"V{Y_SHORT}M{X_CANDIDATE} {Y_BOX}V{Y_MEMORY}", TEXT)
    below, rim = Y_BOX + 24, 14  # of a box, and of an operation: where arrows end
    for tip, colour, width in (
            *(((x, Y_MEMORY, "right"), SHORT_TERM, 4) for x in (X_UPDATE - rim, X_CANDIDATE - rim, X_OUT - 33)),
            *(((x - FOOT, below, "up"), SHORT_TERM, 2.5) for x in (X_UPDATE, X_RESET, X_CANDIDATE)),
            *(((x + FOOT, below, "up"), INPUT, 2.5) for x in (X_UPDATE, X_RESET, X_CANDIDATE)),
            *(((x, Y_MEMORY + rim, "up"), TEXT, 2.5) for x in (X_UPDATE, X_CANDIDATE)),
            ((X_CANDIDATE - rim, Y_SHARE, "right"), TEXT, 2.5), ((X_SEEN, Y_SHORT - rim, "down"), TEXT, 2.5)):
        body += arrow(f"M{tip[0]} {tip[1]}", tip, colour, width)
    for x, name, fill, border in ((X_UPDATE, "update gate", "#CFE8F7", TEXT), (X_RESET, "reset gate", "#CFE8F7", TEXT),
                                  (X_CANDIDATE, "candidate", "#FBE4D5", POTENTIAL)):
        body += rect(x - 62, Y_BOX - 24, 124, 48, fill, border) + text(x, Y_BOX + 6, name, 18, "middle")
    for x, y, words in ((X_IN, Y_MEMORY, "memory h"), (X_OUT, Y_MEMORY, "new h"), (X_IN, Y_INPUT, "input x")):
        body += text(x, y - 24, words, 18, "middle")
    body += text(X_UPDATE, Y_BIAS + 34, "bias", 16, "middle")
    return Drawing(WIDTH, HEIGHT, body + operation(X_UPDATE, Y_MEMORY, TIMES, SHORT_TERM)
                   + operation(X_SEEN, Y_SHORT, TIMES, SHORT_TERM) + operation(X_CANDIDATE, Y_SHARE, TIMES, TEXT)
                   + operation(X_CANDIDATE, Y_MEMORY, "+", SHORT_TERM))


def draw_gru(h, x, b, done):
    """Draw one step of a cell whose weights are all 1, to lie on paper_gru(); h, x and b, the update gate's bias, are
    handles.

    done: its GRUStep, on floats.
    """
    n, s = number, lambda value: bounded(value, 2)
    sums = f"{n(h)} + {factor(x, n(x))}"
    chips = held_chip("h", X_IN, Y_MEMORY, n(h), SHORT_TERM, SIZE) + held_chip("x", X_IN, Y_INPUT, n(x), INPUT, SIZE)
    chips += held_chip("b", X_UPDATE, Y_BIAS, n(b, 1), TEXT, SIZE, 44)
    parts = {"h": Part(f"memory h = {n(h)}, as the step before left it"), "x": Part(f"input x = {n(x)}"),
             "b": Part(f"bias of the update gate = {n(b, 1)}")}
    free = 1 - done.z
    for name, words, label, side, x_at, y_at, colour, line, of in (
            ("z", s(done.z), "z", "left", X_UPDATE, Y_MADE, SHARE, f"sigmoid({sums} + {factor(b, n(b, 1))})", "hxb"),
            ("kept", n(done.kept), "kept", "below", 400, Y_MEMORY, SHORT_TERM, f"{s(done.z)} {TIMES} {n(h)}", "zh"),
            ("free", s(free), f"1 {MINUS} z", "below", 588, Y_SHARE, SHARE, f"1 {MINUS} {s(done.z)}", "z"),
            ("r", s(done.r), "r", "right", X_SEEN, Y_BIAS - 12, SHARE, f"sigmoid({sums})", "hx"),
            ("seen", n(done.seen), "", "", 664, Y_SHORT, SHORT_TERM, f"{s(done.r)} {TIMES} {n(h)}", "rh"),
            ("g", s(done.g), "g", "right", X_CANDIDATE, Y_MADE, POTENTIAL,
             f"tanh({n(done.seen)} + {factor(x, n(x))})", ("seen", "x")),
            ("added", n(done.added), "added", "right", X_CANDIDATE, 99, POTENTIAL,
             f"{s(free)} {TIMES} {factor(done.g, s(done.g))}", ("free", "g")),
            ("new_h", n(done.h), "", "", X_OUT, Y_MEMORY, SHORT_TERM,
             f"{n(done.kept)} + {factor(done.added, n(done.added))}", ("kept", "added"))):
        drawn = (named_chip(x_at, y_at, words, colour, label, side, SIZE) if label else
                 chip(x_at, y_at, words, colour, SIZE))
        chips += part(name, drawn)
        parts[name] = Part(f"{line} = {words}", tuple(of))
    return Drawing(WIDTH, HEIGHT, chips, parts)


def say_gru(h, done):
    """Say in one sentence what draw_gru shows."""
    return (f"The update gate keeps {share(done.z)} of the memory {number(h)}, which leaves {number(done.kept)}; the "
            f"other {share(1 - done.z)} of the new memory are candidate: {number(done.added)} of {bounded(done.g)}. "
            f"Together the memory is now {number(done.h)}. The candidate saw {share(done.r)} of the memory.")
