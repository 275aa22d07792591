"""Forecasts of a real series: an LSTM learns from what lies before the cut, and is judged, beside baselines, after it.

Its settings were chosen with the sunspots before 1947 alone.  Five stretches of 40 years, from 1827, 1847, 1867, 1887
and 1907 on, were foretold by networks that had learned from the years before each: windows of 11 or 22, 4 or 8 cells,
rates of 0.003 and 0.01, 5 to 60 epochs, four seeds.  Among the networks that take the numbers as they are and foretell
the change, the smallest errors, in shares of the autoregression's, over one step and over eleven (then said by eleven
outputs at once), were those of the settings below; square roots of the numbers did a little better there.  The
autoregression's order, of 1 to 15, was the best on the 50 years from 1847 on and those from 1897 on.

What was judged on the years from 1947 on, in this order, off by so much one step ahead and over eleven steps (five
seeds; the autoregression: 19.4, 33.0):
    the settings below, eleven outputs               18.9    52.7
    square roots, 11 years, 8 cells, 15 epochs       20.4    39.6   (fed back; best of a search that allowed roots)
    22 years, 8 cells, 20 epochs                     20.9    40.2   (fed back; best on ten stretches)
    the settings below, forecasts fed back           18.9    36.0   (the lesson's)

Knows no widget and no picture.
"""
from typing import NamedTuple

import numpy as np

from lstm_layers import Adam, LSTMLayer, Predictor, random_weights, train

from .series import autoregression, fit_autoregression, persistence, rmse, seasonal_persistence, skill, split_in_time
from .series import whole_period, windows

LENGTH, CELLS, EPOCHS, RATE, BATCH, CLIP = 22, 4, 45, 0.01, 32, 1.0
ORDER = 9        # of the autoregression
SEEDS = range(5)
RESAMPLES, BLOCK = 1000, 12  # of the test part: so often, in runs of so many neighbours
LSTM, AUTOREGRESSION = "LSTM", "autoregression"


class Forecaster:
    """LSTM cells that learn to foretell a series from the part before the cut.

    They read a window of `length` scaled values, and a readout says by how much the next value differs from the last.
    seed: of the weights and of the order of the windows; changes: the values are changes already, such as returns, and
    the readout says the next one itself; leak: make the look-ahead mistake, as in windows.
    ValueError names what does not fit.
    """

    def __init__(self, series, length=LENGTH, cells=CELLS, seed=0, changes=False, leak=False):
        self.series, self.split = series, split_in_time(series.values)
        self.length, self.changes, self._leak = length, changes, leak
        self._scaled = self.split.scaled(series.values)
        self._train, _ = windows(self._scaled, self.split.cut, length, leak=leak)
        self._rng = np.random.default_rng(seed)
        layer = LSTMLayer(random_weights(self._rng, 4 * cells, cells, inputs=1))
        layer.W[:cells, -1] = 1
        self.model = Predictor(layer, random_weights(self._rng, 1, cells))

    def learn(self, epochs):
        """Go through the training windows that many times and yield the loss after each."""
        batches = (self._batches() for _ in range(epochs))
        for losses in train(self.model, Adam(self.model.parameters, RATE), batches, CLIP):
            yield float(np.mean(losses))

    def _batches(self):
        """Return the training windows in a new order, in batches of one size; what is left over waits for its turn."""
        inputs, targets = self._train.inputs, self._train.targets - self._base(self._train.inputs)
        count = max(1, len(self._train.starts) // BATCH)
        order = self._rng.permutation(len(self._train.starts))
        size = len(order) // count
        return [(inputs[:, :, some], targets[:, some]) for some in order[:count * size].reshape(count, size)]

    def _base(self, inputs):
        """Return what the readout's number is added to."""
        return 0.0 if self.changes else inputs[-1]

    def forecast(self, horizon=1):
        """Return the forecasts of the test part up to that many steps ahead, (horizon, B), in the unit of the series.

        Beyond one step, each forecast is put in as the newest value, as for the autoregression.
        """
        inputs, said = self._test(horizon).inputs, []
        for _ in range(horizon):
            said.append(self.model.predict(inputs) + self._base(inputs))
            inputs = np.concatenate([inputs[1:], said[-1][np.newaxis]])
        return self.split.unscaled(np.concatenate(said))

    def truth(self, horizon=1):
        """Return what came where forecast looks, and when: values and times, both (horizon, B)."""
        places = self._test(horizon).starts + np.arange(horizon)[:, np.newaxis]
        return self.series.values[places], self.series.times[places]

    def _test(self, horizon):
        """Return the windows of the test part."""
        return windows(self._scaled, self.split.cut, self.length, horizon, self._leak)[1]

    def memories(self):
        """Return the long-term memories (cells, B) at the ends of all windows of the series, and their times (B,)."""
        inputs = np.lib.stride_tricks.sliding_window_view(self._scaled, self.length).T[:, np.newaxis]
        self.model.predict(inputs)
        return self.model.layer.C[self.length].copy(), self.series.times[self.length - 1:]

    def followings(self, later=0):
        """Return how each cell follows the series: correlations (cells,) of memory and value, so many steps later."""
        return correlations(self.memories()[0], self.series.values, later)


def correlations(memories, values, later=0):
    """Return how each memory (cells, B) goes with the value so many steps later, the last B of the values being theirs.

    A memory that never changes goes with nothing: 0.
    """
    values = values[len(values) - memories.shape[1] + later:]
    memories, values = memories[:, :len(values)], values - values.mean()
    apart = memories - memories.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(apart, axis=1) * np.linalg.norm(values)
    return np.divide(apart @ values, lengths, out=np.zeros(len(apart)), where=lengths > 0)


def learn(series, epochs=EPOCHS, **settings):
    """Return a Forecaster that has learned for that many epochs; settings as it takes them."""
    forecaster = Forecaster(series, **settings)
    for _ in forecaster.learn(epochs):
        pass
    return forecaster


def baselines(series, horizon=1, period=None, changes=False):
    """Return the forecasts (horizon, B) of every baseline for the test part, by name; persistence comes first.

    period: of a cycle in steps, for the seasonal baseline; changes: the values are changes already, such as returns:
    that nothing changes is then a forecast of 0, and the mean change before the cut is a baseline too.
    """
    cut = split_in_time(series.values).cut
    period = None if period is None else whole_period(period, cut)
    fit = fit_autoregression(windows(series.values, cut, ORDER)[0])
    inputs = windows(series.values, cut, max(ORDER, period or 1), horizon)[1].inputs
    if changes:
        nothing = np.zeros((horizon, inputs.shape[2]))
        found = {"no change": nothing, "mean change": nothing + series.values[:cut].mean()}
    else:
        found = {"last value again": persistence(inputs, horizon)}
        if period:
            found[f"{period} steps earlier"] = seasonal_persistence(inputs, horizon, period)
    return {**found, AUTOREGRESSION: autoregression(fit, inputs[-ORDER:], horizon)}


# ------------------------------------------------------------------------------------------------------ who won?

class Lead(NamedTuple):
    """By how much of the reference's error one forecast is ahead of another, and how far chance moves that."""
    mean: float
    spread: float

    @property
    def verdict(self):
        """'ahead of' or 'behind' by more than the spread, or 'level with'."""
        return "level with" if abs(self.mean) <= self.spread else "ahead of" if self.mean > 0 else "behind"


class Scores:
    """Forecasts of one test part, judged alike: the root of the mean squared error, and the skill against a reference.

    name: of the series; truth: (horizon, B); forecasts: for each name, (seeds, horizon, B); the first is the reference.
    """

    def __init__(self, name, truth, forecasts):
        self.name, self.horizon = name, len(truth)
        self.reference, *self.others = forecasts
        self.errors = {who: np.array([rmse(one, truth) for one in said]) for who, said in forecasts.items()}
        reference = float(self.errors[self.reference][0])
        self.skills = {who: np.array([skill(error, reference) for error in errors])
                       for who, errors in self.errors.items()}
        self._resampled = self._resample(truth, forecasts)

    def _resample(self, truth, forecasts):
        """Return the skills (seeds, resamples) by name, had other stretches of the test part come in its place."""
        moments = truth.shape[1]
        block = min(BLOCK, moments)
        firsts = np.random.default_rng(0).integers(0, moments, (RESAMPLES, -(-moments // block)))
        picked = (firsts[:, :, np.newaxis] + np.arange(block)).reshape(RESAMPLES, -1)[:, :moments] % moments
        squares = {who: np.mean((said - truth) ** 2, axis=1) for who, said in forecasts.items()}
        errors = {who: np.sqrt(square[:, picked].mean(axis=2)) for who, square in squares.items()}
        if not np.all(errors[self.reference] > 0):
            raise ValueError(f"truth: got a test part that hardly changes, so that '{self.reference}' is never "
                             "wrong for long stretches; want one that changes: no error is no measure")
        return {who: 1 - error / errors[self.reference] for who, error in errors.items()}

    def lead(self, who, other):
        """Return the Lead of one forecast over another; its spread is that over seeds and resamples together."""
        mean = self.skills[who].mean() - self.skills[other].mean()
        return Lead(float(mean), float(np.std(self._resampled[who] - self._resampled[other])))

    def verdict(self, who=LSTM):
        """Return one sentence that says whom a forecast beats by more than the spread."""
        found = {}
        for other in self.errors:
            if other != who:
                found.setdefault(self.lead(who, other).verdict, []).append(other)
        said = (f"{kind} {_listed(found[kind])}" for kind in ("ahead of", "level with", "behind") if kind in found)
        return f"{self.title}: the {who} is {', '.join(said)}."

    @property
    def title(self):
        """What was forecast, and how far."""
        steps = "one step" if self.horizon == 1 else f"1 to {self.horizon} steps"
        return f"{self.name[:1].upper()}{self.name[1:]}, {steps} ahead"

    def table(self):
        """Return the errors, the skills against persistence and their spread as text, a line for each forecast."""
        lines = [self.title, f"{'':18} off by  (seeds)  skill  spread"]
        for who, errors in self.errors.items():
            lead, seeds = self.lead(who, self.reference), f"±{errors.std():#.2g}" if len(errors) > 1 else ""
            lines.append(f"  {who:16} {errors.mean():#6.3g}  {seeds:>7}  {lead.mean:5.2f}  {lead.spread:6.2f}")
        return "\n".join(lines)


def _listed(names):
    """Return names as words: one, two and three."""
    *first, last = (f"'{name}'" for name in names)
    return f"{', '.join(first)} and {last}" if first else last


def learn_five(series, changes=False):
    """Return five Forecasters that have learned the series, each from a seed of its own."""
    return [learn(series, seed=seed, changes=changes) for seed in SEEDS]


def judge(learners, horizon=1, period=None):
    """Return the Scores of learners of one series, and of every baseline, up to that many steps ahead.

    period: of a cycle, for the seasonal baseline.  ValueError if persistence is never wrong after the cut.
    """
    first = learners[0]
    forecasts = {who: said[np.newaxis]
                 for who, said in baselines(first.series, horizon, period, first.changes).items()}
    forecasts[LSTM] = np.array([learner.forecast(horizon) for learner in learners])
    return Scores(first.series.name, first.truth(horizon)[0], forecasts)
