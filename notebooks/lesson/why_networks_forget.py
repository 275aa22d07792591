"""Lesson 01, why networks forget: the loop, one weight many times, what a gradient adds up, a ball on a loss."""
import math

import numpy as np

from lstm_core import (ACTIVATIONS, COMPANY_A, COMPANY_A_DAY_5, COMPANY_B, COMPANY_B_DAY_5, VIDEO_RNN, RNNUnit,
                       rnn_step, rnn_unroll)

from .answer.exercises import Checks, Exercise, as_number, by_hand, search
from .answer.questions import Questions
from .show import svg
from .show.axes import Axes
from .show.picture import Choice, Held, LivePicture, Slider
from .show.svg import Drawing, Part, number, scientific, share
from .show.source import Source

__all__ = ["Source", "ask", "check", "descent_picture", "loop_picture", "power_picture",
           "rnn_picture", "rnn_step", "sum_picture"]

BOX = 110  # width of a unit
TIMES = "\N{MULTIPLICATION SIGN}"


def counted(count, what):
    """Write a count with its noun: 1 link, 2 links, no link."""
    return f"{count or 'no'} {what}" + ("s" if count > 1 else "")


# --------------------------------------------------------------------------------------------- the loop, and unrolled

MOST = 6  # inputs that the picture has room for


def loop_picture():
    """Return the network with its loop, and beside it the loop unrolled: one copy for each input."""
    def copy(x, k):
        """Return one copy of the network with its input; k: its number, or 0 for the one that all copies are."""
        name = f"x{k}".translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")) if k else "x"
        return (svg.arrow(f"M{x} 206V174", (x, 166, "up"), svg.INPUT, 4) + svg.chip(x, 222, name, svg.INPUT, 16)
                + svg.rect(x - 32, 104, 64, 56, "#F4F4F4", svg.TEXT) + svg.text(x, 138, "RNN", 16, "middle"))

    def draw(inputs):
        xs = [390 + 112 * k for k in range(int(inputs))]
        body = svg.rect(0, 0, 1000, 250, svg.PAPER, radius=8)
        body += svg.text(120, 26, "the loop", 17, "middle", bold=True)
        body += svg.text(358, 26, "the same network, unrolled", 17, bold=True)
        # out at the right, over the top, in again at the left
        body += svg.arrow("M152 132H192V66H48V132H72", (86, 132, "right"), svg.RNN, 4)
        body += svg.text(120, 56, f"h, {TIMES} w", 17, "middle") + copy(120, 0)
        body += svg.path("M262 60V220", "#D8D8D8", 2)
        for k, x in enumerate(xs):
            if k:
                body += svg.arrow(f"M{x - 80} 132H{x - 46}", (x - 34, 132, "right"), svg.RNN, 4)
                body += svg.text(x - 57, 118, f"{TIMES} w", 17, "middle")
            body += copy(x, k + 1)
        return Drawing(1000, 250, body)

    def say(inputs):
        n = int(inputs)
        if n == 1:
            return "1 input makes 1 copy and no link: there is nothing to remember yet."
        times = {1: "once", 2: "twice"}.get(n - 1, f"{n - 1} times")
        return (f"{n} inputs make {n} copies and {counted(n - 1, 'link')} between them. What the first input left in "
                f"the memory is multiplied with w {times} before it arrives in the last copy.")

    return LivePicture([Slider("inputs", "inputs", 1, MOST, 1, 4, svg.INPUT)], draw, say)


# --------------------------------------------------------------------------------------- one weight, many times over

LINKS, LEAST, MOST_W = 50, 0.1, 2.5
ORDINARY = Axes(50, 52, 360, 330, (0, LINKS), (0, 4))
POWERS = Axes(540, 52, 840, 330, (0, LINKS), (1e-20, 1e20), log=True)
TICKS = range(-20, 21, 5)  # of the power scale, as powers of 10


def power_picture():
    """Return one weight multiplied with itself, link after link, as a live picture on an ordinary and a power scale."""
    ks = tuple(range(0, LINKS + 1, 10))
    paper = "".join(axes.level(1, "2 3") + svg.text((axes.left + axes.right) / 2, 380, "links", 17, "middle")
                    + svg.text((axes.left + axes.right) / 2, 26, title, 17, "middle", bold=True)
                    for axes, title in ((ORDINARY, "what a change of 1 has become"),
                                        (POWERS, "the same, on a power scale")))
    paper = Drawing(1000, 396, svg.rect(0, 0, 1000, 396, svg.PAPER, radius=8) + ORDINARY.frame(ks, range(5))
                    + POWERS.frame(ks, [10.0 ** power for power in TICKS], [svg.tick_power(power) for power in TICKS])
                    + paper)

    def draw(w, links):
        ks = np.arange(int(links) + 1)
        body = _trail(ORDINARY, ks, w ** ks) + _trail(POWERS, ks, w ** ks)
        x, heights = float(POWERS.x(links)), POWERS.y(np.linspace(LEAST, MOST_W, 41) ** int(links))
        way = [(x, POWERS.inside(y)) for y in heights.tolist()]
        body += svg.held_dot("w", x, POWERS.inside(POWERS.y(w ** int(links))), svg.RNN, way, 7)
        raised = str(int(links)).translate(svg.RAISED)
        return Drawing(*paper[:2], body, {"w": Part(f"{number(w)}{raised} = {scientific(w ** int(links))}")})

    def say(w, links):
        left = w ** int(links)
        part = f", 1 part in {scientific(1 / left)}" if left <= 0.1 else ""
        return (f"With the weight {number(w)} and {counted(int(links), 'link')}, a change of 1 at the first input "
                f"becomes {scientific(left)}{part}.")

    return LivePicture([Slider("w", "feedback weight w", LEAST, MOST_W, 0.05, 0.9, svg.RNN),
                        Slider("links", "links between inputs", 1, LINKS, 1, 49, svg.TEXT)], draw, say, paper)


def _trail(axes, ks, ys):
    """Return a line through the data points and the number at its end: at a point, or where it goes out of the axes."""
    beyond = [k for k, y in enumerate(axes.y(ys)) if not axes.top <= y <= axes.bottom]
    end = beyond[0] if beyond else len(ks) - 1
    x, y = float(axes.x(ks[end])), axes.inside(axes.y(ys[end]))
    words = ("on to " if beyond else "") + scientific(ys[-1])
    down = 6 if not beyond else 22 if y == axes.top else -10  # to the right there is no line
    label = svg.text(round(x + 20, 1), round(y + down, 1), words, 17, rim=True)
    return axes.curve(ks, ys, svg.RNN) + ("" if beyond else svg.dot(x, y, svg.RNN, 7)) + label


# ------------------------------------------------------------------------------------------- what a gradient adds up

def gradient_parts(unit, xs):
    """Return what each step adds to the gradient of an RNN's last memory, for its weights w and u: two arrays (T,).

    unit: an RNNUnit; xs: the inputs (T,).  The gradient of a shared weight is the sum of its parts.  ValueError as in
    rnn_unroll.
    """
    _, slope = ACTIVATIONS[unit.activation]
    dh, parts = 1.0, []
    for step in reversed(rnn_unroll(unit, xs)):
        # h' = act(a), a = w h + u x + b
        da = dh * slope(step.a)
        parts.append((da * step.h_prev, da * step.x))
        dh = da * unit.w
    dw, du = np.array(parts[::-1]).T
    return dw, du


def sum_picture():
    """Return the parts of one shared weight's gradient as bars, one a day; each day has the price 1."""
    left, right, top, bottom = 30, 970, 64, 300

    def parts(w, days):
        return gradient_parts(RNNUnit(w=w, u=1, b=0, activation="linear"), np.ones(int(days)))[1]

    def draw(w, days):
        du = parts(w, days)
        room = (right - left) / len(du)
        heights = (bottom - top) * du / du.max()
        body = svg.rect(0, 0, 1000, 350, svg.PAPER, radius=8)
        body += svg.text(left, 28, "what each day adds to the gradient of the weight u", 17, bold=True)
        body += "".join(svg.rect(round(left + room * k + 0.1 * room, 1), round(bottom - h, 2), round(0.8 * room, 1),
                                 round(h, 2), svg.INPUT, radius=0) for k, h in enumerate(heights.tolist()))
        body += svg.path(f"M{left} {bottom}H{right}", svg.TEXT, 2)
        for k, x, anchor in ((0, left, "start"), (len(du) - 1, right, "end")):
            body += svg.text(x, bottom + 24, f"day {k + 1}", 17, anchor)
            body += svg.text(x, round(bottom - heights[k] - 8, 1), scientific(du[k]), 17, anchor)
        return Drawing(1000, 350, body)

    def say(w, days):
        du = parts(w, days)
        half = len(du) // 2
        return (f"With the weight {number(w)} and {int(days)} days, day 1 adds {scientific(du[0])} to the gradient of "
                f"u and day {int(days)} adds {scientific(du[-1])}; the sum is {scientific(du.sum())}. The first {half} "
                f"days together make up {share(du[:half].sum() / du.sum())} of it.")

    return LivePicture([Slider("w", "feedback weight w", 0.5, 1.5, 0.05, 0.8, svg.RNN),
                        Slider("days", "days", 4, 50, 1, 20, svg.TEXT)], draw, say)


# -------------------------------------------------------------------------------------------------- a ball on a loss

START, RATE, EDGE = -1.5, 0.1, 3
LOSS = Axes(70, 44, 980, 350, (-EDGE, EDGE), (-0.4, EDGE ** 2))


def descend(factor, steps, start=START):
    """Return the places of gradient descent on the loss p^2, with learning rate 0.1: steps + 1 numbers.

    factor: every gradient is multiplied by it, as the links of an unrolled network would; start: the first place.
    """
    # p <- p - rate * factor * 2 p
    return start * (1 - RATE * factor * 2.0) ** np.arange(steps + 1)


def descent_picture():
    """Return gradient descent as a ball on a loss curve: a factor on its gradient makes the steps huge or tiny."""
    grid = np.linspace(-EDGE, EDGE, 81)
    paper = Drawing(1000, 408, svg.rect(0, 0, 1000, 408, svg.PAPER, radius=8)
                    + LOSS.frame(range(-EDGE, EDGE + 1), (0, 3, 6, 9)) + LOSS.curve(grid, grid ** 2, svg.QUIET)
                    + svg.text(525, 398, "weight p", 17, "middle") + svg.text(14, 30, "loss", 17))

    track = [place(p, p * p) for p in np.linspace(-EDGE, EDGE, 41).tolist()]

    def draw(power, steps, start):
        ps = descend(10 ** power, int(steps), start)
        inside = [p for p in ps.tolist() if abs(p) <= EDGE] if abs(ps[-1]) > EDGE else ps.tolist()
        points = [place(p, p * p) for p in inside]
        # Of steps too short to be seen apart, a dot's white rim would wipe out the curve.
        apart = [at for before, at in zip(points, points[1:]) if math.dist(before, at) > 4]
        body = "".join(svg.dot(x, y, svg.TEXT, 5) for x, y in apart)
        if len(inside) < len(ps):  # sizes only grow, so these were the first steps; the next one leaves
            way, out = _way_out(inside[-1], float(ps[len(inside)]), scientific(ps[-1]))
            points.append(way)
        else:
            out = svg.dot(*points[-1], svg.TEXT, 12)
        out += svg.held_dot("start", *points[0], svg.TEXT, track, 6)
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        return Drawing(*paper[:2], f'<polyline points="{line}" fill="none" stroke="{svg.TEXT}" stroke-width="1.5" '
                       f'stroke-dasharray="4 4"/>' + body + out)

    def say(power, steps, start):
        ps = descend(10 ** power, int(steps), start)
        return (f"With every gradient multiplied by {scientific(10 ** power)}, after {counted(int(steps), 'step')} the "
                f"ball is at {scientific(ps[-1])}: {_verdict(1 - 2 * RATE * 10 ** power, ps)}. It started at "
                f"{number(start)}; the minimum is at 0.")

    return LivePicture([Slider("power", "power of 10", -4, 2, 0.1, 0),
                        Slider("steps", "steps", 0, 30, 1, 10),
                        Held("start", "where the ball starts", -EDGE, EDGE, 0.1, START)], draw, say, paper)


def place(p, loss):
    """Return where a weight and its loss lie in the picture of the ball."""
    return float(LOSS.x(p)), float(LOSS.y(loss))


def _way_out(p, q, words):
    """Return where the step from p to q leaves through the upper edge, and an arrow there with the number of its end.

    A chord lies above its curve, so it never leaves at a side.
    """
    part = (EDGE ** 2 - p * p) / (q * q - p * p)
    (x0, y0), (x1, y1), (x, y) = place(p, p * p), place(q, q * q), place(p + part * (q - p), EDGE ** 2)
    dx, dy = np.array([x1 - x0, y1 - y0]) / np.hypot(x1 - x0, y1 - y0)  # also from a start on the edge itself
    corners = ((x, y), *((x - 14 * dx + side * dy, y - 14 * dy - side * dx) for side in (6, -6)))
    arrow = f'<polygon points="{" ".join(f"{px:.1f},{py:.1f}" for px, py in corners)}" fill="{svg.TEXT}"/>'
    return (x, y), arrow + svg.text(round(min(max(x, 180), 880), 1), y - 14, f"on to {words}", 17, "middle", bold=True)


def _verdict(ratio, ps):
    """Say how the ball does; ratio: what each step multiplies its place with; ps: its places."""
    if len(ps) == 1:
        return "it has not moved yet"
    if ps[0] == 0:
        return "it stays at the minimum, where the gradient is 0"
    if abs(ps[-1]) > EDGE:
        return "it has jumped out of the picture"
    if ratio <= -1:
        return "each step jumps over the minimum, and lands " + ("just as far away" if ratio == -1 else "farther away")
    if abs(ps[-1]) < 0.05:
        return "it has all but arrived"
    if ratio < 0:
        return "each step jumps over the minimum, and lands nearer"
    return "it has hardly moved" if abs(ps[-1]) > 0.93 * abs(ps[0]) else "it is on its way"


COMPANIES = {"A": COMPANY_A, "B": COMPANY_B}
DAY_5 = {"A": COMPANY_A_DAY_5, "B": COMPANY_B_DAY_5}
X_DAY = [190 + 215 * k for k in range(4)]  # the middle of each day's unit


# ------------------------------------------------------------------------------------------ the plain RNN, unrolled

def rnn_picture():
    """Return the plain RNN of the earlier video, unrolled over the four days of one company, every factor shown."""
    unit, line = VIDEO_RNN, 150

    def draw(company):
        body = svg.rect(0, 0, 1000, 340, svg.PAPER, radius=8)
        body += svg.path(f"M30 {line}H1000", svg.RNN, 4) + svg.chip(66, line, "0", svg.RNN, 16)
        body += svg.text(14, line + 6, "h", 18, italic=True) + svg.text(X_DAY[0] - 78, 38, "output y", 17, "end")
        body += svg.text(X_DAY[0] - 78, 316, "price x", 17, "end")
        for k, (x, step) in enumerate(zip(X_DAY, rnn_unroll(unit, COMPANIES[company]))):
            body += svg.arrow(f"M{x} 300V{line + 74}", (x, line + 66, "up"), svg.INPUT, 4)
            body += svg.arrow(f"M{x} {line}V62", (x, 54, "up"), svg.TEXT, 2.5)
            body += svg.rect(x - BOX / 2, line - 44, BOX, 106, "#F4F4F4", svg.TEXT)
            body += svg.text(x, line - 20, f"day {k + 1}", 17, "middle", bold=True)
            body += svg.text(x, line + 12, f"sum {exact(step.a)}", 17, "middle")
            body += svg.text(x, line + 44, "ReLU", 17, "middle")
            body += svg.text(x - 62, line - 22, f"{TIMES} {exact(unit.w)}", 17, "end")
            body += svg.text(x + 14, line + 104, f"{TIMES} {exact(unit.u)}", 17)
            body += svg.text(x + 12, 90, f"{TIMES} {exact(unit.v)}", 17)
            body += svg.chip(x, 316, exact(step.x), svg.INPUT, 16)
            body += svg.chip(x, 36, exact(step.y), svg.TEXT, 16)
            body += svg.chip(x + 100, line, exact(step.h), svg.RNN, 16)
        return Drawing(1000, 340, body)

    def say(company):
        steps = rnn_unroll(unit, COMPANIES[company])
        return (f"Company {company}: after day 4 the plain RNN's memory is {exact(steps[-1].h)} and its output "
                f"{exact(steps[-1].y)}; the price on day 5 is {exact(DAY_5[company])}.")

    return LivePicture([Choice("company", "company", tuple(COMPANIES), "A")], draw, say)


def exact(value):
    """Write a number with up to four digits after the point, as few as say it: 1.575, 0."""
    return number(value, 4).rstrip("0").rstrip(".")


# ---------------------------------------------------------------------------------------------- questions and exercises

once, landing, again = (number(p) for p in (descend(1, 1)[1], *descend(30, 2)[1:]))
y_a, y_b = (rnn_unroll(VIDEO_RNN, prices)[-1].y for prices in (COMPANY_A, COMPANY_B))
twenty = gradient_parts(RNNUnit(w=0.8, u=1, b=0, activation="linear"), np.ones(20))[1]
first_ten = twenty[:10].sum() / twenty.sum()
small = next(links for links in range(99) if 0.5 ** links < 0.001)

AS_FAR = {0: "A gradient of 0 makes no step: the ball stays where it is.",
          10: f"With 10, each step lands just as far away on the other side: at {number(-START)}, then at "
              f"{number(START)}."}


def farther(answer):
    """Judge a factor that should let every step end farther away."""
    if as_number(answer) in AS_FAR:
        return f"Not yet. {AS_FAR[as_number(answer)]}"
    return search(
        lambda factor: abs(descend(factor, 1)[1] / START), np.nextafter(1, 2), float("inf"),
        "Each step ends farther from the minimum than it began.",
        "Each step ends nearer to the minimum than it began: try a larger factor.", "",
        write=lambda ratio: f"{ratio:.10g} times as far away after each step")(answer)


ask = Questions(
    fifty_copies=(
        "Each step doubles what came before, 50 times over. How large has a 1 become at the end?",
        {"about 100": "That is 2 times 50, which is adding. Here each step multiplies.",
         "about a million": f"After 20 doublings: {2 ** 20:,}. There are 30 more to come.",
         "about 10\u00b9\u2075": f"Yes: {2 ** 50:,}. Powers are hard to guess; that is why we compute."}),
    first_ten_days=(
        "The feedback weight is 0.8, each of 20 days has the price 1. How much of the sum do the first ten days add?",
        {"about half": "They are half of the days, but what they add comes through ten links more: "
                       f"{share(first_ten)} of the sum.",
         "about a tenth": f"Yes: {share(first_ten)}. Ten links more leave {number(0.8 ** 10)} of what a day adds.",
         "nothing at all": f"Little, but not nothing: together {share(first_ten)} of the sum."}),
    a_huge_gradient=(
        f"A ball stands at {number(START)}, the lowest point is at 0. A step as long as its gradient and the learning "
        f"rate 0.1 say would take it to {once}. Now the gradient is 30 times too large, and so is the step. What "
        "happens?",
        {"it arrives sooner": f"With a step 5 times as long it would, at once. Thirty times as long, the first step "
                              f"lands at {landing}, on the other side and higher up.",
         "it jumps over the minimum": f"Yes: the first step lands at {landing}, and the next one at {again}, farther "
                                      "away still.",
         "nothing special": f"The step is as long as the gradient says. Thirty times as long ends at {landing}, past "
                            "the minimum."}),
    rnn_on_companies=(
        "Company A costs 0 on day 5, company B 1. The plain RNN of the earlier video, with the weights of that video, "
        "has read four days. How well does it do?",
        {"both right": f"It says {exact(y_a)} for A and {exact(y_b)} for B: the larger number for the smaller price.",
         "one right": f"It says {exact(y_a)} for A and {exact(y_b)} for B: the nearer one is {exact(y_b - 1)} off.",
         "both wrong": f"Yes: it says {exact(y_a)} for A and {exact(y_b)} for B. Nobody fitted it to them."}),
)

check = Checks(
    "01",
    Exercise("links_between", by_hand(
        49, "Each link joins two neighbours, so there is one less than there are inputs.",
        "Draw three inputs and count the arrows between them.",
        [(50, "That is the number of inputs. How many arrows join them?"),
         (51, "There are fewer arrows than inputs, not more.")], tolerance=0),
        f"Three inputs have two links, one between each and the next. So 50 inputs have 50 - 1 = {50 - 1}.", 49),
    Exercise("below_a_thousandth", by_hand(
        small, f"0.5 to the power 10 is {0.5 ** 10:.6f}: ten links, and less than a thousandth is left.",
        "Halve 1 until less than 0.001 is left, and count.",
        [(9, f"Nearly: 0.5 to the power 9 is {0.5 ** 9:.6f}."),
         (11, f"Less than a thousandth is left after 11, but after 10 already: {0.5 ** 10:.6f}."),
         (2, "Each link multiplies by 0.5; it does not take 0.5 away."),
         (500, "That is half of a thousand. Each link halves what is left: count the halvings.")], tolerance=0),
        f"0.5 to the power {small - 1} is {0.5 ** (small - 1):.6f}, still too much; to the power {small} it is "
        f"{0.5 ** small:.6f}.", small),
    Exercise("a_factor_that_explodes", farther,
             "A step makes p into p (1 - 0.2 factor). With 11 that is "
             f"{number(descend(11, 1)[1] / descend(11, 1)[0])} p: on the other side, and farther away. Every factor "
             "above 10 does this; with 10 the ball lands just as far away. A factor below 0 goes uphill, and ends "
             "farther away too.", 11),
)
