"""What several test files share, and which of them begin."""
import pytest
from browser import ChromiumMissing, launch, running_lab
from needs import give_up
from playwright.sync_api import sync_playwright

# The files that take longest, longest first.
LONGEST = ("test_lite.py", "test_hub.py", "test_browser.py", "test_engines.py", "test_start.py", "test_binder.py")


@pytest.fixture(scope="module")
def playwright():
    """What drives browsers: there can be one at a time."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright):
    """Chromium; where there is none, a skip that says how to get it, and in CI a failure."""
    try:
        chromium = launch(playwright)
    except ChromiumMissing as missing:
        give_up(str(missing))
    yield chromium
    chromium.close()


@pytest.fixture(scope="module")
def lab():
    """JupyterLab over a copy of the course, one for all pages."""
    with running_lab() as lab:
        yield lab


def pytest_collection_modifyitems(items):
    """Begin with what takes longest, so that no worker waits for another."""
    order = {name: k for k, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.name, len(LONGEST)))
