"""What the search over everything and the dashboard show of the exchange."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from lms.core.actor import Actor
from lms.core.db import db
from lms.exchange.models import Application, Call, Institution, Placement, Post
from lms.exchange.queries.calls import calls_visible_to
from lms.exchange.queries.posts import PostFilter, public_posts
from lms.exchange.rules import PUBLIC_CALLS

_UNDER_WAY = ("submitted", "returned", "in_review", "waitlisted", "offered")


def calls_found(actor: Actor, ids: Collection[int]) -> dict[int, Call]:
    """These calls by id, as far as the actor may know of them."""
    rows = db.session.scalars(calls_visible_to(actor).where(Call.id.in_(ids)))
    return {call.id: call for call in rows}


def posts_found(actor: Actor, ids: Collection[int]) -> dict[int, Post]:
    """These posts by id with call and institution: public ones, and for the secretariat all."""
    query = select(Post).join(Post.call).where(Post.id.in_(ids))
    if not actor.is_secretariat:
        query = query.where(Post.state == "approved", Call.state.in_(PUBLIC_CALLS))
    rows = db.session.scalars(query.options(joinedload(Post.call), joinedload(Post.institution)))
    return {post.id: post for post in rows}


def places_by_country(actor: Actor) -> dict[str, int]:
    """How many places open calls offer now, by the country of the host."""
    rows = db.session.execute(
        select(Institution.country_code, func.sum(Post.places))
        .select_from(Post)
        .join(Post.institution)
        .join(Post.call)
        .where(Post.state == "approved", Call.state == "published", Call.closes_at > actor.now)
        .group_by(Institution.country_code)
    )
    return {country: int(count or 0) for country, count in rows}


def posts_of_centre(actor: Actor, sub_centre_id: int, *, limit: int) -> Sequence[Post]:
    """The first posts of a sub research centre in open calls by title, with call and institution."""
    return db.session.scalars(
        public_posts(actor, PostFilter(sub_centre=str(sub_centre_id))).order_by(Post.title_en, Post.id).limit(limit)
    ).all()


def applications_found(actor: Actor, ids: Collection[int]) -> dict[int, Application]:
    """These applications by id with call and person, for the secretariat alone, nobody's own among them."""
    if not actor.is_secretariat:
        return {}
    rows = db.session.scalars(
        select(Application)
        .where(Application.id.in_(ids), Application.person_id != actor.person_id)
        .options(joinedload(Application.call), joinedload(Application.person))
    )
    return {application.id: application for application in rows}


def current_applications(actor: Actor, *, limit: int) -> Sequence[Application]:
    """The actor's applications to the exchange that are not over, newest first, with call and endorsements.

    A draft is over when its call is; an accepted one goes on as a placement.
    """
    return db.session.scalars(
        select(Application)
        .join(Application.call)
        .where(
            Application.person_id == actor.person_id,
            Call.kind == "exchange",
            or_(
                Application.state.in_(_UNDER_WAY),
                (Application.state == "draft") & (Call.state == "published") & (Call.closes_at > actor.now),
            ),
        )
        .options(contains_eager(Application.call), selectinload(Application.endorsements))
        .order_by(Application.id.desc())
        .limit(limit)
    ).all()


def current_placements(actor: Actor, *, limit: int) -> Sequence[Placement]:
    """The actor's own placements that are not over, newest first, with post and institution."""
    return db.session.scalars(
        select(Placement)
        .where(Placement.person_id == actor.person_id, Placement.state.not_in(("completed", "ended")))
        .options(joinedload(Placement.post).joinedload(Post.institution))
        .order_by(Placement.id.desc())
        .limit(limit)
    ).all()
