"""Pages of the exchange, one module for each group. Each adds its views to `bp`."""

from lms.exchange.views import apply, calls, catalogue, posts  # noqa: F401 - add views
from lms.exchange.views.blueprint import bp

__all__ = ["bp"]
