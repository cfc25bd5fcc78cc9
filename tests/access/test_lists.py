"""Every list of the product, as the reader who sees most of it: each order pages through all rows once, and what is
taken out stands in the same order. A new list is covered by being there.
"""

import ast
import csv
import io
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, template_rendered
from sqlalchemy import Engine, Select, select

from lms.core.db import db
from lms.core.paging import Key, Page, paginate
from lms.core.storage.models import StoredFile
from lms.core.storage.services import record_opening
from lms.core.web import lists
from lms.exchange.models import Call
from tests.access import costs, matrix, subjects
from tests.access.matrix import PERSONAS, YES, Case
from tests.access.world import World
from tests.counting import counted_queries
from tests.databases import undone

PACKAGE = Path(__file__).resolve().parents[2] / "lms"
# How many queries more a page with many rows may ask than one with a single row: for what that one happens to lack.
FURTHER = 3


@dataclass(frozen=True)
class Found:
    """A list: where it is, who sees most of it, its template, how it is sorted, and how many rows it has."""

    url: str
    persona: str
    template: str
    sorting: lists.Sorting
    count: int


@contextmanager
def _rendered(app: Flask) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """The lists that are shown inside the block: their templates and what these got."""
    shown: list[tuple[str, dict[str, Any]]] = []

    def remember(_app: Flask, template: Any, context: dict[str, Any], **_rest: Any) -> None:
        if "sorting" in context and "page" in context:
            shown.append((template.name, context))

    with template_rendered.connected_to(remember, app):
        yield shown


def _cases(app: Flask, world: World) -> list[Case]:
    """Every address, on a subject whose list has rows."""
    for file in db.session.scalars(select(StoredFile).where(StoredFile.owner_id == world.people["scientist"])):
        record_opening(db.session(), file, world.actor("home_coordinator"))
    released = db.session.scalars(select(Call.ref).where(Call.state == "released").order_by(Call.id)).first()
    cases, _missing = subjects.cases(app, world)
    return [replace(one, values={"ref": released}) if one.endpoint == "exchange.offers" else one for one in cases]


@pytest.fixture(scope="module")
def found(app: Flask, world: World, database: Engine) -> list[Found]:
    """All lists that the demo world's people can open."""
    best: dict[str, Found] = {}
    cells = matrix.read()
    for case in (one for one in _cases(app, world) if one.method == "GET" and one.key in cells):
        url = subjects.address(app, case)
        welcome = [persona for persona in PERSONAS if cells[case.key][persona] == YES]
        with _rendered(app) as shown, undone(database):
            for persona in welcome[:1]:
                world.browser(persona).get(url)
        for template, context in shown:
            counts = {persona: len(_rows(world, persona, url, database)) for persona in welcome}
            persona = max(welcome, key=counts.__getitem__)
            best[case.name] = Found(url, persona, template, context["sorting"], counts[persona])
    return list(best.values())


def _rows(world: World, persona: str, url: str, database: Engine, **asked: str) -> list[list[str]]:
    with undone(database):
        response = world.browser(persona).get(url, query_string={**asked, "format": "csv"})
    assert response.status_code == 200, url
    return list(csv.reader(io.StringIO(response.text.lstrip("\ufeff"))))[1:]


def test_every_list_is_walked(found: list[Found]):
    """A list that nobody of the demo world can open would be walked by nobody: add its subject or its data."""
    written = {
        node.args[0].value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "render_list"
        if isinstance(node.args[0], ast.Constant)
    }

    assert written - {one.template for one in found} == set()
    assert [one.url for one in found if not one.count] == []


def test_every_list_begins_with_an_order_that_it_names(found: list[Found]):
    assert [one.url for one in found if not one.sorting.name] == []


@dataclass
class Asked:
    """What a page was made of: its query, its keys, and the ids of its rows."""

    query: Select[Any]
    keys: Sequence[Key]
    rows: list[int]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Asked]:
    """Every page that was read, in the order of reading."""
    seen: list[Asked] = []

    def remember(query: Select[Any], keys: Sequence[Key], **options: Any) -> Page[Any]:
        page = paginate(query, keys, **options)
        seen.append(Asked(query, keys, [row.id for row in page.items]))
        return page

    monkeypatch.setattr(lists, "paginate", remember)
    return seen


def _exported(one: Found, world: World, database: Engine, asked: list[Asked], order: str) -> list[int]:
    """The ids of all rows as they are taken out, read in several steps."""
    asked.clear()
    _rows(world, one.persona, one.url, database, sort=order)
    return [row for page in asked for row in page.rows]


def _paged(one: Found, world: World, database: Engine, asked: list[Asked], order: str) -> list[int]:
    """The ids of all rows as a reader sees them who presses "Next page"; the way back shows the same pages."""
    asked.clear()
    url: str | None = one.url
    with undone(database):
        browser = world.browser(one.persona)
        page = browser.get(one.url, query_string={"sort": order}).text
        assert f'<option value="{order}" selected>' in page, f"{one.url} does not say that it is sorted by {order}"
        while url := _link(page, "next"):
            page = browser.get(url).text
        forward = [seen.rows for seen in asked]
        asked.clear()
        while url := _link(page, "prev"):
            page = browser.get(url).text
    assert [seen.rows for seen in asked] == forward[-2::-1], f"{one.url} by {order}: the way back differs"
    return [row for rows in forward for row in rows]


def _link(page: str, rel: str) -> str | None:
    found = re.search(rf'<a href="([^"]+)"[^>]* rel="{rel}"', page)
    return unescape(found[1]) if found else None


def test_every_order_pages_through_all_rows_once_and_exports_the_same(
    found: list[Found],
    world: World,
    database: Engine,
    asked: list[Asked],
    monkeypatch: pytest.MonkeyPatch,
    subtests: pytest.Subtests,
):
    for one in found:
        monkeypatch.setattr(lists, "_EXPORT_BATCH", max(1, one.count // 3))
        monkeypatch.setattr(lists, "PAGE_SIZE", -(-one.count // 2))
        for name, column in one.sorting.columns.items():
            with subtests.test(list=one.url, sort=name):
                values = {}
                for order in (name, f"-{name}"):
                    exported = _exported(one, world, database, asked, order)
                    read = asked[0]
                    assert len(exported) == len(set(exported)) == one.count, f"{one.url} by {order}"
                    if order == name:
                        assert _paged(one, world, database, asked, order) == exported, f"{one.url} by {order}"
                    values[order] = _values(read, exported, database)
                    assert str(read.keys[0].column) == str(column.by)
                there, back = ([one for one in values[order] if one is not None] for order in values)
                assert there == back[::-1], f"{one.url}: -{name} is not the other way round"
                assert (
                    [None] * (one.count - len(there)) == values[name][len(there) :] == values[f"-{name}"][len(there) :]
                )


def _values(asked: Asked, rows: list[int], database: Engine) -> list[Any]:
    """By what the rows were sorted."""
    with undone(database):
        found = db.session.execute(asked.query.add_columns(asked.keys[0].column).order_by(None)).unique().all()
        values = {row[0].id: row[-1] for row in found}
    return [values[row] for row in rows]


def test_every_list_is_searched(found: list[Found], world: World, database: Engine, subtests: pytest.Subtests):
    for one in found:
        with subtests.test(list=one.url):
            first = _rows(world, one.persona, one.url, database)[0]
            hits = [_rows(world, one.persona, one.url, database, q=cell) for cell in first if cell]
            assert any(first in rows for rows in hits), f"{one.url} finds none of {first}"
            assert _rows(world, one.persona, one.url, database, q="zzqqxx") == [], one.url
            with undone(database):
                browser = world.browser(one.persona)
                whole = browser.get(one.url).text
                page = browser.get(one.url, query_string={"q": "zzqqxx"}).text
            said = rf'results-bar__count">[^<]*(?<!\d){min(one.count, 1000)}(?!\d)[^<]*<'  # in whatever language
            assert re.search(said, whole), f"{one.url} does not say how many"
            assert 'name="q" value="zzqqxx"' in page, f"{one.url} has no search box"
            assert 'class="empty"' in page, f"{one.url} does not say that nothing was found"


def test_no_list_asks_for_each_of_its_rows(
    found: list[Found], world: World, database: Engine, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
):
    for one in found:
        with subtests.test(list=one.url):
            counts = []
            for size in (1, one.count):
                monkeypatch.setattr(lists, "PAGE_SIZE", size)
                with undone(database), counted_queries() as seen:
                    world.browser(one.persona).get(one.url)
                counts.append(len(seen))
            assert counts[1] <= counts[0] + FURTHER, f"{one.url}: {counts} queries for 1 and for {one.count} rows"


def test_pages_keep_within_what_they_may_cost(app: Flask, world: World, database: Engine):
    found = []
    for page, persona, address in costs.pages(world):
        world.sign_in(persona)
        with undone(database):
            found.append(costs.measured(app, world.browser(persona), page, persona, address))
    if os.environ.get("UPDATE_COSTS"):
        costs.write_limits(found)
    allowed = costs.limits()

    assert {one.page for one in found} == set(allowed)
    for one in found:
        limit = allowed[one.page]
        assert one.bytes <= min(limit.bytes, costs.WARM), f"{one.page} weighs {one.bytes} bytes"
        assert one.cold <= costs.COLD, f"a first visit of {one.page} weighs {one.cold} bytes"
        assert one.queries <= min(limit.queries, costs.QUERIES), f"{one.page} asks {one.queries} queries"
        assert one.requests <= min(limit.requests, costs.REQUESTS), f"{one.page} makes {one.requests} requests"
