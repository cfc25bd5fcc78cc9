"""A backup of the demo world, restored into an empty database of the other engine, gives the same pages."""

import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select, text

from lms.accounts.models import Person
from lms.core import audit, backup, clock, search, storage
from lms.core.actor import system_actor
from lms.core.audit import AuditEntry
from lms.core.backup import BackupError
from lms.core.backup.archive import Writer, read
from lms.core.db import db
from lms.core.ids import new_ref
from lms.core.storage import StoredFile
from tests.backup.pages import pages
from tests.databases import make_schema, new_database, using_database
from tests.factories import make_person

QUIET = lambda _line: None  # noqa: E731


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
        one = Made(folder / "world.backup", shown, audit.verify(), _count_people(), _checksums())
        db.session.remove()
        answer = backup.create(one.path, _writing_meanwhile(engine))
        assert answer.missing == 0
        assert _count_people() == one.people + 1  # the writer was not kept waiting
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


def _count_people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


def _checksums() -> dict[str, str]:
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


def test_the_other_engine_shows_the_same_pages(app: Flask, made: Made, elsewhere: Engine):
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["backup", "restore", str(made.path)])
    assert answer.exit_code == 0, answer.output
    assert "journal: intact" in answer.output
    assert audit.verify() == made.verdict
    assert _checksums() == made.files
    assert _count_people() == made.people
    db.session.remove()

    restored = pages(app)
    assert restored.keys() == made.pages.keys()
    different = [key for key, page in made.pages.items() if restored[key] != page]
    assert not different, _first_difference(made.pages[different[0]], restored[different[0]], different)

    # Life goes on: new rows get numbers of their own, the journal goes on from its last seal, and search finds.
    make_person(system_actor(clock.now()), name="Newcomer")
    db.session.commit()
    assert audit.seal(clock.now()) > 0
    db.session.commit()
    assert audit.verify().is_intact
    assert search.search_all("outbreak", kinds=("course",))
    with pytest.raises(Exception, match="append-only"):
        db.session.execute(text("update audit_entry set action = 'x'"))
    db.session.rollback()

    again = runner.invoke(args=["backup", "restore", str(made.path)])
    assert again.exit_code == 2
    assert again.stderr.strip() == "This database is not empty. Restore into an empty one."


def _first_difference(before: str, after: str, where: list[tuple[str, str]]) -> str:
    lines = zip(before.splitlines(), after.splitlines(), strict=False)
    return f"{where}: " + next((f"{one!r} != {other!r}" for one, other in lines if one != other), "one is longer")


# --- what is refused ----------------------------------------------------------------------------------


def _refusal(path: Path) -> str:
    with pytest.raises(BackupError) as refused:
        backup.restore(path, QUIET)
    message = str(refused.value)
    assert "\n" not in message
    return message


def test_a_file_that_is_none_or_is_damaged_is_refused_and_nothing_is_written(
    app: Flask, made: Made, elsewhere: Engine, tmp_path: Path
):
    whole = made.path.read_bytes()
    cut, changed, text_file = (tmp_path / name for name in ("cut", "changed", "text"))
    cut.write_bytes(whole[: len(whole) // 2])
    packed = bytearray(gzip.decompress(whole))
    packed[packed.index(b"Outbreak investigation")] = ord("o")
    changed.write_bytes(gzip.compress(bytes(packed), 1))
    text_file.write_text("Not a backup.")
    assert "damaged" in _refusal(cut)
    assert "not what was written" in _refusal(changed)
    assert "not a backup" in _refusal(text_file)
    assert "no file" in _refusal(tmp_path / "absent")
    with elsewhere.connect() as connection:
        assert not db.inspect(connection).get_table_names()


def _archive(path: Path, **header: object) -> Path:
    known = {"format": "lms-backup", "version": 1, "revision": "0001", "tables": {}, "key": ""}
    with path.open("wb") as target:
        Writer(target, known | header).finish()
    return path


def test_what_a_later_release_made_is_left_to_it(app: Flask, elsewhere: Engine, tmp_path: Path):
    assert "later" in _refusal(_archive(tmp_path / "format", version=2))
    assert "later release" in _refusal(_archive(tmp_path / "revision", revision="9999"))


def test_a_database_of_something_else_is_left_alone(app: Flask, elsewhere: Engine, tmp_path: Path):
    with elsewhere.begin() as connection:
        connection.execute(text("create table invoice (id integer primary key)"))
    assert "something else" in _refusal(_archive(tmp_path / "empty"))


def test_a_backup_never_replaces_a_file_and_is_for_its_owner_alone(app: Flask, session, tmp_path: Path):
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(BackupError, match="exists already"):
        backup.create(taken, QUIET)
    assert taken.read_text() == "mine"


def test_a_table_of_any_length_goes_through_in_parts(tmp_path: Path):
    path = tmp_path / "long"
    with path.open("wb") as target:
        writer = Writer(target, {"format": "lms-backup", "version": 1})
        assert writer.add_rows("long", ([number, "x" * 1000] for number in range(10_000))) == 10_000
        assert writer._tar.members == []
        writer.finish()
    parts = [member.size for member in read(path) if member.name.startswith("tables/long/")]
    assert len(parts) == 3
    assert max(parts) < 5 * 2**20


def test_a_backup_is_a_plain_archive(made: Made):
    """It can be looked into without the platform, in ten years as well."""
    with tarfile.open(made.path, "r:gz") as archive:
        header = archive.extractfile("header.json")
        assert header is not None
        columns = json.loads(header.read())["tables"]["person"]
        rows = archive.extractfile("tables/person/000001.jsonl")
        assert rows is not None
        first = json.loads(io.TextIOWrapper(rows, "utf-8").readline())
    assert "@" in first[columns.index("email")]
    assert made.path.stat().st_mode & 0o077 == 0
    assert AuditEntry.__tablename__ == "audit_entry"
