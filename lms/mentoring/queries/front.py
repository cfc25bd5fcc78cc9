"""What the search over everything, the home page and the dashboard show of mentoring."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from lms.core.actor import Actor
from lms.core.db import db
from lms.mentoring.models import MentoringScheme, Mentorship, Participant, Proposal
from lms.mentoring.queries.schemes import schemes_visible_to
from lms.mentoring.rules import LIVE, is_open


def schemes_found(actor: Actor, ids: Collection[int]) -> dict[int, MentoringScheme]:
    """These schemes by id, as far as the actor may know of them."""
    rows = db.session.scalars(schemes_visible_to(actor).where(MentoringScheme.id.in_(ids)))
    return {scheme.id: scheme for scheme in rows}


def open_schemes(actor: Actor, *, limit: int) -> Sequence[MentoringScheme]:
    """The schemes that one can join now, the soonest to close first."""
    return db.session.scalars(
        select(MentoringScheme)
        .where(
            MentoringScheme.state == "published",
            MentoringScheme.opens_at <= actor.now,
            MentoringScheme.closes_at > actor.now,
        )
        .order_by(MentoringScheme.closes_at, MentoringScheme.id)
        .limit(limit)
    ).all()


def current_matters(actor: Actor, *, limit: int) -> list[tuple[str, Any]]:
    """The actor's mentorships, what was proposed, and profiles that still wait for something, as (machine, subject).

    Whoever takes part in nothing costs one query.
    """
    participations = db.session.scalars(
        select(Participant)
        .where(Participant.person_id == actor.person_id)
        .options(joinedload(Participant.scheme))
        .order_by(Participant.id.desc())
        .limit(50)
    ).all()
    ids = [one.id for one in participations]
    if not ids:
        return []
    return [
        *(("mentorship", one) for one in _of(Mentorship, ids, LIVE, limit)),
        *(("mentoring_proposal", one) for one in _of(Proposal, ids, ("open",), limit)),
        *(("mentoring_participant", one) for one in participations[:limit] if _waits(one, actor)),
    ]


def _of(model: Any, ids: Collection[int], states: Collection[str], limit: int) -> Sequence[Any]:
    return db.session.scalars(
        select(model)
        .where(or_(model.mentor_id.in_(ids), model.mentee_id.in_(ids)), model.state.in_(states))
        .options(joinedload(model.scheme))
        .order_by(model.id.desc())
        .limit(limit)
    ).all()


def _waits(one: Participant, actor: Actor) -> bool:
    """A draft that can still be sent, and what a coordinator looks at."""
    return one.state == "submitted" or (one.state == "draft" and is_open(one.scheme, actor.now))
