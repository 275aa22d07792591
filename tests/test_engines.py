"""Lessons 00, 06 and the gradients in Firefox and WebKit, and lesson 00 in Notebook 7: they run, and answer a hand."""
import pytest
from browser import opened, outputs
from engines import firefox, webkit
from hands import handles_move, numbers, numbers_can_be_looked_into
from live import answers, becomes
from pages import PAGES, pictures_on

# pages has put the folder of `lesson` on the path.
# isort: split
from lesson.show.picture import Slider

START = next(path for path in PAGES if path.stem[3:] == "start_here")
LESSONS = [START, *(path for path in PAGES if path.stem[3:] in ("two_companies", "gradients_side_by_side"))]

# What Notebook 7 complains of by itself.
NOTEBOOK = ("Cannot read properties of undefined (reading 'schema')",)


@pytest.fixture(scope="module", params=["Firefox", "WebKit"])
def engine(request, playwright):
    """Each engine; where it is missing, a skip that says how to get it, and in CI a failure."""
    with firefox(playwright) if request.param == "Firefox" else webkit() as engine:
        yield engine


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_and_answers_a_hand(engine, lab, path):
    runs_and_answers_a_hand(engine, lab, path)


def test_lesson_00_in_notebook_7(browser, lab):
    runs_and_answers_a_hand(browser, lab, START, app="notebooks", its_own=NOTEBOOK)


def runs_and_answers_a_hand(browser, lab, path, app="lab/tree", its_own=()):
    """Run a lesson, and in each of its pictures move a slider and a handle, and look into three numbers."""
    with opened(browser, lab, path.name, app) as (page, complaints):
        said = [output for cell in outputs(page) for output in cell]
        assert said and not [output for output in said if output["output_type"] == "error"]
        pictures = pictures_on(path)
        becomes(page, lambda: page.locator(".live-picture").count(), len(pictures))
        for k, picture in enumerate(pictures):
            place, positions = page.locator(".live-picture").nth(k), picture.values
            answers(page, picture, place, positions)
            for control in [control for control in picture.controls if isinstance(control, Slider)][:1]:
                place.locator(".noUi-handle").first.press("End")
                answers(page, picture, place, {**positions, control.name: control.high})
            handles_move(page, picture, place, first=1)
            if numbers(picture):
                numbers_can_be_looked_into(page, picture, place, first=3)
        assert [complaint for complaint in complaints if complaint not in its_own] == []
