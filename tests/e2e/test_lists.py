"""Sorting a list: in place with script, by its headings, and without script; filters and export go along."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.site import Site
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.xdist_group("demo")

CATALOGUE, PLACEMENTS = "/courses/", "/exchange/placements/"


def titles(page: Page) -> list[str]:
    return page.locator("main h2.listing__title").all_inner_texts()


def test_a_catalogue_is_sorted_in_place(site: Site, visitor: Callable[..., Visitor]) -> None:
    page = visitor(site).goes_to(CATALOGUE).page
    before = titles(page)
    page.evaluate("document.body.dataset.stays = 'yes'")
    page.get_by_label("Sort by").select_option("-title")
    expect(page.locator("main h2.listing__title").first).to_have_text(before[-1])
    assert titles(page) == before[::-1]
    page.get_by_label("Enrolment", exact=True).select_option("now")
    page.wait_for_url("**open=now**")
    open_now = titles(page)
    assert open_now == [title for title in before[::-1] if title in open_now]
    assert page.locator("body").get_attribute("data-stays") == "yes"
    address = page.get_by_role("link", name="Download CSV").get_attribute("href") or ""
    rows = page.request.get(site.url + address).text().splitlines()[1:]
    assert [title for title, row in zip(open_now, rows, strict=True) if title not in row] == []


def test_a_table_is_sorted_by_its_headings(site: Site, visitor: Callable[..., Visitor]) -> None:
    person = visitor(site).signs_in("secretariat@demo.example").goes_to(PLACEMENTS)
    page = person.page
    names = page.locator("tbody th")
    heading = page.locator("thead a", has_text="Scientist")
    heading.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=name")
    there = names.all_inner_texts()
    assert page.locator("th[aria-sort=ascending]").inner_text().strip().startswith("Scientist")
    heading.focus()
    assert page.locator("thead").evaluate("head => getComputedStyle(head).clipPath") == "none", "the focus is not seen"
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=-name")
    assert names.all_inner_texts() == there[::-1]
    assert page.get_by_label("Sort by").input_value() == "-name"


def test_a_list_is_sorted_without_script(site: Site, visitor: Callable[..., Visitor]) -> None:
    page = visitor(site, script=False).goes_to(CATALOGUE).page
    before = titles(page)
    page.get_by_label("Sort by").select_option("-title")
    page.locator("form.filters button").click()
    assert titles(page) == before[::-1]
