"""Fixtures of the ground floor's tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.orm import scoped_session

from config import TestConfig
from lms import create_app
from lms.core.db import db
from lms.core.ids import new_ref
from tests.core import probes
from tests.core.parcels import Parcel


@pytest.fixture
def parcels(app: Flask, session: scoped_session) -> Iterator[None]:
    """The tests' own table, inside the test's transaction."""
    Parcel.__table__.create(session.connection(), checkfirst=True)
    yield
    session.rollback()


@pytest.fixture(scope="module")
def own_app(app: Flask, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with the probes' pages on a database of its own, for tests that commit for good.

    Several threads may use it, each with its own connection, as the workers of a server do.
    """
    config = TestConfig()
    config.SQLALCHEMY_DATABASE_URI = _own_database(request, tmp_path_factory.mktemp("own"))
    config.STORAGE_URL = app.config["STORAGE_URL"]
    config.WTF_CSRF_ENABLED = False
    own = create_app(config)
    probes.register(own)
    with own.app_context():
        db.create_all()
    yield own
    with own.app_context():
        db.session.remove()
        db.engine.dispose()


def _own_database(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.config.getoption("--database") == "sqlite":
        return f"sqlite:///{folder / 'own.sqlite'}"
    admin = create_engine(
        os.environ["LMS_TEST_POSTGRES"].replace("postgresql://", "postgresql+psycopg://", 1),
        isolation_level="AUTOCOMMIT",
    )
    name = f"lms_own_{new_ref()}"
    with admin.connect() as connection:
        connection.execute(text(f'create database "{name}"'))
    admin.dispose()
    return admin.url.set(database=name).render_as_string(hide_password=False)
