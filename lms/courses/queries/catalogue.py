"""The public catalogue, a course as visitors see it, and its offerings."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from lms.core import search
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.paging import Key
from lms.courses.models import Activity, Course, CoursePicture, Enrolment, Offering

ORDER = (Key(Course.title_en), Key(Course.id))
TAKEN = ("enrolled", "completed")


@dataclass(frozen=True)
class CourseFilter:
    """What a visitor asks for; empty values ask for nothing."""

    q: str = ""
    sub_centre: str = ""
    language: str = ""
    level: str = ""
    mode: str = ""
    country: str = ""
    open_now: bool = False


def catalogue(now: datetime, wanted: CourseFilter) -> Select[Course]:
    """Published courses, each with its institution, sub centres and the offerings whose enrolment is not over."""
    upcoming = Course.offerings.and_(Offering.enrol_closes_at > now)
    query = (
        select(Course)
        .where(Course.state == "published", *_conditions(now, wanted))
        .options(joinedload(Course.institution), selectinload(Course.sub_centres), selectinload(upcoming))
    )
    return query.where(Course.id.in_(search.match("course", wanted.q))) if wanted.q else query


def next_deadline(now: datetime) -> ColumnElement[datetime]:
    """When the enrolment of a course closes next, to order by."""
    return (
        select(func.min(Offering.enrol_closes_at))
        .where(Offering.course_id == Course.id, Offering.enrol_closes_at > now)
        .correlate(Course)
        .scalar_subquery()
    )


def _conditions(now: datetime, wanted: CourseFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.language:
        conditions.append(Course.language == wanted.language)
    if wanted.level:
        conditions.append(Course.level == wanted.level)
    if wanted.country:
        conditions.append(Course.institution.has(country_code=wanted.country))
    if wanted.sub_centre:
        conditions.append(Course.sub_centres.any(code=wanted.sub_centre))
    offering: list[ColumnElement[bool]] = []
    if wanted.mode:
        offering += [Offering.mode == wanted.mode, Offering.enrol_closes_at > now]
    if wanted.open_now:
        offering += [Offering.enrol_opens_at <= now, Offering.enrol_closes_at > now]
    if offering:
        conditions.append(Course.offerings.any(and_(*offering)))
    return conditions


def may_see(actor: Actor) -> ColumnElement[bool]:
    """Which courses the actor may know of: published ones, and those of their own work."""
    if actor.is_secretariat or actor.is_system:
        return Course.id.is_not(None)
    return or_(
        Course.state == "published",
        Course.id.in_(actor.scopes_of("instructor", "course")),
        Course.institution_id.in_(actor.scopes_of("coordinator", "institution")),
    )


def course_visible_to(actor: Actor, code: str) -> Course:
    """One course with its institution. Raises NotFound."""
    return one_course(actor, code, joinedload(Course.institution))


def course_page(actor: Actor, code: str) -> Course:
    """One course with all that its public page shows: sub centres, the names of its steps, and offerings."""
    return one_course(
        actor,
        code,
        joinedload(Course.institution),
        selectinload(Course.sub_centres),
        selectinload(Course.activities).defer(Activity.body),
        selectinload(Course.offerings).joinedload(Offering.institution),
    )


def one_course(actor: Actor, code: str, *options: ORMOption) -> Course:
    """The course with this code (capitals do not matter), if the actor may know of it. Raises NotFound."""
    query = select(Course).where(Course.code == code.upper(), may_see(actor)).options(*options)
    course = db.session.scalars(query).one_or_none()
    if course is None:
        raise NotFound
    return course


def offering_visible_to(actor: Actor, ref: str) -> Offering:
    """One offering with its course and institution, if the actor may know of the course. Raises NotFound."""
    query = (
        select(Offering)
        .join(Offering.course)
        .where(Offering.ref == ref, may_see(actor))
        .options(contains_eager(Offering.course).joinedload(Course.institution), joinedload(Offering.institution))
    )
    offering = db.session.scalars(query).one_or_none()
    if offering is None:
        raise NotFound
    return offering


def places_taken(offering_id: int) -> int:
    """How many places of an offering are taken, by learners and by those who have completed it."""
    query = select(func.count()).where(Enrolment.offering_id == offering_id, Enrolment.state.in_(TAKEN))
    return db.session.scalar(query) or 0


def places_taken_in(course_id: int) -> dict[int, int]:
    """The same for all offerings of a course, by offering id."""
    rows = db.session.execute(
        select(Enrolment.offering_id, func.count())
        .join(Enrolment.offering)
        .where(Offering.course_id == course_id, Enrolment.state.in_(TAKEN))
        .group_by(Enrolment.offering_id)
    )
    return {row[0]: row[1] for row in rows}


def my_enrolments_in(actor: Actor, course_id: int) -> dict[int, Enrolment]:
    """The actor's own enrolments in the offerings of a course, by offering id."""
    if not actor.is_signed_in:
        return {}
    rows = db.session.scalars(
        select(Enrolment)
        .join(Enrolment.offering)
        .where(Offering.course_id == course_id, Enrolment.person_id == actor.person_id)
    )
    return {row.offering_id: row for row in rows}


def picture_visible_to(actor: Actor, code: str, name: str) -> CoursePicture:
    """A course's picture with its file and course, if the actor may know of the course. Raises NotFound."""
    query = (
        select(CoursePicture)
        .join(CoursePicture.course)
        .where(Course.code == code.upper(), CoursePicture.name == name, may_see(actor) | _learns(actor))
        .options(contains_eager(CoursePicture.course), joinedload(CoursePicture.file))
    )
    picture = db.session.scalars(query).one_or_none()
    if picture is None:
        raise NotFound
    return picture


def _learns(actor: Actor) -> ColumnElement[bool]:
    """Whoever is or was enrolled still sees the pictures of an archived course."""
    return Course.offerings.any(
        Offering.id.in_(select(Enrolment.offering_id).where(Enrolment.person_id == actor.person_id))
    )
