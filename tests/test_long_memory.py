"""Lesson 09, long memory: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import numpy as np

from answers import WORKED, Case
from lstm_layers import LSTMLayer, Predictor

CASES = {
    "marked_sum": Case([0.55], {0.2: "0.5 + sum / 4", 0.05: "still missing", 0.7: "sign", 0.6: "divides by 4"}),
    "squared_criterion": Case([0.0016], {0.04: "Square it", 0.2: "root", 0.08: "not 0.04 plus", 0.001: "too low"}),
    "bias_for_a_hundred": Case([5], {4: "Nearly", 1: "nothing is left", 6: "smaller one", 3: "too low"}),
    "temporal_order": Case([WORKED], {Predictor(LSTMLayer(np.ones((32, 17))), np.ones((4, 9))): "guessing",
                                      Predictor(LSTMLayer(np.ones((32, 11))), np.ones((4, 9))): "8 inputs",
                                      Predictor(LSTMLayer(np.ones((32, 17)))): "4 outputs"}),
}
