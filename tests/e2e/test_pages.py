"""Every page that has an address of its own, opened once by somebody who may: the scan looks at each of them."""

from collections.abc import Callable
from itertools import product

import pytest

from tests.e2e.scan import Scanner
from tests.e2e.site import Site
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.xdist_group("demo")

WHO = ("student", "partner", "host", "instructor", "reviewer", "secretariat", "admin")
NO_PAGES = {"core.healthz", "core.readyz"}
ODD_ADDRESSES = (
    "/nothing-here",
    "/courses/NOTHING-1",
    "/exchange/calls/nothing",
    "/institutions/nothing",
    "/verify/nothing",
)


def test_every_page_opens_for_somebody(site: Site, visitor: Callable[..., Visitor], scanner: Scanner) -> None:
    guest = visitor(site)
    people = [guest, *(visitor(site).goes_to("/language/en").signs_in(f"{one}@demo.example") for one in WHO)]
    unopened = []
    for rule in scanner.urls.map.iter_rules():
        if rule.arguments or "GET" not in (rule.methods or ()) or rule.endpoint in NO_PAGES:
            continue
        if not any(opens(person, rule.rule) for person in people):
            unopened.append(rule.rule)
    assert not unopened


def opens(person: Visitor, path: str) -> bool:
    """Whether this person may see the page; then it is opened and looked at."""
    answer = person.page.request.get(person.site.url + path)
    if answer.status != 200 or ("/accounts/sign-in" in answer.url and path != "/accounts/sign-in"):
        return False
    person.goes_to(path)
    return True


def test_addresses_that_lead_nowhere_say_so(site: Site, visitor: Callable[..., Visitor]) -> None:
    guest, learner = visitor(site), visitor(site).signs_in("student@demo.example")
    for person, path in product((guest, learner), ODD_ADDRESSES):
        person.goes_to(path, status=404)
        assert person.page.locator("main").get_by_role("link").count() > 0
    learner.looks_again("not-found")


def test_no_page_of_others_is_open_to_a_learner(site: Site, visitor: Callable[..., Visitor]) -> None:
    learner = visitor(site).signs_in("student@demo.example")
    for path in ("/exchange/manage/calls/", "/courses/teaching", "/institutions/proposals/", "/courses/new"):
        learner.goes_to(path, status=403)
