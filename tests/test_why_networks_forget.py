"""Lesson 01, why networks forget: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
from answers import Case

CASES = {
    "links_between": Case([49], {50: "number of inputs", 51: "fewer", 2: "too low"}),
    "below_a_thousandth": Case([10], {9: "0.001953", 500: "multiplies", 11: "too high"}),
    "a_factor_that_explodes": Case([10.5, 30, 1000], {1: "larger factor", 9.9: "larger factor", 0.1: "larger factor"}),
}
