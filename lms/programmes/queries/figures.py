"""Whom joint degree programmes took in."""

from typing import Any

from sqlalchemy import Select, extract, select

from lms.programmes.models import Student, programme_sub_centre


def in_degrees() -> Select[int, int, Any]:
    """Person, year of the beginning and sub centre of everybody who became a student; once for each sub centre."""
    return select(
        Student.person_id,
        extract("year", Student.started_on).label("year"),
        programme_sub_centre.c.sub_centre_id,
    ).outerjoin(programme_sub_centre, programme_sub_centre.c.programme_id == Student.programme_id)
