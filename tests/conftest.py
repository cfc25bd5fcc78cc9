"""Fixtures of the whole suite: an application on a migrated database, and isolation by an outer transaction.

`--database=sqlite` (default) or `--database=postgresql`, which needs LMS_TEST_POSTGRES (set by
`make test`). Each test leaves nothing behind.
"""

import contextvars
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.orm import scoped_session
from werkzeug.test import TestResponse

os.environ["LMS_ENV"] = "test"

from config import TestConfig
from lms import create_app
from lms.core import clock
from lms.core.actor import Actor, system_actor
from lms.core.db import begin_as_writer, db
from tests.counting import counted_queries


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


class Client(FlaskClient):
    """A test client whose requests run outside the test's own application context, as real ones do."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.commit()
        # Read to its end there: a streamed answer holds on to the context in which it began.
        kwargs.setdefault("buffered", True)
        response = contextvars.Context().run(super().open, *args, **kwargs)
        db.session.expire_all()
        return response


def postgres_url(worker: str) -> str:
    """A fresh database of the server that `make test` started."""
    server = os.environ.get("LMS_TEST_POSTGRES")
    if not server:
        pytest.exit("Set LMS_TEST_POSTGRES, or run the tests by: make test", 4)
    server = server.replace("postgresql://", "postgresql+psycopg://", 1)
    name = f"lms_test_{worker}_{os.getpid()}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'drop database if exists "{name}"'))
        connection.execute(text(f'create database "{name}"'))
    engine.dispose()
    return engine.url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a database that was migrated to head."""
    folder: Path = tmp_path_factory.mktemp("instance")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    config = TestConfig()
    if request.config.getoption("--database") == "postgresql":
        config.SQLALCHEMY_DATABASE_URI = postgres_url(worker)
    else:
        config.SQLALCHEMY_DATABASE_URI = f"sqlite:///{folder / 'test.sqlite'}"
    config.STORAGE_URL = str(folder / "files")
    app = create_app(config)
    app.test_client_class = Client
    with app.app_context():
        if os.environ.get("LMS_TEST_SCHEMA") == "create":
            db.create_all()
        else:
            from flask_migrate import upgrade

            upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[scoped_session[Any]]:
    """The database session of a test, inside a transaction that is rolled back at its end."""
    with app.app_context():
        engines = db.engines
        engine = engines[None]
        connection = engine.connect()
        begin_as_writer(True)  # whatever the last request of the test before has left
        outer = connection.begin()
        engines[None] = connection  # type: ignore[assignment]
        try:
            yield db.session
        finally:
            db.session.remove()
            engines[None] = engine
            outer.rollback()
            connection.close()


@pytest.fixture
def client(app: Flask, session: scoped_session[Any]) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def system(session: scoped_session[Any]) -> Actor:
    """The platform itself, now. `clock.move` moves the time of later requests and actors."""
    return system_actor(clock.now())


@pytest.fixture
def count_queries(session: scoped_session[Any]) -> Callable[[], AbstractContextManager[list[str]]]:
    """A context manager that lists the statements sent inside it."""
    return counted_queries
