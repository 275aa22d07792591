"""The course as a learner sees it: a real JupyterLab in a real, headless Chromium.  Knows no lesson.

The server runs over a copy of the course, so the outputs saved in the pages stay as they are, and with settings,
kernels and history of its own, so it behaves the same on everybody's machine.
"""
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import start
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
START_UP = 240  # seconds; the first start on a busy machine is slow, of WebKit most of all
RUN_ALL = 300

CHROMIUM = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    *(str(Path(os.environ.get(folder, ""), "Google/Chrome/Application/chrome.exe"))
      for folder in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")),
)


class ChromiumMissing(Exception):
    """There is no browser to test in; the message says how to get one."""


def launch(playwright):
    """Start the Chromium of this machine, or the one Playwright downloaded; ChromiumMissing if there is neither."""
    installed = next(filter(None, map(shutil.which, CHROMIUM)), None)
    path = installed or playwright.chromium.executable_path
    if not Path(path).exists():
        raise ChromiumMissing("no Chromium found: install it from your system's packages (Debian: apt install "
                              "chromium), or with: python -m playwright install chromium")
    return playwright.chromium.launch(executable_path=path)


class Lab(NamedTuple):
    """A running JupyterLab: its address, its token, and the folder of the copied pages."""
    address: str
    token: str
    pages: Path


@contextmanager
def running_lab():
    """Run JupyterLab over a copy of the course in a temporary folder, and yield the Lab."""
    with (tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
          start.own_settings(Path(folder)) as variables):
        course = Path(folder, "course")
        leave = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / "notebooks", course / "notebooks", ignore=leave)
        for module in ROOT.glob("lstm_*.py"):
            shutil.copy(module, course)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        lab = Lab(f"http://127.0.0.1:{port}", secrets.token_hex(16), course / "notebooks")
        log = Path(folder, "log")
        server = _start(lab, port, course, variables, log)
        try:
            _wait_for(lab, server, log)
            yield lab
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _start(lab, port, course, variables, log):
    """Start the server's process; what it says goes to the log."""
    own = log.parent / "user-settings"
    settings = own / "@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    # A first start would ask about news in a corner of the page.
    settings.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}), encoding="utf-8")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.port={port}",
               "--ServerApp.port_retries=0", f"--ServerApp.root_dir={course}",
               # Lets us wait for Run All instead of guessing from prompts.
               "--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True",
               *start.extension_options(Path(sys.prefix))]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in containers, where Jupyter refuses otherwise
    environment = {**variables, "JUPYTERLAB_SETTINGS_DIR": str(own), "JUPYTER_TOKEN": lab.token}
    with open(log, "w", encoding="utf-8") as output:
        return subprocess.Popen(command, cwd=course, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                                stderr=subprocess.STDOUT)


def _wait_for(lab, server, log):
    """Return once the server answers; RuntimeError with the end of its log if it does not."""
    status = urllib.request.Request(f"{lab.address}/api/status", headers={"Authorization": f"token {lab.token}"})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback never goes by a proxy
    deadline = time.monotonic() + START_UP
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with direct.open(status, timeout=5):
                return
        except OSError:  # not listening yet
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def run_all(page, address, start_up, patience):
    """Open a lesson at its address, Run All, wait until it is done; start_up, patience: seconds for kernel and cells.

    Returns everything the browser complains about from then on: a list that grows.
    """
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address, timeout=1000 * start_up)
    page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel",
                           timeout=1000 * start_up)
    page.evaluate("""() => {
        const run = async () => {
            await jupyterapp.shell.currentWidget.context.ready;
            return jupyterapp.commands.execute('notebook:run-all-cells');
        };
        run().then(() => { window.ran = true; });
    }""")
    page.wait_for_function("() => window.ran", timeout=1000 * patience)
    # MathJax's copy of a formula for screen readers is as wide as the machine's fonts make it: where a line ends on a
    # formula its cell scrolls by a pixel or two, with nothing to see there.
    page.evaluate("""() => {
        document.head.append(Object.assign(document.createElement('style'),
            {textContent: 'mjx-assistive-mml { display: none !important; }'}));
    }""")
    return complaints


class Opened(NamedTuple):
    """A page of the course that has run in the browser, and everything the browser complained about since."""
    page: Page
    complaints: list


@contextmanager
def opened(browser, lab, name, app="lab/tree"):
    """Open a page of the course, Run All, wait until it is done, and yield it; its kernel ends with it.

    app: where the server shows a notebook: in JupyterLab, or in Notebook 7 below "notebooks".
    """
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    address = f"{lab.address}/{app}/notebooks/{name}?reset&token={lab.token}"
    yield Opened(page, run_all(page, address, START_UP, RUN_ALL))
    page.evaluate("() => jupyterapp.serviceManager.sessions.shutdownAll()")
    page.close()


def outputs(page):
    """Return the outputs of all code cells of an open page, one list for each cell, as a notebook file holds them."""
    cells = page.evaluate("() => jupyterapp.shell.currentWidget.content.model.toJSON().cells")
    return [cell["outputs"] for cell in cells if cell["cell_type"] == "code"]
