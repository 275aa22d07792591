"""The live pictures of long memory: one sequence of the adding problem, a race of two networks, and the long run."""
import csv
from typing import NamedTuple

import numpy as np

from . import svg
from .charts import Chart, Panel
from .live import LivePicture, Slider, Switch
from .long_run import FILE
from .running import RunningPicture, State
from .svg import Drawing, number, share
from .tasks import BATCH, CLIP, RIGHT, adding_problem, learn, share_right

UPDATES, EVERY = 1000, 20
# The sum of two values lies within 0.16 of 0, and so 0.5 within 0.04 of the target, with this chance.
ALWAYS_HALF = 1 - (1 - 4 * RIGHT / 2) ** 2
LOOKS = {"RNN": (svg.RNN, "9 6"), "LSTM": (svg.LONG_TERM, "")}
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


class Raced(NamedTuple):
    """What a race has to show: after which numbers of sequences, and there each network's loss and share of right."""
    seen: list
    losses: dict
    rights: dict


def race(T, bias, seed, clip):
    """Train an RNN and an LSTM side by side on the adding problem and yield a State that holds Raced after each update.

    T: length; bias: of the LSTM's forget gates; seed: of weights and sequences; clip: whether gradients are clipped.
    """
    T, seed = int(T), int(seed)
    runners = {kind: learn(kind, T, seed, bias, CLIP if clip else None) for kind in LOOKS}
    tests = adding_problem(np.random.default_rng(SEED_OF_TESTS), T, 256)
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
    last = UPDATES * BATCH
    chart = Chart([Panel("mean squared error", "sequences seen", "", (0, last), (1e-4, 1), scale="log"),
                   Panel("right answers among 256 fresh ones", "sequences seen", "", (0, last), (0, 1.05),
                         levels=((ALWAYS_HALF, f"always 0.5: {share(ALWAYS_HALF)}"),))], height=400)

    def draw(state, T, bias, seed, clip):
        raced, body = state.result, ""
        for kind, (colour, dash) in LOOKS.items() if raced.seen else ():
            body += chart.curve(0, raced.seen, raced.losses[kind], colour, dash)
            body += chart.curve(1, raced.seen, raced.rights[kind], colour, dash)
        return Drawing(*chart.paper[:2], body + _legend(chart, 1, 600, 0.95, LOOKS))

    def say(state, T, bias, seed, clip):
        rights = {kind: share(found[-1]) if found else "no" for kind, found in state.result.rights.items()}
        return (f"T = {int(T)}, seed {int(seed)}: after {state.done * BATCH:,} sequences the RNN answers "
                f"{rights['RNN']} of fresh ones rightly, the LSTM {rights['LSTM']}. Always saying 0.5 would be right "
                f"on {share(ALWAYS_HALF)}.{state.trouble and ' ' + state.trouble}")

    return RunningPicture([Slider("T", "length T", 20, 60, 10, 30, svg.TEXT),
                           Slider("bias", "LSTM: forget bias", 0, 5, 1, 1, svg.LONG_TERM),
                           Slider("seed", "seed", 0, 9, 1, 0, svg.TEXT),
                           Switch("clip", f"clip gradients at {number(CLIP, 0)}", True)],
                          race, draw, say, chart.paper, unit="updates")


def _legend(chart, panel, x, y, looks):
    """Return what the lines of a panel mean, one below the other from the data point (x, y) on."""
    left, top = (round(value, 1) for value in chart.place(panel, x, y))
    return "".join(svg.path(f"M{left} {top + 26 * k}h40", colour, 3, dash=dash)
                   + svg.text(left + 50, top + 26 * k + 6, words, 16)
                   for k, (words, (colour, dash)) in enumerate(looks.items()))


LONG_LOOKS = {"RNN": (svg.RNN, "9 6"), "LSTM, forget bias 1": (svg.LONG_TERM, "2 5"),
              "LSTM, forget bias 5": (svg.LONG_TERM, "")}


def long_results():
    """Return what the long run measured: for each name in LONG_LOOKS and each length, the shares of its seeds."""
    results = {}
    with open(FILE, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name = row["network"] if row["network"] == "RNN" else f"LSTM, forget bias {row['forget_bias']}"
            results.setdefault(name, {}).setdefault(int(row["T"]), []).append(float(row["right"]))
    return results


def long_run_picture():
    """Return the results of the long run: a dot for every seed, a line through their medians."""
    results = long_results()
    chart = Chart([Panel("right answers after 128,000 sequences, five seeds each", "length T", "", (10, 160), (0, 1.1),
                         levels=((ALWAYS_HALF, f"always 0.5: {share(ALWAYS_HALF)}"),))], height=420)
    body = _legend(chart, 0, 118, 0.85, LONG_LOOKS)
    for shift, (name, (colour, dash)) in zip((-1, 0, 1), LONG_LOOKS.items()):  # side by side, or dots would hide dots
        medians = [np.median(shares) for shares in results[name].values()]
        body += chart.curve(0, [T + shift for T in results[name]], medians, colour, dash)
        body += "".join(svg.dot(*chart.place(0, T + shift, found), colour, 5)
                        for T, shares in results[name].items() for found in shares)
    drawing = Drawing(*chart.paper[:2], body)

    def say():
        solved = {name: [T for T, shares in lengths.items() if np.median(shares) > 0.9]
                  for name, lengths in results.items()}
        said = (f"{name}: {f'up to T = {max(lengths)}' if lengths else 'at no length'}"
                for name, lengths in solved.items())
        return f"Where three seeds of five or more answer over 90 % rightly: {'; '.join(said)}."

    return LivePicture((), lambda: drawing, say, chart.paper)
