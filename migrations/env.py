"""How Alembic runs: on the application's engine, in one transaction, in batch mode on SQLite."""

import warnings
from typing import Any

from alembic import context

from lms.core.db import UtcDateTime, db
from lms.core.search import IGNORED_TABLE_PREFIXES


def include_name(name: str | None, type_: str, _parents: Any) -> bool:
    """Leave out the tables that a search index keeps for itself."""
    return not (type_ == "table" and name and name.startswith(tuple(IGNORED_TABLE_PREFIXES)))


def include_object(thing: Any, _name: str | None, type_: str, _reflected: bool, _compare_to: Any) -> bool:
    """Leave out the tables that only tests declare."""
    return not (type_ == "table" and thing.info.get("test_only"))


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our column types as plain SQLAlchemy ones: a migration never imports the application."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and type(item).__name__ == "JSON":
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    if kind == "type" and type(item).__name__ == "BigInteger":
        return "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
    return False


def run() -> None:
    """Migrate, online: there is no offline mode, because data migrations need the data."""
    # SQLite cannot say what its indexes over expressions are; PostgreSQL's are compared.
    for said in ("autogenerate skipping metadata-specified", "Skipped unsupported reflection of"):
        warnings.filterwarnings("ignore", f"{said} expression-based index")
    with db.engine.connect() as connection:
        # SQLite cannot rebuild a table that others refer to while it enforces foreign keys. It ignores the PRAGMA
        # inside a transaction, which SQLAlchemy begins with the first statement: so the driver is asked itself.
        driver = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
        if driver is not None:
            driver.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            include_name=include_name,
            include_object=include_object,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
            if driver is not None and (broken := driver.execute("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"The migration leaves rows that refer to nothing: {broken[:5]}")
        if driver is not None:
            connection.commit()
            driver.execute("PRAGMA foreign_keys=ON")


run()
