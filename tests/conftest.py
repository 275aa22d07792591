"""What several test files share."""
import os

import pytest
from browser import ChromiumMissing, launch, running_lab
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="module")
def browser():
    """Chromium; where there is none, a skip that says how to get it, and in CI a failure."""
    with sync_playwright() as playwright:
        try:
            chromium = launch(playwright)
        except ChromiumMissing as missing:
            give_up = pytest.fail if os.environ.get("CI") else pytest.skip
            give_up(str(missing))
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def lab():
    """JupyterLab over a copy of the course, one for all pages."""
    with running_lab() as lab:
        yield lab
