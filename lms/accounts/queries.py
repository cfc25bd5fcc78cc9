"""Reading people: sessions, contacts, offices, invitations and consents."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import selectinload

from lms.accounts.models import Consent, LoginSession, MailToken, Person
from lms.accounts.rules import normal_email
from lms.core.access import Grant, grants_of
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.waiting import Office


def digest(token: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


# --- sessions ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenSession:
    """A signed-in browser and who acts through it."""

    id: int
    seen_at: datetime
    actor: Actor


def open_session(token: str, now: datetime) -> OpenSession | None:
    """The session behind a cookie's secret, in two queries. None when it ended or its person is suspended."""
    row = db.session.execute(
        select(LoginSession.id, LoginSession.seen_at, *_ACTOR_COLUMNS)
        .join(Person, Person.id == LoginSession.person_id)
        .where(
            LoginSession.token_digest == digest(token),
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > now,
            Person.suspended_at.is_(None),
        )
    ).one_or_none()
    return OpenSession(row[0], row[1], _actor(row[2:], now)) if row else None


_ACTOR_COLUMNS = (
    Person.id,
    Person.name,
    Person.called,
    Person.language,
    Person.zone,
    Person.home_institution_id,
    Person.home_country,
)


def _actor(row: Sequence[object], now: datetime) -> Actor:
    person_id, name, called, language, zone, institution_id, country = row
    return Actor(
        now=now,
        kind="person",
        person_id=person_id,  # type: ignore[arg-type]
        display_name=called or name,  # type: ignore[arg-type]
        language=language,  # type: ignore[arg-type]
        zone=zone,  # type: ignore[arg-type]
        institution_id=institution_id,  # type: ignore[arg-type]
        country=country,  # type: ignore[arg-type]
        roles=grants_of(person_id, now),  # type: ignore[arg-type]
    )


def actor_of(person_id: int, now: datetime) -> Actor:
    """The person as an actor, for commands, seeds and tests. Raises NotFound."""
    row = db.session.execute(select(*_ACTOR_COLUMNS).where(Person.id == person_id)).one_or_none()
    if row is None:
        raise NotFound
    return _actor(row, now)


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


# --- people -----------------------------------------------------------------------------------------


def person_by_email(address: str) -> Person | None:
    """The account with this address."""
    return db.session.scalars(
        select(Person).where(func.lower(Person.email) == normal_email(address))
    ).one_or_none()


def person_by_id(person_id: int) -> Person:
    """One person. Raises NotFound."""
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def person_by_ref(ref: str) -> Person:
    """One person by the reference in addresses. Raises NotFound."""
    person = db.session.scalars(select(Person).where(Person.ref == ref)).one_or_none()
    if person is None:
        raise NotFound
    return person


def myself(actor: Actor) -> Person:
    """The actor's own account, with titles. Raises NotFound for a visitor."""
    person = db.session.scalars(
        select(Person).where(Person.id == actor.person_id).options(selectinload(Person.titles))
    ).one_or_none()
    if person is None:
        raise NotFound
    return person


def demo_people() -> Sequence[Person]:
    """The accounts of the demo world that anybody may sign in as, for the sign-in page of demo mode."""
    return db.session.scalars(select(Person).where(Person.email.like("%@demo.example")).order_by(Person.id)).all()


def people(ids: Collection[int | None]) -> dict[int, Person]:
    """Several people by id, with titles, in two queries."""
    wanted = {person_id for person_id in ids if person_id is not None}
    if not wanted:
        return {}
    found = db.session.scalars(
        select(Person).where(Person.id.in_(wanted)).options(selectinload(Person.titles))
    )
    return {person.id: person for person in found}


@dataclass(frozen=True)
class Contact:
    """Where and in which language somebody is written to."""

    person_id: int
    email: str
    language: str
    zone: str
    display_name: str


def contacts(ids: Collection[int | None]) -> dict[int, Contact]:
    """How to reach these people, in one query. Suspended ones are left out."""
    wanted = {person_id for person_id in ids if person_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Person.id, Person.email, Person.language, Person.zone, Person.called, Person.name).where(
            Person.id.in_(wanted), Person.suspended_at.is_(None)
        )
    )
    return {row[0]: Contact(row[0], row[1], row[2], row[3], row[4] or row[5]) for row in rows}


# --- offices ----------------------------------------------------------------------------------------


def _is_current(now: datetime):  # noqa: ANN202 - an SQL expression
    return and_(Grant.starts_at <= now, or_(Grant.ends_at.is_(None), Grant.ends_at > now))


def _in_scope(column: object, scope_id: int | None):  # noqa: ANN202 - an SQL expression
    return column.is_(None) if scope_id is None else column == scope_id  # type: ignore[attr-defined]


def office_member_ids(office: Office, now: datetime) -> list[int]:
    """Who sits in the office now, deputies last, in the order in which they came."""
    return list(
        db.session.scalars(
            select(Grant.person_id)
            .where(
                Grant.role == office.role,
                Grant.scope_kind == office.scope_kind,
                _in_scope(Grant.scope_id, office.scope_id),
                _is_current(now),
            )
            .order_by(Grant.is_deputy, Grant.id)
        )
    )


# --- mailed links and consents ----------------------------------------------------------------------


def link(purpose: str, token: str) -> MailToken:
    """The mailed link behind a secret, used or not. Raises NotFound."""
    found = db.session.scalars(
        select(MailToken).where(MailToken.digest == digest(token), MailToken.purpose == purpose)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def consents_of(actor: Actor) -> Sequence[Consent]:
    """What the actor consented to, newest first, withdrawn ones included."""
    return db.session.scalars(
        select(Consent).where(Consent.person_id == actor.person_id).order_by(Consent.given_at.desc(), Consent.id.desc())
    ).all()


def has_consent(person_id: int, purpose: str, *, recipient: str | None = None, context: str | None = None) -> bool:
    """Whether a consent holds now, to any recipient and in any context unless they are named."""
    query = select(Consent.id).where(
        Consent.person_id == person_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
    )
    if recipient is not None:
        query = query.where(Consent.recipient == recipient)
    if context is not None:
        query = query.where(Consent.context == context)
    return db.session.scalar(query.limit(1)) is not None
