"""Joint degree programmes: agreements, admission, curriculum, study and award."""

from flask import Flask


def register(app: Flask) -> None:
    """Add this package's pages, state machines and navigation."""
    from lms.core.i18n import lazy_gettext as _l
    from lms.core.web import NavEntry, register_navigation
    from lms.programmes import flow, models  # noqa: F401 - registers tables and machines
    from lms.programmes.views import bp

    app.register_blueprint(bp)
    register_navigation(NavEntry(_l("Programmes"), "programmes.catalogue", 20))
