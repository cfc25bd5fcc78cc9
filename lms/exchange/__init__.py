"""The young-scientist exchange: posts in host labs, applications, allocation, offers and placements."""

from flask import Flask


def register(app: Flask) -> None:
    """Add this package's pages, state machines and navigation."""
    from lms.core.i18n import lazy_gettext as _l
    from lms.core.web import NavEntry, register_navigation
    from lms.exchange import flow, jobs, kind, privacy  # noqa: F401 - registers machines, jobs and what is kept
    from lms.exchange.views import bp

    app.register_blueprint(bp)
    register_navigation(NavEntry(_l("Exchange"), "exchange.index", 30))
