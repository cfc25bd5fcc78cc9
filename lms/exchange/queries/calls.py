"""Reading calls."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from lms.core import search
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.exchange.models import Application, Call, Country, Institution, Lab, Post, SubCentre
from lms.exchange.rules import PUBLIC_CALLS


def calls_visible_to(actor: Actor) -> Select[Call]:
    """The exchange's calls that the actor may know of: public ones, those that hosts prepare, or all."""
    query = select(Call).where(Call.kind == "exchange")
    if actor.is_secretariat:
        return query
    states = [*PUBLIC_CALLS, "preparing"] if drafts_posts(actor) else PUBLIC_CALLS
    return query.where(Call.state.in_(states))


def drafts_posts(actor: Actor) -> bool:
    """Whether the actor hosts in a lab or coordinates an institution."""
    return bool(actor.scopes_of("host", "lab") or actor.scopes_of("coordinator", "institution"))


def call_visible_to(actor: Actor, ref: str) -> Call:
    """One call. Raises NotFound."""
    found = db.session.scalars(calls_visible_to(actor).where(Call.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


def public_calls(actor: Actor) -> Sequence[Call]:
    """The calls that are published now, the soonest deadline first."""
    return db.session.scalars(
        select(Call)
        .where(Call.kind == "exchange", Call.state == "published", Call.closes_at > actor.now)
        .order_by(Call.closes_at, Call.id)
    ).all()


def past_calls(actor: Actor, *, limit: int = 20) -> Sequence[Call]:
    """Calls that have closed, the latest first."""
    return db.session.scalars(
        select(Call)
        .where(Call.kind == "exchange", Call.state.in_(PUBLIC_CALLS), Call.closes_at <= actor.now)
        .order_by(Call.closes_at.desc(), Call.id.desc())
        .limit(limit)
    ).all()


def calls_with_posts_open(actor: Actor) -> Sequence[Call]:
    """The calls for which hosts may draft posts now."""
    return db.session.scalars(
        select(Call)
        .where(
            Call.kind == "exchange",
            or_(Call.state == "preparing", (Call.state == "published") & (Call.closes_at > actor.now)),
        )
        .order_by(Call.closes_at, Call.id)
    ).all()


def managed_calls(actor: Actor, *, q: str = "", state: str = "") -> Select[Call]:
    """All calls for the secretariat, narrowed by words and state."""
    query = calls_visible_to(actor)
    if q:
        query = query.where(Call.id.in_(search.match("call", q)))
    return query.where(Call.state == state) if state else query


@dataclass(frozen=True)
class CallCounts:
    """How many posts and applications a call holds, by state."""

    posts: dict[str, int]
    applications: dict[str, int]

    @property
    def submitted(self) -> int:
        """Applications that were handed in and not withdrawn."""
        return sum(count for state, count in self.applications.items() if state not in ("draft", "withdrawn"))


def counts_of(call: Call) -> CallCounts:
    """The counts of one call, in two queries. For the secretariat."""
    posts = db.session.execute(
        select(Post.state, func.count()).where(Post.call_id == call.id).group_by(Post.state).order_by(Post.state)
    )
    applications = db.session.execute(
        select(Application.state, func.count())
        .where(Application.call_id == call.id)
        .group_by(Application.state)
        .order_by(Application.state)
    )
    return CallCounts(
        {str(state): int(count) for state, count in posts},
        {str(state): int(count) for state, count in applications},
    )


def countries() -> Sequence[Country]:
    """The platform's states by their English name."""
    return db.session.scalars(select(Country).order_by(Country.name_en)).all()


def sub_centres() -> Sequence[SubCentre]:
    """The sub research centres in their own order."""
    return db.session.scalars(select(SubCentre).order_by(SubCentre.position)).all()


def applications_in(call: Call, states: Sequence[str]) -> Sequence[Application]:
    """A call's applications in some states, for what the call's own transitions do to them."""
    return db.session.scalars(
        select(Application)
        .where(Application.call_id == call.id, Application.state.in_(states))
        .options(joinedload(Application.call), joinedload(Application.person))
        .order_by(Application.id)
    ).all()


def institutions_with_labs() -> Sequence[Institution]:
    """The confirmed institutions that have a lab and so could host, by name."""
    return db.session.scalars(
        select(Institution)
        .where(Institution.state == "confirmed", Institution.id.in_(select(Lab.institution_id)))
        .order_by(Institution.name_en, Institution.id)
    ).all()
