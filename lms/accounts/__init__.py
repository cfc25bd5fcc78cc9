"""People and their accounts: sign-in, names, mailed links, invitations, consents, offices."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages and commands, and teach the ground floor who is signed in."""
    from lms.accounts import policy  # noqa: F401 - registers roles and scopes
    from lms.accounts.views import bp
    from lms.accounts.views.blueprint import load_session
    from lms.core.web.identity import init_identity

    init_identity(app, load_session)
    app.register_blueprint(bp)
