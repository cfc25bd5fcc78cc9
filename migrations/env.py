"""How Alembic runs: on the application's engine, in one transaction, in batch mode on SQLite."""

from typing import Any

from alembic import context
from flask import current_app

from lms.core.db import UtcDateTime, db
from lms.core.search import IGNORED_TABLE_PREFIXES


def include_name(name: str | None, type_: str, _parents: Any) -> bool:
    """Leave out the tables that a search index keeps for itself."""
    return not (type_ == "table" and name and name.startswith(tuple(IGNORED_TABLE_PREFIXES)))


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our column types as plain SQLAlchemy ones: a migration never imports the application."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and type(item).__name__ == "JSON" and item.dialect_options is not None:
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    if kind == "type" and type(item).__name__ == "BigInteger":
        return "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
    return False


def run() -> None:
    """Migrate, online: there is no offline mode, because data migrations need the data."""
    with db.engine.connect() as connection:
        # SQLite cannot rebuild a table that others refer to while it enforces foreign keys.
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            include_name=include_name,
            render_item=render_item,
            **{k: v for k, v in current_app.extensions["migrate"].configure_args.items() if k != "render_as_batch"
               and k not in {"compare_type", "include_name", "render_item"}},
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            connection.commit()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


run()
