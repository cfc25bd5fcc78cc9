"""Grade sheets: one for each party, semester and cohort, opened by the clock when the semester ends."""

from datetime import datetime, time, timedelta

from lms.core import outbox, workflow
from lms.core.actor import Actor
from lms.core.clock import CENTER_ZONE, deadline_in_zone
from lms.core.ids import new_ref
from lms.programmes.flow.grades import GRADE_SHEET
from lms.programmes.models import GradeSheet, Student
from lms.programmes.queries import grades as queries
from lms.programmes.tally import semester_begins

# Grades are asked for from some weeks before the semester's end until some weeks after it.
OPENS_BEFORE = timedelta(days=30)
DUE_AFTER = timedelta(days=30)


def keep_sheets(actor: Actor, student: Student) -> None:
    """Make the sheets on which the modules of this student's plan are graded, where they are not there yet."""
    wanted = {(item.module.institution_id, item.semester) for item in student.plan}
    known = {
        (row.institution_id, row.semester) for row in queries.sheets_of_cohort(student.programme_id, student.started_on)
    }
    for institution_id, semester in sorted(wanted - known):
        _make(actor, student, institution_id, semester)


def _make(actor: Actor, student: Student, institution_id: int, semester: int) -> None:
    ends = semester_begins(student.started_on, semester + 1)
    sheet = GradeSheet(
        ref=new_ref(),
        programme_id=student.programme_id,
        institution_id=institution_id,
        started_on=student.started_on,
        semester=semester,
        due_on=ends + DUE_AFTER,
    )
    workflow.start(GRADE_SHEET, sheet, actor=actor)
    outbox.schedule_transition(
        actor,
        machine="grade_sheet",
        subject_id=sheet.id,
        transition="open",
        due_at=max(deadline_in_zone(datetime.combine(ends - OPENS_BEFORE, time(0)), CENTER_ZONE), actor.now),
    )
