"""The other two engines that browsers are made of, driven like Chromium: Firefox's Gecko, and WebKit, Safari's.

Playwright drives the Firefox that a system has.  It drives no WebKit but a build of its own, so Debian's is driven by
selenium, below a virtual screen, through as much of Playwright's page as browser.py, live.py and hands.py use.
"""
import os
import re
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from needs import give_up
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionBuilder, ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection


def firefox(playwright):
    """Start the Firefox of this machine."""
    installed = shutil.which("firefox-esr") or shutil.which("firefox")
    if not installed:
        give_up("no Firefox found: install it (Debian: apt install firefox-esr)")
    return playwright.firefox.launch(channel="moz-firefox", executable_path=installed)


@contextmanager
def webkit():
    """Start the small browser of this machine's WebKit, below a screen that nobody sees."""
    driver, browsers = shutil.which("WebKitWebDriver"), [*Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")]
    if not (driver and browsers and shutil.which("Xvfb")):
        give_up("no WebKit found: install it (Debian: apt install webkit2gtk-driver xvfb)")
    with subprocess.Popen(["Xvfb", "-displayfd", "1", "-screen", "0", "1400x1000x24"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, encoding="utf-8") as screen:
        try:
            display = f":{screen.stdout.readline().strip()}"
            options = webdriver.WebKitGTKOptions()
            options.binary_location = str(browsers[0])
            options.add_argument("--automation")
            service = webdriver.WebKitGTKService(driver, env={**os.environ, "DISPLAY": display})
            service.start()
            try:
                # By its own name selenium would connect in a way that it warns of.
                connection = RemoteConnection(client_config=ClientConfig(service.service_url))
                with webdriver.Remote(connection, options=options) as started:
                    yield WebKit(started)
            finally:
                service.stop()
        finally:
            screen.terminate()


class WebKit(NamedTuple):
    """A browser of one page."""
    driver: object

    def new_page(self, viewport):
        """Return the page, its window as large as that."""
        self.driver.set_window_size(viewport["width"], viewport["height"])
        return Page(self.driver)


# Calls back with what the code gives, and with what the page has complained of since the last time.
EVALUATE = """const [code, argument, done] = arguments;
if (!window.complaints) {
    window.complaints = [];
    const said = console.error;
    console.error = (...words) => { complaints.push(words.join(' ')); said(...words); };
    addEventListener('error', event => complaints.push(event.message));
    addEventListener('unhandledrejection', event => complaints.push(String(event.reason)));
}
(async () => {
    const value = eval(`(${code})`);
    return typeof value == 'function' ? value(argument) : value;
})().then(value => done([value ?? null, '', complaints.splice(0)]), error => done([null, String(error), []]));"""


class Page:
    """A page, by the names that Playwright gives to what can be done with it."""

    def __init__(self, driver):
        self._driver, self._hear = driver, lambda message: None
        self.keyboard, self.mouse = self, Mouse(driver)

    def on(self, event, hear):
        """Hear what the page complains of: errors of both kinds come as messages of the console."""
        if event == "console":
            self._hear = hear

    def goto(self, address, timeout):
        """Open an address; the first may take more than a minute."""
        self._driver.set_page_load_timeout(timeout / 1000)
        self._driver.get(address)

    def evaluate(self, code, argument=None):
        """Return what the code gives, a function called with the argument."""
        value, error, complaints = self._driver.execute_async_script(EVALUATE, code, argument)
        for text in complaints:
            self._hear(SimpleNamespace(type="error", text=text))
        if error:
            raise RuntimeError(f"{error} in {code}")
        return value

    def wait_for_function(self, code, timeout=30000):
        """Wait until the code gives something true."""
        deadline = time.monotonic() + timeout / 1000
        while not self.evaluate(f"() => Boolean(({code})())"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"never true within {timeout} ms: {code}")
            time.sleep(0.2)

    def wait_for_timeout(self, milliseconds):
        """Wait."""
        time.sleep(milliseconds / 1000)

    def press(self, key):
        """Press a key: on what has the focus."""
        ActionChains(self._driver, duration=0).send_keys(
            getattr(Keys, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).upper())).perform()

    def locator(self, selector):
        """Return the parts that a selector finds."""
        return Locator(self, [selector])

    def close(self):
        """Leave the page."""
        self._driver.get("about:blank")


class Mouse:
    """The mouse of a page."""

    def __init__(self, driver):
        self._driver = driver

    def _do(self, *does):
        actions = ActionBuilder(self._driver, duration=0)
        for name, *arguments in does:
            getattr(actions.pointer_action, name)(*map(round, arguments))
        actions.perform()

    def move(self, x, y):
        """Move to a place of the window."""
        self._do(("move_to_location", x, y))

    def down(self):
        """Press its button."""
        self._do(("pointer_down",))

    def up(self):
        """Let its button go."""
        self._do(("pointer_up",))

    def dblclick(self, x, y):
        """Click twice at a place."""
        self._do(("move_to_location", x, y), *[("pointer_down",), ("pointer_up",)] * 2)


# What the selectors find, each below what the one before it found; a number takes one of those.
FIND = """path.reduce((found, one) => typeof one == 'number' ? [found[one]] : found.flatMap(root =>
    [...root.querySelectorAll(one.replace(/^>/, ':scope >'))]), [document])"""


class Locator:
    """Parts of a page, found anew each time."""

    def __init__(self, page, path):
        self._page, self._path = page, path

    def locator(self, selector):
        """Return the parts below these that a selector finds."""
        return Locator(self._page, [*self._path, selector])

    def nth(self, number):
        """Return one of them."""
        return Locator(self._page, [*self._path, number])

    @property
    def first(self):
        """Return the first of them."""
        return self.nth(0)

    def count(self):
        """Return how many there are."""
        return self._page.evaluate(f"path => {FIND}.length", self._path)

    def evaluate(self, code, argument=None):
        """Return what a function gives for the part, and the argument."""
        return self._page.evaluate(f"([path, argument]) => ({code})({FIND}[0], argument)", [self._path, argument])

    def get_attribute(self, name):
        """Return an attribute of the part."""
        return self.evaluate("(part, name) => part.getAttribute(name)", name)

    def text_content(self):
        """Return the words of the part."""
        return self.evaluate("part => part.textContent")

    def bounding_box(self):
        """Return where the part is in the window, and how large."""
        return self.evaluate("part => part.getBoundingClientRect().toJSON()")

    def focus(self):
        """Give the focus to the part."""
        self.evaluate("part => part.focus()")

    def press(self, key):
        """Press a key on the part."""
        self.focus()
        self._page.press(key)
