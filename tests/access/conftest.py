"""One world for all tests of a module, in a database of its own in which every request is undone."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.access import world as worlds
from tests.databases import make_schema, new_database, using_database


@pytest.fixture(scope="module")
def database(app: Flask, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The database of this module."""
    with using_database(app, new_database(request.config, tmp_path_factory.mktemp("access"))) as engine:
        make_schema()
        yield engine


@pytest.fixture(scope="module")
def world(app: Flask, database: Engine) -> worlds.World:
    """The demo world with strangers in it."""
    return worlds.build(app)


@pytest.fixture
def without_csrf(app: Flask) -> Iterator[None]:
    """Let forms be posted without their token: what is tested here is who may, not the token."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True
