"""The state machines that every kind of application shares. Importing this registers them."""

from lms.applications.flow.endorsement import ENDORSEMENT

__all__ = ["ENDORSEMENT"]
