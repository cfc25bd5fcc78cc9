"""A database of its own for each test, which the migrations fill and empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.databases import new_database, using_database


@pytest.fixture
def empty_database(app: Flask, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database, which the application uses inside this test."""
    with using_database(app, new_database(request.config, tmp_path)) as engine:
        yield engine
