"""What a test needs and a machine may lack."""
import os

import pytest


def give_up(reason):
    """Skip with a reason that says what to do about it; in CI, where nothing is skipped, fail with it."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
