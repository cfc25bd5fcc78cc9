"""Pages of courses, one file for each group of them."""

from lms.courses.views import (  # noqa: F401 - add views
    catalogue,
    enrolment,
    figures,
    learning,
    making,
    offerings,
    people,
    questions,
    quiz,
)
from lms.courses.views.blueprint import bp

__all__ = ["bp"]
