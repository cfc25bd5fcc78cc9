"""Finds the Chromium that the browser tests drive."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def installed() -> Path | None:
    """Return the browser named by CHROME, else one on this machine, else None."""
    if named := os.environ.get("CHROME"):
        if not Path(named).is_file():
            sys.exit(f"CHROME names {named}, which is not a file: correct or unset it")
        return Path(named)
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return Path(found)
    return MAC if MAC.is_file() else None


def playwright_own() -> Path | None:
    """Return the browser that Playwright keeps for itself, downloading it once; None when that fails."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    if not path.is_file():
        print("No Chromium on this machine: downloading Playwright's (once) ...", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return path if path.is_file() and starts(path) else None


def starts(browser: Path) -> bool:
    """Whether a browser finds its system libraries."""
    return subprocess.run([str(browser), "--version"], capture_output=True, check=False).returncode == 0


def find() -> Path:
    """Return a Chromium that starts, or end with the one command that installs one."""
    browser = installed()
    if browser is None or not starts(browser):
        browser = playwright_own()
    if browser is None:
        sys.exit(
            "The browser tests need Chromium: sudo apt-get install -y chromium "
            "(or set CHROME=/path/to/chrome), then run make test again"
        )
    return browser
