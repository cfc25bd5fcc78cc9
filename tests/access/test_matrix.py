"""Who gets which answer from which address: as declared, as reviewed in `matrix.csv`, and as executed."""

import os

import pytest
from flask import Flask
from sqlalchemy import Engine

from lms.core.db import db
from tests.access import matrix, subjects
from tests.access.matrix import PERSONAS, YES, Case, Matrix
from tests.access.world import World
from tests.databases import undone


@pytest.fixture(scope="module")
def cases(app: Flask, world: World) -> list[Case]:
    """Every endpoint and method on a subject of the world."""
    found, missing = subjects.cases(app, world)
    if missing:
        pytest.fail("Say in tests/access/subjects.py on which subject to try:\n" + "\n".join(missing))
    return found


@pytest.fixture(scope="module")
def declared(app: Flask, world: World, cases: list[Case]) -> Matrix:
    """The matrix as the declarations beside the views make it."""
    actors = {persona: world.actor(persona) for persona in PERSONAS}
    found = {
        case.key: {persona: matrix.computed(app, case, actor) for persona, actor in actors.items()} for case in cases
    }
    db.session.rollback()
    return found


def _update(found: Matrix) -> None:
    if os.environ.get("UPDATE_MATRIX"):
        matrix.write(found)


def test_the_file_says_what_the_views_declare(declared: Matrix):
    kept = matrix.read()
    inside = {key: kept[key] for key in declared.keys() & kept.keys() & subjects.DECIDED_INSIDE.keys()}
    _update(declared | inside)

    unexpected = matrix.differences(matrix.read(), declared | inside)
    assert not unexpected, "if it is meant: UPDATE_MATRIX=1, and have it reviewed\n" + "\n".join(unexpected)
    laxer = [
        f"{' '.join(key)} as {persona}"
        for key, cells in inside.items()
        for persona, cell in cells.items()
        if cell == YES != declared[key][persona]
    ]
    assert not laxer, "\n".join(laxer)


def test_every_cell_is_answered_as_the_file_says(
    world: World, database: Engine, cases: list[Case], declared: Matrix, without_csrf: None
):
    found: Matrix = {case.key: {} for case in cases}
    for case in cases:
        for persona in PERSONAS:
            with undone(database):
                found[case.key][persona] = subjects.send(world, persona, case)
    inside = {key: found[key] for key in found.keys() & subjects.DECIDED_INSIDE.keys()}
    _update(matrix.read() | inside)

    unexpected = matrix.differences(matrix.read(), found)
    assert not unexpected, "\n".join(unexpected)
