"""Lesson 06, two companies: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from answers import Case
from lesson.show.svg import DASHES, svg
from lesson.two_companies import (ask, check, companies_picture, exchange_picture, forecast, kept_and_written,
                                  quiet_runs, round_numbers, survival_picture)
from lstm_core import COMPANY_A, COMPANY_B, VIDEO_UNIT, VIDEO_UNIT_4_DIGITS, step, unroll
from pages import prose

CASES = {
    "memory_after_day_1": Case([0.498140, 0.499521, 0.5], {-0.2: "company A", 0.55: "candidate", 0.28: "short-term",
                                                           0.62: "sum", 0.91: "input gate", 0: "too low"}),
    "quiet_days": Case([4], {8: "That is the day", 3: "too low", 5: "too high"}),
    "another_day_1": Case([0.35, 0.4], {0: "Too low", 1: "Too high", 0.5: "Too high", 0.3375: "0.399. Too low",
                                        0.43: "0.605. Too high", -10: "sliders", 2: "sliders"}),
}
PAGE = prose("06_two_companies")
UNIT = VIDEO_UNIT_4_DIGITS
A, B = (unroll(UNIT, prices) for prices in (COMPANY_A, COMPANY_B))
DAY_1 = {"A": A[0], "B": B[0]}
MINUS = "\N{MINUS SIGN}"


def carried_on(c_of, h_of):
    """Return days 2 to 4 with the memories of these companies after day 1."""
    return unroll(UNIT, COMPANY_A[1:], DAY_1[c_of].c, DAY_1[h_of].h)


FORECASTS = {(c_of, h_of): carried_on(c_of, h_of)[-1].h for c_of in "AB" for h_of in "AB"}


def texts(drawing):
    """Return every text of a drawing with its place, (words, x, y)."""
    root = ET.fromstring(svg([drawing], alt=""))
    return [(element.text, float(element.get("x")), float(element.get("y"))) for element in root.iter()
            if element.tag.endswith("text")]


# ----------------------------------------------------------------------------------------------- what the page claims

def test_with_two_digits_the_forecasts_differ_by_less_than_a_hundredth():
    for four, prices in ((A, COMPANY_A), (B, COMPANY_B)):
        assert abs(unroll(VIDEO_UNIT, prices)[-1].h - four[-1].h) < 0.01
    assert "differ by less than 0.01" in PAGE


def test_the_short_term_memories_tell_them_apart_on_day_1_already():
    assert f"A's short-term memory is {A[0].h:.2f} then, and B's is {B[0].h:.2f}" in PAGE


def test_both_wires_carry_the_news_of_day_1():
    low, high = FORECASTS["A", "A"], FORECASTS["B", "B"]
    assert f"between {low:.3f} and {high:.3f}" in PAGE
    assert f"{FORECASTS['B', 'A']:.3f} with $c$ of B and $h$ of A, {FORECASTS['A', 'B']:.3f} with $c$ of A" in PAGE
    assert low < FORECASTS["A", "B"] < high and low < FORECASTS["B", "A"] < high
    said = ask.all["news_of_day_1"][1]
    assert f"to {FORECASTS['A', 'B']:.2f}" in said["c alone"] and f"to {FORECASTS['B', 'A']:.2f}" in said["h alone"]


def test_the_memories_move_apart_and_most_of_that_was_written():
    gaps = [b.c - a.c for a, b in zip(A, B)]
    assert [f"{gap:.2f}" for gap in gaps] == ["0.70", "1.12", "1.81", "2.40"]
    kept_a, kept_b = (run[0].c * np.prod([s.forget.f for s in run[1:]]) for run in (A, B))
    assert f"of the difference {gaps[0]:.2f}, they leave {kept_b - kept_a:.2f}" in PAGE
    assert f"The rest of the {gaps[3]:.2f}, which is {gaps[3] - (kept_b - kept_a):.2f}, was written" in PAGE
    assert kept_b / B[0].c > 0.5 and kept_a / A[0].c > 0.5, "the forget gates keep most of it"


def test_what_is_written_depends_on_the_short_term_memory_and_the_price_alone():
    for h in "AB":
        first, second = (carried_on(c, h)[0].input.added for c in "AB")
        assert first == second
    assert carried_on("A", "A")[0].input.added != carried_on("A", "B")[0].input.added
    for gate in (UNIT.forget, UNIT.input, UNIT.candidate, UNIT.output):
        assert gate.w != 0, "every gate and the candidate look at h"
    assert "every gate and the candidate look at $h$" in PAGE


@pytest.mark.parametrize("owner", [A, B], ids="AB")
def test_with_the_same_short_term_memory_every_day_the_long_term_memories_would_come_closer(owner):
    """That is why the page gives h as the reason for their moving apart."""
    a, b = A[0].c, B[0].c
    gaps = [b - a]
    for before, day in zip(owner, owner[1:]):
        a, b = (step(UNIT, c, before.h, day.x).c for c in (a, b))
        gaps.append(b - a)
    assert all(np.diff(gaps) < 0)


@pytest.mark.parametrize("price, apart", [(0, True), (0.3, True), (0.35, False), (0.5, False)])
def test_where_it_tips_over(price, apart):
    a, b = (run[-1].h for run in quiet_runs(0, 1, 0.5, 0.25, 1, 40, price).values())
    assert (b - a > 1) == apart and (abs(b - a) < 0.001) != apart
    assert "between a price of 0.3 and 0.35" in PAGE


def test_at_price_0_they_stay_apart_for_as_long_as_you_like():
    a, b = quiet_runs(0, 1, 0.5, 0.25, 1, 3000, 0).values()
    assert f"comes to rest at {a[-1].c:.2f}" in PAGE and abs(a[40].c - a[-1].c) < 0.001
    assert f"rising to {b[43].c:.2f} on day 44" in PAGE and all(np.diff([s.c for s in b[:44]]) > 0)
    assert all(t.h - s.h > 0.4 and t.c - s.c > 0.7 for s, t in zip(a, b))
    assert "With the prices of the two companies and quiet days at price 0, both memories tell them apart" in PAGE
    # It takes these prices: with another first day of B nothing is left of it.
    a, b = (run[-1] for run in quiet_runs(0, 0.2, 0.5, 0.25, 1, 40, 0).values())
    assert abs(a.c - b.c) < 1e-5 and abs(a.h - b.h) < 1e-5
    # With the first days swapped, A and B are, too: so the page has the switch set back first.
    swapped, plain = (quiet_runs(0, 1, 0.5, 0.25, 1, 40, 0, swap) for swap in (True, False))
    assert swapped["A"] == plain["B"]
    assert "Then untick it, set the prices back, and add **quiet days**, up to 40" in PAGE


def test_at_price_one_half_the_memory_knows_and_the_output_no_longer_shows_it():
    a, b = (run[-1] for run in quiet_runs(0, 1, 0.5, 0.25, 1, 10, 0.5).values())
    assert f"{a.h:.2f}" == f"{b.h:.2f}" == "0.99" and f"{a.c:.2f} and {b.c:.2f}: the memory knows" in PAGE


def test_the_answer_about_quiet_days_does_not_hang_on_the_digits_of_the_weights():
    for unit in (VIDEO_UNIT, UNIT):
        run = unroll(unit, [0, 0.5, 0.25, 1] + 6 * [0.5])
        assert [s.h > 0.7 for s in run[4:]] == [False, False, False, True, True, True]


def test_the_forecast_rises_with_the_price_on_day_1():
    assert all(np.diff([forecast(price) for price in np.linspace(0, 1, 201)]) > 0)


# ------------------------------------------------------------------------------------------------- what pictures say

def test_a_day_shows_its_share_and_says_it():
    picture = companies_picture()
    for day in (1, 2, 3, 4):
        words = [word for word, _, _ in texts(picture.draw(day=day))]
        assert words.count("keeps") == 2 * day
        for run in (A, B):
            kept = f"{100 * run[day - 1].forget.f:.1f}\N{NO-BREAK SPACE}%"
            assert kept in words and kept in picture.say(day=day)


@pytest.mark.parametrize("exchange_c", [False, True])
@pytest.mark.parametrize("exchange_h", [False, True])
def test_exchanging_wires_tells_the_truth(exchange_c, exchange_h):
    picture, values = exchange_picture(), dict(exchange_c=exchange_c, exchange_h=exchange_h)
    a, b = (FORECASTS["AB"[other ^ exchange_c], "AB"[other ^ exchange_h]] for other in (0, 1))
    assert f"the forecasts are {a:.3f} for A and {b:.3f} for B." in picture.say(**values)
    words = [word for word, _, _ in texts(picture.draw(**values))]
    assert all(f"{value:.3f}" in words for value in FORECASTS.values())
    ends = [carried_on("AB"[other ^ exchange_c], "AB"[other ^ exchange_h])[-1].c for other in (0, 1)]
    for end in ends:
        assert f" is {end:.2f}:" in picture.say(**values)


@pytest.mark.parametrize("c_of, h_of", FORECASTS)
def test_the_two_parts_of_a_memory(c_of, h_of):
    """What is kept is what another memory on day 1 would change, with all gates as they are."""
    run = carried_on(c_of, h_of)
    kept, written = kept_and_written(DAY_1[c_of].c, run)
    assert kept + written == pytest.approx([DAY_1[c_of].c, *(s.c for s in run)])
    product = np.cumprod([1, *(s.forget.f for s in run)])
    assert kept == pytest.approx(DAY_1[c_of].c * product) and written[0] == 0
    total = 0.0
    for s, part in zip(run, written[1:]):
        total = total * s.forget.f + s.input.added
        assert part == pytest.approx(total)


def test_company_a_is_solid_and_company_b_is_dashed():
    assert DASHES["A"] == "" != DASHES["B"]
    body = survival_picture().draw(**survival_picture().values).body
    a, b = re.findall(r'<polyline points="([^"]+)"[^>]*stroke="#009E73"[^>]*?( stroke-dasharray="[^"]+")?/>', body)
    assert (a[1], b[1]) == ("", f' stroke-dasharray="{DASHES["B"]}"')
    assert float(a[0].split(",")[-1]) > float(b[0].split(",")[-1]), "A ends below B"


ORDERS = [dict(), dict(first_a=1, first_b=0, quiet=4, quiet_price=0.5), dict(swap=True), dict(first_a=1),
          dict(quiet=40)]


@pytest.mark.parametrize("moved", ORDERS)
def test_each_name_stands_at_the_end_of_its_own_line_and_none_on_the_other(moved):
    picture = survival_picture()
    values = {**picture.values, **moved}
    a, b = (run[-1] for run in quiet_runs(**values).values())
    named = [(word, x, y) for word, x, y in texts(picture.draw(**values)) if re.match(r"[AB] ", word)]
    for numbers, right in (((a.c, b.c), False), ((a.h, b.h), True)):
        (wa, xa, ya), (wb, xb, yb) = sorted(label for label in named if (label[1] > 700) == right)
        assert (wa[2:], wb[2:]) == tuple(f"{n:.2f}".replace("-", MINUS) for n in numbers)
        assert xa == xb and abs(ya - yb) >= 18, "names do not lie on each other"
        if numbers[0] != numbers[1]:
            assert (ya < yb) == (numbers[0] > numbers[1]), "the higher line has the higher name"


@pytest.mark.parametrize("quiet", [0, 3, 10, 40])
def test_the_axes_fit_what_is_shown(quiet):
    """Every line goes from the left edge to the right one, and fills most of the height together with the other."""
    picture = survival_picture()
    body = picture.draw(**{**picture.values, "quiet": quiet}).body
    for colour, left in (("#009E73", 330), ("#CC79A7", 675)):
        lines = re.findall(rf'<polyline points="([^"]+)" fill="none" stroke="{colour}"', body)
        points = np.array([[float(n) for n in point.split(",")] for line in lines for point in line.split()])
        assert points[:, 0].min() == left and points[:, 0].max() == left + 225
        assert np.ptp(points[:, 1]) > 0.85 * 250


def test_round_numbers():
    assert round_numbers(-1.5, 9.6, 6) == [0, 2, 4, 6, 8]
    assert round_numbers(-0.5, 2.5, 4) == [0, 1, 2] and round_numbers(-0.5, 1.05, 4) == [-0.5, 0, 0.5, 1]


def test_companies_without_a_difference_are_not_said_to_differ():
    picture = survival_picture()
    same = picture.say(**{**picture.values, "first_a": 1})
    assert "Only day 1" not in same and "Day 1 was the same for both" in same
    assert "Only day 1 was different" in picture.say(**picture.values)


@pytest.mark.parametrize("price", [0.34, 0.42])
def test_an_undecided_price_is_accepted_up_to_its_ends(price):
    assert 0.4 <= forecast(price) <= 0.6 and check.another_day_1.reply(price).startswith("Right")


def test_an_undecided_price_is_found_in_the_picture_without_quiet_days_and_not_with_ten():
    prices = [k / 20 for k in range(21)]
    undecided = {days: [price for price in prices
                        if 0.4 <= quiet_runs(price, 1, 0.5, 0.25, 1, days, 0)["A"][-1].h <= 0.6] for days in (0, 10)}
    assert undecided == {0: [0.35, 0.4], 10: []} and survival_picture().values["quiet"] == 10
    assert "Set **quiet days** to 0. Find a price on day 1" in PAGE
