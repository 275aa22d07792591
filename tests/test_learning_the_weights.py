"""Lesson 08, learning the weights: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import numpy as np

from answers import Case, raises

CASES = {
    "output_slope": Case([0.99451, 0.9945], {0.9917: "tanh(c) is multiplied with", 0.0082: "one step further",
                                             2: "new one", 0.5: "too low"}),
    "forget_slope": Case([1.5], {6: "That is df", 3: "f alone", 0.5: "which is 3", 1: "That is dc", 9: "too high"}),
    "my_output_slope": Case(
        [lambda dh, o, tanh_c: dh * tanh_c * o * (1 - o), lambda dh, o, t: np.float64(dh * o * t * (1 - o))],
        {lambda dh, o, tanh_c: dh * tanh_c: "That is do", lambda dh, o, tanh_c: dh * o * (1 - o): "tanh_c is missing",
         lambda dh, o, tanh_c: dh * tanh_c * (1 - o * o): "slope of tanh", lambda dh, o, tanh_c: 0: "yours gives 0",
         lambda dh, o, tanh_c: None: "yours gives None", raises: "TypeError"}),
    "fast_enough": Case([-1, -0.7, -1.5], {-3: "too small", 0: "jumps", -2: "off at worst"}),
}
