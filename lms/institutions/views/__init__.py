"""Pages of institutions, by what somebody comes for."""

from lms.institutions.views import (  # noqa: F401 - each adds its pages
    affiliations,
    directory,
    manage,
    merging,
    secretariat,
)
from lms.institutions.views.blueprint import bp

__all__ = ["bp"]
