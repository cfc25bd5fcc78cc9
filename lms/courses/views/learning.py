"""Learning: the home of a course, its pages, and what is read."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.core.errors import NotFound, Refused
from lms.core.web import access, current_actor
from lms.courses import policy, rules, services
from lms.courses.models import Activity, Enrolment
from lms.courses.queries import learning
from lms.courses.views.blueprint import bp, pictures_of


@bp.get("/learn/<ref>")
@access(policy.LEARN, load=learning.my_enrolment)
def home(enrolment: Enrolment) -> str:
    """The steps of a course, what is done, and where to go on."""
    offering = enrolment.offering
    progress = learning.progress_of(enrolment, offering.course_id)
    return render_template(
        "courses/home.html",
        enrolment=enrolment,
        offering=offering,
        course=offering.course,
        progress_data=progress,
        done=progress.done_count(offering.pass_mark),
        next_step=progress.next_step(offering.pass_mark),
        is_running=rules.is_running(offering, current_actor().now),
    )


@bp.get("/learn/<ref>/<step>")
@access(policy.LEARN, load=learning.my_enrolment)
def step(enrolment: Enrolment, step: str) -> str:
    """One step: a page to read, or the start of a quiz."""
    return _step_page(enrolment, learning.activity_in(enrolment.offering.course_id, step))


def _step_page(enrolment: Enrolment, activity: Activity, reasons: list[object] | None = None) -> str:
    offering = enrolment.offering
    progress = learning.progress_of(enrolment, offering.course_id)
    before, after = progress.neighbours(activity)
    context = {
        "enrolment": enrolment,
        "offering": offering,
        "course": offering.course,
        "activity": activity,
        "progress_data": progress,
        "before": before,
        "after": after,
        "reasons": reasons or [],
        "is_running": rules.is_running(offering, current_actor().now),
        "resolve_image": pictures_of(offering.course.code),
    }
    if activity.kind == "page":
        return render_template("courses/step_page.html", **context)
    count, has_partial = learning.quiz_size(activity.id)
    attempts = progress.attempts.get(activity.id, [])
    return render_template(
        "courses/step_quiz.html", **context, attempts=attempts, question_count=count, has_partial=has_partial
    )


@bp.post("/learn/<ref>/<step>/read")
@access(policy.LEARN, load=learning.my_enrolment)
def read(enrolment: Enrolment, step: str) -> ResponseReturnValue:
    """Mark a page as read and go to the next step. Doing so twice is harmless, so no token is used up."""
    activity = learning.activity_in(enrolment.offering.course_id, step)
    if activity.kind != "page":
        raise NotFound
    try:
        services.mark_read(current_actor(), enrolment, activity)
    except Refused as error:
        return _step_page(enrolment, activity, list(error.reasons)), 422
    progress = learning.progress_of(enrolment, enrolment.offering.course_id)
    _before, after = progress.neighbours(activity)
    if after is None:
        return redirect(url_for("courses.home", ref=enrolment.ref), 303)
    return redirect(url_for("courses.step", ref=enrolment.ref, step=after.ref), 303)


@bp.post("/learn/<ref>/<step>/start")
@access(policy.LEARN, load=learning.my_enrolment)
def start_quiz(enrolment: Enrolment, step: str) -> ResponseReturnValue:
    """Begin an attempt, or go on with the one under way."""
    activity = learning.activity_in(enrolment.offering.course_id, step)
    if activity.kind != "quiz":
        raise NotFound
    try:
        attempt = services.start_attempt(current_actor(), enrolment, activity)
    except Refused as error:
        return _step_page(enrolment, activity, list(error.reasons)), 422
    return redirect(url_for("courses.attempt", ref=attempt.ref), 303)
