"""What happened to a subject: one row for each transition."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, PrimaryKey, db


class History(Base):
    """A transition that was performed."""

    __tablename__ = "workflow_history"
    __table_args__ = (Index("ix_workflow_history_subject", "machine", "subject_id", "id"),)

    id: Mapped[PrimaryKey]
    machine: Mapped[str]
    subject_id: Mapped[int]
    transition: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(default="")
    is_public: Mapped[bool] = mapped_column(default=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


def history_of(machine: str, subject_id: int, *, public_only: bool) -> list[History]:
    """The history of one subject, oldest first; `public_only` for the person whom it concerns."""
    return histories_of([(machine, subject_id)], public_only=public_only)


def histories_of(subjects: Sequence[tuple[str, int]], *, public_only: bool) -> list[History]:
    """The history of several subjects, each a machine's name and an id, in the order in which things happened."""
    query = select(History).where(tuple_(History.machine, History.subject_id).in_(subjects))
    if public_only:
        query = query.where(History.is_public)
    return list(db.session.scalars(query.order_by(History.id)))
