"""Whom short courses reached."""

from typing import Any

from sqlalchemy import Select, select

from lms.core.years import center_year
from lms.courses.models import Course, Enrolment, Offering, course_sub_centre


def trained() -> Select[int, int, Any]:
    """Person, year and sub centre of every completed course; once for each sub centre of a course."""
    return (
        select(
            Enrolment.person_id,
            center_year(Enrolment.completed_at).label("year"),
            course_sub_centre.c.sub_centre_id,
        )
        .join(Enrolment.offering)
        .join(Offering.course)
        .outerjoin(course_sub_centre, course_sub_centre.c.course_id == Course.id)
        .where(Enrolment.state == "completed")
    )
