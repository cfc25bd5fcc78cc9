"""Seats that are given and come free at the same moment, each in a transaction of its own."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from lms.core import clock, workflow
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.programmes.flow import ADMISSION
from lms.programmes.models import AdmissionOffer, Application
from lms.programmes.queries import admission as queries
from lms.programmes.rules import SEATED
from lms.programmes.services import deciding
from tests.databases import committed
from tests.factories import actor_of
from tests.programmes.admitting import admit, apply, decision_at, make_open, person_of

_APPLICANTS, _SEATS = 6, 2


def _prepare() -> list[tuple[Actor, str]]:
    """Applications to which one university has said yes; the other has still to decide, on all at once."""
    world = make_open(system_actor(clock.now()), seats=_SEATS)
    partner = actor_of(world.partner)
    found = []
    for number in range(_APPLICANTS):
        application = admit(apply(world, name=f"Student {number}"), world.coordinator)
        found.append((partner, decision_at(application, world.partner).ref))
    return found


def _decide(asked: tuple[Actor, str]) -> None:
    actor, ref = asked
    deciding.admit(actor, queries.decision_of_my_office(actor, ref), version=None)


def _states() -> dict[str, int]:
    rows = db.session.execute(select(Application.state, func.count()).group_by(Application.state))
    return dict(rows.all())


def _holders() -> list[tuple[Actor, str]]:
    rows = db.session.scalars(select(Application).where(Application.state == "offered").order_by(Application.id))
    return [(actor_of(person_of(one)), one.ref) for one in rows]


def _decline(asked: tuple[Actor, str]) -> None:
    actor, ref = asked
    workflow.perform(ADMISSION, queries.own_application(actor, ref), "decline", actor=actor)


def test_seats_are_never_given_twice(own_app: Flask):
    with own_app.app_context():
        asked = committed(own_app, _prepare)

        def at_once(work, items):
            with ThreadPoolExecutor(len(items)) as pool:
                list(pool.map(lambda one: committed(own_app, lambda: work(one)), items))

        at_once(_decide, asked)
        assert committed(own_app, _states) == {"offered": _SEATS, "waitlisted": _APPLICANTS - _SEATS}
        at_once(_decline, committed(own_app, _holders))
        states = committed(own_app, _states)
        assert states == {"declined": _SEATS, "offered": _SEATS, "waitlisted": _APPLICANTS - 2 * _SEATS}
        assert sum(count for state, count in states.items() if state in SEATED) == _SEATS
        offers = committed(own_app, lambda: db.session.scalar(select(func.count()).select_from(AdmissionOffer)))
        assert offers == 2 * _SEATS
