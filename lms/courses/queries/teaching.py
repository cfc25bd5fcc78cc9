"""What those who make and give courses see."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.paging import Key
from lms.courses import rules
from lms.courses.models import Activity, Course, CoursePicture, Enrolment, Offering, Question
from lms.courses.queries.catalogue import one_course

COURSE_ORDER = (Key(Course.created_at, descending=True), Key(Course.id, descending=True))
PARTICIPANT_ORDER = (Key(Enrolment.created_at), Key(Enrolment.id))

_WORKSHOP = (
    joinedload(Course.institution),
    selectinload(Course.sub_centres),
    selectinload(Course.activities).selectinload(Activity.questions),
    selectinload(Course.offerings).joinedload(Offering.institution),
    selectinload(Course.pictures).joinedload(CoursePicture.file),
)


def my_courses(actor: Actor, *, q: str = "", state: str = "") -> Select[Course]:
    """The courses the actor teaches, or for the secretariat all, with their offerings."""
    query = select(Course).options(joinedload(Course.institution), selectinload(Course.offerings))
    if not actor.is_secretariat:
        query = query.where(Course.id.in_(actor.scopes_of("instructor", "course")))
    if q:
        columns = (Course.title_en, Course.title_zh, Course.code)
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in columns)))
    return query.where(Course.state == state) if state else query


def workshop(actor: Actor, code: str) -> Course:
    """One course with everything its makers work on. Raises NotFound."""
    return one_course(actor, code, *_WORKSHOP)


def workshop_of(course_id: int) -> Course:
    """The same by id, for services. Raises NoResultFound."""
    query = select(Course).where(Course.id == course_id).options(*_WORKSHOP)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def activity_visible_to(actor: Actor, code: str, ref: str) -> Activity:
    """One step of a course with its questions and course. Raises NotFound."""
    course = one_course(actor, code, selectinload(Course.pictures))
    query = (
        select(Activity)
        .where(Activity.ref == ref, Activity.course_id == course.id)
        .options(joinedload(Activity.course), selectinload(Activity.questions))
    )
    activity = db.session.scalars(query).one_or_none()
    if activity is None:
        raise NotFound
    return activity


def question_visible_to(actor: Actor, code: str, ref: str, question_ref: str) -> Question:
    """One question with its quiz and course. Raises NotFound."""
    activity = activity_visible_to(actor, code, ref)
    query = (
        select(Question)
        .where(Question.ref == question_ref, Question.activity_id == activity.id)
        .options(joinedload(Question.activity))
    )
    question = db.session.scalars(query).one_or_none()
    if question is None:
        raise NotFound
    return question


def steps_of(course_id: int) -> Sequence[Activity]:
    """The steps of a course in order, with their questions."""
    return db.session.scalars(
        select(Activity)
        .where(Activity.course_id == course_id)
        .options(selectinload(Activity.questions))
        .order_by(Activity.position, Activity.id)
    ).all()


def picture_names(course_id: int) -> set[str]:
    """The names of a course's pictures."""
    return set(db.session.scalars(select(CoursePicture.name).where(CoursePicture.course_id == course_id)))


def titles_showing(picture: CoursePicture) -> list[str]:
    """The steps of the course that show a picture."""
    steps = steps_of(picture.course_id)
    return [step.title for step in steps if picture.name in rules.named_pictures(step.body)]


def last_offering(course: Course) -> Offering | None:
    """The offering that was added last, if there is any."""
    newest = select(Offering).where(Offering.course_id == course.id).order_by(Offering.id.desc())
    return db.session.scalars(newest.limit(1)).first()


def running_offering_ids(course_id: int, now: datetime) -> Sequence[int]:
    """The offerings of a course that are not over."""
    query = select(Offering.id).where(Offering.course_id == course_id, Offering.ends_at > now)
    return db.session.scalars(query.order_by(Offering.id)).all()


def questions_in(activity_id: int) -> Sequence[Question]:
    """The questions of a quiz, in order."""
    return db.session.scalars(
        select(Question).where(Question.activity_id == activity_id).order_by(Question.position, Question.id)
    ).all()


def pictures_in(course_id: int) -> Sequence[CoursePicture]:
    """The pictures of a course, by name."""
    return db.session.scalars(
        select(CoursePicture).where(CoursePicture.course_id == course_id).order_by(CoursePicture.name)
    ).all()


def last_position(model: type[Activity] | type[Question], within: ColumnElement[bool]) -> int:
    """The highest position in use."""
    return db.session.scalar(select(func.max(model.position)).where(within)) or 0


def activity_counts(course_ids: Collection[int]) -> dict[int, int]:
    """How many steps each of these courses has."""
    rows = db.session.execute(
        select(Activity.course_id, func.count()).where(Activity.course_id.in_(course_ids)).group_by(Activity.course_id)
    )
    return {row[0]: row[1] for row in rows}


def participants(offering: Offering, *, q: str = "", state: str = "") -> Select[Enrolment]:
    """Everybody who ever applied for or enrolled in an offering, with their certificates."""
    query = (
        select(Enrolment)
        .join(Enrolment.person)
        .where(Enrolment.offering_id == offering.id, Enrolment.state != "draft")
        .options(contains_eager(Enrolment.person), selectinload(Enrolment.credentials))
    )
    if q:
        query = query.where(named_like(q))
    return query.where(Enrolment.state == state) if state else query


def participants_by_ref(offering: Offering, refs: Collection[str]) -> Sequence[Enrolment]:
    """These of an offering's participants, with what deciding on them asks for."""
    query = participants(offering).where(Enrolment.ref.in_(refs))
    return db.session.scalars(query.options(joinedload(Enrolment.offering).joinedload(Offering.course))).all()


def named_like(q: str) -> ColumnElement[bool]:
    """Whether any form of the enrolled person's name holds these letters."""
    person = Enrolment.person.property.mapper.class_
    return or_(
        person.name.icontains(q, autoescape=True),
        person.name_local.icontains(q, autoescape=True),
        person.name_zh.icontains(q, autoescape=True),
    )


def state_counts(offering_id: int) -> dict[str, int]:
    """How many enrolments of an offering stand in each state."""
    rows = db.session.execute(
        select(Enrolment.state, func.count()).where(Enrolment.offering_id == offering_id).group_by(Enrolment.state)
    )
    return {row[0]: row[1] for row in rows}


def our_people(person_ids: Select[int], *, q: str = "", state: str = "") -> Select[Enrolment]:
    """What these people take and have completed, whoever gives the course, with course and certificate.

    `person_ids` selects the people of the institutions that the reader coordinates.
    """
    query = (
        select(Enrolment)
        .join(Enrolment.person)
        .join(Enrolment.offering)
        .join(Offering.course)
        .where(Enrolment.person_id.in_(person_ids), Enrolment.state.in_(("enrolled", "completed")))
        .options(
            contains_eager(Enrolment.person),
            contains_eager(Enrolment.offering).contains_eager(Offering.course),
            contains_eager(Enrolment.offering).joinedload(Offering.institution),
            selectinload(Enrolment.credentials),
        )
    )
    if q:
        query = query.where(or_(named_like(q), Course.title_en.icontains(q, autoescape=True), Course.code == q.upper()))
    return query.where(Enrolment.state == state) if state else query
