"""Who may do what with curricula, students, grades and awards. Subjects must be loaded with what the rules name."""

from typing import Any

from lms.core.access import Permission, holds, holds_somewhere, predicate
from lms.core.actor import Actor
from lms.programmes.queries.grades import examiner_ids, examines_something

_secretariat = holds("secretariat", "platform")
_any_coordinator = holds_somewhere("coordinator", "institution")


def _of_curriculum(curriculum: Any) -> list[int]:
    return [party.institution_id for party in curriculum.parties]


def _of_student(student: Any) -> list[int]:
    return [one.institution_id for one in student.registrations]


_party = holds("coordinator", "institution", _of_curriculum)
_coordinating = holds("coordinator", "institution", lambda curriculum: curriculum.programme.coordinating_id)
_party_of_student = holds("coordinator", "institution", _of_student)
_own_office = holds("coordinator", "institution", lambda thing: thing.institution_id)
_party_of_award = holds("coordinator", "institution", lambda award: _of_student(award.student))


@predicate("is the student")
def is_student(actor: Actor, student: Any) -> bool:
    """The actor's own study."""
    return actor.person_id is not None and actor.person_id == student.person_id


@predicate("is the student awarded")
def _is_awarded(actor: Actor, award: Any) -> bool:
    return is_student.test(actor, award.student)


@predicate("is the student registered")
def _is_registered(actor: Actor, registration: Any) -> bool:
    return is_student.test(actor, registration.student)


@predicate("examines a module on the sheet")
def _examines(actor: Actor, sheet: Any) -> bool:
    return actor.person_id is not None and actor.person_id in examiner_ids(sheet)


# --- the curriculum: its programme and parties must be loaded ----------------------------------------------

MANAGE_CURRICULUM = Permission("curriculum.manage", any_of=[_party, _coordinating, _secretariat], hidden=True)
FRAME_CURRICULUM = Permission("curriculum.frame", any_of=[_coordinating, _secretariat], hidden=True)
CONFIRM_CURRICULUM = Permission("curriculum.confirm", any_of=[_party], hidden=True)
SCALES = Permission("grade_scale.own", any_of=[_any_coordinator])

# --- students: their registrations must be loaded ----------------------------------------------------------

STUDENTS = Permission("student.list", any_of=[_any_coordinator, _secretariat])
VIEW_STUDENT = Permission("student.view", any_of=[is_student, _party_of_student, _secretariat], hidden=True)
OWN_STUDY = Permission("student.own", any_of=[is_student], hidden=True)
PLAN_STUDY = Permission("student.plan", any_of=[is_student, _party_of_student], hidden=True)
LEAVE = Permission("student.leave", any_of=[is_student, _party_of_student], hidden=True)
END_STUDY = Permission("student.end", any_of=[_party_of_student], none_of=[is_student], hidden=True)
RECOGNISE = Permission("grade.recognise", any_of=[_party_of_student], none_of=[is_student], hidden=True)
# Nobody keeps their own registration.
REGISTRATION = Permission("registration.keep", any_of=[_own_office], none_of=[_is_registered], hidden=True)

# --- grades -------------------------------------------------------------------------------------------------


@predicate("examines a module")
def _is_examiner(actor: Actor, _subject: Any) -> bool:
    return actor.is_signed_in and examines_something(actor)


SHEETS = Permission("grade_sheet.list", any_of=[_any_coordinator, _is_examiner])
VIEW_SHEET = Permission("grade_sheet.view", any_of=[_own_office, _examines], hidden=True)
ENTER_GRADES = Permission("grade_sheet.enter", any_of=[_own_office, _examines], hidden=True)
CONFIRM_GRADES = Permission("grade_sheet.confirm", any_of=[_own_office], hidden=True)

# --- the award: its student with registrations must be loaded ----------------------------------------------

PROPOSE_AWARD = Permission("award.propose", any_of=[_party_of_student], none_of=[is_student], hidden=True)
AWARDS = Permission("award.list", any_of=[_any_coordinator, _secretariat])
VIEW_AWARD = Permission("award.view", any_of=[_is_awarded, _party_of_award, _secretariat], hidden=True)
CONCUR = Permission("award.concur", any_of=[_party_of_award], none_of=[_is_awarded], hidden=True)
