"""Every lesson in a real JupyterLab, run once for all that is asked of it there.

At rest it is presented; then every control is moved as a hand would, and the words are compared with the core's; then
every exercise is tried, and axe looks at it, light and dark.  The order of the tests is the order of that visit.
"""
from typing import NamedTuple

import pytest
from axe import AXE, OURS, WORDS, faint, violations
from browser import opened, outputs
from fonts import FAMILIES, choose
from live import answers, becomes, moves, nudge, put, read, sliders, stopped, stops
from pages import PAGES, shown_on

# pages has put the folder of `lesson` on the path.
# isort: split
from lesson.answer.questions import Question
from lesson.show.picture import Choice, Held, LivePicture, Slider, Switch
from lesson.show.row import Entry, Row
from lesson.show.running import RunningPicture


class Lesson(NamedTuple):
    """A page that has run in the browser, beside the objects that the same cells make in this process."""
    page: object
    complaints: list
    pictures: list
    questions: list

    @property
    def placed(self):
        """Each picture with its place on the page."""
        return [(picture, self.page.locator(".live-picture").nth(k)) for k, picture in enumerate(self.pictures)]


@pytest.fixture(scope="module", params=PAGES, ids=lambda path: path.stem)
def lesson(request, browser, lab):
    """Each lesson in turn, Run All done."""
    shown = shown_on(request.param)
    pictures = [value for value in shown if isinstance(value, LivePicture)]
    questions = [value for value in shown if isinstance(value, Question)]
    with opened(browser, lab, request.param.name) as (page, complaints):
        becomes(page, lambda: page.locator(".live-picture").count(), len(pictures))
        yield Lesson(page, complaints, pictures, questions)


# ---------------------------------------------------------------------------------------------- as it comes up

def test_there_are_lessons():
    assert PAGES, "no lesson found: notebooks/[0-9]*.ipynb"


def test_every_cell_runs(lesson):
    said = [output for cell in outputs(lesson.page) for output in cell]
    assert said
    assert not [output for output in said if output["output_type"] == "error"]


def test_a_picture_at_rest_says_what_the_core_says(lesson):
    for picture, place in lesson.placed:
        answers(lesson.page, picture, place, picture.values)


def test_every_picture_has_a_text_alternative(lesson):
    for svg in lesson.page.locator(".live-picture svg").all():
        assert svg.get_attribute("aria-hidden") == "true" or svg.get_attribute("aria-label"), svg.inner_html()[:200]


# --------------------------------------------------------------------------------------------------- presented

WIDTH, HEIGHT, SMALLEST = 1280, 720, 18

# Goes through all slides, and returns what each holds: its edges, its sizes of letters, and what cuts something off.
SLIDES = """async () => {
    const notebook = jupyterapp.shell.currentWidget.content, slides = [];
    for (let last = -1; last != notebook.activeCellIndex;) {
        last = notebook.activeCellIndex;
        const edges = () => [...notebook.node.querySelectorAll('.jp-deck-mod-onscreen, .jp-deck-mod-onscreen svg')]
            .map(part => JSON.stringify(part.getBoundingClientRect())).join();
        for (let before; before != (before = edges());)  // until it has settled
            for (let k = 0; k < 3; k++) await new Promise(requestAnimationFrame);
        const boxes = [], letters = [], cut = [];
        for (const part of notebook.node.querySelectorAll('.jp-WindowedPanel-outer, .jp-deck-mod-onscreen *')) {
            const box = part.getBoundingClientRect(), style = getComputedStyle(part);
            // MathJax hides a copy for screen readers; an editor has layers without letters.
            if (!part.checkVisibility({visibilityProperty: true}) || !box.width || !box.height
                || part.closest('mjx-assistive-mml, .cm-layer')) continue;
            boxes.push(box);
            const holds = style.overflow != 'visible' || part.matches('.widget-text');  // a slider stands beside it
            if (holds && (part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1))
                cut.push(part.className);
            const texts = [...part.childNodes].filter(node => node.nodeType == 3 && node.data.trim());
            const scale = part.ownerSVGElement ? Math.hypot(part.getScreenCTM().a, part.getScreenCTM().b) : 1;
            if (texts.length || part.matches('input, select, mjx-c'))
                letters.push([scale * parseFloat(style.fontSize), part.textContent]);
        }
        slides.push({cell: last, letters, cut, left: Math.min(...boxes.map(b => b.left)),
                     top: Math.min(...boxes.map(b => b.top)), right: Math.max(...boxes.map(b => b.right)),
                     bottom: Math.max(...boxes.map(b => b.bottom))});
        await jupyterapp.commands.execute('deck:go', {direction: 'down', alternate: 'forward'});
    }
    return slides;
}"""
GO_TO = """wanted => {
    const notebook = jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = notebook.widgets.findIndex(cell => cell.node.querySelector(wanted));
}"""
FIELD = ".jp-deck-mod-visible .live-picture input[type=number]"  # which the kernel sets when its slider moves


@pytest.fixture
def presented(lesson):
    """The lesson at rest as jupyterlab-slideshow presents it, on a screen of 1280 x 720."""
    page = lesson.page
    before = page.viewport_size
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }")
    page.evaluate("() => jupyterapp.commands.execute('deck:start')")
    page.wait_for_selector(".jp-Deck .jp-NotebookPanel-toolbar", state="hidden")  # slides.css has arrived
    yield page
    page.evaluate("() => jupyterapp.commands.execute('deck:stop')")  # or the next page would open presenting
    page.set_viewport_size(before)
    choose(page, None)


def test_live_slides(presented, subtests):
    """Nothing overflows, nothing is cut off, no letter is small, in each family of fonts; then a slider is dragged."""
    for family in FAMILIES:
        with subtests.test(family):
            choose(presented, family)
            presented.evaluate(GO_TO, "h1")
            slides = presented.evaluate(SLIDES)
            assert len(slides) > 9
            for slide in slides:
                edges = [slide[side] for side in ("left", "top", "right", "bottom")]
                assert min(edges[:2]) >= 0 and edges[2] <= WIDTH and edges[3] <= HEIGHT, (edges, slide["cell"])
                assert slide["cut"] == [], slide["cell"]
                assert slide["letters"] and [one for one in slide["letters"] if one[0] < SMALLEST] == [], slide["cell"]

    presented.evaluate(GO_TO, ".noUi-handle")
    before = presented.locator(FIELD).first.input_value()
    drag_to_the_other_side(presented, presented.locator(".jp-deck-mod-visible .noUi-target").first)
    presented.wait_for_function("([field, before]) => document.querySelector(field).value != before",
                                arg=[FIELD, before])


def drag_to_the_other_side(page, slider):
    """Drag the handle of a slider from its half of the range into the other."""
    track, handle = slider.bounding_box(), slider.locator(".noUi-handle").bounding_box()
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"] * (0.75 if x < track["x"] + track["width"] / 2 else 0.25), y, steps=4)
    page.mouse.up()


# -------------------------------------------------------------------------------------------------- under a hand

def at_once(lesson):
    """Return each picture that answers at once, with its place; each position of the others is a training."""
    return [pair for pair in lesson.placed if not isinstance(pair[0], RunningPicture)]


def test_every_control_moves_its_picture_and_nothing_below(lesson):
    """Keys, typing, choosing, switching: each control in turn through its range, the others where they were left.

    While a slider moves, the picture keeps its height, however long its sentence gets.
    """
    for picture, place in at_once(lesson):
        positions = read(picture, place).positions
        for control, field, handle in stops(picture, place):
            heights = {place.bounding_box()["height"]}
            for move, position in moves(control, field, handle, positions[control.name]):
                move()
                positions[control.name] = position
                answers(lesson.page, picture, place, positions)
                heights.add(place.bounding_box()["height"])
            assert len(heights) == 1 or not isinstance(control, Slider), f"{heights}: {picture.say(**positions)}"


def test_play_goes_through_to_the_end(lesson):
    """One click on the play button takes a slider that has one from its lowest position to its highest."""
    for picture, place in lesson.placed:
        positions = read(picture, place).positions
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
    for picture, place in lesson.placed:
        positions = read(picture, place).positions
        held = [(control, part) for control, field, handle in stops(picture, place)
                for part in (field, handle) if part is not None]
        for k, (control, part) in enumerate(held):
            if k == 0:
                part.focus()
            else:
                lesson.page.keyboard.press("Tab")
            while lesson.page.evaluate("document.activeElement.matches('button')"):
                lesson.page.keyboard.press("Tab")  # past what plays a slider, or makes a row longer
            assert part.evaluate("part => part === document.activeElement"), f"Tab does not reach {control.label}"
            key, positions[control.name] = nudge(control, positions[control.name])
            lesson.page.keyboard.press(key)
            moved(lesson.page, picture, place, positions)


def moved(page, picture, place, positions):
    """Assert that the controls stand there, and that the picture says so; one that takes a moment begins anew."""
    if isinstance(picture, RunningPicture):
        becomes(page, lambda: read(picture, place)[:3], (positions, sliders(picture, positions), {}))
    else:
        answers(page, picture, place, positions)


def test_every_control_of_a_training_begins_it_anew_and_stop_stops_it(lesson):
    """At rest the finished run was compared; its other positions are, in test_show_running.py, without a browser.

    Here each move of each control is followed by a look at a run that is stopped on its way, and says what it has.
    """
    for picture, place in [pair for pair in lesson.placed if isinstance(pair[0], RunningPicture)]:
        positions = read(picture, place).positions
        for control, field, handle in stops(picture, place):
            for move, position in moves(control, field, handle, positions[control.name]):
                move()
                positions[control.name] = position
                moved(lesson.page, picture, place, positions)
        for control, _, handle in stops(picture, place):
            if handle:  # the longest run there is: another may be over before it is stopped
                handle.press("End")
                positions[control.name] = control.high
        moved(lesson.page, picture, place, positions)
        far = stopped(lesson.page, picture, place, positions, "Train again")
        stopped(lesson.page, picture, place, positions, "Go on", far)


def test_every_handle_in_a_picture_answers_to_its_keys(lesson):
    """Both ends of its range, and back to where it began; of a row, whose numbers are all alike, first and last."""
    for picture, place in at_once(lesson):
        positions = read(picture, place).positions
        names = place.locator(".live-ink [data-hold]").evaluate_all("all => all.map(one => one.dataset.hold)")
        rows = [name.rpartition("_")[0] for name in names]
        for k, name in enumerate(names):
            control = picture._handles[name]
            if isinstance(control, Entry) and rows[k - 1:k + 2] == 3 * [control.row.name]:
                continue
            for key, position in (("End", control.high), ("Home", control.low), ("Backspace", control.value)):
                place.locator(f".live-ink [data-hold='{name}']").press(key)
                positions = put(positions, control, position)
                answers(lesson.page, picture, place, positions)


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


# --------------------------------------------------------------------------- with every exercise tried, to axe

TRY = """async () => {
    const notebook = jupyterapp.shell.currentWidget.content;
    for (const [k, {model}] of notebook.widgets.entries()) {
        if (model.type != 'code' || !model.sharedModel.source.includes('(...)')) continue;
        model.sharedModel.setSource(model.sharedModel.source.replace('(...)', '(0)'));
        notebook.activeCellIndex = k;
        await jupyterapp.commands.execute('notebook:run-cell');
    }
    document.querySelectorAll('details').forEach(part => { part.open = true; });
}"""
PARTS = {Slider: [".noUi-handle", "input[type=number]"], Switch: ["input[type=checkbox]"], Choice: ["select"],
         Held: ["[data-hold]"], Row: ["input[type=text]"]}


@pytest.fixture(scope="module")
def tried(lesson):
    """The lesson with every exercise tried and each worked answer open, ready for axe."""
    lesson.page.evaluate(TRY)
    lesson.page.evaluate(AXE)
    return lesson


def test_everything_that_axe_has_to_see_is_there(tried):
    controls = [control for picture in tried.pictures for control in picture.controls]
    wanted = {".live-ink svg[aria-label]", "[role=status]", "details pre", ".widget-button"}
    wanted |= {part for control in controls for part in PARTS[type(control)]}
    wanted |= {".widget-play button" for control in controls if isinstance(control, Slider) and control.pace}
    wanted |= {"progress" for picture in tried.pictures if isinstance(picture, RunningPicture)}
    assert [kind for kind in wanted if not tried.page.locator(f".jp-OutputArea-output {kind}").count()] == []


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing_and_no_text_is_faint(tried, theme):
    page = tried.page
    # The names of the handles come a moment after the handles.
    page.wait_for_function("() => document.querySelectorAll('[role=slider]').length && "
                           "!document.querySelector('[role=slider]:not([aria-label])')")
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", f"JupyterLab {theme}")
    page.wait_for_function("light => document.body.dataset.jpThemeLight == light", arg=str(theme == "Light").lower())
    assert violations(page) + faint(page.evaluate(WORDS, OURS)) == []


def test_the_browser_does_not_complain(lesson):
    """Comes last: it hears of everything the tests above did to the page."""
    assert lesson.complaints == []
