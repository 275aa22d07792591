"""The other two engines that browsers are made of, driven alike: Firefox's Gecko, and WebKit, which is Safari's.

Firefox answers to npm's puppeteer-core, WebKit (Debian's build of it, below a virtual screen) to PyPI's selenium.
Each has goto(url), evaluate(code), press(key) on what has the focus, drag((x, y), (x, y)), complaints() and close().
"""
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIREFOX = ("firefox-esr", "firefox")
WEBKIT = "/usr/bin/WebKitWebDriver", "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"


class EngineMissing(Exception):
    """There is no such browser here; the message says how to get it."""


class Firefox:
    """Firefox, below a Node process that is told one command a line."""

    def __init__(self, folder):
        browser = next(filter(None, map(shutil.which, FIREFOX)), None)
        if not browser or not shutil.which("npm"):
            raise EngineMissing("no Firefox, or no npm: install both (Debian: apt install firefox-esr npm)")
        if not (folder / "node_modules/puppeteer-core").exists():
            subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, "puppeteer-core@24"],
                           check=True, capture_output=True, timeout=300)
        shutil.copy(HERE / "firefox.mjs", folder)
        self._node = subprocess.Popen(["node", folder / "firefox.mjs", browser], encoding="utf-8",
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def _do(self, name, argument=None):
        self._node.stdin.write(json.dumps([name, argument]) + "\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def goto(self, url):
        self._do("goto", url)

    def evaluate(self, code):
        return self._do("evaluate", code)

    def press(self, key):
        self._do("press", key)

    def drag(self, start, end):
        self._do("drag", [start, end])

    def complaints(self):
        return self._do("complaints")

    def close(self):
        with self._node:  # closes the pipes, and waits
            self._do("close")


class WebKit:
    """WebKit's small browser, below a virtual screen."""

    def __init__(self, folder):
        from selenium import webdriver
        driver, (browser, *_) = WEBKIT[0], [*Path("/").glob(WEBKIT[1][1:]), None]
        if not Path(driver).exists() or browser is None or not shutil.which("Xvfb"):
            raise EngineMissing("no WebKit (Debian: apt install webkit2gtk-driver xvfb)")
        read, write = os.pipe()
        self._screen = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x1000x24"],
                                        pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:
            display = f":{number.readline().strip()}"
        options = webdriver.WebKitGTKOptions()
        options.binary_location = str(browser)
        options.add_argument("--automation")
        service = webdriver.webkitgtk.service.Service(driver, env=os.environ | {"DISPLAY": display})
        self._driver = webdriver.WebKitGTK(options=options, service=service)
        self._driver.set_page_load_timeout(180)
        self._driver.set_window_size(1380, 960)

    def goto(self, url):
        self._driver.get(url)
        self.evaluate("""(() => {
            window.complaints = [];
            addEventListener('error', event => window.complaints.push(event.message));
            const said = console.error;
            console.error = (...words) => { window.complaints.push(words.join(' ')); said(...words); };
        })()""")

    def evaluate(self, code):
        return self._driver.execute_async_script(
            "const done = arguments[1]; Promise.resolve(eval(arguments[0])).then(value => done([value ?? null, '']), "
            "error => done([null, String(error)]));", code)[0]

    def press(self, key):
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys
        named = {"ArrowRight": Keys.ARROW_RIGHT, "Home": Keys.HOME, "End": Keys.END, "Tab": Keys.TAB,
                 "Escape": Keys.ESCAPE}
        ActionChains(self._driver).send_keys(named[key]).perform()

    def drag(self, start, end):
        from selenium.webdriver.common.action_chains import ActionBuilder
        actions = ActionBuilder(self._driver)
        pointer = actions.pointer_action
        pointer.move_to_location(*map(int, start)).pointer_down().move_to_location(*map(int, end)).pointer_up()
        actions.perform()

    def complaints(self):
        return self.evaluate("window.complaints")

    def close(self):
        self._driver.quit()
        self._screen.terminate()
        self._screen.wait(20)


def wait(engine, code, seconds):
    """Return once the code gives something true; TimeoutError if it never does."""
    deadline = time.monotonic() + seconds
    while not (value := engine.evaluate(code)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"never true within {seconds} s: {code}")
        time.sleep(0.2)
    return value
