"""What people see of a world, to compare two of them: the main pages of each role, as text."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient

from lms.accounts import queries as people
from lms.core.db import db
from lms.demo.seed.people import PRESENTED, address_of
from tests.factories import sign_in

PUBLIC = ("/", "/courses/", "/exchange/", "/programmes/", "/mentoring/", "/institutions/", "/search?q=dengue")
OWN = ("/dashboard", "/waiting/", "/accounts/profile", "/accounts/openings", "/accounts/my-data", "/credentials/")
# Looking at pages changes these: they count sessions, and say who looked.
SELF_CHANGING = ("/accounts/openings", "/accounts/my-data", "/admin/journal")
_LINKS_FOLLOWED = 10
# What is new each time a page is made: tokens of forms, and how long ago something was.
_EVER_NEW = re.compile(r'(name="(?:[a-z-]*csrf_token|[a-z-]*once)"[^>]*value=|value=)"[^"]*"|\bnonce="[^"]*"')
_LINK = re.compile(r"<main.*", re.DOTALL), re.compile(r'href="(/[^"#]*)"')


def pages(app: Flask, accounts: Sequence[str] = tuple(PRESENTED)) -> dict[tuple[str, str], str]:
    """The main pages of the public and of these accounts of the demo world, by account and address."""
    found = {("", path): _page(app.test_client(), path) for path in PUBLIC}
    for account in accounts:
        person = people.person_by_email(address_of(account))
        assert person is not None
        browser = sign_in(app.test_client(), person)
        db.session.commit()
        for path in (*OWN, *_linked_from(browser.get("/dashboard").text)):
            found[account, path] = _page(browser, path)
    return found


def _linked_from(dashboard: str) -> Iterator[str]:
    """The first things that the dashboard leads to: what waits for this role, and its lists."""
    main, link = _LINK
    seen = dict.fromkeys(urlsplit(path).path for path in link.findall(main.search(dashboard)[0]))  # type: ignore[index]
    yield from [path for path in seen if path not in OWN and not path.startswith("/static")][:_LINKS_FOLLOWED]


def _page(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code < 400, (path, answer.status_code)
    if answer.mimetype != "text/html" or path in SELF_CHANGING:
        return answer.mimetype or ""
    page = _EVER_NEW.sub("", answer.text)
    # Each engine ranks what it finds in its own way.
    return "\n".join(sorted(page.splitlines())) if path.startswith("/search") else page
