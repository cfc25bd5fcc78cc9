"""The life of an attempt at a quiz: open until it is submitted or its time is up, then marked at once."""

from lms.core import audit, outbox
from lms.core.access import Permission
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, Machine, State, Transition
from lms.courses import marking, policy, rules
from lms.courses.flow.progress import record_progress
from lms.courses.models import Attempt, Enrolment, Offering
from lms.courses.queries import learning


def _time_is_up(context: Context) -> Text | None:
    attempt: Attempt = context.subject
    offering = learning.offering_of(learning.enrolment_of(attempt))
    if context.actor.now >= rules.deadline(attempt, offering):
        return None
    return _l("There is still time.")


def _stamp_submitted(context: Context) -> None:
    context.subject.submitted_at = context.actor.now


def _mark(context: Context) -> None:
    attempt: Attempt = context.subject
    responses = learning.responses_of(attempt)
    earned: list[tuple[int, int]] = []
    for question in learning.questions_of(attempt):
        response = responses.get(question.id)
        credit = marking.credit(question, response.answer if response else None)
        if response is not None:
            response.credit = credit
        earned.append((credit, question.points))
    attempt.score = marking.score(earned)
    db.session.flush()
    audit.record(context.actor, "attempt.marked", subject=("attempt", attempt.id))


def _record_progress(context: Context) -> None:
    enrolment: Enrolment = learning.enrolment_of(context.subject)
    record_progress(context.actor, enrolment)


def schedule_close(actor: Actor, attempt: Attempt, offering: Offering) -> None:
    """Let the clock close an attempt when its time is up."""
    due_at = rules.deadline(attempt, offering)
    outbox.schedule_transition(actor, machine="attempt", subject_id=attempt.id, transition="close", due_at=due_at)


ATTEMPT = Machine(
    "attempt",
    model=Attempt,
    initial="in_progress",
    states=(
        State("in_progress", _l("In progress"), "info"),
        State("marked", _l("Marked"), "success", is_final=True),
    ),
    transitions=(
        Transition(
            "submit",
            _l("Submit and see the result"),
            ("in_progress",),
            "marked",
            permission=Permission("attempt.submit", any_of=policy.ATTEMPT.any_of),
            stamps=(_stamp_submitted,),
            effects=(_mark, _record_progress),
            done_label=_l("Submitted"),
        ),
        Transition(
            "close",
            _l("Close"),
            ("in_progress",),
            "marked",
            guards=(_time_is_up,),
            stamps=(_stamp_submitted,),
            effects=(_mark, _record_progress),
            by_clock=True,
            done_label=_l("Closed when the time was up"),
        ),
    ),
)
