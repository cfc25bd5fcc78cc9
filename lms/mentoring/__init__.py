"""Mentoring: schemes, matching with reasons, mentorships with goals and meetings."""

from flask import Flask


def register(app: Flask) -> None:
    """Add this package's pages, roles, state machines, jobs and navigation."""
    from lms.core.access import SIGNED_IN
    from lms.core.i18n import lazy_gettext as _l
    from lms.core.web import NavEntry, register_navigation
    from lms.mentoring import flow, jobs, policy, privacy  # noqa: F401 - for their side effects
    from lms.mentoring.views import bp

    app.register_blueprint(bp)
    register_navigation(NavEntry(_l("Mentoring"), "mentoring.catalogue", 40))
    register_navigation(NavEntry(_l("My mentoring"), "mentoring.mine", 35, SIGNED_IN, is_personal=True))
    register_navigation(NavEntry(_l("Mentoring schemes"), "mentoring.manage", 47, policy.COORDINATE, is_personal=True))
    register_navigation(NavEntry(_l("Concerns"), "mentoring.concerns", 48, policy.SAFEGUARD, is_personal=True))
