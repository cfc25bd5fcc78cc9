"""The same pages by keyboard alone, without script, and with what goes wrong: stale pages, doubled presses, forgeries."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.site import PASSWORD, Site
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.xdist_group("demo")
_MOST_TABS = 120
# What somebody who looks at the screen sees of the element that has the focus.
_FOCUSED = """() => {
    const it = document.activeElement, own = it.labels?.[0] || it;
    return (own.innerText || it.getAttribute('aria-label') || '').trim();
}"""
# Around it, or around the card that its link stretches over.
_RINGED = """() => ['', '::after'].some((part) => {
    const style = getComputedStyle(document.activeElement, part || undefined);
    return style.outlineStyle != 'none' || style.boxShadow != 'none';
})"""


def tabs_to(page: Page, text: str) -> None:
    """Press Tab until the focus is where `text` is; it must be visible there."""
    for _press in range(_MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(_FOCUSED).startswith(text):
            assert page.evaluate(_RINGED), f"nothing shows that the focus is on {text}"
            return
    raise AssertionError(f"{_MOST_TABS} times Tab did not reach {text!r} on {page.url}")


def enters(page: Page, text: str) -> None:
    """Go there by Tab and press Enter, which leads to another page."""
    tabs_to(page, text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_by_keyboard_alone(site: Site, visitor: Callable[..., Visitor]) -> None:
    page = visitor(site, width=1280).goes_to("/").page
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUSED) == "Skip to content"
    enters(page, "Sign in")
    tabs_to(page, "E-mail address")
    page.keyboard.type("partner@demo.example")
    tabs_to(page, "Password")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tabs_to(page, "Search the whole site")
    page.keyboard.type("transmission")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    enters(page, "Transmission and control: what R0 can and cannot tell")
    enters(page, "Enrol")
    enters(page, "Enrol")
    expect(page.locator("main")).to_contain_text("You are enrolled")
    page.keyboard.press("Tab")
    enters(page, "Start")
    enters(page, "Mark as read and go on")


def test_menus_by_keyboard(site: Site, visitor: Callable[..., Visitor]) -> None:
    page = visitor(site, width=360).goes_to("/").page
    tabs_to(page, "Menu")
    page.keyboard.press("Enter")
    expect(page.locator("details.menu--phone")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(page.locator("details.menu--phone")).not_to_have_attribute("open", "")
    assert page.evaluate(_FOCUSED) == "Menu"


def test_without_script(site: Site, visitor: Callable[..., Visitor]) -> None:
    person = visitor(site, script=False).signs_in("home@demo.example")
    person.goes_to("/courses/").fills({"Search": "transmission"}).presses("Search").follows(
        "Transmission and control: what R0 can and cannot tell"
    )
    person.follows("Enrol").presses("Enrol").sees("You are enrolled")
    person.follows(person.page.locator("ol.outline li", has_text="Quiz").last.locator("a").inner_text())
    person.presses("Start the quiz")
    for question in person.page.locator("fieldset.question").all():
        written = question.locator("input[type=text]")
        if written.count():
            written.fill("7")
        else:
            question.locator("input").first.check()
    person.presses("Save and stay")
    assert all(
        one.is_checked() for one in person.page.locator("fieldset.question").first.locator("input:checked").all()
    )
    person.presses("Save and check").sees("Every question is answered")
    person.presses("Submit and see the result").sees("Attempt 1, submitted", "You need")
    person.follows("Back to the course").follows("My enrolment").presses("Withdraw").sees("Withdrawn")


def test_doubled_and_stale_presses_act_once(site: Site, visitor: Callable[..., Visitor]) -> None:
    person = visitor(site).signs_in("scientist@demo.example").goes_to("/accounts/profile")
    other = person.opens_window().goes_to("/accounts/profile")
    person.fills({"How we call you": "Sou"}).presses("Save").sees("Your profile is saved.")
    other.fills({"How we call you": "Phone"}).presses("Save")
    assert "Your profile is saved." not in other.text
    person.goes_to("/accounts/profile")
    assert person.page.get_by_label("How we call you").input_value() == "Sou"
    other.sees("Somebody changed this meanwhile", "Stored now: Sou")
    assert other.page.get_by_label("How we call you").input_value() == "Phone", "what was typed is kept"
    other.presses("Save").sees("Your profile is saved.")


def test_forged_requests_are_refused(site: Site, visitor: Callable[..., Visitor]) -> None:
    person = visitor(site).signs_in("student@demo.example")
    for path in ("/accounts/profile", "/accounts/sign-out", "/institutions/mahidol-university/join"):
        answer = person.page.request.post(site.url + path, form={"name": "Mallory"})
        assert answer.status == 400, f"{path} answered {answer.status}"
    for path in ("/accounts/confirm/forged", "/endorsements/link/forged", "/accounts/invitation/forged"):
        assert person.page.request.get(site.url + path).status == 404
    person.goes_to("/dashboard").sees("Dashboard")
