"""Limits above a post: how many people a host institution or a lab takes in a call, and how many it has."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.exchange.allocating import LimitedUnit
from lms.exchange.guarantees import Guarantees, host_key
from lms.exchange.models import Application, Call, CallCapacity, Decision, Institution, Lab, Offer, Post
from lms.exchange.queries.calls import call_visible_to
from lms.exchange.queries.deciding import TAKEN, approved_posts, places_taken


def capacities_of(call: Call) -> Sequence[CallCapacity]:
    """The limits that were set in a call, each with its institution or lab."""
    return db.session.scalars(
        select(CallCapacity)
        .where(CallCapacity.call_id == call.id)
        .options(joinedload(CallCapacity.institution), joinedload(CallCapacity.lab).joinedload(Lab.institution))
        .order_by(CallCapacity.id)
    ).all()


def capacities_above(post: Post, *, lock: bool = False) -> Sequence[CallCapacity]:
    """The limits that bind a post; locked for whoever is about to count.

    The host's comes first, for every post alike: whoever goes on to the posts of another lab of the host holds it
    already, so that two never wait for each other.
    """
    query = (
        select(CallCapacity)
        .where(
            CallCapacity.call_id == post.call_id,
            or_(CallCapacity.lab_id == post.lab_id, CallCapacity.institution_id == post.institution_id),
        )
        .order_by(CallCapacity.institution_id.is_(None), CallCapacity.id)
    )
    return db.session.scalars(query.with_for_update() if lock else query).all()


def _under(capacity: CallCapacity) -> ColumnElement[bool]:
    """The posts that a limit binds."""
    unit = Post.lab_id == capacity.lab_id if capacity.lab_id else Post.institution_id == capacity.institution_id
    return (Post.call_id == capacity.call_id) & unit


def seats_taken(capacity: CallCapacity) -> int:
    """How many places under a limit are offered or taken."""
    query = select(func.count()).select_from(Offer).join(Offer.post).where(_under(capacity), Offer.answer.in_(TAKEN))
    return db.session.scalar(query) or 0


def seats_decided(capacity: CallCapacity, *, besides: int | None = None) -> int:
    """How many offers are decided under a limit and not released yet, that of one application aside."""
    query = (
        select(func.count())
        .select_from(Decision)
        .join(Post, Post.id == Decision.post_id)
        .join(Application, Application.id == Decision.application_id)
        .where(
            _under(capacity),
            Application.state == "in_review",
            Decision.outcome == "offer",
            Decision.released_at.is_(None),
        )
    )
    if besides is not None:
        query = query.where(Decision.application_id != besides)
    return db.session.scalar(query) or 0


def places_free(post: Post) -> int:
    """How many people can still be offered a post: no more than its places and the limits above it leave."""
    limits = [capacity.seats - seats_taken(capacity) for capacity in capacities_above(post)]
    return max(0, min([post.places - places_taken(post.id), *limits]))


def is_full_by_decisions(post: Post, *, besides: int) -> bool:
    """Whether other decisions fill a limit above a post."""
    return any(seats_decided(one, besides=besides) >= one.seats for one in capacities_above(post))


def overfull(call: Call) -> Sequence[CallCapacity]:
    """The limits of a call that its decisions break."""
    return [capacity for capacity in capacities_of(call) if seats_decided(capacity) > capacity.seats]


# --- in the instance of the allocation --------------------------------------------------------------


def limited_units(call: Call, guarantees: Guarantees) -> list[LimitedUnit]:
    """The limits of a call and the targets of hosts as units: a lab's lies within its host's, where there is one."""
    found = capacities_of(call)
    least = {host_key(one.host): one.least for one in guarantees.minimums}
    seats = {unit_key(one): one.seats for one in found}
    labs = {unit_key(one): host_key(one.lab.institution.slug) for one in found if one.lab}
    hosts = {*least, *(key for key in seats if key not in labs)}
    return [
        LimitedUnit(key, seats.get(key), labs[key] if labs.get(key) in hosts else None, least.get(key, 0))
        for key in sorted({*hosts, *labs})
    ]


def keys_above(post: Post) -> tuple[str, str]:
    """The units above a post, whether limited or not: its lab, then its host."""
    return f"lab:{post.lab.ref}", host_key(post.institution.slug)


# --- the page on which limits are set ---------------------------------------------------------------


@dataclass
class Unit:
    """An institution with its labs, or a lab: its limit and how many places its approved posts have."""

    key: str
    thing: Institution | Lab
    places: int = 0
    seats: int | None = None
    labs: list["Unit"] = field(default_factory=list)


def call_to_limit(actor: Actor, ref: str) -> Call:
    """A call for the secretariat, or for the coordinators of a host with an approved post in it. Raises NotFound."""
    call = call_visible_to(actor, ref)
    if not actor.is_secretariat and not units_of(actor, call):
        raise NotFound
    return call


def units_of(actor: Actor, call: Call) -> list[Unit]:
    """The hosts of a call with their labs, as far as the actor may set limits for them, by name."""
    mine = actor.scopes_of("coordinator", "institution")
    seats = {unit_key(capacity): capacity.seats for capacity in capacities_of(call)}
    hosts: dict[int, Unit] = {}
    labs: dict[int, Unit] = {}
    for post in sorted(approved_posts(call), key=lambda one: (one.institution.name_en, one.lab.name_en)):
        if not actor.is_secretariat and post.institution_id not in mine:
            continue
        lab, host = keys_above(post)
        above = hosts.setdefault(post.institution_id, Unit(host, post.institution, seats=seats.get(host)))
        if post.lab_id not in labs:
            labs[post.lab_id] = Unit(lab, post.lab, seats=seats.get(lab))
            above.labs.append(labs[post.lab_id])
        above.places += post.places
        labs[post.lab_id].places += post.places
    return list(hosts.values())


def unit_key(capacity: CallCapacity) -> str:
    """How a limit is named in forms and in the instance of the allocation."""
    if capacity.institution is not None:
        return host_key(capacity.institution.slug)
    assert capacity.lab is not None
    return f"lab:{capacity.lab.ref}"
