"""Short courses: catalogue, offerings, content, quizzes and completion."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages, roles, machines and navigation."""
    from lms.core.i18n import lazy_gettext as _l
    from lms.core.web import NavEntry, register_navigation
    from lms.courses import flow, policy  # noqa: F401 - for their side effects
    from lms.courses.views import bp

    app.register_blueprint(bp)
    register_navigation(NavEntry(_l("Courses"), "courses.catalogue", 10))
