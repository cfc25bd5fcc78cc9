"""Making courses: their description, steps, questions and pictures."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import exists, select

from lms.core import audit, storage, workflow
from lms.core.access import give_grant
from lms.core.actor import Actor
from lms.core.db import db, expect_version
from lms.core.errors import Invalid, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import listed
from lms.core.ids import new_ref
from lms.core.translated import translate
from lms.courses import flow, marking, rules
from lms.courses.models import Activity, Attempt, Course, CoursePicture, PageRead, Question, Response
from lms.courses.queries import teaching
from lms.courses.services.offerings import check_again
from lms.institutions import queries as institutions

Ordered = TypeVar("Ordered", Activity, Question)


# --- the course -------------------------------------------------------------------------------------


def create_course(
    actor: Actor, *, code: str, institution_id: int, sub_centre_ids: Sequence[int], **described: Any
) -> Course:
    """A new draft, of which the actor becomes instructor.

    `described`: title_en, title_zh, summary_en, summary_zh, description, language, level, hours.
    Raises Invalid for a code that is taken or malformed, or an institution where the actor is no instructor.
    """
    code = code.upper()
    if not rules.CODE.fullmatch(code):
        raise Invalid(_l("Use 3 to 20 capital letters, digits and dashes, such as EPI-101."), "code")
    if db.session.scalar(select(exists().where(Course.code == code))):
        raise Invalid(_l("This code is taken. Choose another one."), "code")
    if not (actor.is_system or institution_id in actor.scopes_of("instructor", "institution")):
        raise Invalid(_l("You are not an instructor of this institution."), "institution_id")
    course = Course(code=code, institution_id=institution_id, created_by_id=actor.person_id, created_at=actor.now)
    _describe(course, sub_centre_ids, described)
    workflow.start(flow.COURSE, course, actor=actor)
    if actor.person_id is not None:
        give_grant(
            actor,
            person_id=actor.person_id,
            role="instructor",
            scope_kind="course",
            scope_id=course.id,
            reason="created the course",
        )
    return course


def change_course(
    actor: Actor, course: Course, *, version: int | None = None, sub_centre_ids: Sequence[int], **described: Any
) -> None:
    """Describe a course anew. The course comes with its institution and sub centres. Raises Stale."""
    expect_version(course, version)
    _describe(course, sub_centre_ids, described)
    course.version += 1
    flow.index_course(course)
    db.session.flush()
    audit.record(actor, "course.changed", subject=("course", course.id), detail={"fields": sorted(described)})


def _describe(course: Course, sub_centre_ids: Sequence[int], described: dict[str, Any]) -> None:
    for name, value in described.items():
        setattr(course, name, value)
    course.sub_centres = list(institutions.sub_centres(sub_centre_ids))


def publish(actor: Actor, course: Course) -> None:
    """Publish a course, whatever of it is loaded. Raises Refused with everything that is missing."""
    db.session.flush()
    db.session.expire(course)
    workflow.perform(flow.COURSE, teaching.workshop_of(course.id), "publish", actor=actor)


# --- steps ------------------------------------------------------------------------------------------


def add_page(actor: Actor, course: Course, *, title: str, body: str = "") -> Activity:
    """A page at the end of the course. `body` is Markdown."""
    return _add_activity(actor, course, "page", title=title, body=body)


def add_quiz(
    actor: Actor,
    course: Course,
    *,
    title: str,
    body: str = "",
    attempts_allowed: int | None = None,
    minutes_allowed: int | None = None,
) -> Activity:
    """A quiz at the end of the course."""
    return _add_activity(
        actor,
        course,
        "quiz",
        title=title,
        body=body,
        attempts_allowed=attempts_allowed,
        minutes_allowed=minutes_allowed,
    )


def _add_activity(actor: Actor, course: Course, kind: str, **values: Any) -> Activity:
    _lock(Course, course.id)
    position = teaching.last_position(Activity, Activity.course_id == course.id) + 1
    activity = Activity(ref=new_ref(), course_id=course.id, kind=kind, position=position, **values)
    db.session.add(activity)
    db.session.flush()
    audit.record(actor, "activity.added", subject=("activity", activity.id), detail={"course_id": course.id})
    return activity


def change_activity(actor: Actor, activity: Activity, *, version: int | None = None, **values: Any) -> None:
    """Change a step: title, body, attempts_allowed, minutes_allowed. Raises Stale."""
    expect_version(activity, version)
    for name, value in values.items():
        setattr(activity, name, value)
    activity.version += 1
    db.session.flush()
    audit.record(actor, "activity.changed", subject=("activity", activity.id), detail={"fields": sorted(values)})


def remove_activity(actor: Actor, activity: Activity) -> None:
    """Take a step out. Raises Refused when learners have read or taken it, because their record stands on it."""
    is_used = db.session.scalar(
        select(exists().where(PageRead.activity_id == activity.id) | exists().where(Attempt.activity_id == activity.id))
    )
    if is_used:
        raise Refused([_l("Learners have worked on this step already, so it stays. You can still change its text.")])
    for question in activity.questions:
        db.session.delete(question)
    db.session.delete(activity)
    db.session.flush()
    audit.record(actor, "activity.removed", subject=("activity", activity.id))
    for offering_id in teaching.running_offering_ids(activity.course_id, actor.now):
        check_again(actor, offering_id)


def move_activity(actor: Actor, activity: Activity, *, up: bool) -> None:
    """Exchange a step with its neighbour. At an end nothing happens."""
    del actor
    _lock(Course, activity.course_id)
    _move(activity, list(teaching.steps_of(activity.course_id)), up=up)


def _move(moved: Ordered, order: list[Ordered], *, up: bool) -> None:
    at = next(place for place, one in enumerate(order) if one.id == moved.id)
    to = at - 1 if up else at + 1
    if 0 <= to < len(order):
        order[at], order[to] = order[to], order[at]
    for position, one in enumerate(order, start=1):
        one.position = position
    db.session.flush()


def _lock(model: type[Course] | type[Activity], row_id: int) -> None:
    db.session.execute(select(model.id).where(model.id == row_id).with_for_update())


# --- questions --------------------------------------------------------------------------------------


def add_question(
    actor: Actor,
    quiz: Activity,
    *,
    kind: str,
    text: str,
    options: Sequence[tuple[str, bool]] = (),
    answer: dict[str, Any] | None = None,
    points: int = 1,
    feedback: str = "",
) -> Question:
    """A question at the end of a quiz.

    `options`: (text, is right) for choices. `answer`: {correct} for true/false, {value, tolerance} for numeric,
    {accepted} for short text. Raises Invalid when it cannot be answered rightly.
    """
    _lock(Activity, quiz.id)
    question = Question(
        ref=new_ref(),
        activity_id=quiz.id,
        position=teaching.last_position(Question, Question.activity_id == quiz.id) + 1,
        kind=kind,
    )
    _set_question(question, text, options, answer or {}, points, feedback)
    db.session.add(question)
    db.session.flush()
    audit.record(actor, "question.added", subject=("question", question.id), detail={"activity_id": quiz.id})
    return question


def change_question(
    actor: Actor,
    question: Question,
    *,
    text: str,
    options: Sequence[tuple[str, bool]] = (),
    answer: dict[str, Any] | None = None,
    points: int = 1,
    feedback: str = "",
    version: int | None = None,
) -> None:
    """Change a question. Marks that were given stay as they are. Raises Stale, Invalid as above."""
    expect_version(question, version)
    _set_question(question, text, options, answer or {}, points, feedback)
    question.version += 1
    db.session.flush()
    audit.record(actor, "question.changed", subject=("question", question.id))


def _set_question(
    question: Question,
    text: str,
    options: Sequence[tuple[str, bool]],
    answer: dict[str, Any],
    points: int,
    feedback: str,
) -> None:
    question.text, question.points, question.feedback = text, points, feedback
    question.options = [
        {"id": str(number), "text": option, "correct": is_right}
        for number, (option, is_right) in enumerate(options, start=1)
    ]
    question.answer = _checked_answer(question.kind, answer)
    if flaw := rules.flaw_of(question):
        raise Invalid(flaw, "options")


def _checked_answer(kind: str, answer: dict[str, Any]) -> dict[str, Any]:
    match kind:
        case "true_false":
            return {"correct": bool(answer["correct"])}
        case "numeric":
            value = marking.parse_number(str(answer["value"]))
            tolerance = marking.parse_number(str(answer.get("tolerance") or "0"))
            if value is None:
                raise Invalid(_l("Enter a number, such as 0.05."), "value")
            if tolerance is None or tolerance < 0:
                raise Invalid(_l("Enter zero or more, such as 0.01."), "tolerance")
            return {"value": str(value), "tolerance": str(tolerance)}
        case "short_text":
            accepted = [text for text in answer["accepted"] if marking.fold(text)]
            if not accepted:
                raise Invalid(_l("Give at least one accepted answer."), "accepted")
            return {"accepted": accepted}
    return {}


def remove_question(actor: Actor, question: Question) -> None:
    """Take a question out. Raises Refused when learners have answered it."""
    if db.session.scalar(select(exists().where(Response.question_id == question.id))):
        raise Refused([_l("Learners have answered this question already, so it stays. You can still change it.")])
    db.session.delete(question)
    db.session.flush()
    audit.record(actor, "question.removed", subject=("question", question.id))


def move_question(actor: Actor, question: Question, *, up: bool) -> None:
    """Exchange a question with its neighbour. At an end nothing happens."""
    del actor
    _lock(Activity, question.activity_id)
    _move(question, list(teaching.questions_in(question.activity_id)), up=up)


# --- pictures ---------------------------------------------------------------------------------------


def add_picture(actor: Actor, course: Course, *, staged: storage.StagedFile, alt: str) -> CoursePicture:
    """A picture for the course's pages, which name it by its file name. Raises Invalid when the name is taken."""
    name = re.sub(r"[\s()<>\[\]\"'`\\]+", "-", staged.filename)
    if name in teaching.picture_names(course.id):
        raise Invalid(_l("A picture of this name is there already. Rename the file."), "picture")
    file = storage.attach(staged, owner_id=actor.person_id, purpose="course.picture", is_personal=False, now=actor.now)
    picture = CoursePicture(course_id=course.id, file_id=file.id, name=name, alt=alt)
    db.session.add(picture)
    db.session.flush()
    audit.record(actor, "picture.added", subject=("course", course.id), detail={"file_id": file.id})
    return picture


def remove_picture(actor: Actor, picture: CoursePicture) -> None:
    """Take a picture out. Raises Refused while pages show it."""
    if used_on := teaching.titles_showing(picture):
        raise Refused([_l("These pages still show it: %(titles)s.", titles=listed(used_on))])
    file = picture.file
    db.session.delete(picture)
    db.session.flush()
    storage.remove(file)
    audit.record(actor, "picture.removed", subject=("course", picture.course_id), detail={"file_id": picture.file_id})


def translate_course(
    actor: Actor, course: Course, *, language: str, texts: Mapping[str, str], version: int | None
) -> None:
    """Give a course its texts in a further language. The course comes with its institution. Raises Stale."""
    translate(actor, course, subject=("course", course.id), language=language, texts=texts, version=version)
    flow.index_course(course)
    db.session.flush()
