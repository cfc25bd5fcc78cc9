"""Places that come free at the same moment, each in a transaction of its own."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from lms.core import clock, workflow
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.exchange.flow import APPLICATION
from lms.exchange.models import Application, Call, Offer
from lms.exchange.queries import deciding as queries
from lms.exchange.services import capacities
from tests.databases import committed
from tests.exchange.deciding import person_of, rank_all, record, release, reviewed_call, run_allocation
from tests.exchange.world import make_world, publish_call
from tests.factories import actor_of

_APPLICANTS, _SEATS = 6, 2


def _prepare() -> list[tuple[Actor, int]]:
    """Two posts with more places than their lab takes people; whoever has an offer, with their application."""
    world = make_world(system_actor(clock.now()))
    call = publish_call(world)
    for post in world.posts:
        post.places = _APPLICANTS
    reviewed_call(world, call, _APPLICANTS)
    rank_all(world, call)
    secretary = actor_of(world.secretary)
    capacities.set_capacities(secretary, call, {f"lab:{world.lab.ref}": _SEATS})
    record(world, run_allocation(world, db.session.get_one(Call, call.id)))
    release(world, call)
    offered = db.session.scalars(select(Application).where(Application.state == "offered")).all()
    return [(actor_of(person_of(one)), one.id) for one in offered]


def _decline(actor: Actor, application_id: int) -> None:
    workflow.perform(APPLICATION, queries.application_by_id(application_id), "decline", actor=actor)


def _count() -> tuple[dict[str, int], int]:
    states = db.session.execute(select(Application.state, func.count()).group_by(Application.state))
    held = db.session.scalar(select(func.count()).select_from(Offer).where(Offer.answer.in_(queries.TAKEN)))
    return dict(states.all()), held


def test_a_limit_holds_when_everybody_declines_at_once(own_app: Flask):
    offered = committed(own_app, _prepare)
    assert len(offered) == _SEATS
    with ThreadPoolExecutor(len(offered)) as pool:
        done = [pool.submit(committed, own_app, _decline, actor, one) for actor, one in offered]
        for future in done:
            future.result(60)
    states, held = committed(own_app, _count)
    assert states == {"declined": _SEATS, "offered": _SEATS, "waitlisted": _APPLICANTS - 2 * _SEATS}
    assert held == _SEATS
