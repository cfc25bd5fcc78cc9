"""What the home page, the search over everything and the dashboard show of courses."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.core.actor import Actor
from lms.core.db import db
from lms.courses.models import Activity, Course, Enrolment, Offering
from lms.courses.queries.catalogue import CourseFilter, catalogue, may_see


def closing_soon(actor: Actor, *, limit: int) -> Sequence[Offering]:
    """Offerings of published courses that one can enrol in or apply for now, soonest to close first."""
    return db.session.scalars(
        select(Offering)
        .join(Offering.course)
        .where(
            Course.state == "published",
            Offering.enrol_opens_at <= actor.now,
            Offering.enrol_closes_at > actor.now,
        )
        .options(contains_eager(Offering.course).defer(Course.description), joinedload(Offering.institution))
        .order_by(Offering.enrol_closes_at, Offering.id)
        .limit(limit)
    ).all()


def count_by_country() -> dict[str, int]:
    """How many courses stand in the catalogue, by the country of the institution that gives them."""
    institution = Course.institution.property.mapper.class_
    rows = db.session.execute(
        select(institution.country_code, func.count())
        .select_from(Course)
        .join(Course.institution)
        .where(Course.state == "published")
        .group_by(institution.country_code)
    )
    return dict(rows.all())


def courses_of_centre(actor: Actor, code: str, *, limit: int) -> Sequence[Course]:
    """The first courses of a sub research centre by title, with their institutions."""
    return db.session.scalars(
        catalogue(actor.now, CourseFilter(sub_centre=code)).order_by(Course.title_en, Course.id).limit(limit)
    ).all()


def courses_found(actor: Actor, ids: Collection[int]) -> dict[int, Course]:
    """These courses by id, as far as the actor may know of them, with their institutions."""
    rows = db.session.scalars(
        select(Course).where(Course.id.in_(ids), may_see(actor)).options(joinedload(Course.institution))
    )
    return {course.id: course for course in rows}


def current_enrolments(actor: Actor, *, limit: int) -> list[tuple[Enrolment, int]]:
    """The actor's enrolments and applications that are not over, newest first, and how many steps each course has.

    They come with offering, institution and course, in one query.
    """
    steps = select(func.count()).where(Activity.course_id == Course.id).correlate(Course).scalar_subquery()
    rows = db.session.execute(
        select(Enrolment, steps)
        .join(Enrolment.offering)
        .join(Offering.course)
        .where(
            Enrolment.person_id == actor.person_id,
            Enrolment.state.in_(("submitted", "waitlisted", "enrolled")),
            Offering.ends_at > actor.now,
        )
        .options(
            contains_eager(Enrolment.offering).contains_eager(Offering.course).defer(Course.description),
            contains_eager(Enrolment.offering).joinedload(Offering.institution),
        )
        .order_by(Enrolment.created_at.desc(), Enrolment.id.desc())
        .limit(limit)
    )
    return [(enrolment, count) for enrolment, count in rows]
