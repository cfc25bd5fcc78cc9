"""Reading students: their own study, those of a party, or for the secretariat all."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import immediateload, joinedload, selectinload

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.programmes.models import (
    Admission,
    Curriculum,
    CurriculumParty,
    Institution,
    Intake,
    Module,
    Person,
    PlanItem,
    Programme,
    Registration,
    Student,
)
from lms.programmes.queries.agreements import terms_of


def _listed() -> Select[Student]:
    return (
        select(Student)
        .join(Student.person)
        .options(
            joinedload(Student.person),
            joinedload(Student.programme),
            joinedload(Student.home_institution),
            selectinload(Student.registrations).options(
                joinedload(Registration.institution).joinedload(Institution.country),
                immediateload(Registration.student),  # in the session already
            ),
        )
    )


def _full(query: Select[Student]) -> Select[Student]:
    curriculum = joinedload(Student.curriculum)
    return query.options(
        joinedload(Student.programme).joinedload(Programme.coordinating),
        curriculum.joinedload(Curriculum.scale),
        curriculum.selectinload(Curriculum.parties).joinedload(CurriculumParty.institution),
        curriculum.selectinload(Curriculum.parties).joinedload(CurriculumParty.scale),
        curriculum.selectinload(Curriculum.modules).joinedload(Module.institution),
        selectinload(Student.plan).joinedload(PlanItem.module).joinedload(Module.institution),
    )


def _registered_at(institution_ids: Collection[int]) -> Select[int]:
    return select(Registration.student_id).where(Registration.institution_id.in_(institution_ids))


def students_of(actor: Actor, *, q: str = "", programme: str = "", state: str = "") -> Select[Student]:
    """The students registered at the universities that the actor coordinates, narrowed."""
    query = _listed()
    if not actor.is_secretariat:
        query = query.where(Student.id.in_(_registered_at(actor.scopes_of("coordinator", "institution"))))
    if q:
        mine = actor.scopes_of("coordinator", "institution")
        numbered = select(Registration.student_id).where(Registration.student_number == q)
        if not actor.is_secretariat:
            numbered = numbered.where(Registration.institution_id.in_(mine))
        query = query.where(
            or_(
                Person.name.icontains(q, autoescape=True),
                Person.name_local.icontains(q, autoescape=True),
                Person.name_zh.icontains(q, autoescape=True),
                Student.id.in_(numbered),
            )
        )
    if programme:
        query = query.where(Student.programme_id.in_(select(Programme.id).where(Programme.ref == programme)))
    return query.where(Student.state == state) if state else query


def programmes_with_students(actor: Actor) -> Sequence[Programme]:
    """The programmes of the students that the actor may list."""
    students = students_of(actor).with_only_columns(Student.programme_id).options()
    return db.session.scalars(
        select(Programme).where(Programme.id.in_(students)).order_by(Programme.title_en, Programme.id)
    ).all()


def student_visible_to(actor: Actor, ref: str) -> Student:
    """One student, for themself, the parties and the secretariat. Raises NotFound."""
    query = _listed().where(Student.ref == ref)
    if not actor.is_secretariat:
        mine = actor.scopes_of("coordinator", "institution")
        query = query.where(or_(Student.person_id == actor.person_id, Student.id.in_(_registered_at(mine))))
    if (student := db.session.scalars(_full(query)).one_or_none()) is None:
        raise NotFound
    return student


def student_by_id(student_id: int) -> Student:
    """A student with all that flows need, as it stands now."""
    query = _full(_listed().where(Student.id == student_id)).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def own_studies(actor: Actor) -> Sequence[Student]:
    """The actor's own programmes, the latest first."""
    query = _listed().where(Student.person_id == actor.person_id)
    return db.session.scalars(query.order_by(Student.started_on.desc(), Student.id.desc())).all()


def student_of_application(application_id: int) -> Student | None:
    """The student whom an accepted application made."""
    return db.session.scalars(_listed().where(Student.application_id == application_id)).one_or_none()


def admission_of(application_id: int) -> Admission:
    """What an application to an intake holds: the intake with its programme, and the party that was entered through."""
    return db.session.scalars(
        select(Admission)
        .where(Admission.application_id == application_id)
        .options(joinedload(Admission.intake).joinedload(Intake.programme))
    ).one()


def active_in(programme_id: int, person_id: int) -> Student | None:
    """A person's study in a programme that has not ended."""
    return db.session.scalars(
        select(Student).where(
            Student.programme_id == programme_id, Student.person_id == person_id, Student.state == "active"
        )
    ).one_or_none()


def registration_by_ref(actor: Actor, ref: str) -> Registration:
    """A registration, for the coordinators of that party. Raises NotFound."""
    query = (
        select(Registration)
        .where(Registration.ref == ref)
        .options(
            joinedload(Registration.institution),
            joinedload(Registration.student).joinedload(Student.person),
            joinedload(Registration.student).joinedload(Student.programme),
        )
    )
    if not actor.is_secretariat:
        query = query.where(Registration.institution_id.in_(actor.scopes_of("coordinator", "institution")))
    if (registration := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return registration


def number_is_taken(institution_id: int, number: str, *, besides: int) -> bool:
    """Whether a student number belongs to somebody else at an institution."""
    query = select(Registration.id).where(
        Registration.institution_id == institution_id,
        Registration.student_number == number,
        Registration.id != besides,
    )
    return db.session.scalar(query) is not None


def shown_sides(actor: Actor, student: Student) -> frozenset[int]:
    """The parties whose side of a student the actor may read: grades, numbers, and what follows from them.

    The student and the secretariat read all; a party its own, and the others' where the agreement shares grades.
    """
    every = frozenset(one.institution_id for one in student.registrations)
    if actor.is_secretariat or actor.is_system or actor.person_id == student.person_id:
        return every
    own = every & actor.scopes_of("coordinator", "institution")
    return every if own and shares_grades(student.programme_id) else own


def shares_grades(programme_id: int) -> bool:
    """Whether the parties have agreed to show each other the grades they give."""
    terms = terms_of(programme_id)
    return terms is not None and terms.shares_grades


def shares_contact(programme_id: int) -> bool:
    """Whether the parties have agreed to show each other the addresses of those who came through one of them."""
    terms = terms_of(programme_id)
    return terms is not None and terms.shares_contact
