"""Taking a quiz: answers are saved one by one with script, all at once without; then submitted and reviewed."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.errors import Conflict, NotFound, Refused
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import access, current_actor, is_htmx
from lms.courses import marking, policy, rules, services
from lms.courses.models import Attempt, Question, Response
from lms.courses.queries import learning
from lms.courses.views.blueprint import bp, pictures_of


@dataclass(frozen=True)
class Asked:
    """A question as the page shows it: its options in the attempt's order and the answer saved so far."""

    number: int
    question: Question
    options: list[dict[str, Any]]
    response: Response | None

    @property
    def answer(self) -> dict[str, Any]:
        """The saved answer; empty when there is none."""
        return self.response.answer if self.response else {}

    @property
    def problem(self) -> Text | None:
        """Why the saved answer cannot be right as it stands."""
        return _problem(self.question, self.answer)

    @property
    def seen(self) -> str:
        """Tells what this page showed from what another tab has saved since."""
        return _fingerprint(self.answer)


def _problem(question: Question, answer: dict[str, Any] | None) -> Text | None:
    if marking.is_unreadable(question.kind, answer):
        return _l("This is not a number. Write it in figures, such as 2.5.")
    return None


def _fingerprint(answer: dict[str, Any] | None) -> str:
    return hashlib.sha256(json.dumps(answer or {}, sort_keys=True).encode()).hexdigest()[:12]


def _asked(attempt: Attempt) -> list[Asked]:
    responses = learning.responses_of(attempt)
    return [
        Asked(
            number,
            question,
            marking.shuffled(question.options, attempt.seed, question.id),
            responses.get(question.id),
        )
        for number, question in enumerate(learning.questions_of(attempt), start=1)
    ]


def _context(attempt: Attempt) -> dict[str, Any]:
    offering = attempt.enrolment.offering
    return {
        "attempt": attempt,
        "activity": attempt.activity,
        "enrolment": attempt.enrolment,
        "offering": offering,
        "course": offering.course,
        "asked": _asked(attempt),
        "deadline": rules.deadline(attempt, offering),
        "resolve_image": pictures_of(offering.course.code),
    }


def _is_open(attempt: Attempt) -> bool:
    return attempt.state == "in_progress" and current_actor().now < rules.deadline(attempt, attempt.enrolment.offering)


@bp.get("/attempts/<ref>")
@access(policy.ATTEMPT, load=learning.attempt_visible_to)
def attempt(attempt: Attempt) -> ResponseReturnValue:
    """The questions with the answers so far; once submitted, the result."""
    if attempt.state == "marked":
        return render_template("courses/review.html", **_context(attempt))
    if not _is_open(attempt):
        return redirect(url_for("courses.finish", ref=attempt.ref))
    return render_template("courses/quiz.html", **_context(attempt))


@bp.post("/attempts/<ref>")
@access(policy.ATTEMPT, load=learning.attempt_visible_to)
def save(attempt: Attempt) -> ResponseReturnValue:
    """Save what this page changed, then stay (`stay`) or go on to the summary."""
    changed: dict[int, dict[str, Any] | None] = {}
    for question in learning.questions_of(attempt):
        answer = marking.answer_from(question.kind, request.form.getlist(f"q-{question.ref}"))
        if _fingerprint(answer) != request.form.get(f"seen-{question.ref}"):
            changed[question.id] = answer
    try:
        services.save_answers(current_actor(), attempt, changed)
    except (Conflict, Refused):
        return redirect(url_for("courses.finish", ref=attempt.ref), 303)
    target = "courses.attempt" if "stay" in request.form else "courses.finish"
    return redirect(url_for(target, ref=attempt.ref), 303)


@bp.post("/attempts/<ref>/answers/<question_ref>")
@access(policy.ATTEMPT, load=learning.attempt_visible_to)
def save_answer(attempt: Attempt, question_ref: str) -> ResponseReturnValue:
    """Save one answer, as soon as it is given; answers with the line below the question."""
    question = learning.question_in(attempt, question_ref)
    if question is None:
        raise NotFound
    answer = marking.answer_from(question.kind, request.form.getlist(f"q-{question.ref}"))
    problem = _problem(question, answer)
    status = 200
    try:
        services.save_answers(current_actor(), attempt, {question.id: answer})
    except (Conflict, Refused) as error:
        problem, status = error.message or error.args[0], 422
        if isinstance(error, Refused):
            problem = error.reasons[0]
    if not is_htmx():
        return redirect(url_for("courses.attempt", ref=attempt.ref), 303)
    line = render_template(
        "courses/saved_line.html",
        question=question,
        seen=_fingerprint(answer),
        is_saved=problem is None and answer is not None,
        problem=problem,
    )
    return make_response(line, status)


@bp.get("/attempts/<ref>/finish")
@access(policy.ATTEMPT, load=learning.attempt_visible_to)
def finish(attempt: Attempt) -> ResponseReturnValue:
    """Before submitting: what is answered, what is not."""
    if attempt.state == "marked":
        return redirect(url_for("courses.attempt", ref=attempt.ref))
    return render_template("courses/finish.html", **_context(attempt), is_open=_is_open(attempt))


@bp.post("/attempts/<ref>/do/submit")
@access(policy.ATTEMPT, load=learning.attempt_visible_to)
def submit(attempt: Attempt) -> ResponseReturnValue:
    """Hand in and mark at once. A second click finds it done and shows the result."""
    if attempt.state == "in_progress":
        services.submit_attempt(current_actor(), attempt)
    return redirect(url_for("courses.attempt", ref=attempt.ref), 303)
