"""Subjects of the matrix among supervisors: the round that is open, and a pair that has agreed."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, select

from lms.core.actor import system_actor
from lms.core.db import db
from lms.programmes.models import Programme, Supervision, SupervisionRound
from lms.programmes.queries.programmes import programme_by_id
from lms.programmes.queries.study import active_in
from lms.programmes.services import study
from tests.access.world import World

Values = dict[str, Any]


def _first(query: Select[Any]) -> Callable[[World], Values]:
    def make(_world: World) -> Values:
        value = db.session.scalar(query.limit(1))
        return {} if value is None else {"ref": value}

    return make


_OPEN = select(SupervisionRound.ref).where(SupervisionRound.state == "open")
_DONE = select(SupervisionRound.ref).where(SupervisionRound.state == "released")
_HELD = select(Supervision.ref).where(Supervision.state == "confirmed").order_by(Supervision.id)


def _asked_learner(world: World) -> Values:
    """The open round, in which the learner is a student without a supervisor."""
    one = db.session.scalars(select(SupervisionRound).where(SupervisionRound.state == "open")).one()
    person_id = world.people["learner"]
    if active_in(one.programme_id, person_id) is None:
        now = world.actor("visitor").now
        study.enter(
            system_actor(now),
            programme=programme_by_id(one.programme_id),
            person_id=person_id,
            starts_on=now.date(),
            home_institution_id=None,
        )
    return {"ref": one.ref}


SUBJECTS: dict[str, Callable[[World], Values]] = {
    "/programmes/office/<ref>/supervisors": _first(
        select(Programme.ref).join(SupervisionRound, SupervisionRound.programme_id == Programme.id)
    ),
    "/programmes/rounds/<ref>": _first(_OPEN),
    "/programmes/rounds/<ref>/supervisors": _asked_learner,
    "/programmes/rounds/<ref>/<any(instance,result):part>.json": lambda world: {
        **_first(_DONE)(world),
        "part": "instance",
    },
    "/programmes/supervisions/<ref>": _first(_HELD),
}


def _by_ref(subject: Any) -> Values:
    return {"ref": subject.ref}


MACHINES: dict[str, tuple[str, Callable[[Any], Values], tuple[str, ...]]] = {
    "/programmes/rounds/<ref>/do/<transition>": ("supervision_round", _by_ref, ()),
    "/programmes/supervisions/<ref>/do/<transition>": ("supervision", _by_ref, ()),
}
