"""Taking courses: reading, answering, submitting."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Executable, select
from sqlalchemy.dialects import postgresql, sqlite

from lms.core import workflow
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.errors import Conflict, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.courses import flow, rules
from lms.courses.flow.attempt import schedule_close
from lms.courses.models import Activity, Attempt, Enrolment, Offering, PageRead, Response
from lms.courses.queries import learning, teaching


def _require_running(actor: Actor, offering: Offering) -> None:
    if actor.now < offering.starts_at:
        raise Refused([_l("The course has not started yet.")])
    if actor.now >= offering.ends_at:
        raise Refused([_l("The course is over. You can still read everything.")])


@cache
def _upsert(model: type[PageRead | Response], dialect: str, *, keep: bool) -> Executable:
    """Insert rows; where one is there already, overwrite it or `keep` it. Two tabs may do so at once.

    Made once, because every saved answer needs it.
    """
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = make(model.__table__)  # type: ignore[arg-type]
    key = [column.name for column in model.__table__.primary_key]
    if keep:
        return statement.on_conflict_do_nothing(index_elements=key)
    changed = {name: column for name, column in statement.excluded.items() if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=changed)


def mark_read(actor: Actor, enrolment: Enrolment, page: Activity) -> None:
    """Note that a page was read; doing so again changes nothing. Raises Refused outside the course's dates."""
    _require_running(actor, enrolment.offering)
    row = {"enrolment_id": enrolment.id, "activity_id": page.id, "read_at": actor.now}
    db.session.execute(_upsert(PageRead, db.engine.dialect.name, keep=True), [row])
    flow.record_progress(actor, enrolment)


def start_attempt(actor: Actor, enrolment: Enrolment, quiz: Activity) -> Attempt:
    """Begin an attempt, or come back to the one under way. Raises Refused when none is left or it is too late."""
    db.session.refresh(enrolment, attribute_names=["version"], with_for_update=True)
    attempts = learning.attempts_at(enrolment.id, quiz.id)
    if attempts and attempts[-1].state == "in_progress":
        return attempts[-1]
    _require_running(actor, enrolment.offering)
    if quiz.attempts_allowed is not None and len(attempts) >= quiz.attempts_allowed:
        raise Refused([_l("You have used all attempts at this quiz.")])
    questions = teaching.questions_in(quiz.id)
    if not questions:
        raise Refused([_l("This quiz has no questions yet. Tell the instructor.")])
    minutes = quiz.minutes_allowed
    attempt = Attempt(
        ref=new_ref(),
        enrolment_id=enrolment.id,
        activity_id=quiz.id,
        number=len(attempts) + 1,
        seed=secrets.randbelow(2**31),
        question_ids=[question.id for question in questions],
        started_at=actor.now,
        deadline_at=actor.now + timedelta(minutes=minutes) if minutes else None,
    )
    workflow.start(flow.ATTEMPT, attempt, actor=actor)
    schedule_close(actor, attempt, enrolment.offering)
    return attempt


def save_answers(actor: Actor, attempt: Attempt, answers: Mapping[int, Mapping[str, Any] | None]) -> None:
    """Keep answers by question id; None clears one. What was saved before stays as it is.

    Raises Conflict when the attempt was submitted, Refused when its time is up.
    """
    # Shared with other tabs' saves, but not with a submission that marks what is there.
    state = db.session.scalar(select(Attempt.state).where(Attempt.id == attempt.id).with_for_update(read=True))
    if state != "in_progress":
        raise Conflict(_l("This attempt was submitted already. Your answers are on its result page."))
    if actor.now >= rules.deadline(attempt, attempt.enrolment.offering):
        raise Refused([_l("The time is up. Everything saved before counts.")])
    rows = [
        {
            "attempt_id": attempt.id,
            "question_id": question_id,
            "answer": dict(answer or {}),
            "saved_at": actor.now,
            "credit": None,
        }
        for question_id, answer in answers.items()
        if question_id in attempt.question_ids
    ]
    if rows:
        db.session.execute(_upsert(Response, db.engine.dialect.name, keep=False), rows)


def submit_attempt(actor: Actor, attempt: Attempt) -> None:
    """Hand the attempt in and mark it at once. After its time it is closed as the clock would have done.

    Raises Conflict when it was submitted before.
    """
    if actor.now >= rules.deadline(attempt, attempt.enrolment.offering):
        workflow.perform(flow.ATTEMPT, attempt, "close", actor=system_actor(actor.now))
    else:
        workflow.perform(flow.ATTEMPT, attempt, "submit", actor=actor)
