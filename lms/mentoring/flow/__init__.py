"""Mentoring's state machines. Importing this registers them."""

from lms.mentoring.flow.concern import CONCERN
from lms.mentoring.flow.meeting import MEETING
from lms.mentoring.flow.mentorship import MENTORSHIP
from lms.mentoring.flow.participant import PARTICIPANT
from lms.mentoring.flow.proposal import PROPOSAL
from lms.mentoring.flow.run import MATCHING_RUN
from lms.mentoring.flow.scheme import SCHEME

__all__ = ["CONCERN", "MATCHING_RUN", "MEETING", "MENTORSHIP", "PARTICIPANT", "PROPOSAL", "SCHEME"]
