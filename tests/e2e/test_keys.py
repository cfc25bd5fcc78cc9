"""Working with keys alone: learning, and deciding all day; and coming back after a lost session."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.site import Site
from tests.e2e.test_ways_of_using import enters, tabs_to
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.xdist_group("demo")
COURSE = "Transmission and control: what R0 can and cannot tell"


def test_deciding_by_single_keys(site: Site, visitor: Callable[..., Visitor]) -> None:
    office = visitor(site, width=1280).signs_in("secretariat@demo.example").goes_to("/waiting/?kind=screen")
    page = office.page
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    first = page.inner_text("h1")

    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_contain_text("Keyboard shortcuts")
    page.keyboard.press("n")
    assert page.inner_text("h1") == first, "keys rest while a dialog is open"
    page.keyboard.press("Escape")

    page.keyboard.press("r")
    page.keyboard.type("n?a")
    assert page.evaluate("document.activeElement.value") == "n?a", "keys rest while somebody types"
    page.on("dialog", lambda dialog: dialog.accept())
    page.evaluate("document.activeElement.blur()")
    if page.locator("[data-key=n]").count():
        with page.expect_navigation():
            page.keyboard.press("n")
        assert page.inner_text("h1") != first

    office.goes_to("/display?shortcuts=off&next=/waiting/")
    page.keyboard.press("?")
    page.keyboard.press("j")
    assert not page.locator("dialog[open]").count()
    assert page.evaluate("document.activeElement === document.body")
    office.goes_to("/display?shortcuts=on&next=/waiting/")


def test_deciding_on_many_by_keyboard(site: Site, visitor: Callable[..., Visitor]) -> None:
    office = visitor(site, width=1280).signs_in("secretariat@demo.example").goes_to("/exchange/manage/calls/")
    page = office.page
    office.follows("Sample call: young scientists 2027, spring").follows("Screening")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("input[form=bulk]:checked")).to_have_count(1)
    page.keyboard.press("Shift+Tab")
    enters(page, "Refuse as not eligible")
    office.sees("Nothing has been decided yet.", "Refuse as not eligible").looks_again("bulk")
    enters(page, "Refuse as not eligible (1)")
    office.sees("There is a problem").looks_again("bulk-refused")
    enters(page, "Cancel")
    office.sees("Screening")


def test_a_quiz_by_keyboard(site: Site, visitor: Callable[..., Visitor]) -> None:
    learner = visitor(site, width=1280).signs_in("reviewer@demo.example").goes_to("/courses/?q=transmission")
    page = learner.page
    enters(page, COURSE)
    enters(page, "Enrol")
    enters(page, "Enrol")
    learner.follows(page.locator("ol.outline li", has_text="Quiz").last.locator("a").inner_text())
    enters(page, "Start the quiz")
    for question in page.locator("fieldset.question").all():
        field = question.locator("input:not([type=hidden])").first
        while not field.evaluate("it => it === document.activeElement"):
            page.keyboard.press("Tab")
        if field.get_attribute("type") in ("radio", "checkbox"):
            page.keyboard.press("Space")
        else:
            page.keyboard.type("7")
    enters(page, "Save and check")
    learner.sees("Every question is answered")
    enters(page, "Submit and see the result")
    learner.sees("Attempt 1, submitted")


def test_nothing_is_lost_with_a_session(site: Site, visitor: Callable[..., Visitor]) -> None:
    person = visitor(site, width=1280).signs_in("student@demo.example").goes_to("/accounts/profile")
    page = person.page
    field = page.get_by_label("How we call you")
    before = field.input_value()
    tabs_to(page, "How we call you")
    page.keyboard.press("Control+A")
    page.keyboard.type("Thou of Phnom Penh")
    expect(page.locator("form[data-dirty]")).to_have_count(1)
    page.context.clear_cookies()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    person.signs_in("student@demo.example").goes_to("/accounts/profile")
    expect(page.locator("main")).to_contain_text("What you typed before is here again.")
    assert field.input_value() == "Thou of Phnom Penh"
    page.get_by_role("button", name="Discard it").click()
    expect(field).to_have_value(before)
