"""Lesson 10, long memory: one sequence of the adding problem, a race of two networks, and the long run."""
from typing import NamedTuple

import numpy as np

from lstm_core import sigmoid
from lstm_layers import Predictor

from .answer.exercises import Checks, Exercise, by_hand
from .answer.questions import Questions
from .data.long_run import measured
from .data.tasks import BATCH, CLIP, RIGHT, RNN_RATE, adding_problem, always_half, learn, network, share_right
from .data.tasks import temporal_order
from .show import svg
from .show.curves import Chart, Panel
from .show.picture import LivePicture, Slider, Switch
from .show.running import RunningPicture, State
from .show.svg import Drawing, Look, number, scientific, share

__all__ = ["RIGHT", "adding_problem", "ask", "check", "long_run_picture", "network", "race_picture",
           "sequence_picture", "share_right", "temporal_order"]


UPDATES, EVERY = 1000, 20
RIVAL = Look(svg.QUIET, "5 4")  # who knows nothing is dashed; a network is solid, and has points
LOOKS = {"RNN": Look(svg.RNN, shape="square"), "LSTM": Look(svg.LONG_TERM, shape="dot")}
SEED_OF_TESTS = 2 ** 20  # far from the seeds a slider reaches


def sequence_picture():
    """Return one sequence of the adding problem, live: its values as bars, the two that count marked."""
    chart = Chart([Panel("one sequence: two numbers to remember", "step", "value", (-1, 111), (-1.4, 1.4))], height=320)

    def pick(T, seed):
        return adding_problem(np.random.default_rng(int(seed)), int(T), 1)

    def draw(T, seed):
        xs, _, (length,) = pick(T, seed)
        values, marks = xs[:length, :, 0].T
        body, heights = "", iter((1.22, -1.32))  # of the two numbers: above and below all bars
        for k, (value, mark) in enumerate(zip(values.tolist(), marks.tolist())):
            (x, y), (_, ground) = chart.place(0, k, value), chart.place(0, k, 0)
            body += svg.path(f"M{x:.1f} {ground:.1f}V{y:.1f}", svg.INPUT if mark == 1 else svg.QUIET, 5)
            if mark == 1:
                _, at = chart.place(0, k, next(heights))
                body += svg.dot(x, y, svg.INPUT, 8) + svg.text(round(x, 1), round(at, 1), number(value), 17, "middle")
        return Drawing(*chart.paper[:2], body)

    def say(T, seed):
        xs, target, (length,) = pick(T, seed)
        marked = np.flatnonzero(xs[:, 1, 0] == 1)
        terms = " and ".join(f"{number(xs[k, 0, 0])} at step {k}" for k in marked)
        first = "" if len(marked) == 2 else "; the pair at step 0 was drawn too, and counts as 0"
        return (f"This sequence has {length} pairs, from step 0 on. Marked are {terms}{first}: the answer is "
                f"{number(target[0, 0])}.")

    return LivePicture([Slider("T", "length T", 20, 100, 10, 30, svg.TEXT),
                        Slider("seed", "sequence", 0, 20, 1, 0, svg.INPUT)], draw, say, chart.paper)


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


def race(T, bias, identity, seed, clip):
    """Train an RNN and an LSTM side by side on the adding problem and yield a State that holds Raced after each update.

    T: length; bias: of the LSTM's forget gates; identity: how the RNN starts; seed: of weights and sequences; clip:
    whether gradients are clipped.
    """
    T, seed, clip = int(T), int(seed), CLIP if clip else None
    runners = {"RNN": learn("RNN", T, seed, identity=identity, clip=clip, rate=RNN_RATE),
               "LSTM": learn("LSTM", T, seed, bias, clip)}
    tests = _tests(T)
    raced, lately = Raced([], {kind: [] for kind in LOOKS}, {kind: [] for kind in LOOKS}), {kind: [] for kind in LOOKS}
    k = 0
    try:
        for k in range(1, UPDATES + 1):
            models = {}
            for kind, runner in runners.items():
                models[kind], loss = next(runner)
                lately[kind].append(loss)
            if k == 1 or k % EVERY == 0:
                raced.seen.append(k * BATCH)
                for kind, model in models.items():
                    raced.losses[kind].append(np.mean(lately[kind]))
                    raced.rights[kind].append(share_right(model, tests))
                    lately[kind] = []
            yield State(k, UPDATES, raced)
    except FloatingPointError as diverged:
        yield State(k, UPDATES, raced, str(diverged))


def race_picture():
    """Return the race of a plain RNN and an LSTM on the adding problem, live."""
    last, head = UPDATES * BATCH, 36
    chart = Chart([Panel("mean squared error", "sequences seen", "", (0, last), (1e-4, 1), scale="log"),
                   Panel("right answers, of 256 fresh ones", "sequences seen", "", (0, last), (0, 1.05))], height=380)
    paper = Drawing(1000, head, svg.legend([*LOOKS.items(), ("always 0.5", RIVAL)], 300, 22)).above(chart.paper)

    def draw(state, T, bias, identity, seed, clip):
        raced, right, error = state.result, _half_right(T), always_half(int(T))[1]
        body = "".join(chart.curve(panel, (0, last), (level, level), RIVAL.colour, RIVAL.dash)
                       for panel, level in enumerate((error, right)))
        for kind, look in LOOKS.items() if raced.seen else ():
            for panel, curve in enumerate((raced.losses[kind], raced.rights[kind])):
                body += chart.curve(panel, raced.seen, curve, look.colour)
                body += svg.mark(*chart.place(panel, raced.seen[-1], curve[-1]), look)
        return Drawing(1000, chart.paper.height, body).moved(head)

    def say(state, T, bias, identity, seed, clip):
        rights = {kind: share(found[-1]) if found else "no" for kind, found in state.result.rights.items()}
        start = "identity" if identity else "random"
        lazy = share(_half_right(T))
        return (f"T = {int(T)}, seed {int(seed)}: after {state.done * BATCH:,} sequences the RNN ({start} start) "
                f"answers {rights['RNN']} of 256 fresh ones rightly, the LSTM {rights['LSTM']}. Always saying 0.5 "
                f"would be right on {lazy} of them.{state.trouble and ' ' + state.trouble}")

    return RunningPicture([Slider("T", "length T", 20, 60, 10, 30, svg.TEXT),
                           Slider("bias", "LSTM: forget bias", 0, 5, 1, 1, svg.LONG_TERM),
                           Switch("identity", "RNN: identity start"),
                           Slider("seed", "seed", 0, 9, 1, 0, svg.TEXT),
                           Switch("clip", f"clip gradients at {number(CLIP, 0)}", True)],
                          race, draw, say, paper, unit="updates")


# Filled: it was started so that it keeps; hollow: it was not.
LONG_LOOKS = {"RNN, random start": Look(svg.RNN, shape="square", hollow=True),
              "RNN, identity start": Look(svg.RNN, shape="square"),
              "LSTM, forget bias 1": Look(svg.LONG_TERM, shape="dot", hollow=True),
              "LSTM, forget bias 5": Look(svg.LONG_TERM, shape="dot")}


def long_run_picture():
    """Return the results of the long run: a point for every seed, a line through their medians."""
    results, head = measured(), 66
    chart = Chart([Panel("right answers after 128,000 sequences, five seeds each", "length T", "",
                         (10, 160), (0, 1.05))], height=400)
    known = list(LONG_LOOKS.items())
    paper = Drawing(1000, head, svg.legend([*known[:2], ("always 0.5", RIVAL)], 110, 20)
                    + svg.legend(known[2:], 110, 50)).above(chart.paper)
    lengths = list(results["RNN, random start"])
    body = chart.curve(0, lengths, [always_half(T)[0] for T in lengths], RIVAL.colour, RIVAL.dash)
    for shift, (name, look) in zip((-3, -1, 1, 3), known):  # side by side, as the seeds of one are
        medians = [np.median(shares) for shares in results[name].values()]
        body += chart.curve(0, [T + shift for T in results[name]], medians, look.colour)
        body += "".join(svg.mark(*chart.place(0, T + shift + (k - 2) * 0.4, found), look, 5)
                        for T, shares in results[name].items() for k, found in enumerate(shares))
    drawing = Drawing(1000, chart.paper.height, body).moved(head)

    def say():
        solved = {name: [T for T, shares in lengths.items() if np.median(shares) > 0.5]
                  for name, lengths in results.items()}
        said = (f"{name}: {f'up to T = {max(lengths)}' if lengths else 'at no length'}"
                for name, lengths in solved.items())
        return f"Where three seeds of five or more answer over 50 % rightly: {'; '.join(said)}."

    return LivePicture((), lambda: drawing, say, paper)


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
