"""Pages of joint degrees, one module for each group. Each adds its views to `bp`."""

from lms.programmes.views import catalogue  # noqa: F401 - adds views
from lms.programmes.views.blueprint import bp

__all__ = ["bp"]
