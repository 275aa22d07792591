"""Forecasts of a real series: an LSTM learns from what lies before the cut, and is judged, beside baselines, after it.

Knows no widget and no picture.
"""
from typing import NamedTuple

import numpy as np

from lstm_core import Adam, LSTMLayer, Predictor, random_weights, train

from .series import autoregression, fit_autoregression, persistence, rmse, seasonal_persistence, skill, split_in_time
from .series import windows

LENGTH, CELLS, EPOCHS, RATE, BATCH, CLIP = 22, 4, 45, 0.01, 32, 1.0
ORDER = 9        # of the autoregression
SEEDS = range(5)
RESAMPLES, BLOCK = 1000, 12  # of the test part: so often, in runs of so many neighbours
LSTM, AUTOREGRESSION = "LSTM", "autoregression"


class Forecaster:
    """LSTM cells that learn to foretell a series from the part before the cut.

    They read a window of `length` scaled values; a readout says by how much each of the next `horizon` values differs
    from the last one.  changes: the values are changes already, such as returns, and the readout says them as they are.
    seed: of the weights and of the order of the windows; leak: make the look-ahead mistake, as in windows.
    ValueError names what does not fit.
    """

    def __init__(self, series, length=LENGTH, cells=CELLS, horizon=1, seed=0, changes=False, leak=False):
        self.series, self.split, self.length = series, split_in_time(series.values), length
        self._scaled = self.split.scaled(series.values)
        self._train, self._test = windows(self._scaled, self.split.cut, length, horizon, leak)
        self._changes, self._rng = changes, np.random.default_rng(seed)
        layer = LSTMLayer(random_weights(self._rng, 4 * cells, cells, inputs=1))
        layer.W[:cells, -1] = 1
        self.model = Predictor(layer, random_weights(self._rng, horizon, cells))

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
        """Return what the readout's numbers are added to."""
        return 0.0 if self._changes else inputs[-1]

    def forecast(self):
        """Return the forecasts of the test part, (horizon, B), in the unit of the series."""
        inputs = self._test.inputs
        return self.split.unscaled(self._twin().predict(inputs) + self._base(inputs))

    def truth(self):
        """Return what came: the values of the test part that were to be forecast, (horizon, B), and their times."""
        starts, horizon = self._test.starts, len(self._test.targets)
        places = starts + np.arange(horizon)[:, np.newaxis]
        return self.series.values[places], self.series.times[places]

    def memories(self):
        """Return the long-term memories (cells, B) at the ends of all windows of the series, and their times (B,)."""
        inputs = np.lib.stride_tricks.sliding_window_view(self._scaled, self.length).T[:, np.newaxis]
        twin = self._twin()
        twin.predict(inputs)
        return twin.layer.C[self.length].copy(), self.series.times[self.length - 1:]

    def _twin(self):
        """Return a model with the same weights and pages of its own, so that the pages of training stay as they are."""
        return Predictor(LSTMLayer(self.model.layer.W), self.model.V)


def learn(series, epochs=EPOCHS, **settings):
    """Return a Forecaster that has learned for that many epochs; settings as it takes them."""
    forecaster = Forecaster(series, **settings)
    for _ in forecaster.learn(epochs):
        pass
    return forecaster


def baselines(series, horizon=1, period=None, changes=False):
    """Return the forecasts (horizon, B) of every baseline for the test part, by name; persistence comes first.

    period: of a cycle, for the seasonal baseline; changes: the values are changes already, such as returns: that
    nothing changes is then a forecast of 0, and the mean change before the cut is a baseline too.
    """
    cut = split_in_time(series.values).cut
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
        """'ahead' or 'behind' by more than the spread, or 'level'."""
        return "level" if abs(self.mean) <= self.spread else "ahead" if self.mean > 0 else "behind"


class Scores:
    """Forecasts of one test part, judged alike: the root of the mean squared error, and the skill against a reference.

    name: of the series; truth: (horizon, B); forecasts: for each name, (seeds, horizon, B); the first is the reference.
    """

    def __init__(self, name, truth, forecasts):
        self.name, self.horizon = name, len(truth)
        self.reference, *self.others = forecasts
        self.errors = {who: np.array([rmse(one, truth) for one in said]) for who, said in forecasts.items()}
        self.skills = {who: np.array([skill(error, self.errors[self.reference][0]) for error in errors])
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
        return {who: 1 - error / errors[self.reference] for who, error in errors.items()}

    def lead(self, who, other):
        """Return the Lead of one forecast over another; its spread is that over seeds and resamples together."""
        mean = self.skills[who].mean() - self.skills[other].mean()
        return Lead(float(mean), float(np.std(self._resampled[who] - self._resampled[other])))

    def verdict(self, who):
        """Return one sentence that says whom a forecast beats by more than the spread."""
        found = {}
        for other in self.errors:
            if other != who:
                found.setdefault(self.lead(who, other).verdict, []).append(f"'{other}'")
        words = {"ahead": "ahead of", "level": "level with", "behind": "behind"}
        parts = [f"{words[kind]} {' and '.join(found[kind])}" for kind in words if kind in found]
        return f"{who} is {', '.join(parts)}"


def judge(series, horizon=1, period=None, changes=False):
    """Return the Scores of the LSTM, over five seeds, and of every baseline, on the test part of a series.

    Arguments as in baselines.  ValueError if persistence is never wrong there: nothing could be compared with it.
    """
    others = {who: said[np.newaxis] for who, said in baselines(series, horizon, period, changes).items()}
    learned = [learn(series, horizon=horizon, seed=seed, changes=changes) for seed in SEEDS]
    truth, _ = learned[0].truth()
    return Scores(series.name, truth, {**others, LSTM: np.array([one.forecast() for one in learned])})
