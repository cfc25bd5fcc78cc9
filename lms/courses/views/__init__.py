"""Pages of courses, one file for each group of them."""

from lms.courses.views import catalogue, enrolment, learning, making, offerings, people, questions, quiz  # noqa: F401
from lms.courses.views.blueprint import bp

__all__ = ["bp"]
