"""What several test files share."""
import os

import pytest
from browser import ChromiumMissing, launch
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
