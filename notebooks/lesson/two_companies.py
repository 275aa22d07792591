"""Lesson 06, two companies: the unit unrolled over their days, its wires exchanged, and how long day 1 survives."""
from math import ceil, floor, log10

import numpy as np

from lstm_core import COMPANY_A, COMPANY_B, VIDEO_UNIT_4_DIGITS, unroll

from .answer.exercises import Checks, Exercise, as_number, by_hand, search, written_sum
from .answer.questions import Questions
from .show import svg
from .show.axes import Axes, spread, ticks
from .show.picture import LivePicture, Slider, Switch
from .show.svg import DASHES, Drawing, Part, number, share
from .show.source import Source
from .show.unit import factor
from .why_networks_forget import BOX, COMPANIES, X_DAY

__all__ = ["Source", "ask", "check", "companies_picture", "exchange_picture", "survival_picture"]

UNIT = VIDEO_UNIT_4_DIGITS  # the whole lesson counts with these: its forecasts are 0.002 and 0.969, as published


def memories(run, c=0.0, h=0.0):
    """Return the long-term and the short-term memories of a run as two lists; c, h: those before its first step."""
    return [c, *(step.c for step in run)], [h, *(step.h for step in run)]


# -------------------------------------------------------------------------------------- A and B on one pair of axes

SIZE, LINE = 18, 22  # of letters, of a line of text


def around(values):
    """Return a range that holds all values, and 0, with a little of it free at both ends."""
    low, high = min(0.0, *values), max(0.0, *values)
    free = 0.05 * max(high - low, 1e-6)
    return low - free, high + free


def round_numbers(low, high, most):
    """Return the round numbers from low to high, at most so many steps: each 1, 2 or 5 times a power of 10 long."""
    rough = (high - low) / most
    power = 10.0 ** floor(log10(rough))
    step = next(k * power for k in (1, 2, 5, 10) if k * power >= rough)
    return [round(k * step, 10) for k in range(ceil(low / step), floor(high / step) + 1)]


def framed(axes, title, days=(), words="after day"):
    """Return what stays of the axes: the frame, a title above, the line of 0; days: ticks below, and words on them."""
    middle = (axes.left + axes.right) / 2
    body = axes.frame(days, round_numbers(*axes.ylim, round((axes.bottom - axes.top) / 40)), size=SIZE)
    body += svg.path(f"M{axes.left:g} {axes.y(0):.1f}H{axes.right:g}", svg.QUIET, 1)
    body += svg.text(middle, axes.top - 16, title, SIZE, "middle")
    return body + (svg.text(middle, axes.bottom + 2 * LINE + 7, words, SIZE, "middle") if days else "")


def pair(axes, curves, colour):
    """Return one curve for each company, over 0, 1, 2, ... days, with its name and its last number beside its end.

    curves: the numbers of each company, by its name.
    """
    ends = {name: (float(axes.x(len(ys) - 1)), float(axes.y(ys[-1]))) for name, ys in curves.items()}
    heights = spread([y for _, y in ends.values()], LINE, axes.top, axes.bottom)
    body = "".join(axes.curve(range(len(ys)), ys, colour, DASHES[name]) for name, ys in curves.items())
    for (name, (x, y)), height in zip(ends.items(), heights):
        words = f"{name} {number(curves[name][-1])}"
        body += svg.dot(x, y, colour)
        body += svg.text(round(x + 14, 1), round(height + 6, 1), words, SIZE, bold=True, rim=True)
    return body


# -------------------------------------------------------------------------------------------- four days, side by side

ROW, TOP = 168, 384  # height of a chain, where the curves begin


def companies_picture():
    """Return the unit unrolled over the four days of both companies: play it, or step from day to day."""
    runs = {name: unroll(UNIT, prices) for name, prices in COMPANIES.items()}
    axes = (Axes(70, TOP, 380, TOP + 150, (0, 4), (-0.5, 2.5)), Axes(570, TOP, 880, TOP + 150, (0, 4), (-0.5, 1.05)))
    frames = framed(axes[0], "long-term memory c", range(5)) + framed(axes[1], "short-term memory h", range(5))
    paper = Drawing(1000, TOP + 208, svg.rect(0, 0, 1000, TOP + 208, svg.PAPER) + frames)

    def draw(day):
        day = int(day)
        body = "".join(_chain(name, run, day, ROW * row + 8) for row, (name, run) in enumerate(runs.items()))
        parts = {name: part for company, run in runs.items() for name, part in _parts(company, run[:day]).items()}
        known = {name: memories(run[:day]) for name, run in runs.items()}
        for k, colour in enumerate((svg.LONG_TERM, svg.SHORT_TERM)):
            body += pair(axes[k], {name: both[k] for name, both in known.items()}, colour)
        return Drawing(paper.width, paper.height, body, parts)

    def say(day):
        day = int(day)
        if day == 0:
            return "Before day 1, both memories are 0.00 for both companies."
        said = (f"the unit keeps {share(run[day - 1].forget.f)} of company {name}'s long-term memory; then c is "
                f"{number(run[day - 1].c)} and h is {number(run[day - 1].h)}" for name, run in runs.items())
        end = " The last h is the forecast for day 5." if day == 4 else ""
        return f"On day {day}, {', and '.join(said)}.{end}"

    return LivePicture([Slider("day", "day", 0, 4, 1, 4, svg.INPUT, pace=1200)], draw, say, paper)


def _chain(name, run, day, top):
    """Return one company's days: inputs from below, both memories handed on, the share kept in the box of each day."""
    middle, c_line, h_line = top + 76, top + 54, top + 98
    body = svg.text(14, top + 16, f"company {name}", 19, bold=True)
    for letter, y, colour in (("c", c_line, svg.LONG_TERM), ("h", h_line, svg.SHORT_TERM)):
        body += svg.text(12, y + 6, letter, 18, italic=True) + svg.path(f"M30 {y}H1000", colour, 4, dash=DASHES[name])
        body += svg.chip(66, y, number(0), colour)
    for k, (x, step) in enumerate(zip(X_DAY, run)):
        known = k < day
        fill, border = ("#FFF9E3", svg.TEXT) if k == day - 1 else (svg.PAPER, svg.QUIET)
        body += svg.arrow(f"M{x} {top + 148}V{top + 130}", (x, top + 122, "up"), svg.INPUT, 4)
        body += svg.rect(x - BOX / 2, middle - 46, BOX, 92, fill, border, 2)
        body += svg.text(x, middle - 20, f"day {k + 1}", 18, "middle", bold=True)
        chips = {"x": svg.chip(x, top + 152, number(step.x), svg.INPUT),
                 "c": svg.chip(x + 107, c_line, number(step.c) if known else "", svg.LONG_TERM),
                 "h": svg.chip(x + 107, h_line, number(step.h) if known else "", svg.SHORT_TERM)}
        if known:
            body += svg.text(x, middle + 8, "keeps", 18, "middle")
            chips["f"] = svg.text(x, middle + 32, share(step.forget.f), 18, "middle")
        body += "".join(svg.part(f"{letter}_{name}{k + 1}", chip) if known else chip for letter, chip in chips.items())
    return body


def _parts(name, run):
    """Return what each number of a company's days so far answers: how it was computed, and from which others."""
    parts = {}
    for k, step in enumerate(run, 1):
        now, before = (lambda letter, k=k: f"{letter}_{name}{k}"), (f"c_{name}{k - 1}", f"h_{name}{k - 1}")
        c, h = before if k > 1 else ((), ())
        read = tuple(one for one in (h, now("x")) if one)
        f, o = number(step.forget.f, 3), number(step.output.o, 3)
        parts[now("x")] = Part(f"price of company {name} on day {k} = {number(step.x)}")
        parts[now("f")] = Part(f"share kept = sigmoid({number(step.forget.a_f)}) = {share(step.forget.f)}", read)
        parts[now("c")] = Part(f"c = {f} \N{MULTIPLICATION SIGN} {factor(step.c_prev, number(step.c_prev))} + "
                               f"{factor(step.input.added, number(step.input.added))} = {number(step.c)}",
                               tuple(one for one in (c, now("f"), *read) if one))
        parts[now("h")] = Part(f"h = {o} \N{MULTIPLICATION SIGN} tanh({number(step.c)}) = {number(step.h)}",
                               (now("c"), *read))
    return parts


# -------------------------------------------------------------------------------------------------- exchange a wire

DAY_1 = {name: unroll(UNIT, prices[:1])[0] for name, prices in COMPANIES.items()}
WIRES = {"A": (62, 110), "B": (208, 256)}  # how high c and h of a company run
SIDES = {"A": -0.23, "B": 0.23}  # where a company's bar stands beside its day
KEPT, WRITTEN = svg.LONG_TERM, "#A6DDCB"


def go_on(c_of, h_of):
    """Return days 2 to 4 begun with one company's long-term and one company's short-term memory of day 1."""
    return unroll(UNIT, COMPANY_A[1:], DAY_1[c_of].c, DAY_1[h_of].h)


def kept_and_written(c, run):
    """Split the long-term memory, before a run and after each of its steps: what is left of c, what was written since.

    c: the long-term memory before the run, which its forget gates keep a share of at each step.
    """
    kept = c * np.cumprod([1.0, *(step.forget.f for step in run)])
    return kept, np.array(memories(run, c)[0]) - kept


def exchange_picture():
    """Return both companies with two switches: they exchange their long-term or short-term memories after day 1."""
    ends = {(c_of, h_of): go_on(c_of, h_of)[-1].h for c_of in "AB" for h_of in "AB"}
    axes = Axes(70, 352, 710, 532, (0.5, 4.5), (-0.5, 2.5))
    bars = framed(axes, "long-term memory c, in two parts") + "".join(
        svg.text(round(float(axes.x(day + side)), 1), axes.bottom + LINE, f"{name} day {day}", SIZE, "middle")
        for day in (1, 2, 3, 4) for name, side in SIDES.items())
    paper = Drawing(1000, 566, svg.rect(0, 0, 1000, 566, svg.PAPER) + bars + _legend())

    def sources(exchange_c, exchange_h):
        """Return for each company's row whose long-term and whose short-term memory it goes on with."""
        return {name: (other if exchange_c else name, other if exchange_h else name)
                for name, other in (("A", "B"), ("B", "A"))}

    def draw(exchange_c, exchange_h):
        rows = sources(exchange_c, exchange_h)
        body = _wires(rows) + "".join(_ends(name, ends[row]) for name, row in rows.items()) + _table(ends, rows)
        for name, side in SIDES.items():
            c_of, h_of = rows[name]
            body += _bars(axes, side, *kept_and_written(DAY_1[c_of].c, go_on(c_of, h_of)))
        return Drawing(paper.width, paper.height, body)

    def say(exchange_c, exchange_h):
        what = {(False, False): "Nothing is", (True, False): "The long-term memories are",
                (False, True): "The short-term memories are", (True, True): "Both memories are"}
        rows = sources(exchange_c, exchange_h)
        parts = {name: kept_and_written(DAY_1[row[0]].c, go_on(*row)) for name, row in rows.items()}
        said = (f"long-term memory of {name} is {number(kept[-1] + written[-1])}: {number(kept[-1])} kept from day 1 "
                f"and {number(written[-1])} written since" for name, (kept, written) in parts.items())
        return (f"{what[exchange_c, exchange_h]} exchanged after day 1, and the forecasts are "
                f"{number(ends[rows['A']], 3)} for A and {number(ends[rows['B']], 3)} for B. After day 4 the "
                f"{'; the '.join(said)}.")

    return LivePicture([Switch("exchange_c", "exchange c"), Switch("exchange_h", "exchange h")], draw, say, paper)


def _wires(rows):
    """Return the wires from day 1 to day 2, each with the look of the company it comes from, and what it carries."""
    body = chips = ""
    for name, sources in rows.items():
        for k, (source, colour) in enumerate(zip(sources, (svg.LONG_TERM, svg.SHORT_TERM))):
            start, end = WIRES[source][k], WIRES[name][k]
            line = f"M150 {start}H290C370 {start} 370 {end} 450 {end}H520"
            body += svg.path(line, svg.PAPER, 11) + svg.path(line, colour, 4, dash=DASHES[source])
            value = (DAY_1[name].c, DAY_1[name].h)[k]
            chips += svg.chip(240, WIRES[name][k], number(value), colour)
            chips += svg.text(190, WIRES[name][k] - 10, "ch"[k], 18, "middle", italic=True)
    return body + chips


def _ends(name, forecast_value):
    """Return a company's two boxes, day 1 and the days after, and its forecast."""
    top = WIRES[name][0] - 30
    middle = top + 54
    body = svg.text(30, top - 10, f"company {name}", 19, bold=True)
    for x, words in ((95, ("day 1", number(DAY_1[name].x))), (585, ("days 2, 3, 4", "0.5, 0.25, 1"))):
        body += svg.rect(x - 65, top, 130, 108, svg.PAPER, svg.TEXT)
        body += svg.text(x, middle - 8, words[0], 18, "middle", bold=True)
        body += svg.text(x, middle + 20, words[1], 18, "middle")
    return (body + svg.path(f"M650 {WIRES[name][1]}H672", svg.SHORT_TERM, 4, dash=DASHES[name])
            + svg.chip(706, WIRES[name][1], number(forecast_value, 3), svg.SHORT_TERM)
            + svg.text(706, WIRES[name][1] - 24, "forecast", 18, "middle"))


def _table(ends, rows):
    """Return the four forecasts there are; those at hand are framed, in the look of their company."""
    xs, ys = {"A": 872, "B": 956}, {"A": 116, "B": 172}
    body = svg.text(890, 40, "all four forecasts", 18, "middle", bold=True)
    body += "".join(svg.text(x, 80, f"h of {name}", 18, "middle") for name, x in xs.items())
    body += "".join(svg.text(822, y + 6, f"c of {name}", 18, "end") for name, y in ys.items())
    for (c_of, h_of), value in ends.items():
        body += svg.text(xs[h_of], ys[c_of] + 6, number(value, 3), 18, "middle", bold=(c_of, h_of) in rows.values())
    for name, (c_of, h_of) in rows.items():
        x, y = xs[h_of], ys[c_of]
        body += svg.path(f"M{x - 36} {y - 22}h72v44h-72z", svg.SHORT_TERM, 3, dash=DASHES[name])
    return body + svg.text(890, 238, "solid frame: A, dashed: B", 17, "middle")


def _bars(axes, side, kept, written):
    """Return a company's bars: parts of one sign upon each other, and above them a number, their sum."""
    body = ""
    for day, parts in enumerate(zip(kept.tolist(), written.tolist()), 1):
        x, reached = float(axes.x(day + side)), {1: 0.0, -1: 0.0}  # how far the bars reach by now, up and down
        for part, fill in zip(parts, (KEPT, WRITTEN)):
            sign = 1 if part >= 0 else -1
            top, foot = sorted(axes.y([reached[sign], reached[sign] + part]).tolist())
            body += svg.rect(round(x - 26, 1), round(top, 1), 52, round(foot - top, 1), fill, KEPT, 1.5, 0)
            reached[sign] += part
        body += svg.text(round(x, 1), round(float(axes.y(reached[1])) - 8, 1), number(sum(parts)), SIZE, "middle",
                         bold=True, rim=True)
    return body


def _legend():
    """Return what the two parts of a bar are."""
    body = ""
    for y, fill, words in ((382, WRITTEN, "written since"), (422, KEPT, "kept from day 1")):
        body += svg.rect(760, y - 15, 30, 20, fill, KEPT, 1.5, 0) + svg.text(802, y + 2, words, 18)
    return body + svg.text(760, 468, "the number on a bar", 18) + svg.text(760, 492, "is the whole c", 18)


# ----------------------------------------------------------------------------------------- how long does day 1 survive

def quiet_runs(first_a, first_b, price_2, price_3, price_4, quiet, quiet_price, swap=False):
    """Return the steps of A and B, which may differ on day 1 only, followed by quiet days at one price."""
    firsts = (first_b, first_a) if swap else (first_a, first_b)
    rest = [price_2, price_3, price_4] + [quiet_price] * int(quiet)
    return {name: unroll(UNIT, [first, *rest]) for name, first in zip("AB", firsts)}


FIRSTS = {"first_a": -0.12, "first_b": 0.12}  # beside each other on day 1, or one would hide the other
SHARED = ("price_2", "price_3", "price_4")


def survival_picture():
    """Return two companies that differ on day 1 only, with prices to edit, as points too, and quiet days to add."""
    prices = Axes(60, 46, 260, 296, (0.3, 4.4), (-0.06, 1.06))

    def draw(**values):
        body = svg.rect(0, 0, 1000, 360, svg.PAPER) + _prices(prices, values)
        both = {name: memories(run) for name, run in quiet_runs(**values).items()}
        days = len(both["A"][0]) - 1
        for k, (title, colour) in enumerate((("long-term memory c", svg.LONG_TERM),
                                             ("short-term memory h = output", svg.SHORT_TERM))):
            left, shown = 330 + 345 * k, {name: pair_of[k] for name, pair_of in both.items()}
            axes = Axes(left, 46, left + 215, 296, (0, days), around([*shown["A"], *shown["B"]]))
            body += framed(axes, title, ticks(0, days, 4)) + pair(axes, shown, colour)
        return Drawing(1000, 360, body)

    def say(**values):
        a, b = quiet_runs(**values).values()
        said = (f"After day {len(a)} the long-term memories are {number(a[-1].c)} for A and {number(b[-1].c)} for B, "
                f"the outputs {number(a[-1].h)} and {number(b[-1].h)}.")
        if a[0].x == b[0].x:
            return f"{said} Day 1 was the same for both, so all their days and memories are the same."
        return (f"{said} Only day 1 was different, and the long-term memories now differ by "
                f"{number(abs(b[-1].c - a[-1].c))}.")

    price = lambda name, label, value: Slider(name, label, 0, 1, 0.05, value, svg.INPUT)
    return LivePicture([price("first_a", "A: price on day 1", 0), price("first_b", "B: price on day 1", 1),
                        price("price_2", "both: day 2", 0.5), price("price_3", "both: day 3", 0.25),
                        price("price_4", "both: day 4", 1), price("quiet_price", "price on quiet days", 0),
                        Slider("quiet", "quiet days", 0, 40, 1, 10, svg.TEXT), Switch("swap", "swap day 1")], draw, say)


def _prices(axes, values):
    """Return the prices of days 1 to 4 as points to take hold of, each dragged up and down."""
    owners = ("B", "A") if values["swap"] else ("A", "B")
    at = {name: 1 + side for name, side in FIRSTS.items()} | {name: k for k, name in enumerate(SHARED, 2)}
    body = framed(axes, "price, to drag", range(1, 5), "day")
    for (name, side), owner in zip(FIRSTS.items(), owners):
        places, heights = [1 + side, 2, 3, 4], [values[day] for day in (name, *SHARED)]
        body += axes.curve(places, heights, svg.INPUT, DASHES[owner])
    heights = spread([float(axes.y(values[name])) for name in FIRSTS], LINE, axes.top, axes.bottom)
    body += "".join(svg.text(round(float(axes.x(0.66)), 1), round(y + 6, 1), owner, SIZE, "end", bold=True, rim=True)
                    for owner, y in zip(owners, heights))
    for name, day in at.items():
        x, *ways = (float(place) for place in (axes.x(day), axes.y(0), axes.y(1), axes.y(values[name])))
        body += svg.held_dot(name, x, ways[2], svg.INPUT, [(x, way) for way in ways[:2]])
    return body


# ---------------------------------------------------------------------------------------------- questions and exercises

first_day = DAY_1["B"]
h_a, h_b = (unroll(UNIT, prices)[-1].h for prices in (COMPANY_A, COMPANY_B))
only_c, only_h = go_on("B", "A")[-1].h, go_on("A", "B")[-1].h


def a_after(quiet_days):
    """Return the last Step of company A after so many quiet days at price 0.5."""
    return quiet_runs(0, 1, 0.5, 0.25, 1, quiet_days, 0.5)["A"][-1]


def forecast(price):
    """Return what the unit foretells for day 5 after this price on day 1."""
    return unroll(UNIT, (price, *COMPANY_A[1:]))[-1].h


quiet = next(days for days in range(40) if a_after(days).h > 0.7)
undecided = search(forecast, 0.4, 0.6, "Somewhere between the two, it is undecided.",
                   "Too low: with a higher price on day 1 the forecast rises.",
                   "Too high: with a lower price on day 1 it falls.", write=lambda found: number(found, 3))


def another_day_1(answer):
    """Judge a price on day 1 with which the forecast is undecided; below 0 there are no prices."""
    value = as_number(answer)
    if value is not None and not 0 <= value <= 1:
        return "Not yet: stay on the sliders, with a price between 0 and 1."
    return undecided(answer)


ask = Questions(
    day_five=(
        "The LSTM with the video's weights reads the four days of A and of B. What will it say for day 5?",
        {"the same for both": f"They share all days but day 1, and still: it says {number(h_a)} and {number(h_b)}.",
         "0 for A, 1 for B": f"Yes, nearly: {number(h_a)} for A and {number(h_b)} for B.",
         "1 for A, 0 for B": f"The other way around: {number(h_a)} for A and {number(h_b)} for B."}),
    news_of_day_1=(
        "Two wires lead from day 1 to day 2: c and h. From then on the prices are the same. Which wire carries the "
        "news of day 1?",
        {"c alone": f"If it were c alone, B's h could not move A's forecast. It does: from {number(h_a)} to "
                    f"{number(only_h)}.",
         "h alone": f"If it were h alone, B's c could not move A's forecast. It does: from {number(h_a)} to "
                    f"{number(only_c)}.",
         "both": f"Yes. B's c alone moves A's forecast from {number(h_a)} to {number(only_c)}, B's h alone to "
                 f"{number(only_h)}."}),
)

check = Checks(
    "06",
    Exercise("memory_after_day_1", by_hand(
        first_day.c, "Nothing was there to keep: the new memory is what was added.",
        "Both memories start at 0, so only the input and the biases count.",
        [(DAY_1["A"].c, "That is company A. For B the price on day 1 is 1."),
         (first_day.input.a_g, "That is the candidate's sum; tanh and the input gate come first."),
         (first_day.input.g, "That is the candidate. How much of it does the input gate let in?"),
         (first_day.input.i, "That is the input gate: a share of the candidate. What is that share of it?"),
         (first_day.h, "That is the short-term memory after day 1.")]),
        f"Of 0, nothing is kept. The candidate is tanh of {written_sum(UNIT.candidate, 0, 1)}, which is "
        f"{number(first_day.input.g)}; the input gate lets {share(first_day.input.i)} of it in: "
        f"{number(first_day.c)}.", round(first_day.c, 2)),
    Exercise("quiet_days", by_hand(
        quiet, f"A's long-term memory has risen to {number(a_after(quiet).c)}, and its output with it.",
        "Set the price on quiet days to 0.5 and add one quiet day at a time.",
        [(quiet + 4, "That is the day. How many of these days were quiet days?")]),
        f"After {quiet - 1} quiet days A's output is {number(a_after(quiet - 1).h)}, after {quiet} it is "
        f"{number(a_after(quiet).h)}.", quiet),
    Exercise("another_day_1", another_day_1,
             f"Price 0 ends on {number(forecast(0))}, price 1 on {number(forecast(1))}. Try prices in between: 0.35 "
             f"ends on {number(forecast(0.35))}.", 0.35),
)
