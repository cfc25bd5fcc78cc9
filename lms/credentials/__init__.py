"""Certificates: what was certified, signed, printed, and checked by anybody."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages, the signing key and the printing job."""
    from lms.core.access import SIGNED_IN
    from lms.core.i18n import lazy_gettext as _l
    from lms.core.web import NavEntry, register_navigation
    from lms.credentials import flow, jobs, privacy, signing  # noqa: F401 - for their side effects
    from lms.credentials.views import bp

    signing.configure(app.config["CREDENTIAL_KEY"])
    app.register_blueprint(bp)
    register_navigation(NavEntry(_l("My certificates"), "credentials.mine", 35, SIGNED_IN, is_personal=True))
