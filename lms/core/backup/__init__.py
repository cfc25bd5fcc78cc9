"""The whole platform in one file, while it runs, and back into an empty database of either engine."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, delete, func, insert, inspect, select, text

from lms.core.audit import AuditEntry, AuditSeal
from lms.core.audit.journal import AuditBase
from lms.core.backup import archive, tables
from lms.core.backup.archive import BackupError, Member
from lms.core.db import db, is_sqlite, reading
from lms.core.storage import StoredFile, backend

__all__ = ["BackupError", "Summary", "create", "restore"]

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Summary:
    """What a backup holds. `missing` are uploaded files whose bytes the storage has lost."""

    rows: int
    files: int
    missing: int = 0
    other_key: bool = False


def create(path: Path, tell: Tell) -> Summary:
    """Write a backup to a new file, as everything stood at one instant. `tell` hears of the progress.

    Raises BackupError when the file exists or the database has no schema of ours.
    """
    if path.exists():
        raise BackupError(f"{path} exists already. Choose another name.")
    part = path.with_name(f"{path.name}.part")
    try:
        part.touch(mode=0o600)
        with _snapshot() as connection, part.open("wb") as out:
            summary = _write(connection, archive.Writer(out, _header(connection)), tell)
            out.flush()
            os.fsync(out.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return summary


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """A connection that sees one instant and keeps nobody from writing."""
    with reading() if is_sqlite() else nullcontext(), db.engine.connect() as connection:
        if not is_sqlite():
            connection.execute(text("set transaction isolation level repeatable read, read only"))
        yield connection


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _header(connection: Connection) -> dict[str, Any]:
    revision = _revision(connection)
    if revision is None:
        raise BackupError("This database has no schema of the platform: there is nothing to back up.")
    return {
        "format": archive.FORMAT,
        "version": archive.VERSION,
        "revision": revision,
        "engine": connection.dialect.name,
        "made_at": datetime.now(UTC).isoformat(),
        "key": _key_fingerprint(),
        "tables": {one.name: [column.name for column in one.columns] for one in tables.tables_of(connection)},
    }


def _key_fingerprint() -> str:
    """By which the key that signs credentials is recognised, and which tells nothing about it."""
    return hashlib.sha256(b"backup " + current_app.config["CREDENTIAL_KEY"].encode()).hexdigest()[:16]


def _write(connection: Connection, writer: archive.Writer, tell: Tell) -> Summary:
    for one in tables.tables_of(connection):
        count = writer.add_rows(one.name, tables.rows_of(connection, one))
        if count:
            tell(f"{one.name}: {count}")
    missing = 0
    for key in connection.execution_options(yield_per=500).scalars(select(StoredFile.key).order_by(StoredFile.id)):
        try:
            with backend.current().open(key) as content:
                writer.add_file(key, content)
        except FileNotFoundError:
            missing += 1
    counts = writer.finish()
    return Summary(counts["rows"], counts["files"], missing)


# --- back -------------------------------------------------------------------------------------------


def restore(path: Path, tell: Tell) -> Summary:
    """Restore a backup into an empty database, which then gets the schema of this release.

    Nothing is written before the whole file was read and found intact. Raises BackupError for a database that
    is not empty, and for a file that is damaged, not ours, or of a later release.
    """
    header = archive.header_of(path)
    _refuse_unknown(header["revision"])
    _refuse_full_database()
    tell("Reading the whole file first, to see that it is intact.")
    counts = archive.check(path)
    _make_schema(header["revision"])
    with db.engine.connect() as connection, connection.begin():
        loader = tables.Loader(connection, tables.tables_of(connection))
        loader.begin()
        _load(path, header["tables"], loader, tell)
        loader.finish()
        _continue_journal(connection)
    upgrade()
    return Summary(counts["rows"], counts["files"], other_key=header["key"] != _key_fingerprint())


def _refuse_unknown(revision: str) -> None:
    scripts = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    if revision not in {script.revision for script in scripts.walk_revisions()}:
        raise BackupError("This backup was made by a later release of the platform. Restore it with that one.")


def _refuse_full_database() -> None:
    with reading(), db.engine.connect() as connection:
        known = tables.tables_of(connection)
        if known and not inspect(connection).has_table(tables.REVISIONS):
            raise BackupError("This database holds tables of something else. Restore into an empty one.")
        if not tables.is_empty(connection, known):
            raise BackupError("This database is not empty. Restore into an empty one.")


def _make_schema(revision: str) -> None:
    """The schema as it was when the backup was made."""
    with reading(), db.engine.connect() as connection:
        present = _revision(connection)
    if present not in (None, revision):
        downgrade(revision="base")
    upgrade(revision=revision)


def _load(path: Path, columns: dict[str, list[str]], loader: tables.Loader, tell: Tell) -> None:
    for name, parts in groupby(archive.read(path), key=_table_of):
        if name:
            rows = chain.from_iterable(tables.parsed(part.content) for part in parts)
            tell(f"{name}: {loader.load(name, columns[name], rows)}")
        else:
            for member in parts:
                _keep_file(member)


def _table_of(member: Member) -> str:
    return member.name.split("/")[1] if member.name.startswith("tables/") else ""


def _keep_file(member: Member) -> None:
    if member.name.startswith("files/"):
        chunks = iter(lambda: member.content.read(2**16), b"")
        backend.current().write(member.name.removeprefix("files/"), chunks)


def _continue_journal(connection: Connection) -> None:
    """PostgreSQL counts its transactions anew in another server: what comes must still come after what was."""
    if connection.dialect.name == "sqlite":
        return
    latest = [connection.scalar(select(func.max(column))) or 0 for column in (AuditEntry.commit_order, AuditSeal.upto)]
    connection.execute(delete(AuditBase))
    connection.execute(insert(AuditBase).values(id=1, offset=max(latest)))
