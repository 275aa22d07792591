"""Lesson 07, gradients side by side: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
from answers import Case

CASES = {
    "weight_that_carries": Case([1], {0: "nothing", 0.5: "halves", 2: "doubles"}),
    "steps_to_a_hundredth": Case([15], {14: "0.0125", 50: "too high", 7: "too low"}),
    "keep_half_of_the_gradient": Case([4.7, 4.75], {1: "Too little", 8: "Too much", 1.62: "Too little"}),
}
