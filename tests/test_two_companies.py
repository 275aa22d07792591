"""Lesson 06, two companies: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
from answers import Case

CASES = {
    "memory_after_day_1": Case([0.499521, 0.5], {-0.2: "company A", 0.55: "candidate", 0.28: "short-term"}),
    "quiet_days": Case([3], {7: "That is the day", 2: "too low", 4: "too high"}),
    "another_day_1": Case([0.35, 0.4], {0: "Too low", 1: "Too high", 0.5: "Too high"}),
}
