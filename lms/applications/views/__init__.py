"""Pages of endorsements and reviews. Each module adds its views to `bp`."""

from lms.applications.views import endorsements, links, mine, reviews  # noqa: F401 - add views
from lms.applications.views.blueprint import bp

__all__ = ["bp"]
