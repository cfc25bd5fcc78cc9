"""What learners and offices receive about courses."""

from lms.notifications.messages import Message

ENROLLED = Message("course_enrolled", "course_enrolled")
WAITLISTED = Message("course_waitlisted", "course_waitlisted")
REJECTED = Message("course_rejected", "course_rejected")
APPLICATION_CAME = Message("course_application", "course_application")
