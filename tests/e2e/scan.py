"""What is checked of every type of page that somebody passes: accessibility, and that a phone need not scroll sideways.

A page type is an endpoint. It is looked at when it is first met, in every theme and width that its turn asks for:
each database takes half of the combinations of language, theme and width so that both together hold every pair;
LMS_FULL=1 takes them all.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

PHONE, DESK = 360, 1280


@dataclass(frozen=True)
class View:
    """One way of looking at a page."""

    language: str
    theme: str
    width: int


_HALVES = {
    "sqlite": (View("en", "light", PHONE), View("en", "dark", DESK)),
    "postgresql": (View("zh", "dark", PHONE), View("zh", "light", DESK)),
}
_ALL = tuple(
    View(lang, theme, width) for lang in ("en", "zh") for theme in ("light", "dark") for width in (PHONE, DESK)
)


class Scanner:
    """Looks at each page type once, whichever process meets it first."""

    def __init__(self, urls: MapAdapter, database: str, notes: Path) -> None:
        self.urls = urls
        self.views = _ALL if os.environ.get("LMS_FULL") else _HALVES[database]
        self.notes = notes  # a folder that all processes of a run share: a file for each page type that was seen
        self.faults: list[str] = []
        shots = os.environ.get("LMS_SHOTS")  # a folder that takes a picture of each view
        self.shots = Path(shots) if shots else None
        self.axe = Axe()

    def look(self, page: Page, base_url: str, name: str = "") -> None:
        """Check the page that has just opened, if nobody has been on such a page before.

        `name` tells pages of the same endpoint apart.
        """
        if not page.url.startswith(base_url):
            return
        try:
            endpoint, _arguments = self.urls.match(urlsplit(page.url).path)
        except HTTPException:
            return
        endpoint = f"{endpoint}-{name}" if name else endpoint
        try:
            (self.notes / endpoint).touch(exist_ok=False)
        except FileExistsError:
            return
        size, own = page.viewport_size, page.evaluate("document.documentElement.lang")
        for view in self.views:
            if own.startswith(view.language):
                self._check(page, view, endpoint)
            else:
                self._check_translated(page, base_url, view, endpoint)
        page.emulate_media(color_scheme="light")
        if size:
            page.set_viewport_size(size)

    def _check_translated(self, page: Page, base_url: str, view: View, endpoint: str) -> None:
        """In another tab, since the first one may hold a half-filled form; the language is chosen back."""
        parts = urlsplit(page.url)
        here = quote(parts.path + (f"?{parts.query}" if parts.query else ""))
        tab = page.context.new_page()
        own = page.evaluate("document.documentElement.lang")[:2]
        try:
            tab.goto(f"{base_url}/language/{view.language}?next={here}")
            self._check(tab, view, endpoint)
        finally:
            tab.goto(f"{base_url}/language/{own}?next=/healthz")
            tab.close()

    def _check(self, page: Page, view: View, endpoint: str) -> None:
        # without motion: a colour that is still fading would be measured between the two themes
        page.emulate_media(color_scheme=view.theme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": view.width, "height": 900})
        name = f"{endpoint} ({view.language}, {view.theme}, {view.width})"
        if self.shots:
            file = f"{endpoint}-{view.language}-{view.theme}-{view.width}.png"
            page.screenshot(path=self.shots / file, full_page=True)
        if (needed := page.evaluate("document.documentElement.scrollWidth")) > view.width:
            self.faults.append(f"{name}: needs {needed} pixels")
        self.faults.extend(f"{name}: {fault}" for fault in violations(self.axe, page))


def violations(axe: Axe, page: Page) -> list[str]:
    """What an automated scan finds wrong with a page."""
    found: list[dict[str, Any]] = axe.run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
