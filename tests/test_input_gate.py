"""Lesson 04, input gate: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
from answers import Case

CASES = {
    "new_long_term": Case([2.947567, 2.95, 2.96], {0.95: "1.99", 4.02: "tanh", 1.99: "too low"}),
    "candidate_sum": Case([1.56], {1.88: "left out", 2.20: "negative", 1.325: "swapped", 3.445: "input gate"}),
    "largest_addition": Case([1], {0.95: "at rest", 2: "multiplied", 0.5: "too low"}),
}
