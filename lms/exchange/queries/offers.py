"""Offers as applicants see theirs and the secretariat sees all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from lms.core import search
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.i18n import in_reader_language
from lms.exchange.models import Application, Call, HostRanking, Offer, Post
from lms.exchange.queries.capacities import capacities_of, keys_above, unit_key
from lms.exchange.queries.deciding import TAKEN, loaded_applications

ANSWER_DUE = (
    select(func.max(Offer.expires_at))
    .where(Offer.application_id == Application.id, Offer.answer == "open")
    .correlate(Application)
    .scalar_subquery()
)
AFTER_RELEASE = ("offered", "waitlisted", "accepted", "declined", "lapsed", "rejected", "rescinded")


def offered_application(actor: Actor, ref: str) -> Application:
    """The actor's own application that has, or had, an offer. Raises NotFound."""
    application = db.session.scalars(
        loaded_applications().where(
            Application.ref == ref,
            Application.person_id == actor.person_id,
            select(Offer.id).where(Offer.application_id == Application.id).exists(),
        )
    ).one_or_none()
    if application is None:
        raise NotFound
    return application


def applications_after_release(actor: Actor, call: Call, *, q: str = "", state: str = "") -> Select[Application]:
    """What became of a call's applications after the release, for the secretariat."""
    query = loaded_applications().where(
        Application.call_id == call.id,
        Application.person_id != actor.person_id,
        Application.state == state if state in AFTER_RELEASE else Application.state.in_(AFTER_RELEASE),
    )
    if not actor.is_secretariat:
        raise NotFound
    return query.where(Application.id.in_(search.match("application", q))) if q else query


def latest_offers(application_ids: Sequence[int]) -> dict[int, Offer]:
    """The latest offer of each of these applications, with its post."""
    rows = db.session.scalars(
        select(Offer)
        .where(Offer.application_id.in_(application_ids))
        .options(joinedload(Offer.post))
        .order_by(Offer.id)
    )
    return {row.application_id: row for row in rows}


def latest_offer_lines(call_id: int) -> dict[int, tuple[str, datetime]]:
    """Post, in the reader's language, and expiry of the latest offer of each application of a call, for exports."""
    rows = db.session.execute(
        select(Offer.application_id, Post.title_en, Post.title_zh, Offer.expires_at)
        .join(Post, Post.id == Offer.post_id)
        .join(Application, Application.id == Offer.application_id)
        .where(Application.call_id == call_id)
        .order_by(Offer.id)
    )
    return {row.application_id: (in_reader_language(row, "title"), row.expires_at) for row in rows}


def waitlisted(actor: Actor, call: Call) -> Sequence[Application]:
    """Everybody on a call's waiting list, the actor's own application aside."""
    return db.session.scalars(
        loaded_applications()
        .where(
            Application.call_id == call.id,
            Application.state == "waitlisted",
            Application.person_id != actor.person_id,
        )
        .order_by(Application.id)
    ).all()


@dataclass(frozen=True)
class PostPlaces:
    """How many places of a post are taken, offered or free, and how many people wait in line for it.

    `free` are the places neither offered nor taken that the limits of lab and host leave.
    """

    post: Post
    accepted: int
    open: int
    in_line: int
    free: int


def places_of(call: Call) -> list[PostPlaces]:
    """The places of a call's posts, in four queries."""
    posts = db.session.scalars(
        select(Post)
        .where(Post.call_id == call.id, Post.state == "approved")
        .options(joinedload(Post.institution), joinedload(Post.lab))
        .order_by(Post.title_en, Post.id)
    ).all()
    counts = {
        (post_id, answer): count
        for post_id, answer, count in db.session.execute(
            select(Offer.post_id, Offer.answer, func.count())
            .join(Post, Post.id == Offer.post_id)
            .where(Post.call_id == call.id, Offer.answer.in_(TAKEN))
            .group_by(Offer.post_id, Offer.answer)
        )
    }
    lines = dict(
        db.session.execute(
            select(HostRanking.post_id, func.count())
            .join(Application, Application.id == HostRanking.application_id)
            .where(
                Application.call_id == call.id,
                Application.state == "waitlisted",
                HostRanking.position.is_not(None),
            )
            .group_by(HostRanking.post_id)
        ).all()
    )
    taken = {post.id: sum(counts.get((post.id, answer), 0) for answer in TAKEN) for post in posts}
    left = {
        unit_key(one): one.seats - sum(taken[post.id] for post in posts if unit_key(one) in keys_above(post))
        for one in capacities_of(call)
    }
    return [
        PostPlaces(
            post,
            counts.get((post.id, "accepted"), 0),
            counts.get((post.id, "open"), 0),
            lines.get(post.id, 0),
            max(0, min([post.places - taken[post.id], *(left[key] for key in keys_above(post) if key in left)])),
        )
        for post in posts
    ]
