"""Rows out of one database and into another, as SQLite or PostgreSQL keep them.

Tables are taken as the database has them and not as the models say, so that a backup of an older release
can be made and restored as well.
"""

import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    DateTime,
    Insert,
    MetaData,
    Numeric,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
    table,
    text,
    type_coerce,
)

from lms.core.backup.archive import BackupError
from lms.core.search import IGNORED_TABLE_PREFIXES

REVISIONS = "alembic_version"
_BATCH = 500


def tables_of(connection: Connection) -> list[Table]:
    """Every table that holds something of its own: those of the search index are made from others."""
    metadata = MetaData()
    with warnings.catch_warnings():
        # SQLite cannot say what an index over an expression is, and no order suits tables in a circle.
        warnings.simplefilter("ignore")
        metadata.reflect(connection, only=lambda name, _: _is_own(name))
        return list(metadata.sorted_tables)


def _is_own(name: str) -> bool:
    return name != REVISIONS and not name.startswith(tuple(IGNORED_TABLE_PREFIXES))


def is_empty(connection: Connection, tables: Iterable[Table]) -> bool:
    """Whether no table holds a row."""
    return not any(connection.execute(select(1).select_from(one).limit(1)).first() for one in tables)


# --- out --------------------------------------------------------------------------------------------


def rows_of(connection: Connection, one: Table) -> Iterator[list[Any]]:
    """The rows of a table as plain JSON values, a few at a time."""
    # JSON is carried as it is written, which tells a JSON null from no value.
    as_text = type_coerce if connection.dialect.name == "sqlite" else cast
    columns = [as_text(each, Text) if isinstance(each.type, JSON) else each for each in one.columns]
    query = select(*columns).order_by(*one.primary_key.columns)
    for row in connection.execution_options(yield_per=_BATCH).execute(query):
        yield [_plain(value) for value in row]


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
    raise BackupError(f"A value of the kind {type(value).__name__} cannot be carried to another database.")


# --- in ---------------------------------------------------------------------------------------------


class Loader:
    """Puts rows into the tables of an empty database, in one transaction, in whatever order they come."""

    def __init__(self, connection: Connection, tables: Sequence[Table]) -> None:
        self._connection = connection
        self._tables = {one.name: one for one in tables}
        self._is_sqlite = connection.dialect.name == "sqlite"
        self._foreign_keys: list[tuple[str, str, str]] = []

    def begin(self) -> None:
        """Let rows come before those that they refer to."""
        if self._is_sqlite:
            self._connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            return
        found = self._connection.execute(
            text(
                "select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) from pg_constraint "
                "where contype = 'f' and connamespace = current_schema()::regnamespace"
            )
        )
        self._foreign_keys = [tuple(row) for row in found]
        for name, constraint, _ in self._foreign_keys:
            self._connection.exec_driver_sql(f"alter table {name} drop constraint {constraint}")

    def load(self, name: str, columns: Sequence[str], rows: Iterator[list[Any]]) -> int:
        """Put rows into a table; how many. Raises BackupError when the table has other columns."""
        one = self._tables.get(name)
        if one is None or set(columns) != {column.name for column in one.columns}:
            raise BackupError(f"The table {name} of the backup does not fit the schema that it names.")
        statement = self._insert(one)
        readers = [_reader(one.columns[column]) for column in columns]
        count = 0
        while batch := list(islice(rows, _BATCH)):
            values = [
                {name: read(value) for name, read, value in zip(columns, readers, row, strict=True)} for row in batch
            ]
            self._connection.execute(statement, values)
            count += len(values)
        return count

    def _insert(self, one: Table) -> Insert:
        plain = table(one.name, *(column(c.name, Text if isinstance(c.type, JSON) else c.type) for c in one.columns))
        if self._is_sqlite:
            return insert(plain)
        as_json = {c.name: cast(bindparam(c.name, type_=Text), c.type) for c in one.columns if isinstance(c.type, JSON)}
        others = {c.name: bindparam(c.name, type_=c.type) for c in one.columns if c.name not in as_json}
        return insert(plain).values(others | as_json)

    def finish(self) -> None:
        """Check what refers to what, and let new rows get numbers of their own."""
        if self._is_sqlite:
            return
        for name, constraint, definition in self._foreign_keys:
            self._connection.exec_driver_sql(f"alter table {name} add constraint {constraint} {definition}")
        for one in self._tables.values():
            if "id" in one.columns:
                self._set_sequence(one)

    def _set_sequence(self, one: Table) -> None:
        quoted = f'"{one.name}"'
        sequence = self._connection.scalar(select(func.pg_get_serial_sequence(quoted, "id")))
        last = self._connection.scalar(select(func.max(one.columns["id"])))
        if sequence is not None and last is not None:
            self._connection.execute(select(func.setval(sequence, last)))


def _reader(one: Column[Any]) -> Callable[[Any], Any]:
    """From a plain value to that of the column."""
    match one.type:
        case DateTime():
            return lambda value: None if value is None else datetime.fromisoformat(value)
        case Date():
            return lambda value: None if value is None else date.fromisoformat(value)
        case Numeric():
            return lambda value: None if value is None else Decimal(value)
    return lambda value: value


def parsed(lines: Iterable[bytes]) -> Iterator[list[Any]]:
    """The rows of a part of a table."""
    return (json.loads(line) for line in lines)
