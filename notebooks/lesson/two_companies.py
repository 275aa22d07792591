"""Lesson 06, two companies: the unit unrolled over their days, and how long day 1 survives."""
import numpy as np

from lstm_core import COMPANY_A, COMPANY_B, VIDEO_UNIT, unroll

from .answer.exercises import Checks, Exercise, by_hand, search, written_sum
from .answer.questions import Questions
from .show import svg
from .show.curves import Chart, Panel
from .show.picture import LivePicture, Slider, Switch
from .show.svg import Drawing, number, share
from .show.source import Source
from .why_networks_forget import BOX, COMPANIES, X_DAY

__all__ = ["Source", "ask", "check", "companies_picture", "survival_picture"]

ROW, TOP = 176, 376  # height of a chain, height of both chains


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


# ---------------------------------------------------------------------------------------------- questions and exercises

u, first_day = VIDEO_UNIT, unroll(VIDEO_UNIT, COMPANY_B)[0]
h_a, h_b = (unroll(u, prices)[-1].h for prices in (COMPANY_A, COMPANY_B))


def a_after(quiet_days):
    """Return company A's output after so many quiet days at price 0.5."""
    return runs(0, 1, 0.5, 0.25, 1, quiet_days, 0.5)[0][-1].h


def forecast(price):
    """Return what the unit foretells for day 5 after this price on day 1."""
    return unroll(u, (price, *COMPANY_A[1:]))[-1].h


quiet = next(days for days in range(40) if a_after(days) > 0.5)

ask = Questions(
    day_five=(
        "The LSTM with the video's weights reads the four days of A and of B. What will it say for day 5?",
        {"the same for both": f"They share all days but day 1, and still: it says {number(h_a)} and {number(h_b)}.",
         "0 for A, 1 for B": f"Yes, nearly: {number(h_a)} for A and {number(h_b)} for B.",
         "1 for A, 0 for B": f"The other way around: {number(h_a)} for A and {number(h_b)} for B."}),
)

check = Checks(
    "06",
    Exercise("memory_after_day_1", by_hand(
        first_day.c, "Nothing was there to keep: the new memory is what was added.",
        "Both memories start at 0, so only the input and the biases count.",
        [(unroll(u, COMPANY_A)[0].c, "That is company A. For B the price on day 1 is 1."),
         (first_day.input.g, "That is the candidate. How much of it does the input gate let in?"),
         (first_day.h, "That is the short-term memory after day 1.")]),
        f"Of 0, nothing is kept. The candidate is tanh of {written_sum(u.candidate, 0, 1)}, which is "
        f"{number(first_day.input.g)}; the input gate lets {share(first_day.input.i)} of it in: "
        f"{number(first_day.c)}.", round(first_day.c, 2)),
    Exercise("quiet_days", by_hand(
        quiet, "A's long-term memory has risen too, and tanh makes both look the same from outside.",
        "Set the price on quiet days to 0.5 and add one quiet day at a time.",
        [(quiet + 4, "That is the day. How many of these days were quiet days?")]),
        f"After {quiet - 1} quiet days A's output is {number(a_after(quiet - 1))}, after {quiet} it is "
        f"{number(a_after(quiet))}.", quiet),
    Exercise("another_day_1", search(
        forecast, 0.4, 0.6,
        "Somewhere between the two, it is undecided.", "Too low: a higher price on day 1 is remembered longer.",
        "Too high: come down a little.",
        write=number),
        f"Price 0 ends on {number(forecast(0))}, price 1 on {number(forecast(1))}. Try prices in between: 0.35 "
        f"ends on {number(forecast(0.35))}.", 0.35),
)
