"""Courses as scopes of roles."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import or_, select

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


def courses_called(words: str) -> Sequence[int]:
    """The ids of a few courses whose code or title holds these words."""
    columns = (Course.code, Course.title_en, Course.title_zh)
    query = select(Course.id).where(or_(*(column.icontains(words.strip(), autoescape=True) for column in columns)))
    return db.session.scalars(query.order_by(Course.code, Course.id).limit(20)).all()
