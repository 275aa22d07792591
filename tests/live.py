"""A live picture on a page of the browser, read as it stands there and moved as a hand moves it.  Knows no lesson.

A position is read back from the page, and what the page says there must be exactly what the picture's own say()
answers in this process.
"""
import time
from typing import NamedTuple

# pages puts the folder of `lesson` on the path.
import pages  # noqa: F401
from lesson.show.picture import Choice, Held, Slider, Switch
from lesson.show.row import Entry, Row
from lesson.show.running import PAUSE, SLICE

PATIENCE = 30  # seconds for one answer; only a machine in trouble needs more than one
WORKING = "Training, as the bar above shows."

READ = """picture => ({
    positions: [...picture.querySelectorAll('input, select')].map(e => e.type == 'checkbox' ? e.checked : e.value),
    sliders: [...picture.querySelectorAll('.noUi-handle')].map(e => Number(e.getAttribute('aria-valuetext'))),
    held: Object.fromEntries([...picture.querySelectorAll('.live-ink [data-hold]')]
        .map(e => [e.dataset.hold, Number(e.getAttribute('aria-valuenow'))])),
    status: [...picture.querySelectorAll('[role=status]')].map(e => e.textContent),
    alternatives: [...picture.querySelectorAll('.live-ink svg')].map(e => e.getAttribute('aria-label')),
})"""


class Reading(NamedTuple):
    """What stands on the page: the position of each control by name, where its sliders stand, which handles in the
    picture stand elsewhere, its sentence and its text alternative."""
    positions: dict
    sliders: list
    astray: dict
    status: list
    alternatives: list


def read(picture, place):
    """Return the Reading of a picture on the page."""
    found = place.evaluate(READ)
    rows = iter(found["positions"])
    positions = {control.name: found["held"].get(control.name, control.value) if isinstance(control, Held) else
                 float(next(rows)) if isinstance(control, Slider) else next(rows) for control in picture.controls}
    assert list(rows) == [], "there are more fields than controls"
    entries = {one.name: value for control in picture.controls if isinstance(control, Row)
               for one, value in zip(control.entries(), control.read(positions[control.name])[0])}
    stands = positions | entries
    astray = {name: held for name, held in found["held"].items() if held != stands.get(name)}
    return Reading(positions, [round(slider, 10) for slider in found["sliders"]], astray, found["status"],
                   found["alternatives"])


def becomes(page, look, wanted):
    """Look until the page shows what is wanted; fail with the difference if it never does."""
    deadline = time.monotonic() + PATIENCE
    while (seen := look()) != wanted and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    assert seen == wanted, f"it shows {seen} and not {wanted}"


def answers(page, picture, place, positions):
    """Assert that the picture on the page comes to these positions and says there exactly what the core says."""
    sentence = picture.say(**positions)
    becomes(page, lambda: read(picture, place),
            Reading(positions, sliders(picture, positions), {}, [sentence], [sentence]))


def sliders(picture, positions):
    """Return where the sliders below a picture stand at these positions of its controls."""
    return [positions[control.name] for control in picture.controls if isinstance(control, Slider)]


def stops(picture, place):
    """Return what a hand can hold of each control beside a picture: its labelled field, and a slider's handle."""
    found = iter(place.locator(".noUi-handle").all())
    return [(control, place.get_by_label(control.label, exact=True).and_(place.locator("input, select")),
             next(found) if isinstance(control, Slider) else None)
            for control in picture.controls if not isinstance(control, Held)]


def moves(control, field, handle, start):
    """Return what a hand can do with a control, in order: each move, and the position it must lead to."""
    if isinstance(control, Slider):
        step = round(control.low + control.step, 10)
        typed = control.positions(3)[1:-1]
        return [(lambda: handle.press("End"), control.high), (lambda: handle.press("Home"), control.low),
                (lambda: handle.press("ArrowRight"), step),
                *((lambda value=value: type_into(field, f"{value:g}"), value) for value in typed)]
    if isinstance(control, Choice):
        return [(lambda option=option: field.select_option(option), option) for option in control.options]
    if isinstance(control, Row):
        return [(lambda line=line: type_into(field, line), line) for line in control.positions(3)]
    return [(field.click, not start), (field.click, start)]


def put(positions, control, position):
    """Return the positions with one of them changed; of an Entry, in the line of its row."""
    if isinstance(control, Entry):
        return {**positions, control.row.name: control.row.put(positions[control.row.name], control.k, position)}
    return {**positions, control.name: position}


def type_into(field, words):
    """Type into a field, and Enter."""
    field.fill(words)
    field.press("Enter")


def nudge(control, position):
    """Return a key that moves a control from here, and the position it leads to."""
    if isinstance(control, Switch):
        return "Space", not position
    if isinstance(control, Row):
        return "Enter", position  # a line is typed, and not moved by a key
    if isinstance(control, Choice):
        # Not the arrows: while the list is closed JupyterLab takes them for itself and goes to the next cell.
        first, *_, last = control.options
        return ("Home", first) if position == last else ("End", last)
    key, way = ("ArrowDown", -1) if position == control.high else ("ArrowUp", 1)
    return key, round(position + way * control.step, 10)


# ------------------------------------------------------------------------------------- a picture that takes a moment

def done(place):
    """Return how far the run of a picture on the page has come."""
    return int(place.locator("progress").get_attribute("value"))


def working(place):
    """Tell whether a picture on the page works."""
    return place.get_by_role("status").text_content() == WORKING


# What the page sends is answered on two threads of the kernel, each in its own order: only when every message has its
# answer, and the browser has sent the newest of the moves that waited for one, is all of it drawn.
DRAWN = """async () => {
    const {kernel} = jupyterapp.shell.currentWidget.sessionContext.session;
    const waits = () => [...kernel._futures.values()].some(({msg}) => msg.header.msg_type == 'comm_msg');
    while (waits()) await new Promise(requestAnimationFrame);
}"""

STOP = """async (picture, [start, working, before]) => {
    const button = words => [...picture.querySelectorAll('button')].find(one => one.textContent == words);
    button(start).click();
    for (const end = performance.now() + 30000; performance.now() < end; await new Promise(requestAnimationFrame)) {
        const far = picture.querySelector('progress')?.value, stop = button('Stop');
        if (picture.querySelector('[role=status]').textContent == working && far > before && stop && !stop.disabled) {
            stop.click();
            return true;
        }
    }
}"""


def pace(page, work, pause):
    """Let the kernel's runs work for so many seconds, and pause for so many, in turn."""
    code = f"import lesson.show.running\nlesson.show.running.SLICE, lesson.show.running.PAUSE = {work}, {pause}"
    page.evaluate("""code => jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
        {code, store_history: false}).done.then(() => null)""", code)


def stopped(page, picture, place, positions, start, before=0):
    """Start a run by a button, stop it further on than before, and return how far: there it says what the core says.

    The page itself looks and clicks, in one, and the run takes its time: on a busy machine a browser lags behind, and
    would stop a run that is over.
    """
    stand_still(page, place)
    pace(page, 0.01, 1)
    assert place.evaluate(STOP, [start, WORKING, before]), "it never came so far"
    becomes(page, lambda: (place.get_by_role("button", name="Go on").count(), working(place)), (1, False))
    pace(page, SLICE, PAUSE)
    said = {state.done: picture._say_state(state, **positions) for state in picture._run(**positions)}
    becomes(page, lambda: said[done(place)] == place.get_by_role("status").text_content(), True)
    assert before < done(place) < max(said)
    return done(place)


def stand_still(page, place):
    """Stop what goes on after the last move: the kernel may take two clicks at once in the other order."""
    page.evaluate(DRAWN)
    if working(place):
        place.get_by_role("button", name="Stop").evaluate("button => button.click()")  # nothing, if it is over by now
        becomes(page, lambda: working(place), False)
