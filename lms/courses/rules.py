"""Yes and no about courses, from data that the caller has loaded."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from lms.core.i18n import Text, listed
from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf import missing_characters
from lms.courses.models import Activity, Attempt, Course, Offering, Question

CODE = re.compile(r"[A-Z][A-Z0-9-]{1,18}[A-Z0-9]", re.ASCII)
# Bounded, so that no text, however odd, takes long to search.
_PICTURE = re.compile(r"!\[[^\]]{0,500}\]\(\s*<?([^)\s>]{1,300})")
_PICTURE_WITHOUT_WORDS = re.compile(r"!\[\s*\]\(")

Window = Literal["soon", "open", "closed"]


class Step(Protocol):
    """What the completion rule needs of a step."""

    @property
    def id(self) -> int:
        """Which one."""
        ...

    @property
    def kind(self) -> str:
        """A page or a quiz."""
        ...


def window(offering: Offering, now: datetime) -> Window:
    """Whether one can enrol or apply."""
    if now < offering.enrol_opens_at:
        return "soon"
    return "open" if now < offering.enrol_closes_at else "closed"


def is_running(offering: Offering, now: datetime) -> bool:
    """Whether learning counts: from the start to the end."""
    return offering.starts_at <= now < offering.ends_at


def has_place(offering: Offering, taken: int) -> bool:
    """Whether one more fits."""
    return offering.capacity is None or taken < offering.capacity


def deadline(attempt: Attempt, offering: Offering) -> datetime:
    """When an attempt is closed at the latest: by its time limit or by the end of the offering."""
    return min(attempt.deadline_at or offering.ends_at, offering.ends_at)


def is_earned(
    offering: Offering,
    activities: Sequence[Step],
    read: Collection[int],
    best_scores: Mapping[int, int],
) -> bool:
    """Whether the completion rule is met. `best_scores` by activity id, in hundredths of a per cent."""
    pages = [activity.id for activity in activities if activity.kind == "page"]
    quizzes = [activity.id for activity in activities if activity.kind == "quiz"]
    if offering.requires_pages and not set(pages) <= set(read):
        return False
    if offering.pass_mark is None:
        return offering.requires_pages or bool(set(read) | set(best_scores))
    return all(best_scores.get(quiz, -1) >= offering.pass_mark * 100 for quiz in quizzes)


# --- what stands between a draft and its publication; the course comes with its steps, questions and pictures ---


def lacks_summary(course: Course) -> Text | None:
    """The catalogue shows a summary."""
    return None if course.summary_en or course.summary_zh else _l("Write a summary, which the catalogue shows.")


def lacks_description(course: Course) -> Text | None:
    """The course's page says what it is about."""
    return None if course.description else _l("Describe what learners will be able to do.")


def lacks_sub_centre(course: Course) -> Text | None:
    """Catalogues are filtered by sub research centre."""
    return None if course.sub_centres else _l("Choose at least one sub research centre.")


def lacks_steps(course: Course) -> Text | None:
    """There is something to learn."""
    return None if course.activities else _l("Add at least one page or quiz.")


def has_empty_pages(course: Course) -> Text | None:
    """Every page says something."""
    empty = [one for one in course.activities if one.kind == "page" and not one.body.strip()]
    return _l("These pages are empty: %(titles)s.", titles=_titles(empty)) if empty else None


def has_empty_quizzes(course: Course) -> Text | None:
    """Every quiz asks something."""
    empty = [one for one in course.activities if one.kind == "quiz" and not one.questions]
    return _l("These quizzes have no question: %(titles)s.", titles=_titles(empty)) if empty else None


def has_wordless_pictures(course: Course) -> Text | None:
    """Every picture is described for those who do not see it."""
    found = [one for one in course.activities if _PICTURE_WITHOUT_WORDS.search(one.body)]
    return _l("Describe the pictures in words on: %(titles)s.", titles=_titles(found)) if found else None


def lacks_pictures(course: Course) -> Text | None:
    """Every picture that a text shows was uploaded."""
    texts = [course.description, *(one.body for one in course.activities)]
    named = {name for text in texts for name in named_pictures(text)}
    missing = sorted(named - {picture.name for picture in course.pictures})
    return _l("Upload these pictures, which pages show: %(names)s.", names=listed(missing)) if missing else None


def has_unprintable_title(course: Course) -> Text | None:
    """The title stands on certificates."""
    missing = missing_characters(course.title_en + course.title_zh)
    if not missing:
        return None
    return _l("The title holds characters that no certificate can print: %(characters)s.", characters=" ".join(missing))


def _titles(activities: Sequence[Activity]) -> str:
    return listed(activity.title for activity in activities)


def named_pictures(markdown: str) -> set[str]:
    """The names of the course's own pictures that a text shows."""
    return {source for source in _PICTURE.findall(markdown) if ":" not in source and not source.startswith("/")}


def flaw_of(question: Question) -> Text | None:
    """What makes a question impossible to answer, if anything."""
    right = [option for option in question.options if option["correct"]]
    match question.kind:
        case "single_choice" if len(question.options) < 2 or len(right) != 1:
            return _l("Give at least two options and mark exactly one as right.")
        case "multiple_choice" if len(question.options) < 2 or not right:
            return _l("Give at least two options and mark at least one as right.")
    return None
