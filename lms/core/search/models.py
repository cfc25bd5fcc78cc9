"""What can be found."""

from typing import Any

from sqlalchemy import Connection, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, PrimaryKey
from lms.core.search import ddl

PUBLIC = "public"


class SearchEntry(Base):
    """One subject as search sees it. `audience` is `public` or the scope within which it may be found.

    The engine's full-text index over the two token columns is derived, see `ddl`.
    """

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    audience: Mapped[str] = mapped_column(String(60))
    title: Mapped[str]
    title_tokens: Mapped[str]
    tokens: Mapped[str]


@event.listens_for(SearchEntry.__table__, "after_create")
def _create_index(_target: Any, connection: Connection, **_kw: Any) -> None:
    for statement in ddl.create(connection.dialect.name):
        connection.exec_driver_sql(statement)


@event.listens_for(SearchEntry.__table__, "before_drop")
def _drop_index(_target: Any, connection: Connection, **_kw: Any) -> None:
    for statement in ddl.drop(connection.dialect.name):
        connection.exec_driver_sql(statement)
