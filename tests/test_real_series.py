"""Lesson 10, real series: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import numpy as np

from answers import Case, raises

CASES = {
    "skill_of_a_forecast": Case([0.25], {0.75: "left", 0.33: "divided by the forecast's", -0.33: "swapped",
                                         10: "As a share", 25: "0.25", 0.5: "too high"}),
    "training_windows": Case([225], {247: "no full window", 287: "for judging", 226: "a year, too", 224: "Both count",
                                     22: "too low"}),
    "my_scale": Case(
        [lambda v, cut: (v - v[:cut].mean()) / v[:cut].std(),
         lambda v, cut: (v - np.mean(v[:cut])) / np.std(v[:cut], ddof=1),
         lambda v, cut: [(one - v[:cut].mean()) / v[:cut].std() for one in v]],
        {lambda v, cut: (v - v.mean()) / v.std(): "leaks in", lambda v, cut: v: "has mean",
         lambda v, cut: v[:cut]: "the shape (30,)", lambda v, cut: v - v[:cut].mean(): "wanted are 0 and 1",
         lambda v, cut: np.append(*((part - part.mean()) / part.std() for part in (v[:cut], v[cut:]))): "same numbers",
         lambda v: v: "TypeError", lambda v, cut: "no": "numbers are wanted", raises: "TypeError"}),
}
