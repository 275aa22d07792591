"""Every lesson in a real JupyterLab: run all, move every control as a hand would, compare the words with the core's.

A position is read back from the page, and what the page says there must be exactly what the picture's own say()
answers in this process.
"""
import time
from typing import NamedTuple

import pytest
from browser import opened, outputs
from pages import PAGES, shown_on

# pages has put the folder of `lesson` on the path.
# isort: split
from lesson.answer.questions import Question
from lesson.show.picture import Choice, LivePicture, Slider, Switch
from lesson.show.running import RunningPicture

PATIENCE = 30  # seconds for one answer; only a machine in trouble needs more than one


class Lesson(NamedTuple):
    """A page that has run in the browser, beside the objects that the same cells make in this process."""
    page: object
    complaints: list
    pictures: list
    questions: list


@pytest.fixture(scope="module", params=PAGES, ids=lambda path: path.stem)
def lesson(request, browser, lab):
    """Each lesson in turn, Run All done."""
    shown = shown_on(request.param)
    pictures = [value for value in shown if isinstance(value, LivePicture)]
    questions = [value for value in shown if isinstance(value, Question)]
    with opened(browser, lab, request.param.name) as (page, complaints):
        becomes(page, lambda: page.locator(".live-picture").count(), len(pictures))
        yield Lesson(page, complaints, pictures, questions)


# ------------------------------------------------------------------------------------------- reading a live picture

READ = """picture => ({
    positions: [...picture.querySelectorAll('input, select')].map(e => e.type == 'checkbox' ? e.checked : e.value),
    handles: [...picture.querySelectorAll('[role=slider]')].map(e => Number(e.getAttribute('aria-valuetext'))),
    status: [...picture.querySelectorAll('[role=status]')].map(e => e.textContent),
    alternatives: [...picture.querySelectorAll('svg[role=img]')].map(e => e.getAttribute('aria-label')),
})"""


def read(picture, place):
    """Return where the controls of a picture on the page stand, by name, where its handles do, and its words."""
    found = place.evaluate(READ)
    positions = {control.name: float(position) if isinstance(control, Slider) else position
                 for control, position in zip(picture.controls, found["positions"], strict=True)}
    return positions, [round(handle, 10) for handle in found["handles"]], found["status"], found["alternatives"]


def becomes(page, look, wanted):
    """Look until the page shows what is wanted; fail with the difference if it never does."""
    deadline = time.monotonic() + PATIENCE
    while (seen := look()) != wanted and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    assert seen == wanted


def answers(page, picture, place, positions):
    """Assert that the picture on the page comes to these positions and says there exactly what the core says."""
    handles = [positions[control.name] for control in picture.controls if isinstance(control, Slider)]
    sentence = picture.say(**positions)
    becomes(page, lambda: read(picture, place), (positions, handles, [sentence], [sentence]))


def placed(lesson):
    """Return each picture of a lesson with its place on the page."""
    return [(picture, lesson.page.locator(".live-picture").nth(k)) for k, picture in enumerate(lesson.pictures)]


def stops(picture, place):
    """Return what a hand can hold of each control: its labelled field, and for a slider the handle after it."""
    handles = iter(place.get_by_role("slider").all())
    return [(control, place.get_by_label(control.label, exact=True),
             next(handles) if isinstance(control, Slider) else None) for control in picture.controls]


# ------------------------------------------------------------------------------------------------------- the tests

def test_there_are_lessons():
    assert PAGES, "no lesson found: notebooks/[0-9]*.ipynb"


def test_every_cell_runs(lesson):
    said = [output for cell in outputs(lesson.page) for output in cell]
    assert said
    assert not [output for output in said if output["output_type"] == "error"]


def test_a_picture_at_rest_says_what_the_core_says(lesson):
    for picture, place in placed(lesson):
        answers(lesson.page, picture, place, picture.values)


def test_every_picture_has_a_text_alternative(lesson):
    for svg in lesson.page.locator(".live-picture svg").all():
        assert svg.get_attribute("aria-hidden") == "true" or svg.get_attribute("aria-label"), svg.inner_html()[:200]


def test_a_slider_moves_nothing_below(lesson):
    """From its place at rest, the picture keeps its height, however long its sentence gets."""
    for picture, place in placed(lesson):
        positions, *_ = read(picture, place)
        heights = {place.bounding_box()["height"]}
        for control, _, handle in stops(picture, place):
            for key, position in (("End", control.high), ("Home", control.low)) if handle else ():
                handle.press(key)
                positions[control.name] = position
                answers(lesson.page, picture, place, positions)
                heights.add(place.bounding_box()["height"])
        assert len(heights) == 1, f"heights {heights}: {picture.say(**positions)}"


def test_every_control_moves_its_picture(lesson):
    """Drag, type, choose, switch: each control in turn through its range, the others where they were left."""
    for picture, place in placed(lesson):
        positions, *_ = read(picture, place)
        for control, field, handle in stops(picture, place):
            count = 1 if isinstance(picture, RunningPicture) else 3  # each of its positions is a training
            for move, position in moves(control, field, handle, positions[control.name], count):
                move()
                positions[control.name] = position
                answers(lesson.page, picture, place, positions)


def moves(control, field, handle, start, count):
    """Return what a hand can do with a control, in order: each move, and the position it must lead to.

    count: how many positions between the ends are typed.
    """
    if isinstance(control, Slider):
        step = round(control.low + control.step, 10)
        typed = control.positions(count + 2)[1:-1]
        return [(lambda: handle.press("End"), control.high), (lambda: handle.press("Home"), control.low),
                (lambda: handle.press("ArrowRight"), step), *((type_into(field, value), value) for value in typed)]
    if isinstance(control, Choice):
        return [(lambda option=option: field.select_option(option), option) for option in control.options]
    return [(field.click, not start), (field.click, start)]


def type_into(field, value):
    """Return the move of typing a number and Enter."""
    def move():
        field.fill(f"{value:g}")
        field.press("Enter")
    return move


def test_play_goes_through_to_the_end(lesson):
    """One click on the play button takes a slider that has one from its lowest position to its highest."""
    for picture, place in placed(lesson):
        positions, *_ = read(picture, place)
        playing = [stop for stop in stops(picture, place) if isinstance(stop[0], Slider) and stop[0].pace]
        for (control, _, handle), buttons in zip(playing, place.locator(".widget-play").all(), strict=True):
            handle.press("Home")
            positions[control.name] = control.low
            answers(lesson.page, picture, place, positions)
            buttons.get_by_role("button").first.click()
            positions[control.name] = control.high
            answers(lesson.page, picture, place, positions)


def test_the_keyboard_alone_is_enough(lesson):
    """Tab goes through the controls in order, and a key moves the one it stands on."""
    for picture, place in placed(lesson):
        positions, *_ = read(picture, place)
        held = [(control, part) for control, field, handle in stops(picture, place)
                for part in (field, handle) if part is not None]
        for k, (control, part) in enumerate(held):
            if k == 0:
                part.focus()
            else:
                lesson.page.keyboard.press("Tab")
            assert part.evaluate("part => part === document.activeElement"), f"Tab does not reach {control.label}"
            key, positions[control.name] = nudge(control, positions[control.name])
            lesson.page.keyboard.press(key)
            answers(lesson.page, picture, place, positions)


def nudge(control, position):
    """Return a key that moves a control from here, and the position it leads to."""
    if isinstance(control, Switch):
        return "Space", not position
    if isinstance(control, Choice):
        # Not the arrows: while the list is closed JupyterLab takes them for itself and goes to the next cell.
        first, *_, last = control.options
        return ("Home", first) if position == last else ("End", last)
    key, way = ("ArrowDown", -1) if position == control.high else ("ArrowUp", 1)
    return key, round(position + way * control.step, 10)


def test_a_question_answers_every_choice(lesson):
    places = lesson.page.locator(".jp-Notebook .widget-vbox:not(.live-picture):has([role=status])")
    assert places.count() == len(lesson.questions)
    for k, question in enumerate(lesson.questions):
        place = places.nth(k)
        said = [place.get_by_role("status").text_content()]
        for answer, reply in question.replies.items():
            place.get_by_role("button", name=answer, exact=True).click()
            becomes(lesson.page, place.get_by_role("status").text_content, f"{answer}? {reply}")
            said.append(reply)
        assert len(set(said)) == len(question.replies) + 1


def test_the_browser_does_not_complain(lesson):
    """Comes last: it hears of everything the tests above did to the page."""
    assert lesson.complaints == []
