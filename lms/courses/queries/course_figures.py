"""Counting a course: who enrolled and finished in each offering, and the marks of its quizzes."""

from collections.abc import Sequence

from sqlalchemy import case, func, select

from lms.core.db import db
from lms.courses.models import Activity, Attempt, Course, Enrolment, Offering

_WERE_IN = ("enrolled", "completed")


def completion_of(course: Course) -> Sequence[tuple[str, int, int]]:
    """For each offering its code, how many hold or held a place and stayed, and how many of them completed."""
    completed = func.sum(case((Enrolment.state == "completed", 1), else_=0))
    rows = db.session.execute(
        select(Offering.code, func.count(), completed)
        .join(Enrolment, Enrolment.offering_id == Offering.id)
        .where(Offering.course_id == course.id, Enrolment.state.in_(_WERE_IN))
        .group_by(Offering.id, Offering.code, Offering.starts_at)
        .order_by(Offering.starts_at, Offering.id)
    )
    return [(code, count, int(done or 0)) for code, count, done in rows]


def marks_of(course: Course) -> list[tuple[Activity, list[float]]]:
    """The course's quizzes in their order, each with every learner's best mark in per cent."""
    best = (
        select(Attempt.activity_id, Attempt.enrolment_id, func.max(Attempt.score).label("score"))
        .where(Attempt.state == "marked")
        .group_by(Attempt.activity_id, Attempt.enrolment_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Activity, best.c.score)
        .outerjoin(best, best.c.activity_id == Activity.id)
        .where(Activity.course_id == course.id, Activity.kind == "quiz")
        .order_by(Activity.position, Activity.id)
    )
    found: dict[int, tuple[Activity, list[float]]] = {}
    for activity, score in rows:
        _, marks = found.setdefault(activity.id, (activity, []))
        if score is not None:
            marks.append(score / 100)
    return list(found.values())
