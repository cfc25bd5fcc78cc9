"""Reading schemes."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from lms.accounts.queries import office_member_ids
from lms.core import search
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.waiting import Office
from lms.mentoring.models import Country, MentoringScheme, Mentorship, Participant, Proposal, SubCentre
from lms.mentoring.rules import LIVE, PUBLIC_SCHEMES

SCOPE = "mentoring_scheme"


@dataclass(frozen=True)
class SchemeFilter:
    """What a visitor asks for; empty values ask for nothing."""

    q: str = ""
    sub_centre: str = ""
    country: str = ""
    open: str = ""


def _whole() -> Select[MentoringScheme]:
    return select(MentoringScheme).options(
        joinedload(MentoringScheme.sub_centre), selectinload(MentoringScheme.countries)
    )


def catalogue(actor: Actor, wanted: SchemeFilter) -> Select[MentoringScheme]:
    """Public schemes with their sub centre and countries, narrowed by what is asked for."""
    query = _whole().where(MentoringScheme.state.in_(PUBLIC_SCHEMES))
    if wanted.q:
        query = query.where(MentoringScheme.id.in_(search.match("mentoring_scheme", wanted.q)))
    if wanted.sub_centre:
        of_field = MentoringScheme.sub_centre.has(SubCentre.code == wanted.sub_centre)
        query = query.where(or_(MentoringScheme.sub_centre_id.is_(None), of_field))
    if wanted.country:
        query = query.where(
            or_(~MentoringScheme.countries.any(), MentoringScheme.countries.any(Country.code == wanted.country))
        )
    if wanted.open:
        query = query.where(
            MentoringScheme.state == "published",
            MentoringScheme.opens_at <= actor.now,
            MentoringScheme.closes_at > actor.now,
        )
    return query


def schemes_visible_to(actor: Actor) -> Select[MentoringScheme]:
    """The schemes that the actor may know of: public ones, and those that they coordinate or make."""
    query = _whole()
    if actor.is_secretariat or actor.is_system:
        return query
    own = actor.scopes_of("coordinator", SCOPE) | actor.scopes_of("safeguarding", SCOPE)
    return query.where(or_(MentoringScheme.state.in_(PUBLIC_SCHEMES), MentoringScheme.id.in_(own)))


def scheme_visible_to(actor: Actor, ref: str) -> MentoringScheme:
    """One scheme. Raises NotFound."""
    found = db.session.scalars(schemes_visible_to(actor).where(MentoringScheme.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


def scheme_by_id(scheme_id: int) -> MentoringScheme:
    """One scheme, for flows and jobs."""
    return db.session.scalars(_whole().where(MentoringScheme.id == scheme_id)).one()


def managed_schemes(actor: Actor, *, q: str = "", state: str = "") -> Select[MentoringScheme]:
    """Every scheme for the secretariat, else those that the actor coordinates."""
    query = _whole().where(managed_by(actor, MentoringScheme.id))
    if q:
        query = query.where(MentoringScheme.id.in_(search.match("mentoring_scheme", q)))
    return query.where(MentoringScheme.state == state) if state else query


def lock_scheme(scheme_id: int) -> None:
    """Let nobody else give or take places of this scheme before the transaction ends.

    Whoever changes proposals or gives places takes this lock before any other row of the scheme, so that two never
    wait for each other.
    """
    db.session.execute(select(MentoringScheme.id).where(MentoringScheme.id == scheme_id).with_for_update())


def managed_by(actor: Actor, scheme_id: Any) -> ColumnElement[bool]:
    """Whether the actor manages the scheme of a row: the secretariat any, coordinators their own."""
    return true() if actor.is_secretariat or actor.is_system else scheme_id.in_(actor.scopes_of("coordinator", SCOPE))


def has_member(actor: Actor, scheme_id: int, role: str) -> bool:
    """Whether somebody holds a role of the scheme's own now."""
    return bool(office_member_ids(Office(role, SCOPE, scheme_id), actor.now))


@dataclass(frozen=True)
class SchemeCounts:
    """How many of each a scheme holds."""

    mentors: int
    mentees: int
    to_approve: int
    proposals: int
    mentorships: int


def counts_of(scheme: MentoringScheme) -> SchemeCounts:
    """Who takes part in a scheme, and what goes on, in three queries."""
    people = {
        (side, state): count
        for side, state, count in db.session.execute(
            select(Participant.side, Participant.state, func.count())
            .where(Participant.scheme_id == scheme.id)
            .group_by(Participant.side, Participant.state)
        )
    }
    proposals = select(func.count()).where(Proposal.scheme_id == scheme.id, Proposal.state == "open")
    live = select(func.count()).where(Mentorship.scheme_id == scheme.id, Mentorship.state.in_(LIVE))
    return SchemeCounts(
        mentors=people.get(("mentor", "active"), 0),
        mentees=people.get(("mentee", "active"), 0),
        to_approve=people.get(("mentor", "submitted"), 0),
        proposals=db.session.scalar(proposals) or 0,
        mentorships=db.session.scalar(live) or 0,
    )
