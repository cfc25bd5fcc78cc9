"""Courses as scopes of roles."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from lms.accounts.scopes import ScopeText
from lms.core.db import db
from lms.courses.models import Course


def course_id_named(code: str) -> int | None:
    """The course with this code."""
    return db.session.scalar(select(Course.id).where(Course.code == code.upper()))


def describe_courses(ids: Collection[int]) -> Mapping[int, ScopeText]:
    """Several courses as people know them."""
    rows = db.session.execute(
        select(Course.id, Course.code, Course.title_en, Course.title_zh).where(Course.id.in_(ids))
    )
    return {row.id: ScopeText(row.code, row.title_en, row.title_zh) for row in rows}
