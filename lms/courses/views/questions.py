"""The questions of a quiz."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.errors import NotFound, Refused
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import access, current_actor, render_form
from lms.courses import policy, services
from lms.courses.forms import KINDS, OPTION_ROWS, QuestionForm, question_form
from lms.courses.models import Activity, Question
from lms.courses.queries import teaching
from lms.courses.views.blueprint import bp, direction, pictures_of


@bp.get("/<code>/steps/<ref>/questions")
@access(policy.EDIT_STEP, load=teaching.activity_visible_to)
def questions(activity: Activity) -> ResponseReturnValue:
    """All questions as learners will see them, with the right answers marked, and the way to add more."""
    return _page(activity)


def _page(activity: Activity, problems: list[Text] | None = None) -> ResponseReturnValue:
    if activity.kind != "quiz":
        raise NotFound
    page = render_template(
        "courses/questions.html",
        activity=activity,
        course=activity.course,
        kinds=KINDS,
        problems=problems or [],
        resolve_image=pictures_of(activity.course.code),
    )
    return page, 422 if problems else 200


@bp.route("/<code>/steps/<ref>/questions/new/<kind>", methods=["GET", "POST"])
@access(policy.EDIT_STEP, load=teaching.activity_visible_to)
def new_question(activity: Activity, kind: str) -> ResponseReturnValue:
    """Write a question; the next one of the same kind is one click away."""
    if kind not in dict(KINDS) or activity.kind != "quiz":
        raise NotFound
    form = question_form(kind)
    question = form.submit(lambda: services.add_question(current_actor(), activity, kind=kind, **form.contents()))
    if question is None:
        return _form_page(form, activity, None, kind)
    flash(_l("The question was added."), "success")
    code, ref = activity.course.code, activity.ref
    if "another" in request.form:
        return redirect(url_for("courses.new_question", code=code, ref=ref, kind=kind), 303)
    return redirect(url_for("courses.questions", code=code, ref=ref), 303)


def _form_page(form: QuestionForm, activity: Activity, question: Question | None, kind: str) -> ResponseReturnValue:
    return render_form(
        "courses/question_form.html",
        form,
        activity=activity,
        course=activity.course,
        question=question,
        kind=kind,
        option_rows=range(1, OPTION_ROWS + 1),
        number=len(activity.questions) + 1,
    )


@bp.route("/<code>/steps/<ref>/questions/<question_ref>", methods=["GET", "POST"])
@access(policy.EDIT_QUESTION, load=teaching.question_visible_to)
def edit_question(question: Question) -> ResponseReturnValue:
    """Change a question."""
    activity = question.activity
    form = question_form(question.kind, question)

    def act() -> bool:
        services.change_question(current_actor(), question, version=form.seen_version, **form.contents())
        return True

    if form.submit(act):
        flash(_l("Saved."), "success")
        return redirect(url_for("courses.questions", code=activity.course.code, ref=activity.ref), 303)
    return _form_page(form, activity, question, question.kind)


@bp.post("/<code>/steps/<ref>/questions/<question_ref>/move")
@access(policy.EDIT_QUESTION, load=teaching.question_visible_to)
def move_question(question: Question) -> ResponseReturnValue:
    """One up or one down."""
    services.move_question(current_actor(), question, up=direction())
    activity = question.activity
    return redirect(url_for("courses.questions", code=activity.course.code, ref=activity.ref), 303)


@bp.post("/<code>/steps/<ref>/questions/<question_ref>/remove")
@access(policy.EDIT_QUESTION, load=teaching.question_visible_to)
def remove_question(question: Question) -> ResponseReturnValue:
    """Take a question out, unless somebody has answered it."""
    activity = question.activity
    try:
        services.remove_question(current_actor(), question)
    except Refused as error:
        return _page(activity, list(error.reasons))
    return redirect(url_for("courses.questions", code=activity.course.code, ref=activity.ref), 303)
