"""Every slide of each lesson's deck, in Chromium without a network: nothing overflows or is small, axe is silent.

A letter is measured as it lands on the screen: a picture's letters are scaled as the picture is.
"""
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from base64 import b64decode

import nbformat
import pytest
from pages import NOTEBOOKS, PAGES
from test_accessibility import AXE, LEVEL

WIDTH, HEIGHT, SMALLEST = 1280, 720, 18
TEACHING = NOTEBOOKS.parent / "teaching"

sys.path.insert(0, str(TEACHING))
from mark_slides import mark  # noqa: E402  (the path comes first)

# Shows each slide with all its fragments, and returns what is on it: the edges, and each size of letters with a sample.
MEASURE = """() => Reveal.getSlides().map(slide => {
    const {h, v} = Reveal.getIndices(slide);
    Reveal.slide(h, v, 99);
    const boxes = [], letters = [], pictures = [];
    for (const part of slide.querySelectorAll('*')) {
        if (!part.checkVisibility()) continue;
        boxes.push(part.getBoundingClientRect());
        boxes.push({right: part.getBoundingClientRect().left + part.scrollWidth, bottom: 0, left: 0, top: 0});
        const own = [...part.childNodes].map(node => node.nodeType == 3 ? node.textContent : '').join('').trim();
        if (own) letters.push([parseFloat(getComputedStyle(part).fontSize), own.slice(0, 40)]);
        if (part.tagName == 'IMG') pictures.push([part.src, part.clientWidth, part.clientHeight]);
    }
    return {words: slide.textContent.trim(), letters, pictures,
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
def decks(tmp_path_factory):
    """The folder with the deck of every lesson, made as a teacher makes them."""
    folder = tmp_path_factory.mktemp("decks")
    command = [sys.executable, "-m", "nbconvert", "--to", "slides", "--config", str(TEACHING / "slides.py"),
               "--output-dir", str(folder), *map(str, PAGES)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture(scope="module")
def screen(browser):
    """A screen of 1280 x 720 without a network, and the addresses that a page on it asked for."""
    context, asked = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, offline=True), []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    yield page, asked


@pytest.fixture(scope="module", params=PAGES, ids=lambda path: path.stem)
def deck(request, decks, screen):
    """Each deck in turn: its address, its slides as measured, and what it asked of the network."""
    page, asked = screen
    address = (decks / f"{request.param.stem}.slides.html").as_uri()
    asked.clear()
    page.goto(address)
    page.wait_for_function("() => Reveal.isReady()")
    return address, page.evaluate(MEASURE), asked


def test_a_deck_needs_no_network(deck):
    address, _, asked = deck
    assert [url for url in asked if not url.startswith(("data:", address))] == []


def test_nothing_overflows(deck):
    _, slides, _ = deck
    assert len(slides) > 9
    for slide in slides:
        edges = [slide[side] for side in ("left", "top", "right", "bottom")]
        assert min(edges[:2]) >= 0 and edges[2] <= WIDTH and edges[3] <= HEIGHT, (edges, slide["words"][:80])


def test_no_letter_is_small(deck):
    _, slides, _ = deck
    for slide in slides:
        sizes = slide["letters"] + [[size, words] for picture in slide["pictures"] for size, words in drawn(*picture)]
        assert sizes and [size for size in sizes if size[0] < SMALLEST] == [], slide["words"][:80]


def test_axe_finds_nothing(deck, screen):
    page, _ = screen
    page.evaluate(AXE)
    assert page.evaluate(AXE_ON_EACH, LEVEL) == []


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
