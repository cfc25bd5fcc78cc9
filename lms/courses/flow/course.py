"""The life of a course: written as a draft, published, archived, perhaps published again."""

from collections.abc import Callable

from lms.core import search
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.translated import texts_in_all_languages
from lms.core.workflow import Context, Guard, Machine, State, Transition
from lms.courses import policy, rules
from lms.courses.models import Course


def _guard(rule: Callable[[Course], Text | None]) -> Guard:
    def guard(context: Context) -> Text | None:
        return rule(context.subject)

    guard.__name__ = rule.__name__
    return guard


def _publish(context: Context) -> None:
    context.subject.published_at = context.actor.now


def _make_findable(context: Context) -> None:
    index_course(context.subject)


def _hide(context: Context) -> None:
    search.remove("course", context.subject.id)


def index_course(course: Course) -> None:
    """Bring the search entry of a published course up to date."""
    if course.state != "published":
        return
    institution = course.institution
    search.index(
        "course",
        course.id,
        title=course.title_en,
        texts=[
            course.title_zh,
            course.code,
            course.summary_en,
            course.summary_zh,
            *texts_in_all_languages(course),
            institution.name_en,
            institution.name_zh,
            institution.name_local,
        ],
    )


_READY = tuple(
    _guard(rule)
    for rule in (
        rules.lacks_summary,
        rules.lacks_description,
        rules.lacks_sub_centre,
        rules.lacks_steps,
        rules.has_empty_pages,
        rules.has_empty_quizzes,
        rules.has_wordless_pictures,
        rules.lacks_pictures,
        rules.has_unprintable_title,
    )
)
"""A course is fit to be read by everybody. Asked anew when it comes back: texts may change in the archive."""

COURSE = Machine(
    "course",
    model=Course,
    initial="draft",
    states=(
        State("draft", _l("Draft"), "neutral"),
        State("published", _l("Published"), "success"),
        State("archived", _l("Archived"), "neutral"),
    ),
    transitions=(
        Transition(
            "publish",
            _l("Publish"),
            ("draft",),
            "published",
            permission=policy.EDIT_COURSE,
            guards=_READY,
            stamps=(_publish,),
            effects=(_make_findable,),
            tone="success",
            done_label=_l("Published"),
        ),
        Transition(
            "archive",
            _l("Archive"),
            ("published",),
            "archived",
            permission=policy.EDIT_COURSE,
            effects=(_hide,),
            tone="danger",
            done_label=_l("Archived"),
            confirm=_l(
                "Archive this course? It leaves the catalogue until you reopen it; those enrolled can finish it."
            ),
        ),
        Transition(
            "reopen",
            _l("Reopen"),
            ("archived",),
            "published",
            permission=policy.EDIT_COURSE,
            guards=_READY,
            effects=(_make_findable,),
            tone="success",
            done_label=_l("Reopened"),
            confirm=_l("Reopen this course? It comes back to the catalogue, with its offerings as they stand."),
        ),
    ),
)
