"""Lists with one row and with a thousand more: the same number of queries."""

import csv
import io
import sys
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy import Engine, select

from benchmarks.copies import multiply
from benchmarks.visits import Visitor, counted
from benchmarks.world import World
from lms.core.db import db
from lms.exchange.models import Call

MORE = 1000
_CELLS_TRIED = 60


def _addresses(world: World) -> list[tuple[str, str, str]]:
    """Name, visitor and path of the lists that grow. Needs the application's context."""
    closed = db.session.scalars(select(Call.ref).where(Call.state == "closed").order_by(Call.id)).first()
    with world.app.test_request_context():
        return [
            ("course catalogue", "visitor", url_for("courses.catalogue")),
            ("institutions", "visitor", url_for("institutions.index")),
            ("posts of the exchange", "visitor", url_for("exchange.index")),
            ("office queue", "secretariat", url_for("courses.participants", ref=world.queue)),
            ("what our people learn", "home", url_for("courses.our_people")),
            ("endorsements asked of an office", "home", url_for("applications.endorsements")),
            ("screening", "secretariat", url_for("exchange.screening", ref=closed)),
            ("placements", "secretariat", url_for("exchange.placements")),
            ("what waits", "secretariat", url_for("dashboard.waiting_list")),
            ("outbox", "admin", url_for("admin.outbox_list")),
            ("journal", "admin", url_for("admin.journal")),
        ]


def _rows(visitor: Visitor, path: str) -> list[list[str]]:
    """What the list holds, as its CSV says."""
    answer = visitor.open("GET", f"{path}{'&' if '?' in path else '?'}format=csv")
    if answer.status != 200:
        raise RuntimeError(f"{path} as CSV answers {answer.status}")
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))[1:]


def _queries(engine: Engine, visitor: Visitor, path: str) -> int:
    visitor.open("GET", path)
    with counted(engine) as statements:
        answer = visitor.open("GET", path)
    if answer.status != 200:
        raise RuntimeError(f"{path} answers {answer.status}")
    return len(statements)


def _narrowed(visitor: Visitor, path: str) -> str:
    """The list narrowed by its search box, to a single row where a word does that."""
    cells = dict.fromkeys(cell for row in _rows(visitor, path) for cell in row if len(cell) > 1)
    best, fewest = path, sys.maxsize
    for cell in list(cells)[:_CELLS_TRIED]:
        narrowed = f"{path}?{urlencode({'q': cell})}"
        count = len(_rows(visitor, narrowed))
        if 0 < count < fewest:
            best, fewest = narrowed, count
        if count == 1:
            break
    return best


def _measured(engine: Engine, visitor: Visitor, path: str) -> dict[str, int]:
    return {"rows": len(_rows(visitor, path)), "queries": _queries(engine, visitor, path)}


def compare(world: World) -> list[dict[str, Any]]:
    """Rows and queries of each list, narrowed by its search and with a thousand more rows. Changes the database."""
    with world.app.app_context():
        addresses, engine = _addresses(world), db.engine
    few = {}
    for name, who, path in addresses:
        visitor = world.visitors[who]
        few[name] = _measured(engine, visitor, _narrowed(visitor, path))
    with world.app.app_context():
        multiply(MORE)
        db.session.commit()
    found = []
    for name, who, path in addresses:
        many = _measured(engine, world.visitors[who], path)
        is_flat = many["queries"] <= few[name]["queries"]
        found.append({"name": name, "few": few[name], "many": many, "is_flat": is_flat})
    return found
