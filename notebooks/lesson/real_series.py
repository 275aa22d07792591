"""Lesson 11, real series: a price and its echo, forecasts beside their rivals, the memory of every cell."""
import numpy as np

from .answer.exercises import NO_ANSWER, Checks, Exercise, by_hand
from .answer.questions import Questions
from .answer.trial import Failed, try_out
from .data.forecasts import AUTOREGRESSION, CELLS, EPOCHS, LENGTH, LSTM, Forecaster, baselines, correlations, judge
from .data.forecasts import learn_five
from .data.own_series import own_series
from .data.series import companies, prices, returns, rmse, skill, split_in_time, sunspots, whole_period, windows
from .show import svg
from .show.axes import DOWN, UP
from .show.curves import Chart, Panel
from .show.picture import Choice, LivePicture, Slider, Switch
from .show.running import RunningPicture, State
from .show.svg import Drawing, Look, number

__all__ = ["ask", "baselines", "check", "echo_picture", "forecast_picture", "judge", "learn_five", "memory_picture",
           "prices", "returns", "returns_picture", "rmse", "skill_picture", "split_in_time", "sunspots", "windows"]


# What came is the input: blue, with its ground.  The LSTM's forecast is read from its short-term memory: purple.  Its
# rivals are dashed, here as in the lesson before.
TRUTH, FORECAST, RIVAL = Look(svg.INPUT, shape="area"), Look(svg.SHORT_TERM), Look(svg.QUIET, "5 4")
ROW = " "  # a title that keeps the place above the axes free, for the row of words about the lines
LONGEST, FARTHEST, MOST_CELLS, MOST_EPOCHS = 33, 11, 16, 60
NEWEST = 2000  # so many values of a long series are used: more make no better picture, and a learner waits
SOON = 500     # so many are learned from while one looks on: with more, the series is shown first


def _line(chart, panel, times, values, look):
    """Return a line in its look, and its ground if it has one."""
    ground = chart.ground(panel, times, values, look.colour) if look.shape == "area" else ""
    return ground + chart.curve(panel, times, values, look.colour, look.dash)


def _away(chart, panel, values):
    """Return what the words of a line add where it leaves the axes: an arrow, and how far it goes."""
    low, high = chart.axes(panel).ylim
    beyond = ((UP, max(values), max(values) > high), (DOWN, min(values), min(values) < low))
    return "".join(f" {arrow}{number(end)}" for arrow, end, leaves in beyond if leaves)


def _legend(chart, lines):
    """Return the row of words above a chart: words, values and Look of each line."""
    return svg.legend([(words + _away(chart, 0, values), look) for words, values, look in lines], 60, 22)


# ---------------------------------------------------------------------------------------- a price, and its echo

MONTHS = 36  # the last ones of the prices


def echo_picture():
    """Return a company's price, and a forecast that looks wonderful: the price of the month before."""
    chart = Chart([Panel(ROW, "the last three years", "price; its highest is 1", (2019.4, 2022.6), (0, 1.05))],
                  height=360)

    def pick(company):
        series = prices(company)
        values = series.values[-MONTHS - 1:] / series.values[-MONTHS - 1:].max()
        return series.times[-MONTHS:], values[1:], values[:-1]

    def draw(company):
        times, price, echo = pick(company)
        return Drawing(*chart.paper[:2], _line(chart, 0, times, price, TRUTH) + _line(chart, 0, times, echo, RIVAL)
                       + _legend(chart, [("the price", price, TRUTH), ("the forecast", echo, RIVAL)]))

    def say(company):
        _, price, echo = pick(company)
        away = number(np.abs(echo - price).mean())
        return f"{company}: on average, the forecast lies {away} away from the price. It is that of the month before."

    return LivePicture([Choice("company", "company", companies(), "MSFT")], draw, say, chart.paper)


# ------------------------------------------------------------------------------------------------ two companies

def returns_picture():
    """Return an LSTM that learns the monthly returns of two companies, live, and the look-ahead mistake."""
    years, size, head = (2015.5, 2022.7), (-0.58, 0.42), 66  # XRX once fell by 0.53
    chart = Chart([Panel("", "year", words, years, size) for words in ("log return", "")], height=360)
    said = svg.legend([("what came", TRUTH), ("the LSTM says", FORECAST)], 330, 22)
    paper = Drawing(1000, head, said).above(chart.paper)

    def run(first, second, leak):
        learners = [Forecaster(returns(prices(company)), changes=True, leak=leak) for company in (first, second)]
        for k, _ in enumerate(zip(*(learner.learn(EPOCHS) for learner in learners)), 1):
            yield State(k, EPOCHS, learners)

    def draw(state, first, second, leak):
        body = curves = ""
        for panel, (company, learner) in enumerate(zip((first, second), state.result)):
            (truth,), (times,) = learner.truth()
            left, _ = chart.place(panel, years[0], 0)
            curves += _line(chart, panel, times, truth, TRUTH)
            curves += _line(chart, panel, times, learner.forecast()[0], FORECAST)
            words = f"{company}: skill {number(_skill(learner))}"
            words += "".join(f"; {who}{away}" for who, line in (("what came", truth), (LSTM, learner.forecast()[0]))
                             if (away := _away(chart, panel, line)))
            body += svg.text(round(left + 8, 1), head - 4, words, 18, bold=True)
        return Drawing(*paper[:2], body + Drawing(0, 0, curves).moved(head).body)

    def say(state, first, second, leak):
        said = " and ".join(f"{number(_skill(learner))} for {company}"
                            for company, learner in zip((first, second), state.result))
        how = "With the leak" if leak else "Without a leak"
        return (f"{how}, after {state.done} epochs, the LSTM's skill on the months after the cut is {said}. A forecast "
                "of no change has skill 0.")

    return RunningPicture([Choice("first", "first company", companies(), "IBM"),
                           Choice("second", "second company", companies(), "MSFT"),
                           Switch("leak", "let the future leak in")], run, draw, say, paper)


def _skill(learner):
    """Return the skill of returns that were forecast, against no change."""
    truth, _ = learner.truth()
    return skill(rmse(learner.forecast(), truth), rmse(np.zeros_like(truth), truth))


# ---------------------------------------------------------------------------- forecasts, and the memory behind them

TOP = 274  # height of the forecasts' chart


def forecast_picture(values, times=None, period=None):
    """Return an LSTM that learns to foretell a series, live: its forecasts after the cut, and a cell's memory.

    values, times: as own_series takes them; of a long series, the newest 2000.  period: of a cycle in steps, for the
    seasonal baseline.  ValueError says what does not fit.
    """
    given = own_series(values, times)
    series = given._replace(times=given.times[-NEWEST:], values=given.values[-NEWEST:])
    newest = f"Of {len(given.values):,} values, these are the newest {NEWEST:,}. " if len(given.values) > NEWEST else ""
    cut = split_in_time(series.values).cut
    period = None if period is None else whole_period(period, cut)
    after = len(series.values) - cut
    rivals = {horizon: baselines(series, horizon, period) for horizon in range(1, min(FARTHEST, after // 2) + 1)}
    low, high = series.values.min(), series.values.max()
    room = 0.1 * (high - low)
    upper = Chart([Panel(ROW, f"{series.clock}, after the cut", series.unit,
                         (series.times[cut], series.times[-1]), (low - room, high + room))], height=TOP, size=18)
    lower = _MemoryChart(series, cut)

    def run(length, cells, epochs, horizon):
        learner = Forecaster(series, int(length), int(cells))
        if cut > SOON:
            yield State(0, int(epochs), learner)
        for k, _ in enumerate(learner.learn(int(epochs)), 1):
            yield State(k, int(epochs), learner)

    def draw(state, length, cells, epochs, horizon):
        learner, horizon = state.result, int(horizon)
        (truth, moments), said = learner.truth(horizon), learner.forecast(horizon)
        rival = rivals[horizon][AUTOREGRESSION]
        lines = [("what came", truth[-1], TRUTH),
                 (f"{LSTM}: off by {number(rmse(said, truth), 1)}", said[-1], FORECAST),
                 (f"{AUTOREGRESSION}: off by {number(rmse(rival, truth), 1)}", rival[-1], RIVAL)]
        body = "".join(_line(upper, 0, moments[-1], values, look) for _, values, look in (lines[0], *lines[:0:-1]))
        memories, _ = learner.memories()
        below = lower.memory(memories, _closest(correlations(memories, series.values)))
        return Drawing(1000, paper.height, _legend(upper, lines) + body + Drawing(0, 0, below).moved(TOP).body)

    def say(state, length, cells, epochs, horizon):
        horizon, follow = int(horizon), state.result.followings()
        truth, best = state.result.truth(horizon)[0], _closest(follow)
        ahead = "One step ahead" if horizon == 1 else f"1 to {horizon} steps ahead"
        rest = ", ".join(f"{who} by {number(rmse(said, truth), 1)}" for who, said in rivals[horizon].items())
        like = "follows" if follow[best] > 0 else "mirrors"
        return (f"{newest}{ahead}, after {state.done} epoch{'' if state.done == 1 else 's'}, the LSTM is off by "
                f"{number(rmse(state.result.forecast(horizon), truth), 1)}; {rest}. The memory of cell {best + 1} (of "
                f"{int(cells)}) {like} the series most closely, with correlation {number(follow[best])}.")

    paper = upper.paper.above(lower.paper)
    longest = min(LONGEST, cut // 2)
    return RunningPicture([Slider("length", "window length", 2, longest, 1, min(LENGTH, longest), svg.INPUT),
                           Slider("cells", "cells", 1, MOST_CELLS, 1, CELLS, svg.LONG_TERM),
                           Slider("epochs", "epochs", 1, MOST_EPOCHS, 1, EPOCHS, svg.TEXT),
                           Slider("horizon", "steps ahead", 1, len(rivals), 1, 1, svg.SHORT_TERM)],
                          run, draw, say, paper, at_once=cut > SOON)


def _closest(followings):
    """Return which cell follows most closely, from 0 on."""
    return int(np.abs(followings).argmax())


class _MemoryChart:
    """A series over all its time, and on it the long-term memory of a cell, both in their own standard deviations."""

    def __init__(self, series, cut):
        self._series, scaled = series, (series.values - series.values.mean()) / series.values.std()
        low, high = min(scaled.min(), -2.5) - 0.2, max(scaled.max(), 2.5) + 0.2
        self._chart = Chart([Panel(ROW, series.clock, "sd from the mean",
                                   (series.times[0], series.times[-1]), (low, high))], height=256, size=18)
        axes, x = self._chart.axes(0), self._chart.place(0, series.times[cut], 0)[0]
        drawn = (_line(self._chart, 0, series.times, scaled, TRUTH)
                 + svg.path(f"M{x:.1f} {axes.top:.1f}V{axes.bottom:.1f}", svg.TEXT, 1.5)
                 + svg.text(round(x - 7, 1), round(axes.top + 14, 1), "cut", anchor="end", rim=True))
        paper = self._chart.paper
        self.paper = paper._replace(body=paper.body + drawn)

    def memory(self, memories, cell, later=0):
        """Return the ink: the memory of one cell, each value drawn that many steps later."""
        follow = correlations(memories, self._series.values, later)[cell]
        memory = memories[cell, :memories.shape[1] - later] - memories[cell].mean()
        memory, look = memory / (memory.std() or 1), Look(svg.LONG_TERM)
        shift = f", drawn {later} step{'s' * (later > 1)} later" if later else ""
        words = f"long-term memory of cell {cell + 1}{shift}: correlation {number(follow)}"
        return (_line(self._chart, 0, self._series.times[-len(memory):], memory, look)
                + _legend(self._chart, [("the series", (0,), TRUTH), (words, memory, look)]))


def memory_picture(learner):
    """Return a look inside a Forecaster that has learned, live: which cell follows the series, or runs ahead of it."""
    upper = _MemoryChart(learner.series, learner.split.cut)
    (memories, _), longest = learner.memories(), min(FARTHEST, len(learner.series.values) // 4)
    cells = len(memories)
    chart = Chart([Panel("correlation of every cell with the series", "cell", "", (0.4, cells + 0.6), (-1.05, 1.05))],
                  height=240)
    paper = upper.paper.above(chart.paper)

    def draw(cell, later):
        cell, later = int(cell) - 1, int(later)
        bars = ""
        for k, follow in enumerate(correlations(memories, learner.series.values, later).tolist()):
            (x, y), (_, ground) = chart.place(0, k + 1, follow), chart.place(0, k + 1, 0)
            fill = svg.LONG_TERM if k == cell else svg.PAPER
            bars += svg.rect(x - 16, min(y, ground), 32, max(abs(y - ground), 1), fill, svg.LONG_TERM, 2, 2)
        bars = Drawing(0, 0, bars).moved(upper.paper.height).body
        return Drawing(1000, paper.height, upper.memory(memories, cell, later) + bars)

    def say(cell, later):
        follow = correlations(memories, learner.series.values, int(later))
        best = _closest(follow)
        when = {0: "of the same moment", 1: "one step later"}.get(later, f"{int(later)} steps later")
        return (f"The long-term memory of cell {int(cell)} has correlation {number(follow[int(cell) - 1])} with the "
                f"value {when}; the closest is cell {best + 1}, with {number(follow[best])}.")

    return LivePicture([Slider("cell", "cell", 1, cells, 1, _closest(learner.followings()) + 1, svg.LONG_TERM),
                        Slider("later", "steps later", 0, longest, 1, 0, svg.INPUT)], draw, say, paper)


# ------------------------------------------------------------------------------------------------------ who won?

def skill_picture(*scores):
    """Return Scores, one below the other: the skill of every forecast, of every seed, and how far chance moves it."""
    left, right, row, step = 290, 960, 38, 0.25
    reach = np.concatenate([[0], *(ends for score in scores for who in score.others for ends in _reach(score, who))])
    ticks = step * np.arange(np.floor(reach.min() / step), np.ceil(reach.max() / step) + 1)

    def place(value):
        return left + (right - left) * (float(value) - ticks[0]) / (ticks[-1] - ticks[0])

    body, y = "", 20
    for score in scores:
        top = y
        body += svg.text(20, y + 10, score.title, 18, bold=True)
        y += 44
        for who in score.others:
            skills, (low, high) = _reach(score, who)
            body += svg.text(left - 20, y + 6, who, 17, "end")
            body += svg.path(f"M{place(low):.1f} {y}H{place(high):.1f}", svg.QUIET, 3)
            body += "".join(svg.dot(place(one), y + 4 * (k - (len(skills) - 1) / 2), svg.SHORT_TERM if who == LSTM
                                    else svg.TEXT, 6) for k, one in enumerate(skills))
            y += row
        grid = "".join(svg.path(f"M{place(tick):.1f} {top + 26}V{y - 14}", svg.TEXT if tick == 0 else "#e4e4e4", 1.5)
                       for tick in ticks)
        names = "".join(svg.text(round(place(tick), 1), y + 6, number(tick), 15, "middle") for tick in ticks)
        body = grid + body + names + svg.text(right, top + 10, f"skill against '{score.reference}'", 16, "end")
        y += 46
    drawing = Drawing(1000, y - 10, svg.rect(0, 0, 1000, y - 10, svg.PAPER) + body)

    return LivePicture((), lambda: drawing, lambda: " ".join(score.verdict() for score in scores))


def _reach(score, who):
    """Return the skills of a forecast, one for each seed, and the two ends of its spread."""
    lead = score.lead(who, score.reference)
    return score.skills[who], (lead.mean - lead.spread, lead.mean + lead.spread)


# ---------------------------------------------------------------------------------------------- questions and exercises

def _own_scale(answer):
    """Judge a learner's own scaling by the training part: try it on a series, and on the same with another future."""
    if not callable(answer):
        return f"a function is wanted here: write its name without brackets; this is {answer!r}."
    values = np.random.default_rng().normal(50, 20, 40)
    cut = 30
    future = np.append(values[:cut], values[cut:] + 100)
    before, wanted = values[:cut], (values - values[:cut].mean()) / values[:cut].std()
    try:
        mine, other = try_out(answer, values.copy(), cut), try_out(answer, future, cut)
    except Failed as failed:
        return f"Not yet: your function {failed}"
    if mine is ...:
        return NO_ANSWER
    try:
        found, other = (np.array(given, dtype=float) for given in (mine, other))
    except (TypeError, ValueError):
        return f"Not yet: {len(values)} numbers are wanted back, and this is {mine!r}."
    if found.shape != values.shape or other.shape != values.shape:
        return f"Not yet: {len(values)} values went in, and what comes back has the shape {found.shape}."
    if not np.allclose(found[:cut], other[:cut], rtol=1e-9, atol=1e-9, equal_nan=True):
        return "Not yet: when values after the cut change, those before it are scaled differently. The future leaks in."
    if np.allclose(found, wanted, rtol=1e-6, atol=1e-6):
        return "Right: mean and standard deviation come from before the cut, and serve both parts."
    if np.allclose(found[:cut], wanted[:cut], rtol=1e-6, atol=1e-6):
        return "Not yet: before the cut it is right. What comes after it is scaled too, by the same numbers."
    if np.allclose(found, (values - before.mean()) / before.std(ddof=1), rtol=1e-6, atol=1e-6):
        return "Right: with 29 in place of 30 below the root, which some prefer. Nothing leaks."
    return (f"Not yet: before the cut, yours has mean {number(float(found[:cut].mean()))} and standard deviation "
            f"{number(float(found[:cut].std()))}; wanted are 0 and 1.")

ask = Questions(
    a_forecast_that_fits=(
        "A network foretells the price of each month. Over three years its curve lies almost on the real one. What "
        "has it learned, most likely?",
        {"what moves the market": "Then it would foretell the turns. Look at them in the picture below: who is "
                                  "first, the price or the forecast?",
         "to repeat the last price": "Yes, most likely: it is easy, and in a picture it looks like knowledge.",
         "the price by heart": "It could, if it had been trained on these very months. But there is a simpler way "
                               "to look this good."}),
    who_foretells_sunspots=(
        "Persistence, the autoregression and an LSTM foretell next year's sunspots, in years that none of them has "
        "seen. Who wins?",
        {"the LSTM, by far": "It has 247 years to learn from, about 22 cycles. That is little for a network.",
         "persistence, as with prices": "Prices hardly remember their past; sunspots do. Last year's number is too "
                                        "low on every rise and too high on every fall.",
         "LSTM and autoregression, level": "Yes. Both use the memory that is in the series, and nine "
                                           "coefficients hold about as much of it as a few cells do."}),
)

check = Checks(
    "11",
    Exercise("skill_of_a_forecast", by_hand(
        skill(30, 40), "A quarter of persistence's error is gone.",
        "Skill is 1 minus the forecast's error divided by persistence's.",
        [(0.75, "That is the share of the error that is left. How much of it is gone?"),
         (1 / 3, "You divided by the forecast's error, 30. Divide by that of persistence."),
         (-1 / 3, "The two errors are swapped: divide by that of persistence, 40."),
         (10, "That is how much smaller the error is. As a share of persistence's error, 40?"),
         (25, "As a share, please, not in %: 25 % is 0.25.")]),
        f"1 - 30 / 40 is {number(skill(30, 40))}.", skill(30, 40)),
    Exercise("training_windows", by_hand(
        247 - 22, "The first 22 years are in windows only; every later one before the cut is a target once.",
        "Count the targets: the first is the 23rd year, the last is the last one before the cut.",
        [(247, "That is the number of years before the cut. The first 22 of them have no full window before them."),
         (309 - 22, "These are all windows of the series. Those with a target after the cut are for judging."),
         (226, "Nearly: that is the number of places for 22 years in 247. The target needs a year, too."),
         (224, "Nearly: the first target is the 23rd year, and the last one the 247th. Both count.")]),
        f"A target needs 22 years before it: year 23 is the first, year 247 the last. 247 - 22 is {247 - 22}.",
        247 - 22),
    Exercise("my_scale", _own_scale,
        "Mean and standard deviation come from values[:cut], and both parts are scaled with them.",
        "def my_scale(values, cut):\n"
        "    return (values - values[:cut].mean()) / values[:cut].std()\n\n"
        "check.my_scale(my_scale)"),
)
