"""Reading posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core import search
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.ids import whole_number
from lms.exchange.models import Application, Call, Choice, Institution, Lab, Offer, Post, post_sub_centre
from lms.exchange.rules import PUBLIC_CALLS


def posts_loaded() -> Select[Post]:
    """Posts with what every list and page of them shows."""
    return select(Post).options(
        joinedload(Post.call),
        joinedload(Post.lab),
        joinedload(Post.institution).joinedload(Institution.country),
        selectinload(Post.sub_centres),
    )


@dataclass(frozen=True)
class PostFilter:
    """What narrows the public catalogue. Empty means: not narrowed."""

    q: str = ""
    call: str = ""
    sub_centre: str = ""
    country: str = ""
    institution: str = ""
    months: str = ""
    open: str = ""


def public_posts(actor: Actor, wanted: PostFilter) -> Select[Post]:
    """Approved posts of published calls: those that can be applied for now, unless a call is named."""
    query = posts_loaded().join(Post.call).join(Post.institution).where(Post.state == "approved")
    if wanted.call:
        query = query.where(Call.ref == wanted.call, Call.state.in_(PUBLIC_CALLS))
    else:
        query = query.where(Call.state == "published", Call.closes_at > actor.now)
    if wanted.open == "now":
        query = query.where(Call.state == "published", Call.opens_at <= actor.now, Call.closes_at > actor.now)
    if wanted.q:
        query = query.where(Post.id.in_(search.match("post", wanted.q)))
    if (centre_id := whole_number(wanted.sub_centre)) is not None:
        tagged = select(post_sub_centre.c.post_id).where(post_sub_centre.c.sub_centre_id == centre_id)
        query = query.where(Post.id.in_(tagged))
    if wanted.country:
        query = query.where(Institution.country_code == wanted.country)
    if wanted.institution:
        query = query.where(Institution.slug == wanted.institution)
    if (months := whole_number(wanted.months)) is not None:
        query = query.where(Post.months == months)
    return query


@dataclass(frozen=True)
class PostChoices:
    """The values that the catalogue's filters offer: only such as lead to a post."""

    institutions: Sequence[Any]  # rows of slug, name_en and name_zh
    months: Sequence[int]


def post_choices(actor: Actor) -> PostChoices:
    """Institutions and lengths of the posts that can be found now, in two queries."""
    found = (Post.state == "approved") & (Call.state == "published") & (Call.closes_at > actor.now)
    institutions = db.session.execute(
        select(Institution.slug, Institution.name_en, Institution.name_zh)
        .join(Post, Post.institution_id == Institution.id)
        .join(Call, Call.id == Post.call_id)
        .where(found)
        .distinct()
        .order_by(Institution.name_en)
    ).all()
    months = db.session.scalars(
        select(Post.months).join(Call, Call.id == Post.call_id).where(found).distinct().order_by(Post.months)
    ).all()
    return PostChoices(institutions, months)


def _mine(actor: Actor) -> object:
    labs = actor.scopes_of("host", "lab")
    institutions = actor.scopes_of("coordinator", "institution")
    return or_(
        Post.lab_id.in_(labs) if labs else false(), Post.institution_id.in_(institutions) if institutions else false()
    )


def my_posts(actor: Actor, *, q: str = "", state: str = "") -> Select[Post]:
    """The posts of the actor's labs and institutions, in whatever state."""
    query = posts_loaded().where(_mine(actor))  # type: ignore[arg-type]
    if q:
        query = query.where(Post.id.in_(search.match("post", q)))
    return query.where(Post.state == state) if state else query


def my_post(actor: Actor, ref: str) -> Post:
    """One post of the actor's labs or institutions. Raises NotFound."""
    return _one(my_posts(actor).where(Post.ref == ref))


def post_visible_to(actor: Actor, ref: str) -> Post:
    """A post: public once approved in a published call, before for its host and the secretariat. Raises NotFound."""
    query = posts_loaded().join(Post.call).where(Post.ref == ref)
    if not actor.is_secretariat:
        is_public = (Post.state == "approved") & Call.state.in_(PUBLIC_CALLS)
        query = query.where(or_(is_public, _mine(actor)))  # type: ignore[arg-type]
    return _one(query)


def managed_post(actor: Actor, ref: str) -> Post:
    """A post for the secretariat. Raises NotFound."""
    return _one(posts_loaded().where(Post.ref == ref) if actor.is_secretariat else posts_loaded().where(false()))


def managed_posts(actor: Actor, call: Call, *, q: str = "", state: str = "") -> Select[Post]:
    """A call's posts for the secretariat."""
    query = posts_loaded().where(Post.call_id == call.id if actor.is_secretariat else false())
    if q:
        query = query.where(Post.id.in_(search.match("post", q)))
    return query.where(Post.state == state) if state else query


def posts_of_call(call: Call, *, state: str = "approved") -> Sequence[Post]:
    """A call's posts in one state, by title."""
    return db.session.scalars(
        posts_loaded().where(Post.call_id == call.id, Post.state == state).order_by(Post.title_en, Post.id)
    ).all()


def count_approved(call: Call) -> int:
    """How many posts of a call were approved."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Post).where(Post.call_id == call.id, Post.state == "approved")
        )
        or 0
    )


def labs_to_post_for(actor: Actor) -> Sequence[Lab]:
    """The labs for which the actor may draft posts: those they host in, or all of the institution they coordinate."""
    labs = actor.scopes_of("host", "lab")
    institutions = actor.scopes_of("coordinator", "institution")
    return db.session.scalars(
        select(Lab)
        .where(or_(Lab.id.in_(labs), Lab.institution_id.in_(institutions)))
        .options(joinedload(Lab.institution))
        .order_by(Lab.name_en, Lab.id)
    ).all()


def lab_hosts(call: Call) -> Sequence[int]:
    """The labs of a call's live posts."""
    return db.session.scalars(
        select(Post.lab_id).where(Post.call_id == call.id, Post.state != "withdrawn").distinct().order_by(Post.lab_id)
    ).all()


def applicants_of_post(post: Post) -> Sequence[tuple[int, str]]:
    """Who chose a post in an application that is still under way: (person, reference of the application)."""
    rows = db.session.execute(
        select(Application.person_id, Application.ref)
        .join(Choice, Choice.application_id == Application.id)
        .where(Choice.post_id == post.id, Application.state.in_(("draft", "submitted", "returned", "in_review")))
        .order_by(Application.id)
    )
    return [(person_id, ref) for person_id, ref in rows]


def has_live_offer(post: Post) -> bool:
    """Whether a place of this post is offered or taken."""
    return (
        db.session.scalar(
            select(Offer.id).where(Offer.post_id == post.id, Offer.answer.in_(("open", "accepted"))).limit(1)
        )
        is not None
    )


def _one(query: Select[Post]) -> Post:
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found
