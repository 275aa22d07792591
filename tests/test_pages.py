"""The saved lessons: what nbval cannot see, what a reader without a kernel sees, and that nbval sees the rest.

nbval runs every page and compares what it shows, but it passes a page that was saved without outputs, and knows no
rules.  So each rule below reads the saved file; BREAKS holds pages on which each of them must complain.
"""
import ast
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from nbconvert import HTMLExporter

from pages import NOTEBOOKS, PAGES, pictures_on

WIDGET = "application/vnd.jupyter.widget-view+json"
CLASS_NAME = re.compile(r"(LivePicture|Question|Source|[HV]Box|GridBox|Box|HTML|Output|Button|\w+Slider)\(")

every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


class Page(NamedTuple):
    """A saved lesson."""
    path: Path
    notebook: dict

    @property
    def code(self):
        """Its code cells."""
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    @property
    def prose(self):
        """Its Markdown cells without the code and the formulas in them, as text."""
        cells = [cell.source for cell in self.notebook.cells if cell.cell_type == "markdown"]
        return [re.sub(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$", "", source, flags=re.DOTALL) for source in cells]

    @property
    def headings(self):
        """Its headings in order: (level, words)."""
        found = (re.match(r"(#+) +(.*)", line) for source in self.prose for line in source.splitlines())
        return [(len(match[1]), match[2].strip()) for match in found if match]

    @property
    def data(self):
        """What its cells show as mime bundles, in order."""
        return [output.data for cell in self.code for output in cell.outputs if "data" in output]

    @property
    def pictures(self):
        """Its saved live pictures, in order."""
        return [picture for data in self.data if (picture := saved_picture(data))]


class Picture(NamedTuple):
    """A saved live picture: its words, its text alternative, and the drawing as SVG."""
    words: str
    alt: str
    svg: str


def saved_picture(data):
    """Return the live picture in a mime bundle, or None."""
    html = data.get("text/html", "")
    if image := re.fullmatch(r'<img alt="([^"]*)"[^>]* src="data:image/svg\+xml;base64,([^"]+)">', html):
        return Picture(data.get("text/plain", ""), unescape(image[1]), base64.b64decode(image[2]).decode())
    return None


def read(path):
    """Return the saved lesson at path."""
    return Page(path, nbformat.read(path, as_version=4))


# -------------------------------------------------------------------------------------------------------- the rules

def is_valid(page):
    """The file follows Jupyter's own format."""
    try:
        nbformat.validate(page.notebook)
    except nbformat.ValidationError as error:
        yield str(error)


def was_run_top_to_bottom(page):
    """The execution counts are 1, 2, 3: the page was saved after one run from a fresh kernel."""
    counts = [cell.execution_count for cell in page.code]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are {counts}"


def cells_are_short(page):
    """A code cell has 1 to 9 lines."""
    for cell in page.code:
        if not 1 <= len(cell.source.strip().splitlines()) <= 9:
            yield f"{len(cell.source.splitlines())} lines: {cell.source[:60]!r}"


def cells_show_what_they_end_on(page):
    """A cell that ends on an expression has an output; a ';' that would hide it is not there."""
    for cell in page.code:
        lines = ast.parse(cell.source).body
        if lines and isinstance(lines[-1], ast.Expr) and not cell.outputs:
            yield f"shows nothing: {cell.source[-60:]!r}"
        if cell.source.rstrip().endswith(";"):
            yield f"ends with a semicolon: {cell.source[-60:]!r}"


def nothing_went_wrong(page):
    """No output is an error or a warning."""
    for cell in page.code:
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                yield f"{output.output_type} below {cell.source[:60]!r}"


def no_output_depends_on_the_run(page):
    """No output holds the address of an object, which is another one in every run."""
    for cell in page.code:
        for output in cell.outputs:
            if address := re.search(r"\b0x[0-9a-f]{6,}", json.dumps(output)):
                yield f"{address[0]} below {cell.source[:60]!r}"


def metadata_is_lean(page):
    """The kernel is python3, the language is known, and no widget state is stored (GitHub would refuse the page)."""
    metadata = page.notebook.metadata
    if metadata.get("kernelspec", {}).get("name") != "python3":
        yield f"kernelspec is {metadata.get('kernelspec')}"
    if metadata.get("language_info", {}).get("name") != "python":
        yield f"language_info is {metadata.get('language_info')}"
    if "widgets" in metadata:
        yield "metadata.widgets is stored"


def nothing_is_hidden_from_nbval(page):
    """No tag (the course uses none, and nbval's switch its comparison off), and none of nbval's comments."""
    for cell in page.notebook.cells:
        if cell.metadata.get("tags"):
            yield f"tags {cell.metadata.tags}"
        if comment := re.search(r"(?im)^#\s*(NBVAL|PYTEST_VALIDATE)_\w+", cell.source):
            yield comment[0]


def pictures_can_be_seen_and_heard_without_a_kernel(page):
    """A lesson has a saved picture, whose text alternative are its words; no output is a widget's class name."""
    if not page.pictures:
        yield "no picture"
    for picture in page.pictures:
        if not picture.alt or picture.alt != picture.words:
            yield f"the text alternative is {picture.alt!r}, the words are {picture.words!r}"
    for data in page.data:
        if CLASS_NAME.match(data.get("text/plain", "")):
            yield f"the words are a class name: {data['text/plain'][:60]!r}"
        if WIDGET in data:
            yield "a reference to a widget of a kernel that is gone: save the page with tests/save_pages.py"


def has_the_skeleton(page):
    """One title; the four headings in order; minutes at the start; levels that never skip."""
    if [level for level, _ in page.headings].count(1) != 1 or page.headings[0][0] != 1:
        yield "not one title, at the top"
    wanted = ["In this lesson", "Try it", "In one breath", "Next"]
    if [words for level, words in page.headings if level == 2 and words in wanted] != wanted:
        yield f"not these headings, once each and in this order: {wanted}"
    levels = [level for level, _ in page.headings]
    if any(below > above + 1 for above, below in zip(levels, levels[1:], strict=False)):
        yield f"heading levels skip: {levels}"
    opening = [source for source in page.prose if source.startswith("## In this lesson")]
    if not any(re.search(r"\b\d+ minutes", source) for source in opening):
        yield "no minutes"


def asks_before_it_shows(page):
    """A prediction is asked for before a live picture, and 2 to 5 exercises answer back."""
    asked = [n for n, cell in enumerate(page.code) if re.search(r"\bask\(", cell.source)]
    drawn = [n for n, cell in enumerate(page.code)
             if any(saved_picture(output.get("data", {})) for output in cell.outputs)]
    if not asked or not drawn or min(asked) > max(drawn):
        yield "no question before a picture"
    exercises = {name for cell in page.code for name in re.findall(r"\bcheck\.(?!progress)(\w+)\(", cell.source)}
    if not 2 <= len(exercises) <= 5:
        yield f"{len(exercises)} exercises: {exercises}"


def links_and_images_are_whole(page):
    """Relative links lead to files that exist, and images have a text alternative."""
    for source in page.prose:
        targets = re.findall(r"\]\(([^)\s]+)", source) + re.findall(r"""(?:src|href)=["']([^"']+)""", source)
        for target in targets:
            file = target.split("#")[0]
            if file and not re.match(r"[a-z]+:", file) and not (page.path.parent / file).exists():
                yield f"leads nowhere: {target}"
        for image in re.findall(r"!\[\s*\]\([^)]*\)", source) + re.findall(r"<img\b[^>]*>", source):
            if not re.search(r"""alt=["'][^"']*\w""", image):
                yield f"no text alternative: {image}"


RULES = [is_valid, was_run_top_to_bottom, cells_are_short, cells_show_what_they_end_on, nothing_went_wrong,
         no_output_depends_on_the_run, metadata_is_lean, nothing_is_hidden_from_nbval,
         pictures_can_be_seen_and_heard_without_a_kernel, has_the_skeleton, asks_before_it_shows,
         links_and_images_are_whole]


def test_there_are_pages():
    assert PAGES


@every_page
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_page_keeps_every_rule(path, rule):
    assert list(rule(read(path))) == []


# ---------------------------------------------------------------------------------------- every rule can complain

def good_notebook():
    """Return a small lesson that keeps every rule."""
    v4 = nbformat.v4
    said = "The gate keeps 99.7 %."
    picture = {"text/html": f'<img alt="{said}" src="data:image/svg+xml;base64,PHN2Zy8+">', "text/plain": said}
    question = {"text/markdown": "**Predict.** How much?", "text/plain": "Predict. How much?"}
    shown = [("ask('x')", v4.new_output("execute_result", question)),
             ("unit_picture()", v4.new_output("execute_result", picture)),
             ("check.one(...)", v4.new_output("stream", name="stdout", text="one: no answer yet.\n")),
             ("check.two(...)", v4.new_output("stream", name="stdout", text="two: no answer yet.\n"))]
    code = []
    for count, (source, output) in enumerate(shown, 1):
        if "execution_count" in output:
            output.execution_count = count
        code.append(v4.new_code_cell(source, execution_count=count, outputs=[output]))
    prose = [v4.new_markdown_cell(source) for source in (
        "# A lesson", "## In this lesson\n\n20 minutes. ![A unit](page.ipynb)", "## Try it", "## In one breath",
        "## Next\n\n[Next](page.ipynb#top), [the paper](https://example.org), `[no](link)`")]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "language_info": {"name": "python"}}
    return v4.new_notebook(cells=[*prose[:2], *code, *prose[2:]], metadata=metadata)


def with_source(index, source):
    """Return a change that gives a cell another source."""
    return lambda notebook: notebook.cells[index].update(source=source)


def with_output(index, **changed):
    """Return a change to the output of a cell."""
    return lambda notebook: notebook.cells[index].outputs[0].update(changed)


def with_data(index, mime, value):
    """Return a change to what a cell shows."""
    return lambda notebook: notebook.cells[index].outputs[0].data.update({mime: value})


def without(index):
    """Return a change that takes a cell away."""
    return lambda notebook: notebook.cells.pop(index)


def stripped(notebook):
    """Take counts and outputs away, as a page saved before it was run."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(execution_count=None, outputs=[])


ASK, PICTURE, CHECK, TRY_IT, NEXT = 2, 3, 4, 6, 8  # cells of the good notebook
BREAKS = [
    (is_valid, lambda notebook: notebook.cells[ASK].pop("outputs")),
    (was_run_top_to_bottom, stripped),
    (was_run_top_to_bottom, lambda notebook: notebook.cells[CHECK].update(execution_count=7)),
    (cells_are_short, with_source(CHECK, "\n".join(10 * ["check.one(...)"]))),
    (cells_are_short, with_source(CHECK, "")),
    (cells_show_what_they_end_on, stripped),
    (cells_show_what_they_end_on, with_source(CHECK, "check.one(...);")),
    (nothing_went_wrong, with_output(CHECK, name="stderr")),
    (nothing_went_wrong, with_output(CHECK, output_type="error")),
    (no_output_depends_on_the_run, with_output(CHECK, text="<function f at 0x7f1d2c3b4a50>")),
    (metadata_is_lean, lambda notebook: notebook.metadata.kernelspec.update(name="venv")),
    (metadata_is_lean, lambda notebook: notebook.metadata.pop("kernelspec")),
    (metadata_is_lean, lambda notebook: notebook.metadata.pop("language_info")),
    (metadata_is_lean, lambda notebook: notebook.metadata.update(widgets={})),
    (nothing_is_hidden_from_nbval, lambda notebook: notebook.cells[ASK].metadata.update(tags=["nbval-skip"])),
    (nothing_is_hidden_from_nbval, with_source(CHECK, "# NBVAL_IGNORE_OUTPUT\ncheck.one(...)")),
    (pictures_can_be_seen_and_heard_without_a_kernel, without(PICTURE)),
    (pictures_can_be_seen_and_heard_without_a_kernel, with_data(PICTURE, "text/plain", "The gate keeps 99.8 %.")),
    (pictures_can_be_seen_and_heard_without_a_kernel,
     with_data(PICTURE, "text/html", '<img alt="" src="data:image/svg+xml;base64,PHN2Zy8+">')),
    (pictures_can_be_seen_and_heard_without_a_kernel, with_data(ASK, "text/plain", "Question(children=(HTML(value=")),
    (pictures_can_be_seen_and_heard_without_a_kernel, with_data(PICTURE, WIDGET, {"model_id": "gone"})),
    (has_the_skeleton, without(0)),
    (has_the_skeleton, without(TRY_IT)),
    (has_the_skeleton, lambda notebook: notebook.cells.append(notebook.cells.pop(TRY_IT))),
    (has_the_skeleton, with_source(1, "## In this lesson\n\n![A unit](page.ipynb)")),
    (has_the_skeleton, with_source(NEXT, "## Next\n\n#### Deeper")),
    (asks_before_it_shows, without(ASK)),
    (asks_before_it_shows, lambda notebook: notebook.cells.insert(PICTURE, notebook.cells.pop(ASK))),
    (asks_before_it_shows, without(CHECK)),
    (links_and_images_are_whole, with_source(NEXT, "## Next\n\n[Next](06_missing.ipynb)")),
    (links_and_images_are_whole, with_source(1, "## In this lesson\n\n20 minutes. ![](page.ipynb)")),
    (links_and_images_are_whole, with_source(1, '## In this lesson\n\n20 minutes. <img src="page.ipynb">')),
]


def as_page(notebook, folder):
    """Return the notebook as a page in a folder where its own file exists."""
    path = folder / "page.ipynb"
    path.touch()
    return Page(path, notebook)


def test_the_good_notebook_keeps_every_rule(tmp_path):
    page = as_page(good_notebook(), tmp_path)
    assert [complaint for rule in RULES for complaint in rule(page)] == []


def test_every_rule_is_broken_once():
    assert {rule for rule, _ in BREAKS} == set(RULES)


@pytest.mark.parametrize("rule, change", BREAKS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_broken_rule_is_noticed(rule, change, tmp_path):
    notebook = good_notebook()
    change(notebook)
    assert list(rule(as_page(notebook, tmp_path)))


# -------------------------------------------------------------------------------- nbval looks at what we save for it

def change_a_digit(text):
    """Return the text with its last digit changed."""
    return re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 1) % 10), text)


def change_what_a_cell_prints(notebook):
    """Change one digit in the first stream that has one."""
    output = next(output for cell in notebook.cells for output in cell.get("outputs", ())
                  if re.search(r"\d", output.get("text", "")))
    output.text = change_a_digit(output.text)


def change_what_a_picture_says(notebook):
    """Change one digit in the sentence of the first picture that says one."""
    data = next(output.data for cell in notebook.cells for output in cell.get("outputs", ())
                if saved_picture(output.get("data", {})) and re.search(r"\d", output.data["text/plain"]))
    data["text/plain"] = change_a_digit(data["text/plain"])


def test_nbval_notices_each_wrong_digit(tmp_path):
    """Two cells of a copy are wrong, each in one digit; the page as it is saved passes in notebooks/."""
    (tmp_path / "tests").mkdir()
    for name in ("lstm_core.py", "lstm_layers.py", "pyproject.toml", "tests/nbval_sanitize.cfg"):
        shutil.copy(NOTEBOOKS.parent / name, tmp_path / name)
    shutil.copytree(NOTEBOOKS / "lesson", tmp_path / "notebooks" / "lesson")
    page = read(PAGES[0])
    change_what_a_cell_prints(page.notebook)
    change_what_a_picture_says(page.notebook)
    copy = tmp_path / "notebooks" / page.path.name
    nbformat.write(page.notebook, copy)

    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider", str(copy)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 1, run.stdout + run.stderr
    counts = {word: int(count) for count, word in re.findall(r"(\d+) (failed|passed|error|skipped)", run.stdout)}
    assert counts == {"failed": 2, "passed": len(page.code) - 2}, run.stdout


# ------------------------------------------------------------------------------------------------ without a kernel

@every_page
def test_the_saved_pictures_are_those_the_code_draws(path):
    """Saved pictures must not grow old when the code that draws them changes."""
    for saved, picture in zip(read(path).pictures, pictures_on(path), strict=True):
        drawing, root = picture.draw(**picture.values), ET.fromstring(saved.svg)
        assert root.get("aria-label") == picture.say(**picture.values) == saved.words
        # Another matplotlib lays its paper out a little differently, and the ink with it: there the words must do.
        assert picture._below or drawing.body in saved.svg
        words = set(map(unescape, re.findall(r">([^<>]+)</text>", drawing.body)))
        assert words <= {element.text for element in root.iter()}


@every_page
def test_a_page_as_html_shows_and_says_every_picture(path):
    """What nbviewer and a teacher's web page do with a lesson."""
    html, _ = HTMLExporter().from_filename(str(path))
    shown = re.findall(r'<img alt="([^"]+)"[^>]* src="data:image/svg\+xml;base64,', html)
    assert [unescape(alt) for alt in shown] == [picture.words for picture in read(path).pictures] != []
    assert "No description has been provided for this image" not in html
    assert "Error displaying widget" not in html
    assert not re.search(rf"(?m)(^|>)\s*{CLASS_NAME.pattern}", html)
