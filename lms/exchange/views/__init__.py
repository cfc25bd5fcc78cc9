"""Pages of the exchange, one module for each group. Each adds its views to `bp`."""

from lms.exchange.views import catalogue  # noqa: F401 - adds views
from lms.exchange.views.blueprint import bp

__all__ = ["bp"]
