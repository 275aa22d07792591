"""Lesson 00, start here: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
from answers import Case

CASES = {
    "read_the_output": Case([0.986229, 0.99, 0.98], {2.95: "upper line", 1: "comes in", 0.5: "too low"}),
    "make_it_forget": Case([-6, -10, -5.7], {1: "99.7", 0: "further to the left", -5: "too much"}),
}
