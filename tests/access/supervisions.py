"""Subjects of the matrix among supervisors: the round that is open, and a pair that has agreed."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, select

from lms.core.db import db
from lms.programmes.models import Programme, Supervision, SupervisionRound
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

SUBJECTS: dict[str, Callable[[World], Values]] = {
    "/programmes/office/<ref>/supervisors": _first(
        select(Programme.ref).join(SupervisionRound, SupervisionRound.programme_id == Programme.id)
    ),
    "/programmes/rounds/<ref>": _first(_OPEN),
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
