"""One world for all tests of a module, inside a transaction that is rolled back at its end."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection

from lms.core.db import db
from tests.access import world as worlds


@pytest.fixture(scope="module")
def outer(app: Flask) -> Iterator[Connection]:
    """The connection on which everything of this module happens."""
    with app.app_context():
        engines = db.engines
        engine = engines[None]
        connection = engine.connect()
        transaction = connection.begin()
        engines[None] = connection  # type: ignore[assignment]
        try:
            yield connection
        finally:
            db.session.remove()
            engines[None] = engine
            transaction.rollback()
            connection.close()


@pytest.fixture(scope="module")
def world(app: Flask, outer: Connection) -> worlds.World:
    """The demo world with strangers in it."""
    return worlds.build(app)


@pytest.fixture
def without_csrf(app: Flask) -> Iterator[None]:
    """Let forms be posted without their token: what is tested here is who may, not the token."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True
