"""Pages that belong to no single domain: home, dashboard, what waits, search over everything, administration."""

from flask import Flask


def register(app: Flask) -> None:
    """Add this package's pages and navigation."""
    from lms.core.access import SIGNED_IN
    from lms.core.i18n import lazy_gettext as _l
    from lms.core.web import NavEntry, register_navigation
    from lms.portal import jobs  # noqa: F401 - registers what the relay does
    from lms.portal.policy import ADMINISTER
    from lms.portal.record import privacy  # noqa: F401 - says what it keeps
    from lms.portal.record import views as record
    from lms.portal.views import admin, dashboard, home, waiting

    app.register_blueprint(home.bp)
    app.register_blueprint(dashboard.bp)
    app.register_blueprint(admin.bp)
    app.register_blueprint(record.bp)
    del waiting  # Imported for its pages, which stand in the dashboard's blueprint.
    register_navigation(NavEntry(_l("Dashboard"), "dashboard.show", 0, SIGNED_IN))
    register_navigation(NavEntry(_l("My record"), "record.mine", 34, SIGNED_IN, is_personal=True))
    register_navigation(NavEntry(_l("Administration"), "admin.index", 90, ADMINISTER))
