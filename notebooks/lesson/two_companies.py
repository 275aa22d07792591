"""Lesson 06, two companies: the unit unrolled over their days, its wires exchanged, and how long day 1 survives."""
import numpy as np

from lstm_core import COMPANY_A, COMPANY_B, VIDEO_UNIT_4_DIGITS, forget_stage, unroll

from .answer.exercises import Checks, Exercise, as_number, by_hand, search, written_sum
from .answer.questions import Questions
from .show import svg
from .show.axes import Axes, ticks
from .show.days import LINE, SIZE, around, framed, pair
from .show.picture import LivePicture, Slider, Switch
from .show.row import Row
from .show.svg import DASHES, Drawing, Part, bounded, number, share
from .show.source import Source
from .show.unit import factor
from .why_networks_forget import BOX, COMPANIES, X_DAY, counted

__all__ = ["Source", "ask", "check", "companies_picture", "exchange_picture", "own_days_picture"]

UNIT = VIDEO_UNIT_4_DIGITS  # the whole lesson counts with these: its forecasts are 0.002 and 0.969, as published


def memories(run, c=0.0, h=0.0):
    """Return the long-term and the short-term memories of a run as two lists; c, h: those before its first step."""
    return [c, *(step.c for step in run)], [h, *(step.h for step in run)]


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


def _parts(name, run, price=None):
    """Return what each number of a company's days so far answers: how it was computed, and from which others.

    price: what the names of its prices begin with, where they are handles; then all three shares answer.
    """
    parts, whose = {}, f"price of company {name}" if price is None else "your price"
    for k, step in enumerate(run, 1):
        now, before = (lambda letter, k=k: f"{letter}_{name}{k}"), (f"c_{name}{k - 1}", f"h_{name}{k - 1}")
        c, h = before if k > 1 else ((), ())
        x = now("x") if price is None else f"{price}{k}"
        read = tuple(one for one in (h, x) if one)
        f, o = number(step.forget.f, 3), number(step.output.o, 3)
        shares = [("f", "kept", step.forget.a_f, step.forget.f), ("i", "let in", step.input.a_i, step.input.i),
                  ("o", "shown", step.output.a_o, step.output.o)]
        parts[x] = Part(f"{whose} on day {k} = {number(step.x)}")
        for key, done, a, value in shares[:1 if price is None else 3]:
            parts[now(key)] = Part(f"share {done} = sigmoid({number(a)}) = {share(value)}", read)
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
    axes = Axes(70, 352, 710, 532, (0.5, 4.5), (-0.7, 2.9))
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
        body += svg.path(f"M{x - 30:.1f} {float(axes.y(sum(parts))):.1f}h60", svg.TEXT, 3)
        body += svg.text(round(x, 1), round(float(axes.y(reached[1])) - 8, 1), number(sum(parts)), SIZE, "middle",
                         bold=True, rim=True)
    return body


def _legend():
    """Return what the two parts of a bar are."""
    body = ""
    for y, fill, words in ((382, WRITTEN, "written since"), (422, KEPT, "kept from day 1")):
        body += svg.rect(760, y - 15, 30, 20, fill, KEPT, 1.5, 0) + svg.text(802, y + 2, words, 18)
    return body + svg.text(760, 468, "black, and the number:", 18) + svg.text(760, 492, "the whole c", 18)


# --------------------------------------------------------------------------------- days of one's own, and quiet days

DAYS = Row("own", "your prices", -2, 2, 0.05, "0.5, 0.5, 0.25, 1", 12, "day")
ROOM, WIDEST = (84, 952), 217  # where the boxes of one's own days may stand, and how wide a day is at most
PRICES = Axes(*ROOM[:1], 218, ROOM[1], 312, (0, 1), (-2, 2))


def all_runs(own, quiet, quiet_price):
    """Return the steps of A, B and, if there are any, of one's own prices, each followed by quiet days at one price.

    own: a list of prices.
    """
    rows = COMPANIES | ({"yours": own} if own else {})
    return {name: unroll(UNIT, [*prices, *[quiet_price] * int(quiet)]) for name, prices in rows.items()}


def own_days_picture():
    """Return a company of one's own, to type and to drag, with its days in boxes and beside A and B; and quiet days."""
    def draw(own, quiet, quiet_price):
        prices, trouble = DAYS.read(own)
        runs = all_runs(prices, quiet, quiet_price)
        both = {name: memories(run) for name, run in runs.items()}
        body = svg.rect(0, 0, 1000, 530, svg.PAPER)
        body += _own_days(runs["yours"][:len(prices)]) if prices else "".join(
            svg.text(500, 120 + LINE * k, words, SIZE, "middle") for k, words in enumerate(trouble.split(": ")))
        days = max(map(len, runs.values()))
        for k, (left, title, colour) in enumerate(((70, "long-term memory c", svg.LONG_TERM),
                                                   (545, "short-term memory h = output", svg.SHORT_TERM))):
            shown = {name: pair_of[k] for name, pair_of in both.items()}
            axes = Axes(left, 364, left + 270, 470, (0, days), around([y for ys in shown.values() for y in ys]))
            body += framed(axes, title, ticks(0, days, 4)) + pair(axes, shown, colour)
        return Drawing(1000, 530, body, _parts("yours", runs["yours"][:len(prices)], "own_") if prices else {})

    def say(own, quiet, quiet_price):
        prices, trouble = DAYS.read(own)
        runs = all_runs(prices, quiet, quiet_price)
        then = f" and {counted(int(quiet), 'quiet day')} at price {number(quiet_price)}" if quiet else ""
        last = {name: f"{bounded(run[-1].c)} and {bounded(run[-1].h)}" for name, run in runs.items()}
        mine = trouble or f"For you, after {counted(len(prices), 'day')}{then}, they are {last['yours']}."
        return (f"After four days{then}, long-term and short-term memory are {last['A']} for A and {last['B']} for B. "
                f"{mine}")

    return LivePicture([Slider("quiet", "quiet days", 0, 40, 1, 0, svg.TEXT),
                        Slider("quiet_price", "price on quiet days", 0, 1, 0.05, 0, svg.INPUT), DAYS], draw, say)


def _own_days(run):
    """Return the days of one's own: a box for each with its three shares, the memories on it, its price below."""
    (left, right), width = ROOM, min(WIDEST, (ROOM[1] - ROOM[0]) / len(run))
    end, axes = left + width * len(run), PRICES._replace(xlim=(0, (right - left) / width))
    body = "".join(svg.text(12, y, words, SIZE) for y, words in (
        (103, "keeps"), (126, "lets in"), (149, "shows"), (250, "price"), (293, "to drag")))
    body += axes._replace(right=end).frame((), (-2, 0, 2), size=SIZE) + svg.path(f"M{left} 265H{end:g}", svg.QUIET, 1)
    rails = "".join(svg.text(12, y + 6, letter, SIZE, italic=True) + svg.path(f"M30 {y}H{end:g}", colour, 4)
                    for letter, y, colour in (("c", 36, svg.LONG_TERM), ("h", 176, svg.SHORT_TERM)))
    boxes = dots = ""
    for k, step in enumerate(run, 1):
        x, foot = round(left + (k - 0.5) * width, 1), round(float(axes.y(step.x)), 1)
        boxes += svg.rect(round(x - width / 2 + 4, 1), 12, round(width - 8, 1), 186, svg.PAPER, svg.QUIET, 2)
        boxes += svg.text(x, 75, f"day {k}", SIZE, "middle", bold=True)
        for y, key, value in ((103, "f", step.forget.f), (126, "i", step.input.i), (149, "o", step.output.o)):
            boxes += svg.part(f"{key}_yours{k}", svg.text(x, y, share(value), SIZE, "middle"))
        for key, y, value, colour in (("c", 36, step.c, svg.LONG_TERM), ("h", 176, step.h, svg.SHORT_TERM)):
            dots += svg.part(f"{key}_yours{k}", svg.chip(round(x + width / 2, 1), y, bounded(value), colour, 17, 52))
        dots += svg.path(f"M{x} 265V{foot}", svg.INPUT, 3) + svg.arrow(f"M{x} 214V210", (x, 200, "up"), svg.INPUT, 3)
        dots += svg.held_dot(f"own_{k}", x, foot, svg.INPUT, [(x, float(axes.y(end))) for end in axes.ylim])
        dots += svg.text(round(x + 18, 1), round(foot + 6, 1), number(step.x), 17, rim=True)
    start = "".join(svg.chip(left, y, number(0), colour, 17, 52) for y, colour in ((36, svg.LONG_TERM),
                                                                                  (176, svg.SHORT_TERM)))
    return body + boxes + rails + start + dots


# ---------------------------------------------------------------------------------------------- questions and exercises

first_day = DAY_1["B"]
h_a, h_b = (unroll(UNIT, prices)[-1].h for prices in (COMPANY_A, COMPANY_B))
only_c, only_h = go_on("B", "A")[-1].h, go_on("A", "B")[-1].h


def a_after(quiet_days):
    """Return the last Step of company A after so many quiet days at price 0.5."""
    return all_runs([], quiet_days, 0.5)["A"][-1]


def forecast(price):
    """Return what the unit foretells for day 5 after this price on day 1."""
    return unroll(UNIT, (price, *COMPANY_A[1:]))[-1].h


fifth = unroll(UNIT, (*COMPANY_B, -2))[-1]  # a low price after the days of B
first = forget_stage(UNIT.forget, 0, 0, -2)


b_after_10 = all_runs([], 10, 0.5)["B"][-1]
quiet = next(days for days in range(40) if a_after(days).h > 0.7)
undecided = search(forecast, 0.4, 0.6, "Somewhere between the two, it is undecided.",
                   "Too low: with a higher price on day 1 the forecast rises.",
                   "Too high: with a lower price on day 1 it falls.", write=lambda found: number(found, 3))


def another_day_1(answer):
    """Judge a price on day 1 with which the forecast is undecided; below 0 there are no prices."""
    value = as_number(answer)
    if value is not None and not 0 <= value <= 1:
        return "Not yet: as for A and B, a price between 0 and 1 is wanted."
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
    a_low_price=(
        f"On a first day, with both memories at 0, the forget gate keeps {share(first.f)} at a price of "
        f"{number(-2, 0)}. Now that price comes on day 5, after the four days of B. How much does the gate keep then?",
        {"about the same": f"If it saw the price alone. It sees the short-term memory too, which is "
                           f"{number(h_b)} by then: it keeps {share(fifth.forget.f)}.",
         "less": f"The short-term memory is {number(h_b)} by then, and its weight, {number(UNIT.forget.w)}, "
                 f"pushes the sum up, not down: the gate keeps {share(fifth.forget.f)}.",
         "much more": f"Yes: {share(fifth.forget.f)}. The short-term memory, {number(h_b)} by then, brings the "
                      f"sum from {number(first.a_f)} to {number(fifth.forget.a_f)}."}),
    after_quiet_days=(
        "Ten quiet days at price 0.5 follow the four days of A, and of B. To two digits, which memories still tell A "
        "from B?",
        {"both": f"The long-term memory does. But both outputs have risen to {number(a_after(10).h)}.",
         "the long-term memory alone": f"Yes: {number(a_after(10).c)} for A and {number(b_after_10.c)} for B. Their "
                                       f"outputs are {number(a_after(10).h)} and {number(b_after_10.h)}.",
         "neither": f"Look at the long-term memories: {number(a_after(10).c)} and {number(b_after_10.c)}."}),
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
