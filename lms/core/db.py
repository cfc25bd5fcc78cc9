"""The database: declarative base, column types, and how a transaction begins.

Models are declared on `Base`; everyone reaches the session as `db.session`. Services
flush, the edge commits (see `lms.core.web.app` for requests and `unit_of_work` for
commands and jobs).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Annotated, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import (
    DeclarativeBase,
    InstanceState,
    Mapped,
    Mapper,
    Session,
    declared_attr,
    mapped_column,
    registry,
)

from lms.core.errors import Stale

_CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BigInt = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Stored in UTC, always aware; a naive value is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every model."""

    registry = registry(
        metadata=MetaData(naming_convention=_CONSTRAINT_NAMES),
        type_annotation_map={
            int: BigInt,
            str: Text,
            datetime: UtcDateTime,
            dict[str, Any]: Json,
            list[Any]: Json,
            list[str]: Json,
        },
    )


PrimaryKey = Annotated[int, mapped_column(BigInt, primary_key=True)]


class Versioned:
    """Mixin for whatever two people may edit.

    Whoever edits compares `version` with what the page showed and adds one. A write onto a row whose
    version has changed since it was read raises StaleDataError (409) instead of overwriting.
    """

    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy passes the class
        return {"version_id_col": cls.version, "version_id_generator": False}


def expect_version(subject: Versioned, version: int | None) -> None:
    """Compare a row with what the page showed; None skips it (clock, effects). Raises Stale."""
    if version is not None and version != subject.version:
        raise Stale


db = SQLAlchemy(model_class=Base, session_options={"join_transaction_mode": "create_savepoint"})

_writes: ContextVar[bool] = ContextVar("database_writes", default=True)


@contextmanager
def reading() -> Iterator[None]:
    """Begin transactions as readers inside this block, so that they never queue for SQLite's one writer."""
    token = _writes.set(False)
    try:
        yield
    finally:
        _writes.reset(token)


def is_writing() -> bool:
    """Whether transactions begin as writers here."""
    return _writes.get()


def begin_as_writer(writes: bool) -> None:
    """Say how the next transaction of this request begins."""
    _writes.set(writes)


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction for a command or a job: commit at the end, roll back on any error."""
    token = _writes.set(True)
    try:
        yield db.session()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writes.reset(token)


@contextmanager
def separate_transaction() -> Iterator[Session]:
    """A short transaction of its own, for what must survive a refusal or a GET.

    Raises RuntimeError inside a transaction that writes: on SQLite each would wait for the other.
    """
    if _writes.get() and db.session().in_transaction():
        raise RuntimeError("End the transaction that writes before another one begins.")
    token = _writes.set(True)
    session = Session(db.engine, join_transaction_mode="create_savepoint")
    try:
        yield session
        session.commit()
    finally:
        session.close()
        _writes.reset(token)


if sys.version_info < (3, 12):
    # CPython 3.11 frees the attributes of an object twice, and crashes, when the garbage collector starts while they
    # are moved to a dictionary and then calls back to the same object. The state that SQLAlchemy keeps beside each row
    # meets this when a session closes. Its dictionary is made here instead, while the row is held and no such callback
    # can come. From 3.12 on the collector does not start there (https://github.com/python/cpython/issues/97922).

    @event.listens_for(Mapper, "load", raw=True)
    def _keep_loaded_state_whole(state: InstanceState[Any], _context: Any) -> None:
        vars(state)

    @event.listens_for(Mapper, "init", raw=True)
    def _keep_new_state_whole(state: InstanceState[Any], _args: Any, _kwargs: Any) -> None:
        vars(state)


def is_sqlite() -> bool:
    """Whether the current engine is SQLite (the other one is PostgreSQL)."""
    return db.engine.dialect.name == "sqlite"


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _record: Any) -> None:
    """SQLite: we begin transactions ourselves (the driver's way loses updates), with WAL and foreign keys."""
    if not type(connection).__module__.startswith("sqlite3"):
        return
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    writes = _writes.get()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    else:
        # Statements that only read see what is committed, in a transaction or not. Without one there is no ROLLBACK
        # at the end, at which psycopg would forget the statements that the server has planned.
        driver = connection.connection.driver_connection
        if not connection.info.setdefault("always_autocommits", driver.autocommit):  # as its engine wants, if new
            driver.autocommit = not writes
