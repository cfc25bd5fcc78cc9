"""Countries, institutions with their departments and labs, and who belongs where."""

from flask import Flask

from lms.core.i18n import lazy_gettext as _l


def register(app: Flask) -> None:
    """Add the pages, roles and commands."""
    from lms.core.access import SIGNED_IN
    from lms.core.web import NavEntry, register_navigation
    from lms.institutions import flow, policy, privacy  # noqa: F401 - registers machines and what is kept
    from lms.institutions.cli import institutions_cli
    from lms.institutions.views import bp

    app.register_blueprint(bp)
    app.cli.add_command(institutions_cli)
    register_navigation(NavEntry(_l("Institutions"), "institutions.index", 60))
    register_navigation(NavEntry(_l("My institution"), "institutions.choose_home", 15, SIGNED_IN, is_personal=True))
    register_navigation(
        NavEntry(_l("Proposed institutions"), "institutions.proposals", 70, policy.SECRETARIAT, is_personal=True)
    )
    register_navigation(
        NavEntry(
            _l("Duplicate institutions"),
            "institutions.possible_duplicates",
            73,
            policy.MERGE_INSTITUTIONS,
            is_personal=True,
        )
    )
    register_navigation(
        NavEntry(_l("Official names"), "institutions.official_names", 71, policy.SECRETARIAT, is_personal=True)
    )
