"""Journey 3, one record: everything a person did, on one page, on paper, and behind a link that ends; and presenting."""

import re
from collections.abc import Callable

import pytest

from tests.e2e.site import Site
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.xdist_group("demo")

# Who took a course, was placed, studied and was mentored.
PERSON = "scientist-ph@people.example"
HOME = "university-of-the-philippines-manila"
KINDS = ("Short course", "Research placement", "Degree programme", "Mentorship")


def test_one_record(site: Site, visitor: Callable[..., Visitor]) -> None:
    person, stranger = visitor(site).signs_in(PERSON), visitor(site)
    sees_everything(person)
    code = has_it_printed(person)
    stranger.goes_to(f"/verify/{code}").sees("This document is valid", *KINDS[:2]).does_not_see(PERSON)
    link = shares_two_kinds(person)
    stranger.goes_to(link).sees(*KINDS[:2]).does_not_see(PERSON, KINDS[2], KINDS[3])
    person.goes_to("/record/").follows("Ministry").sees("1 time")
    time_passes_over_the_end(site, visitor)
    stranger.goes_to(link, status=410).sees("This link has ended").does_not_see("dela Cruz")


def sees_everything(person: Visitor) -> None:
    """All four kinds on one page, and each alone."""
    person.goes_to("/record/").sees(*KINDS, "Arrival confirmed", "Zhao Minghua")
    person.page.get_by_role("navigation", name="Kinds of entries").get_by_role("link", name=KINDS[1]).click()
    person.page.wait_for_url("**kind=placement")
    titles = person.page.locator(".record .card__eyebrow").all_inner_texts()
    assert set(titles) == {KINDS[1]}


def has_it_printed(person: Visitor) -> str:
    """One document of everything, as PDF; its code."""
    person.goes_to("/record/").follows("Make a verified PDF").presses("Sign and print")
    person.sees_later("Open the PDF")
    assert person.downloads("Open the PDF").startswith(b"%PDF")
    return person.page.url.rpartition("/")[2]


def shares_two_kinds(person: Visitor) -> str:
    """A link to the course and the placement, for a week; its address is told once."""
    person.goes_to("/record/").follows("Share by a link")
    for box in person.page.get_by_role("group", name="What is in it").get_by_role("checkbox").all():
        label = box.locator("xpath=ancestor::label").inner_text()
        box.set_checked(label.startswith(KINDS[:2]))
    person.chooses("The link leads there for", "7 days").fills({"For whom": "Ministry"}).presses("Make the link")
    found = re.search(r"http://\S+/record/shared/[\w-]+", person.text)
    assert found
    return found[0]


def time_passes_over_the_end(site: Site, visitor: Callable[..., Visitor]) -> None:
    """The presenter starts a scene and moves the clock by more than a week."""
    presenter = visitor(site)
    presenter.goes_to("/demo/").presses("Start: One record")
    assert presenter.page.url.endswith("/record/")
    presenter.page.get_by_role("link", name="All scenes and the clock").click()
    presenter.presses("One week on").presses("One day on").sees("It is now")


def test_the_secretariat_reads_figures_and_a_record(site: Site, visitor: Callable[..., Visitor]) -> None:
    secretariat = visitor(site).signs_in("secretariat@demo.example").goes_to("/figures/")
    secretariat.sees("Trained", "Placed", "In degrees", "Mentored", "Philippines")
    assert secretariat.fetches("/figures/?format=xlsx&for=others").startswith(b"PK")
    secretariat.follows("For others").sees("fewer than 5")
    secretariat.goes_to(f"/institutions/{HOME}/members?q=dela").follows("Jose Emmanuel dela Cruz").follows("Record")
    secretariat.sees(*KINDS, "Arrival confirmed")
