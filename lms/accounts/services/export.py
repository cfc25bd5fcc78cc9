"""Everything that is kept about somebody, as one archive that they can read and other programs too."""

import json
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, BinaryIO

from sqlalchemy import ForeignKey, RowMapping, Table, select

from lms.accounts.privacy import Holding, all_holdings, table_of
from lms.accounts.queries import EXPORT
from lms.core import audit, storage, tabular
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import Text
from lms.core.outbox import enqueue
from lms.core.storage import StoredFile

EXPORTS_LAST = timedelta(days=7)
"""How long an archive can be downloaded."""
_NAMING = ("title_en", "name_en", "title", "filename")


def ask_for_export(actor: Actor) -> int:
    """Have everything about the actor put into an archive; the number of the job."""
    job = enqueue(actor, "accounts.export", {}, owner_id=actor.person_id)
    audit.record(actor, "person.export_asked", subject=("person", actor.person_id or 0))
    return job.id


@dataclass(frozen=True)
class Exported:
    """The rows of one holding as they are exported: columns in their order, rows of plain values."""

    name: str
    label: Text
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class ExportedFile:
    """A file of the archive."""

    path: str
    filename: str
    stored: StoredFile


@dataclass(frozen=True)
class Contents:
    """What an archive holds, and what was left out of it and why."""

    tables: Sequence[Exported]
    files: Sequence[ExportedFile]
    withheld: Sequence[tuple[Text, Text]]


def write_archive(
    person_id: int, target: BinaryIO, *, index: Callable[[Contents], str], report: Callable[[int, int], None]
) -> None:
    """Write the archive: `index.html` as `index` renders it, each table as JSON and CSV, and the files."""
    tables = [exported for holding in all_holdings() if (exported := _exported(holding, person_id)).rows]
    withheld = [(one.label, one.withheld) for one in all_holdings() if one.withheld]
    contents = Contents(tables, _files_of(person_id), withheld)
    total = len(contents.tables) + len(contents.files) + 1
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", index(contents))
        report(1, total)
        for done, table in enumerate(contents.tables, start=2):
            _write_table(archive, table)
            report(done, total)
        for done, file in enumerate(contents.files, start=2 + len(contents.tables)):
            _write_file(archive, file)
            report(done, total)


def _exported(holding: Holding, person_id: int) -> Exported:
    table = table_of(holding)
    names = [column.name for column in table.c if column.name not in holding.secret]
    if holding.withheld:
        return Exported(holding.name, holding.label, names, [])
    query = select(table).where(holding.of(person_id)).order_by(*table.primary_key.columns)
    if holding.shown is not None:
        query = query.where(holding.shown())
    rows = list(db.session.execute(query).mappings())
    named = {name: found for name in names if (found := _named(table, name, rows))}
    columns = [column for name in names for column in ([name, name.removesuffix("_id")] if name in named else [name])]
    return Exported(holding.name, holding.label, columns, [_plain_row(row, names, named) for row in rows])


def _plain_row(row: RowMapping, names: Sequence[str], named: Mapping[str, Mapping[Any, str]]) -> list[Any]:
    values: list[Any] = []
    for name in names:
        values.append(_plain(row[name]))
        if name in named:
            values.append(named[name].get(row[name], ""))
    return values


def _named(table: Table, name: str, rows: Sequence[RowMapping]) -> dict[Any, str]:
    """What the things are called that a column refers to, so that people need not read numbers."""
    key: ForeignKey | None = next(iter(table.c[name].foreign_keys), None)
    if key is None:
        return {}
    other = key.column.table
    naming = next((other.c[column] for column in _NAMING if column in other.c), None)
    if naming is None:
        return {}
    ids = {row[name] for row in rows if row[name] is not None}
    found = db.session.execute(select(key.column, naming).where(key.column.in_(ids)))
    return {row[0]: row[1] for row in found}


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
    return value


def _files_of(person_id: int) -> list[ExportedFile]:
    personal = StoredFile.is_personal & (StoredFile.purpose != EXPORT)
    query = select(StoredFile).where(StoredFile.owner_id == person_id, personal)
    files = db.session.scalars(query.order_by(StoredFile.id))
    return [ExportedFile(f"files/{file.ref}-{file.filename}", file.filename, file) for file in files]


def _write_table(archive: zipfile.ZipFile, table: Exported) -> None:
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    archive.writestr(f"tables/{table.name}.json", json.dumps(rows, ensure_ascii=False, indent=1))
    cells = ([_cell(value) for value in row] for row in table.rows)
    archive.writestr(f"tables/{table.name}.csv", "".join(tabular.to_csv(table.columns, cells)))


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def _write_file(archive: zipfile.ZipFile, file: ExportedFile) -> None:
    try:
        content = storage.open_content(file.stored)
    except FileNotFoundError:  # Its bytes are gone; the table of files still names it.
        return
    with content, archive.open(zipfile.ZipInfo(file.path), "w", force_zip64=True) as member:
        shutil.copyfileobj(content, member)
