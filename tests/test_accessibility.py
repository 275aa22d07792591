"""What we make, as axe-core sees it at WCAG 2.2 AA, light and dark; and what axe does not see: letters in pictures.

Looked at are the texts and the outputs of the lessons.  JupyterLab's own frame (menus, toolbars, the editors of the
cells) is not ours, and is left out.  The keyboard is tested in test_browser.py, headings in test_pages.py.
"""
import re
from base64 import b64decode
from pathlib import Path

import axe_playwright_python
import pytest
from browser import opened, running_lab
from nbconvert import HTMLExporter
from pages import PAGES

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
OURS = [".jp-MarkdownOutput", ".jp-OutputArea-output"]
LEVEL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TOGETHER = ["06_two_companies.ipynb", "08_learning_the_weights.ipynb"]  # hold one of each kind:
KINDS = {"[role=slider]", "input[type=number]", "input[type=checkbox]", "select", ".widget-play button", "progress",
         ".widget-button", "[role=status]", "svg[role=img]"}
RUN = """async ([ours, level]) => {
    // In an exported page, the colours of code and the missing line below links are those of nbconvert's stylesheet.
    const rules = {'link-in-text-block': {enabled: !!document.querySelector('#jupyter-config-data')}};
    const looked = {include: ours.map(part => [part]), exclude: [['.highlight']]};
    const report = await axe.run(looked, {runOnly: level, rules});
    return [report.passes.length, report.violations.map(rule => [rule.id, rule.nodes.map(node => node.html)])];
}"""


def violations(page):
    """Return what axe finds wrong in our parts of a page, where it must find much to check."""
    passed, found = page.evaluate(RUN, [OURS, LEVEL])
    assert passed > 5
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_lessons_as_html(browser, theme):
    """Every lesson as nbviewer and a web page show it, with its heading levels and its pictures' words."""
    exporter = HTMLExporter(theme=theme)
    context, found = browser.new_context(offline=True), {}
    for path in PAGES:
        page = context.new_page()
        page.set_content(exporter.from_filename(str(path))[0], wait_until="commit")
        page.evaluate(AXE)
        found[path.stem] = violations(page)
        levels = page.evaluate("() => [...document.querySelectorAll('h1, h2, h3, h4')].map(h => Number(h.tagName[1]))")
        assert levels[0] == 1 and all(below <= above + 1 for above, below in zip(levels, levels[1:]))
        page.close()
    context.close()
    assert found == {path.stem: [] for path in PAGES}


def test_the_lessons_alive(browser):
    """Lessons that together hold every kind of control, run in JupyterLab."""
    kinds = set()
    with running_lab() as lab:
        for name in TOGETHER:
            with opened(browser, lab, name) as (page, _):
                # The names of the handles come a moment after the handles.
                page.wait_for_function("() => document.querySelectorAll('[role=slider]').length && "
                                       "!document.querySelector('[role=slider]:not([aria-label])')")
                kinds |= {kind for kind in KINDS if page.locator(f".jp-OutputArea-output {kind}").count()}
                page.set_viewport_size({"width": 1280, "height": 15000})  # axe judges no colour that is scrolled away
                page.evaluate(AXE)
                for theme in ("JupyterLab Light", "JupyterLab Dark"):
                    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
                    page.wait_for_function("light => document.body.dataset.jpThemeLight == light",
                                           arg=str(theme.endswith("Light")).lower())
                    assert violations(page) == [], (name, theme)
    assert kinds == KINDS


# Returns the contrast of each text in an SVG with what lies under its middle, through the opacity of all groups.
CONTRASTS = """() => {
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const strength = (part, until) => {
        let all = parseFloat(getComputedStyle(part).fillOpacity) * (numbers(getComputedStyle(part).fill)[3] ?? 1);
        for (; part != until; part = part.parentNode) all *= parseFloat(getComputedStyle(part).opacity);
        return all;
    };
    const over = (ground, part, picture) => {
        const ink = numbers(getComputedStyle(part).fill), alpha = strength(part, picture);
        return ground.map((value, k) => value + alpha * (ink[k] - value));
    };
    const light = colour => colour.map(value => value / 255)
        .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, k) => sum + value * [0.2126, 0.7152, 0.0722][k], 0);
    const picture = document.querySelector('svg');
    return [...picture.querySelectorAll('text')].filter(text => text.textContent.trim()).map(text => {
        const box = text.getBoundingClientRect();
        const below = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2).reverse()
            .filter(part => picture.contains(part) && part != picture && !part.closest('text')
                            && getComputedStyle(part).fill != 'none');
        const ground = below.reduce((colour, part) => over(colour, part, picture), [255, 255, 255]);
        const [dark, bright] = [light(over(ground, text, picture)), light(ground)].sort((a, b) => a - b);
        return [(bright + 0.05) / (dark + 0.05), text.textContent.trim()];
    });
}"""


def test_letters_in_pictures_have_contrast(browser):
    """Every letter of every saved picture, quiet stages too, has 4.5 : 1 on what it stands on."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    for path in PAGES:
        for data in re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", path.read_text(encoding="utf-8")):
            page.set_content(b64decode(data).decode())
            contrasts = page.evaluate(CONTRASTS)
            assert contrasts and [faint for faint in contrasts if faint[0] < 4.5] == [], path.name
    page.close()
