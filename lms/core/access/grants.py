"""Grants: person × role × scope × validity × who gave it and why."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import audit
from lms.core.access.roles import role_named
from lms.core.actor import Actor, HeldRole
from lms.core.db import Base, PrimaryKey, db
from lms.core.errors import Conflict
from lms.core.i18n import lazy_gettext as _l


class Grant(Base):
    """A role given to a person in a scope. Ended, never deleted."""

    __tablename__ = "access_grant"
    __table_args__ = (
        Index("ix_access_grant_scope", "scope_kind", "scope_id", "role"),
        CheckConstraint("ends_at is null or ends_at >= starts_at", name="ends_after_start"),
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    scope_kind: Mapped[str]
    scope_id: Mapped[int | None]
    is_deputy: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(default="")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    end_reason: Mapped[str] = mapped_column(default="", server_default="")

    def is_current(self, now: datetime) -> bool:
        """Whether it holds at this instant."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


def grants_of(person_id: int, now: datetime) -> tuple[HeldRole, ...]:
    """The roles a person holds now, for building their actor."""
    rows = db.session.execute(
        select(Grant.role, Grant.scope_kind, Grant.scope_id)
        .where(
            Grant.person_id == person_id,
            Grant.starts_at <= now,
            or_(Grant.ends_at.is_(None), Grant.ends_at > now),
        )
        .order_by(Grant.id)
    )
    return tuple(HeldRole(*row) for row in rows)


def give_grant(
    actor: Actor,
    *,
    person_id: int,
    role: str,
    scope_kind: str,
    scope_id: int | None = None,
    reason: str = "",
    is_deputy: bool = False,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Grant:
    """Give a role in a scope, from now on unless `starts_at` is given. Giving it again returns the current grant.

    Raises KeyError for a role that is not registered.
    """
    role_named(role, scope_kind)
    for current in db.session.scalars(
        select(Grant).where(
            Grant.person_id == person_id,
            Grant.role == role,
            Grant.scope_kind == scope_kind,
            Grant.scope_id.is_(None) if scope_id is None else Grant.scope_id == scope_id,
        )
    ):
        if current.is_current(actor.now):
            return current
    grant = Grant(
        person_id=person_id,
        role=role,
        scope_kind=scope_kind,
        scope_id=scope_id,
        reason=reason,
        is_deputy=is_deputy,
        starts_at=starts_at or actor.now,
        ends_at=ends_at,
        given_by_id=actor.person_id,
    )
    db.session.add(grant)
    db.session.flush()
    audit.record(actor, "grant.given", subject=("grant", grant.id), detail={"person_id": person_id, "role": role})
    return grant


def end_grant(actor: Actor, grant: Grant, *, reason: str = "") -> None:
    """End a grant now; one that has not begun never will. Raises Conflict when it has already ended."""
    if grant.ends_at is not None and grant.ends_at <= max(actor.now, grant.starts_at):
        raise Conflict(_l("This role has already ended. Reload the page to see who holds it now."))
    grant.ends_at = max(actor.now, grant.starts_at)
    grant.ended_by_id, grant.end_reason = actor.person_id, reason
    db.session.flush()
    audit.record(actor, "grant.ended", subject=("grant", grant.id), detail={"person_id": grant.person_id})
