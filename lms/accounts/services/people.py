"""Accounts of people: making them, keeping their home, writing to them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from lms.accounts import queries
from lms.accounts.models import Person
from lms.accounts.rules import normal_email
from lms.core import audit
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.outbox import MailMessage, send_mail
from lms.core.waiting import Office


def create_person(
    actor: Actor,
    *,
    email: str,
    name: str,
    password_hash: str | None = None,
    is_confirmed: bool = False,
    **profile: Any,
) -> Person:
    """A new account. `profile` holds further columns of `Person`, such as names, language and zone.

    Raises Invalid when the address has an account already.
    """
    if queries.person_by_email(email) is not None:
        raise Invalid(_l("This address has an account already."), "email")
    person = Person(
        ref=new_ref(),
        email=normal_email(email),
        name=name,
        password_hash=password_hash,
        email_confirmed_at=actor.now if is_confirmed else None,
        created_at=actor.now,
        **profile,
    )
    db.session.add(person)
    db.session.flush()
    audit.record(actor, "person.created", subject=("person", person.id))
    return person


def set_home(actor: Actor, *, person_id: int, institution_id: int | None, country: str | None) -> None:
    """Keep a copy of a person's home institution and its country, for building their actor."""
    person = queries.person_by_id(person_id)
    person.home_institution_id, person.home_country = institution_id, country
    db.session.flush()
    audit.record(actor, "person.home_set", subject=("person", person_id), detail={"institution_id": institution_id})


def move_homes(institution_id: int, *, into_id: int, country: str) -> None:
    """Let everybody whose home is one institution have another one as theirs, because both are the same."""
    db.session.execute(
        update(Person)
        .where(Person.home_institution_id == institution_id)
        .values(home_institution_id=into_id, home_country=country)
        .execution_options(synchronize_session="fetch")
    )


def mail_office(
    actor: Actor, *, office: Office, template: str, values: Mapping[str, Any] | None = None, key: str | None = None
) -> None:
    """Write to everybody who sits in an office now, deputies included, each in their language."""
    for person_id in queries.office_member_ids(office, actor.now):
        mail_person(actor, person_id=person_id, template=template, values=values, key=key)


def mail_person(
    actor: Actor,
    *,
    person_id: int,
    template: str,
    values: Mapping[str, Any] | None = None,
    key: str | None = None,
    email: str | None = None,
) -> None:
    """Write to a person in their language; the template also gets `name`, how they are called, and their `zone`.

    `key` keeps the same mail from being sent to them twice. `email` overrides the address, to confirm
    a new one.
    Nobody is written to whose account is suspended.
    """
    contact = queries.contacts([person_id]).get(person_id)
    if contact is None:
        return
    message = MailMessage(
        to=email or contact.email,
        template=template,
        language=contact.language,
        values={"name": contact.display_name, **(values or {}), "zone": contact.zone},
    )
    send_mail(actor, message, key=f"{key}:{person_id}" if key else None)
