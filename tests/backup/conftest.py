"""The demo world backed up once, and an empty database of the other engine to restore it into."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select, text

from lms.accounts.models import Person
from lms.core import audit, backup, clock, storage
from lms.core.db import db
from lms.core.ids import new_ref
from lms.core.storage import StoredFile
from tests.backup.pages import pages
from tests.databases import make_schema, new_database, using_database


def _other_engine(config: pytest.Config, folder: Path) -> str:
    """An empty database of the engine that this run does not use, or of the same one where there is no server."""
    server = os.environ.get("LMS_TEST_POSTGRES", "")
    if config.getoption("--database") == "postgresql" or not server:
        return f"sqlite:///{folder / f'{new_ref()}.sqlite'}"
    engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT")
    name = f"lms_{new_ref().lower()}"
    with engine.connect() as connection:
        connection.execute(text(f'create database "{name}"'))
    engine.dispose()
    return engine.url.set(database=name).render_as_string(hide_password=False)


@dataclass(frozen=True)
class Made:
    """A backup, and what was seen of the world that it was made of."""

    path: Path
    pages: dict[tuple[str, str], str]
    verdict: audit.Verdict
    people: int
    files: dict[str, str]


@pytest.fixture(scope="module")
def made(app: Flask, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The demo world backed up while somebody goes on writing."""
    folder = tmp_path_factory.mktemp("backup")
    usual = storage.backend.current()
    storage.configure(str(folder / "files"), storage.backend.max_bytes())
    with using_database(app, new_database(request.config, folder)) as engine:
        make_schema()
        assert app.test_cli_runner().invoke(args=["demo", "seed"]).exit_code == 0
        while audit.seal(clock.now()):
            db.session.commit()
        shown = pages(app)
        audit.seal(clock.now())  # who signed in meanwhile
        db.session.commit()
        one = Made(folder / "world.backup", shown, audit.verify(), count_people(), checksums())
        db.session.remove()
        answer = backup.create(one.path, _writing_meanwhile(engine))
        assert answer.missing == 0
        assert count_people() == one.people + 1  # the writer was not kept waiting
        db.session.remove()
    yield one
    storage.backend._settings = storage.backend._Settings(usual, storage.backend.max_bytes())


def _writing_meanwhile(engine: Engine) -> Callable[[str], None]:
    """Somebody registers as soon as the first table has been read."""
    done: list[bool] = []

    def tell(_line: str) -> None:
        if not done:
            done.append(True)
            with engine.connect() as other:
                columns = "ref, email, name, passport_family, passport_given, name_local, name_local_lang, name_zh, called, gender, language, zone, created_at"
                values = "'late', 'late@example.test', 'Late', '', '', '', '', '', '', '', 'en', 'UTC', '2026-11-20'"
                other.execute(text(f"insert into person ({columns}) values ({values})"))
                other.commit()

    return tell


def count_people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


def checksums() -> dict[str, str]:
    """The checksum of every file, as its bytes are in the storage now."""
    found = {}
    for file in db.session.scalars(select(StoredFile)):
        with storage.open_content(file) as content:
            found[file.key] = hashlib.sha256(content.read()).hexdigest()
    return found


@pytest.fixture
def elsewhere(app: Flask, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of the other engine, and an empty storage."""
    usual = storage.backend.current()
    storage.configure(str(tmp_path / "files"), storage.backend.max_bytes())
    with using_database(app, _other_engine(request.config, tmp_path)) as engine:
        yield engine
    storage.backend._settings = storage.backend._Settings(usual, storage.backend.max_bytes())
