"""The unit and its slopes under a hand, in a real JupyterLab."""
import json

import pytest
from browser import opened
from hands import LINE, handle, handles_move, middle, numbers_can_be_looked_into, stands, tab_reaches_everything_once
from live import answers, becomes, read

# live has put the folder of `lesson` on the path.
# isort: split
from lesson.learning_the_weights import backward_picture
from lesson.start_here import unit_picture

SOURCE = """from lesson.learning_the_weights import backward_picture
from lesson.start_here import unit_picture
pictures = {"unit": unit_picture(), "backward": backward_picture(), "again": unit_picture()}
"""
PLACES = ("unit", "backward", "again")


@pytest.fixture(scope="module")
def hands(browser, lab):
    """A page with the unit, the unit backward, and the unit again: pictures and places by name, and the page."""
    sources = [SOURCE, *(f"pictures['{name}']" for name in PLACES)]
    cells = [{"cell_type": "code", "id": f"cell-{k}", "source": source, "metadata": {}, "outputs": [],
              "execution_count": None} for k, source in enumerate(sources)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    (lab.pages / "hands.ipynb").write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4,
                                                       "nbformat_minor": 5}), encoding="utf-8")
    with opened(browser, lab, "hands.ipynb") as (page, complaints):
        page.wait_for_function("() => document.querySelectorAll('.live-over').length == 3")
        pictures = {"unit": unit_picture(), "backward": backward_picture(), "again": unit_picture()}
        yield page, {name: (pictures[name], page.locator(".live-picture").nth(k)) for k, name in enumerate(PLACES)}
        assert complaints == []


@pytest.mark.parametrize("name", ["unit", "backward"])
def test_every_handle_can_be_held(hands, name):
    page, places = hands
    handles_move(page, *places[name])


@pytest.mark.parametrize("name", ["unit", "backward"])
def test_every_number_can_be_looked_into(hands, name):
    page, places = hands
    numbers_can_be_looked_into(page, *places[name])


def test_escape_sends_a_mouse_away_that_has_not_rested_yet(hands):
    """What it has only just come to does not speak up after Escape; the next time that it rests, it does."""
    page, places = hands
    _, place = places["unit"]
    one = handle(place, "h")
    one.focus()
    x, y = middle(page, one)
    page.mouse.move(x, y)
    page.keyboard.press("Escape")
    page.wait_for_timeout(600)
    assert place.locator(LINE).text_content() == ""
    page.mouse.move(1, 1)
    page.mouse.move(x + 1, y)
    becomes(page, lambda: place.locator(LINE).text_content() != "", True)
    page.mouse.move(1, 1)


@pytest.mark.parametrize("name", ["unit", "backward"])
def test_tab_reaches_every_handle_and_every_number_once(hands, name):
    page, places = hands
    tab_reaches_everything_once(page, *places[name])


def test_another_picture_on_the_page_is_not_disturbed(hands):
    page, places = hands
    before = read(*places["again"])
    picture, place = places["unit"]
    handle(place, "x").press("ArrowLeft")
    becomes(page, lambda: read(picture, place)[0]["x"], 0.9)
    assert read(*places["again"]) == before


def test_a_fast_drag_ends_where_the_pointer_does(hands):
    """More positions than the kernel can draw: the newest wins, and the handle ends under the pointer, even where that
    leaves the picture on its way."""
    page, places = hands
    picture, place = places["unit"]
    handle(place, "c").press("Home")
    becomes(page, lambda: read(picture, place)[0]["c"], -5.0)
    one = handle(place, "c")
    x, y = middle(page, one)
    scale = one.evaluate("one => one.ownerSVGElement.getScreenCTM().a")
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(120):
        page.mouse.move(x + 300 * scale * (step + 1) / 120, y if step < 60 else 2)
    page.mouse.up()
    positions, *_ = read(picture, place)
    answers(page, picture, place, {**positions, "c": 1.0})  # 300 of 500 picture units are 6 of 10


def test_keys_held_down_are_all_counted(hands):
    page, places = hands
    picture, place = places["unit"]
    handle(place, "x").press("Home")
    becomes(page, lambda: read(picture, place)[0]["x"], -10.0)
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    positions, *_ = read(picture, place)
    answers(page, picture, place, {**positions, "x": -6.0})


def test_one_button_brings_all_weights_back(hands):
    page, places = hands
    picture, place = places["unit"]
    for name in ("f_w", "o_b"):
        handle(place, name).press("PageUp")
    becomes(page, lambda: "2 of the weights are not the video's" in place.get_by_role("status").text_content(), True)
    place.get_by_role("button", name="the video's weights").click()
    positions = {**read(picture, place)[0], **{one.name: one.value for one in picture.controls if "_" in one.name}}
    answers(page, picture, place, positions)


def test_the_unit_plays_number_by_number_and_asks_first(hands):
    page, places = hands
    picture, place = places["unit"]
    drawing = picture.draw(**read(picture, place)[0])
    said = lambda: place.locator(".live-over p").text_content()
    seen = lambda name: place.locator(f'.live-ink [data-part="{name}"] text').first.is_visible()
    press = lambda words: place.locator(".live-hand").get_by_role("button", name=words, exact=True).click()
    for k, name in enumerate(drawing.order):
        press("next")
        if drawing.parts[name].ask:
            becomes(page, said, drawing.parts[name].ask)
            answer = place.locator(f'.live-ink [data-part="{name}"] text').first.text_content()
            assert not seen(name) and answer not in place.locator(".live-over svg").text_content()
            press("show")
        becomes(page, said, drawing.parts[name].line)
        assert [seen(one) for one in drawing.order] == [one <= k for one in range(len(drawing.order))]
        assert not place.get_by_role("status").is_visible()  # it has all the answers
    press("back")
    becomes(page, said, drawing.parts[drawing.order[-2]].line)
    press("all")
    becomes(page, said, "")
    assert all(seen(name) for name in drawing.order) and place.get_by_role("status").is_visible()
    press("play")
    becomes(page, said, drawing.parts["a_f"].line)
    becomes(page, said, drawing.parts["f"].ask)  # by itself, and there it waits
    press("all")


def test_a_finger_drags_too(hands):
    """Touch, as Chromium's own protocol sends it; the page does not scroll meanwhile."""
    page, places = hands
    picture, place = places["unit"]
    one = handle(place, "x")
    one.press("Home")
    becomes(page, lambda: read(picture, place)[0]["x"], -10.0)
    x, y = middle(page, one)
    top = place.bounding_box()["y"]
    session = page.context.new_cdp_session(page)
    touch = lambda kind, *points: session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})
    touch("touchStart", {"x": x, "y": y})
    for step in range(1, 9):
        touch("touchMove", {"x": x + 20 * step, "y": y + 9 * step})
    touch("touchEnd")
    control = next(one for one in picture.controls if one.name == "x")
    assert stands(page, place, control) > -9
    assert place.bounding_box()["y"] == top
    answers(page, picture, place, {**read(picture, place)[0]})
