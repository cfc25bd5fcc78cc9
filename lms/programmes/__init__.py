"""Joint degree programmes: for now the public catalogue, which is still empty."""

from flask import Flask


def register(app: Flask) -> None:
    """Add this package's page and navigation."""
    from lms.core.i18n import lazy_gettext as _l
    from lms.core.web import NavEntry, register_navigation
    from lms.programmes.views import bp

    app.register_blueprint(bp)
    register_navigation(NavEntry(_l("Programmes"), "programmes.catalogue", 20))
