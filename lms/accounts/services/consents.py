"""Giving and withdrawing consent."""

from sqlalchemy import select, update

from lms.accounts.consents import Consenting, purpose_named
from lms.accounts.models import Consent
from lms.core import audit
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound


def give_consent(actor: Actor, *, person_id: int, consenting: Consenting) -> Consent:
    """Record a consent in today's text. Giving the same again while it holds keeps the first row."""
    purpose = purpose_named(consenting.purpose)
    current = db.session.scalars(
        select(Consent).where(
            Consent.person_id == person_id,
            Consent.purpose == purpose.name,
            Consent.recipient == consenting.recipient,
            Consent.context == consenting.context,
            Consent.text_version == purpose.version,
            Consent.withdrawn_at.is_(None),
        )
    ).first()
    if current is not None:
        return current
    consent = Consent(
        person_id=person_id,
        purpose=purpose.name,
        recipient=consenting.recipient,
        country=consenting.country,
        text_version=purpose.version,
        language=purpose.language(consenting.language),
        context=consenting.context,
        given_at=actor.now,
    )
    db.session.add(consent)
    db.session.flush()
    detail = {"purpose": purpose.name, "version": purpose.version}
    audit.record(actor, "consent.given", subject=("consent", consent.id), detail=detail)
    return consent


def withdraw_consent(actor: Actor, *, consent_id: int) -> Consent:
    """Withdraw one of the actor's own consents; the account and the other consents stay. Raises NotFound."""
    consent = db.session.scalars(
        select(Consent).where(Consent.id == consent_id, Consent.person_id == actor.person_id)
    ).one_or_none()
    if consent is None:
        raise NotFound
    if consent.withdrawn_at is None:
        consent.withdrawn_at = actor.now
        db.session.flush()
        audit.record(actor, "consent.withdrawn", subject=("consent", consent.id), detail={"purpose": consent.purpose})
    return consent


def move_consents(context: str, into: str) -> int:
    """Let consents that were given in one context hold in another, because both turned out to be the same; how many."""
    moved = db.session.execute(
        update(Consent)
        .where(Consent.context == context)
        .values(context=into)
        .execution_options(synchronize_session="fetch")
    )
    return moved.rowcount  # type: ignore[attr-defined, no-any-return]
