"""Many want the last places at the same time, each with a connection of their own."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from lms.core import clock, workflow
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.courses import services
from lms.courses.flow import ENROLMENT
from lms.courses.models import Enrolment
from lms.courses.queries import catalogue, learning
from tests.courses.factories import make_offering
from tests.databases import committed
from tests.factories import actor_of, make_person

_PLACES, _APPLICANTS = 3, 12


def _together(app: Flask, function, actors):
    with ThreadPoolExecutor(len(actors)) as pool:
        done = [pool.submit(committed, app, function, actor) for actor in actors]
        return [future.result(60) for future in done]


def test_no_place_is_given_twice_and_none_is_lost(own_app: Flask):
    def prepare() -> tuple[str, list[Actor]]:
        system = system_actor(clock.now())
        offering = make_offering(system, capacity=_PLACES)
        return offering.ref, [actor_of(make_person(system)) for _ in range(_APPLICANTS)]

    ref, actors = committed(own_app, prepare)

    def enrol(actor: Actor) -> None:
        services.enrol(actor, catalogue.offering_visible_to(actor, ref))

    def withdraw(actor: Actor) -> None:
        offering = catalogue.offering_visible_to(actor, ref)
        services.hold_places(offering.id)
        mine = learning.enrolment_in(offering.id, actor.person_id)
        workflow.perform(ENROLMENT, mine, "withdraw", actor=actor)

    def count() -> dict[str, int]:
        rows = db.session.execute(select(Enrolment.state, func.count()).group_by(Enrolment.state))
        return {row[0]: row[1] for row in rows}

    _together(own_app, enrol, actors)
    assert committed(own_app, count) == {"enrolled": _PLACES, "waitlisted": _APPLICANTS - _PLACES}
    _together(own_app, withdraw, actors[:6])
    assert committed(own_app, count) == {"enrolled": _PLACES, "waitlisted": 3, "withdrawn": 6}
