"""No page asks the database more often because there is more to show."""

from flask import Flask
from sqlalchemy import Engine

from benchmarks.copies import multiply
from benchmarks.visits import counted
from lms.core.db import db
from tests.access import matrix, subjects
from tests.access.conftest import database, world  # noqa: F401 - fixtures
from tests.access.matrix import PERSONAS, YES, Case
from tests.access.world import World
from tests.databases import undone

MORE = 30
READERS = 2  # of each page, but for those that look different to everybody
DIFFERENT_FOR_EACH = ("dashboard.", "portal.")


def _pages(app: Flask, world: World) -> list[tuple[str, Case]]:  # noqa: F811 - the fixture
    """Every page with personas who may open it."""
    found: list[tuple[str, Case]] = []
    actors = {persona: world.actor(persona) for persona in PERSONAS}
    for case in subjects.cases(app, world)[0]:
        if case.method != "GET" or case.endpoint in subjects.PREPARE:
            continue
        readers = [who for who, actor in actors.items() if matrix.computed(app, case, actor) == YES]
        if not case.endpoint.startswith(DIFFERENT_FOR_EACH):
            readers = readers[-READERS:]
        found += [(persona, case) for persona in readers]
    db.session.rollback()
    return found


def _queries(database: Engine, world: World, persona: str, case: Case) -> int:  # noqa: F811 - the fixtures
    with undone(database) as connection, counted(connection) as statements:
        told = subjects.send(world, persona, case)
    assert told == YES or case.key in subjects.DECIDED_INSIDE, f"{case.name} as {persona}: {told}"
    return len(statements)


def test_thirty_rows_cost_as_many_queries_as_one(app: Flask, database: Engine, world: World):  # noqa: F811
    pages = _pages(app, world)
    multiply(1)
    db.session.commit()
    few = {(who, case.key): _queries(database, world, who, case) for who, case in pages}
    multiply(MORE)
    db.session.commit()

    grown = [
        f"{case.name} as {who}: {few[who, case.key]} queries, then {many}"
        for who, case in pages
        if (many := _queries(database, world, who, case)) > few[who, case.key]
    ]

    assert not grown, "\n".join(grown)
