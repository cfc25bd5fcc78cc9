"""Databases of their own, for tests that cannot share the one of the suite."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, Engine, create_engine, text

from lms.core.db import begin_as_writer, db, unit_of_work
from lms.core.ids import new_ref

Result = TypeVar("Result")


def new_database(config: pytest.Config, folder: Path) -> str:
    """The address of an empty database: a file in `folder`, or one on the server that `make test` started."""
    if config.getoption("--database") == "sqlite":
        return f"sqlite:///{folder / f'{new_ref()}.sqlite'}"
    server = create_engine(os.environ["LMS_TEST_POSTGRES"], isolation_level="AUTOCOMMIT")
    name = f"lms_{new_ref().lower()}"
    with server.connect() as connection:
        connection.execute(text(f'create database "{name}"'))
    server.dispose()
    return server.url.set(database=name).render_as_string(hide_password=False)


def make_schema() -> None:
    """Migrate the application's database to head."""
    if os.environ.get("LMS_TEST_SCHEMA") == "create":
        db.create_all()
    else:
        upgrade()


@contextmanager
def using_database(app: Flask, url: str) -> Iterator[Engine]:
    """Let the application use another database inside this block, which is in its context."""
    with app.app_context():
        engines = db.engines
        usual, engine = engines[None], create_engine(url)
        engines[None] = engine
        try:
            yield engine
        finally:
            db.session.remove()
            engine.dispose()
            engines[None] = usual


@contextmanager
def undone(engine: Engine) -> Iterator[Connection]:
    """Undo at the end of this block whatever the application did in it. Needs the application's context."""
    db.session.remove()
    connection = engine.connect()
    begin_as_writer(True)  # whatever the last request has left
    transaction = connection.begin()
    db.engines[None] = connection  # type: ignore[assignment]
    try:
        yield connection
    finally:
        db.session.remove()
        db.engines[None] = engine
        transaction.rollback()
        connection.close()


def committed(app: Flask, function: Callable[..., Result], *args: Any) -> Result:
    """What `function` answers in a context and a transaction of its own, as those of a request. For tests of races."""
    with app.app_context():
        try:
            with unit_of_work():
                return function(*args)
        finally:
            db.session.remove()
