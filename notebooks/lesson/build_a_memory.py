"""Lesson 07, build a memory: twelve weights under the hand that latch, hold and count; then the same unit trained."""
from functools import partial
from typing import NamedTuple

import numpy as np

from lstm_core import Gate, LSTMUnit, step, unroll

from .answer.exercises import Checks, Exercise, as_number, by_hand
from .answer.questions import Questions
from .data.memory_tasks import ANSWERS, FORGET, FRESH, NOISE, STEPS, TASKS, UPDATES, VALUES, accepted, held, learn
from .data.memory_tasks import score
from .show import svg
from .show.axes import Axes, spread
from .show.days import round_numbers
from .show.picture import Choice, Held, LivePicture, Slider
from .show.running import RunningPicture, State
from .show.svg import Drawing, Part, number, share
from .show.unit import GATES, MINUS, TIMES, factor, weight_chip
from .start_here import moved_weights, weight_handles
from .two_companies import memories

__all__ = ["ANSWERS", "ask", "build_picture", "check", "learn", "score", "training_picture"]

BLANK = LSTMUnit(*4 * [Gate(0.0, 0.0, 0.0)])
LARGEST = 20.0  # weight that a hand can reach


# ------------------------------------------------------------------------------------------------- a unit to build

SIZE, MEMORIES = 18.5, {"c": svg.LONG_TERM, "h": svg.SHORT_TERM}  # of letters; colours
LEFT, RIGHT, ASIDE = 130, 818, 840  # the steps lie between the first two; what they end on is written from the third
PANEL, ROW, TOPS = 250, 30, (410, 446, 482, 518)  # width of a gate's panel; height and places of the gates' rows
OWNERS = {"f": "forget gate", "i": "input gate", "g": "candidate", "o": "output gate"}


_noise = (np.random.default_rng(7).integers(-2, 3, STEPS) * NOISE / 2).round(2).tolist()
OWN = {  # the sequence of the picture at rest
    "latch": [1.0, *(STEPS - 1) * [0.0]],
    "hold": [0.6, *_noise[1:20], FORGET, *_noise[21:]],
    "count": [float(k % 5 in (0, 3)) for k in range(STEPS)],
    "first and last": [1.0, *(STEPS - 2) * [0.0], -1.0],
}


def reach(name, k):
    """Return the lowest and the highest value of the input number k of a task, counted from 0, and its step."""
    if name == "count":
        return 0, 1, 1
    if name == "hold":
        return (*VALUES, 0.05) if k == 0 else (-1, 1, 0.05)
    return -1, 1, 2 if OWN[name][k] else 0.1  # what is to be remembered is 1 or -1


def wanted(name, xs):
    """Say in a few letters what the memories are to be after the inputs xs."""
    sign = lambda memory, x: f"{memory} {'>' if x > 0 else '<'} 0"
    return {"latch": lambda: "h above 0.5" if xs[0] > 0 else f"h below {MINUS}0.5",
            "hold": lambda: f"c near {number(float(held(np.array(xs))))}", "count": lambda: f"c near {sum(xs):.0f}",
            "first and last": lambda: f"{sign('c', xs[0])}, {sign('h', xs[-1])}"}[name]()


def build_picture(name):
    """Return a unit to build for a task of that name, live: twelve weights and a sequence to hold, and a score."""
    weights = [one._replace(low=-LARGEST, high=LARGEST, step=0.1) for one in weight_handles(BLANK, OWNERS)]
    inputs = [Held(f"x{k + 1}", f"input {k + 1}", *reach(name, k), x) for k, x in enumerate(OWN[name])]

    def ran(values):
        unit, xs = built(values), [values[one.name] for one in inputs]
        run = unroll(unit, xs)
        return unit, xs, run, bool(TASKS[name].right(np.array(xs), run[-1].c, run[-1].h))

    def draw(seed, **values):
        unit, xs, run, right = ran(values)
        body = svg.rect(0, 0, 1000, 580, svg.PAPER) + _panels(unit, values) + _inputs(name, xs)
        body += _memories(run, accepted(name, xs))
        body += "".join(_row(top, run, letter) for letter, top in zip(OWNERS, TOPS))
        for y, words, bold in ((142, "wanted (box):", 0), (168, wanted(name, xs), 1), (194, _verdict(right), 0),
                               (444, f"{FRESH} fresh", 0), (468, "sequences:", 0),
                               (496, f"{score(unit, name, int(seed))} right", 1)):
            body += svg.text(ASIDE, y, words, SIZE, bold=bool(bold))
        return Drawing(1000, 580, body, _lines(unit, run))

    def say(seed, **values):
        unit, xs, run, right = ran(values)
        return (f"After {STEPS} inputs c is {number(run[-1].c)} and h is {number(run[-1].h)}; wanted is "
                f"{wanted(name, xs)}: {_verdict(right)}. Of {FRESH} fresh sequences {score(unit, name, int(seed))} are "
                "right.")

    return LivePicture([Slider("seed", "other sequences", 0, 20, 1, 0, svg.TEXT), *weights, *inputs], draw, say,
                       back="begin anew")


def built(values):
    """Return the LSTMUnit that stands in a build_picture with these values."""
    return moved_weights(BLANK, values)


def _verdict(right):
    return "right" if right else "not yet"


def _panels(unit, held):
    """Return a panel for each gate and the candidate: its three weights as chips to hold."""
    body = ""
    for k, (letter, words) in enumerate(OWNERS.items()):
        left, gate = PANEL * k, getattr(unit, GATES[letter])
        body += svg.rect(left + 4, 4, PANEL - 8, 106, "#FFF9E3", "#E3D8A8")
        body += svg.text(left + 16, 29, f"{words} {letter}", SIZE, bold=True)
        for x, which, heading, colour in ((44, "w", "weight on h", svg.SHORT_TERM), (125, "u", "on x", svg.INPUT),
                                          (206, "b", "bias", svg.TEXT)):
            value = getattr(gate, which)
            sign = TIMES if which != "b" else "+" if value >= 0 else ""
            body += svg.text(left + x, 57, heading.removeprefix("weight "), SIZE, "middle")
            body += weight_chip(f"{letter}_{which}", left + x, 84, sign + number(value, 1), colour, held)
    return body


def _axes(top, bottom, low, high):
    return Axes(LEFT, top, RIGHT, bottom, (0.5, STEPS + 0.5), (low, high))


def _inputs(name, xs):
    """Return the inputs as points on stems, each to be dragged up and down."""
    lowest, highest, _ = reach(name, 1)
    axes = _axes(122, 206, lowest - 0.15, highest + 0.15)
    body = axes.frame((), sorted({lowest, 0, highest}), size=SIZE) + svg.text(8, 170, "input x", SIZE)
    for k, x in enumerate(xs):
        low, high, _ = reach(name, k)
        across, ground, at, *way = (round(float(place), 1) for place in (
            axes.x(k + 1), axes.y(0), axes.y(x), axes.y(low), axes.y(high)))
        body += svg.path(f"M{across} {ground}V{at}", svg.INPUT, 3)
        body += svg.held_dot(f"x{k + 1}", across, at, svg.INPUT, [(across, y) for y in way], 6)
    return body


def _memories(run, goals):
    """Return both memories by step, with their names and numbers at the end, and boxes: where they are to end."""
    cs, hs = memories(run)
    axes = _axes(222, 372, *_around([*cs, *(end for _, *ends in goals for end in ends if np.isfinite(end))]))
    body = axes.frame((1, 10, 20, STEPS), round_numbers(*axes.ylim, 4), size=SIZE) + svg.text(8, 302, "c and h", SIZE)
    body += svg.text(8, axes.bottom + SIZE + 9, "step", SIZE)
    for letter, low, high in goals:
        top, bottom = axes.inside(axes.y(high)), axes.inside(axes.y(low))
        body += svg.rect(RIGHT - 22, round(top, 1), 20, round(bottom - top, 1), "#EEEEEE", MEMORIES[letter], 2.5, 3)
    ends = [float(axes.y(ys[-1])) for ys in (cs, hs)]
    for letter, ys, colour, dash, y in zip("ch", (cs, hs), MEMORIES.values(), ("", "7 4"),
                                           spread(ends, 26, axes.top + 8, axes.bottom - 8)):
        body += axes.curve(range(1, STEPS + 1), ys[1:], colour, dash, 3.5)
        body += svg.dot(float(axes.x(STEPS)), float(axes.y(ys[-1])), colour)
        end = svg.text(ASIDE, round(y + 6, 1), f"{letter} = {number(ys[-1])}", SIZE, bold=True)
        body += svg.part(letter, svg.path(f"M{ASIDE - 16} {y:.1f}h10", colour, 4) + end)
    return body


def _around(values):
    """Return a range that holds the values, and -1 to 1, with a little of it free at both ends."""
    return 1.1 * min(-1, *values), 1.1 * max(1, *values)


def _value(done, letter):
    """Return what a gate or the candidate says at a Step."""
    return {"f": done.forget.f, "i": done.input.i, "g": done.input.g, "o": done.output.o}[letter]


def _row(top, run, letter):
    """Return a gate by step: a column for each, full when it is open; the candidate's stand up or hang down."""
    axes = _axes(top, top + ROW, -1 if letter == "g" else 0, 1)
    ground, wide = float(axes.y(0)), float(axes.x(2) - axes.x(1))
    columns = "".join(f"M{float(axes.x(k - 0.5)):.1f} {ground:.1f}V{float(axes.y(_value(done, letter))):.1f}"
                      f"h{wide:.1f}V{ground:.1f}z" for k, done in enumerate(run, 1))
    fill, colour = ("#FBE4D5", svg.POTENTIAL) if letter == "g" else (svg.SHARE, svg.TEXT)
    return (svg.rect(LEFT, top, RIGHT - LEFT, ROW, svg.PAPER, svg.QUIET, 1, 0)
            + svg.path(columns, colour, 1, fill) + svg.text(8, top + 21, OWNERS[letter], SIZE))


def _lines(unit, run):
    """Return what the weights and the two memories answer to who looks into them."""
    end = run[-1]
    n = lambda value: number(value, 3)
    what = {"w": "what h is multiplied with", "u": "what x is multiplied with", "b": "what is added in any case"}
    parts = {f"{letter}_{which}": Part(f"{number(getattr(getattr(unit, GATES[letter]), which), 1)}: {words} in the sum "
                                       f"of the {owner}") for letter, owner in OWNERS.items()
             for which, words in what.items()}
    return parts | {
        "c": Part(f"last step: c = {n(end.forget.f)} {TIMES} {factor(end.c_prev, n(end.c_prev))} + {n(end.input.i)} "
                  f"{TIMES} {factor(end.input.g, n(end.input.g))} = {n(end.c)}"),
        "h": Part(f"last step: h = {n(end.output.o)} {TIMES} tanh({n(end.c)}) = {n(end.h)}")}


# ---------------------------------------------------------------------------------------------------- the same, trained

EVERY = 20  # updates between two scores


class Trained(NamedTuple):
    """What a training has to show: after which updates, the scores there, and the unit as it is now."""
    updates: list
    scores: list
    unit: LSTMUnit


def run(name, bias, seed):
    """Train one unit and yield States that hold Trained; name, bias, seed: as in learn."""
    updates, scores = [], []
    for k, unit in enumerate(learn(name, bias, int(seed)), 1):
        if k == 1 or k % EVERY == 0:
            updates.append(k)
            scores.append(score(unit, name))
            yield State(k, UPDATES[name], Trained(updates, scores, unit))


def training_picture():
    """Return the training of one unit on one of three tasks, beside the unit that was made by hand."""
    def draw(state, name, bias, seed):
        trained, hand, memory = state.result, ANSWERS[name], TASKS[name].memory
        axes = Axes(70, 46, 430, 226, (0, UPDATES[name]), (-5, FRESH + 5))
        body = svg.rect(0, 0, 1000, 520, svg.PAPER) + svg.text(70, 28, f"right, of {FRESH} fresh sequences", SIZE)
        body += axes.frame((0, UPDATES[name]), (0, FRESH // 2, FRESH), size=SIZE)
        body += svg.text(250, axes.bottom + SIZE + 9, "updates", SIZE, "middle")
        body += axes.curve(trained.updates, trained.scores, svg.TEXT)
        body += svg.dot(float(axes.x(trained.updates[-1])), float(axes.y(trained.scores[-1])), svg.TEXT)
        body += _table(hand, trained.unit)
        curves = {words: [getattr(done, memory) for done in unroll(unit, OWN[name])]
                  for words, unit in (("by hand", hand), ("trained", trained.unit))}
        return Drawing(1000, 520, body + _beside(memory, curves))

    def say(state, name, bias, seed):
        trained = state.result
        return (f"Task {name}, forget bias {number(bias, 0)} at the start, seed {int(seed)}: after {state.done:,} "
                f"updates {trained.scores[-1]} of {FRESH} fresh sequences are right. The unit made by hand: "
                f"{score(ANSWERS[name], name)}.")

    return RunningPicture([Choice("name", "task", tuple(ANSWERS), "latch"),
                           Slider("bias", "forget bias at the start", 0, 5, 1, 5, svg.LONG_TERM),
                           Slider("seed", "seed", 0, 9, 1, 0, svg.TEXT)], run, draw, say, unit="updates")


def _table(hand, trained):
    """Return the twelve weights of both units, side by side."""
    body = ""
    for x, words in ((660, "by hand"), (880, "trained")):
        body += svg.text(x, 28, words, SIZE, "middle", bold=True)
    for k, words in enumerate(("on h", "on x", "bias")):
        body += "".join(svg.text(x + 72 * (k - 1), 56, words, SIZE, "middle") for x in (660, 880))
    for row, (letter, owner) in enumerate(OWNERS.items()):
        y = 90 + 40 * row
        body += svg.text(560, y, owner, SIZE, "end")
        for x, unit in ((660, hand), (880, trained)):
            gate = getattr(unit, GATES[letter])
            body += "".join(svg.text(x + 72 * (k - 1), y, number(value, 1), SIZE, "middle")
                            for k, value in enumerate((gate.w, gate.u, gate.b)))
    return body


def _beside(memory, curves):
    """Return the memory that is asked for, of both units, over the sequence of the picture to build in."""
    axes = Axes(70, 310, 800, 476, (1, STEPS), _around(sum(curves.values(), [])))
    colour = svg.LONG_TERM if memory == "c" else svg.SHORT_TERM
    body = axes.frame((1, 10, 20, STEPS), round_numbers(*axes.ylim, 4), size=SIZE)
    body += svg.text(70, 294, f"{memory} over the {STEPS} inputs of the picture above", SIZE)
    places = spread([axes.inside(axes.y(ys[-1])) for ys in curves.values()], 24, axes.top, axes.bottom)
    for (words, ys), dash, y in zip(curves.items(), ("", "9 6"), places):
        body += axes.curve(range(1, STEPS + 1), ys, colour, dash)
        body += svg.text(axes.right + 12, round(y + 6, 1), f"{words} {number(ys[-1])}", SIZE, bold=True)
    return body


# ---------------------------------------------------------------------------------------------- questions and exercises

TESTS, ENOUGH = 1000, 990  # fresh sequences of an exercise, and how many of them must be right
SEED = 2 ** 20  # of these: far from the seeds a slider reaches


def as_unit(answer):
    """Return the unit of a build_picture, an LSTMUnit, or four triples (w, u, b) as one; None for anything else."""
    if isinstance(answer, LivePicture) and {f"{letter}_w" for letter in OWNERS} <= set(answer.values):
        return built(answer.values)
    if isinstance(answer, LSTMUnit) and answer.shape == ():
        return answer
    rows = [row for row in answer if isinstance(row, (tuple, list))] if isinstance(answer, (tuple, list)) else []
    numbers = [tuple(map(as_number, row)) for row in rows]
    good = [len(row) for row in numbers] == 4 * [3] and all(x is not None and abs(x) < 1e6 for x in sum(numbers, ()))
    return LSTMUnit(*(Gate(*row) for row in numbers)) if good and len(answer) == 4 else None


def judge(name, hint, why, answer):
    """Judge a unit by its score on fresh sequences of a task.  hint(unit): what to do where it is not enough."""
    unit = as_unit(answer)
    if unit is None:
        return f"the name of the picture is wanted here, such as {name}, as in its cell; this is {answer!r}."
    right = score(unit, name, SEED, TESTS)
    found = f"it is right on {right} of {TESTS} fresh sequences."
    return f"Right: {found} {why}" if right >= ENOUGH else f"Not yet: {found} {hint(unit)}"


def _latch_hint(unit):
    up, down = (unroll(unit, (x, *(STEPS - 1) * [0.0])) for x in (1.0, -1.0))
    if up[0].c < 0.2 or down[0].c > -0.2:
        return (f"Step 1 makes c {number(up[0].c)} for 1 and {number(down[0].c)} for {MINUS}1: the candidate has to "
                "follow the input, and the input gate to let it in.")
    if up[-1].c < 0.5 or down[-1].c > -0.5:
        run = up if up[-1].c < -down[-1].c else down
        if abs(run[-1].input.added) > 0.02:
            return f"While zeros come, c is written to, {number(run[-1].input.added)} a step: candidate of 0 wanted."
        return (f"c is {number(run[0].c)} after step 1 and {number(run[-1].c)} after step {STEPS}: at an input of 0 "
                f"the forget gate keeps only {share(run[-1].forget.f)} a step. Which of its numbers opens it?")
    return (f"c still tells 1 from {MINUS}1, but h says only {number(up[-1].h)} and {number(down[-1].h)}: the output "
            f"gate shows {share(min(up[-1].output.o, down[-1].output.o))}.")


def _hold_hint(unit):
    first = step(unit, 0.0, 0.0, 0.6)
    at = {x: step(unit, first.c, first.h, x) for x in (NOISE, -NOISE, FORGET)}
    noisy = at[NOISE], at[-NOISE]
    keeps, adds = min(one.forget.f for one in noisy), max((one.input.added for one in noisy), key=abs)
    if abs(first.c - 0.6) > 0.2:
        return f"A first input of 0.6 makes c {number(first.c)}: look at the input gate, and at the candidate, there."
    if keeps < 0.995:
        return (f"In the noise the forget gate keeps only {share(keeps)} a step, and 29 such steps leave "
                f"{share(keeps ** 29)}: it has to be open from {MINUS}0.1 on.")
    if abs(adds) > 0.01:
        return f"Noise of 0.1 changes c by {number(adds)} a step: the input gate has to be closed for it."
    if abs(at[FORGET].forget.kept) > 0.05:
        return f"At {MINUS}1 the forget gate still keeps {share(at[FORGET].forget.f)}: it has to close there."
    low, high = (step(unit, 0.0, 0.0, x).c for x in VALUES)
    return (f"First inputs of 0.4 and 0.8 make c {number(low)} and {number(high)}: find a weight of the candidate with "
            "which all from 0.4 to 0.8 come near.")


def _count_hint(unit):
    zeros, ones = (unroll(unit, STEPS * [x]) for x in (0.0, 1.0))
    if abs(zeros[-1].c) > 0.5:
        return f"Thirty zeros make c {number(zeros[-1].c)}: an input of 0 has to add nothing."
    if ones[0].c < 0.9:
        return f"The first 1 adds {number(ones[0].c)}: candidate and input gate both have to be near 1 there."
    keeps, x = min((run[-1].forget.f, x) for run, x in ((zeros, 0), (ones, 1)))
    if keeps < 0.999:
        return f"At an input of {x} the forget gate keeps only {share(keeps)} of the count: open it further."
    return f"Thirty 1s make c {number(ones[-1].c)}: what a step adds has to be still nearer to 1."


def _build(name, hint, why, words):
    """Return the exercise of a task."""
    gates = (getattr(ANSWERS[name], gate) for gate in ("forget", "input", "candidate", "output"))
    cell = ", ".join(f"({gate.w:g}, {gate.u:g}, {gate.b:g})" for gate in gates)
    return Exercise(f"build_a_{name}", partial(judge, name, hint, why), words, f"check.build_a_{name}(({cell}))")


ask = Questions(
    zeros_kept_out=(
        f"The first input is 1 or {MINUS}1, then come zeros. Both 1 and {MINUS}1 are to be written, the zeros are not. "
        "Which part of the unit can tell them apart?",
        {"the input gate": f"Its sum is a straight line in x: at 0 it lies halfway between those at 1 and {MINUS}1. So "
                           "open for both, it is open for 0 too.",
         "the candidate": "Yes. With no bias it makes 0 of 0: the input gate may stay open, and nothing is written.",
         "the forget gate": "It says how much of the old memory stays. What is written, it does not touch."}),
    told_to_forget=(
        f"An input of {MINUS}1 says: forget. What has to happen in that step?",
        {"the forget gate closes": f"That alone is not enough: if the input gate is open, the {MINUS}1 is written.",
         "the input gate closes": "It has to, or the old value stays and something is added. But that alone forgets "
                                  "nothing.",
         "both close": f"Yes: what was there goes, and the {MINUS}1 is not written in its place."}),
    where_training_starts=(
        "Now training looks for a latch, from ten random starts: first with a forget bias of 0, then with 5. When does "
        "it find one?",
        {"both times": "With bias 0 the forget gate begins half open. Half of a half of a half, 29 times: hardly "
                       "anything of step 1 arrives at the end.",
         "mostly with 0": "The other way around. With bias 0 the forget gate begins half open, and 29 halves leave "
                          "hardly anything.",
         "mostly with 5": "Yes. What is forgotten on the way cannot teach the weights how to keep it."}),
    say_the_opposite=(
        "Can one unit keep a positive number in c, and say a negative one, h?",
        {"yes, with the right output gate": "A gate is a share, above 0: it makes a number smaller, and never turns "
                                            "its sign round.",
         "no, never": "Yes, never: h = o tanh(c), where o is above 0 and tanh(c) has the sign of c."}),
)

check = Checks(
    "07",
    _build("latch", _latch_hint, "Anything that keeps 1 and \N{MINUS SIGN}1 apart for 29 steps is a latch.",
           "Forget gate: bias 20, so it keeps all. Input gate: bias 20, always open. Candidate: 20 on x and no bias, "
           "so 0 writes nothing. Output gate: bias 20, it shows all."),
    _build("hold", _hold_hint, "It holds what it was given, and lets go when told.",
           "Forget gate: 20 x + 10, open in the noise, closed at -1. Input gate: 20 x - 5, open from 0.4 on, closed at "
           "0.1. Candidate: 1.2 x, so that tanh comes out near x. The output gate may be anything."),
    _build("count", _count_hint, "A forget gate that stays open adds up.",
           "The latch counts: its candidate writes nearly 1 for a 1, and 0 for a 0. Forget gate and input gate are "
           "always open: bias 20."),
    Exercise("best_share", by_hand(
        0.5, "Where the signs agree, a latch is right; where they differ, nothing is.",
        "In how many of the four cases have first and last input the same sign?",
        [(50, "As a share, please: between 0 and 1."), (1, "h has always the sign of c. Can they differ?"),
         (0.25, "That is one case of four. In which cases have both inputs the same sign?"),
         (0.75, "Only where both signs agree can c and h both be right."),
         (0, "Where both inputs have the same sign, a latch is right.")]),
        "Of the four cases, ++ and -- ask for the same sign in c and h, +- and -+ for different ones, which no unit "
        "has: 2 of 4, a share of 0.5.", 0.5),
)
