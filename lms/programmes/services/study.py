"""Registering students and planning what they study. Leaving and registering are transitions of `flow.study`."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from lms.applications.services.editing import begin_edit
from lms.core import audit, waiting, workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.notifications.services import notify
from lms.programmes import study_messages as messages
from lms.programmes.flow.study import REGISTRATION_MACHINE, STUDENT, open_for_party, values_of
from lms.programmes.models import Curriculum, PlanItem, Programme, Registration, Student
from lms.programmes.queries import curriculum as curricula
from lms.programmes.queries import grades as grade_queries
from lms.programmes.queries import study as queries
from lms.programmes.services.sheets import keep_sheets
from lms.programmes.tally import semester_of, tally

if TYPE_CHECKING:
    from lms.programmes.models import Application


def register_student(actor: Actor, *, application: "Application") -> Student:
    """Make whoever accepted their seat a student: registered at each party, with a plan from the curriculum.

    Called by the acceptance, in its transaction. Asked again for the same application, it gives the same student.
    Raises Conflict when the programme has no confirmed curriculum, or the person studies in it already.
    """
    if (known := queries.student_of_application(application.id)) is not None:
        return known
    admission = queries.admission_of(application.id)
    return enter(
        actor,
        programme=admission.intake.programme,
        person_id=application.person_id,
        starts_on=admission.intake.starts_on,
        home_institution_id=admission.party_id,
        application_id=application.id,
    )


def enter(
    actor: Actor,
    *,
    programme: Programme,
    person_id: int,
    starts_on: date,
    home_institution_id: int | None = None,
    application_id: int | None = None,
) -> Student:
    """Take somebody into a programme, also who was admitted before the programme came to the platform.

    `home_institution_id` is the party they enter through, by default the coordinating one. Raises Conflict.
    """
    curriculum = curricula.confirmed_curriculum(programme.id)
    if curriculum is None:
        raise Conflict(_l("The programme has no confirmed curriculum yet. Ask its coordinating university."))
    if queries.active_in(programme.id, person_id) is not None:
        raise Conflict(_l("This person studies in the programme already."))
    student = Student(
        ref=new_ref(),
        programme_id=programme.id,
        curriculum_id=curriculum.id,
        person_id=person_id,
        application_id=application_id,
        home_institution_id=home_institution_id or programme.coordinating_id,
        started_on=starts_on,
        created_at=actor.now,
    )
    workflow.start(STUDENT, student, actor=actor)
    _register_everywhere(actor, student, curriculum)
    for module in curriculum.modules:
        if module.is_compulsory:
            db.session.add(PlanItem(student_id=student.id, module_id=module.id, semester=module.semester))
    db.session.flush()
    full = queries.student_by_id(student.id)
    for registration in full.registrations:
        open_for_party(actor, full, messages.REGISTER, registration.institution_id)
    if tally(full.curriculum, planned(full)).missing:
        _ask_to_plan(actor, full)
    keep_sheets(actor, full)
    notify(actor, person_id=person_id, message=messages.STUDY_BEGINS, values=values_of(full), key=full.ref)
    return full


def _register_everywhere(actor: Actor, student: Student, curriculum: Curriculum) -> None:
    for party in curriculum.parties:
        registration = Registration(ref=new_ref(), student_id=student.id, institution_id=party.institution_id)
        workflow.start(REGISTRATION_MACHINE, registration, actor=actor)


def _ask_to_plan(actor: Actor, student: Student) -> None:
    waiting.open_item(
        actor,
        messages.PLAN_STUDY,
        to=student.person_id,
        subject=("student", student.id),
        about=[student.programme],
        url_values={"ref": student.ref},
    )


def planned(student: Student) -> set[int]:
    """The ids of the modules on a student's plan."""
    return {item.module_id for item in student.plan}


def change_plan(actor: Actor, student: Student, semesters: Mapping[int, int], *, version: int | None) -> Student:
    """Choose electives: the semester in which each is taken, by module id; what is left out is not taken.

    Compulsory modules stay unless another that is chosen stands for them. A module with a grade stays as it is.
    A student plans what is to come; what was studied before, a university puts on the plan. Raises Refused with every
    reason why the choice is impossible, Conflict once the study is over, Stale.
    """
    begin_edit(student, version)
    if student.state != "active":
        raise Conflict(_l("This study is over. Its plan can no longer be changed."))
    curriculum = student.curriculum
    modules = {one.id: one for one in curriculum.modules}
    graded = grade_queries.graded_modules(student.id)
    replaced = {modules[one].stands_for_id for one in semesters if one in modules}
    now = semester_of(student.started_on, actor.now.date(), curriculum.semesters)
    wanted = {item.module_id: item.semester for item in student.plan if item.module_id in graded}
    for module in curriculum.modules:
        if module.id in wanted or not (module.is_compulsory or module.id in semesters):
            continue
        if module.id in replaced and module.id not in graded:
            continue
        wanted[module.id] = semesters.get(module.id) or _kept_semester(student, module.id) or module.semester
        if not 1 <= wanted[module.id] <= curriculum.semesters:
            raise Invalid(_l("Choose a semester of the curriculum."), f"m{module.id}")
    result = tally(curriculum, set(wanted))
    if result.faults:
        raise Refused(result.faults)
    late = [one for one, semester in wanted.items() if semester < now and one not in planned(student)]
    if late and actor.person_id == student.person_id:
        raise Refused([_l("A module cannot be added to a semester that is over.")])
    _write_plan(student, wanted)
    student = queries.student_by_id(student.id)
    keep_sheets(actor, student)
    if not result.missing:
        waiting.close_items(actor, subject=("student", student.id), kind=messages.PLAN_STUDY)
    audit.record(actor, "study.planned", subject=("student", student.id))
    return student


def _kept_semester(student: Student, module_id: int) -> int | None:
    return next((item.semester for item in student.plan if item.module_id == module_id), None)


def _write_plan(student: Student, wanted: Mapping[int, int]) -> None:
    kept = {item.module_id: item for item in student.plan}
    for module_id, item in kept.items():
        if module_id not in wanted:
            db.session.delete(item)
        elif item.semester != wanted[module_id]:
            item.semester = wanted[module_id]
    for module_id, semester in wanted.items():
        if module_id not in kept:
            db.session.add(PlanItem(student_id=student.id, module_id=module_id, semester=semester))
    db.session.flush()
