"""Lesson 06, two companies: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import itertools
import re
import xml.etree.ElementTree as ET

import ipywidgets as widgets
import numpy as np
import pytest

from answers import Case
from lesson.show.days import LOOKS, round_numbers
from lesson.show.svg import DASHES, svg
from lesson.two_companies import (DAYS, all_runs, ask, check, companies_picture, exchange_picture, forecast,
                                  kept_and_written, own_days_picture)
from lstm_core import COMPANY_A, COMPANY_B, VIDEO_UNIT, VIDEO_UNIT_4_DIGITS, step, unroll
from overlap import boxes, words_on_words
from pages import prose
from test_picture import parts

CASES = {
    "memory_after_day_1": Case([0.498140, 0.499521, 0.5], {-0.2: "company A", 0.55: "candidate", 0.28: "short-term",
                                                           0.62: "sum", 0.91: "input gate", 0: "too low"}),
    "quiet_days": Case([4], {8: "That is the day", 3: "too low", 5: "too high"}),
    "another_day_1": Case([0.35, 0.4], {0: "Too low", 1: "Too high", 0.5: "Too high", 0.3375: "0.399. Too low",
                                        0.43: "0.605. Too high", -10: "between 0 and 1", 2: "between 0 and 1"}),
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
    a, b = (run[-1].h for run in all_runs([], 40, price).values())
    assert (b - a > 1) == apart and (abs(b - a) < 0.001) != apart
    assert "between a price of 0.3 and 0.35" in PAGE


def test_at_price_0_they_stay_apart_for_as_long_as_you_like():
    a, b = all_runs([], 3000, 0).values()
    assert f"comes to rest at {a[-1].c:.2f}" in PAGE and abs(a[40].c - a[-1].c) < 0.001
    assert f"rising to {b[43].c:.2f} on day 44" in PAGE and all(np.diff([s.c for s in b[:44]]) > 0)
    assert all(t.h - s.h > 0.4 and t.c - s.c > 0.7 for s, t in zip(a, b))
    assert "With quiet days at price 0, both memories tell A and B apart" in PAGE
    # It takes these prices: with another first day of B nothing is left of it.
    a, _, other = (run[-1] for run in all_runs([0.2, 0.5, 0.25, 1], 40, 0).values())
    assert abs(a.c - other.c) < 1e-5 and abs(a.h - other.h) < 1e-5


def test_at_price_one_half_the_memory_knows_and_the_output_no_longer_shows_it():
    a, b = (run[-1] for run in all_runs([], 10, 0.5).values())
    assert f"{a.h:.2f}" == f"{b.h:.2f}" == "0.99" and f"{a.c:.2f} and {b.c:.2f}: the memory knows" in PAGE


def test_after_ten_quiet_days_the_long_term_memories_alone_tell_a_from_b():
    a, b = (unroll(UNIT, [*prices, *10 * [0.5]])[-1] for prices in (COMPANY_A, COMPANY_B))
    assert [f"{n:.2f}" for n in (a.h, b.h, a.c, b.c)] == ["0.99", "0.99", "6.40", "10.87"]
    _, replies = ask.all["after_quiet_days"]
    assert replies["the long-term memory alone"] == (
        "Yes: 6.40 for A and 10.87 for B. Their outputs are 0.99 and 0.99.")
    assert replies["both"].endswith(" 0.99.") and "6.40 and 10.87" in replies["neither"]


def test_the_short_term_memory_holds_the_gate_open_against_a_low_price():
    run = unroll(UNIT, [*COMPANY_B, -2, -2, -2])
    kept, h = [f"{100 * day.forget.f:.1f}" for day in run[4:]], [f"{day.h:.2f}" for day in run[3:6]]
    assert f"keep {kept[0]} %, {kept[1]} % and {kept[2]} %" in PAGE and f"falls, {', '.join(h)}, and" in PAGE
    assert f"long-term memory is {run[-1].c:.2f}; before them it was {run[3].c:.2f}" in PAGE
    alone = run[3].c * np.prod([day.forget.f for day in run[4:]])
    assert f"alone would leave {alone:.2f}" in PAGE and "about -0.2 each" in PAGE
    assert all(-0.25 < day.input.added < -0.15 for day in run[4:])
    first = step(UNIT, 0, 0, -2)
    question, replies = ask.all["a_low_price"]
    assert f"keeps {100 * first.forget.f:.1f}\N{NO-BREAK SPACE}% at" in question
    assert first.forget.f < 0.2 < 4 * first.forget.f < run[4].forget.f and first.forget.a_f < 0 < run[4].forget.a_f
    assert all(f"{kept[0]}\N{NO-BREAK SPACE}%" in reply for reply in replies.values())


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


def test_company_a_is_solid_company_b_is_dashed_and_ones_own_is_dotted():
    assert DASHES["A"] == "" and len(set(LOOKS.values())) == 3 and DASHES.items() <= LOOKS.items()
    body = own_days_picture().draw(**own_days_picture().values).body
    lines = re.findall(r'<polyline points="([^"]+)"[^>]*stroke="#009E73"[^>]*?(?: stroke-dasharray="([^"]+)")?/>', body)
    assert [dash for _, dash in lines] == [LOOKS[name] for name in ("A", "B", "yours")]
    a, b, own = (float(points.split(",")[-1]) for points, _ in lines)
    assert a > own > b, "A ends lowest, B highest"


LONGEST = ", ".join(["2", "-2"] * 6)
ORDERS = [dict(), dict(quiet=4, quiet_price=0.5), dict(quiet=40), dict(own="1"), dict(own=LONGEST),
          dict(own="0, 0.5, 0.25, 1"), dict(own=", ".join(["2"] * 12), quiet=40, quiet_price=1), dict(own="1, 0.5,"),
          dict(own="-2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2")]


@pytest.mark.parametrize("moved", ORDERS)
def test_each_name_stands_at_the_end_of_its_own_line_and_none_on_another(moved):
    picture = own_days_picture()
    values = {**picture.values, **moved}
    drawing = picture.draw(**values)
    runs = all_runs(DAYS.read(values["own"])[0], values["quiet"], values["quiet_price"])
    named = [(word, x, y) for word, x, y in texts(drawing) if re.match(r"(A|B|yours) ", word)]
    assert len(named) == 6
    for key, right in (("c", False), ("h", True)):
        labels = {word.split()[0]: (word, y) for word, x, y in named if (x > 520) == right}
        ends = {name: getattr(run[-1], key) for name, run in runs.items()}
        for name, value in ends.items():
            assert float(labels[name][0].split()[1].replace(MINUS, "-")) == pytest.approx(value, abs=0.00501)
        for one, other in itertools.combinations(ends, 2):
            assert abs(labels[one][1] - labels[other][1]) >= 18, "names do not lie on each other"
            if abs(ends[one] - ends[other]) > 1e-9:
                assert (labels[one][1] < labels[other][1]) == (ends[one] > ends[other]), "higher has higher name"
    assert words_on_words(drawing) == []
    assert all(0 <= box.left and box.right <= 1000 and box.bottom <= drawing.height for box in boxes(drawing))


@pytest.mark.parametrize("quiet", [0, 3, 10, 40])
def test_the_axes_fit_what_is_shown(quiet):
    """The lines go from the left edge to the right one, and fill most of the height together."""
    picture = own_days_picture()
    body = picture.draw(**{**picture.values, "quiet": quiet}).body
    for colour, left in (("#009E73", 70), ("#CC79A7", 545)):
        lines = re.findall(rf'<polyline points="([^"]+)" fill="none" stroke="{colour}"', body)
        points = np.array([[float(n) for n in point.split(",")] for line in lines for point in line.split()])
        assert points[:, 0].min() == left and points[:, 0].max() == left + 270
        assert np.ptp(points[:, 1]) > 0.85 * 106


@pytest.mark.parametrize("line", ["0.5, 0.5, 0.25, 1", LONGEST, "-0.3", "1 .5;\t2,  −1,"])
def test_the_days_of_ones_own_show_what_the_core_computes(line):
    prices = [float(word.replace(MINUS, "-")) for word in re.split(r"[\s,;]+", line) if word]
    picture = own_days_picture()
    drawing = picture.draw(**{**picture.values, "own": line})
    words = [word for word, _, _ in texts(drawing)]
    run = unroll(UNIT, prices)
    assert f"they are {run[-1].c:.2f} and {run[-1].h:.2f}.".replace("-", MINUS) in picture.say(
        **{**picture.values, "own": line})
    for k, day in enumerate(run, 1):
        for key, a, value in (("f", day.forget.a_f, day.forget.f), ("i", day.input.a_i, day.input.i),
                              ("o", day.output.a_o, day.output.o)):
            shown = f"{100 * value:.1f} %"
            assert re.search(rf'data-part="{key}_yours{k}"><text[^>]*>{re.escape(shown)}<', drawing.body)
            assert drawing.parts[f"{key}_yours{k}"].line.endswith(
                f"= sigmoid({a:.2f}) = {shown}".replace("-", MINUS))
        for key in "ch":
            written = f"{getattr(day, key):.2f}".replace("-", MINUS)
            assert written in words and drawing.parts[f"{key}_yours{k}"].line.endswith(f" = {written}")
        assert f'data-hold="own_{k}"' in drawing.body
    assert f'data-hold="own_{len(run) + 1}"' not in drawing.body


@pytest.mark.parametrize("line, said", [
    ("", "There is no number in your prices"), (" , ;", "There is no number"), ("0.5, zwei", "stands 'zwei', which is"),
    ("nan", "stands 'nan', which is no number"), ("1, inf", "stands 'inf', which is no number"),
    ("0,5, 0,25", "stands '5': write numbers from −2 to 2, with a point"), ("2.0001", "stands '2.0001'"),
    ("1e999", "stands '1e999', which is no number"), (", ".join(["1"] * 13), "There are 13 numbers"),
    ("<b>1</b>", "stands '<b>1</b>', which"), ("x" * 999, "stands 'xxxxxxxxxxxxxxxxxxxx', which")])
def test_a_line_that_cannot_be_read_is_answered_and_kept(line, said):
    picture = own_days_picture()
    holder, = picture._holders["own"]
    holder.value = line
    assert said in picture.say(**picture.values) and holder.value == picture.values["own"] == line
    drawing = picture.draw(**picture.values)
    assert "data-hold" not in drawing.body and len([w for w, _, _ in texts(drawing) if re.match("[AB] ", w)]) == 4
    assert words_on_words(drawing) == [] and all(box.left >= 0 and box.right <= 1000 for box in boxes(drawing))


def test_a_pulled_day_changes_its_number_alone_and_days_can_be_added_and_removed():
    picture = own_days_picture()
    holder, = picture._holders["own"]
    more, less = (next(one for one in parts(picture, widgets.Button) if one.description == words)
                  for words in ("add a day", "remove a day"))
    pull = lambda name, value, count: setattr(picture._hand, name, [value, count])
    holder.value = "0.123;1  .5,"
    pull("own_2", -1.52, 1)
    assert holder.value == "0.123;-1.5  .5,", "to the nearest step; the others stay as they were typed"
    pull("own_4", 1, 2)
    assert holder.value == "0.123;-1.5  .5,", "there is no fourth day"
    more.click()
    assert holder.value == "0.123;-1.5  .5, 0"
    pull("own_4", 9, 3)
    assert DAYS.read(holder.value)[0] == [0.123, -1.5, 0.5, 2]
    for _ in range(3):
        less.click()
    assert holder.value == "0.123" and less.disabled and not more.disabled
    for _ in range(20):
        more.click()
    assert len(DAYS.read(holder.value)[0]) == 12 and more.disabled and not less.disabled
    holder.value = "0.5, x"
    assert more.disabled and less.disabled
    pull("own_1", 1, 4)
    assert holder.value == "0.5, x", "what cannot be read is not touched"


def test_round_numbers():
    assert round_numbers(-1.5, 9.6, 6) == [0, 2, 4, 6, 8]
    assert round_numbers(-0.5, 2.5, 4) == [0, 1, 2] and round_numbers(-0.5, 1.05, 4) == [-0.5, 0, 0.5, 1]


@pytest.mark.parametrize("price", [0.34, 0.42])
def test_an_undecided_price_is_accepted_up_to_its_ends(price):
    assert 0.4 <= forecast(price) <= 0.6 and check.another_day_1.reply(price).startswith("Right")


def test_an_undecided_price_is_found_in_the_picture_without_quiet_days_and_not_with_ten():
    prices = [k / 20 for k in range(21)]
    undecided = {days: [price for price in prices
                        if 0.4 <= all_runs([price, 0.5, 0.25, 1], days, 0)["yours"][-1].h <= 0.6] for days in (0, 10)}
    assert undecided == {0: [0.35, 0.4], 10: []}
    assert DAYS.value.endswith("0.5, 0.25, 1") and own_days_picture().values["quiet"] == 0
    assert "Set **quiet days** to 0" in PAGE
