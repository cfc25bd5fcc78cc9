"""Joint degree programmes: agreements, admission, curriculum, study and award."""

from flask import Flask


def register(app: Flask) -> None:
    """Add this package's pages, state machines and navigation."""
    from lms.core.i18n import lazy_gettext as _l
    from lms.core.web import NavEntry, register_navigation
    from lms.credentials.document import Layout, register_layout
    from lms.programmes import (  # noqa: F401 - registers what they hold
        admission_privacy,
        flow,
        models,
        study_privacy,
        supervision_jobs,
        supervision_privacy,
        transcript,
    )
    from lms.programmes.views import bp

    app.register_blueprint(bp)
    layout = Layout("transcript", transcript.transcript, page="programmes/study/transcript_body.html")
    register_layout("degree.transcript", layout)
    register_navigation(NavEntry(_l("Programmes"), "programmes.catalogue", 20))
