"""Lesson 10, long memory: one sequence of the adding problem, a race of two networks, a look inside, the long run."""
from typing import NamedTuple

import numpy as np

from lstm_core import sigmoid
from lstm_layers import Predictor

from .answer.exercises import Checks, Exercise, by_hand
from .answer.questions import Questions
from .data.gru import GRUStep, gru_step
from .data.long_run import measured
from .data.snapshots import SEEN, arriving, held, marked_steps, one_sequence
from .data.tasks import BATCH, CLIP, RIGHT, RNN_RATE, adding_problem, always_half, learn, network, share_right
from .data.tasks import temporal_order
from .gradients_side_by_side import LEFT, LSTM_ROW, RNN_ROW, ROW, WIDTH, gradient_curves, gradient_rows
from .gradients_side_by_side import RIGHT as RIGHT_EDGE
from .show import svg
from .show.axes import Axes, spread, ticks
from .show.curves import Chart, Panel
from .show.gru import draw_gru, paper_gru, say_gru
from .show.heat import heat
from .show.picture import Choice, LivePicture, Slider, Switch
from .show.running import RunningPicture, State
from .show.svg import Drawing, Look, Part, number, scientific, share
from .show.unit import MINUS

__all__ = ["RIGHT", "adding_problem", "ask", "check", "gradient_picture", "gru_picture", "long_run_picture",
           "memory_picture", "network", "race_picture", "sequence_picture", "share_right", "temporal_order"]


UPDATES, EVERY = 1000, 20
RIVAL = Look(svg.QUIET, "5 4")  # who knows nothing is dashed; a network is solid, and has points
LOOKS = {"RNN": Look(svg.RNN, shape="square"), "LSTM": Look(svg.LONG_TERM, shape="dot"),
         "GRU": Look(svg.SHORT_TERM, shape="dot", hollow=True)}
SEED_OF_TESTS = 2 ** 20  # far from the seeds a slider reaches


def sequence_picture():
    """Return one sequence of the adding problem, live: its values as bars, the two that count, and the answer."""
    def draw(T, seed):
        xs, target, (length,) = one_sequence(T, seed)
        values, marks = xs[:length, :, 0].T
        axes, middle, end = Axes(62, 70, 726, 286, (0, length), (-1.05, 1.05)), 36, 858
        ground, half = float(axes.y(0)), float(axes.x(T / 2))
        body = svg.rect(0, 0, WIDTH, 350, svg.PAPER, radius=0)
        body += svg.rect(62, 70, round(half - 62, 1), 216, "#EAF2F8", radius=0) + axes.frame((), (-1, 0, 1), size=17)
        body += svg.path(f"M62 {ground:.1f}H726", svg.QUIET, 1)
        for k, (value, mark) in enumerate(zip(values.tolist(), marks.tolist())):
            (x, y), (colour, width) = (axes.x(k + 0.5), axes.y(value)), (svg.INPUT, 6) if mark == 1 else (svg.QUIET, 4)
            body += svg.path(f"M{x:.1f} {ground:.1f}V{y:.1f}", colour, width)
        for k in ticks(0, length - 1):
            body += svg.text(round(float(axes.x(k + 0.5)), 1), 310, str(k), 17, "middle")
        body += svg.text(394, 338, "step", 17, "middle")
        steps = np.flatnonzero(marks == 1).tolist()
        tops = [float(axes.x(k + 0.5)) for k in steps]
        places = spread(tops, 74, 62, 726)
        body += svg.arrow(f"M{places[0]:.1f} {middle}H{end}V108", (end, 112, "down"), svg.LONG_TERM, 4)
        body += svg.text(round((places[-1] + end) / 2 + 20, 1), middle - 14, "to be kept", 17, "middle")
        for k, x, place in zip(steps, tops, places):
            foot = min(ground, float(axes.y(values[k])))
            body += svg.path(f"M{place:.1f} {middle}L{x:.1f} {foot:.1f}", svg.INPUT, 1.5)
            body += svg.chip(round(place, 1), middle, number(values[k]), svg.INPUT, 18)
        terms = [number(values[k]) for k in steps] + ["0"] * (2 - len(steps))
        said = f"0.5 + ({terms[0]} + {terms[1]}) / 4".replace(f"+ {MINUS}", f"{MINUS} ")
        body += svg.text(end, 140, "at the end, say", 17, "middle") + svg.text(end, 172, said, 17, "middle")
        body += svg.text(end - 42, 212, "=", 20, "middle") + svg.chip(end + 8, 205, number(target[0, 0]), svg.TEXT, 20)
        return Drawing(WIDTH, 350, body)

    def say(T, seed):
        xs, target, (length,) = one_sequence(T, seed)
        marked = np.flatnonzero(xs[:, 1, 0] == 1)
        terms = " and ".join(f"{number(xs[k, 0, 0])} at step {k}" for k in marked)
        first = "" if len(marked) == 2 else "; the pair at step 0 was drawn too, and counts as 0"
        return (f"This sequence has {length} pairs, from step 0 on. Marked are {terms}{first}: the answer is "
                f"{number(target[0, 0])}.")

    return LivePicture([Slider("T", "length T", 20, 100, 10, 30, svg.TEXT),
                        Slider("seed", "sequence", 0, 20, 1, 0, svg.INPUT)], draw, say)


def _tests(T):
    """Return the 256 sequences that both runners answer, and so does their rival."""
    return adding_problem(np.random.default_rng(SEED_OF_TESTS), int(T), 256)


def _half_right(T):
    """Return the share of these on which 0.5 is right."""
    return float(np.mean(np.abs(0.5 - _tests(T).targets) < RIGHT))


class Raced(NamedTuple):
    """What a race has to show: after which numbers of sequences, and there each network's loss and share of right."""
    seen: list
    losses: dict
    rights: dict


def race(T, bias, identity, seed, clip, gru):
    """Train an RNN and an LSTM side by side on the adding problem and yield a State that holds Raced after each update.

    T: length; bias: of the LSTM's forget gates, and of the GRU's update gates; identity: how the RNN starts; seed: of
    weights and sequences; clip: whether gradients are clipped; gru: whether a GRU runs too.
    """
    T, seed, clip = int(T), int(seed), CLIP if clip else None
    runners = {"RNN": learn("RNN", T, seed, identity=identity, clip=clip, rate=RNN_RATE),
               "LSTM": learn("LSTM", T, seed, bias, clip)} | ({"GRU": learn("GRU", T, seed, bias, clip)} if gru else {})
    tests = _tests(T)
    raced, lately = Raced([], {kind: [] for kind in runners}, {kind: [] for kind in runners}), {}
    k = 0
    try:
        for k in range(1, UPDATES + 1):
            models = {}
            for kind, runner in runners.items():
                models[kind], loss = next(runner)
                lately.setdefault(kind, []).append(loss)
            if k == 1 or k % EVERY == 0:
                raced.seen.append(k * BATCH)
                for kind, model in models.items():
                    raced.losses[kind].append(np.mean(lately.pop(kind)))
                    raced.rights[kind].append(share_right(model, tests))
            yield State(k, UPDATES, raced)
    except FloatingPointError as diverged:
        yield State(k, UPDATES, raced, str(diverged))


def race_picture():
    """Return the race of a plain RNN and an LSTM, and a GRU if asked for, on the adding problem, live."""
    last, head = UPDATES * BATCH, 36
    chart = Chart([Panel("mean squared error", "sequences seen", "", (0, last), (1e-4, 1), scale="log"),
                   Panel("share of right answers, of 256 fresh ones", "sequences seen", "", (0, last), (0, 1.05))],
                  height=380)

    def draw(state, T, gru, **_):
        raced, right, error = state.result, _half_right(T), always_half(int(T))[1]
        looks = {kind: LOOKS[kind] for kind in raced.losses}
        body = "".join(chart.curve(panel, (0, last), (level, level), RIVAL.colour, RIVAL.dash)
                       for panel, level in enumerate((error, right)))
        for kind, look in looks.items() if raced.seen else ():
            for panel, curve in enumerate((raced.losses[kind], raced.rights[kind])):
                body += chart.curve(panel, raced.seen, curve, look.colour)
                body += svg.mark(*chart.place(panel, raced.seen[-1], curve[-1]), look)
        named = svg.legend([*looks.items(), ("always 0.5", RIVAL)], 250 if gru else 300, 22)
        return Drawing(1000, head + chart.paper.height, named + Drawing(1000, 0, body).moved(head).body)

    def say(state, T, identity, seed, gru, **_):
        rights = {kind: share(found[-1]) if found else "no" for kind, found in state.result.rights.items()}
        start = "identity" if identity else "random"
        third = f", the GRU {rights['GRU']}" if gru else ""
        return (f"T = {int(T)}, seed {int(seed)}: after {state.done * BATCH:,} sequences the RNN ({start} start) "
                f"answers {rights['RNN']} of 256 fresh ones rightly, the LSTM {rights['LSTM']}{third}. Always saying "
                f"0.5 would be right on {share(_half_right(T))} of them.{state.trouble and ' ' + state.trouble}")

    return RunningPicture([Slider("T", "length T", 20, 60, 10, 30, svg.TEXT),
                           Slider("bias", "forget bias", 0, 5, 1, 1, svg.LONG_TERM),
                           Switch("identity", "RNN: identity start"),
                           Slider("seed", "seed", 0, 9, 1, 0, svg.TEXT),
                           Switch("clip", f"clip gradients at {number(CLIP, 0)}", True),
                           Switch("gru", "a GRU too")],
                          race, draw, say, Drawing(1000, head, "").above(chart.paper), unit="updates")


def gru_picture():
    """Return one GRU cell, live: all its weights are 1, and so is the bias of its update gate at rest."""
    def run(h, x, b):
        W = np.array([[1, 1, b], [1, 1, 0], [1, 1, 0]], float)
        return GRUStep(*(float(one[0, 0]) for one in gru_step(W, np.array([[h]]), np.array([[x], [1.0]]))))

    return LivePicture([Slider("h", "memory h", -0.9, 0.9, 0.1, 0.8, svg.SHORT_TERM),
                        Slider("x", "input x", -3, 3, 0.1, -1, svg.INPUT),
                        Slider("b", "update gate's bias", -5, 5, 0.5, 1, svg.TEXT)],
                       lambda h, x, b: draw_gru(h, x, b, run(h, x, b)),
                       lambda h, x, b: say_gru(h, run(h, x, b)), paper_gru())


# ------------------------------------------------------------------------- a look inside: what is kept, what comes back

SEQUENCE = Slider("seed", "sequence", 0, 20, 1, 0, svg.INPUT)
TRAINING = Slider("seen", "training", 0, SEEN[-1], SEEN[1], SEEN[-1], svg.LONG_TERM, pace=700)
CHANGED, WHOLE = "what the marked numbers changed", "the whole memory"
FULL = {CHANGED: 0.5, WHOLE: 1.0}  # the size of a number with full ink


def memory_picture():
    """Return the long-term memory of the race's LSTM on one sequence, cells by steps, before and during training."""
    left, right, tall, tops = 150, 862, 176, (96, 312)

    def draw(seen, seed, show):
        (steps, values), target = marked_steps(seed), float(one_sequence(30, seed).targets[0, 0])
        pick = lambda state: state.change if show == CHANGED else state.c
        states = held(0, seed), held(seen, seed)
        cells, length = pick(states[1]).shape
        wide = (right - left) / length
        body = svg.rect(0, 0, WIDTH, 520, svg.PAPER, radius=0) + svg.text(left, 24, f"{show}:", 17)
        for k, value in enumerate((-1, -0.2, 0, 0.2, 1)):
            x = left + 330 + 100 * k
            body += heat(np.array([[value]]), x, 8, 32, 20, 1) + svg.rect(x, 8, 32, 20, "none", svg.QUIET, 1, 0)
            body += svg.text(x + 38, 24, number(value * FULL[show], 0 if value == 0 else 1), 17)
        names = ("before", "training"), ("after", f"{int(seen):,}", "sequences")
        for state, top, words in zip(states, tops, names):
            for row, line in enumerate(words):
                body += svg.text(14, top + 76 + 22 * row, line, 17, bold=True)
            body += svg.text(left - 8, top + 12, "cell 1", 17, "end")
            body += svg.text(left - 8, top + tall, f"cell {cells}", 17, "end")
            for row, line in enumerate(("answer", number(state.y), "right", number(target))):
                body += svg.text(right + 10, top + 56 + 22 * row + 12 * (row > 1), line, 17, bold=row % 2 == 1)
        body += heat(pick(states[0]), left, tops[0], right - left, tall, FULL[show])
        parts, high = {}, tall / cells
        for row, numbers in enumerate(pick(states[1])):
            name = f"cell_{row + 1}"
            body += svg.part(name, heat(numbers[np.newaxis], left, tops[1] + row * high, right - left, high,
                                        FULL[show]))
            said = ", ".join(f"{number(numbers[k])} at step {k}" for k in (*steps, length - 1))
            parts[name] = Part(f"cell {row + 1}: {said}, the last")
        middles = [left + (k + 0.5) * wide for k in steps]
        for k, value, x, at in zip(steps, values, middles, spread(middles, 74, left, right)):
            body += svg.path(f"M{at:.1f} 60L{x:.1f} {tops[0] - 4}", svg.INPUT)
            body += svg.chip(round(at, 1), 54, number(value), svg.INPUT, 17)
            for top in tops:
                body += svg.rect(left + k * wide, top - 3, wide, tall + 6, "none", svg.INPUT, 2.5, 3)
        for top in tops:
            body += svg.rect(left, top, right - left, tall, "none", svg.QUIET, 1, 0)
            for k in ticks(0, length - 1):
                body += svg.text(round(left + (k + 0.5) * wide, 1), top + tall + 24, str(k), 17, "middle")
            body += svg.text(left - 8, top + tall + 24, "step", 17, "end")
        return Drawing(WIDTH, 520, body, parts)

    def say(seen, seed, show):
        (steps, values), state = marked_steps(seed), held(seen, seed)
        sizes = np.linalg.norm(state.change, axis=0)
        terms = " and ".join(f"{number(value)} at step {k}" for k, value in zip(steps, values))
        return (f"After {int(seen):,} sequences of training: {terms} {'change' if len(steps) > 1 else 'changes'} the "
                f"long-term memory by {number(sizes[steps[-1]])} at step {steps[-1]}, and by {number(sizes[-1])} at "
                f"the last step, all cells together. The answer is {number(state.y)}; "
                f"{number(one_sequence(30, seed).targets[0, 0])} is right.")

    return LivePicture([TRAINING, SEQUENCE, Choice("show", "show", (CHANGED, WHOLE), CHANGED)], draw, say)


def gradient_picture():
    """Return the gradient on its way back through both networks of the race, before, during and after training."""
    def draw(seen, seed, scale):
        found, (steps, values) = arriving(seen, seed), marked_steps(seed)
        T = len(found.gates)
        axes = Axes(LEFT, 186, RIGHT_EDGE, 352, (0, T), *(((1e-6, 1e2), True) if scale == "log" else ((0, 3),)))
        strip = axes._replace(top=412, bottom=466, ylim=(0, 1), log=False)
        body = svg.rect(0, 0, WIDTH, 476, svg.PAPER, radius=0)
        body += Drawing(WIDTH, 0, gradient_rows(axes, found.rnn, found.c, found.h)).moved(26).body
        middles, wide, parts = [float(axes.x(k + 0.5)) for k in steps], float(axes.x(1)) - LEFT, {}
        for k, x, at, value in zip(steps, middles, spread(middles, 74, LEFT, RIGHT_EDGE), values):
            body += svg.path(f"M{at:.1f} 41L{x:.1f} {RNN_ROW + 14}", svg.INPUT)
            body += svg.rect(x - wide / 2, RNN_ROW + 14, wide, LSTM_ROW + ROW + 24 - RNN_ROW, "none", svg.INPUT, 2.5, 3)
            body += svg.part(f"at_{k}", svg.chip(round(at, 1), 26, number(value), svg.INPUT, 17))
            parts[f"at_{k}"] = Part(f"back at step {k}: RNN {scientific(found.rnn[k + 1])}, LSTM "
                                    f"c {scientific(found.c[k + 1])}, h {scientific(found.h[k + 1])}; forget gates "
                                    f"alone {scientific(found.by_gates(k + 1))}")
        title = "the most that is left of a gradient of length 1" + (", in powers of 10" if scale == "log" else "")
        body += gradient_curves(axes, found.rnn, found.c, found.h, title)
        for flow, colour in ((found.h, svg.SHORT_TERM), (found.rnn, svg.RNN), (found.c, svg.LONG_TERM)):
            body += svg.dot(float(axes.x(steps[0] + 1)), axes.inside(axes.y(flow[steps[0] + 1])), colour)
        body += strip.frame((), (0, 1), right=True, size=17)
        body += svg.text(LEFT, strip.top - 8, "forget gates of the LSTM: mean of its cells, and the most open", 17)
        ends = []
        for gates, dash in ((found.gates.mean(axis=1), ""), (found.gates.max(axis=1), "7 5")):
            body += strip.curve(np.arange(T) + 0.5, gates, svg.LONG_TERM, dash)
            ends.append(float(strip.y(gates[0])))
        for name, gates, place in zip(("mean", "most open"), (found.gates.mean(), found.gates.max(axis=1).mean()),
                                      spread(ends, 22, strip.top + 6, strip.bottom - 4)):
            body += svg.text(LEFT - 10, round(place + 5.5, 1), f"{name} {number(gates)}", 17, "end")
        return Drawing(WIDTH, 476, body, parts)

    def say(seen, seed, scale):
        found, first = arriving(seen, seed), marked_steps(seed)[0][0]
        t = first + 1
        return (f"After {int(seen):,} sequences of training: from the end back to step {first}, the first that is "
                f"marked, a gradient of length 1 becomes at most {scientific(found.c[t])} along the LSTM's long-term "
                f"memory, {scientific(found.h[t])} along its short-term memory, and {scientific(found.rnn[t])} in the "
                f"RNN. The LSTM's forget gates, {number(found.gates.mean())} on average, would leave at most "
                f"{scientific(found.by_gates(t))} by themselves.")

    return LivePicture([TRAINING, SEQUENCE, Choice("scale", "scale", ("linear", "log"), "linear")], draw, say)


# Filled: it was started so that it keeps; hollow: it was not.
LONG_LOOKS = {"RNN, random start": Look(svg.RNN, shape="square", hollow=True),
              "RNN, identity start": Look(svg.RNN, shape="square"),
              "LSTM, forget bias 1": Look(svg.LONG_TERM, shape="dot", hollow=True),
              "LSTM, forget bias 5": Look(svg.LONG_TERM, shape="dot")}


def long_run_picture():
    """Return the results of the long run: a point for every seed, a line through their medians."""
    results, body = measured(), svg.rect(0, 0, WIDTH, 398, svg.PAPER, radius=0)
    body += svg.text(WIDTH / 2, 24, "right answers after 128,000 sequences; five seeds each, a line through their "
                     "medians", 17, "middle")
    for k, (name, look) in enumerate(LONG_LOOKS.items()):
        axes, shares = Axes(72 + 232 * k, 92, 288 + 232 * k, 332, (8, 162), (0, 1.04)), results[name]
        network, start = name.split(", ")
        body += svg.mark(axes.left + 10, 57, look) + svg.text(axes.left + 26, 63, network, 18, bold=True)
        body += svg.text(axes.left + 80, 63, start, 17)
        body += axes.frame((20, 60, 100, 150), (0, 0.5, 1), ("", "", "") if k else ("0 %", "50 %", "100 %"), size=17)
        lengths = list(shares)
        body += axes.curve(lengths, [always_half(T)[0] for T in lengths], RIVAL.colour, RIVAL.dash, 2)
        body += axes.curve(lengths, [np.median(seeds) for seeds in shares.values()], look.colour, width=2)
        body += "".join(svg.mark(float(axes.x(T + 3.5 * (seed - 2))), float(axes.y(found)), look, 3.5)
                        for T, seeds in shares.items() for seed, found in enumerate(seeds))
    body += svg.text(300, 384, "length T", 17) + svg.path("M560 378h36", RIVAL.colour, 2, dash=RIVAL.dash)
    drawing = Drawing(WIDTH, 398, body + svg.text(606, 384, "always 0.5", 17))

    def say():
        solved = {name: [T for T, shares in lengths.items() if np.median(shares) > 0.5]
                  for name, lengths in results.items()}
        said = (f"{name}: {f'up to T = {max(lengths)}' if lengths else 'at no length'}"
                for name, lengths in solved.items())
        return f"Where three seeds of five or more answer over 50 % rightly: {'; '.join(said)}."

    return LivePicture((), lambda: drawing, say)


# ---------------------------------------------------------------------------------------------- questions and exercises

enough = next(bias for bias in range(9) if sigmoid(bias) ** 100 > 0.5)


def _orders(answer):
    """Judge a trained Predictor by its answers to fresh sequences of the temporal order problem."""
    if not isinstance(answer, Predictor):
        return f"a trained Predictor is wanted here, such as model; this is {answer!r}."
    tests = temporal_order(np.random.default_rng(), 400)
    if answer.layer.m != 8 or len(answer.parameters) != 2 or len(answer.V) != 4:
        return "Not yet: the model needs 8 inputs, one for each symbol, and a readout with 4 outputs, one a class."
    found = float(np.mean(answer.predict(tests.xs, tests.lengths).argmax(0) == tests.targets.argmax(0)))
    if found < 0.9:
        stuck = ("and guessing gives about a quarter: try a forget bias of 5, or train on" if found < 0.4 else
                 "so train on")
        return f"Not yet: it puts {share(found)} of 400 fresh sequences into their class, {stuck}."
    return f"Right: it puts {share(found)} of 400 fresh sequences into their class, over 100 steps and more."

ask = Questions(
    who_learns_to_add=(
        "A plain RNN and an LSTM, 16 cells each and started at random, see 32,000 sequences of 30 pairs. Who learns to "
        "remember two numbers and add them?",
        {"both": "Watch the black line: it stays with the lazy rival, who has no memory at all.",
         "only the LSTM": "Yes. Look at how long it seems to learn nothing, before it does.",
         "neither": "Watch the green line until its end, before you give up on it."}),
    how_long_it_lasts=(
        "Before any training, a marked number changes the 16 long-term memories of the LSTM a little. For how long can "
        "you see that?",
        {"for a few steps": "Yes: its forget gates stand near 0.73, and each step multiplies by them.",
         "to the end": "Its forget gates stand near 0.73. What do thirty such factors leave?",
         "not at all": "You can. Look at the steps right after the first mark."}),
    what_the_gru_needs=(
        "At T = 50 the LSTM learned with a forget bias of 5, and not with 1. What about the GRU, with the same number "
        "as the bias of its update gates?",
        {"it learns with both": "A share of about 0.73 is kept of its memory at a bias of 1. What is left after 50 "
                                "steps?",
         "it needs the 5, too": "Yes. Its memory is kept by a gate as well, and what a gate of 0.73 leaves after 50 "
                                "steps teaches nobody.",
         "it learns with neither": "Tick it in the race, and give it the bias of 5."}),
)

check = Checks(
    "10",
    Exercise("marked_sum", by_hand(
        0.55, "0.5 moves the answer into the middle of 0 and 1.",
        "Add the two marked values, divide by 4, add 0.5.",
        [(0.2, "That is the sum of the two. The target is 0.5 + sum / 4."),
         (0.05, "The 0.5 is still missing."),
         (0.7, "A sign went missing: the second value is -0.3."),
         (0.6, "You divided by 2; the published target divides by 4.")], tolerance=0.001),
        f"0.5 + (0.5 - 0.3) / 4 is {number(0.5 + (0.5 - 0.3) / 4)}.", round(0.5 + (0.5 - 0.3) / 4, 2)),
    Exercise("squared_criterion", by_hand(
        RIGHT ** 2, "So a mean squared error of 0.04 is twenty-five times as large as it should be.",
        "The criterion is an absolute error below 0.04; square it.",
        [(0.04, "That is the absolute error. Square it."),
         (0.2, "That is the root of 0.04. Square it instead."),
         (0.08, "0.04 times 0.04, not 0.04 plus 0.04.")], tolerance=0.00001),
        f"{RIGHT} times {RIGHT} is {number(RIGHT ** 2, 4)}.", round(RIGHT ** 2, 4)),
    Exercise("bias_for_a_hundred", by_hand(
        enough,
        f"sigmoid(5) to the power 100 is {number(sigmoid(5) ** 100)}: half of the memory is there at the end.",
        "Try whole numbers b: sigmoid(b) to the power 100 must be above 0.5.",
        [(4, f"Nearly: sigmoid(4) to the power 100 is {number(sigmoid(4) ** 100)}."),
         (1, f"sigmoid(1) to the power 100 is {scientific(sigmoid(1) ** 100)}: nothing is left."),
         (6, "That carries even more, but a smaller one is enough.")]),
        f"sigmoid({enough - 1}) to the power 100 is {number(sigmoid(enough - 1) ** 100)}, too little; "
        f"sigmoid({enough}) to the power 100 is {number(sigmoid(enough) ** 100)}.", enough),
    Exercise("temporal_order", _orders,
        "One row of weights for each gate and cell, the forget bias at 5, and fresh sequences for every step.",
        "rng = np.random.default_rng(0)\n"
        "W = random_weights(rng, 4 * 8, 8, inputs=8)\n"
        "W[:8, -1] = 5\n"
        "model = Predictor(LSTMLayer(W), random_weights(rng, 4, 8))\n"
        "epochs = ([temporal_order(rng, 32)] for _ in range(1300))\n"
        "for loss in train(model, Adam(model.parameters, 0.01), epochs, clip=1):\n"
        "    pass\n\n"
        "check.temporal_order(model)"),
)
