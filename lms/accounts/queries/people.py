"""People, what they consented to, and the links mailed to them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import selectinload

from lms.accounts.models import Consent, MailToken, Person
from lms.accounts.queries.sessions import digest
from lms.accounts.rules import normal_email
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound

DEMO_DOMAIN = "@demo.example"


def person_by_email(address: str) -> Person | None:
    """The account with this address."""
    return db.session.scalars(select(Person).where(func.lower(Person.email) == normal_email(address))).one_or_none()


def person_by_id(person_id: int) -> Person:
    """One person. Raises NotFound."""
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def lock_person(person_id: int) -> None:
    """Hold a person's row until the end of the transaction, so that two do not change their roles at once."""
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())


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
    return select(Person.id).where(or_(_is_named(q), Person.email.icontains(q.strip(), autoescape=True)))


def people_named(q: str) -> Select[int]:
    """The same by names alone, for readers who do not see addresses: a search would tell them letter by letter."""
    return select(Person.id).where(_is_named(q))


def _is_named(q: str) -> ColumnElement[bool]:
    columns = (Person.name, Person.name_local, Person.name_zh)
    return or_(*(column.icontains(q.strip(), autoescape=True) for column in columns))


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
