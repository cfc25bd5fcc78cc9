"""What hosts see of applications: the candidates for the posts of their labs, once they are asked to rank."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import joinedload

from lms.accounts.queries import myself, office_member_ids, people
from lms.applications.queries.ties import is_named
from lms.core import search
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.waiting import Office
from lms.exchange.models import Application, Call, Choice, HostRanking, Institution, Post
from lms.exchange.rules import PAST_SCREENING

# The states of a call in which hosts know who applied.
HOSTS_SEE = ("ranking", "deciding", "releasing", "released")
_JUDGING = ("closed", "ranking", "deciding", "releasing")


def _has_candidates() -> ColumnElement[bool]:
    return (
        select(Choice.id)
        .join(Choice.application)
        .where(Choice.post_id == Post.id, Application.state.in_(PAST_SCREENING))
        .correlate(Post)
        .exists()
    )


def posts_to_rank(call: Call) -> Sequence[Post]:
    """The approved posts of a call that somebody in review chose."""
    chosen = (
        select(Choice.post_id)
        .join(Choice.application)
        .where(Application.call_id == call.id, Application.state == "in_review")
    )
    return db.session.scalars(
        select(Post)
        .where(Post.call_id == call.id, Post.state == "approved", Post.id.in_(chosen))
        .options(joinedload(Post.lab), joinedload(Post.institution))
        .order_by(Post.title_en, Post.id)
    ).all()


def candidate_counts(post_ids: Sequence[int]) -> dict[int, int]:
    """How many candidates each of these posts has."""
    rows = db.session.execute(
        select(Choice.post_id, func.count())
        .join(Choice.application)
        .where(Choice.post_id.in_(post_ids), Application.state.in_(PAST_SCREENING))
        .group_by(Choice.post_id)
    )
    return dict(rows.all())


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    labs, institutions = actor.scopes_of("host", "lab"), actor.scopes_of("coordinator", "institution")
    return or_(
        Post.lab_id.in_(labs) if labs else false(),
        Post.institution_id.in_(institutions) if institutions else false(),
    )


def _confided(*narrowed: ColumnElement[bool]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Whom the candidates of posts asked not to be judged by, as (post id, row), until the decisions are released."""
    rows = db.session.execute(
        select(Choice.post_id, Application.named_ties)
        .join(Choice.application)
        .join(Choice.post)
        .join(Post.call)
        .where(Call.state.in_(_JUDGING), Application.state.in_(PAST_SCREENING), *narrowed)
        .order_by(Choice.id)
    )
    return ((post_id, row) for post_id, named in rows for row in named)


def named_at(actor: Actor) -> set[int]:
    """The posts at which a candidate asked that the actor should not judge them. Nobody but the secretariat knows."""
    found = list(_confided(_seen_by(actor)))
    if not found:
        return set()
    me = myself(actor)
    return {post_id for post_id, row in found if is_named(row, me)}


def impartial_hosts(post: Post, now: datetime) -> list[int]:
    """The hosts of a post's lab whom no candidate asked to stay away."""
    hosts = people(office_member_ids(Office("host", "lab", post.lab_id), now))
    rows = [row for _post_id, row in _confided(Post.id == post.id)]
    return [one for one, person in sorted(hosts.items()) if not any(is_named(row, person) for row in rows)]


def posts_ranked_by(actor: Actor, *, q: str = "", state: str = "") -> Select[Post]:
    """The approved posts of the actor's labs and institutions whose call asks, or asked, for rankings.

    `state`: "open" (still to be ranked) or "done".
    """
    query = (
        _loaded()
        .join(Post.call)
        .where(
            Post.state == "approved",
            Call.state.in_(HOSTS_SEE),
            _has_candidates(),
            _seen_by(actor),
            Post.id.not_in(named_at(actor)),
        )
    )
    if q:
        query = query.where(Post.id.in_(search.match("post", q)))
    if state == "open":
        query = query.where(Post.ranked_at.is_(None), Call.state == "ranking")
    return query.where(Post.ranked_at.is_not(None)) if state == "done" else query


def post_to_rank(actor: Actor, ref: str) -> Post:
    """A post whose candidates the actor may see. Raises NotFound."""
    query = _loaded().join(Post.call).where(Post.ref == ref, Post.state == "approved", Call.state.in_(HOSTS_SEE))
    if not actor.is_secretariat:
        query = query.where(_seen_by(actor))
    post = db.session.scalars(query).one_or_none()
    if post is None or (not actor.is_secretariat and post.id in named_at(actor)):
        raise NotFound
    return post


def candidates_of(actor: Actor, post: Post) -> Sequence[Application]:
    """Who chose the post and passed screening, in the order in which they were submitted; never the actor."""
    return db.session.scalars(
        select(Application)
        .join(Choice, Choice.application_id == Application.id)
        .where(
            Choice.post_id == post.id,
            Application.state.in_(PAST_SCREENING),
            Application.person_id != actor.person_id,
        )
        .options(
            joinedload(Application.call),
            joinedload(Application.person),
            joinedload(Application.home_institution).joinedload(Institution.country),
        )
        .order_by(Application.submitted_at, Application.id)
    ).all()


def candidate(actor: Actor, post: Post, ref: str) -> Application:
    """One candidate. Raises NotFound."""
    for application in candidates_of(actor, post):
        if application.ref == ref:
            return application
    raise NotFound


def rankings_of(post: Post) -> dict[int, HostRanking]:
    """What the host said about each application, saved or handed in, by application id."""
    rows = db.session.scalars(
        select(HostRanking).where(HostRanking.post_id == post.id).order_by(HostRanking.position, HostRanking.id)
    )
    return {row.application_id: row for row in rows}


def call_posts(actor: Actor, call: Call, *, q: str = "", state: str = "") -> Select[Post]:
    """The approved posts of a call with candidates, for the secretariat."""
    query = _loaded().where(
        Post.call_id == call.id, Post.state == "approved", _has_candidates() if actor.is_secretariat else false()
    )
    if q:
        query = query.where(Post.id.in_(search.match("post", q)))
    if state == "open":
        query = query.where(Post.ranked_at.is_(None))
    return query.where(Post.ranked_at.is_not(None)) if state == "done" else query


def _loaded() -> Select[Post]:
    return select(Post).options(
        joinedload(Post.call), joinedload(Post.lab), joinedload(Post.institution).joinedload(Institution.country)
    )
