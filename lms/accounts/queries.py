"""Reading people: sessions, contacts, offices, invitations and consents."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, selectinload

from lms.accounts.models import Consent, Invitation, LoginSession, MailToken, Person
from lms.accounts.rules import normal_email
from lms.core.access import Grant, grants_of
from lms.core.actor import Actor, HeldRole
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.storage import FileOpening, StoredFile
from lms.core.waiting import Office, WaitingItem

DEMO_DOMAIN = "@demo.example"


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


# --- people -----------------------------------------------------------------------------------------


def person_by_email(address: str) -> Person | None:
    """The account with this address."""
    return db.session.scalars(select(Person).where(func.lower(Person.email) == normal_email(address))).one_or_none()


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
    return db.session.scalars(select(Person).where(Person.email.like(f"%{DEMO_DOMAIN}")).order_by(Person.id)).all()


def people_called(q: str) -> Select[int]:
    """The ids of people whose names or address hold `q`, for `.in_()` in a caller's query."""
    columns = (Person.name, Person.name_local, Person.name_zh, Person.email)
    return select(Person.id).where(or_(*(column.icontains(q.strip(), autoescape=True) for column in columns)))


def people(ids: Collection[int | None]) -> dict[int, Person]:
    """Several people by id, with titles, in two queries."""
    wanted = {person_id for person_id in ids if person_id is not None}
    if not wanted:
        return {}
    found = db.session.scalars(select(Person).where(Person.id.in_(wanted)).options(selectinload(Person.titles)))
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


def _is_current(now: datetime) -> ColumnElement[bool]:
    return and_(Grant.starts_at <= now, or_(Grant.ends_at.is_(None), Grant.ends_at > now))


def _in_scope(column: InstrumentedAttribute[int | None], scope_id: int | None) -> ColumnElement[bool]:
    return column.is_(None) if scope_id is None else column == scope_id


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


def members_of_offices(items: Sequence[WaitingItem], now: datetime) -> dict[int, list[int]]:
    """Who sits now in the office of each item, by the item's id, deputies last; one query for all items."""
    keys = {(item.office_role, item.scope_kind, item.scope_id or 0) for item in items if item.office_role}
    if not keys:
        return {}
    place = tuple_(Grant.role, Grant.scope_kind, func.coalesce(Grant.scope_id, 0))
    rows = db.session.execute(
        select(Grant.role, Grant.scope_kind, func.coalesce(Grant.scope_id, 0), Grant.person_id)
        .where(place.in_(list(keys)), _is_current(now))
        .order_by(Grant.is_deputy, Grant.id)
    )
    offices: dict[tuple[str, str, int], list[int]] = {}
    for role, kind, scope_id, person_id in rows:
        offices.setdefault((role, kind, scope_id), []).append(person_id)
    return {
        item.id: offices.get((item.office_role, item.scope_kind, item.scope_id or 0), [])  # type: ignore[arg-type]
        for item in items
        if item.office_role
    }


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
    query = people_consenting(purpose, recipient=recipient, context=context).where(Consent.person_id == person_id)
    return db.session.scalar(query.limit(1)) is not None


def people_consenting(purpose: str, *, recipient: str | None = None, context: str | None = None) -> Select[int]:
    """The ids of the people whose consent holds now (see `has_consent`), for `.in_()` in a caller's query."""
    asked = {"purpose": purpose, "recipient": recipient, "context": context}
    named = {column: value for column, value in asked.items() if value is not None}
    return select(Consent.person_id).filter_by(**named).where(Consent.withdrawn_at.is_(None))


def openings_of(actor: Actor) -> Select[FileOpening]:
    """Every opening of the actor's personal files, with the file."""
    return (
        select(FileOpening)
        .join(FileOpening.file)
        .options(contains_eager(FileOpening.file))
        .where(StoredFile.owner_id == actor.person_id)
    )


def openers_of(actor: Actor) -> list[tuple[int | None, int | None]]:
    """Who ever opened the actor's files and for which institution, each pair once."""
    rows = db.session.execute(
        select(FileOpening.opener_id, FileOpening.institution_id)
        .join(FileOpening.file)
        .where(StoredFile.owner_id == actor.person_id)
        .distinct()
    )
    return [(row[0], row[1]) for row in rows]


# --- invitations ------------------------------------------------------------------------------------


def _is_open() -> ColumnElement[bool]:
    return and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))


def open_invitation(email: str, role: str, scope_kind: str, scope_id: int | None) -> Invitation | None:
    """The invitation of this address to a role in a scope that was neither accepted nor taken back."""
    return db.session.scalars(
        select(Invitation).where(
            Invitation.email == email,
            Invitation.role == role,
            Invitation.scope_kind == scope_kind,
            _in_scope(Invitation.scope_id, scope_id),
            _is_open(),
        )
    ).first()


def open_invitations_to(email: str, now: datetime) -> Sequence[Invitation]:
    """What an address is invited to now."""
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.email == normal_email(email), _is_open(), Invitation.expires_at > now)
        .order_by(Invitation.id)
    ).all()


def invitation_by_token(_actor: Actor, token: str) -> Invitation:
    """The invitation behind a mailed link. Raises NotFound."""
    found = db.session.scalars(select(Invitation).where(Invitation.digest == digest(token))).one_or_none()
    if found is None:
        raise NotFound
    return found


def invitation_of_mine(actor: Actor, ref: str) -> Invitation:
    """An invitation to the actor's own address. Raises NotFound."""
    found = db.session.scalars(
        select(Invitation)
        .join(Person, func.lower(Person.email) == Invitation.email)
        .where(Invitation.ref == ref, Person.id == actor.person_id, Person.email_confirmed_at.is_not(None))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def invitation_by_ref(_actor: Actor, ref: str) -> Invitation:
    """An invitation; the permission asks whether the actor may give its role. Raises NotFound."""
    found = db.session.scalars(select(Invitation).where(Invitation.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


def invitations_into(scope_kind: str, scope_id: int | None) -> Select[Invitation]:
    """Every invitation into a scope."""
    return select(Invitation).where(Invitation.scope_kind == scope_kind, _in_scope(Invitation.scope_id, scope_id))


# --- offices: the members of a scope and what waits for them -------------------------------------------


def members_of(scope_kind: str, scope_id: int | None, now: datetime) -> Select[Grant]:
    """The grants that hold in a scope now."""
    return select(Grant).where(Grant.scope_kind == scope_kind, _in_scope(Grant.scope_id, scope_id), _is_current(now))


def grant_by_id(_actor: Actor, grant_id: int) -> Grant:
    """A grant; the permission asks whether the actor may end it. Raises NotFound."""
    found = db.session.get(Grant, grant_id)
    if found is None:
        raise NotFound
    return found


def office_items(offices: Sequence[Office]) -> Select[WaitingItem]:
    """What is open for any of these offices."""
    return select(WaitingItem).where(
        WaitingItem.closed_at.is_(None),
        or_(
            false(),
            *(
                and_(
                    WaitingItem.office_role == office.role,
                    WaitingItem.scope_kind == office.scope_kind,
                    _in_scope(WaitingItem.scope_id, office.scope_id),
                )
                for office in offices
            ),
        ),
    )


def has_open_items(office: Office) -> bool:
    """Whether anything waits for the office."""
    return db.session.scalars(office_items([office]).limit(1)).first() is not None


def item_of_office(actor: Actor, item_id: int) -> WaitingItem:
    """An item of one of the actor's offices. Raises NotFound."""
    found = db.session.scalars(
        select(WaitingItem).where(WaitingItem.id == item_id, WaitingItem.office_role.is_not(None))
    ).one_or_none()
    if found is None or not actor.holds(found.office_role or "", found.scope_kind or "", found.scope_id):
        raise NotFound
    return found
