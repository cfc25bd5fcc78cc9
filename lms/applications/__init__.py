"""What admissions, enrolment approval and exchange share: calls, eligibility, endorsements, reviews."""

from flask import Flask


def register(app: Flask) -> None:
    """Add this package's pages and state machines."""
    from lms.applications import flow, jobs, privacy  # noqa: F401 - registers machines, jobs and what is kept
    from lms.applications.views import bp

    app.register_blueprint(bp)
