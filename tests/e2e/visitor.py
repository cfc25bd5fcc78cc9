"""A person at a browser: what they do and what they notice, in their own words."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.e2e.scan import Scanner
from tests.e2e.site import PASSWORD, Site

_MAIL_SECONDS = 30


def _label(text: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(text)}\s*(\(optional\))?\s*$")


def _selects(field: Locator, entry: str) -> None:
    """Choose an entry of a list by its text, or by how this begins."""
    options = field.locator("option").all_inner_texts()
    found = [option for option in options if option == entry] or [o for o in options if o.startswith(entry)]
    assert found, f"{entry!r} is not among {options}"
    field.select_option(label=found[0])


class Visitor:
    """A person at a browser of their own."""

    def __init__(self, site: Site, page: Page, scanner: Scanner, *, has_script: bool = True) -> None:
        self.site = site
        self.page = page
        self.scanner = scanner
        self.has_script = has_script
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._heard)
        self.faults: list[str] = []

    def _heard(self, message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.faults.append(message.text)

    # --- going somewhere ----------------------------------------------------------------------------

    def goes_to(self, path: str, *, status: int = 200) -> "Visitor":
        """Open a page of the site."""
        response = self.page.goto(path if path.startswith("http") else self.site.url + path)
        assert response is not None
        assert response.status == status, f"{path} answered {response.status}"
        return self._arrived()

    def follows(self, link: str, *, within: Locator | None = None) -> "Visitor":
        """Press a link on the page."""
        found = (within or self.page.locator("main")).get_by_role("link", name=link, exact=True)
        return self._navigates(found.first)

    def uses_menu(self, entry: str) -> "Visitor":
        """Choose an entry of the main menu, on a phone or on a wide screen."""
        phone = self.page.locator("details.menu--phone > summary")
        if phone.is_visible():
            phone.click()
            link = self.page.locator("details.menu--phone").get_by_role("link", name=entry, exact=True)
        else:
            link = self.page.locator(".primary-nav").get_by_role("link", name=entry, exact=True)
        return self._navigates(link.first)

    def takes_up(self, task: str, subject: str) -> "Visitor":
        """Open what waits on the dashboard, or among everything that waits."""
        self.goes_to("/dashboard")
        wanted = self.page.locator("main").get_by_role("link", name=f"{task}: {subject}", exact=True)
        further = "Show everything that waits"
        while not wanted.count() and self.page.get_by_role("link", name=further, exact=True).count():
            self.follows(further)
            further = "Next page"
        return self._navigates(wanted.first)

    def presses(self, button: str, *, within: Locator | None = None) -> "Visitor":
        """Press a button that leads to another page, and answer yes when the page asks."""
        found = (within or self.page.locator("main")).get_by_role("button", name=button, exact=True)
        return self._navigates(found.first)

    def touches(self, button: str, *, within: Locator | None = None) -> "Visitor":
        """Press a button that changes a part of this page."""
        (within or self.page.locator("main")).get_by_role("button", name=button, exact=True).first.click()
        return self

    def performs(self, action: str, **inputs: Any) -> "Visitor":
        """Use one of the buttons for what may be done with the subject of the page, with what it asks for."""
        box = self.page.locator("details.disclosure", has=self.page.locator("summary", has_text=_label(action)))
        if not inputs:
            return self.presses(action)
        if box.first.get_attribute("open") is None:
            box.first.locator("summary").first.click()
        self.fills(inputs, within=box.first)
        return self.presses(action, within=box.first)

    def opens_window(self) -> "Visitor":
        """Another window of the same browser."""
        return Visitor(self.site, self.page.context.new_page(), self.scanner, has_script=self.has_script)

    def cannot(self, action: str, reason: str) -> "Visitor":
        """Find a button blocked, with the reason beside it."""
        assert self.page.locator("main").get_by_role("button", name=action, exact=True).first.is_disabled()
        return self.sees(reason)

    def _navigates(self, pressed: Locator) -> "Visitor":
        try:
            pressed.wait_for()
        except PlaywrightTimeout:
            raise AssertionError(f"{pressed} is not on {self.page.url}:\n{self.text[:3000]}") from None
        asks = pressed.get_attribute("data-confirm")
        if asks and self.has_script:
            pressed.click()
            expect(self.page.locator("dialog[open]")).to_contain_text(asks)
            pressed = self.page.locator("dialog[open] button[value=yes]")
        with self.page.expect_navigation():
            pressed.click()
        return self._arrived()

    def _arrived(self) -> "Visitor":
        if self.has_script:  # the scan is a script itself
            self.scanner.look(self.page, self.site.url)
        assert not self.faults, self.faults
        return self

    def looks_again(self, name: str) -> "Visitor":
        """Have a page checked whose address has shown something quite different before."""
        self.scanner.look(self.page, self.site.url, name)
        return self

    # --- filling in ---------------------------------------------------------------------------------

    def fills(self, fields: dict[str, Any], *, within: Locator | None = None) -> "Visitor":
        """Fill in fields by their labels: text, a choice, True or False for a box, a Path for a file."""
        place = within or self.page.locator("main")
        for label, value in fields.items():
            field = place.get_by_label(_label(label)).first
            if not field.is_visible():
                field.locator("xpath=ancestor::details[not(@open)]/summary").first.click()
            kind = field.evaluate("node => node.tagName == 'SELECT' ? 'select' : node.type")
            if kind == "select":
                _selects(field, value)
            elif kind in {"checkbox", "radio"}:
                field.set_checked(value)
            elif kind == "file":
                field.set_input_files(value)
            else:
                field.fill(str(value))
        return self

    def chooses(self, group: str, *options: str) -> "Visitor":
        """Choose among the radio buttons or boxes under a legend."""
        place = self.page.locator("main").get_by_role("group", name=_label(group)).first
        for option in options:
            place.get_by_label(option, exact=True).check()
        return self

    def ticks(self, *starts: str) -> "Visitor":
        """Tick boxes with long texts, by how these begin."""
        for start in starts:
            self.page.locator("main").get_by_label(re.compile(rf"^\s*{re.escape(start)}")).first.check()
        return self

    # --- noticing -----------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What the page says."""
        return self.page.inner_text("main")

    def sees(self, *texts: str) -> "Visitor":
        """Assert that the page says something."""
        for text in texts:
            assert text in self.text, f"{text!r} is not on {self.page.url}:\n{self.text[:3000]}"
        return self

    def does_not_see(self, *texts: str) -> "Visitor":
        """Assert that the page says nothing of something, not even where the eye does not look."""
        html = self.page.content()
        for text in texts:
            assert text not in html, f"{text!r} is on {self.page.url}"
        return self

    def sees_later(self, text: str) -> "Visitor":
        """Open the page anew until it says something that happens by itself."""
        deadline = time.monotonic() + _MAIL_SECONDS
        while text not in self.text:
            assert time.monotonic() < deadline, f"{text!r} never came on {self.page.url}:\n{self.text[:3000]}"
            time.sleep(0.2)  # the relay needs a moment
            self.page.reload()
        return self

    def finds_nothing_at(self, path: str) -> "Visitor":
        """Assert that an address does not even exist for this person."""
        response = self.page.request.get(path if path.startswith("http") else self.site.url + path)
        assert response.status == 404, f"{path} answered {response.status}"
        return self

    def downloads(self, link: str) -> bytes:
        """Press a link to a file and return what came."""
        found = self.page.locator("main").get_by_role("link", name=link, exact=True).first
        return self.fetches(found.get_attribute("href") or "")

    def fetches(self, path: str) -> bytes:
        """The content of an address, as this browser gets it."""
        response = self.page.request.get(path if path.startswith("http") else self.site.url + path)
        assert response.status == 200, f"{path} answered {response.status}"
        return response.body()

    def clock(self) -> datetime:
        """What time it is on the site, at the Center: the demo moves its clock."""
        tab = self.page.context.browser.new_page()  # type: ignore[union-attr]
        tab.goto(f"{self.site.url}/demo/clock")
        shown = re.search(r"(\d+ \w+ \d+, \d+:\d+) \(China Standard Time\)", tab.inner_text("main"))
        tab.close()
        assert shown
        return datetime.strptime(shown.group(1), "%d %b %Y, %H:%M").replace(tzinfo=ZoneInfo("Asia/Shanghai"))

    # --- signing in and mail ------------------------------------------------------------------------

    def signs_in(self, email: str, password: str = PASSWORD) -> "Visitor":
        """Sign in by the form, as a person does."""
        self.goes_to("/accounts/sign-in")
        self.fills({"E-mail address": email, "Password": password})
        self.presses("Sign in")
        assert "/accounts/sign-in" not in self.page.url, self.text
        return self

    def mails(self, address: str) -> Iterator[str]:
        """The text of each mail kept for an address, newest first."""
        listed = self.fetches(f"/demo/mail?q={address}").decode()
        for path in dict.fromkeys(re.findall(r'href="(/demo/mail/\d+)"', listed)):
            html = self.fetches(path).decode().split("<main", 1)[1]
            yield unescape(re.sub(r"<[^>]+>", "", html))

    def gets_mail(self, address: str, pattern: str) -> re.Match[str]:
        """Wait for a mail to an address in which `pattern` stands; the newest match."""
        deadline = time.monotonic() + _MAIL_SECONDS
        while time.monotonic() < deadline:
            for body in self.mails(address):
                if found := re.search(pattern, body):
                    return found
            time.sleep(0.2)  # the relay needs a moment
        pytest.fail(f"no mail with {pattern} reached {address}")

    def opens_mail_link(self, address: str, pattern: str) -> str:
        """Follow the newest link matching `pattern` in the mails kept for an address; returns it."""
        link = self.gets_mail(address, pattern).group(0)
        self.goes_to(link)
        return link


def press_at_once(button: str, *visitors: Visitor) -> None:
    """Several press a button at the same instant, each on their own page."""
    at = (time.time() + 0.5) * 1000
    with ExitStack() as pages:
        for visitor in visitors:
            pages.enter_context(visitor.page.expect_navigation())
            pressed = visitor.page.locator("main").get_by_role("button", name=button, exact=True).first
            pressed.evaluate("(it, at) => { setTimeout(() => it.click(), at - Date.now()); }", at)
