"""A real Chromium for the browser journeys; one for all of them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# A test browser that looks for updates or talks to its maker is noise, and offline it is delay.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


def executable(playwrights_own: str = "") -> str | None:
    """The browser to drive: CHAIRSIDE_CHROMIUM, else one of this machine, else Playwright's own."""
    chosen = os.environ.get("CHAIRSIDE_CHROMIUM")
    if chosen:
        return chosen
    installed = [path for path in map(shutil.which, NAMES) if path]
    others = [str(path) for path in (MAC, Path(playwrights_own)) if path.is_file()]
    return next(iter(installed + others), None)


@contextmanager
def running_chromium() -> Iterator[Browser | None]:
    """Starts the browser, or gives None where the machine has none."""
    with sync_playwright() as playwright:
        path = executable(playwright.chromium.executable_path)
        if path is None:
            yield None
            return
        sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *sandbox])
        # Playwright keeps an event loop in this thread, where Django would refuse its database.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        yield browser
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        browser.close()
