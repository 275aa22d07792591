"""The drawing of the unit backward: the slopes of the loss, from the right to the left.  Knows no widget.

The places are those of the unit.  Arrows point the way the slopes go; the larger a slope, the thicker its line, and a
negative one is dashed.  Every slope can be looked into.
"""
from .svg import (INPUT, LONG_TERM, PAPER, POTENTIAL, QUIET, SHARE, SHORT_TERM, TEXT, Drawing, Part, arrow, beside,
                  chip, chip_width, dot, held_chip, named_chip, number, part, path, power_of_ten, rect, text,
                  text_width)
from .unit import (ASIDE, COLUMNS, GATES, MINUS, SIZE, SMALL, SQUEEZE, STAGES, TIMES, WIDTH, X_ADD, X_CANDIDATE,
                   X_FORGET, X_IN, X_INPUT, X_KEPT, X_OUT, X_OUTPUT, X_TANH, Y_ADDED, Y_BIAS, Y_BOX, Y_GATE, Y_LONG,
                   Y_SHORT, Y_SHOWN, Y_SUM, Y_WEIGHT, box, factor, operation, panel, point, stacked, weight_chip,
                   weight_words, write_weight)

DIGITS = 3
HEIGHT, BOTTOM, Y_INPUT = 532, 470, 512  # BOTTOM: of the stages; what a nudge does stands below them
X_MERGED, Y_SLOPE = 752, 439  # the number of dc with its second part; the weights' slopes
TANH = X_TANH, SQUEEZE[1] + 6, SQUEEZE[2], 50  # the box of tanh(c): below an arrowhead that the unit does not have
TANH_TOP, TANH_FOOT = TANH[1] - TANH[3] / 2, TANH[1] + TANH[3] / 2
ORDER = ("d_tanh_c", "do", "da_o", "dc_here", "added_d", "dg", "da_g", "di", "da_i", "kept_d", "df", "da_f",
         "dc_before", "dh_before")


def paper_backward():
    """Draw what never moves: the grounds of the stages, the names, the activation functions."""
    body = (rect(0, 0, WIDTH, HEIGHT, PAPER, radius=8) + "".join(panel(k, BOTTOM - 8) for k in STAGES)
            + stacked(X_IN, 17, "memory c") + stacked(X_IN, Y_LONG + 36, "dc to", "before")
            + stacked(X_IN, 348, "memory h") + stacked(X_IN, Y_SHORT - 44, "dh to", "before")
            + text(X_IN + 46, Y_INPUT + 6, "x", SIZE, italic=True) + stacked(X_OUT, 32, "dc", "from after")
            + stacked(X_OUT, Y_SHORT - 44, "dh", "from after"))
    for letter, x in COLUMNS.items():
        body += path(f"M{x + ASIDE} {Y_SUM}V{Y_SLOPE}", INPUT, 1.5) + path(f"M{x} {Y_SUM}V{Y_BIAS}", TEXT, 1.5)
        body += beside(f"da_{letter}", box("tanh" if letter == "g" else "sigmoid", x, Y_BOX))
    return Drawing(WIDTH, HEIGHT, body + beside("dc_here", box("tanh", *TANH)))


def draw_backward(unit, step, back, dc, dh, held, nudged):
    """Draw the slopes of the loss at every number of a step, and below it what a nudge of one weight does.

    To lie on paper_backward().  unit, step: as in draw_unit; back: the StepBack of the step; dc, dh: what the next step
    handed back; held: the names of all numbers that are handles; nudged: two lines that say which weight moves and how
    far, the change of the loss that its slope predicts, and the real one.
    """
    slopes = _Slopes(unit, step, back, dc, dh, held)
    body = slopes.long_term() + slopes.short_term() + slopes.gates() + slopes.ends() + _nudge(nudged)
    return Drawing(WIDTH, HEIGHT, body, slopes.parts(), ORDER)


def written(value):
    """Write a slope: with three digits, and one that is smaller still with its power of ten."""
    return power_of_ten(value, 0).replace("-", MINUS) if 0 < abs(value) < 1e-4 else number(value, DIGITS)


class _Slopes:
    """The slopes of one step backward, and the lines and chips that show them."""

    def __init__(self, unit, step, back, dc, dh, held):
        f, i, o = back.forget, back.input, back.output
        self.unit, self.step, self.back, self.dc, self.dh, self.held = unit, step, back, dc, dh, held
        self.gate_slopes = {"f": f.gate, "g": i.candidate, "i": i.gate, "o": o.gate}
        self.values = {"d_tanh_c": dh * step.output.o, "do": o.do, "da_o": o.da_o, "dc_here": o.dc, "added_d": o.dc,
                       "dg": i.dg, "da_g": i.da_g, "di": i.di, "da_i": i.da_i, "kept_d": i.dkept, "df": f.df,
                       "da_f": f.da_f, "dc_before": back.dc, "dh_before": back.dh}

    def line(self, slope, way, colour, tip=None):
        """Return the line along which a slope goes: thicker the larger it is, dashed where it is negative."""
        size = min(1, abs(slope))
        width, dash = 1.5 + 5.5 * size ** 0.5, "" if slope > 0 else "7 6" if slope < 0 else "1 6"
        return arrow(way, tip, colour, width, dash) if tip else path(way, colour, width, dash=dash)

    def chip(self, name, x, y, colour, label="", side="right", width=56):
        """Return a slope that can be looked into."""
        words = written(self.values[name])
        return part(name, named_chip(x, y, words, colour, label, side, SIZE) if label else
                    chip(x, y, words, colour, SIZE, width))

    # --------------------------------------------------------------------------------------------- along the memories

    def long_term(self):
        """Return the upper line: dc from after, a second part from below, on to what was added and kept."""
        v, y = self.values, Y_LONG
        after = self.line(self.dc, f"M{WIDTH - 4} {y}H{X_TANH + 10}", LONG_TERM, (X_TANH + 4, y, "left"))
        here = self.line(v["dc_here"], f"M{X_TANH} {y}H{X_ADD + 22}", LONG_TERM, (X_ADD + 15, y, "left"))
        kept = self.line(v["kept_d"], f"M{X_ADD - 15} {y}H{X_FORGET + 22}", LONG_TERM, (X_FORGET + 15, y, "left"))
        before = self.line(v["dc_before"], f"M{X_FORGET - 15} {y}H16", LONG_TERM, (2, y, "left"))
        return (beside("dc_here", after + dot(X_TANH, y, LONG_TERM)) + beside("added_d", here) + beside("kept_d", kept)
                + beside("dc_before", before + operation(X_FORGET, y, TIMES, LONG_TERM))
                + beside("kept_d", operation(X_ADD, y, "+", LONG_TERM))
                + self.chip("dc_here", X_MERGED, y, LONG_TERM, "dc, merged", "below")
                + self.chip("kept_d", X_KEPT, y, LONG_TERM, "dkept", "below"))

    def short_term(self):
        """Return the way of dh: from the right to the multiplication, on to tanh(c) and to the output gate."""
        v, back = self.values, self.back
        dh = self.line(self.dh, f"M{WIDTH - 4} {Y_SHORT}H{X_TANH}V{Y_SHOWN + 22}", SHORT_TERM,
                       (X_TANH, Y_SHOWN + 15, "up"))
        up = self.line(v["d_tanh_c"], f"M{X_TANH} {Y_SHOWN - 15}V{TANH_FOOT:g}", LONG_TERM)
        through = back.output.dc - self.dc
        squeezed = (self.line(through, f"M{X_TANH} {TANH_TOP:g}V{Y_LONG + 14}", LONG_TERM,
                              (X_TANH, Y_LONG + 6, "up"))
                    + point("tanh", self.step.c, *TANH))
        end = X_OUTPUT + chip_width(written(v["do"]), SIZE) // 2 + 3
        shown = (self.line(v["do"], f"M{X_TANH - 15} {Y_SHOWN}H{end + 8}", TEXT, (end, Y_SHOWN, "left"))
                 + self.line(v["do"], f"M{X_OUTPUT} {Y_SHOWN}V{Y_BOX - 34}", TEXT))
        return (beside("do", shown) + beside("d_tanh_c", dh + up) + beside("dc_here", squeezed)
                + beside("d_tanh_c", operation(X_TANH, Y_SHOWN, TIMES, SHORT_TERM))
                + self.chip("d_tanh_c", X_TANH, Y_SHOWN - 44, POTENTIAL)
                + self.chip("do", X_OUTPUT, Y_SHOWN, SHARE, "do", "left"))

    # -------------------------------------------------------------------------------------------------- the four gates

    def gates(self):
        """Return the way of the slopes from the long-term memory down through all gates."""
        v = self.values
        added = self.line(v["added_d"], f"M{X_ADD} {Y_LONG + 15}V{Y_GATE - 22}", TEXT, (X_ADD, Y_GATE - 15, "down"))
        g = self.line(v["dg"], f"M{X_ADD - 15} {Y_GATE}H{X_CANDIDATE}V{Y_BOX - 41}", TEXT,
                      (X_CANDIDATE, Y_BOX - 34, "down"))
        i = self.line(v["di"], f"M{X_ADD + 15} {Y_GATE}H{X_INPUT}V{Y_BOX - 41}", TEXT, (X_INPUT, Y_BOX - 34, "down"))
        f = self.line(v["df"], f"M{X_FORGET} {Y_LONG + 15}V{Y_BOX - 41}", TEXT, (X_FORGET, Y_BOX - 34, "down"))
        return (beside("added_d", added) + beside("dg", g) + beside("di", i) + beside("df", f)
                + operation(X_ADD, Y_GATE, TIMES, TEXT)
                + self.chip("added_d", X_ADD, Y_ADDED, POTENTIAL, "dadded")
                + self.chip("dg", X_CANDIDATE, Y_GATE, POTENTIAL, "dg", "left")
                + self.chip("di", X_INPUT, Y_GATE, SHARE, "di", "right")
                + self.chip("df", X_FORGET, 162, SHARE, "df", "left")
                + self.rail() + "".join(self.column(letter) for letter in "fgio"))

    def column(self, letter):
        """Return one gate below its share: the slope of its sum, and what its three numbers get."""
        x, da, stage = COLUMNS[letter], self.values[f"da_{letter}"], self.step
        left, right = x - ASIDE, x + ASIDE
        sums = {"f": stage.forget.a_f, "g": stage.input.a_g, "i": stage.input.a_i, "o": stage.output.a_o}
        to_h = da * getattr(self.unit, GATES[letter]).w
        down = self.line(to_h, f"M{left} {Y_SUM + 15}V{Y_SHORT - 12}", SHORT_TERM, (left, Y_SHORT - 4, "down"))
        through = (self.line(da, f"M{x} {Y_BOX + 34}V{Y_SUM - 22}", TEXT, (x, Y_SUM - 15, "down"))
                   + point("tanh" if letter == "g" else "sigmoid", sums[letter], x, Y_BOX))
        gate, slopes = getattr(self.unit, GATES[letter]), dict(zip("wub", self.gate_slopes[letter]))
        places = {"w": (left, Y_WEIGHT, SHORT_TERM), "u": (right, Y_WEIGHT, INPUT), "b": (x, Y_BIAS, TEXT)}
        weights = "".join(weight_chip(f"{letter}_{which}", *place[:2], weight_words(which, getattr(gate, which)),
                                      place[2], self.held) for which, place in places.items())
        tags = "".join(part(f"{letter}_d{which}", _tag(places[which][0], slopes[which])) for which in "wu")
        return (beside("dh_before", down) + beside(f"da_{letter}", through)
                + self.chip(f"da_{letter}", x, Y_SUM, TEXT, width=112)
                + weights + tags)

    def rail(self):
        """Return the lower line: the short-term memory's slope grows from gate to gate.  The input's is not needed."""
        ways = [(COLUMNS[letter] - ASIDE, self.values[f"da_{letter}"] * getattr(self.unit, GATES[letter]).w)
                for letter in "oigf"]
        rail, slope = "", 0
        for (x, more), (to, _) in zip(ways, ways[1:]):
            slope += more
            rail += self.line(slope, f"M{x} {Y_SHORT}H{to}", SHORT_TERM)
        rail += self.line(self.back.dh, f"M{ways[-1][0]} {Y_SHORT}H16", SHORT_TERM, (2, Y_SHORT, "left"))
        return beside("dh_before", rail)

    def ends(self):
        """Return what came in, as handles, and what goes out to the left and comes in from the right."""
        values = {"c": self.step.c_prev, "h": self.step.h_prev, "x": self.step.x, "dc": self.dc, "dh": self.dh}

        def hold(name, x, y, colour):
            words = number(values[name])
            return (held_chip(name, x, y, words, colour, SIZE) if name in self.held else
                    chip(x, y, words, colour, SIZE))

        return (hold("c", X_IN, 43, QUIET) + self.chip("dc_before", X_IN, Y_LONG + 2, LONG_TERM)
                + hold("h", X_IN, 374, QUIET) + self.chip("dh_before", X_IN, Y_SHORT, SHORT_TERM)
                + hold("x", X_IN, Y_INPUT, INPUT)
                + hold("dc", X_OUT, Y_LONG, LONG_TERM) + hold("dh", X_OUT, Y_SHORT, SHORT_TERM))

    # --------------------------------------------------------------------------------------------------- the arithmetic

    def parts(self):
        """Return what every slope answers: its arithmetic, with the numbers as drawn."""
        v, s = self.values, self.step
        f, i, o = s.forget, s.input, s.output
        w = lambda value: factor(value, written(value))
        square = lambda value: f"{w(value)}\N{SUPERSCRIPT TWO}"
        sigmoid = lambda value: f"{written(value)} {TIMES} (1 {MINUS} {written(value)})"
        lines = {
            "d_tanh_c": (f"dtanh(c) = dh {TIMES} o = {written(self.dh)} {TIMES} {written(o.o)}", ("dh",)),
            "do": (f"do = dh {TIMES} tanh(c) = {written(self.dh)} {TIMES} {w(o.tanh_c)}", ("dh",)),
            "da_o": (f"da_o = do {TIMES} o (1 {MINUS} o) = {written(v['do'])} {TIMES} {sigmoid(o.o)}", ("do",)),
            "dc_here": (f"dc = dc from after + dtanh(c) {TIMES} (1 {MINUS} tanh\N{SUPERSCRIPT TWO}) = "
                        f"{written(self.dc)} + {w(v['d_tanh_c'])} {TIMES} (1 {MINUS} {square(o.tanh_c)})",
                        ("dc", "d_tanh_c")),
            "added_d": (f"dadded = dc: a sum hands its slope on = {written(v['dc_here'])}", ("dc_here",)),
            "dg": (f"dg = dadded {TIMES} i = {written(v['added_d'])} {TIMES} {written(i.i)}", ("added_d",)),
            "da_g": (f"da_g = dg {TIMES} (1 {MINUS} g\N{SUPERSCRIPT TWO}) = {written(v['dg'])} {TIMES} (1 {MINUS} "
                     f"{square(i.g)})", ("dg",)),
            "di": (f"di = dadded {TIMES} g = {written(v['added_d'])} {TIMES} {w(i.g)}", ("added_d",)),
            "da_i": (f"da_i = di {TIMES} i (1 {MINUS} i) = {written(v['di'])} {TIMES} {sigmoid(i.i)}", ("di",)),
            "kept_d": (f"dkept = dc: a sum hands its slope on = {written(v['dc_here'])}", ("dc_here",)),
            "df": (f"df = dkept {TIMES} c = {written(v['kept_d'])} {TIMES} {w(s.c_prev)}", ("kept_d", "c")),
            "da_f": (f"da_f = df {TIMES} f (1 {MINUS} f) = {written(v['df'])} {TIMES} {sigmoid(f.f)}", ("df",)),
            "dc_before": (f"dc to before = dkept {TIMES} f = {written(v['kept_d'])} {TIMES} {written(f.f)}",
                          ("kept_d",)),
            "dh_before": ("dh to before = " + " + ".join(
                f"{w(v[f'da_{k}'])} {TIMES} {factor(getattr(self.unit, GATES[k]).w)}" for k in "fgio"),
                tuple(name for k in "fgio" for name in (f"da_{k}", f"{k}_w")))}
        parts = {name: Part(line if line.endswith(written(v[name])) else f"{line} = {written(v[name])}", of)
                 for name, (line, of) in lines.items()}
        for k, name in GATES.items():
            gate, da = getattr(self.unit, name), written(v[f"da_{k}"])
            for which, slope, letter, value in zip("wu", self.gate_slopes[k], "hx", (s.h_prev, s.x)):
                parts[f"{k}_d{which}"] = Part(f"d{which} = da_{k} {TIMES} {letter} = {da} {TIMES} {w(value)} = "
                                              f"{written(slope)}", (f"da_{k}", letter))
            parts[f"{k}_w"] = Part(f"{name}: weight {write_weight(gate.w)} on h")
            parts[f"{k}_u"] = Part(f"{name}: weight {write_weight(gate.u)} on x")
            parts[f"{k}_b"] = Part(f"{name}: bias {write_weight(gate.b)}; its slope is the sum's, db = da_{k} = {da}")
        return parts


def _tag(x, slope):
    """Return the slope of a weight, below it: in few letters, its line has all of them."""
    words = "\N{ALMOST EQUAL TO} 0" if 0 < abs(slope) < 1e-4 else written(slope)
    width = text_width(words, SMALL) + 6
    return (rect(x - width / 2, Y_SLOPE - 11, width, 22, "#F4F4F4", QUIET, 1.5, 4)
            + text(x, Y_SLOPE + 6, words, SMALL, "middle"))


def _nudge(nudged):
    """Return the strip below the unit: what the slope predicts for a nudge, beside what the loss really does."""
    what, predicted, real = nudged
    top, middle, scale = BOTTOM + 6, 700, 100 / max(abs(predicted), abs(real), 1e-12)
    body = "".join(text(130, top + 18 + 27 * k, line, SIZE, bold=True) for k, line in enumerate(what))
    for row, (words, value, colour) in enumerate((("slope predicts", predicted, SHARE),
                                                  ("the loss really does", real, TEXT))):
        y, width = top + 2 + 27 * row, scale * abs(value)
        body += text(middle - 110, y + 16, words, SIZE, "end")
        body += text(888, y + 16, "+" * (value > 0) + written(value), SIZE, "end")
        body += rect(middle - (width if value < 0 else 0), y, width, 20, colour, TEXT, 1, 2)
    return body + path(f"M{middle} {top - 2}V{top + 52}", TEXT, 1.5)
