"""Whatever comes in an address or a form, the answer is a page that helps: never a failure of the server."""

import itertools
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import Engine
from wtforms.fields.core import UnboundField

from lms.core.db import db
from lms.core.web import Form
from lms.core.workflow.machine import all_machines
from tests.access import matrix, subjects
from tests.access.matrix import YES, Case
from tests.access.world import World
from tests.databases import undone

ROOT = Path(__file__).resolve().parents[2]
MOST_RIGHTS_FIRST = (
    "admin",
    "secretariat",
    "home_coordinator",
    "host",
    "instructor",
    "reviewer",
    "scientist",
    "learner",
    "visitor",
)
ODD = (
    "",
    "garbage",
    "%",
    "'; drop table person; --",
    '"\\',
    "\x00",
    "x" * 2000,
    "ភាសាខ្មែរ ក្រុងភ្នំពេញ",
    "<script>alert(1)</script>",
    "-1",
    "9" * 40,
    "NaN",
    "1e999",
    "0001-01-01",
    "9999-12-31T23:59",
    "2026-02-30",
    "😷" * 50,
)


_turns = itertools.count()


def some(values: Sequence[str]) -> Sequence[str]:
    """A fifth of the values, another fifth each time; with FULL=1 all of them."""
    return values if os.environ.get("LMS_FULL") else values[next(_turns) % 5 :: 5]


def query_names() -> list[str]:
    """Every name that some view reads from the address."""
    sources = "\n".join(path.read_text() for path in (ROOT / "lms").rglob("*.py"))
    read = re.findall(r"(?:args|asked)\.(?:get|getlist)\(\s*\"(\w+)\"", sources)
    return sorted({"action", "cursor", "format", "kind", "q", "state", "who", *read})


def _forms(cls: type[Form]) -> Iterator[type[Form]]:
    for sub in cls.__subclasses__():
        yield sub
        yield from _forms(sub)


def field_names() -> list[str]:
    """Every name that some form reads, those of the transitions included."""
    names = {name for form in _forms(Form) for name in dir(form) if isinstance(getattr(form, name, None), UnboundField)}
    for machine in all_machines():
        for transition in machine.transitions.values():
            names |= {f"{transition.name}-{wanted.name}" for wanted in transition.inputs}
            names |= {f"{transition.name}-once", f"{transition.name}-version"}
    return sorted(names | {"once", "version"})


class Tries:
    """Sends requests as whoever may do most, each undone, and notes the failures."""

    def __init__(self, app: Flask, world: World, database: Engine) -> None:
        self.app, self.world, self.database = app, world, database
        self.found, _missing = subjects.cases(app, world)
        self.actors = {persona: world.actor(persona) for persona in MOST_RIGHTS_FIRST}
        self.failures: list[str] = []

    def persona(self, case: Case) -> str:
        """The persona with the most rights who is let in; else anybody in the world who is."""
        found = next((who for who in MOST_RIGHTS_FIRST if self._is_let_in(who, case)), None)
        if found is None:
            found = next((who for who in self.world.others() if self._is_let_in(who, case)), "visitor")
        db.session.rollback()
        self.world.sign_in(found)
        return found

    def _is_let_in(self, who: str, case: Case) -> bool:
        if who not in self.actors:
            self.actors[who] = self.world.actor(who)
        return matrix.computed(self.app, case, self.actors[who]) == YES

    def send(self, who: str, method: str, address: str, **options: Any) -> None:
        try:
            with (
                undone(self.database),
                self.world.browser(who).open(address, method=method, **options) as response,
            ):
                _ = response.data  # a list that streams reads the database while it is sent
                status = str(response.status_code)
        except Exception as error:  # even the page that reports a failure has failed
            status = f"{type(error).__name__}"
        if not status.startswith(("2", "3", "4")):
            self.failures.append(f"{status} {method} {address[:120]} as {who} {str(options)[-200:]}")


@pytest.fixture(scope="module")
def tries(app: Flask, world: World, database: Engine) -> Tries:
    return Tries(app, world, database)


@pytest.fixture(autouse=True)
def fresh(tries: Tries) -> None:
    tries.failures.clear()


def test_odd_queries_never_break_a_page(app: Flask, tries: Tries):
    names = query_names()
    for case in tries.found:
        if case.method != "GET":
            continue
        who, address = tries.persona(case), subjects.address(app, case).partition("?")[0]
        for odd in some(ODD):
            tries.send(who, "GET", address, query_string=dict.fromkeys(names, odd))
        for kind in ("csv", "xlsx"):
            tries.send(who, "GET", address, query_string={"format": kind, "q": ODD[7]})

    assert not tries.failures, "\n".join(tries.failures)


def test_odd_addresses_never_break_a_page(app: Flask, tries: Tries):
    rules = {(rule.endpoint, method): rule for rule, method in matrix.rules(app)}
    for case in tries.found:
        rule, who = rules[case.endpoint, case.method], tries.persona(case)
        if not rule.arguments:
            continue
        for odd in some((*ODD[1:], "1", "a/../b")):
            path = re.sub(r"<[^>]+>", lambda _match, odd=odd: quote(odd, safe="") or "-", rule.rule)
            tries.send(who, case.method, path)

    assert not tries.failures, "\n".join(tries.failures)


def test_odd_bodies_never_break_a_form(app: Flask, tries: Tries, without_csrf: None):
    names = field_names()
    for case in tries.found:
        if case.method != "POST":
            continue
        who, address = tries.persona(case), subjects.address(app, case)
        for odd in some(ODD):
            tries.send(who, "POST", address, data=dict.fromkeys(names, odd))
        tries.send(who, "POST", address, data=b"\xff\xfe\x00=%%%", content_type="application/x-www-form-urlencoded")
        tries.send(who, "POST", address, data=b"--x\r\ncontent", content_type="multipart/form-data; boundary=x")
        tries.send(who, "POST", address, json={"a": [1, None]})

    assert not tries.failures, "\n".join(tries.failures)


def test_somebody_may_see_every_page(tries: Tries, app: Flask):
    """A page that nobody may see would hide its faults from the tests above."""
    unseen = [case.name for case in tries.found if matrix.computed(app, case, tries.actors[tries.persona(case)]) != YES]

    assert not unseen, "\n".join(unseen)
