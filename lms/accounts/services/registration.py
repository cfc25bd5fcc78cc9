"""Making an account, and proving by a mailed link that an address is one's own.

A link opens as often as it is followed (mail scanners follow links); only the form behind it acts, once.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from lms.accounts import queries
from lms.accounts.consents import REGISTRATION, Consenting
from lms.accounts.models import Consent, MailToken, Person, PersonTitle
from lms.accounts.rules import normal_email, suspension
from lms.accounts.services.consents import give_consent
from lms.accounts.services.invitations import open_items_for
from lms.accounts.services.people import create_person, mail_person
from lms.accounts.services.sessions import end_sessions
from lms.core import audit, events
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_token

_UNCONFIRMED_LASTS = timedelta(days=30)
CONFIRM, RESET, CHANGE = "confirm", "reset", "change"
_LASTS = {CONFIRM: timedelta(days=3), RESET: timedelta(hours=2), CHANGE: timedelta(days=1)}
_PATHS = {
    CONFIRM: "/accounts/confirm/{}",
    RESET: "/accounts/reset/{}",
    CHANGE: "/accounts/change-email/{}",
}


@dataclass(frozen=True)
class Registration:
    """What a visitor filled in. `consents` are the purposes they ticked; `password_hash` was made before."""

    email: str
    name: str
    password_hash: str
    profile: dict[str, Any] = field(default_factory=dict)
    consents: tuple[Consenting, ...] = ()


def register(actor: Actor, *, registration: Registration) -> None:
    """Make an account and mail the link that confirms its address.

    The visitor is told the same whether or not the address has an account: its owner gets a mail that
    says so instead. An account that nobody ever confirmed is replaced, because it belongs to nobody yet.
    Raises Invalid when a consent that the account needs is missing.
    """
    _check_consents(registration)
    person = queries.person_by_email(registration.email)
    if person is not None and person.is_confirmed:
        mail_person(actor, person_id=person.id, template="already_registered", values={"path": "/accounts/sign-in"})
        return
    if person is None:
        person = create_person(
            actor,
            email=registration.email,
            name=registration.name,
            password_hash=registration.password_hash,
            **registration.profile,
        )
        _give_consents(actor, person, registration)
    else:
        _replace(actor, person, registration)
    send_link(actor, person=person, purpose=CONFIRM)


def _check_consents(registration: Registration) -> None:
    given = {consenting.purpose for consenting in registration.consents}
    for purpose in REGISTRATION:
        if purpose.is_needed and purpose.name not in given:
            raise Invalid(_l("Without this consent we cannot keep an account for you."), f"consent_{purpose.name}")


def _give_consents(actor: Actor, person: Person, registration: Registration) -> None:
    for consenting in registration.consents:
        give_consent(actor, person_id=person.id, consenting=consenting)


def _replace(actor: Actor, person: Person, registration: Registration) -> None:
    person.name, person.password_hash = registration.name, registration.password_hash
    for column, value in registration.profile.items():
        setattr(person, column, value)
    db.session.execute(
        update(Consent)
        .where(Consent.person_id == person.id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=actor.now)
        .execution_options(synchronize_session="fetch")
    )
    audit.record(actor, "person.registered_again", subject=("person", person.id))
    _give_consents(actor, person, registration)


def send_link(actor: Actor, *, person: Person, purpose: str, email: str | None = None) -> None:
    """Mail a link for a purpose; earlier ones for the same purpose stop working. `email`: a new address."""
    _void_links(actor, person.id, purpose)
    token, lasts = new_token(), _LASTS[purpose]
    email = normal_email(email) if email else None
    db.session.add(
        MailToken(
            digest=queries.digest(token),
            purpose=purpose,
            person_id=person.id,
            email=email or person.email,
            expires_at=actor.now + lasts,
        )
    )
    db.session.flush()
    values = {"path": _PATHS[purpose].format(token), "hours": int(lasts.total_seconds() // 3600)}
    mail_person(actor, person_id=person.id, template=f"{purpose}_link", values=values, email=email)


def _void_links(actor: Actor, person_id: int, *purposes: str) -> None:
    db.session.execute(
        update(MailToken)
        .where(MailToken.person_id == person_id, MailToken.purpose.in_(purposes), MailToken.used_at.is_(None))
        .values(used_at=actor.now)
        .execution_options(synchronize_session="fetch")
    )


def _use(actor: Actor, link: MailToken) -> Person:
    """Use a link up; its person. Raises Conflict when it was used or has run out, Refused for a suspended one."""
    db.session.refresh(link, with_for_update=True)
    if link.used_at is not None or link.expires_at <= actor.now:
        raise Conflict(_l("This link was used already or has run out. Ask for a new one."))
    person = queries.person_by_id(link.person_id)
    if person.suspended_at is not None:
        raise Refused([suspension(person.suspended_reason)])
    link.used_at = actor.now
    return person


def confirm_address(actor: Actor, *, link: MailToken) -> Person:
    """Confirm the address of a new account, for whoever holds the link and knows the account's password.

    The link alone proves whose mail it is, not who registered: see `claim_address`. Raises Conflict when the
    link was used or has run out.
    """
    person = _use(actor, link)
    _confirm(actor, person)
    return person


def claim_address(actor: Actor, *, link: MailToken, registration: Registration) -> Person:
    """Confirm the address of an account that somebody else registered, or whose password is forgotten.

    The link proves that the address is theirs, so everything that was typed before is replaced. Raises Conflict
    when the link was used or has run out or the account is confirmed, Invalid when a needed consent is missing.
    """
    _check_consents(registration)
    person = _use(actor, link)
    if person.is_confirmed:
        raise Conflict(_l("This address is confirmed already. Sign in with it."))
    _replace(actor, person, registration)
    _confirm(actor, person)
    return person


def _confirm(actor: Actor, person: Person) -> None:
    if person.email_confirmed_at is None:
        person.email_confirmed_at = actor.now
    db.session.flush()
    open_items_for(actor, person_id=person.id)
    audit.record(actor, "person.email_confirmed", subject=("person", person.id))


def forget_unconfirmed(actor: Actor) -> int:
    """Delete the accounts whose address nobody confirmed for a month, with all that was typed; how many.

    One that can still be confirmed stays, because its owner asked for a new link since; so does a suspended one.
    The others belong to nobody: without a confirmed address nobody ever signed in, so nothing else refers to them.
    """
    unknown = db.session.scalars(
        select(Person.id)
        .where(
            Person.email_confirmed_at.is_(None),
            Person.suspended_at.is_(None),
            Person.created_at < actor.now - _UNCONFIRMED_LASTS,
            Person.id.not_in(
                select(MailToken.person_id).where(MailToken.used_at.is_(None), MailToken.expires_at > actor.now)
            ),
        )
        .order_by(Person.id)
    ).all()
    for person_id in unknown:
        for table in (Consent, MailToken, PersonTitle):
            db.session.execute(delete(table).where(table.person_id == person_id))
        db.session.execute(delete(Person).where(Person.id == person_id))
        audit.record(actor, "person.forgotten", subject=("person", person_id))
    return len(unknown)


def request_reset(actor: Actor, *, email: str) -> None:
    """Mail a link to choose a new password, if the address has an account; the visitor cannot tell.

    Who registered an address that was never confirmed is unknown, so its link lets them begin anew.
    """
    person = queries.person_by_email(email)
    if person is not None:
        send_link(actor, person=person, purpose=RESET if person.is_confirmed else CONFIRM)
        audit.record(actor, "person.reset_requested", subject=("person", person.id))


def reset_password(actor: Actor, *, link: MailToken, password_hash: str) -> Person:
    """Set a new password, which signs every browser out.

    A change of address that somebody else may have asked for ends with it. Raises Conflict when the link was
    used or has run out.
    """
    person = _use(actor, link)
    person.password_hash = password_hash
    _void_links(actor, person.id, RESET, CHANGE)
    end_sessions(actor, person_id=person.id)
    audit.record(actor, "person.password_reset", subject=("person", person.id))
    mail_person(actor, person_id=person.id, template="password_changed", values={"path": "/accounts/reset"})
    return person


def change_password(actor: Actor, *, password_hash: str, session_id: int | None) -> None:
    """Set a new password, sign every other browser out, and end what links in mail could still change."""
    person = queries.myself(actor)
    person.password_hash = password_hash
    _void_links(actor, person.id, RESET, CHANGE)
    end_sessions(actor, person_id=person.id, but=session_id)
    audit.record(actor, "person.password_changed", subject=("person", person.id))
    mail_person(actor, person_id=person.id, template="password_changed", values={"path": "/accounts/reset"})


def request_new_email(actor: Actor, *, email: str) -> None:
    """Mail a link to the new address. One that has an account already is told so instead."""
    person = queries.myself(actor)
    owner = queries.person_by_email(email)
    if owner is not None and owner.id == person.id:
        raise Invalid(_l("This is your address already."), "email")
    if owner is not None:
        mail_person(actor, person_id=owner.id, template="already_registered", values={"path": "/accounts/sign-in"})
        return
    send_link(actor, person=person, purpose=CHANGE, email=email)


def change_email(actor: Actor, *, link: MailToken) -> Person:
    """Take the new address over and tell the old one, whose mail can change nothing any more.

    For whoever holds the link and the account: else somebody could be made to lend their address to a stranger.
    Raises Conflict when the link was used, has run out, or the address went to another account meanwhile.
    """
    person = _use(actor, link)
    owner = queries.person_by_email(link.email)
    if owner is not None and owner.id != person.id:
        raise Conflict(_l("Another account has this address by now."))
    mail_person(actor, person_id=person.id, template="email_changed", values={"path": "/accounts/reset"})
    person.email, person.email_confirmed_at = link.email, actor.now
    _void_links(actor, person.id, CONFIRM, RESET, CHANGE)
    db.session.flush()
    audit.record(actor, "person.email_changed", subject=("person", person.id))
    events.publish(events.Event("email_changed", person, actor))
    return person
