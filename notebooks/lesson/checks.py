"""Questions and exercises: from what the learner answered to what to say.

A question asks for a prediction before the page shows the answer; an exercise checks an answer, hints at what went
wrong, and after a try offers a worked answer.  Both compute what is right with lstm_core.  Neither ever raises on what
a learner typed.

For a test or a class that hands its notebooks in, a teacher puts a file named no_worked_answers.txt (what is in it does
not matter) beside the notebooks: no worked answer is offered then.  It takes the temptation away and is no lock,
since this file can be read.
"""
import sys
from html import escape
from numbers import Real
from pathlib import Path

import ipywidgets as widgets
import numpy as np
from IPython.display import display

from lstm_core import COMPANY_A, COMPANY_B, VIDEO_RNN, VIDEO_START, VIDEO_UNIT, ForgetStage, OutputStage, forget_stage
from lstm_core import forget_stage_backward, output_stage_backward, rnn_unroll, sigmoid, step, tanh, unroll
from lstm_layers import Predictor

from .companies import runs
from .gradients import descend, flows
from .learning import last_state
from .progress import Progress, ProgressLine
from .series import skill
from .svg import number, scientific, share
from .tasks import RIGHT, temporal_order

FOLDER = Path.cwd()  # the kernel starts in the notebook's folder
PROGRESS = Progress(FOLDER / "progress.txt")
NO_ANSWER = "no answer yet. Put yours in place of the three dots, and run the cell again."

# ------------------------------------------------------------------------------------------------------ questions

class Question(widgets.VBox):
    """A question with a button for each answer; a click says what to think of it.  Any answer lets the page go on."""

    def __init__(self, question, replies):
        self.question, self.replies = question, replies
        self._said = widgets.HTML(self._status("Choose before you read on."))
        buttons = [widgets.Button(description=answer, layout={"width": "auto", "margin": "2px 8px 2px 0"})
                   for answer in replies]
        for button in buttons:
            button.on_click(lambda button: self._choose(button.description))
        prompt = widgets.HTML(f'<p style="font-size:16px;margin:0"><b>Predict.</b> {escape(question)}</p>')
        super().__init__([prompt, widgets.Box(buttons, layout={"flex_flow": "row wrap"}), self._said])

    def _choose(self, answer):
        self._said.value = self._status(f"{answer}? {self.replies[answer]}")

    def _status(self, words):
        """Return the line below the buttons; its height is kept free, so the page does not jump."""
        return f'<div role="status" style="font-size:16px;line-height:1.5;min-height:3em">{escape(words)}</div>'

    def _repr_mimebundle_(self, **kwargs):
        bundle = dict(super()._repr_mimebundle_(**kwargs))
        bundle["text/plain"] = f"Predict. {self.question} " + " / ".join(self.replies)
        bundle["text/markdown"] = f"**Predict.** {self.question}\n\n" + "\n".join(f"- {a}" for a in self.replies)
        return bundle


def _questions():
    """Return every question of the course by name: the question, and what to say to each answer."""
    forgotten = step(VIDEO_UNIT, 2, 1, -10)
    landing = number(descend(30, 1)[1])
    y_a, y_b = (rnn_unroll(VIDEO_RNN, prices)[-1].y for prices in (COMPANY_A, COMPANY_B))
    h_a, h_b = (unroll(VIDEO_UNIT, prices)[-1].h for prices in (COMPANY_A, COMPANY_B))
    start_a, start_b = (unroll(VIDEO_START, prices)[-1].h for prices in (COMPANY_A, COMPANY_B))
    rnn, c, _ = (float(flow[0]) for flow in flows(0.5, 5, 50, 0, "linear"))
    return {
        "what_a_unit_needs": (
            "A stock costs 1, then 0.5, 0.25 and 1 again. Another costs 0, then 0.5, 0.25 and 1. What must a network "
            "remember to tell the two apart on day 4?",
            {"the last price": "Both end on 1, so the last price cannot tell them apart. Look at where they differ.",
             "the average": "It would work here, but it blurs what happened when. Only one day differs: which?",
             "day 1": "Yes. Only day 1 differs, three days back: that is what a long-term memory is for."}),
        "fifty_copies": (
            "Each step doubles what came before, 50 times over. How large has a 1 become at the end?",
            {"about 100": "That is 2 times 50, which is adding. Here each step multiplies.",
             "about a million": f"After 20 doublings: {2 ** 20:,}. There are 30 more to come.",
             "about 10\u00b9\u2075": f"Yes: {2 ** 50:,}. Nobody can guess at powers; that is why we compute."}),
        "a_huge_gradient": (
            "Gradient descent walks downhill; the steeper, the longer the step. What does a gradient do that is 30 "
            "times too large?",
            {"it arrives sooner": f"It would, if it stopped in time. Its first step lands at {landing}, on the "
                                  "other side and higher up.",
             "it jumps over the minimum": f"Yes: from -1.50 the first step lands at {landing}, and the next one "
                                          "farther away still.",
             "nothing special": "The step is as long as the gradient says. Thirty times as long is past the minimum."}),
        "rnn_on_companies": (
            "Company A costs 0 on day 5, company B 1. The plain RNN of the earlier video has read four days. How "
            "well does it do?",
            {"both right": f"It says {number(y_a)} for A and {number(y_b, 4)} for B: it cannot tell them apart.",
             "one right": f"It says {number(y_a)} for A and {number(y_b, 4)} for B: neither is close.",
             "both wrong": f"Yes: it says {number(y_a)} for A and {number(y_b, 4)} for B. Day 1 has faded away."}),
        "day_five": (
            "The LSTM with the video's weights reads the four days of A and of B. What will it say for day 5?",
            {"the same for both": f"They share all days but day 1, and still: it says {number(h_a)} and {number(h_b)}.",
             "0 for A, 1 for B": f"Yes, nearly: {number(h_a)} for A and {number(h_b)} for B.",
             "1 for A, 0 for B": f"The other way around: {number(h_a)} for A and {number(h_b)} for B."}),
        "fifty_steps_back": (
            "A plain RNN with weight 0.5 and an LSTM with forget bias 5 read the same 50 inputs. How much of the "
            "gradient at the end arrives at the first step?",
            {"about as much in both": f"In the RNN {scientific(rnn)}, in the LSTM {scientific(c)}: worlds apart.",
             "the LSTM keeps more than half": f"Yes: {scientific(c)} in the LSTM. The RNN keeps {scientific(rnn)}.",
             "the RNN keeps more": f"Halving 50 times leaves {scientific(rnn)}; the LSTM keeps {scientific(c)}."}),
        "sigmoid_of_ten": (
            "Sigmoid turns any number into a share between 0 and 1. What does it make of 10?",
            {"exactly 1": f"Close, but never exactly: sigmoid(10) = {number(sigmoid(10), 5)}.",
             "a little less than 1": f"Yes: sigmoid(10) = {number(sigmoid(10), 5)}. It gets ever closer to 1.",
             "0.5": "That is what it makes of 0. The number 10 lies far to the right."}),
        "forget_at_minus_ten": (
            "The same unit now gets the input -10 instead of 1. How much of its long-term memory 2 will it keep?",
            {"almost all of it": f"It keeps {share(forgotten.forget.f)}: a strongly negative input closes this gate.",
             "about half": f"It keeps {share(forgotten.forget.f)}: half would need a sum of 0, and here it is "
                           f"{number(forgotten.forget.a_f)}.",
             "almost nothing": f"Yes: the sum is {number(forgotten.forget.a_f)}, and the gate keeps "
                               f"{share(forgotten.forget.f)}."}),
        "add_at_minus_ten": (
            "With the input -10 the candidate is -1.00. What does the unit add to its long-term memory?",
            {"-1": f"The candidate says -1, but the input gate lets {share(forgotten.input.i)} of it through.",
             "almost nothing": f"Yes: the input gate lets only {share(forgotten.input.i)} of the candidate through.",
             "+1": "The candidate is negative, and a share of it cannot be positive."}),
        "output_above_one": (
            "Long-term memory may grow to 3, 4 or 5. Can short-term memory, the output, grow above 1 as well?",
            {"yes, when long-term memory is large": "It passes through tanh first, which stays below 1, and then only "
                                                    "a share of that is shown.",
             "no, never": "Yes, never: tanh stays between -1 and 1, and the output gate shows a share of it."}),
        "which_loss_falls": (
            f"Before training the unit says {number(start_a)} for A, where 0 is wanted, and {number(start_b)} for B, "
            "where 1 is wanted. Training makes both losses smaller in the end. What does A's loss do first?",
            {"it falls": "It cannot fall far: it is almost 0 already, since the unit says almost 0 to everybody.",
             "it stays where it is": "It would, if A were alone. But the same twelve weights are pulled up for B.",
             "it rises": "Yes. The unit cannot tell A from B yet, so what pulls B up to 1 pulls A up as well."}),
        "who_learns_to_add": (
            "A plain RNN and an LSTM, 16 cells each, see 32,000 sequences of 30 pairs. Who learns to remember two "
            "numbers and add them?",
            {"both": "Watch the black line: it stays where it is without any memory at all.",
             "only the LSTM": "Yes. Look at how long it seems to learn nothing, before it does.",
             "neither": "Watch the green line until its end, before you give up on it."}),
        "a_forecast_that_fits": (
            "A network foretells the price of each month. Over three years its curve lies almost on the real one. What "
            "has it learned, most likely?",
            {"what moves the market": "Then it would foretell the turns. Look at them in the picture below: who is "
                                      "first, the price or the forecast?",
             "to repeat the last price": "Yes, most likely: it is easy, and in a picture it looks like knowledge.",
             "the price by heart": "It could, if it had been trained on these very months. But there is a simpler way "
                                   "to look this good."}),
        "who_foretells_sunspots": (
            "Persistence, the autoregression and an LSTM foretell next year's sunspots, in years that none of them has "
            "seen. Who wins?",
            {"the LSTM, by far": "It has 247 years to learn from, about 22 cycles. That is little for a network.",
             "persistence, as with prices": "Prices hardly remember their past; sunspots do. Last year's number is a "
                                            "bad guess on every rise and every fall.",
             "the LSTM and the line, level": "Yes. Both use the memory that is in the series, and nine coefficients "
                                             "hold about as much of it as a few cells do."}),
    }


def ask(name):
    """Return the question of that name.  ValueError lists the names if there is none."""
    questions = _questions()
    if name not in tuple(questions):
        raise ValueError(f"name: got {name!r}, want one of {', '.join(questions)}")
    return Question(*questions[name])


# ------------------------------------------------------------------------------------------------------ exercises

class Exercise:
    """An exercise: called with an answer, it prints one line.  Called with ... it says that an answer is missing.

    page: the lesson it stands in, such as '03'; judge(answer) returns what to say, which begins with 'Right' exactly
    when the answer is accepted; words: how it is worked out; cell: what to type, or just the right answer.
    said is the reply to the last call: a collected notebook is graded by it.
    """

    def __init__(self, page, name, judge, words, cell):
        self.page, self.name, self.judge, self.words, self.said = page, name, judge, words, NO_ANSWER
        self.cell = cell if isinstance(cell, str) else f"check.{name}({cell})"

    def __call__(self, answer):
        self.said = self.reply(answer)
        print(f"{self.name}: {self.said}")
        if self.said.startswith("Right") and (problem := PROGRESS.add(self.name)):
            print(problem)
        # Not before a try: who has thought about it reads the answer differently.
        if self.said != NO_ANSWER and not (FOLDER / "no_worked_answers.txt").exists():
            display(self.worked(), raw=True)

    def reply(self, answer):
        """Return what to say to the answer."""
        return NO_ANSWER if answer is ... else self.judge(answer)

    def worked(self):
        """Return the worked answer as a mime bundle: closed until it is clicked, and without a kernel too."""
        return {"text/plain": "(A worked answer opens here with one click.)",
                "text/html": f'<details><summary style="cursor:pointer">Worked answer to {self.name}</summary>'
                             f'<p>{escape(self.words)}</p>'
                             f'<pre style="font-family:monospace">{escape(self.cell)}</pre></details>'}


def _as_number(answer):
    """Return the answer as a float, or None if it is not a finite number."""
    answer = answer.item() if isinstance(answer, np.generic) else answer
    is_number = isinstance(answer, Real) and not isinstance(answer, bool)
    return float(answer) if is_number and abs(answer) <= sys.float_info.max else None


def _by_hand(right, why, hint, slips, tolerance=0.0055):
    """Return a judge of one number.

    why: said to the right one; slips: (value, what to say) for the usual mistakes; hint: said to any other number.
    """
    def judge(answer):
        value = _as_number(answer)
        if value is None:
            return f"a number is wanted here, such as 0.5 (without quotes); this is {answer!r}."
        if abs(value - right) <= tolerance:
            return f"Right. {why}"
        for slip, said in slips:
            if abs(value - slip) <= tolerance:
                return f"Not yet. {said}"
        return f"Not yet: {number(value)} is too {'high' if value > right else 'low'}. {hint}"
    return judge


def _search(found_by, low, high, why, too_low, too_high, write=share, largest=1e6):
    """Return a judge of a number found by trying: found_by(number) must lie between low and high.

    write: how what was found is written; largest: the largest number found_by can take.
    """
    def judge(answer):
        value = _as_number(answer)
        if value is None or abs(value) > largest:
            return f"a number is wanted here, such as 0.5 (without quotes); this is {answer!r}."
        found = found_by(value)
        if low <= found <= high:
            return f"Right: with {number(value)} it is {write(found)}. {why}"
        return f"Not yet: with {number(value)} it is {write(found)}. {too_low if found < low else too_high}"
    return judge


def _own_function(core, places, slips):
    """Return a judge of a learner's own function: it must give what the core gives at 20 places drawn anew each time.

    core: the right function; places: (low, high) of each argument by its name; slips: takes a place, returns (value,
    what to say) for the usual mistakes.
    """
    def judge(answer):
        if not callable(answer):
            return f"a function is wanted here: write its name without brackets; this is {answer!r}."
        for place in np.random.default_rng().uniform(*zip(*places.values()), (20, len(places))).tolist():
            at = ", ".join(f"{name} = {value:.3f}" for name, value in zip(places, place))
            try:
                mine = answer(*place)
            except Exception as error:  # whatever a learner's function does, the learner should read it here
                return f"Not yet: your function stopped at {at} with {type(error).__name__}: {error}"
            if mine is ...:
                return NO_ANSWER
            value, wanted = _as_number(mine), core(*place)
            if value is None or abs(value - wanted) > 1e-6:
                hints = [" " + said for slip, said in slips(*place) if value is not None and abs(value - slip) < 1e-6]
                return f"Not yet: at {at} yours gives {mine!r}, and the core gives {wanted:.6f}.{''.join(hints[:1])}"
        return "Right: it agrees with the core at 20 places drawn at random."
    return judge


def _da_o(dh, o, tanh_c):
    """Return the slope of the loss at the output gate's sum, from the core's stage 3 backward."""
    return output_stage_backward(VIDEO_UNIT.output, OutputStage(0, o, tanh_c, o * tanh_c), 0, 0, 0, dh).da_o


def _orders(answer):
    """Judge a trained Predictor by its answers to fresh sequences of the temporal order problem."""
    if not isinstance(answer, Predictor):
        return f"a trained Predictor is wanted here, such as model; this is {answer!r}."
    tests = temporal_order(np.random.default_rng(), 400)
    if answer.layer.m != 8 or len(answer.parameters) != 2 or len(answer.V) != 4:
        return "Not yet: the model needs 8 inputs, one for each symbol, and a readout with 4 outputs, one a class."
    found = float(np.mean(answer.predict(tests.xs, tests.lengths).argmax(0) == tests.targets.argmax(0)))
    if found < 0.9:
        stuck = "which is what guessing gives: try a forget bias of 5" if found < 0.4 else "so train on"
        return f"Not yet: it puts {share(found)} of 400 fresh sequences into their class, {stuck}."
    return f"Right: it puts {share(found)} of 400 fresh sequences into their class, over 100 steps and more."


def _own_scale(answer):
    """Judge a learner's own scaling by the training part: try it on a series, and on the same with another future."""
    if not callable(answer):
        return f"a function is wanted here: write its name without brackets; this is {answer!r}."
    values = np.random.default_rng().normal(50, 20, 40)
    cut = 30
    future = np.append(values[:cut], values[cut:] + 100)
    before, wanted = values[:cut], (values - values[:cut].mean()) / values[:cut].std()
    try:
        mine, other = answer(values.copy(), cut), answer(future, cut)
        if mine is ...:
            return NO_ANSWER
        found, other = (np.array(given, dtype=float) for given in (mine, other))
    except Exception as error:  # whatever a learner's function does, the learner should read it here
        return f"Not yet: your function stopped with {type(error).__name__}: {error}"
    if found.shape != values.shape or other.shape != values.shape:
        return f"Not yet: {len(values)} values went in, and what comes back has the shape {found.shape}."
    if not np.allclose(found[:cut], other[:cut], rtol=1e-9, atol=1e-9):
        return "Not yet: when values after the cut change, those before it are scaled differently. The future leaks in."
    if np.allclose(found, wanted, rtol=1e-6, atol=1e-6):
        return "Right: mean and standard deviation come from before the cut, and serve both parts."
    if np.allclose(found[:cut], wanted[:cut], rtol=1e-6, atol=1e-6):
        return "Not yet: before the cut it is right. What comes after it is scaled too, by the same numbers."
    if np.allclose(found, (values - before.mean()) / before.std(ddof=1), rtol=1e-6, atol=1e-6):
        return "Right: with 29 in place of 30 below the root, which some prefer. Nothing leaks."
    return (f"Not yet: before the cut, yours has mean {number(float(found[:cut].mean()))} and standard deviation "
            f"{number(float(found[:cut].std()))}; wanted are 0 and 1.")


def _hidden_memory(answer):
    """Judge a pair (h, x) with which the unit keeps more than half of its long-term memory and shows under 10 %."""
    pair = tuple(map(_as_number, answer)) if isinstance(answer, (tuple, list)) else ()
    if len(pair) != 2 or None in pair:
        return f"two numbers are wanted here, such as (0.5, 1): first h, then x; this is {answer!r}."
    h, x = pair
    if not (-1 <= h <= 1 and -10 <= x <= 10):
        return "Not yet: stay on the sliders, with h between -1 and 1 and x between -10 and 10."
    s = step(VIDEO_UNIT, 2, h, x)
    found = f"it keeps {share(s.forget.f)} and shows {share(s.output.o)}."
    if s.forget.f <= 0.5:
        return f"Not yet: {found} It forgets too much: which input opens the forget gate?"
    if s.output.o >= 0.1:
        return f"Not yet: {found} It shows too much: which way does the large weight 4.38 push?"
    return f"Right: {found} What it knows, and what it tells, are two things."


def _misses(power):
    """Return how far the video's unit is off for A and for B after 300 epochs with the learning rate 10^power."""
    said_a, said_b = last_state(power, 300, "the video's", False).result.predictions
    return abs(said_a), abs(said_b - 1)


def _sum(gate, h, x):
    """Write out a gate's sum, such as 2.70 × 1 + 1.63 × (-10) + 1.62 = -11.98."""
    def bracketed(value, digits):
        return f"({number(value, digits)})" if value < 0 else number(value, digits)

    w, u, b = (bracketed(weight, 2) for weight in (gate.w, gate.u, gate.b))
    total = forget_stage(gate, 0, h, x).a_f  # every gate sums as the forget gate does
    return f"{w} × {bracketed(h, 0)} + {u} × {bracketed(x, 1 if x % 1 else 0)} + {b} = {number(total)}"


def _exercises():
    """Return every exercise of the course."""
    u = VIDEO_UNIT
    rest, gone = step(u, 2, 1, 1), step(u, 2, 1, -10)
    half, hidden = step(u, 2, 1, 0.5).input, step(u, 2, -1, 1)
    negative, first_day = forget_stage(u.forget, -3, 1, 1), unroll(u, COMPANY_B)[0]
    da_f = forget_stage_backward(u.forget, ForgetStage(0, 0.5, 1.5), c=3, h=0, x=0, dkept=2).da_f

    def kept_share(x, h):
        return forget_stage(u.forget, 2, h, x).f

    def a_after(quiet_days):
        return runs(0, 1, 0.5, 0.25, 1, quiet_days, 0.5)[0][-1].h

    def forecast(price):
        return unroll(u, (price, *COMPANY_A[1:]))[-1].h

    def carried(bias):
        return float(flows(0.5, bias, 50, 0, "linear")[1][0])

    small = next(links for links in range(99) if 0.5 ** links < 0.001)
    quiet = next(days for days in range(40) if a_after(days) > 0.5)
    faded = next(steps for steps in range(99) if sigmoid(1) ** steps < 0.01)
    enough = next(bias for bias in range(9) if sigmoid(bias) ** 100 > 0.5)

    return (
        Exercise("00", "read_the_output", _by_hand(
            rest.h, "The new short-term memory leaves at the bottom right: it is the unit's output.",
            "Follow the lower line of the picture to its right end.",
            [(rest.c, "That is the new long-term memory, on the upper line. The output leaves on the lower line."),
             (1, "That is the short-term memory that comes in, at the left. The output leaves at the right.")],
            tolerance=0.012),
            f"The lower line ends at the right with the new short-term memory, {number(rest.h)}.", round(rest.h, 2)),
        Exercise("00", "make_it_forget", _search(
            lambda x: kept_share(x, 1), 0, 0.01, "A strongly negative input closes the forget gate.",
            "", "It keeps too much: drag the input further to the left."),
            f"With input {number(-6, 0)} the sum is {_sum(u.forget, 1, -6)}, and sigmoid of that is "
            f"{share(kept_share(-6, 1))}.", -6),
        Exercise("02", "sigmoid_of_zero", _by_hand(
            sigmoid(0), "e^0 is 1, so it is 1 / (1 + 1): a gate with sum 0 is half open.",
            "Put a = 0 into 1 / (1 + e^-a).",
            [(0, "That is tanh(0). For sigmoid put a = 0 into 1 / (1 + e^-a); what is e^0?"),
             (1, "e^0 is 1, and it stands below the line, beside another 1.")]),
            f"e^0 is 1, and 1 / (1 + 1) is {number(sigmoid(0), 1)}.", sigmoid(0)),
        Exercise("02", "my_sigmoid", _own_function(
            sigmoid, {"a": (-6, 6)}, lambda a: [(sigmoid(-a), "Is the sign of the exponent right?")]),
            "This is the formula of the page, with exp for the power of e.",
            "from math import exp\n\n"
            "def my_sigmoid(a):\n"
            "    return 1 / (1 + exp(-a))\n\n"
            "check.my_sigmoid(my_sigmoid)"),
        Exercise("02", "tanh_of_minus_two", _by_hand(
            tanh(-2), "tanh is odd: it turns around with the sign of its input.",
            "Set the slider to -2 and read the point's height.",
            [(tanh(2), "That is tanh(2). Which sign does tanh have to the left of 0?"),
             (sigmoid(-2), "That is sigmoid(-2). tanh goes below 0.")]),
            f"tanh turns around with the sign of its input: tanh(2) is {number(tanh(2))}, so tanh(-2) is "
            f"{number(tanh(-2))}.", round(tanh(-2), 2)),
        Exercise("03", "forget_sum", _by_hand(
            gone.forget.a_f, "The input's weight times -10 outweighs everything else.",
            "Short-term memory times 2.70, plus input times 1.63, plus the bias.",
            [(gone.forget.a_f - u.forget.b, "Nearly: you left out the bias, 1.62."),
             (u.forget.w * -10 + u.forget.u + u.forget.b, "The two weights are swapped: 1.63 belongs to the input."),
             (step(u, 2, 1, 10).forget.a_f, "A sign went missing: the input is -10."),
             (gone.forget.f, "That is the gate already; here the sum is wanted, before sigmoid.")]),
            f"w h + u x + b: {_sum(u.forget, 1, -10)}.", round(gone.forget.a_f, 2)),
        Exercise("03", "keep_half", _search(
            lambda x: kept_share(x, 0), 0.49, 0.51, "Half means a sum of 0: the input has to cancel the bias.",
            "Too little is kept: the sum must rise to 0.", "Too much is kept: the sum must fall to 0."),
            "A share of one half needs a sum of 0. With h = 0 that is u x + b = 0, so x is -b / u, which is "
            f"{number(-u.forget.b / u.forget.u)}.", round(-u.forget.b / u.forget.u, 2)),
        Exercise("03", "kept_memory", _by_hand(
            negative.kept, "A share of a negative memory stays negative.",
            "Multiply the share with the long-term memory -3.",
            [(-negative.kept, "The size is right. Which sign has a share of -3?"),
             (rest.forget.kept, "That is for a long-term memory of 2; here it is -3."),
             (rest.forget.f, "That is the share. Multiply it with the long-term memory, -3.")]),
            f"The share does not depend on the long-term memory: it is {number(rest.forget.f, 3)}, and that times "
            f"-3 is {number(negative.kept)}.", round(negative.kept, 2)),
        Exercise("04", "candidate_sum", _by_hand(
            half.a_g, f"tanh of it is {number(half.g)}, the candidate.",
            "Short-term memory times 1.41, plus input times 0.94, plus the bias.",
            [(half.a_g - u.candidate.b, "Nearly: you left out the bias, -0.32."),
             (half.a_g - 2 * u.candidate.b, "The bias is negative: it is taken away."),
             (u.candidate.w * 0.5 + u.candidate.u + u.candidate.b, "The two weights are swapped: 0.94 is the input's."),
             (half.a_i, "That is the sum of the input gate. The candidate has the weights 1.41, 0.94, -0.32.")]),
            f"w h + u x + b: {_sum(u.candidate, 1, 0.5)}.", round(half.a_g, 2)),
        Exercise("04", "new_long_term", _by_hand(
            rest.c, "Whether you found 2.95 (exact) or 2.96 (rounded at every step, as on the screen): both are fine.",
            "Add what was kept and the input gate's share of the candidate.",
            [(rest.input.added, "That is what is added. Add it to what was kept, 1.99."),
             (rest.forget.kept + rest.input.a_g, "You added the candidate's sum; tanh and the input gate come first.")],
            tolerance=0.0175),
            f"{number(rest.forget.kept, 4)} is kept and {number(rest.input.added, 4)} is added, together "
            f"{number(rest.c, 4)}.", round(rest.c, 2)),
        Exercise("04", "largest_addition", _by_hand(
            1, "A candidate is below 1, and a share of it is at most all of it.",
            "Multiply the largest candidate with the largest share.",
            [(rest.input.added, "That is the amount at rest. How large can a candidate get, and how large a share?"),
             (2, "The candidate and the gate are multiplied, not added.")]),
            "A candidate comes out of tanh and stays below 1. A gate is a share of it and stays below 1 too. "
            "Their product comes close to 1 times 1, and never reaches it.", 1),
        Exercise("05", "new_short_term", _by_hand(
            rest.h, "0.99 is exact, 0.98 is what rounding at every step gives, as on the screen: both are fine.",
            "Take the output gate's share of tanh(new long-term memory).",
            [(rest.c * rest.output.o, "The long-term memory goes through tanh before the output gate takes its share."),
             (rest.output.tanh_c + rest.output.o, "The share and the tanh are multiplied, not added."),
             (rest.c, "That is the new long-term memory; stage 3 goes on from it.")], tolerance=0.0125),
            f"tanh of {number(rest.c, 4)} is {number(rest.output.tanh_c, 4)}; the output gate shows "
            f"{number(rest.output.o, 4)} of it, which is {number(rest.h, 4)}.", round(rest.h, 2)),
        Exercise("05", "output_gate_at_minus_one", _by_hand(
            hidden.output.o, "A short-term memory of -1 nearly closes the output gate.",
            "Sum: -1 times 4.38, plus 1 times -0.19, plus 0.59; then sigmoid.",
            [(rest.output.o, "That is for a short-term memory of 1; here it is -1."),
             (hidden.output.a_o, "That is the sum; sigmoid of it is the gate."),
             (sigmoid(-u.output.w + u.output.u), "Nearly: you left out the bias, 0.59.")]),
            f"The sum is {_sum(u.output, -1, 1)}, and sigmoid of that is {number(hidden.output.o)}.",
            round(hidden.output.o, 2)),
        Exercise(
            "05", "hidden_memory", _hidden_memory,
            f"Short-term memory -1 closes the output gate: {share(hidden.output.o)}. Input 1 keeps the forget gate "
            f"open: its sum is {_sum(u.forget, -1, 1)}, a share of {share(hidden.forget.f)}.", (-1, 1)),
        Exercise("01", "links_between", _by_hand(
            49, "Each link joins two neighbours, so there is one less than there are inputs.",
            "Draw three inputs and count the arrows between them.",
            [(50, "That is the number of inputs. How many arrows join them?"),
             (51, "There are fewer arrows than inputs, not more.")]),
            f"Three inputs have two links, one between each and the next. So 50 inputs have 50 - 1 = {50 - 1}.", 49),
        Exercise("01", "below_a_thousandth", _by_hand(
            small, f"0.5 to the power 10 is {0.5 ** 10:.6f}: ten links, and a thousandth is left.",
            "Halve 1 until less than 0.001 is left, and count.",
            [(9, f"Nearly: 0.5 to the power 9 is {0.5 ** 9:.6f}."),
             (500, "Each link multiplies by 0.5; it does not take 0.5 away.")]),
            f"0.5 to the power {small - 1} is {0.5 ** (small - 1):.6f}, still too much; to the power {small} it is "
            f"{0.5 ** small:.6f}.", small),
        Exercise("01", "a_factor_that_explodes", _search(
            lambda factor: abs(descend(factor, 1)[1] / descend(factor, 1)[0]), 1.0000001, float("inf"),
            "Each step ends farther from the minimum than it began.",
            "Each step ends nearer to the minimum than it began: try a larger factor.", "",
            write=lambda ratio: f"{number(ratio)} times as far away after each step"),
            "A step makes p into p (1 - 0.2 factor). With 11 that is "
            f"{number(descend(11, 1)[1] / descend(11, 1)[0])} p: on the other side, and farther away. Every factor "
            "above 10 does this.", 11),
        Exercise("06", "memory_after_day_1", _by_hand(
            first_day.c, "Nothing was there to keep: the new memory is what was added.",
            "Both memories start at 0, so only the input and the biases count.",
            [(unroll(u, COMPANY_A)[0].c, "That is company A. For B the price on day 1 is 1."),
             (first_day.input.g, "That is the candidate. How much of it does the input gate let in?"),
             (first_day.h, "That is the short-term memory after day 1.")]),
            f"Of 0, nothing is kept. The candidate is tanh of {_sum(u.candidate, 0, 1)}, which is "
            f"{number(first_day.input.g)}; the input gate lets {share(first_day.input.i)} of it in: "
            f"{number(first_day.c)}.", round(first_day.c, 2)),
        Exercise("06", "quiet_days", _by_hand(
            quiet, "A's long-term memory has risen too, and tanh makes both look the same from outside.",
            "Set the price on quiet days to 0.5 and add one quiet day at a time.",
            [(quiet + 4, "That is the day. How many of these days were quiet days?")]),
            f"After {quiet - 1} quiet days A's output is {number(a_after(quiet - 1))}, after {quiet} it is "
            f"{number(a_after(quiet))}.", quiet),
        Exercise("06", "another_day_1", _search(
            forecast, 0.4, 0.6,
            "Somewhere between the two, it is undecided.", "Too low: a higher price on day 1 is remembered longer.",
            "Too high: come down a little.",
            write=number),
            f"Price 0 ends on {number(forecast(0))}, price 1 on {number(forecast(1))}. Try prices in between: 0.35 "
            f"ends on {number(forecast(0.35))}.", 0.35),
        Exercise("07", "weight_that_carries", _by_hand(
            1, "Exactly 1 neither grows nor shrinks. An LSTM's forget gate near 1 does the same.",
            "Which number stays itself, however often it is multiplied with itself?",
            [(0, "0 carries nothing at all."), (0.5, "0.5 halves what is left at every step."),
             (2, "2 doubles it at every step.")]),
            f"50 steps multiply 50 times: 0.99 leaves {number(0.99 ** 50)}, 1.01 makes it {number(1.01 ** 50)}, "
            f"and 1 stays {1 ** 50}.", 1),
        Exercise("07", "steps_to_a_hundredth", _by_hand(
            faded,
            f"sigmoid(1) = {number(sigmoid(1), 4)}, and that to the power 50 is {scientific(sigmoid(1) ** 50)}: a "
            "bias of 1 helps a start, but does not carry 50 steps.",
            "Multiply sigmoid(1) = 0.7311 with itself until less than 0.01 is left.",
            [(14, f"Nearly: sigmoid(1) to the power 14 is {number(sigmoid(1) ** 14, 4)}.")]),
            f"{number(sigmoid(1), 4)} to the power {faded - 1} is {number(sigmoid(1) ** (faded - 1), 4)}, still "
            f"too much; to the power {faded} it is {number(sigmoid(1) ** faded, 4)}.", faded),
        Exercise("07", "keep_half_of_the_gradient", _search(
            carried, 0.45, 0.55,
            "There is more than one such bias, and each keeps about half over 50 steps.",
            "Too little arrives: the forget gate must stay closer to 1.",
            "Too much arrives: lower the bias a little."),
            f"A bias of 4 keeps {share(carried(4))}, which is too little, and 5 keeps {share(carried(5))}, which "
            f"is too much. In between, 4.7 keeps {share(carried(4.7))}.", 4.7),
        Exercise("08", "output_slope", _by_hand(
            rest.output.tanh_c, "h = o tanh(c): when only o moves, h moves tanh(c) times as much.",
            "In h = o tanh(c), what is o multiplied with?",
            [(rest.output.o, "That is what tanh(c) is multiplied with. Here o moves."),
             (rest.output.o * (1 - rest.output.o) * rest.output.tanh_c,
              "That is already one step further, da_o. Here do is wanted, before the slope of sigmoid."),
             (2, "That is the long-term memory that came in. h is made from tanh of the new one.")], tolerance=0.0025),
            f"h = o tanh(c), so do = dh tanh(c), which is 1 times {number(rest.output.tanh_c, 4)}.",
            round(rest.output.tanh_c, 4)),
        Exercise("08", "forget_slope", _by_hand(
            da_f, "df = 2 times 3 is 6, and the slope of sigmoid at 0.5 is 0.25.",
            "First df = dkept times c, then times the slope of sigmoid, f (1 - f).",
            [(6, "That is df. The slope of sigmoid, f (1 - f), is still missing."),
             (3, "You multiplied with f alone; the slope of sigmoid is f (1 - f)."),
             (0.5, "kept = f c, so df is dkept times c, which is 3 here."),
             (1, "That is dc, what the long-term memory before hears: dkept times f.")]),
            "df = dkept c = 2 times 3. The slope of sigmoid is f (1 - f) = 0.5 times 0.5. Together: "
            f"{number(da_f, 1)}.", da_f),
        Exercise("08", "my_output_slope", _own_function(
            _da_o, {"dh": (-2, 2), "o": (0.05, 0.95), "tanh_c": (-0.95, 0.95)}, lambda dh, o, tanh_c: [
                (dh * tanh_c, "That is do. The slope of sigmoid, o (1 - o), is still missing."),
                (dh * o * (1 - o), "tanh_c is missing: h = o tanh_c, so do = dh tanh_c."),
                (dh * tanh_c * (1 - o * o), "1 - o^2 is the slope of tanh; this gate ends in a sigmoid.")]),
            "do = dh tanh_c, since h = o tanh_c. Then the slope of sigmoid: da_o = do o (1 - o).",
            "def my_slope(dh, o, tanh_c):\n"
            "    return dh * tanh_c * o * (1 - o)\n\n"
            "check.my_output_slope(my_slope)"),
        Exercise("08", "fast_enough", _search(
            lambda power: max(_misses(power)), 0, 0.1, "A hundred times the video's rate, and still it learns.",
            "", "Too far from what is wanted: the rate is too small for 300 epochs, or so large that it jumps.",
            write=lambda miss: f"{number(miss, 3)} off at worst", largest=6),
            f"The video's rate is {10 ** -3}, ten to the power -3. With -1 it is {10 ** -1}: steps a hundred times as "
            "long, and still short enough not to jump.", -1),
        Exercise("09", "marked_sum", _by_hand(
            0.55, "0.5 moves the answer into the middle of 0 and 1.",
            "Add the two marked values, divide by 4, add 0.5.",
            [(0.2, "That is the sum of the two. The target is 0.5 + sum / 4."),
             (0.05, "The 0.5 is still missing."),
             (0.7, "A sign went missing: the second value is -0.3."),
             (0.6, "You divided by 2; the published target divides by 4.")], tolerance=0.001),
            f"0.5 + (0.5 - 0.3) / 4 is {number(0.5 + (0.5 - 0.3) / 4)}.", round(0.5 + (0.5 - 0.3) / 4, 2)),
        Exercise("09", "squared_criterion", _by_hand(
            RIGHT ** 2, "So a mean squared error of 0.04 is twenty-five times as large as it should be.",
            "The criterion is an absolute error below 0.04; square it.",
            [(0.04, "That is the absolute error. Square it."),
             (0.2, "That is the root of 0.04. Square it instead."),
             (0.08, "0.04 times 0.04, not 0.04 plus 0.04.")], tolerance=0.00001),
            f"{RIGHT} times {RIGHT} is {number(RIGHT ** 2, 4)}.", round(RIGHT ** 2, 4)),
        Exercise("09", "bias_for_a_hundred", _by_hand(
            enough,
            f"sigmoid(5) to the power 100 is {number(sigmoid(5) ** 100)}: half of the memory is there at the end.",
            "Try whole numbers b: sigmoid(b) to the power 100 must be above 0.5.",
            [(4, f"Nearly: sigmoid(4) to the power 100 is {number(sigmoid(4) ** 100)}."),
             (1, f"sigmoid(1) to the power 100 is {scientific(sigmoid(1) ** 100)}: nothing is left."),
             (6, "That carries even more, but a smaller one is enough.")]),
            f"sigmoid({enough - 1}) to the power 100 is {number(sigmoid(enough - 1) ** 100)}, too little; "
            f"sigmoid({enough}) to the power 100 is {number(sigmoid(enough) ** 100)}.", enough),
        Exercise(
            "09", "temporal_order", _orders,
            "One row of weights for each gate and cell, the forget bias at 5, and fresh sequences for every step.",
            "rng = np.random.default_rng(0)\n"
            "W = random_weights(rng, 4 * 8, 8, inputs=8)\n"
            "W[:8, -1] = 5\n"
            "model = Predictor(LSTMLayer(W), random_weights(rng, 4, 8))\n"
            "epochs = ([temporal_order(rng, 32)] for _ in range(1300))\n"
            "for loss in train(model, Adam(model.parameters, 0.01), epochs, clip=1):\n"
            "    pass\n\n"
            "check.temporal_order(model)"),
        Exercise("10", "skill_of_a_forecast", _by_hand(
            skill(30, 40), "A quarter of persistence's error is gone.",
            "Skill is 1 minus the forecast's error divided by persistence's.",
            [(0.75, "That is the share of the error that is left. How much of it is gone?"),
             (1 / 3, "You divided by the forecast's error, 30. Divide by that of persistence."),
             (-1 / 3, "The two errors are swapped: divide by that of persistence, 40."),
             (10, "That is how much smaller the error is. As a share of persistence's error, 40?"),
             (25, "As a number between 0 and 1, please: 25 % is 0.25.")]),
            f"1 - 30 / 40 is {number(skill(30, 40))}.", skill(30, 40)),
        Exercise("10", "training_windows", _by_hand(
            247 - 22, "The first 22 years are in windows only; every later one before the cut is a target once.",
            "Count the targets: the first is the 23rd year, the last is the last one before the cut.",
            [(247, "That is the number of years before the cut. The first 22 of them have no full window before them."),
             (309 - 22, "These are all windows of the series. Those with a target after the cut are for judging."),
             (226, "Nearly: that is the number of places for 22 years in 247. The target needs a year, too."),
             (224, "Nearly: the first target is the 23rd year, and the last one the 247th. Both count.")]),
            f"A target needs 22 years before it: year 23 is the first, year 247 the last. 247 - 22 is {247 - 22}.",
            247 - 22),
        Exercise("10", "my_scale", _own_scale,
            "Mean and standard deviation come from values[:cut], and both parts are scaled with them.",
            "def my_scale(values, cut):\n"
            "    return (values - values[:cut].mean()) / values[:cut].std()\n\n"
            "check.my_scale(my_scale)"),
    )


class Checks:
    """The exercises of the course, each by its name: check.forget_sum(-11.98)."""

    def __init__(self):
        self.all = _exercises()
        for exercise in self.all:
            setattr(self, exercise.name, exercise)

    def progress(self, page):
        """Return a line for a lesson, such as '03', that says what the learner has solved there and in the course."""
        here = [exercise.name for exercise in self.all if exercise.page == page]
        return ProgressLine(PROGRESS, page, here, [exercise.name for exercise in self.all])


check = Checks()
