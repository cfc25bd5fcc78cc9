"""The outbox's rows, and the mails that demo and tests keep instead of sending."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, PrimaryKey

PENDING, LEASED, DONE, DEAD, CANCELLED = "pending", "leased", "done", "dead", "cancelled"


class OutboxMessage(Base):
    """Something to perform once, at or after `due_at`. `key` makes writing it twice harmless.

    `request_id` is the request that asked for it, so that log lines of both can be found together.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint("state in ('pending', 'leased', 'done', 'dead', 'cancelled')", name="known_state"),
        Index("ix_outbox_message_due", "state", "due_at"),
        Index("ix_outbox_message_due_at", "due_at", "id"),
    )

    id: Mapped[PrimaryKey]
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    key: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(String(12), default=PENDING)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None]
    last_error: Mapped[str] = mapped_column(default="")
    finished_at: Mapped[datetime | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    progress_done: Mapped[int] = mapped_column(Integer, default=0)
    progress_total: Mapped[int] = mapped_column(Integer, default=0)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    request_id: Mapped[str] = mapped_column(String(36), default="", server_default="")


class KeptMail(Base):
    """A mail that was kept and not sent, to be read at /demo/mail and by tests."""

    __tablename__ = "kept_mail"

    id: Mapped[PrimaryKey]
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox_message.id"), unique=True)
    to_address: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    body: Mapped[str]
    kept_at: Mapped[datetime]
