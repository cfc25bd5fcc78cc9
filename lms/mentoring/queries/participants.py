"""Reading who takes part, and what they wish."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.accounts.queries import people_called
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.mentoring.models import MentoringScheme, Mentorship, Participant, Person, Proposal, Wish
from lms.mentoring.queries.schemes import managed_by
from lms.mentoring.rules import LIVE

# Whom staff sees: everybody who has ever handed in a profile.
HANDED_IN = ("submitted", "active", "on_leave", "refused", "withdrawn")
OVER = ("withdrawn", "refused")


def _whole() -> Select[Participant]:
    return select(Participant).options(joinedload(Participant.scheme), joinedload(Participant.person))


def own_participant(actor: Actor, ref: str) -> Participant:
    """One of the actor's own participations, with its scheme. Raises NotFound."""
    return _one(
        _whole()
        .where(Participant.ref == ref, Participant.person_id == actor.person_id)
        .options(joinedload(Participant.scheme).selectinload(MentoringScheme.countries))
    )


def participant_to_manage(actor: Actor, ref: str) -> Participant:
    """A participant who handed in a profile, for the scheme's coordinators. Raises NotFound."""
    return _one(
        _whole().where(
            Participant.ref == ref, Participant.state.in_(HANDED_IN), managed_by(actor, Participant.scheme_id)
        )
    )


def participant_by_id(participant_id: int) -> Participant:
    """One participant with scheme and person, for flows and jobs."""
    return db.session.scalars(
        _whole()
        .where(Participant.id == participant_id)
        .options(joinedload(Participant.scheme).selectinload(MentoringScheme.countries))
    ).one()


def my_participations(actor: Actor) -> Sequence[Participant]:
    """Everything that the actor takes or took part in, the latest first."""
    return db.session.scalars(
        _whole().where(Participant.person_id == actor.person_id).order_by(Participant.id.desc())
    ).all()


def live_participation(person_id: int | None, scheme_id: int, side: str) -> Participant | None:
    """Somebody's participation on one side of a scheme that is not over."""
    return db.session.scalars(
        _whole().where(
            Participant.person_id == person_id,
            Participant.scheme_id == scheme_id,
            Participant.side == side,
            Participant.state.not_in(OVER),
        )
    ).one_or_none()


def latest_profile(person_id: int) -> Participant | None:
    """What somebody said about themselves most recently, in any scheme."""
    return db.session.scalars(
        select(Participant).where(Participant.person_id == person_id).order_by(Participant.id.desc()).limit(1)
    ).one_or_none()


def participants_of(
    actor: Actor, scheme: MentoringScheme, *, q: str = "", side: str = "", state: str = ""
) -> Select[Participant]:
    """Who handed in a profile in a scheme, narrowed by name, side and state, for its coordinators."""
    query = (
        select(Participant)
        .join(Participant.person)
        .options(contains_eager(Participant.person))
        .where(managed_by(actor, Participant.scheme_id))
        .where(Participant.scheme_id == scheme.id, Participant.state.in_([state] if state else HANDED_IN))
    )
    if q:
        query = query.where(Participant.person_id.in_(people_called(q)))
    return query.where(Participant.side == side) if side else query


# --- wishes ------------------------------------------------------------------------------------------------


def wishes_of(participant_id: int) -> Sequence[Wish]:
    """What a participant says of others: their list in its order, then those they would rather not have."""
    return db.session.scalars(
        select(Wish)
        .where(Wish.participant_id == participant_id)
        .options(joinedload(Wish.other).joinedload(Participant.person))
        .order_by(Wish.rank.is_(None), Wish.rank, Wish.id)
    ).all()


def wishes_in(scheme_id: int) -> Sequence[Wish]:
    """All wishes of a scheme, for the matching."""
    return db.session.scalars(
        select(Wish)
        .join(Participant, Participant.id == Wish.participant_id)
        .where(Participant.scheme_id == scheme_id)
        .order_by(Wish.participant_id, Wish.rank, Wish.id)
    ).all()


def others_to_wish(participant: Participant, *, q: str = "") -> Select[Participant]:
    """The other side of the scheme, on which nothing was said yet, for a participant who takes part."""
    said = select(Wish.other_id).where(Wish.participant_id == participant.id)
    query = (
        select(Participant)
        .join(Participant.person)
        .options(contains_eager(Participant.person))
        .where(
            Participant.scheme_id == participant.scheme_id,
            Participant.side != participant.side,
            Participant.state == "active",
            Participant.person_id != participant.person_id,
            Person.suspended_at.is_(None),
            Participant.id.not_in(said),
        )
    )
    return query.where(Person.name.icontains(q, autoescape=True)) if q else query


def other_by_ref(participant: Participant, ref: str) -> Participant:
    """Somebody of the other side of the scheme who takes part. Raises NotFound."""
    return _one(
        _whole().where(
            Participant.ref == ref,
            Participant.scheme_id == participant.scheme_id,
            Participant.side != participant.side,
            Participant.state == "active",
            Participant.person_id != participant.person_id,
        )
    )


# --- places ------------------------------------------------------------------------------------------------


def places_held(mentor_ids: Collection[int]) -> dict[int, int]:
    """How many places of each mentor are taken: by mentorships, and by proposals that are open."""
    held: dict[int, int] = {}
    for model, states in ((Mentorship, LIVE), (Proposal, ("open",))):
        rows = db.session.execute(
            select(model.mentor_id, func.count())
            .where(model.mentor_id.in_(mentor_ids), model.state.in_(states))
            .group_by(model.mentor_id)
        )
        for mentor_id, count in rows:
            held[mentor_id] = held.get(mentor_id, 0) + count
    return held


def open_proposals_of(participant_id: int) -> Sequence[Proposal]:
    """The proposals on either side that wait for an answer, in the order in which they were made."""
    return db.session.scalars(
        select(Proposal)
        .where(
            (Proposal.mentor_id == participant_id) | (Proposal.mentee_id == participant_id), Proposal.state == "open"
        )
        .options(
            joinedload(Proposal.scheme),
            joinedload(Proposal.mentor).joinedload(Participant.person),
            joinedload(Proposal.mentee).joinedload(Participant.person),
        )
        .order_by(Proposal.id)
    ).all()


def _one(query: Select[Participant]) -> Participant:
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def people_in(scheme_id: int, states: Collection[str]) -> Sequence[Participant]:
    """The participants of a scheme in some states, for what the scheme's own transitions do to them."""
    return db.session.scalars(
        _whole().where(Participant.scheme_id == scheme_id, Participant.state.in_(states)).order_by(Participant.id)
    ).all()
