"""The migrations: one line of revisions, up and down on data, no drift, and a journal that stays append-only."""

import logging
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import Engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from lms.accounts.models import Person
from lms.core import audit, clock
from lms.core.actor import system_actor
from lms.core.audit import AuditEntry
from lms.core.audit.ddl import PROTECTED
from lms.core.db import db
from tests.factories import make_institution, make_person


@pytest.fixture
def alembic(app: Flask) -> Iterator[Config]:
    """Alembic on our migrations, which says nothing and leaves the logging of the tests alone."""
    with app.app_context():
        config = current_app.extensions["migrate"].migrate.get_config()
    levels = {name: logging.getLogger(name).level for name in ("", "alembic", "sqlalchemy.engine")}
    yield config
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def _revisions(alembic: Config) -> list[str]:
    """Every revision, the first one first."""
    return [script.revision for script in ScriptDirectory.from_config(alembic).walk_revisions()][::-1]


def _tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def _seed() -> None:
    """A little of everything that the ground floor keeps, by the services that make it."""
    system = system_actor(clock.now())
    university = make_institution(system)
    make_person(system, institution=university, roles=[("coordinator", "institution", university.id)])
    make_person(system, roles=[("secretariat", "platform", None)])
    db.session.commit()
    audit.seal(clock.now())
    db.session.commit()


def _refuses(engine: Engine, statement: str) -> bool:
    with engine.connect() as connection:
        try:
            connection.execute(text(statement))
        except DBAPIError as error:
            return "append-only" in str(error.orig)
        finally:
            connection.rollback()
    return False


def test_there_is_one_head(alembic: Config):
    scripts = ScriptDirectory.from_config(alembic)

    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_the_head_is_what_the_models_say(alembic: Config, empty_database: Engine):
    command.upgrade(alembic, "head")

    command.check(alembic)  # raises when a migration is missing


def test_down_and_up_again_on_data(alembic: Config, empty_database: Engine):
    revisions = _revisions(alembic)
    command.upgrade(alembic, "head")
    tables = _tables(empty_database)
    _seed()
    people = db.session.scalar(select(func.count()).select_from(Person))
    db.session.remove()

    command.downgrade(alembic, "-1")
    command.upgrade(alembic, "head")
    if len(revisions) > 1:  # the first revision takes everything with it
        assert db.session.scalar(select(func.count()).select_from(Person)) == people
        assert audit.verify().is_intact
    db.session.remove()

    command.downgrade(alembic, "base")
    assert _tables(empty_database) == set()

    command.upgrade(alembic, "head")
    assert _tables(empty_database) == tables
    _seed()
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) > 0


def test_the_journal_refuses_changes_after_every_step(alembic: Config, empty_database: Engine):
    for revision in _revisions(alembic):
        command.upgrade(alembic, revision)
        if "audit_entry" not in _tables(empty_database):
            continue
        if revision == _revisions(alembic)[-1]:
            _seed()
            db.session.remove()
        verdicts = {
            f"{verb} {table}": _refuses(empty_database, statement)
            for table in PROTECTED
            for verb, statement in (
                (
                    "update",
                    f"update {table} set digest = ''" if table == "audit_seal" else f"update {table} set action = ''",
                ),
                ("delete", f"delete from {table}"),
            )
            if empty_database.dialect.name == "postgresql" or _has_rows(empty_database, table)
        }
        assert all(verdicts.values()), f"{revision}: {verdicts}"
        assert revision != _revisions(alembic)[-1] or len(verdicts) == 2 * len(PROTECTED)


def _has_rows(engine: Engine, table: str) -> bool:
    """SQLite's triggers fire for rows, so an empty table has nothing to refuse."""
    with engine.connect() as connection:
        return bool(connection.scalar(text(f"select count(*) from {table}")))
