"""Reading grade sheets and grades: a party reads its own, and the others' as far as the agreement shares them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.programmes.models import (
    GradeConversion,
    GradeEntry,
    GradeSheet,
    Institution,
    Module,
    Person,
    PlanItem,
    Programme,
    Registration,
    Student,
)
from lms.recognition.grades import EARNING


def _sheets() -> Select[GradeSheet]:
    return (
        select(GradeSheet)
        .join(GradeSheet.programme)
        .options(
            joinedload(GradeSheet.programme),
            joinedload(GradeSheet.institution).joinedload(Institution.country),
        )
    )


def _on_sheet() -> ColumnElement[bool]:
    """The planned modules that a sheet holds, in a query that joins sheet, student and module."""
    return (
        (Student.programme_id == GradeSheet.programme_id)
        & (Student.started_on == GradeSheet.started_on)
        & (Module.institution_id == GradeSheet.institution_id)
        & (PlanItem.semester == GradeSheet.semester)
    )


def _examined_by(actor: Actor) -> Select[int]:
    return (
        select(GradeSheet.id)
        .join(Student, Student.programme_id == GradeSheet.programme_id)
        .join(PlanItem, PlanItem.student_id == Student.id)
        .join(Module, Module.id == PlanItem.module_id)
        .where(_on_sheet(), Module.examiner_id == actor.person_id)
    )


def sheets_of(actor: Actor, *, q: str = "", state: str = "") -> Select[GradeSheet]:
    """The sheets of the universities that the actor coordinates, and those with a module that they examine."""
    mine = actor.scopes_of("coordinator", "institution")
    query = _sheets().where(or_(GradeSheet.institution_id.in_(mine), GradeSheet.id.in_(_examined_by(actor))))
    if q:
        query = query.where(
            or_(Programme.title_en.icontains(q, autoescape=True), Programme.title_zh.icontains(q, autoescape=True))
        )
    return query.where(GradeSheet.state == state) if state else query


def sheets_of_cohort(programme_id: int, started_on: date) -> Sequence[GradeSheet]:
    """Every sheet of those who began on a day, at all universities."""
    query = _sheets().where(GradeSheet.programme_id == programme_id, GradeSheet.started_on == started_on)
    return db.session.scalars(query.order_by(GradeSheet.semester, GradeSheet.id)).all()


def examines_something(actor: Actor) -> bool:
    """Whether somebody named the actor as examiner of a module."""
    return db.session.scalar(select(Module.id).where(Module.examiner_id == actor.person_id).limit(1)) is not None


def sheet_visible_to(actor: Actor, ref: str) -> GradeSheet:
    """A sheet for those who enter or confirm its grades. Raises NotFound."""
    sheet = db.session.scalars(sheets_of(actor).where(GradeSheet.ref == ref)).one_or_none()
    if sheet is None:
        raise NotFound
    return sheet


def sheet_by_id(sheet_id: int) -> GradeSheet:
    """A sheet, for its flow."""
    return db.session.scalars(_sheets().where(GradeSheet.id == sheet_id)).one()


def rows_of(sheet: GradeSheet, *, examiner_id: int | None = None) -> Sequence[PlanItem]:
    """What is to be graded on a sheet: students in the order of their names, each module of theirs.

    `examiner_id` leaves only the modules of one examiner. Who left the programme stays where a grade was given.
    """
    query = (
        select(PlanItem)
        .join(PlanItem.student)
        .join(Student.person)
        .join(PlanItem.module)
        .where(
            Student.programme_id == sheet.programme_id,
            Student.started_on == sheet.started_on,
            Module.institution_id == sheet.institution_id,
            PlanItem.semester == sheet.semester,
            or_(Student.state.in_(("active", "awarded")), PlanItem.id.in_(select(GradeEntry.plan_item_id))),
        )
        .options(
            joinedload(PlanItem.module),
            joinedload(PlanItem.student).joinedload(Student.person),
            joinedload(PlanItem.student).selectinload(
                Student.registrations.and_(Registration.institution_id == sheet.institution_id)
            ),
        )
        .order_by(Person.name, Student.id, Module.code, Module.id)
    )
    if examiner_id is not None:
        query = query.where(Module.examiner_id == examiner_id)
    return db.session.scalars(query).all()


def examiner_ids(sheet: GradeSheet) -> set[int]:
    """Who examines a module on a sheet."""
    return {item.module.examiner_id for item in rows_of(sheet) if item.module.examiner_id is not None}


# --- grades -------------------------------------------------------------------------------------------


def _entries(item_ids: Collection[int]) -> Select[GradeEntry]:
    return (
        select(GradeEntry)
        .where(GradeEntry.plan_item_id.in_(item_ids))
        .options(
            joinedload(GradeEntry.scale),
            selectinload(GradeEntry.conversions).joinedload(GradeConversion.scale),
        )
        .order_by(GradeEntry.id)
        .execution_options(populate_existing=True)
    )


def open_entries(item_ids: Collection[int]) -> Mapping[int, GradeEntry]:
    """The grades that wait to be confirmed, by plan item."""
    rows = db.session.scalars(_entries(item_ids).where(GradeEntry.confirmed_at.is_(None)))
    return {row.plan_item_id: row for row in rows}


def holding_entries(item_ids: Collection[int]) -> Mapping[int, GradeEntry]:
    """The grades that hold, by plan item."""
    query = _entries(item_ids).where(GradeEntry.confirmed_at.is_not(None), GradeEntry.replaced_at.is_(None))
    return {row.plan_item_id: row for row in db.session.scalars(query)}


def history_of_grade(item_id: int) -> Sequence[GradeEntry]:
    """Every grade that was ever given for a module of a student, the newest first, with who gave it."""
    query = _entries([item_id]).options(
        joinedload(GradeEntry.entered_by),
        joinedload(GradeEntry.confirmed_by),
        selectinload(GradeEntry.conversions).joinedload(GradeConversion.decided_by),
    )
    return sorted(db.session.scalars(query), key=lambda row: row.id, reverse=True)


def conversion_of(entry: GradeEntry) -> GradeConversion | None:
    """What holds of the conversions of a loaded grade."""
    return next((one for one in reversed(entry.conversions) if one.replaced_at is None), None)


def graded_modules(student_id: int) -> set[int]:
    """The ids of the modules for which a student has any grade."""
    query = (
        select(PlanItem.module_id)
        .join(GradeEntry, GradeEntry.plan_item_id == PlanItem.id)
        .where(PlanItem.student_id == student_id)
    )
    return set(db.session.scalars(query))


def passed_modules(student_id: int) -> set[int]:
    """The ids of the modules whose credits a student has earned."""
    query = (
        select(PlanItem.module_id)
        .join(GradeEntry, GradeEntry.plan_item_id == PlanItem.id)
        .where(
            PlanItem.student_id == student_id,
            GradeEntry.confirmed_at.is_not(None),
            GradeEntry.replaced_at.is_(None),
            GradeEntry.outcome.in_(EARNING),
        )
    )
    return set(db.session.scalars(query))


def item_of(student: Student, module_ref: str) -> PlanItem:
    """The module of a loaded student's plan. Raises NotFound."""
    item = next((one for one in student.plan if one.module.ref == module_ref), None)
    if item is None:
        raise NotFound
    return item
