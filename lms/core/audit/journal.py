"""Journal rows: every decision, grant, mark, disclosure and sign-in, in the transaction it belongs to.

Rows hold ids and field names, never personal values, so that erasure never breaks the chain.
The database itself refuses to change or delete them (triggers in `ddl`).
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, String, Text, cast, event, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.expression import ColumnElement

from lms.core.actor import Actor
from lms.core.audit import ddl
from lms.core.db import Base, BigInt, PrimaryKey, db


class AuditEntry(Base):
    """One thing that was done. `commit_order` grows in an order in which no later commit can slip before."""

    __tablename__ = "audit_entry"

    id: Mapped[PrimaryKey]
    commit_order: Mapped[int] = mapped_column(BigInt, index=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(12))
    actor_id: Mapped[int | None]
    action: Mapped[str]
    subject_kind: Mapped[str | None]
    subject_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]]

    def digest(self) -> str:
        """SHA-256 (hex) of the row's content in a canonical form."""
        content = [
            self.id,
            self.at.isoformat(),
            self.actor_kind,
            self.actor_id,
            self.action,
            self.subject_kind,
            self.subject_id,
            self.detail,
        ]
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


class AuditSeal(Base):
    """A link of the chain: which rows it covers, each with its digest, and the digest of the link before."""

    __tablename__ = "audit_seal"

    id: Mapped[PrimaryKey]
    sealed_at: Mapped[datetime]
    upto: Mapped[int] = mapped_column(BigInt)
    entries: Mapped[list[Any]]
    previous: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    previous_id: Mapped[int | None] = mapped_column(unique=True)

    def compute_digest(self) -> str:
        """SHA-256 (hex) over the link before and every covered row."""
        canonical = json.dumps([self.previous, self.upto, self.entries], separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


class AuditBase(Base):
    """What is added to PostgreSQL's transaction numbers, so that the order still grows after a restore."""

    __tablename__ = "audit_base"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    offset: Mapped[int] = mapped_column(BigInt, default=0)


def _commit_order() -> ColumnElement[int]:
    """PostgreSQL: the number of this transaction; SQLite has one writer at a time, so the next number."""
    if db.engine.dialect.name == "postgresql":
        offset = select(func.coalesce(func.max(AuditBase.offset), 0)).scalar_subquery()
        return cast(cast(func.pg_current_xact_id(), Text), BigInteger) + offset
    return select(func.coalesce(func.max(AuditEntry.commit_order), 0) + 1).scalar_subquery()


def record(
    actor: Actor,
    action: str,
    *,
    subject: tuple[str, int] | None = None,
    detail: dict[str, Any] | None = None,
    session: Session | None = None,
) -> None:
    """Write a row in the current transaction.

    `action` is `noun.verb`; `detail` holds ids and field names only.

    `session`: a short transaction of its own, for what must survive a refusal.
    """
    kind, subject_id = subject or (None, None)
    own = session or db.session
    own.add(
        AuditEntry(
            commit_order=_commit_order(),
            at=actor.now,
            actor_kind=actor.kind,
            actor_id=actor.person_id,
            action=action,
            subject_kind=kind,
            subject_id=subject_id,
            detail=detail or {},
        )
    )
    own.flush()


@event.listens_for(Base.metadata, "after_create")
def _protect(_target: Any, connection: Any, **_kw: Any) -> None:
    for statement in ddl.protect(connection.dialect.name):
        connection.exec_driver_sql(statement)
