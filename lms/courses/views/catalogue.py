"""The public catalogue and the page of a course."""

from datetime import datetime

from flask import Response, render_template, request

from lms.core.access import PUBLIC
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import looked_up
from lms.core.storage import serving
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.courses import policy
from lms.courses.forms import LANGUAGES, LEVELS, MODES, EnrolForm
from lms.courses.models import Course, CoursePicture, Offering
from lms.courses.queries import catalogue as queries
from lms.courses.views.blueprint import bp, pictures_of
from lms.institutions import queries as institutions


def _next_deadline(course: Course) -> str:
    offering = next(iter(course.offerings), None)
    return offering.enrol_closes_at.isoformat(timespec="minutes") if offering else ""


def _columns(now: datetime) -> list[Column]:
    return [
        Column(_l("Code"), lambda course: course.code),
        Column(_l("Title"), lambda course: course.title_en, "title", Course.title_en),
        Column(_l("Title in Chinese"), lambda course: course.title_zh),
        Column(
            _l("Institution"),
            lambda course: in_reader_language(course.institution, "name"),
            "institution",
            looked_up(Course.institution, "name_en"),
        ),
        Column(_l("Language"), lambda course: dict(LANGUAGES).get(course.language, course.language)),
        Column(_l("Level"), lambda course: dict(LEVELS)[course.level]),
        Column(_l("Hours"), lambda course: course.hours, "hours", Course.hours),
        Column(
            _l("Sub research centres"),
            lambda course: "; ".join(in_reader_language(one, "name") for one in course.sub_centres),
        ),
        Column(_l("Enrolment closes"), _next_deadline, "closes", queries.next_deadline(now)),
        Column(_l("Published on"), lambda course: course.published_at, "published", Course.published_at),
    ]


@bp.get("/")
@access(PUBLIC)
def catalogue() -> Response:
    """All published courses, searched and filtered."""
    asked, now = request.args, current_actor().now
    wanted = queries.CourseFilter(
        q=asked.get("q", "").strip(),
        sub_centre=asked.get("sub_centre", ""),
        language=asked.get("language", ""),
        level=asked.get("level", ""),
        mode=asked.get("mode", ""),
        country=asked.get("country", ""),
        open_now=asked.get("open") == "now",
    )
    return render_list(
        "courses/catalogue.html",
        query=queries.catalogue(now, wanted),
        order=queries.ORDER,
        columns=_columns(now),
        name="courses",
        wanted=wanted,
        sub_centres=institutions.sub_centres(),
        countries=institutions.countries(),
        languages_of_courses=LANGUAGES,
        levels=LEVELS,
        modes=MODES,
    )


@bp.get("/<code>")
@access(policy.VIEW_COURSE, load=queries.course_page)
def course(course: Course) -> str:
    """What a course is about, and how to take part."""
    actor = current_actor()
    return render_template(
        "courses/course.html",
        course=course,
        resolve_image=pictures_of(course.code),
        taken=queries.places_taken_in(course.id),
        mine=queries.my_enrolments_in(actor, course.id),
        may_edit=policy.EDIT_COURSE.allows(actor, course),
        form=EnrolForm(),
    )


@bp.get("/<code>/pictures/<name>")
@access(PUBLIC, load=queries.picture_visible_to)
def picture(picture: CoursePicture) -> Response:
    """A picture of a course, for whoever may see the course."""
    return serving.send(picture.file, inline=True)


@bp.get("/offerings/<ref>")
@access(policy.VIEW_OFFERING, load=queries.offering_visible_to)
def offering(offering: Offering) -> Response:
    """One offering: dates, places, what completes it, and the way in."""
    return offering_page(offering, EnrolForm())


def offering_page(offering: Offering, form: EnrolForm) -> Response:
    """The page of an offering, with the form as it stands."""
    actor = current_actor()
    taken = queries.places_taken(offering.id)
    form.motivation.flags.required = offering.mode == "restricted"  # The service asks for it there.
    return render_form(
        "courses/offering.html",
        form,
        offering=offering,
        course=offering.course,
        is_full=offering.capacity is not None and taken >= offering.capacity,
        places_left=None if offering.capacity is None else max(0, offering.capacity - taken),
        mine=queries.my_enrolments_in(actor, offering.course_id).get(offering.id),
        may_manage=policy.SEE_PARTICIPANTS.allows(actor, offering),
    )
