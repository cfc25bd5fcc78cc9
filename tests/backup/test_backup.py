"""A backup of the demo world, restored into an empty database of the other engine, gives the same pages."""

import gzip
import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from lms.core import audit, backup, clock, search
from lms.core.actor import system_actor
from lms.core.backup import BackupError
from lms.core.backup.archive import Writer, read
from lms.core.db import db
from tests.backup.conftest import Made, checksums, count_people
from tests.backup.erasing import check_that_archives_span_all_blueprints, check_that_nothing_is_left
from tests.backup.pages import pages
from tests.databases import make_schema
from tests.factories import make_person

QUIET = lambda _line: None  # noqa: E731


def test_the_demo_world_lives_on_in_the_other_engine(app: Flask, made: Made, elsewhere: Engine):
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["backup", "restore", str(made.path)])
    assert answer.exit_code == 0, answer.output
    assert "journal: intact" in answer.output
    assert audit.verify() == made.verdict
    assert checksums() == made.files
    assert count_people() == made.people
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

    # And it can let people go: with data of all four blueprints. In one test, because the world is made only once.
    check_that_archives_span_all_blueprints()
    check_that_nothing_is_left(app, elsewhere)


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
    app: Flask, elsewhere: Engine, tmp_path: Path
):
    whole = _archive(tmp_path / "whole", rows=[[number, "Thiri Aung"] for number in range(5000)]).read_bytes()
    cut, changed, text_file = (tmp_path / name for name in ("cut", "changed", "text"))
    cut.write_bytes(whole[: len(whole) // 2])
    packed = bytearray(gzip.decompress(whole))
    packed[packed.rindex(b"Thiri")] = ord("t")
    changed.write_bytes(gzip.compress(bytes(packed), 1))
    text_file.write_text("Not a backup.")
    assert "damaged" in _refusal(cut)
    assert "not what was written" in _refusal(changed)
    assert "not a backup" in _refusal(text_file)
    assert "no file" in _refusal(tmp_path / "absent")
    with elsewhere.connect() as connection:
        assert not db.inspect(connection).get_table_names()


def _archive(path: Path, rows: Sequence[list[Any]] = (), **header: object) -> Path:
    known = {"format": "lms-backup", "version": 1, "revision": "0001", "tables": {}, "key": ""}
    with path.open("wb") as target:
        writer = Writer(target, known | header)
        writer.add_rows("person", rows)
        writer.finish()
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


def test_a_backup_is_a_plain_archive(app: Flask, elsewhere: Engine, tmp_path: Path):
    """It can be looked into without the platform, in ten years as well."""
    path = tmp_path / "plain"
    make_schema()
    make_person(system_actor(clock.now()), name="Thiri Aung", email="thiri@example.test")
    db.session.commit()
    backup.create(path, QUIET)
    with tarfile.open(path, "r:gz") as archive:
        header = archive.extractfile("header.json")
        assert header is not None
        columns = json.loads(header.read())["tables"]["person"]
        rows = archive.extractfile("tables/person/000001.jsonl")
        assert rows is not None
        people = [json.loads(line) for line in io.TextIOWrapper(rows, "utf-8")]
    assert "thiri@example.test" in [person[columns.index("email")] for person in people]
    assert path.stat().st_mode & 0o077 == 0
