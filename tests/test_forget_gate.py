"""Lesson 03, forget gate: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
from answers import Case

CASES = {
    "forget_sum": Case([-11.98], {-13.6: "left out", -23.75: "swapped", 20.62: "sign", 0.000006: "gate already"}),
    "keep_half": Case([-0.993865, -0.99, -1], {0: "Too much", -2: "Too little", 1: "Too much"}),
    "kept_memory": Case([-2.992203, -2.99], {2.99: "sign", 1.99: "here it is -3", 0.997: "That is the share"}),
}
