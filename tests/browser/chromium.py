"""Where a Chromium is, and `python -m tests.browser.chromium`, which sets one up where there is none.

Debian's package comes first, then Playwright's own. Where neither can be had it says so in one line and ends well:
the tests that need a browser are then skipped with that reason.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NONE: Final = "no Chromium: `apt-get install chromium` or `playwright install chromium` brings one"
APT: Final = ("apt-get", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20")
PATIENCE: Final = 300.0
"""Seconds for all attempts to fetch a browser together."""


def installed() -> Path | None:
    """The browser of this machine, else the one that Playwright has fetched."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    return _of_playwright()


def _of_playwright() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def set_up() -> str:
    """Find or fetch a browser; one line that says which."""
    if found := installed():
        return f"browser: {found}"
    end = time.monotonic() + PATIENCE
    for command in (*_apt(), (sys.executable, "-m", "playwright", "install", "chromium")):
        _tried(command, max(1.0, end - time.monotonic()))
        if found := installed():
            return f"browser: {found}"
    return f"browser: {NONE}; tests of the page in a browser will be skipped"


def _apt() -> tuple[tuple[str, ...], ...]:
    """Debian's package, with what rights there are without a password being asked for."""
    if shutil.which("apt-get") is None:
        return ()
    rights = () if os.geteuid() == 0 else ("sudo", "-n")
    if rights and shutil.which("sudo") is None:
        return ()
    install = (*rights, *APT, "install", "-y", "-q", "--no-install-recommends", "chromium")
    return install, (*rights, *APT, "update", "-q"), install


def _tried(command: tuple[str, ...], seconds: float) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, env=quiet, timeout=seconds, check=False, capture_output=True)
    except (OSError, subprocess.TimeoutExpired):
        return


if __name__ == "__main__":
    sys.stdout.write(set_up() + "\n")
