"""Lesson 05, output gate: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import numpy as np

from answers import Case

CASES = {
    "new_short_term": Case([0.986229, 0.99, 0.98], {2.92: "goes through tanh", 1.99: "multiplied", 2.95: "stage 3"}),
    "output_gate_at_minus_one": Case([0.018345, 0.02], {0.99: "for a short-term memory of 1", -3.98: "the sum",
                                                        0.0103: "bias"}),
    "hidden_memory": Case([(-1, 1), [-1, 2.5], (np.float64(-0.9), np.int64(5))],
                          {(1, 1): "shows too much", (-1, -1): "forgets too much", (0, 20): "sliders"}),
}
