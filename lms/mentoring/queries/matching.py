"""What the matching of a scheme is computed from, its runs, and the proposals that came of them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased, joinedload

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.mentoring import matching
from lms.mentoring.models import MatchingRun, MentoringScheme, Mentorship, Participant, Person, Proposal, Wish
from lms.mentoring.queries.participants import places_held, wishes_in
from lms.mentoring.queries.schemes import managed_by
from lms.mentoring.rules import LIVE

_mentor = aliased(Participant)
_mentee = aliased(Participant)


# --- what goes in ------------------------------------------------------------------------------------------


def question_for(scheme: MentoringScheme, *, only: Collection[str] | None = None) -> dict[str, Any]:
    """Everybody of a scheme who can be matched now, as `matching.question` takes it; of `only` these references.

    Left out are people on leave and suspended ones, mentees who have a mentor or a proposal or completed a mentorship
    here, and mentors without a free place.
    """
    people = [one for one in active_participants(scheme.id) if only is None or one.ref in only]
    mentees = [one for one in people if one.side == "mentee"]
    mentors = [one for one in people if one.side == "mentor"]
    held, busy = places_held([one.id for one in mentors]), busy_mentees(scheme.id)
    mentees = [one for one in mentees if one.id not in busy]
    week = scheme.closes_at.date()
    listed = _lists(scheme.id)
    limit = scheme.institution_limit
    return matching.question(
        scheme,
        [matching.described(one, week, listed.get(one.id, [])) for one in mentees],
        [
            matching.described(
                one, week, listed.get(one.id, []), places=one.capacity - held.get(one.id, 0), unit=unit_of(scheme, one)
            )
            for one in mentors
        ],
        excluded={(mentee.ref, mentor.ref) for mentee, mentor in excluded_pairs(scheme, mentees, mentors)},
        units={} if limit is None else rooms(scheme, {str(one.person.home_institution_id) for one in mentors}),
    )


def active_participants(scheme_id: int) -> Sequence[Participant]:
    """Who takes part now and can sign in, with their person."""
    return db.session.scalars(_active(scheme_id).options(joinedload(Participant.person))).all()


def are_active(scheme_id: int, participant_ids: Collection[int]) -> bool:
    """Whether all of these take part now and can sign in."""
    found = db.session.scalars(
        _active(scheme_id).where(Participant.id.in_(participant_ids)).with_only_columns(Participant.id)
    )
    return set(found) == set(participant_ids)


def _active(scheme_id: int) -> Select[Participant]:
    return (
        select(Participant)
        .join(Participant.person)
        .where(Participant.scheme_id == scheme_id, Participant.state == "active", Person.suspended_at.is_(None))
        .order_by(Participant.id)
    )


def busy_mentees(scheme_id: int) -> set[int]:
    """The participants who look for nobody: they have a mentor, a proposal, or completed a mentorship."""
    pairs = select(Mentorship.mentee_id).where(
        Mentorship.scheme_id == scheme_id, Mentorship.state.in_((*LIVE, "completed"))
    )
    asked = select(Proposal.mentee_id).where(Proposal.scheme_id == scheme_id, Proposal.state == "open")
    return set(db.session.scalars(pairs)) | set(db.session.scalars(asked))


def unit_of(scheme: MentoringScheme, mentor: Participant) -> str | None:
    """The institution whose limit a mentor counts towards, if the scheme has one."""
    home = mentor.person.home_institution_id
    return None if scheme.institution_limit is None or home is None else str(home)


def rooms(scheme: MentoringScheme, units: Collection[str]) -> dict[str, int]:
    """How many mentees more the mentors of each institution can take together."""
    taken: Counter[str] = Counter()
    for model, states in ((Mentorship, LIVE), (Proposal, ("open",))):
        homes = db.session.scalars(
            select(Person.home_institution_id)
            .join(_mentor, _mentor.person_id == Person.id)
            .join(model, model.mentor_id == _mentor.id)
            .where(model.scheme_id == scheme.id, model.state.in_(states))
        )
        taken.update(str(home) for home in homes)
    return {unit: max(0, (scheme.institution_limit or 0) - taken[unit]) for unit in units if unit != "None"}


def excluded_pairs(
    scheme: MentoringScheme, mentees: Sequence[Participant], mentors: Sequence[Participant]
) -> set[tuple[Participant, Participant]]:
    """The pairs that never come about: oneself, those who were a pair before, in either direction and any scheme, those
    who did not agree in this one, and those of whom one would rather not have the other.
    """
    people = {one.person_id for one in (*mentees, *mentors)}
    apart = _people_apart(scheme, people) | _unwished({one.id: one for one in (*mentees, *mentors)})
    found = set()
    for mentee in mentees:
        for mentor in mentors:
            pair = (mentee.person_id, mentor.person_id)
            named = mentor.person.email.lower() in mentee.apart or mentee.person.email.lower() in mentor.apart
            if mentee.person_id == mentor.person_id or named or pair in apart:
                found.add((mentee, mentor))
    return found


def _people_apart(scheme: MentoringScheme, people: Collection[int]) -> set[tuple[int, int]]:
    """Pairs among these people, the mentee first, who agreed anywhere before or did not agree in this scheme."""
    rows = db.session.execute(
        select(_mentee.person_id, _mentor.person_id, Proposal.state)
        .join(_mentor, _mentor.id == Proposal.mentor_id)
        .join(_mentee, _mentee.id == Proposal.mentee_id)
        .where(
            _mentor.person_id.in_(people),
            _mentee.person_id.in_(people),
            or_(
                Proposal.state == "agreed",
                (Proposal.scheme_id == scheme.id) & Proposal.state.in_(("declined", "lapsed")),
            ),
        )
    )
    found: set[tuple[int, int]] = set()
    for mentee_id, mentor_id, state in rows:
        found.add((mentee_id, mentor_id))
        if state == "agreed":
            found.add((mentor_id, mentee_id))
    return found


def _unwished(known: Mapping[int, Participant]) -> set[tuple[int, int]]:
    """Pairs of people, the mentee first, of whom one said: rather not."""
    wishes = db.session.scalars(
        select(Wish).where(Wish.rank.is_(None), Wish.participant_id.in_(known), Wish.other_id.in_(known))
    )
    found = set()
    for wish in wishes:
        one, other = known[wish.participant_id], known[wish.other_id]
        found.add((one.person_id, other.person_id) if one.side == "mentee" else (other.person_id, one.person_id))
    return found


def _lists(scheme_id: int) -> dict[int, list[str]]:
    """The list of wishes of each participant, the most wanted first, as references."""
    wishes = [wish for wish in wishes_in(scheme_id) if wish.rank is not None]
    refs = dict(
        db.session.execute(
            select(Participant.id, Participant.ref).where(Participant.id.in_({wish.other_id for wish in wishes}))
        ).all()
    )
    found: dict[int, list[str]] = {}
    for wish in wishes:
        found.setdefault(wish.participant_id, []).append(refs[wish.other_id])
    return found


# --- runs --------------------------------------------------------------------------------------------------


def runs_of(scheme_id: int) -> Sequence[MatchingRun]:
    """The runs of a scheme, the latest first."""
    return db.session.scalars(
        select(MatchingRun).where(MatchingRun.scheme_id == scheme_id).order_by(MatchingRun.id.desc())
    ).all()


def run_visible_to(actor: Actor, ref: str) -> MatchingRun:
    """One run with its scheme, for the coordinators of the scheme. Raises NotFound."""
    found = db.session.scalars(
        select(MatchingRun)
        .where(MatchingRun.ref == ref, managed_by(actor, MatchingRun.scheme_id))
        .options(joinedload(MatchingRun.scheme))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def considered(scheme_id: int) -> set[str]:
    """The references of everybody in a run whose proposals were sent, or who was proposed to somebody."""
    asked = select(Participant.ref).join(
        Proposal, or_(Proposal.mentor_id == Participant.id, Proposal.mentee_id == Participant.id)
    )
    found = set(db.session.scalars(asked.where(Proposal.scheme_id == scheme_id)))
    for run in runs_of(scheme_id):
        if run.state == "sent":
            found.update(one["id"] for side in ("mentees", "mentors") for one in run.question[side])
    return found


def by_ref(refs: Collection[str]) -> dict[str, Participant]:
    """Participants with their person by reference."""
    rows = db.session.scalars(
        select(Participant).where(Participant.ref.in_(refs)).options(joinedload(Participant.person))
    )
    return {one.ref: one for one in rows}


# --- proposals ---------------------------------------------------------------------------------------------


def _proposals() -> Select[Proposal]:
    return select(Proposal).options(
        joinedload(Proposal.scheme),
        joinedload(Proposal.mentor).joinedload(Participant.person),
        joinedload(Proposal.mentee).joinedload(Participant.person),
    )


def _concerns_actor(actor: Actor) -> ColumnElement[bool]:
    own = select(Participant.id).where(Participant.person_id == actor.person_id)
    return Proposal.mentor_id.in_(own) | Proposal.mentee_id.in_(own)


def proposal_visible_to(actor: Actor, ref: str) -> Proposal:
    """A proposal of the actor's own. Raises NotFound."""
    found = db.session.scalars(_proposals().where(Proposal.ref == ref, _concerns_actor(actor))).one_or_none()
    if found is None:
        raise NotFound
    return found


def proposal_by_id(proposal_id: int) -> Proposal:
    """A proposal with both sides, for flows."""
    return db.session.scalars(_proposals().where(Proposal.id == proposal_id)).one()


def my_open_proposals(actor: Actor) -> Sequence[Proposal]:
    """What was proposed to the actor and waits for an answer, the soonest to expire first."""
    return db.session.scalars(
        _proposals().where(Proposal.state == "open", _concerns_actor(actor)).order_by(Proposal.expires_at, Proposal.id)
    ).all()


def proposals_of(scheme_id: int, *, state: str = "open") -> Sequence[Proposal]:
    """The proposals of a scheme in a state, the soonest to expire first."""
    return db.session.scalars(
        _proposals()
        .where(Proposal.scheme_id == scheme_id, Proposal.state == state)
        .order_by(Proposal.expires_at, Proposal.id)
    ).all()
