"""Lesson 02, sigmoid and tanh: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import math

import numpy as np

from answers import Case, raises

CASES = {
    "sigmoid_of_zero": Case([0.5], {0: "tanh(0)", 1: "e^0 is 1", 0.9: "too high"}),
    "tanh_of_minus_two": Case([-0.964028, -0.96], {0.96: "sign", 0.12: "sigmoid(-2)", -0.5: "too high"}),
    "my_sigmoid": Case(
        [lambda a: 1 / (1 + math.exp(-a)), lambda a: 1 / (1 + np.exp(-a)), lambda a: math.exp(a) / (1 + math.exp(a))],
        {lambda a: 1 / (1 + math.exp(a)): "sign of the exponent", math.tanh: "yours gives",
         lambda a: None: "yours gives None", raises: "RuntimeError: oops", lambda: 0.5: "TypeError",
         lambda a: "0.5": "yours gives '0.5'"}),
}
