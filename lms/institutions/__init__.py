"""Countries, institutions with their departments and labs, and who belongs where."""

from flask import Flask


def register(app: Flask) -> None:
    """Register roles."""
    from lms.institutions import policy  # noqa: F401 - registers roles and scopes

    del app
