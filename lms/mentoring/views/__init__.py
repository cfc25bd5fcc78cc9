"""Pages of mentoring, one module for each group. Each adds its views to `bp`."""

from lms.mentoring.views import (  # noqa: F401 - add views
    calendar,
    catalogue,
    concerns,
    manage,
    matching,
    meetings,
    mentorships,
    profiles,
    proposals,
    watching,
)
from lms.mentoring.views.blueprint import bp

__all__ = ["bp"]
