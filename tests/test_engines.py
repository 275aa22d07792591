"""Lessons 00, 06 and the gradients in the other two engines of browsers: they run, and their pictures answer."""
import os
import time

import pytest
from browser import RUN_ALL, START_UP
from engines import EngineMissing, Firefox, WebKit, wait
from pages import PAGES, pictures_on

LESSONS = [path for path in PAGES if path.stem[3:] in ("start_here", "two_companies", "gradients_side_by_side")]
RUN = """jupyterapp.shell.currentWidget.context.ready
    .then(() => jupyterapp.commands.execute('notebook:run-all-cells')).then(() => { window.ran = true; }), true"""
PICTURES = "document.querySelectorAll('.live-picture')"
SENTENCE = PICTURES + "[{k}].querySelector('[role=status]').textContent"
HANDLE = PICTURES + "[{k}].querySelectorAll('.noUi-handle')[{n}]"


@pytest.fixture(scope="module", params=[Firefox, WebKit], ids=lambda engine: engine.__name__)
def engine(request, tmp_path_factory):
    """Each engine; where it is missing, a skip that says how to get it, and in CI a failure."""
    try:
        made = request.param(tmp_path_factory.mktemp("npm"))
    except EngineMissing as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(missing))
    yield made
    made.close()


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_and_its_sliders_answer(engine, lab, path):
    engine.goto(f"{lab.address}/lab/tree/notebooks/{path.name}?reset&token={lab.token}")
    wait(engine, "!!window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel", START_UP)
    engine.evaluate(RUN)
    wait(engine, "!!window.ran", RUN_ALL)
    pictures = pictures_on(path)
    wait(engine, f"{PICTURES}.length == {len(pictures)}", 30)
    for k, picture in enumerate(pictures):
        positions = dict(picture.values)
        says(engine, k, picture, positions)
        sliders = [control for control in picture.controls if hasattr(control, "step")]
        for n, control in enumerate(sliders):
            for key, position in (("End", control.high), ("Home", control.low),
                                  ("ArrowRight", round(control.low + control.step, 10))):
                engine.evaluate(HANDLE.format(k=k, n=n) + ".focus()")
                engine.press(key)
                positions[control.name] = position
                says(engine, k, picture, positions)
    assert engine.complaints() == []
    engine.evaluate("jupyterapp.serviceManager.sessions.shutdownAll()")


def says(engine, k, picture, positions):
    """Assert that a picture comes to say what the core says at these positions."""
    wanted, deadline = picture.say(**positions), time.monotonic() + 30
    while (seen := engine.evaluate(SENTENCE.format(k=k))) != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    assert seen == wanted
