"""Forecasts of a real series: an LSTM learns from what lies before the cut, and is judged, beside baselines, after it.

Knows no widget and no picture.
"""
from typing import NamedTuple

import numpy as np

from lstm_core import Adam, LSTMLayer, Predictor, random_weights, train

from .series import autoregression, fit_autoregression, persistence, rmse, seasonal_persistence, skill, split_in_time
from .series import windows

LENGTH, CELLS, EPOCHS, RATE, BATCH, CLIP = 22, 8, 20, 0.01, 16, 1.0
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

    def memories(self):
        """Return the long-term memories (cells, B) at the ends of all windows of the series, and their times (B,)."""
        inputs = np.lib.stride_tricks.sliding_window_view(self._scaled, self.length).T[:, np.newaxis]
        twin = self._twin()
        twin.predict(inputs)
        return twin.layer.C[self.length].copy(), self.series.times[self.length - 1:]

    def _twin(self):
        """Return a model with the same weights and pages of its own, so that the pages of training stay as they are."""
        return Predictor(LSTMLayer(self.model.layer.W), self.model.V)


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
