"""A database of its own for each test, which the migrations fill and empty."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text

from lms.core.db import db
from lms.core.ids import new_ref


def _server_url(name: str) -> str:
    """Create a database on the server that `make test` started."""
    server = create_engine(os.environ["LMS_TEST_POSTGRES"], isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'create database "{name}"'))
    server.dispose()
    return server.url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def empty_database(app: Flask, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database, which the application uses inside this test."""
    if request.config.getoption("--database") == "postgresql":
        url = _server_url(f"lms_migrate_{new_ref().lower()}")
    else:
        url = f"sqlite:///{tmp_path / 'migrate.sqlite'}"
    with app.app_context():
        engines = db.engines
        usual, engines[None] = engines[None], create_engine(url)
        try:
            yield engines[None]
        finally:
            db.session.remove()
            engines[None].dispose()
            engines[None] = usual
