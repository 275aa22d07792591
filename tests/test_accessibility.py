"""A lesson as a web page: as axe-core sees it at WCAG 2.2 AA, light and dark, with its heading levels and its words.

The lessons alive are looked at in test_browser.py, the slides in test_slides.py.
"""
import re
from base64 import b64decode

import pytest
from axe import AXE, COLOURS, faint, violations
from nbconvert import HTMLExporter
from pages import PAGES

every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def offline(browser):
    """A browser without a network."""
    context = browser.new_context(offline=True, viewport={"width": 1200, "height": 900})
    yield context
    context.close()


@every_page
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_lesson_as_html(path, theme, offline):
    """As nbviewer and a teacher's web page show it."""
    page = offline.new_page()
    page.set_content(HTMLExporter(theme=theme).from_filename(str(path))[0], wait_until="commit")
    page.evaluate(AXE)
    assert violations(page) == []
    levels = page.evaluate("() => [...document.querySelectorAll('h1, h2, h3, h4')].map(h => Number(h.tagName[1]))")
    assert levels[0] == 1 and all(below <= above + 1 for above, below in zip(levels, levels[1:]))
    page.close()


# Returns the contrast of each text in an SVG with what lies under its middle, through the opacity of all groups.
LETTERS = "() => {" + COLOURS + """
    const painted = (ground, part) => {
        const style = getComputedStyle(part);
        return over(ground, colour(style.fill), style.fillOpacity * strength(part));
    };
    const picture = document.querySelector('svg');
    return [...picture.querySelectorAll('text')].filter(text => text.textContent.trim()).map(text => {
        const box = text.getBoundingClientRect();
        const below = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2).reverse()
            .filter(part => picture.contains(part) && part != picture && !part.closest('text')
                            && getComputedStyle(part).fill != 'none');
        const ground = below.reduce(painted, [255, 255, 255]);
        return [contrast(painted(ground, text), ground), text.textContent.trim()];
    });
}"""


@every_page
def test_letters_in_pictures_have_contrast(path, offline):
    """Every letter of every saved picture, quiet stages too."""
    page = offline.new_page()
    for data in re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", path.read_text(encoding="utf-8")):
        page.set_content(b64decode(data).decode())
        assert faint(page.evaluate(LETTERS)) == []
    page.close()
