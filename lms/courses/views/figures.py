"""A course in figures, for those who make it: enrolment and completion, and the marks of its quizzes."""

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.core.i18n import lazy_gettext as _l
from lms.core.plots import Plot, Series, bars, histogram
from lms.core.web import access
from lms.core.web.plots import plot_download
from lms.courses import policy
from lms.courses.models import Activity, Course
from lms.courses.queries import catalogue
from lms.courses.queries import course_figures as queries
from lms.courses.views.blueprint import bp


@bp.get("/<code>/figures")
@access(policy.EDIT_COURSE, load=catalogue.course_visible_to)
def figures(course: Course) -> ResponseReturnValue:
    """The plots of a course, each with its table and as CSV."""
    plots = [_completion(course), *(_marks(quiz, marks) for quiz, marks in queries.marks_of(course))]
    if (download := plot_download(plots)) is not None:
        return download
    return render_template("courses/figures.html", course=course, plots=plots)


def _completion(course: Course) -> Plot:
    rows = queries.completion_of(course)
    return bars(
        "completion",
        _l("Enrolment and completion"),
        [code for code, _count, _done in rows],
        [
            Series(_l("Enrolled"), [count for _code, count, _done in rows]),
            Series(_l("Completed"), [done for _code, _count, done in rows]),
        ],
        label_heading=_l("Offering"),
        note=_l("Who withdrew is not counted."),
    )


def _marks(quiz: Activity, marks: list[float]) -> Plot:
    return histogram(
        f"quiz-{quiz.ref}",
        _l("Marks: %(quiz)s", quiz=quiz.title),
        marks,
        lowest=0,
        highest=100,
        bins=10,
        label_heading=_l("Mark in per cent"),
        value_heading=_l("Learners"),
        note=_l("The best mark of each learner, in all offerings together."),
    )
