"""Signing in and out. Passwords are compared before: see `lms.accounts.passwords`."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.models import LoginSession, Person
from lms.core import audit
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.ids import new_ref, new_token

LASTS = timedelta(days=30)
IDLE_LASTS = timedelta(days=7)
_NOTED_EVERY = timedelta(hours=1)


def start_session(actor: Actor, *, person: Person, user_agent: str = "", detail: str = "password") -> str:
    """Sign a browser in; the secret for its cookie. `detail` says by what: password, demo, invitation."""
    token = new_token()
    db.session.add(
        LoginSession(
            ref=new_ref(),
            token_digest=queries.digest(token),
            person_id=person.id,
            created_at=actor.now,
            seen_at=actor.now,
            expires_at=actor.now + IDLE_LASTS,
            user_agent=user_agent[:300],
        )
    )
    db.session.flush()
    audit.record(actor, "person.signed_in", subject=("person", person.id), detail={"by": detail})
    return token


def needs_note(seen_at: datetime, now: datetime) -> bool:
    """Whether the use of a session should be noted again."""
    return now - seen_at >= _NOTED_EVERY


def note_use(session: Session, *, session_id: int, now: datetime) -> None:
    """Note that a session was used, which also keeps it alive, in a short transaction of its own."""
    row = session.get_one(LoginSession, session_id)
    row.seen_at = now
    row.expires_at = min(now + IDLE_LASTS, row.created_at + LASTS)


def end_session(actor: Actor, *, session_id: int) -> None:
    """Sign one of the actor's browsers out. Raises NotFound when it is not theirs."""
    row = db.session.scalars(
        select(LoginSession).where(LoginSession.id == session_id, LoginSession.person_id == actor.person_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.ended_at is None:
        row.ended_at = actor.now
        db.session.flush()
        audit.record(actor, "person.signed_out", subject=("person", row.person_id))


def end_sessions(actor: Actor, *, person_id: int, but: int | None = None) -> int:
    """Sign all browsers of a person out, but one if asked; how many there were."""
    query = update(LoginSession).where(
        LoginSession.person_id == person_id,
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > actor.now,
    )
    if but is not None:
        query = query.where(LoginSession.id != but)
    ended = db.session.execute(query.values(ended_at=actor.now).execution_options(synchronize_session="fetch"))
    audit.record(actor, "person.signed_out_everywhere", subject=("person", person_id))
    return ended.rowcount  # type: ignore[attr-defined, no-any-return]
