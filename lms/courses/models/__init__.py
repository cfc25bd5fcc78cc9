"""Short courses: what is taught (`content`), when and for whom (`offering`), and how far somebody is (`learning`)."""

from lms.courses.models.content import Activity, Course, CoursePicture, Question, course_sub_centre
from lms.courses.models.learning import Attempt, PageRead, Response
from lms.courses.models.offering import Enrolment, Offering

__all__ = [
    "Activity",
    "Attempt",
    "Course",
    "CoursePicture",
    "Enrolment",
    "Offering",
    "PageRead",
    "Question",
    "Response",
    "course_sub_centre",
]
