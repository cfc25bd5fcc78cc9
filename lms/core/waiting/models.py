"""The rows of what waits."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, PrimaryKey


class WaitingItem(Base):
    """Something that one person or one office must do. Open while `closed_at` is empty."""

    __tablename__ = "waiting_item"
    __table_args__ = (
        CheckConstraint("(person_id is null) != (office_role is null)", name="one_addressee"),
        Index("ix_waiting_item_subject", "subject_kind", "subject_id"),
        Index("ix_waiting_item_person", "person_id", "closed_at"),
        Index("ix_waiting_item_office", "office_role", "scope_kind", "scope_id", "closed_at"),
        Index(
            "uq_waiting_item_open",
            "kind",
            "subject_kind",
            "subject_id",
            text("coalesce(person_id, 0)"),
            text("coalesce(office_role, '')"),
            text("coalesce(scope_kind, '')"),
            text("coalesce(scope_id, 0)"),
            unique=True,
            sqlite_where=text("closed_at is null"),
            postgresql_where=text("closed_at is null"),
        ),
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    title_en: Mapped[str]
    title_zh: Mapped[str]
    url_values: Mapped[dict[str, Any]]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    office_role: Mapped[str | None]
    scope_kind: Mapped[str | None]
    scope_id: Mapped[int | None]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
