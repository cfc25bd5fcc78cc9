"""Sessions: who acts through which browser."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from lms.accounts.models import LoginSession, Person
from lms.core.access import Grant, grants_of
from lms.core.actor import Actor, HeldRole
from lms.core.db import db
from lms.core.errors import NotFound


def digest(token: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class OpenSession:
    """A signed-in browser and who acts through it."""

    id: int
    seen_at: datetime
    actor: Actor


_ACTOR_COLUMNS = (
    Person.id,
    Person.name,
    Person.called,
    Person.language,
    Person.zone,
    Person.home_institution_id,
    Person.home_country,
)
# Asked at every request, so it is made once.
_OPEN_SESSION = (
    select(LoginSession.id, LoginSession.seen_at, Grant.role, Grant.scope_kind, Grant.scope_id, *_ACTOR_COLUMNS)
    .join(Person, Person.id == LoginSession.person_id)
    .outerjoin(
        Grant,
        and_(
            Grant.person_id == Person.id,
            Grant.starts_at <= bindparam("now"),
            or_(Grant.ends_at.is_(None), Grant.ends_at > bindparam("now")),
        ),
    )
    .where(
        LoginSession.token_digest == bindparam("digest"),
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > bindparam("now"),
        Person.suspended_at.is_(None),
    )
    .order_by(Grant.id)
)


def open_session(token: str, now: datetime) -> OpenSession | None:
    """The session behind a cookie's secret, in one query. None when it ended or its person is suspended."""
    rows = db.session.execute(_OPEN_SESSION, {"digest": digest(token), "now": now}).all()
    if not rows:
        return None
    roles = tuple(HeldRole(row[2], row[3], row[4]) for row in rows if row[2] is not None)
    return OpenSession(rows[0][0], rows[0][1], _actor(rows[0][5:], roles, now))


def _actor(row: Sequence[Any], roles: tuple[HeldRole, ...], now: datetime) -> Actor:
    person_id, name, called, language, zone, institution_id, country = row
    return Actor(
        now=now,
        kind="person",
        person_id=person_id,
        display_name=called or name,
        language=language,
        zone=zone,
        institution_id=institution_id,
        country=country,
        roles=roles,
    )


def actor_of(person_id: int, now: datetime) -> Actor:
    """The person as an actor, for commands, seeds and tests. Raises NotFound."""
    row = db.session.execute(select(*_ACTOR_COLUMNS).where(Person.id == person_id)).one_or_none()
    if row is None:
        raise NotFound
    return _actor(row, grants_of(person_id, now), now)


def sessions_of(actor: Actor) -> Sequence[LoginSession]:
    """The actor's browsers that are signed in now, last used first."""
    return db.session.scalars(
        select(LoginSession)
        .where(
            LoginSession.person_id == actor.person_id,
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > actor.now,
        )
        .order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())
    ).all()


def session_visible_to(actor: Actor, ref: str) -> LoginSession:
    """One of the actor's own sessions. Raises NotFound."""
    found = db.session.scalars(
        select(LoginSession).where(LoginSession.ref == ref, LoginSession.person_id == actor.person_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def session_id_of(token: str) -> int | None:
    """The row of a cookie's secret."""
    return db.session.scalar(select(LoginSession.id).where(LoginSession.token_digest == digest(token)))
