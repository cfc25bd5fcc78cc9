"""What the allocation of a call is computed from, as it stands now: before the release, and again after declines."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from lms.core.actor import Actor
from lms.core.db import db
from lms.exchange.allocating import RankedPost, build_instance
from lms.exchange.guarantees import attribute_of
from lms.exchange.models import Application, Call, Choice, Offer, Post
from lms.exchange.queries import capacities as limits
from lms.exchange.queries import deciding as queries
from lms.exchange.queries.guarantees import groups_of, guarantees_of, in_order_of_call

Document = dict[str, Any]


def instance_of(actor: Actor, call: Call) -> Document:
    """The instance of a call that is being decided.

    What was decided by hand stands: an offer as a fixed pair, anything else without choices.
    """
    applications, posts = queries.in_review(call), queries.approved_posts(call)
    post_refs = {post.id: post.ref for post in posts}
    by_hand = {one: row.post_id for one, row in queries.decisions_of(call).items() if row.run_id is None}
    choices = _choices(Application.call_id == call.id, Application.state == "in_review")
    return _document(
        actor,
        call,
        applications,
        posts,
        {one: wanted for one, wanted in choices.items() if by_hand.get(one, True)},
        {one: post_refs[post] for one, post in by_hand.items() if post in post_refs},
    )


def rerun_of(actor: Actor, call: Call, *, near: Post | None = None) -> Document | None:
    """The instance in which free places go to the waiting list: who holds a place keeps it. None: nobody waits.

    Nobody on the list has a place, so that giving one frees none. Where no quota goes across hosts, a place that
    came free `near` a post therefore concerns its host alone.
    """
    guarantees = guarantees_of(call.id)
    posts = queries.approved_posts(call)
    if near is not None and not guarantees.limits:
        posts = [post for post in posts if post.institution_id == near.institution_id]
    ids = [post.id for post in posts]
    choices = _choices(Application.call_id == call.id, Application.state == "waitlisted", Choice.post_id.in_(ids))
    if not choices:
        return None
    taken = (Offer.post_id.in_(ids), Offer.answer.in_(queries.TAKEN))
    fixed = db.session.execute(select(Offer.application_id, Post.ref).join(Offer.post).where(*taken))
    waiting = select(Choice.application_id).where(Choice.post_id.in_(ids))
    applications = db.session.scalars(
        queries.loaded_applications()
        .where(
            Application.call_id == call.id,
            or_(
                (Application.state == "waitlisted") & Application.id.in_(waiting),
                Application.id.in_(select(Offer.application_id).where(*taken)),
            ),
        )
        .order_by(Application.id)
    ).all()
    return _document(actor, call, applications, posts, choices, dict(fixed.all()))


def _document(
    actor: Actor,
    call: Call,
    applications: Sequence[Application],
    posts: Sequence[Post],
    choices: Mapping[int, Sequence[str]],
    fixed: Mapping[int, str],
) -> Document:
    guarantees = guarantees_of(call.id)
    refs = {application.id: application.ref for application in applications}
    post_refs = {post.id: post.ref for post in posts}
    orders = queries.accepted_orders(call)
    units = limits.limited_units(call, guarantees)
    known = {unit.key for unit in units}
    stands = {refs[one]: post for one, post in fixed.items() if one in refs}
    tied = {(refs[one], post_refs[post]) for one, post in queries.tied_pairs(actor, applications, posts)}
    in_order = in_order_of_call(call, applications, guarantees.tie_break) if guarantees.quotas else []
    return build_instance(
        {ref: choices.get(one, []) for one, ref in refs.items()},
        [
            RankedPost(
                post.ref,
                post.places,
                [refs[one] for one in orders.get(post.id, []) if one in refs],
                next((key for key in limits.keys_above(post) if key in known), None),
            )
            for post in posts
        ],
        forbidden=tied - stands.items(),
        seed=call.lottery_seed,
        units=units,
        guarantees=guarantees,
        attributes={one.ref: dict(map(attribute_of, groups_of(one, guarantees.kinds))) for one in applications},
        order=[one.ref for one in in_order],
        fixed=stands,
    )


def _choices(*narrowed: ColumnElement[bool]) -> dict[int, list[str]]:
    """The references of the chosen posts of each application, the most wanted first."""
    rows = db.session.execute(
        select(Choice.application_id, Post.ref)
        .join(Choice.post)
        .join(Choice.application)
        .where(*narrowed)
        .order_by(Choice.application_id, Choice.rank)
    )
    found: dict[int, list[str]] = {}
    for application_id, ref in rows:
        found.setdefault(application_id, []).append(ref)
    return found
