"""The state machines that every kind of application shares. Importing this registers them."""

from lms.applications.flow.endorsement import ENDORSEMENT
from lms.applications.flow.review import REVIEW

__all__ = ["ENDORSEMENT", "REVIEW"]
