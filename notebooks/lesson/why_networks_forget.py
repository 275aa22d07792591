"""Lesson 01, why networks forget: one weight many times, a ball on a loss, the plain RNN unrolled."""
import numpy as np

from lstm_core import COMPANY_A, COMPANY_A_DAY_5, COMPANY_B, COMPANY_B_DAY_5, VIDEO_RNN, rnn_step, rnn_unroll

from .answer.exercises import Checks, Exercise, by_hand, search
from .answer.questions import Questions
from .show import svg
from .show.curves import Chart, Panel
from .show.picture import Choice, LivePicture, Slider
from .show.svg import Drawing, number, scientific
from .show.source import Source

__all__ = ["Source", "ask", "check", "descent_picture", "power_picture", "rnn_picture", "rnn_step"]


FLOOR = np.finfo(float).eps / 2  # half the gap between 1 and the next float: what is smaller leaves a 1 as it is
RANGE = (1e-20, 1e20)


# --------------------------------------------------------------------------------------- one weight, many times over

def power_picture():
    """Return one weight multiplied with itself, link after link, as a live picture on a log scale."""
    chart = Chart([Panel("a change at the first input, seen after each link", "links between inputs",
                         "what it has become", (0, 100), RANGE, levels=((1, "neither grows nor shrinks"),),
                         scale="log")])

    def draw(w, links):
        ks = np.arange(int(links) + 1)
        return Drawing(*chart.paper[:2], trail(chart, 0, ks, w ** ks, svg.RNN))

    def say(w, links):
        left = w ** int(links)
        return (f"With the weight {number(w)} and {int(links)} links, a change of 1 at the first input becomes "
                f"{scientific(left)}{in_words(left)}.")

    return LivePicture([Slider("w", "feedback weight w", 0.1, 2.5, 0.05, 2, svg.RNN),
                        Slider("links", "links between inputs", 1, 100, 1, 49, svg.TEXT)], draw, say, chart.paper)


# -------------------------------------------------------------------------------------------------- a ball on a loss

START, RATE, EDGE = -1.5, 0.1, 4


def descend(factor, steps):
    """Return the places of gradient descent on the loss p^2, from -1.5 with learning rate 0.1: steps + 1 numbers.

    factor: every gradient is multiplied by it, as the links of an unrolled network would.
    """
    # p <- p - rate * factor * 2 p
    return START * (1 - RATE * factor * 2.0) ** np.arange(steps + 1)


def descent_picture():
    """Return gradient descent as a ball on a loss curve: a factor on its gradient makes the steps huge or tiny."""
    grid = np.linspace(-EDGE, EDGE, 81)
    chart = Chart([Panel("the loss, and where each step lands", "weight p", "loss", (-EDGE, EDGE), (-0.8, EDGE ** 2),
                         [(grid, grid ** 2, svg.QUIET, "")])])

    def draw(power, steps):
        ps = descend(10 ** power, int(steps))
        points = [chart.place(0, p, p * p) for p in np.clip(ps, -EDGE, EDGE).tolist()]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        body = f'<polyline points="{line}" fill="none" stroke="{svg.INPUT}" stroke-width="1.5" stroke-dasharray="4 4"/>'
        body += "".join(svg.dot(x, y, svg.INPUT, 5) for x, y in points[:-1])
        return Drawing(*chart.paper[:2], body + svg.dot(*points[-1], svg.POTENTIAL, 12))

    def say(power, steps):
        ps = descend(10 ** power, int(steps))
        verdict = ("it has jumped out of the picture" if abs(ps[-1]) > EDGE else
                   "it jumps over the minimum" if 10 ** power * RATE * 2 > 1 and steps else
                   "the minimum is reached" if abs(ps[-1]) < 0.05 else "it has hardly moved" if abs(ps[-1]) > 1.4 else
                   "it is on its way")
        return (f"With every gradient multiplied by {scientific(10 ** power)}, after {int(steps)} steps the ball is at "
                f"{scientific(ps[-1])}: {verdict}. It started at {number(START)}; the minimum is at 0.")

    return LivePicture([Slider("power", "power of 10", -4, 2, 0.1, 0, svg.POTENTIAL),
                        Slider("steps", "steps", 0, 30, 1, 10, svg.INPUT)], draw, say, chart.paper)


def trail(chart, panel, xs, ys, colour, dash="", below=False):
    """Return the sizes of a gradient as a line with a point and its number at the end that is furthest back.

    Beyond the axes the line runs along their edge, and the number tells.  A log scale shows no sign: sizes are drawn.
    below: write the number below the point where there is room.
    """
    sizes = np.clip(np.abs(ys), *RANGE)
    end = 0 if xs[0] > xs[-1] else -1
    x, y = chart.place(panel, xs[end], sizes[end])
    (right, bottom), (_, top) = chart.place(panel, np.inf, RANGE[0]), chart.place(panel, 0, RANGE[1])
    side, anchor = (-12, "end") if x > right - 150 else (12, "start")
    down = 26 if y < top + 40 or (below and y < bottom - 40) else -36 if below else -12
    label = svg.text(round(x + side, 1), round(y + down, 1), scientific(abs(ys[end])), 17, anchor, rim=True)
    return chart.curve(panel, xs, sizes, colour, dash) + svg.dot(x, y, colour, 7) + label


def in_words(value):
    """Say in words what is left of a change of 1."""
    size = abs(value)
    if size == 0:
        return ", which is below the smallest float"
    if not np.isfinite(size):
        return ", which is beyond the largest float"
    if size <= 0.1:
        return f", 1 part in {scientific(1 / size)}" + (": no weight of 1 would feel it" if size < FLOOR else "")
    return ""


COMPANIES = {"A": COMPANY_A, "B": COMPANY_B}
DAY_5 = {"A": COMPANY_A_DAY_5, "B": COMPANY_B_DAY_5}
BOX = 110  # width of a unit
X_DAY = [190 + 215 * k for k in range(4)]  # the middle of each day's unit


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


# ---------------------------------------------------------------------------------------------- questions and exercises

landing = number(descend(30, 1)[1])
y_a, y_b = (rnn_unroll(VIDEO_RNN, prices)[-1].y for prices in (COMPANY_A, COMPANY_B))
small = next(links for links in range(99) if 0.5 ** links < 0.001)

ask = Questions(
    fifty_copies=(
        "Each step doubles what came before, 50 times over. How large has a 1 become at the end?",
        {"about 100": "That is 2 times 50, which is adding. Here each step multiplies.",
         "about a million": f"After 20 doublings: {2 ** 20:,}. There are 30 more to come.",
         "about 10\u00b9\u2075": f"Yes: {2 ** 50:,}. Nobody can guess at powers; that is why we compute."}),
    a_huge_gradient=(
        "Gradient descent walks downhill; the steeper, the longer the step. What does a gradient do that is 30 "
        "times too large?",
        {"it arrives sooner": f"It would, if it stopped in time. Its first step lands at {landing}, on the "
                              "other side and higher up.",
         "it jumps over the minimum": f"Yes: from -1.50 the first step lands at {landing}, and the next one "
                                      "farther away still.",
         "nothing special": "The step is as long as the gradient says. Thirty times as long is past the minimum."}),
    rnn_on_companies=(
        "Company A costs 0 on day 5, company B 1. The plain RNN of the earlier video has read four days. How "
        "well does it do?",
        {"both right": f"It says {number(y_a)} for A and {number(y_b, 4)} for B: it cannot tell them apart.",
         "one right": f"It says {number(y_a)} for A and {number(y_b, 4)} for B: neither is close.",
         "both wrong": f"Yes: it says {number(y_a)} for A and {number(y_b, 4)} for B. Day 1 has faded away."}),
)

check = Checks(
    "01",
    Exercise("links_between", by_hand(
        49, "Each link joins two neighbours, so there is one less than there are inputs.",
        "Draw three inputs and count the arrows between them.",
        [(50, "That is the number of inputs. How many arrows join them?"),
         (51, "There are fewer arrows than inputs, not more.")]),
        f"Three inputs have two links, one between each and the next. So 50 inputs have 50 - 1 = {50 - 1}.", 49),
    Exercise("below_a_thousandth", by_hand(
        small, f"0.5 to the power 10 is {0.5 ** 10:.6f}: ten links, and a thousandth is left.",
        "Halve 1 until less than 0.001 is left, and count.",
        [(9, f"Nearly: 0.5 to the power 9 is {0.5 ** 9:.6f}."),
         (500, "Each link multiplies by 0.5; it does not take 0.5 away.")]),
        f"0.5 to the power {small - 1} is {0.5 ** (small - 1):.6f}, still too much; to the power {small} it is "
        f"{0.5 ** small:.6f}.", small),
    Exercise("a_factor_that_explodes", search(
        lambda factor: abs(descend(factor, 1)[1] / descend(factor, 1)[0]), 1.0000001, float("inf"),
        "Each step ends farther from the minimum than it began.",
        "Each step ends nearer to the minimum than it began: try a larger factor.", "",
        write=lambda ratio: f"{number(ratio)} times as far away after each step"),
        "A step makes p into p (1 - 0.2 factor). With 11 that is "
        f"{number(descend(11, 1)[1] / descend(11, 1)[0])} p: on the other side, and farther away. Every factor "
        "above 10 does this.", 11),
)
