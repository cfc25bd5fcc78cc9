"""Subjects of the matrix in joint programmes that run: the demo world's student whom the host's university teaches."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, select

from lms.accounts.models import Person
from lms.core.db import db
from lms.programmes.models import (
    Award,
    Curriculum,
    GradeSheet,
    Module,
    PlanItem,
    Programme,
    Registration,
    Student,
)
from tests.access.world import World

Values = dict[str, Any]
Maker = Callable[[World], Values]


def _student(column: Any) -> Select[Any]:
    return select(column).select_from(Student).join(Student.person).where(Person.email == "learner-th@people.example")


def _ours(world: World) -> int:
    """The university that the host coordinates."""
    return next(iter(world.actor("host").scopes_of("coordinator", "institution")))


def _first(query: Callable[[World], Select[Any]]) -> Maker:
    def make(world: World) -> Values:
        value = db.session.scalar(query(world).limit(1))
        return {} if value is None else {"ref": value}

    return make


def _graded(world: World) -> Values:
    """A module that the host's university has graded."""
    ref = db.session.scalar(
        select(Module.ref)
        .join(PlanItem, PlanItem.module_id == Module.id)
        .where(PlanItem.student_id == _student(Student.id).scalar_subquery(), Module.institution_id == _ours(world))
        .order_by(Module.semester, Module.code)
        .limit(1)
    )
    return {"module_ref": ref}


def _own_side(world: World) -> Values:
    """The host's side of the curriculum, and a module on it."""
    from lms.institutions.models import Institution

    return {
        "slug": db.session.scalar(select(Institution.slug).where(Institution.id == _ours(world))),
        **_graded(world),
    }


def _running(column: Any) -> Callable[[World], Select[Any]]:
    return lambda _world: _student(column).join(Curriculum, Curriculum.id == Student.curriculum_id)


SUBJECTS: dict[str, Maker] = {
    "/programmes/<ref>/curriculum": _first(lambda _world: _student(Programme.ref).join(Student.programme)),
    "/programmes/office/<ref>/curricula": _first(lambda _world: _student(Programme.ref).join(Student.programme)),
    "/programmes/curricula/<ref>": _first(_running(Curriculum.ref)),
    "/programmes/curricula/<ref>/modules/<module_ref>": _own_side,
    "/programmes/curricula/<ref>/parties/<slug>": _own_side,
    "/programmes/students/<ref>": _first(lambda _world: _student(Student.ref)),
    "/programmes/students/<ref>/grades/<module_ref>": _graded,
    "/programmes/sheets/<ref>": _first(
        lambda world: (
            select(GradeSheet.ref)
            .where(GradeSheet.institution_id == _ours(world), GradeSheet.state == "open")
            .order_by(GradeSheet.id)
        )
    ),
    "/programmes/awards/<ref>": _first(lambda _world: select(Award.ref).where(Award.state == "proposed")),
    "/programmes/registrations/<ref>": _first(
        lambda world: (
            select(Registration.ref)
            .where(Registration.institution_id == _ours(world), Registration.state == "registered")
            .order_by(Registration.id)
        )
    ),
}


def _by_ref(subject: Any) -> Values:
    return {"ref": subject.ref}


MACHINES: dict[str, tuple[str, Callable[[Any], Values], tuple[str, ...]]] = {
    "/programmes/curricula/<ref>/do/<transition>": ("curriculum", _by_ref, ()),
    "/programmes/students/<ref>/do/<transition>": ("student", _by_ref, ()),
    "/programmes/registrations/<ref>/do/<transition>": ("registration", _by_ref, ()),
    "/programmes/sheets/<ref>/do/<transition>": ("grade_sheet", _by_ref, ()),
    "/programmes/awards/<ref>/do/<transition>": ("award", _by_ref, ()),
}
