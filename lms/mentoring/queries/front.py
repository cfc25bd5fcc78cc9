"""What the search over everything, the home page and the dashboard show of mentoring."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.orm.attributes import set_committed_value

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
        *_pairs(ids, limit),
        *(("mentoring_participant", one) for one in participations[:limit] if _waits(one, actor)),
    ]


def _pairs(ids: Collection[int], limit: int) -> list[tuple[str, Any]]:
    """What is proposed and what became of it, in one query: the latest first, mentorships before proposals."""
    rows = db.session.execute(
        select(Proposal, Mentorship)
        .outerjoin(Mentorship, Mentorship.proposal_id == Proposal.id)
        .join(Proposal.scheme)
        .where(
            or_(Proposal.mentor_id.in_(ids), Proposal.mentee_id.in_(ids)),
            or_(Proposal.state == "open", Mentorship.state.in_(LIVE)),
        )
        .options(contains_eager(Proposal.scheme))
        .order_by(Proposal.id.desc())
        .limit(2 * limit)
    ).all()
    live: list[tuple[str, Any]] = []
    asked: list[tuple[str, Any]] = []
    for proposal, mentorship in rows:
        if mentorship is None:
            asked.append(("mentoring_proposal", proposal))
        else:
            set_committed_value(mentorship, "scheme", proposal.scheme)
            live.append(("mentorship", mentorship))
    return [*live[:limit], *asked[:limit]]


def _waits(one: Participant, actor: Actor) -> bool:
    """A draft that can still be sent, and what a coordinator looks at."""
    return one.state == "submitted" or (one.state == "draft" and is_open(one.scheme, actor.now))
