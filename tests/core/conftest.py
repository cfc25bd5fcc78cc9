"""Fixtures of the ground floor's tests."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import scoped_session

from tests.core.parcels import Parcel


@pytest.fixture
def parcels(app: Flask, session: scoped_session) -> Iterator[None]:
    """The tests' own table, inside the test's transaction."""
    Parcel.__table__.create(session.connection(), checkfirst=True)
    yield
    session.rollback()
