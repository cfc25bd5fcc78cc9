"""Reading awards, and what a student still lacks for one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.credentials import queries as credentials
from lms.programmes.models import Award, AwardConcurrence, Person, Programme, Registration, Student
from lms.programmes.queries import grades
from lms.programmes.tally import tally

if TYPE_CHECKING:
    from lms.credentials.models import Credential


def faults(student: Student, *, only: int | None = None) -> list[Text]:
    """What a loaded student lacks for the degree; `only` what one party answers for. Empty: nothing."""
    passed = grades.passed_modules(student.id)
    result = tally(student.curriculum, passed, only=only)
    found: list[Text] = [*result.faults, *result.missing]
    theses = [
        one
        for one in student.curriculum.modules
        if one.is_thesis and one.is_compulsory and only in (None, one.institution_id)
    ]
    if any(one.id not in passed for one in theses):
        found.append(_l("The thesis is not passed yet."))
    unregistered = [
        one for one in student.registrations if one.state == "pending" and only in (None, one.institution_id)
    ]
    if unregistered:
        found.append(_l("The student is not registered at every university."))
    return found


def faults_shown_to(actor: Actor, student: Student, sides: frozenset[int]) -> list[Text]:
    """What is lacking, as far as the reader may know: of a side that is not shown, only that it is not complete."""
    every = {one.institution_id for one in student.registrations}
    if every <= sides:
        return faults(student)
    found: list[Text] = []
    for institution_id in sorted(sides):
        found += faults(student, only=institution_id)
    if not found and faults(student):
        found.append(_l("The side of another university is not complete yet."))
    return found


def _loaded() -> Select[Award]:
    student = joinedload(Award.student)
    return select(Award).options(
        student.joinedload(Student.person),
        student.joinedload(Student.programme).joinedload(Programme.coordinating),
        student.selectinload(Student.registrations),
        selectinload(Award.concurrences).joinedload(AwardConcurrence.institution),
    )


def awards_of(actor: Actor, *, q: str = "", state: str = "") -> Select[Award]:
    """The awards to students of the universities that the actor coordinates, for the secretariat all."""
    query = _loaded().join(Award.student).join(Student.person)
    if not actor.is_secretariat:
        mine = actor.scopes_of("coordinator", "institution")
        query = query.where(
            Award.student_id.in_(select(Registration.student_id).where(Registration.institution_id.in_(mine)))
        )
    if q:
        query = query.where(
            or_(
                Person.name.icontains(q, autoescape=True),
                Person.name_local.icontains(q, autoescape=True),
                Person.name_zh.icontains(q, autoescape=True),
            )
        )
    return query.where(Award.state == state) if state else query


def award_visible_to(actor: Actor, ref: str) -> Award:
    """One award, for the student, the parties and the secretariat. Raises NotFound."""
    query = _loaded().where(Award.ref == ref)
    if not actor.is_secretariat:
        mine = actor.scopes_of("coordinator", "institution")
        query = query.where(
            or_(
                Award.student_id.in_(select(Student.id).where(Student.person_id == actor.person_id)),
                Award.student_id.in_(select(Registration.student_id).where(Registration.institution_id.in_(mine))),
            )
        )
    if (award := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return award


def award_by_id(award_id: int) -> Award:
    """An award as its flow needs it, as it stands now."""
    query = _loaded().where(Award.id == award_id).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def certificates_of(award: Award) -> "list[Credential]":
    """The degree certificates that an award led to, those that were replaced included, the newest first."""
    rows = {row.id for row in award.concurrences}
    return [
        one
        for one in credentials.credentials_of(award.student.person_id)
        if one.subject_kind == "award_concurrence" and one.subject_id in rows
    ]


def awards_to(student_id: int) -> Sequence[Award]:
    """The awards to one student, the latest first."""
    query = _loaded().where(Award.student_id == student_id)
    return db.session.scalars(query.order_by(Award.id.desc())).all()
