"""Certificates: what was certified, signed, printed, and checked by anybody."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages, the signing key and the printing job."""
    from lms.credentials import flow, jobs, signing  # noqa: F401, PLC0415 - for their side effects
    from lms.credentials.views import bp  # noqa: PLC0415 - modules of this package import each other

    signing.configure(app.config["CREDENTIAL_KEY"])
    app.register_blueprint(bp)
