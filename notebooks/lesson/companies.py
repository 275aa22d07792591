"""The live pictures of the two companies: the unit unrolled over their days, and how long day 1 survives."""
import numpy as np

from lstm_core import COMPANY_A, COMPANY_A_DAY_5, COMPANY_B, COMPANY_B_DAY_5, VIDEO_RNN, VIDEO_UNIT, rnn_unroll, unroll

from . import svg
from .charts import Chart, Panel
from .live import Choice, LivePicture, Slider, Switch
from .svg import Drawing, number

COMPANIES = {"A": COMPANY_A, "B": COMPANY_B}
DAY_5 = {"A": COMPANY_A_DAY_5, "B": COMPANY_B_DAY_5}
ROW, BOX, TOP = 176, 110, 376  # height of a chain, width of a unit, height of both chains
X_DAY = [190 + 215 * k for k in range(4)]  # the middle of each day's unit


# -------------------------------------------------------------------------------------------- four days, side by side

def companies_picture():
    """Return the unit unrolled over the four days of both companies: play it, or step from day to day."""
    steps = {name: unroll(VIDEO_UNIT, prices) for name, prices in COMPANIES.items()}
    chart = Chart([Panel(f"company {name}: c (solid), h (dashed)", "after day", "memory", (0, 4.2), (-0.6, 2.6))
                   for name in COMPANIES], height=232, size=18)
    ground = svg.rect(0, 0, chart.paper.width, TOP, svg.PAPER)
    paper = chart.paper.moved(TOP)
    paper = paper._replace(body=ground + paper.body)

    def draw(day):
        day = int(day)
        chains = "".join(_chain(name, run, day, ROW * row + 12) for row, (name, run) in enumerate(steps.items()))
        curves = "".join(_memories(chart, panel, run[:day]) for panel, run in enumerate(steps.values()))
        return Drawing(paper.width, paper.height, chains + Drawing(0, 0, curves).moved(TOP).body)

    def say(day):
        day = int(day)
        if day == 0:
            return "Before day 1, both memories of both units are 0.00."
        said = (f"company {name} has long-term memory {number(run[day - 1].c)} and short-term memory "
                f"{number(run[day - 1].h)}" for name, run in steps.items())
        end = "; the short-term memory is the forecast for day 5" if day == 4 else ""
        return f"After day {day}, {' and '.join(said)}{end}."

    return LivePicture([Slider("day", "day", 0, 4, 1, 4, svg.INPUT, pace=1200)], draw, say, paper)


def _chain(name, run, day, top):
    """Return one company's unit, copied for each day: inputs from below, both memories handed on, up to the day."""
    middle, c_line, h_line = top + 84, top + 62, top + 106
    body = svg.text(16, top + 20, f"company {name}", 19, bold=True)
    for letter, y, colour in (("c", c_line, svg.LONG_TERM), ("h", h_line, svg.SHORT_TERM)):
        body += svg.text(14, y + 6, letter, 18, italic=True) + svg.path(f"M30 {y}H1000", colour, 4)
        body += svg.chip(66, y, number(0), colour)
    for k, (x, step) in enumerate(zip(X_DAY, run)):
        known = k < day
        fill, border = ("#FFF9E3", svg.TEXT) if k == day - 1 else (svg.PAPER, svg.QUIET)
        body += svg.arrow(f"M{x} {top + 160}V{top + 138}", (x, top + 130, "up"), svg.INPUT, 4)
        body += svg.rect(x - BOX / 2, middle - 46, BOX, 92, fill, border, 2)
        body += svg.text(x, middle - 8, f"day {k + 1}", 18, "middle") + svg.text(x, middle + 16, "LSTM", 18, "middle")
        body += svg.chip(x, top + 166, number(step.x), svg.INPUT)
        body += svg.chip(x + 107, c_line, number(step.c) if known else "", svg.LONG_TERM)
        body += svg.chip(x + 107, h_line, number(step.h) if known else "", svg.SHORT_TERM)
    return body


def _memories(chart, panel, run):
    """Return both memories of one company as curves over the days so far."""
    days = np.arange(len(run) + 1)
    c, h = np.array([0, *(step.c for step in run)]), np.array([0, *(step.h for step in run)])
    return (chart.curve(panel, days, c, svg.LONG_TERM) + chart.curve(panel, days, h, svg.SHORT_TERM, "9 6")
            + "".join(svg.dot(*chart.place(panel, d, y), colour, 5)
                      for ys, colour in ((c, svg.LONG_TERM), (h, svg.SHORT_TERM)) for d, y in zip(days, ys)))


# ------------------------------------------------------------------------------------------ the plain RNN, unrolled

def rnn_picture():
    """Return the plain RNN of the earlier video, unrolled over the four days of one company."""
    def draw(company):
        line, body = 110, svg.rect(0, 0, 1000, 250, svg.PAPER)
        body += svg.path(f"M30 {line}H1000", svg.RNN, 4) + svg.chip(66, line, number(0), svg.RNN, 16)
        body += svg.text(14, line + 6, "h", 18, italic=True) + svg.text(X_DAY[0] - 78, 38, "output y", 17, "end")
        for k, (x, step) in enumerate(zip(X_DAY, rnn_unroll(VIDEO_RNN, COMPANIES[company]))):
            body += svg.arrow(f"M{x} {line + 100}V{line + 62}", (x, line + 54, "up"), svg.INPUT, 4)
            body += svg.arrow(f"M{x} {line}V60", (x, 52, "up"), svg.TEXT, 2.5)
            body += svg.rect(x - BOX / 2, line - 38, BOX, 90, "#F4F4F4", svg.TEXT)
            body += svg.text(x, line, f"day {k + 1}", 17, "middle") + svg.text(x, line + 24, "RNN", 15, "middle")
            body += svg.text(x - 64, line - 22, f"\N{MULTIPLICATION SIGN}{number(VIDEO_RNN.w)}", 16, "end")
            body += svg.chip(x, line + 106, number(step.x), svg.INPUT, 16)
            body += svg.chip(x, 34, number(step.y), svg.TEXT, 16)
            body += svg.chip(x + 100, line, number(step.h), svg.RNN, 16)
        return Drawing(1000, 250, body)

    def say(company):
        steps = rnn_unroll(VIDEO_RNN, COMPANIES[company])
        return (f"Company {company}: after day 4 the plain RNN's memory is {number(steps[-1].h)} and its output "
                f"{number(steps[-1].y)}; the price on day 5 is {number(DAY_5[company])}.")

    return LivePicture([Choice("company", "company", tuple(COMPANIES), "A")], draw, say)


# ----------------------------------------------------------------------------------------- how long does day 1 survive

def runs(first_a, first_b, price_2, price_3, price_4, quiet, quiet_price, swap=False):
    """Return the steps of two companies that differ on day 1 only, followed by quiet days at one price."""
    firsts = (first_b, first_a) if swap else (first_a, first_b)
    rest = [price_2, price_3, price_4] + [quiet_price] * int(quiet)
    return [unroll(VIDEO_UNIT, [first, *rest]) for first in firsts]


def survival_picture():
    """Return two companies that differ on day 1 only, with prices to edit and quiet days to add."""
    chart = Chart([Panel("long-term memory c", "after day", "", (0, 44), (-3, 42)),
                   Panel("short-term memory h = output", "after day", "", (0, 44), (-1.1, 1.1))], height=360)

    def draw(**values):
        body = ""
        for label, dash, run in zip("AB", ("", "9 6"), runs(**values)):
            days = np.arange(len(run) + 1)
            for panel, colour, ys in ((0, svg.LONG_TERM, [0, *(s.c for s in run)]),
                                      (1, svg.SHORT_TERM, [0, *(s.h for s in run)])):
                x, y = chart.place(panel, days[-1], ys[-1])
                below = -12 if label == "B" else 24
                body += chart.curve(panel, days, ys, colour, dash) + svg.dot(x, y, colour, 6)
                body += svg.text(round(x - 4, 1), round(y + below, 1), label, 17, "end", bold=True)
        return Drawing(*chart.paper[:2], body)

    def say(**values):
        a, b = runs(**values)
        return (f"After day {len(a)} the long-term memories are {number(a[-1].c)} for A and {number(b[-1].c)} for B, "
                f"the outputs {number(a[-1].h)} and {number(b[-1].h)}. Only day 1 was different, and the long-term "
                f"memories now differ by {number(abs(b[-1].c - a[-1].c))}.")

    price = lambda name, label, value: Slider(name, label, 0, 1, 0.05, value, svg.INPUT)
    return LivePicture([price("first_a", "A: price on day 1", 0), price("first_b", "B: price on day 1", 1),
                        price("price_2", "both: day 2", 0.5), price("price_3", "both: day 3", 0.25),
                        price("price_4", "both: day 4", 1), price("quiet_price", "price on quiet days", 0),
                        Slider("quiet", "quiet days", 0, 40, 1, 10, svg.TEXT), Switch("swap", "swap day 1")],
                       draw, say, chart.paper)
