"""An installation of the release before comes to this one with its data, and back."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from flask import Flask
from sqlalchemy import Engine, func, inspect, select, text

from lms.accounts.models import Consent, Person
from lms.applications.models import Application
from lms.core import audit, backup, storage
from lms.core.db import db
from lms.courses.models import Enrolment
from lms.credentials.models import Credential
from tests.backup.pages import pages
from tests.migrations.test_migrations import alembic  # noqa: F401 - a fixture

# The demo world as the release before made it (schema 0003), with some of its files.
RELEASED = Path(__file__).with_name("released-0003.backup")
TABLES = (Person, Consent, Application, Enrolment, Credential)


def _counts() -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in TABLES]


def test_the_release_before_comes_up_with_its_data_and_back(app: Flask, alembic: Config, empty_database: Engine):  # noqa: F811
    restored = backup.restore(RELEASED, lambda _line: None)

    assert (restored.rows, restored.files, restored.other_key) == (4260, 40, False)
    counts = _counts()
    assert all(counts)
    assert audit.verify().is_intact
    assert audit.verify().sealed == 1227
    db.session.commit()
    shown = pages(app)
    assert "Outbreak investigation for district teams" in shown["", "/courses/"]
    code = db.session.scalars(select(Credential.code).where(Credential.state == "issued")).first()
    assert "is valid" in app.test_client().get(f"/verify/{code}").text
    db.session.remove()

    command.downgrade(alembic, "0003")
    assert "disclosure" not in inspect(empty_database).get_table_names()
    with empty_database.connect() as connection:
        people = connection.scalar(text("select count(*) from person"))
    assert people == counts[0]

    command.upgrade(alembic, "head")
    assert _counts() == counts
    assert audit.verify().is_intact
    assert storage.is_ready()
