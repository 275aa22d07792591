"""One unit that learns, stage by stage, on single numbers: what lesson 09 trains in front of your eyes."""
import numpy as np

from lstm_core import Gate, LSTMUnit, _a, _door, _number, _one, _sequence, unroll, unroll_backward
from lstm_layers import _kept, weight_matrix


class UnitPredictor:
    """An LSTMUnit on floats that learns: it answers with its last memory h.  parameters: its weights W (4, 3)."""
    W = _kept("W")
    unit = property(lambda self: LSTMUnit(*(Gate(*row) for row in self.W.tolist())), doc="The weights as an LSTMUnit.")

    def __init__(self, unit):
        vars(self)["W"] = weight_matrix(_a(LSTMUnit)("unit", unit))
        self.parameters = [self.W]

    def predict(self, xs):
        """Return the prediction for the sequence xs: a float, or an array where its inputs are arrays."""
        return unroll(self.unit, xs)[-1].h

    def gradient(self, xs, target):
        """Return the loss (h_T - target)^2 and its gradient, a list with one matrix (4, 3).  target: a float."""
        unit, steps = self.unit, unroll(self.unit, xs)
        error = steps[-1].h - target
        backs = unroll_backward(unit, steps, 2 * error)
        return error * error, [np.add.reduce([back.gradient for back in backs])]
    gradient = _door(gradient, self=_a(object), xs=_one(_sequence), target=_one(_number))
