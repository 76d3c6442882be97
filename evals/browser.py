"""A browser to look at the playground's page with: the machine's own Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no Chromium on this machine: `apt-get install chromium`, or name one in CHROMIUM"
_ARGUMENTS = """--no-sandbox --disable-gpu --disable-dev-shm-usage --disable-background-networking --disable-sync
    --disable-component-update --disable-default-apps --no-first-run --no-default-browser-check
    --hide-scrollbars --force-color-profile=srgb""".split()


def executable() -> str | None:
    """The path of a browser: what CHROMIUM names, or the first that the machine has; None without one."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for found in map(shutil.which, NAMES) if found), None)


@contextmanager
def browser(path: str) -> Iterator[Browser]:
    """A browser that ends with the block. Nothing is downloaded and nothing is kept.

    Until it ends Playwright's event loop runs in this thread, where `asyncio.run` then refuses to work: give apps a
    thread of their own.
    """
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        try:
            yield started
        finally:
            started.close()
