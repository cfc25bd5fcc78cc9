"""What learners see: their enrolments, how far they are, and their attempts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.courses.models import Activity, Attempt, Course, Enrolment, Offering, PageRead, Question, Response


def _may_see(actor: Actor) -> ColumnElement[bool]:
    if actor.is_secretariat or actor.is_system:
        return Enrolment.id.is_not(None)
    return or_(
        Enrolment.person_id == actor.person_id,
        Offering.course_id.in_(actor.scopes_of("instructor", "course")),
        Offering.institution_id.in_(actor.scopes_of("coordinator", "institution")),
    )


def _enrolments() -> Select[Enrolment]:
    return (
        select(Enrolment)
        .join(Enrolment.offering)
        .join(Offering.course)
        .options(
            contains_eager(Enrolment.offering).contains_eager(Offering.course).defer(Course.description),
            contains_eager(Enrolment.offering).joinedload(Offering.institution),
        )
    )


def _one(query: Select[Enrolment]) -> Enrolment:
    enrolment = db.session.scalars(query).one_or_none()
    if enrolment is None:
        raise NotFound
    return enrolment


def enrolment_visible_to(actor: Actor, ref: str) -> Enrolment:
    """One enrolment with offering, course, person and certificates. Raises NotFound."""
    query = _enrolments().where(Enrolment.ref == ref, Enrolment.state != "draft", _may_see(actor))
    return _one(query.options(joinedload(Enrolment.person), selectinload(Enrolment.credentials)))


def my_enrolment(actor: Actor, ref: str) -> Enrolment:
    """The actor's own place in an offering, to learn in. Raises NotFound."""
    return _one(
        _enrolments().where(
            Enrolment.ref == ref,
            Enrolment.person_id == actor.person_id,
            Enrolment.state.in_(("enrolled", "completed")),
        )
    )


def my_enrolments(actor: Actor) -> Sequence[Enrolment]:
    """Everything the actor has applied for or taken, newest first, with certificates."""
    return db.session.scalars(
        _enrolments()
        .where(Enrolment.person_id == actor.person_id, Enrolment.state != "draft")
        .options(selectinload(Enrolment.credentials))
        .order_by(Enrolment.created_at.desc(), Enrolment.id.desc())
        .limit(200)
    ).all()


def enrolment_in(offering_id: int, person_id: int) -> Enrolment | None:
    """A person's row in an offering, whatever its state."""
    query = _enrolments().where(Enrolment.offering_id == offering_id, Enrolment.person_id == person_id)
    return db.session.scalars(query).one_or_none()


def offering_of(enrolment: Enrolment) -> Offering:
    """The offering with its course and institution, also for flows that started from a bare row."""
    loaded = enrolment.__dict__.get("offering")
    if loaded is not None and {"course", "institution"} <= loaded.__dict__.keys():
        return loaded
    return db.session.scalars(
        select(Offering)
        .where(Offering.id == enrolment.offering_id)
        .options(joinedload(Offering.course), joinedload(Offering.institution))
    ).one()


def next_in_queue(offering_id: int) -> Enrolment | None:
    """Who is promoted next from the waiting list."""
    return db.session.scalars(
        _enrolments()
        .where(Enrolment.offering_id == offering_id, Enrolment.state == "waitlisted")
        .order_by(Enrolment.queued_at, Enrolment.id)
        .limit(1)
    ).one_or_none()


def pending_in(offering_id: int) -> Sequence[Enrolment]:
    """Applications and places in the queue that are not decided."""
    return db.session.scalars(
        select(Enrolment)
        .where(Enrolment.offering_id == offering_id, Enrolment.state.in_(("submitted", "waitlisted")))
        .order_by(Enrolment.id)
    ).all()


def enrolled_in(offering_id: int) -> Sequence[Enrolment]:
    """Those who are learning in an offering, with offering and course."""
    return db.session.scalars(
        _enrolments().where(Enrolment.offering_id == offering_id, Enrolment.state == "enrolled").order_by(Enrolment.id)
    ).all()


def open_attempts_in(offering_id: int) -> Sequence[Attempt]:
    """Attempts under way in an offering."""
    return db.session.scalars(
        select(Attempt)
        .join(Attempt.enrolment)
        .where(Enrolment.offering_id == offering_id, Attempt.state == "in_progress")
        .order_by(Attempt.id)
    ).all()


def place_in_queue(enrolment: Enrolment) -> int:
    """The position on the waiting list, from 1."""
    ahead = select(func.count()).where(
        Enrolment.offering_id == enrolment.offering_id,
        Enrolment.state == "waitlisted",
        or_(
            Enrolment.queued_at < enrolment.queued_at,
            (Enrolment.queued_at == enrolment.queued_at) & (Enrolment.id <= enrolment.id),
        ),
    )
    return db.session.scalar(ahead) or 0


# --- how far somebody is ----------------------------------------------------------------------------


class Step(NamedTuple):
    """A step of a course without its text."""

    id: int
    ref: str
    kind: str
    title: str


@dataclass(frozen=True)
class Progress:
    """The steps of a course and what one learner has done of them. Scores in hundredths of a per cent."""

    activities: Sequence[Step]
    read: frozenset[int]
    best_scores: dict[int, int]
    attempts: dict[int, list[Attempt]] = field(default_factory=dict)

    def is_done(self, activity: Step, pass_mark: int | None) -> bool:
        """Whether a step is behind the learner: a page read, a quiz passed."""
        if activity.kind == "page":
            return activity.id in self.read
        return self.best_scores.get(activity.id, -1) >= (pass_mark or 0) * 100

    def done_count(self, pass_mark: int | None) -> int:
        """How many steps are done."""
        return sum(self.is_done(activity, pass_mark) for activity in self.activities)

    def next_step(self, pass_mark: int | None) -> Step | None:
        """Where to go on: the first step that is not done."""
        return next((one for one in self.activities if not self.is_done(one, pass_mark)), None)

    def neighbours(self, activity: Activity) -> tuple[Step | None, Step | None]:
        """The steps before and after one."""
        at = next(place for place, one in enumerate(self.activities) if one.id == activity.id)
        after = self.activities[at + 1] if at + 1 < len(self.activities) else None
        return (self.activities[at - 1] if at else None), after


def progress_of(enrolment: Enrolment, course_id: int) -> Progress:
    """How far a learner is, in three queries whatever the size of the course."""
    rows = db.session.execute(
        select(Activity.id, Activity.ref, Activity.kind, Activity.title)
        .where(Activity.course_id == course_id)
        .order_by(Activity.position, Activity.id)
    )
    activities = [Step(*row) for row in rows]
    read = db.session.scalars(select(PageRead.activity_id).where(PageRead.enrolment_id == enrolment.id))
    attempts: dict[int, list[Attempt]] = {}
    for attempt in db.session.scalars(
        select(Attempt).where(Attempt.enrolment_id == enrolment.id).order_by(Attempt.number)
    ):
        attempts.setdefault(attempt.activity_id, []).append(attempt)
    scores = {
        activity_id: max(attempt.score for attempt in rows if attempt.score is not None)
        for activity_id, rows in attempts.items()
        if any(attempt.score is not None for attempt in rows)
    }
    return Progress(activities, frozenset(read), scores, attempts)


def activity_in(course_id: int, ref: str) -> Activity:
    """One step of a course, with its text. Raises NotFound."""
    activity = db.session.scalars(
        select(Activity).where(Activity.ref == ref, Activity.course_id == course_id)
    ).one_or_none()
    if activity is None:
        raise NotFound
    return activity


def has_read(enrolment_id: int, activity_id: int) -> bool:
    """Whether a page was marked as read."""
    return db.session.get(PageRead, (enrolment_id, activity_id)) is not None


# --- attempts ---------------------------------------------------------------------------------------


def attempt_visible_to(actor: Actor, ref: str) -> Attempt:
    """The actor's own attempt with quiz, enrolment, offering and course, in one query. Raises NotFound."""
    query = (
        select(Attempt)
        .join(Attempt.enrolment)
        .where(Attempt.ref == ref, Enrolment.person_id == actor.person_id)
        .options(
            contains_eager(Attempt.enrolment)
            .joinedload(Enrolment.offering)
            .joinedload(Offering.course)
            .defer(Course.description),
            joinedload(Attempt.activity),
        )
    )
    attempt = db.session.scalars(query).one_or_none()
    if attempt is None:
        raise NotFound
    return attempt


def enrolment_of(attempt: Attempt) -> Enrolment:
    """The enrolment of an attempt, for flows that started from a bare row."""
    return db.session.get_one(Enrolment, attempt.enrolment_id)


def attempts_at(enrolment_id: int, activity_id: int) -> Sequence[Attempt]:
    """A learner's attempts at one quiz, oldest first."""
    return db.session.scalars(
        select(Attempt)
        .where(Attempt.enrolment_id == enrolment_id, Attempt.activity_id == activity_id)
        .order_by(Attempt.number)
    ).all()


def questions_of(attempt: Attempt) -> list[Question]:
    """The questions of an attempt, in its order."""
    found = {
        question.id: question
        for question in db.session.scalars(select(Question).where(Question.id.in_(attempt.question_ids)))
    }
    return [found[one] for one in attempt.question_ids if one in found]


def question_in(attempt: Attempt, ref: str) -> Question | None:
    """The question with this reference, if it belongs to the attempt."""
    question = db.session.scalars(select(Question).where(Question.ref == ref)).one_or_none()
    return question if question is not None and question.id in attempt.question_ids else None


def responses_of(attempt: Attempt) -> dict[int, Response]:
    """The saved answers, by question id."""
    rows = db.session.scalars(select(Response).where(Response.attempt_id == attempt.id))
    return {row.question_id: row for row in rows}


def quiz_size(activity_id: int) -> tuple[int, bool]:
    """How many questions a quiz has, and whether some of them give part of their points."""
    count, partial = db.session.execute(
        select(func.count(), func.count().filter(Question.kind == "multiple_choice")).where(
            Question.activity_id == activity_id
        )
    ).one()
    return count, partial > 0
