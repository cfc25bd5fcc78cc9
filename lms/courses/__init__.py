"""Short courses: catalogue, offerings, content, quizzes and completion."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages, roles, machines and navigation."""
    from lms.core.access import SIGNED_IN
    from lms.core.i18n import lazy_gettext as _l
    from lms.core.web import NavEntry, register_navigation
    from lms.courses import flow, jobs, policy, privacy  # noqa: F401 - for their side effects
    from lms.courses.views import bp

    app.register_blueprint(bp)
    register_navigation(NavEntry(_l("Courses"), "courses.catalogue", 10))
    register_navigation(NavEntry(_l("My learning"), "courses.mine", 30, SIGNED_IN, is_personal=True))
    register_navigation(NavEntry(_l("Courses I teach"), "courses.teaching_list", 40, policy.TEACH, is_personal=True))
    register_navigation(
        NavEntry(_l("Our people’s learning"), "courses.our_people", 45, policy.OUR_PEOPLE, is_personal=True)
    )
