"""Reading mentorships: one's own, and as far as their coordinators may look."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.accounts.queries import people_called
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.mentoring.models import Goal, Meeting, MentoringScheme, Mentorship, Note, Participant, Person
from lms.mentoring.queries.schemes import managed_by
from lms.mentoring.rules import LIVE

HELD_MINUTES = (
    select(func.coalesce(func.sum(Meeting.minutes), 0))
    .where(Meeting.mentorship_id == Mentorship.id, Meeting.state == "held")
    .correlate(Mentorship)
    .scalar_subquery()
)
HELD_MEETINGS = (
    select(func.count())
    .where(Meeting.mentorship_id == Mentorship.id, Meeting.state == "held")
    .correlate(Mentorship)
    .scalar_subquery()
)
LAST_MEETING = (
    select(func.max(Meeting.starts_at))
    .where(Meeting.mentorship_id == Mentorship.id, Meeting.state == "held")
    .correlate(Mentorship)
    .scalar_subquery()
)


def _pair() -> Select[Mentorship]:
    return select(Mentorship).options(
        joinedload(Mentorship.scheme),
        joinedload(Mentorship.mentor).joinedload(Participant.person),
        joinedload(Mentorship.mentee).joinedload(Participant.person),
    )


def _whole() -> Select[Mentorship]:
    return _pair().options(
        selectinload(Mentorship.goals), selectinload(Mentorship.meetings).joinedload(Meeting.mentorship)
    )


def _own(actor: Actor) -> ColumnElement[bool]:
    own = select(Participant.id).where(Participant.person_id == actor.person_id)
    return or_(Mentorship.mentor_id.in_(own), Mentorship.mentee_id.in_(own))


def mentorship_visible_to(actor: Actor, ref: str) -> Mentorship:
    """A mentorship of the actor's own with goals and meetings. Raises NotFound."""
    found = db.session.scalars(_whole().where(Mentorship.ref == ref, _own(actor))).one_or_none()
    if found is None:
        raise NotFound
    return found


def mentorship_by_id(mentorship_id: int) -> Mentorship:
    """A mentorship with goals and meetings, for flows and jobs."""
    return db.session.scalars(_whole().where(Mentorship.id == mentorship_id)).one()


def my_mentorships(actor: Actor) -> Sequence[Mentorship]:
    """The actor's mentorships, those under way first, then the latest."""
    return db.session.scalars(
        _whole().where(_own(actor)).order_by(Mentorship.ended_at.is_not(None), Mentorship.id.desc())
    ).all()


def mentorship_of_proposal(proposal_id: int) -> Mentorship | None:
    """What a proposal became."""
    return db.session.scalars(select(Mentorship).where(Mentorship.proposal_id == proposal_id)).one_or_none()


def goal_of(mentorship: Mentorship, ref: str) -> Goal:
    """One goal. Raises NotFound."""
    found = next((goal for goal in mentorship.goals if goal.ref == ref), None)
    if found is None:
        raise NotFound
    return found


def notes_for(actor: Actor, mentorship: Mentorship) -> Sequence[Note]:
    """The shared notes, and the actor's own private ones, newest first."""
    return db.session.scalars(
        select(Note)
        .where(Note.mentorship_id == mentorship.id, or_(Note.is_shared, Note.author_id == actor.person_id))
        .order_by(Note.id.desc())
    ).all()


# --- meetings ----------------------------------------------------------------------------------------------


def _meetings() -> Select[Meeting]:
    return select(Meeting).options(
        joinedload(Meeting.mentorship).joinedload(Mentorship.scheme),
        joinedload(Meeting.mentorship).joinedload(Mentorship.mentor).joinedload(Participant.person),
        joinedload(Meeting.mentorship).joinedload(Mentorship.mentee).joinedload(Participant.person),
    )


def meeting_visible_to(actor: Actor, ref: str) -> Meeting:
    """A meeting of a mentorship of the actor's own. Raises NotFound."""
    found = db.session.scalars(
        _meetings().join(Meeting.mentorship).where(Meeting.ref == ref, _own(actor))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def meeting_by_id(meeting_id: int) -> Meeting:
    """A meeting with its pair, for flows."""
    return db.session.scalars(_meetings().where(Meeting.id == meeting_id)).one()


def meetings_ahead(mentorship_id: int, now: datetime) -> Sequence[Meeting]:
    """What was proposed or confirmed and is still to come, soonest first."""
    return db.session.scalars(
        _meetings()
        .where(
            Meeting.mentorship_id == mentorship_id,
            Meeting.state.in_(("proposed", "confirmed")),
            Meeting.starts_at > now,
        )
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()


def last_sign_of_life(mentorship: Mentorship) -> datetime:
    """When the pair last met or will meet next, else when it began."""
    met = db.session.scalar(
        select(func.max(Meeting.starts_at)).where(
            Meeting.mentorship_id == mentorship.id, Meeting.state.in_(("proposed", "confirmed", "held"))
        )
    )
    return max(met, mentorship.started_at) if met else mentorship.started_at


def meetings_of_person(person_id: int, *, since: datetime) -> Sequence[Meeting]:
    """Somebody's meetings for their calendar: those that begin after `since`, in the order of time."""
    own = select(Participant.id).where(Participant.person_id == person_id)
    return db.session.scalars(
        _meetings()
        .join(Meeting.mentorship)
        .where(
            or_(Mentorship.mentor_id.in_(own), Mentorship.mentee_id.in_(own)),
            Meeting.starts_at > since,
            Meeting.state != "missed",
        )
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()


# --- as coordinators see them ------------------------------------------------------------------------------


def mentorships_of(
    actor: Actor, scheme: MentoringScheme, *, q: str = "", state: str = "", quiet: str = ""
) -> Select[Mentorship]:
    """A scheme's mentorships with meetings, but neither goals nor notes, for its coordinators.

    `quiet`: only those under way that have not met for as many days as the scheme says, nor will soon.
    """
    query = (
        _pair()
        .options(selectinload(Mentorship.meetings))
        .where(Mentorship.scheme_id == scheme.id, managed_by(actor, Mentorship.scheme_id))
    )
    if q:
        called = select(Participant.id).where(Participant.person_id.in_(people_called(q)))
        query = query.where(or_(Mentorship.mentor_id.in_(called), Mentorship.mentee_id.in_(called)))
    if state:
        query = query.where(Mentorship.state == state)
    if quiet:
        since = actor.now - timedelta(days=scheme.idle_days)
        met = select(Meeting.mentorship_id).where(
            Meeting.starts_at > since, Meeting.state.in_(("proposed", "confirmed", "held"))
        )
        query = query.where(Mentorship.state == "active", Mentorship.started_at <= since, Mentorship.id.not_in(met))
    return query


def mentorship_watched(actor: Actor, ref: str) -> Mentorship:
    """A mentorship as the coordinators of its scheme may see it. Raises NotFound."""
    found = db.session.scalars(
        _pair()
        .options(selectinload(Mentorship.meetings))
        .where(Mentorship.ref == ref, managed_by(actor, Mentorship.scheme_id))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Load:
    """A mentor, how many mentees they guide, and how many they offered to."""

    mentor: Participant
    guides: int


def loads_of(scheme: MentoringScheme) -> list[Load]:
    """The mentors of a scheme with their mentees, the most loaded first."""
    mentors = db.session.scalars(
        select(Participant)
        .join(Participant.person)
        .where(
            Participant.scheme_id == scheme.id,
            Participant.side == "mentor",
            Participant.state.in_(("active", "on_leave")),
        )
        .options(joinedload(Participant.person))
        .order_by(Person.name, Participant.id)
    ).all()
    counts = guided_by([mentor.id for mentor in mentors])
    return sorted((Load(one, counts.get(one.id, 0)) for one in mentors), key=lambda load: -load.guides)


def guided_by(mentor_ids: Collection[int]) -> dict[int, int]:
    """How many mentees each of these mentors guides now."""
    rows = db.session.execute(
        select(Mentorship.mentor_id, func.count())
        .where(Mentorship.mentor_id.in_(mentor_ids), Mentorship.state.in_(LIVE))
        .group_by(Mentorship.mentor_id)
    )
    return dict(rows.all())


def is_quiet_count(actor: Actor, scheme: MentoringScheme) -> int:
    """How many mentorships have not met for long."""
    rows = mentorships_of(actor, scheme, quiet="1").with_only_columns(func.count()).order_by(None)
    return db.session.scalar(rows) or 0


def has_live_mentorship(participant_id: int) -> bool:
    """Whether a participant is one of a pair that has not ended."""
    found = select(Mentorship.id).where(
        or_(Mentorship.mentor_id == participant_id, Mentorship.mentee_id == participant_id),
        Mentorship.state.in_(LIVE),
    )
    return db.session.scalar(found.limit(1)) is not None


def held_of(mentorship_id: int) -> tuple[int, int]:
    """How many meetings were held, and how many minutes they took together."""
    row = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Meeting.minutes), 0)).where(
            Meeting.mentorship_id == mentorship_id, Meeting.state == "held"
        )
    ).one()
    return row[0], row[1]
