"""What happened to a subject: one row for each transition."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, select
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
    query = select(History).where(History.machine == machine, History.subject_id == subject_id)
    if public_only:
        query = query.where(History.is_public)
    return list(db.session.scalars(query.order_by(History.id)))
