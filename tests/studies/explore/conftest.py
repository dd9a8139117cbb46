"""A browser for the tests of the page."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking"]  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    """Chromium; a user's machine may have none, and the other tests need none."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Debian's package chromium is not installed")
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=chromium, args=_OPTIONS)
        yield made
        made.close()
