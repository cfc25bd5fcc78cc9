"""Keeping who has read whose file."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Disclosure
from lms.core.actor import Actor

_ONE_READING = timedelta(hours=1)


def record_disclosure(
    session: Session, actor: Actor, *, person_id: int, subject: tuple[str, int], permission: str
) -> None:
    """Keep one reading for the person concerned, in a short transaction of its own.

    Whoever turns back to the same page within the hour, as after saving it, has read it once.
    """
    kind, subject_id = subject
    known = select(Disclosure.id).where(
        Disclosure.person_id == person_id,
        Disclosure.at > actor.now - _ONE_READING,
        Disclosure.reader_id == actor.person_id if actor.person_id else Disclosure.reader_id.is_(None),
        Disclosure.subject_kind == kind,
        Disclosure.subject_id == subject_id,
        Disclosure.permission == permission,
    )
    if session.scalar(known.limit(1)) is not None:
        return
    session.add(
        Disclosure(
            person_id=person_id,
            reader_id=actor.person_id,
            roles=" ".join(dict.fromkeys(held.role for held in actor.roles)),
            institution_id=actor.institution_id,
            country=actor.country,
            subject_kind=kind,
            subject_id=subject_id,
            permission=permission,
            at=actor.now,
        )
    )
    session.flush()
