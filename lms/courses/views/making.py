"""Making a course: its description, steps and pictures."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.collation import in_order
from lms.core.errors import NotFound, Refused
from lms.core.i18n import Text, in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import in_order_of
from lms.core.web import PICTURES, Column, Upload, access, current_actor, is_htmx, render_form, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.translating import translation_page
from lms.courses import policy, services
from lms.courses.flow import COURSE
from lms.courses.forms import CourseForm, PageForm, PictureForm, PreviewForm, QuizForm
from lms.courses.models import Activity, Course
from lms.courses.queries import catalogue, teaching
from lms.courses.views.blueprint import bp, direction, pictures_of
from lms.institutions import queries as institutions

_PICTURE = Upload("picture", kinds=PICTURES, max_bytes=5 * 1024 * 1024)
_COLUMNS = (
    Column(_l("Code"), lambda course: course.code, "code", Course.code),
    Column(_l("Title"), lambda course: in_reader_language(course, "title"), "title", Course.title_en),
    Column(
        _l("State"), lambda course: COURSE.state_of(course).label, "state", in_order_of(Course.state, COURSE.states)
    ),
    Column(_l("Created on"), lambda course: course.created_at, "created", Course.created_at),
    Column(_l("Offerings"), lambda course: "; ".join(offering.code for offering in course.offerings)),
)


def named_institutions(ids: set[int]) -> list[tuple[int, str]]:
    """Institutions as choices, by name."""
    found = institutions.institutions(ids).values()
    return in_order(((one.id, in_reader_language(one, "name")) for one in found), lambda pair: pair[1])


def _sub_centres() -> list[tuple[int, str]]:
    return [(one.id, in_reader_language(one, "name")) for one in institutions.sub_centres()]


@bp.get("/teaching")
@access(policy.TEACH)
def teaching_list() -> Response:
    """The courses that the actor makes."""
    actor = current_actor()
    q, state = request.args.get("q", "").strip(), request.args.get("state", "")
    return render_list(
        "courses/teaching.html",
        query=teaching.my_courses(actor, q=q, state=state),
        q=q,
        state=state,
        order=teaching.COURSE_ORDER,
        columns=_COLUMNS,
        name="my-courses",
        machine=COURSE,
        may_create=policy.CREATE_COURSE.allows(actor),
    )


@bp.route("/new", methods=["GET", "POST"])
@access(policy.CREATE_COURSE)
def new_course() -> ResponseReturnValue:
    """Start a course."""
    actor = current_actor()
    own = named_institutions(set(actor.scopes_of("instructor", "institution")))
    form = CourseForm.of(None, institutions=own, sub_centres=_sub_centres())
    if course := form.submit(lambda: services.create_course(actor, **form.values())):
        flash(_l("The course was created. Now add its pages and quizzes."), "success")
        return redirect(url_for("courses.workshop", code=course.code), 303)
    return render_form("courses/course_form.html", form, course=None)


@bp.route("/<code>/describe", methods=["GET", "POST"])
@access(policy.EDIT_COURSE, load=teaching.workshop)
def describe_course(course: Course) -> ResponseReturnValue:
    """Change what the catalogue says."""
    form = CourseForm.of(course, institutions=(), sub_centres=_sub_centres())

    def act() -> bool:
        services.change_course(current_actor(), course, version=form.seen_version, **form.values())
        return True

    if form.submit(act):
        flash(_l("Saved."), "success")
        return redirect(url_for("courses.workshop", code=course.code), 303)
    return render_form("courses/course_form.html", form, course=course)


@bp.route("/<code>/languages", methods=["GET", "POST"])
@access(policy.EDIT_COURSE, load=teaching.workshop)
def translate_course(course: Course) -> ResponseReturnValue:
    """Its texts in further languages."""
    return translation_page(
        course,
        fields={"title": _l("Title"), "summary": _l("Summary")},
        save=lambda language, texts, version: services.translate_course(
            current_actor(), course, language=language, texts=texts, version=version
        ),
        title=in_reader_language(course, "title"),
        back=url_for("courses.workshop", code=course.code),
    )


@bp.get("/<code>/workshop")
@access(policy.EDIT_COURSE, load=teaching.workshop)
def workshop(course: Course) -> ResponseReturnValue:
    """Everything about one course for its makers: steps, offerings, pictures, and what is missing."""
    return workshop_page(course)


def workshop_page(
    course: Course,
    *,
    refused: Action | None = None,
    problems: list[Text] | None = None,
    picture_form: PictureForm | None = None,
) -> ResponseReturnValue:
    """The workshop, perhaps with what was refused."""
    page = render_template(
        "courses/workshop.html",
        course=course,
        state=COURSE.state_of(course),
        actions=[
            refused if refused and refused.transition is action.transition else action
            for action in actions_for(COURSE, course)
        ],
        taken=catalogue.places_taken_in(course.id),
        problems=problems or [],
        picture_form=picture_form or PictureForm(formdata=None),
    )
    return page, 422 if refused or problems or (picture_form and picture_form.errors) else 200


@bp.post("/<code>/do/<transition>")
@access(policy.EDIT_COURSE, load=teaching.workshop)
def do_course(course: Course, transition: str) -> ResponseReturnValue:
    """Publish, archive or reopen."""
    if (refused := perform_posted(COURSE, course, transition)) is not None:
        return workshop_page(course, refused=refused)
    flash(COURSE.transitions[transition].timeline_label, "success")
    return redirect(url_for("courses.workshop", code=course.code), 303)


def try_in_workshop(code: str, act: Callable[[], Any]) -> ResponseReturnValue:
    """Do something small and go back to the workshop, which says why if it was refused."""
    try:
        act()
    except Refused as error:
        return workshop_page(teaching.workshop(current_actor(), code), problems=list(error.reasons))
    return redirect(url_for("courses.workshop", code=code), 303)


# --- steps ------------------------------------------------------------------------------------------

_FORMS = {"page": PageForm, "quiz": QuizForm}


@bp.route("/<code>/steps/new/<kind>", methods=["GET", "POST"])
@access(policy.EDIT_COURSE, load=catalogue.course_visible_to)
def new_step(course: Course, kind: str) -> ResponseReturnValue:
    """Add a page or a quiz."""
    if kind not in _FORMS:
        raise NotFound
    form = _FORMS[kind]()
    add = services.add_page if kind == "page" else services.add_quiz
    if "preview" not in request.form and (
        activity := form.submit(lambda: add(current_actor(), course, **form.values()))
    ):
        return redirect(_after_step(course, activity), 303)
    return _step_form(form, course, None, kind)


def _after_step(course: Course, activity: Activity) -> str:
    if activity.kind == "quiz":
        return url_for("courses.questions", code=course.code, ref=activity.ref)
    return url_for("courses.workshop", code=course.code)


def _step_form(form: PageForm | QuizForm, course: Course, activity: Activity | None, kind: str) -> Response:
    return render_form(
        "courses/step_form.html",
        form,
        course=course,
        activity=activity,
        kind=kind,
        preview=form.body.data if "preview" in request.form else None,
        resolve_image=pictures_of(course.code),
        pictures=teaching.pictures_in(course.id),
    )


@bp.route("/<code>/steps/<ref>", methods=["GET", "POST"])
@access(policy.EDIT_STEP, load=teaching.activity_visible_to)
def edit_step(activity: Activity) -> ResponseReturnValue:
    """Change a page or the settings of a quiz."""
    course = activity.course
    form = _FORMS[activity.kind](obj=activity, version=str(activity.version))

    def act() -> bool:
        services.change_activity(current_actor(), activity, version=form.seen_version, **form.values())
        return True

    if "preview" not in request.form and form.submit(act):
        flash(_l("Saved."), "success")
        return redirect(_after_step(course, activity), 303)
    return _step_form(form, course, activity, activity.kind)


@bp.post("/<code>/steps/<ref>/move")
@access(policy.EDIT_STEP, load=teaching.activity_visible_to)
def move_step(activity: Activity) -> ResponseReturnValue:
    """One up or one down."""
    services.move_activity(current_actor(), activity, up=direction())
    return redirect(url_for("courses.workshop", code=activity.course.code, _anchor=f"step-{activity.ref}"), 303)


@bp.post("/<code>/steps/<ref>/remove")
@access(policy.EDIT_STEP, load=teaching.activity_visible_to)
def remove_step(activity: Activity) -> ResponseReturnValue:
    """Take a step out."""
    return try_in_workshop(activity.course.code, lambda: services.remove_activity(current_actor(), activity))


@bp.post("/<code>/preview")
@access(policy.EDIT_COURSE, load=catalogue.course_visible_to)
def preview(course: Course) -> ResponseReturnValue:
    """A text as learners will see it, for the part of the page beside it. Nothing is kept."""
    form = PreviewForm()
    if not is_htmx():
        raise NotFound
    return render_template("courses/preview.html", preview=form.body.data or "", resolve_image=pictures_of(course.code))


# --- pictures ---------------------------------------------------------------------------------------


@bp.post("/<code>/pictures")
@access(policy.EDIT_COURSE, load=teaching.workshop, uploads=[_PICTURE])
def add_picture(course: Course) -> ResponseReturnValue:
    """Upload a picture with its description in words."""
    form = PictureForm()
    actor = current_actor()
    picture = form.submit(
        lambda: services.add_picture(actor, course, staged=form.picture.data[0], alt=form.alt.data or "")
    )
    if picture is None:
        return workshop_page(course, picture_form=form)
    flash(_l("The picture was added. Copy its line into a page."), "success")
    return redirect(url_for("courses.workshop", code=course.code, _anchor="pictures"), 303)


@bp.post("/<code>/pictures/<name>/remove")
@access(policy.EDIT_COURSE, load=catalogue.course_visible_to)
def remove_picture(course: Course, name: str) -> ResponseReturnValue:
    """Take a picture out, unless a page still shows it."""
    actor = current_actor()
    picture = catalogue.picture_visible_to(actor, course.code, name)
    return try_in_workshop(course.code, lambda: services.remove_picture(actor, picture))
