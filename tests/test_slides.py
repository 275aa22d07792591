"""Every slide of each lesson's deck, in Chromium without a network, in each family of fonts that people have.

Nothing overflows, nothing has to be scrolled, no letter is small, axe is silent.  A letter is measured as it lands on
the screen: a picture's letters are scaled as the picture is.
"""
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from base64 import b64decode

import nbformat
import pytest
from axe import AXE, LEVEL
from fonts import FAMILIES, WIDEST, choose
from nbconvert import SlidesExporter
from pages import NOTEBOOKS, PAGES
from traitlets.config import PyFileConfigLoader

WIDTH, HEIGHT, SMALLEST = 1280, 720, 18
TEACHING = NOTEBOOKS.parent / "teaching"

sys.path.insert(0, str(TEACHING))
from mark_slides import mark  # noqa: E402  (the path comes first)

# Shows each slide with all its fragments, and returns what is on it: the edges, what would have to be scrolled, and
# each size of letters with a sample.
MEASURE = """() => Reveal.getSlides().map(slide => {
    const {h, v} = Reveal.getIndices(slide);
    Reveal.slide(h, v, 99);
    const boxes = [], letters = [], pictures = [], scrolled = [];
    for (const part of slide.querySelectorAll('*')) {
        if (!part.checkVisibility()) continue;
        boxes.push(part.getBoundingClientRect());
        boxes.push({right: part.getBoundingClientRect().left + part.scrollWidth, bottom: 0, left: 0, top: 0});
        if (/auto|scroll/.test(getComputedStyle(part).overflow) && part.clientWidth
            && (part.scrollWidth > part.clientWidth || part.scrollHeight > part.clientHeight))
            scrolled.push(part.textContent.trim().slice(0, 80));
        const own = [...part.childNodes].map(node => node.nodeType == 3 ? node.textContent : '').join('').trim();
        if (own) letters.push([parseFloat(getComputedStyle(part).fontSize), own.slice(0, 40)]);
        if (part.tagName == 'IMG') pictures.push([part.src, part.clientWidth, part.clientHeight]);
    }
    return {words: slide.textContent.trim(), letters, pictures, scrolled,
            left: Math.min(...boxes.map(b => b.left)), top: Math.min(...boxes.map(b => b.top)),
            right: Math.max(...boxes.map(b => b.right)), bottom: Math.max(...boxes.map(b => b.bottom))};
})"""

# What axe-core finds wrong on each slide.
AXE_ON_EACH = """async level => {
    const found = [];
    for (const slide of Reveal.getSlides()) {
        const {h, v} = Reveal.getIndices(slide);
        Reveal.slide(h, v, 99);
        const report = await axe.run({runOnly: level});
        if (report.passes.length < 5) found.push('hardly anything was checked');
        for (const rule of report.violations) found.push([rule.id, rule.nodes.map(node => node.html)]);
    }
    return found;
}"""


@pytest.fixture(scope="module")
def exporter():
    """What makes the decks, as teaching/slides.py configures it."""
    return SlidesExporter(config=PyFileConfigLoader("slides.py", path=str(TEACHING)).load_config())


@pytest.fixture(scope="module", params=PAGES, ids=lambda path: path.stem)
def deck(request, exporter, browser, tmp_path_factory):
    """Each deck in turn, open on a screen of 1280 x 720 without a network; and what it asks of the network."""
    file = tmp_path_factory.mktemp("deck") / f"{request.param.stem}.slides.html"
    file.write_text(exporter.from_filename(str(request.param))[0], encoding="utf-8")
    context, asked = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, offline=True), []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_function("() => Reveal.isReady()")
    yield page, asked
    context.close()


def test_nothing_overflows_and_no_letter_is_small(deck, subtests):
    page, _ = deck
    for family in FAMILIES:
        with subtests.test(family):
            choose(page, family)
            slides = page.evaluate(MEASURE)
            assert len(slides) > 9
            for slide in slides:
                fits(slide)


def fits(slide):
    """Check a slide that was measured: all of it stands on the screen, unscrolled, and can be read."""
    edges = [slide[side] for side in ("left", "top", "right", "bottom")]
    words = slide["words"][:80]
    assert min(edges[:2]) >= 0 and edges[2] <= WIDTH and edges[3] <= HEIGHT, (edges, words)
    assert slide["scrolled"] == [], words
    sizes = slide["letters"] + [[size, text] for picture in slide["pictures"] for size, text in drawn(*picture)]
    assert sizes and [size for size in sizes if size[0] < SMALLEST] == [], words


def test_axe_finds_nothing(deck):
    page, _ = deck
    choose(page, WIDEST)
    page.evaluate(AXE)
    assert page.evaluate(AXE_ON_EACH, LEVEL) == []


def test_a_deck_needs_no_network(deck):
    """Comes last: it hears of everything that the tests above made the deck ask for."""
    page, asked = deck
    assert [url for url in asked if not url.startswith(("data:", page.url.split("#")[0]))] == []
def drawn(source, width, height):
    """Return the letters in an SVG picture shown at this size: (pixels, words)."""
    root = ET.fromstring(b64decode(source.split(",")[1]))
    scale = min(width / float(root.get("viewBox").split()[2]), height / float(root.get("viewBox").split()[3]))
    return [(scale * size_of(part), part.text) for text in root.iter("{http://www.w3.org/2000/svg}text")
            for part in text.iter() if part.text and part.text.strip()]


def size_of(element):
    """Return the font size that an SVG element asks for, 0 if it asks for none."""
    style = re.search(r"font(?:-size)?: ([\d.]+)px", element.get("style", ""))
    return float(element.get("font-size") or (style[1] if style else 0))


def test_every_cell_says_where_it_stands():
    """The saved pages hold what teaching/mark_slides.py would write: run it after changing a lesson."""
    for path in PAGES:
        page = nbformat.read(path, as_version=4)
        saved = nbformat.writes(page)
        mark(page)
        assert nbformat.writes(page) == saved, path.name


def test_the_command_of_the_guide_makes_the_same_deck(exporter, tmp_path):
    """A teacher makes a deck on the command line; each of the decks above was made in this process."""
    command = [sys.executable, "-m", "nbconvert", "--to", "slides", "--config", str(TEACHING / "slides.py"),
               "--output-dir", str(tmp_path), str(PAGES[0])]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    [deck] = tmp_path.iterdir()
    assert deck.read_text(encoding="utf-8") == exporter.from_filename(str(PAGES[0]))[0]


def test_the_style_is_for_slides_only():
    """Each rule of slides.css begins with the class that a notebook has while it is presented."""
    style = (NOTEBOOKS / "lesson/show/slides.css").read_text(encoding="utf-8")
    rules = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    selectors = [rule.split("{")[0].strip() for rule in rules.split("}") if rule.strip()]
    assert selectors and all(re.match(r"\.jp-Deck\b", selector) and "," not in re.sub(r"\(.*?\)", "", selector)
                             for selector in selectors)
