"""Pages of the exchange, one module for each group. Each adds its views to `bp`."""

from lms.exchange.views import (  # noqa: F401 - add views
    apply,
    call_figures,
    calls,
    capacities,
    catalogue,
    deciding,
    guarantees,
    offers,
    placements,
    posts,
    ranking,
    screening,
)
from lms.exchange.views.blueprint import bp

__all__ = ["bp"]
