"""The state machines of courses: `course`, `enrolment` and `attempt`."""

from lms.courses.flow.attempt import ATTEMPT
from lms.courses.flow.course import COURSE, index_course
from lms.courses.flow.enrolment import ENROLMENT, fill_places
from lms.courses.flow.progress import record_progress

__all__ = ["ATTEMPT", "COURSE", "ENROLMENT", "fill_places", "index_course", "record_progress"]
