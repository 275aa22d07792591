"""Lesson 00, start here: one live unit to play with."""
from lstm_core import VIDEO_UNIT, Gate, LSTMUnit, forget_stage, step

from .answer.exercises import Checks, Exercise, by_hand, search, written_sum
from .answer.questions import Questions
from .show import svg, unit
from .show.picture import Choice, Held, LivePicture, Slider, Switch
from .show.svg import Drawing, number, share

__all__ = ["ask", "check", "outline_picture", "unit_picture"]


LONG_TERM_SLIDER = Slider("c", "long-term memory c", -5, 5, 0.1, 2, svg.LONG_TERM)
SHORT_TERM_SLIDER = Slider("h", "short-term memory h", -1, 1, 0.05, 1, svg.SHORT_TERM)
INPUT_SLIDER = Slider("x", "input x", -10, 10, 0.1, 1, svg.INPUT)

STAGES = ("forget gate", "how much to keep?"), ("input gate", "what to add?"), ("output gate", "what to show?")


def outline_picture():
    """Return the unit without its numbers, as a still picture: two memories, an input, and what three stages decide."""
    def draw():
        body = svg.rect(0, 0, 1000, 280, svg.PAPER, radius=8)
        for k, (name, question) in enumerate(STAGES):
            x = 290 + 240 * k
            body += svg.rect(x - 105, 20, 210, 240, "#FFF9E3", "#E3D8A8")
            body += svg.text(x, 128, f"{k + 1}  {name}", 20, "middle", bold=True)
            body += svg.text(x, 158, question, 19, "middle", italic=True)
        for y, colour, first, second, last in ((72, svg.LONG_TERM, "long-term", "memory c", 860),
                                               (198, svg.SHORT_TERM, "short-term", "memory h", 749)):
            body += svg.path(f"M164 {y}H{last}", colour, 6)
            body += svg.arrow(f"M860 {y}H976", (990, y, "right"), colour, 6)
            body += svg.text(152, y - 4, first, 18, "end") + svg.text(152, y + 18, second, 18, "end")
        body += svg.path("M860 75V201", svg.SHORT_TERM, 6)  # the output gate makes a new one, of the long-term memory
        body += svg.path("M164 236H797", svg.INPUT, 6) + svg.text(152, 242, "input x", 18, "end")
        for x in (290, 530, 770):  # short-term memory and input go into each of them
            body += svg.arrow(f"M{x - 24} 198V184", (x - 24, 170, "up"), svg.SHORT_TERM, 6)
            body += svg.arrow(f"M{x + 24} 236V184", (x + 24, 170, "up"), svg.INPUT, 6)
        for x, sign in ((290, unit.TIMES), (530, "+")):
            body += svg.arrow(f"M{x} 106V96", (x, 88, "up"), svg.TEXT) + unit.operation(x, 72, sign, svg.LONG_TERM)
        return Drawing(1000, 280, body)

    def say():
        return ("The unit in outline: long-term memory c runs along the top, short-term memory h along the bottom, "
                "and the input x below it. Three stages follow each other: "
                + " ".join(f"{name}, {question}" for name, question in STAGES))

    return LivePicture([], draw, say)


LIGHTS = {"all stages": (1, 2, 3), "stage 1": (1,), "stage 2": (2,), "stage 3": (3,)}


WEIGHTS = {"w": "weight on h", "u": "weight on x", "b": "bias"}


def weight_handles(weights, letters="fgio"):
    """Return the numbers of a unit's gates as handles of its picture: f_w, f_u, f_b, and so on."""
    owner = {letter: gate if letter == "g" else f"{gate} gate" for letter, gate in unit.GATES.items()}
    return [Held(f"{letter}_{which}", f"{owner[letter]}'s {words}", -9, 9, 0.01,
                 getattr(getattr(weights, unit.GATES[letter]), which))
            for letter in letters for which, words in WEIGHTS.items()]


def moved_weights(weights, values):
    """Return the LSTMUnit with the weights where the hand left them: those of values, by the names of the handles."""
    return LSTMUnit(**{gate: Gate(**{which: values.get(f"{letter}_{which}", getattr(getattr(weights, gate), which))
                                     for which in WEIGHTS}) for letter, gate in unit.GATES.items()})


def say_moved(handles, weights, values):
    """Say how many of the weights the hand has moved, and from whose; nothing where it has moved none."""
    moved = [one for one in handles if values[one.name] != one.value]
    whose = "the video's" if weights == VIDEO_UNIT else "those it began with"
    if len(moved) == 1:
        [one] = moved
        return f" The {one.label} is {number(values[one.name])}: the weights are not {whose}."
    return f" {len(moved)} of the weights are not {whose}." if moved else ""


def way_back(weights):
    """Return the words on the button that brings the weights back."""
    return "the video's weights" if weights == VIDEO_UNIT else "the weights it began with"


def unit_picture(stage=None, weights=VIDEO_UNIT):
    """Return the LSTM unit as a live picture: both memories, the input and the weights to drag.

    stage: 1, 2 or 3 lights that stage alone; without it the learner chooses.  weights: an LSTMUnit.
    """
    lit = {f"stage {stage}": (stage,)} if stage else LIGHTS
    choice = () if stage else (Choice("light", "light up", tuple(LIGHTS), "all stages"),)
    handles = weight_handles(weights, [letter for letter, k in unit.STAGE_OF.items() if stage in (None, k)])

    def draw(c, h, x, more, light=f"stage {stage}", **values):
        now = moved_weights(weights, values)
        ghost = step(weights, c, h, x) if now != weights else None
        held = {"c", "h", "x", *values}
        return unit.draw_unit(now, step(now, c, h, x), lit[light], 4 if more else 2, held, ghost)

    def say(c, h, x, more, light=f"stage {stage}", **values):
        done = step(moved_weights(weights, values), c, h, x)
        return unit.say_unit(done, lit[light], 4 if more else 2) + say_moved(handles, weights, values)

    controls = (LONG_TERM_SLIDER, SHORT_TERM_SLIDER, INPUT_SLIDER, *choice, Switch("more", "more digits"), *handles)
    return LivePicture(controls, draw, say, unit.paper_unit(), way_back(weights))


# ---------------------------------------------------------------------------------------------- questions and exercises

u, rest = VIDEO_UNIT, step(VIDEO_UNIT, 2, 1, 1)


def kept_share(x, h):
    """Return the share of its long-term memory that the video's unit keeps."""
    return forget_stage(u.forget, 2, h, x).f


ask = Questions(
    what_a_unit_needs=(
        "A stock costs 1, then 0.5, 0.25 and 1 again. Another costs 0, then 0.5, 0.25 and 1. What must a network "
        "remember to tell the two apart on day 4?",
        {"the last price": "Both end on 1, so the last price cannot tell them apart. Look at where they differ.",
         "the average": "It would work, but only because one price in it differs. Which day is that?",
         "day 1": "Yes. Only day 1 differs, three days back: that is what a long-term memory is for."}),
)

check = Checks(
    "00",
    # 0.99, or 0.98 as in the video, which rounds at every step
    Exercise("read_the_output", by_hand(
        (0.98 + round(rest.h, 2)) / 2, "The new short-term memory leaves at the bottom right: it is the unit's output.",
        "Press the button with the video's weights, and follow the lower line of the picture to its right end.",
        [(rest.c, "That is the new long-term memory, on the upper line. The output leaves on the lower line."),
         ((rest.output.o + rest.output.tanh_c) / 2,
          "That is a number inside a stage. The output leaves at the right end of the lower line."),
         (1, "A 1 comes in at the left, as short-term memory and as input. The output leaves at the right."),
         (2.96, "That is the video's new long-term memory, on the upper line. The output leaves on the lower line."),
         # this slip reaches down to 1.9975: rounded to 1.995 it is what is kept
         (2.003, "That is the long-term memory that comes in, at the left. The output leaves at the right."),
         (rest.forget.kept, "That is what is kept of the long-term memory, in the middle of the upper line.")]),
        f"The lower line ends at the right with the new short-term memory, {number(rest.h)}.", round(rest.h, 2)),
    Exercise("make_it_forget", search(
        lambda x: kept_share(x, 1), 0, 0.01, "With the video's weights, a strongly negative input closes the gate.",
        "", "It keeps too much: drag the input further to the left.",
        write=lambda kept: f"{share(kept, 3)} that is kept"),
        f"With input {number(-6, 0)} the sum is {written_sum(u.forget, 1, -6)}, and sigmoid of that is "
        f"{share(kept_share(-6, 1))}.", -6),
)
