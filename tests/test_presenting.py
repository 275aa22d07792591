"""Every slide as jupyterlab-slideshow presents it in JupyterLab: sliders move, nothing overflows, nothing is small."""
import re

import pytest
from browser import opened
from pages import NOTEBOOKS

# The whole unit, the tallest pictures, the longest sentences, one of each kind of control.
LESSONS = ["05_output_gate", "06_two_companies", "08_learning_the_weights", "10_real_series"]
WIDTH, HEIGHT, SMALLEST = 1280, 720, 18

# Goes through all slides, and returns what each holds: its edges, its sizes of letters, and what cuts something off.
SLIDES = """async () => {
    const notebook = jupyterapp.shell.currentWidget.content, slides = [];
    for (let last = -1; last != notebook.activeCellIndex;) {
        last = notebook.activeCellIndex;
        for (let k = 0; k < 2; k++) await new Promise(requestAnimationFrame);
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
GO_TO_A_SLIDER = """() => {
    const notebook = jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = notebook.widgets.findIndex(cell => cell.node.querySelector('.noUi-handle'));
}"""


@pytest.fixture(params=LESSONS)
def presented(request, browser, lab):
    """A lesson that has run and is being presented, on a screen of 1280 x 720."""
    with opened(browser, lab, f"{request.param}.ipynb") as (page, _):
        page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }")
        page.evaluate("() => jupyterapp.commands.execute('deck:start')")
        page.wait_for_selector(".jp-Deck .jp-NotebookPanel-toolbar", state="hidden")  # slides.css has arrived
        yield page
        page.evaluate("() => jupyterapp.commands.execute('deck:stop')")  # or the next page would open presenting


def test_live_slides(presented):
    """Nothing overflows, nothing is cut off, no letter is small; then a slider is dragged, and the sentence follows."""
    slides = presented.evaluate(SLIDES)
    assert len(slides) > 9
    for slide in slides:
        edges = [slide[side] for side in ("left", "top", "right", "bottom")]
        assert min(edges[:2]) >= 0 and edges[2] <= WIDTH and edges[3] <= HEIGHT, (edges, slide["cell"])
        assert slide["cut"] == [], slide["cell"]
        assert slide["letters"] and [one for one in slide["letters"] if one[0] < SMALLEST] == [], slide["cell"]

    presented.evaluate(GO_TO_A_SLIDER)
    sentence = presented.locator(".jp-deck-mod-visible .live-picture [role=status]")
    before = sentence.inner_text()
    handle = presented.locator(".jp-deck-mod-visible .noUi-handle").first.bounding_box()
    presented.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    presented.mouse.down()
    presented.mouse.move(handle["x"] - 30, handle["y"], steps=4)
    presented.mouse.up()
    presented.wait_for_function("before => document.querySelector('.jp-deck-mod-visible .live-picture [role=status]')"
                                ".innerText != before", arg=before)


def test_the_style_is_for_slides_only():
    """Each rule of slides.css begins with the class that a notebook has while it is presented."""
    style = (NOTEBOOKS / "lesson/show/slides.css").read_text(encoding="utf-8")
    rules = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    selectors = [rule.split("{")[0].strip() for rule in rules.split("}") if rule.strip()]
    assert selectors and all(re.match(r"\.jp-Deck\b", selector) and "," not in re.sub(r"\(.*?\)", "", selector)
                             for selector in selectors)
