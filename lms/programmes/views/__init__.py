"""Pages of joint degrees, one module for each group. Each adds its views to `bp`."""

from lms.programmes.views import (  # noqa: F401 - add views
    agreements,
    applying,
    award,
    catalogue,
    curriculum,
    deciding,
    grades,
    intakes,
    programmes,
    study,
    supervision,
)
from lms.programmes.views.blueprint import bp

__all__ = ["bp"]
