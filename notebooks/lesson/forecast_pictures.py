"""The live pictures of real series: a price and its echo, forecasts beside their rivals, the memory of every cell."""
import numpy as np

from . import svg
from .charts import Chart, Panel
from .forecasts import AUTOREGRESSION, CELLS, EPOCHS, LENGTH, LSTM, Forecaster, baselines
from .live import Choice, LivePicture, Slider, Switch
from .running import RunningPicture, State
from .series import companies, prices, returns, rmse, skill, windows
from .svg import Drawing, number

# What was measured is the input, blue; the LSTM's forecast is read from its short-term memory, purple.
TRUTH, FORECAST, RIVAL, ECHO = (svg.INPUT, ""), (svg.SHORT_TERM, ""), (svg.QUIET, "9 6"), (svg.QUIET, "2 5")
LONGEST, FARTHEST, MOST_CELLS, MOST_EPOCHS = 33, 11, 16, 60


def _legend(entries, y, x=80, room=230):
    """Return what the lines mean, in a row: (words, (colour, dash)) for each."""
    body = ""
    for k, (words, (colour, dash)) in enumerate(entries):
        left = x + k * room
        body += svg.path(f"M{left} {y}h36", colour, 3, dash=dash) + svg.text(left + 44, y + 6, words, 16)
    return body


# ---------------------------------------------------------------------------------------- a price, and its echo

MONTHS = 36  # the last ones of the prices


def echo_picture():
    """Return a company's price, and a forecast that looks wonderful: the price of the month before."""
    chart = Chart([Panel("the last three years, highest price = 1", "year", "", (2019.4, 2022.6), (0, 1.12))], height=360)

    def pick(company):
        series = prices(company)
        values = series.values[-MONTHS - 1:] / series.values[-MONTHS - 1:].max()
        return series.times[-MONTHS:], values[1:], values[:-1]

    def draw(company):
        times, price, echo = pick(company)
        body = chart.curve(0, times, price, *TRUTH) + chart.curve(0, times, echo, svg.QUIET, "9 6")
        legend = _legend([("the price", TRUTH), ("the forecast", RIVAL)], 62, 120, 170)
        return Drawing(*chart.paper[:2], body + legend)

    def say(company):
        _, price, echo = pick(company)
        return (f"{company}: forecast and price have a correlation of {number(np.corrcoef(price, echo)[0, 1])}. The "
                "forecast is the price of the month before.")

    return LivePicture([Choice("company", "company", companies(), "MSFT")], draw, say, chart.paper)


# ------------------------------------------------------------------------------------------------ two companies

def returns_picture():
    """Return an LSTM that learns the monthly returns of two companies, live, and the look-ahead mistake."""
    chart = Chart([Panel("", "year", words, (2015.5, 2022.7), (-0.42, 0.42)) for words in ("log return", "")],
                  height=400)

    def run(first, second, leak):
        learners = [Forecaster(returns(prices(company)), changes=True, leak=leak) for company in (first, second)]
        for k, _ in enumerate(zip(*(learner.learn(EPOCHS) for learner in learners)), 1):
            yield State(k, EPOCHS, learners)

    def draw(state, first, second, leak):
        body = _legend([("what came", TRUTH), ("the LSTM's forecast", FORECAST)], 388, 330, 150)
        for panel, (company, learner) in enumerate(zip((first, second), state.result)):
            (truth,), (times,) = learner.truth()
            left, top = chart.place(panel, 2015.5, 0.42)
            body += chart.curve(panel, times, truth, *TRUTH)
            body += chart.curve(panel, times, learner.forecast()[0], *FORECAST)
            body += svg.text(round(left + 8, 1), round(top - 14, 1), company, 18, bold=True)
            body += svg.text(round(left + 90, 1), round(top - 14, 1), f"skill {number(_skill(learner))}", 18)
        return Drawing(*chart.paper[:2], body)

    def say(state, first, second, leak):
        said = " and ".join(f"{number(_skill(learner))} for {company}"
                            for company, learner in zip((first, second), state.result))
        how = "With the leak" if leak else "Without a leak"
        return (f"{how}, after {state.done} epochs, the LSTM's skill on the months after the cut is {said}. A forecast "
                "of no change has skill 0.")

    return RunningPicture([Choice("first", "first company", companies(), "IBM"),
                           Choice("second", "second company", companies(), "MSFT"),
                           Switch("leak", "let the future leak in")], run, draw, say, chart.paper)


def _skill(learner):
    """Return the skill of returns that were forecast, against no change."""
    truth, _ = learner.truth()
    return skill(rmse(learner.forecast(), truth), rmse(np.zeros_like(truth), truth))


# ---------------------------------------------------------------------------- forecasts, and the memory behind them

TOP = 340  # height of the upper picture


def forecast_picture(series, period=None):
    """Return an LSTM that learns to foretell a series, live: its forecasts after the cut, and the cell that follows it.

    period: of a cycle, for the seasonal baseline.  ValueError if the series cannot be split, or is constant in a part.
    """
    cut = Forecaster(series, 1).split.cut
    farthest, longest = min(FARTHEST, (len(series.values) - cut) // 2), min(LONGEST, cut // 2)
    rivals = {}  # by horizon: they do not change while the LSTM learns

    def run(length, cells, epochs, horizon):
        forecaster = Forecaster(series, int(length), int(cells), int(horizon))
        if horizon not in rivals:
            rivals[horizon] = baselines(series, int(horizon), period)
        for k, _ in enumerate(forecaster.learn(int(epochs)), 1):
            yield State(k, int(epochs), forecaster)

    def errors(state, horizon):
        truth, _ = state.result.truth()
        said = {**rivals[horizon], LSTM: state.result.forecast()}
        return {who: rmse(forecast, truth) for who, forecast in said.items()}

    upper, lower = _forecast_chart(series, cut), _MemoryChart(series, cut)

    def draw(state, length, cells, epochs, horizon):
        learner = state.result
        truth, times = learner.truth()
        found = errors(state, horizon)
        body = upper.curve(0, times[-1], rivals[horizon][AUTOREGRESSION][-1], *RIVAL)
        body += upper.curve(0, times[-1], truth[-1], *TRUTH)
        body += upper.curve(0, times[-1], learner.forecast()[-1], *FORECAST)
        body += _legend([("what came", TRUTH), (f"LSTM: off by {number(found[LSTM], 1)}", FORECAST),
                         (f"{AUTOREGRESSION}: {number(found[AUTOREGRESSION], 1)}", RIVAL)], 52, 90, 250)
        memories, times = learner.memories()
        best = int(np.abs(followings(learner)).argmax())
        below = lower.draw(memories[best], times, f"long-term memory of cell {best + 1}")
        return Drawing(1000, TOP + lower.chart.paper.height, body + Drawing(0, 0, below).moved(TOP).body)

    def say(state, length, cells, epochs, horizon):
        found, follow = errors(state, horizon), followings(state.result)
        best = int(np.abs(follow).argmax())
        steps = "one step" if horizon == 1 else f"1 to {int(horizon)} steps"
        rest = ", ".join(f"'{who}' {number(error, 1)}" for who, error in found.items() if who != LSTM)
        return (f"{steps} ahead, after {state.done} epochs, the LSTM is off by {number(found[LSTM], 1)}; {rest}. Cell "
                f"{best + 1} of {int(cells)} follows the series most closely, with correlation "
                f"{number(follow[best])}.{state.trouble and ' ' + state.trouble}").capitalize()
