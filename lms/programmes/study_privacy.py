"""What joint degrees keep about their students, for how long, and why it is read."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import RowMapping, select

from lms.accounts import privacy, readings
from lms.accounts.privacy import Hold, Holding
from lms.core import workflow
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting.kinds import Titled
from lms.programmes.flow import STUDENT
from lms.programmes.models import (
    Award,
    AwardConcurrence,
    GradeConversion,
    GradeEntry,
    PlanItem,
    Programme,
    Registration,
    Student,
)

_KEPT = timedelta(days=50 * 365)
"""How long a university must be able to say what somebody studied: a working life, as for degrees."""


def _academic_record(row: RowMapping, now: datetime) -> Hold:
    ended: date | None = row["ended_on"]
    since = datetime.combine(ended, time(), UTC) if ended else now
    reason = _l("Universities must be able to confirm for a working life what was studied and which grades were given.")
    return Hold(reason, since + _KEPT, True)


_STUDIES = Holding(
    "studies",
    Student,
    _l("Studies in joint programmes"),
    becomes={"ended_reason": privacy.ERASED_TEXT},
    hold=_academic_record,
    subject="student",
)
_PLANNED = Holding(
    "planned-modules", PlanItem, _l("Modules on your study plan"), owner="student_id", part_of=_STUDIES, becomes={}
)
_GRADES = Holding(
    "grades",
    GradeEntry,
    _l("Grades of modules"),
    owner="plan_item_id",
    part_of=_PLANNED,
    becomes={"reason": ""},
    shown=lambda: GradeEntry.confirmed_at.is_not(None),
)
_AWARDS = Holding("awards", Award, _l("Awards"), owner="student_id", part_of=_STUDIES, becomes={}, subject="award")
privacy.register(
    _STUDIES,
    Holding(
        "registrations",
        Registration,
        _l("Registrations at universities"),
        owner="student_id",
        part_of=_STUDIES,
        becomes={"reason": ""},
        subject="registration",
    ),
    _PLANNED,
    _GRADES,
    Holding(
        "converted-grades",
        GradeConversion,
        _l("Converted grades"),
        owner="entry_id",
        part_of=_GRADES,
        becomes={"reason": ""},
    ),
    _AWARDS,
    Holding(
        "award-concurrences",
        AwardConcurrence,
        _l("What universities said to your award"),
        owner="award_id",
        part_of=_AWARDS,
        becomes={},
        subject="award_concurrence",
    ),
)
privacy.register_mentions(
    privacy.ACTED,
    "award.proposed_by_id",
    "award_concurrence.concurred_by_id",
    "curriculum.created_by_id",
    "curriculum_module.examiner_id",
    "curriculum_party.confirmed_by_id",
    "grade_conversion.decided_by_id",
    "grade_entry.confirmed_by_id",
    "grade_entry.entered_by_id",
    "scale_version.made_by_id",
)


def _leave(actor: Actor, person_id: int) -> None:
    """End studies that are under way, so that the universities know."""
    query = select(Student).where(Student.person_id == person_id, Student.state == "active").order_by(Student.id)
    for student in db.session.scalars(query).all():
        reason = str(_l("The account is erased."))
        workflow.perform(STUDENT, student, "withdraw", actor=system_actor(actor.now), reason=reason)


privacy.on_leaving(_leave)


def _titles(ids: Collection[int]) -> dict[int, Titled]:
    rows = db.session.execute(
        select(Student.id, Programme).join(Student.programme).where(Student.id.in_(ids)).order_by(Student.id)
    )
    return {row[0]: row[1] for row in rows}


readings.register(
    readings.Readable(
        Student,
        "student",
        _l("Study in a joint programme"),
        lambda student: student.person_id,
        {
            "student.view": _l("To register you and follow your study"),
            "student.plan": _l("To plan your study with you"),
            "grade.recognise": _l("To correct and to recognise your grades"),
            "award.propose": _l("To propose the award of your degree"),
        },
        _titles,
    )
)
