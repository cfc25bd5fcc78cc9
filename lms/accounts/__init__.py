"""People and their accounts: sign-in, names, mailed links, invitations, consents, offices."""

from flask import Flask

from lms.core.access import SIGNED_IN
from lms.core.i18n import lazy_gettext as _l


def register(app: Flask) -> None:
    """Add the pages and commands, and teach the ground floor who is signed in."""
    from lms.accounts import holdings, jobs, policy, readings  # noqa: F401 - register roles and what is kept
    from lms.accounts.cli import accounts_cli
    from lms.accounts.views import bp, demo
    from lms.accounts.views.blueprint import load_session
    from lms.core.outbox import relay
    from lms.core.web import NavEntry, register_navigation
    from lms.core.web.declaration import read_listeners
    from lms.core.web.identity import init_identity

    init_identity(app, load_session)
    if readings.note not in read_listeners:
        read_listeners.append(readings.note)
    if jobs.ask_for_today not in relay.daily_jobs:
        relay.daily_jobs.append(jobs.ask_for_today)
    app.register_blueprint(bp)
    if app.config["IS_DEMO"]:
        app.register_blueprint(demo.bp)
    app.cli.add_command(accounts_cli)
    register_navigation(NavEntry(_l("My account"), "accounts.profile", 10, SIGNED_IN, is_personal=True))
    register_navigation(NavEntry(_l("My offices"), "accounts.my_offices", 20, SIGNED_IN, is_personal=True))
    register_navigation(NavEntry(_l("Roles"), "accounts.roles", 72, policy.MANAGE_ROLES, is_personal=True))
