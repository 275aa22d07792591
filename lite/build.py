"""Build the course as static files: a landing page, the lessons to run in the browser, the lessons to read.

    pip install -r lite/requirements.txt
    python lite/build.py [--output FOLDER] [--pyodide FOLDER]

The browser's Python, NumPy and matplotlib come from Pyodide's content network.  With --pyodide the site holds those of
that folder instead and needs no network, as in the tests.
"""
import argparse
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import nbformat
from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_KERNEL_PLUGIN_ID, PYODIDE_LOCK
from links import linked
from nbconvert import HTMLExporter
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
sys.path += [str(ROOT / "notebooks"), str(ROOT / "teaching")]

from formulas import with_mathml  # noqa: E402  (the path comes first)
from lesson.show.svg import svg  # noqa: E402
from lesson.start_here import unit_picture  # noqa: E402

PAGES = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))

# Where the site lies inside of the output, and where it keeps its lock and its wheels.
LIVE, READ, LOCK = "live", "read", "static/pyodide-lock"

# What the kernel itself starts with.
KERNEL = ["micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython"]

# Those of it that JupyterLite brings.
OWN = ["piplite", "ipykernel", "pyodide_kernel"]

# Of ipywidgets' requirements, these two are the page's half: JupyterLite has it, the kernel does without.
PAGE_HALF = {"jupyterlab-widgets", "widgetsnbextension"}

# A saved page runs no script, so that it asks for nothing; nbconvert shows code below a cell in the letters of a text.
SAVED = """{% extends "index.html.j2" %}
{% block extra_css %}
<style>.jp-RenderedMarkdown .highlight pre { font-family: var(--jp-code-font-family); }</style>
{% endblock %}
{% block html_head_js %}{% endblock %}
{% block html_head_js_mathjax %}{% endblock %}
{% block html_head_js_mermaidjs %}{% endblock %}"""


class Lesson(NamedTuple):
    """One line of the landing page."""
    stem: str
    title: str
    minutes: str


def lesson(page):
    """Return what a page says of itself: its first heading, and the minutes it takes."""
    text = "\n".join(cell.source for cell in nbformat.read(page, as_version=4).cells if cell.cell_type == "markdown")
    title = re.search(r"^# (.+)$", text, re.MULTILINE)[1]
    return Lesson(page.stem, title, re.search(r"\*\*Time:\*\* (\d+) minutes", text)[1])


# ------------------------------------------------------------------------------------------------------- the wheels

def build_wheels(folder):
    """Put the wheel of lstm_core and lesson into the folder, and those of ipywidgets, anywidget and what they need.

    Of the same versions as here: from here JupyterLite takes the page's half of both.
    """
    with tempfile.TemporaryDirectory() as copy:  # setuptools would leave its work in the course
        for name in ("pyproject.toml", "README.md", "LICENSE", "lstm_core.py", "lstm_layers.py"):
            shutil.copy(ROOT / name, copy)
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "notebooks" / "lesson", Path(copy, "notebooks", "lesson"), ignore=leave)
        pip = [sys.executable, "-m", "pip"]
        subprocess.run([*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, copy], check=True)
        names = ("ipywidgets", "comm", "anywidget", "psygnal", "typing_extensions")
        exact = [f"{name}=={version(name)}" for name in names]
        pure = ["--only-binary=:all:", "--implementation=py", "--abi=none", "--platform=any"]  # psygnal has others too
        subprocess.run([*pip, "download", "--quiet", "--no-deps", *pure, "--dest", folder, *exact], check=True)


def entry(wheel):
    """Return what Pyodide's lock says of a wheel: its name and version, what it brings, what it needs."""
    with ZipFile(wheel) as file:
        names = file.namelist()
        metadata = file.read(next(name for name in names if name.endswith(".dist-info/METADATA"))).decode()
    name, release = (re.search(rf"^{key}: (.+)$", metadata, re.MULTILINE)[1] for key in ("Name", "Version"))
    needed = [Requirement(text) for text in re.findall(r"^Requires-Dist: (.+)$", metadata, re.MULTILINE)]
    needed = {canonicalize_name(one.name) for one in needed if not one.marker or one.marker.evaluate({"extra": ""})}
    return {
        "name": canonicalize_name(name), "version": release, "file_name": f"../{Path(LOCK).name}/{wheel.name}",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(), "install_dir": "site", "package_type": "package",
        "imports": sorted({re.sub(r"\.py$", "", Path(name).parts[0]) for name in names
                           if not re.search(r"\.(dist-info|data)/", name)}),
        "depends": sorted(needed - PAGE_HALF), "unvendored_tests": False,
    }


def registered(lock, wheels, network):
    """Return the lock with the wheels added: an import then finds them, and what they need.

    network: where the lock's own wheels lie, if not beside it.  What the lock has already, stays.
    """
    packages = dict(lock["packages"])
    if network:
        packages = {name: {**package, "file_name": f"{network}/{package['file_name']}"}
                    for name, package in packages.items()}
    ours = [entry(wheel) for wheel in wheels]
    packages = {**{one["name"]: one for one in ours}, **packages}
    if absent := {need for one in ours for need in one["depends"]} - set(packages):
        raise ValueError(f"the lock lacks {sorted(absent)}")
    return {**lock, "packages": packages}


# --------------------------------------------------------------------------------------------------------- the site

def build_live(output, pyodide):
    """Build JupyterLite with the lessons, and let its Python know our wheels."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        release = f"LSTM seen from inside {version_of_course()}"
        # A learner's saved copy of a page hides a new page: each release has a storage of its own.
        config = {"appName": "LSTM, seen from inside", "contentsStorageName": release}
        write(here / "jupyter-lite.json", {"jupyter-lite-schema-version": 0, "jupyter-config-data": config})
        for page in PAGES:  # with whole strings instead of lists of lines, where JupyterLite's contents list stumbles
            write(here / page.name, nbformat.read(page, as_version=4))
        # One notebook on a page: JupyterLab would start the kernels of all lessons that were open before.
        apps = ["--apps", "notebooks", "--apps", "tree"]
        contents = [part for page in PAGES for part in ("--contents", here / page.name)]
        subprocess.run([sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", here, *apps, *contents,
                        "--no-sourcemaps", "--output-dir", output], check=True, cwd=here)
    register(output, pyodide)


def register(site, pyodide):
    """Put our wheels beside the lock, write the lock, and tell the kernel where it is."""
    wheels = site / LOCK
    wheels.mkdir(parents=True)
    build_wheels(wheels)
    for name in OWN:
        [wheel] = site.glob(f"extensions/@jupyterlite/pyodide-kernel-extension/static/pypi/{name}-*.whl")
        shutil.copy(wheel, wheels)
    settings = {"loadPyodideOptions": {"lockFileURL": f"./{LOCK}/{PYODIDE_LOCK}", "packages": KERNEL}}
    if pyodide:
        shutil.copytree(pyodide, site / "static/pyodide")
        settings["pyodideUrl"] = "./static/pyodide/pyodide.mjs"
    lock = registered(base_lock(pyodide), sorted(wheels.glob("*.whl")), "" if pyodide else PYODIDE_CDN_URL)
    write(wheels / PYODIDE_LOCK, lock)
    config = json.loads((site / "jupyter-lite.json").read_text(encoding="utf-8"))
    plugins = config["jupyter-config-data"].setdefault("litePluginSettings", {})
    plugins.setdefault(PYODIDE_KERNEL_PLUGIN_ID, {}).update(settings)
    write(site / "jupyter-lite.json", config)


def base_lock(pyodide):
    """Return the lock of Pyodide itself: of the folder, or of the version that JupyterLite's kernel is made for."""
    if pyodide:
        return json.loads((pyodide / PYODIDE_LOCK).read_text(encoding="utf-8"))
    with urllib.request.urlopen(f"{PYODIDE_CDN_URL}/{PYODIDE_LOCK}", timeout=60) as answer:
        return json.load(answer)


def version_of_course():
    """Return the course's version."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def write(path, value):
    """Write a value as JSON."""
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")


def build_saved(output):
    """Write each lesson as one page of HTML, its pictures visible without a kernel."""
    output.mkdir()
    exporter = HTMLExporter(raw_template=SAVED, exclude_input_prompt=True, exclude_output_prompt=True)
    for page in PAGES:
        notebook = nbformat.read(page, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = with_mathml(cell.source)
        text, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": lesson(page).title}})
        (output / f"{page.stem}.html").write_text(re.sub(r'(href="[\w]+)\.ipynb', r"\1.html", text), encoding="utf-8")


# ------------------------------------------------------------------------------------------------- the landing page

def build_landing(output):
    """Fill the landing page: the unit with its input to drag, a line for each lesson, the other ways in."""
    rows = [f'<tr><th scope="row">{one.stem[:2]} {html.escape(one.title)}</th><td>{one.minutes} min</td>'
            f'<td><a href="{run_link(one.stem)}">open</a></td><td><a href="{READ}/{one.stem}.html">read</a></td></tr>'
            for one in map(lesson, PAGES)]
    words = {**live_unit(), "rows": "\n".join(rows), "first": run_link(PAGES[0].stem), "binder": binder(),
             "download": download()}
    page = (ROOT / "lite/index.html").read_text(encoding="utf-8")
    for name, value in words.items():
        page = page.replace(f"{{{{ {name} }}}}", value)
    (output / "index.html").write_text(page, encoding="utf-8")


def live_unit():
    """Return the unit as the landing page shows it: at rest, and at every position of its input, without a kernel."""
    picture = unit_picture()
    [x] = [control for control in picture.controls if control.name == "x"]
    said = picture.say(**picture.values)
    return {"picture": svg(picture.layers(**picture.values), alt=said, size=False), "said": html.escape(said),
            "slider": f'min="{x.low}" max="{x.high}" step="{x.step}" value="{x.value}" style="accent-color:{x.colour}"',
            "frames": json.dumps(frames(picture, x), separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")}


def frames(picture, slider):
    """Return what a picture says at each position of a slider, and its ink in pieces: null where they differ."""
    places = [{**picture.values, slider.name: position} for position in slider.positions(sys.maxsize)]
    inks = [re.split('(?<=[">])', "".join(layer.body for layer in picture.layers(**values))) for values in places]
    ink = [pieces[0] if len(set(pieces)) == 1 else None for pieces in zip(*inks, strict=True)]
    moving = [[piece for piece, still in zip(pieces, ink) if still is None] for pieces in inks]
    return {"ink": ink, "moving": moving, "words": [picture.say(**values) for values in places]}


def run_link(stem):
    """Return where a lesson runs in the browser."""
    return f"{LIVE}/notebooks/index.html?path={stem}.ipynb"


def binder():
    """Return the README's link to Binder; on GitHub, with the owner and the repository it is built for."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    if "GITHUB_REPOSITORY" in os.environ:
        readme = linked(readme, os.environ["GITHUB_REPOSITORY"])
    return re.search(r"^\[binder\]: (\S+)$", readme, re.MULTILINE)[1]


def download():
    """Return where the whole course is one file."""
    return f"https://github.com/{re.search(r'/gh/([^/]+/[^/]+)/', binder())[1]}/archive/HEAD.zip"


def main():
    """Build everything into a folder that is made anew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=ROOT / "build/site", help="made anew (build/site)")
    parser.add_argument("--pyodide", type=Path, help="a folder with Pyodide and its packages, to go with the site")
    options = parser.parse_args()
    shutil.rmtree(options.output, ignore_errors=True)
    options.output.mkdir(parents=True)
    build_live(options.output.resolve() / LIVE, options.pyodide)
    build_saved(options.output / READ)
    build_landing(options.output)


if __name__ == "__main__":
    main()
