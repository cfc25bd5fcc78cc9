"""The ground floor: what every domain stands on, without knowing any domain word."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages and commands of the ground floor."""
    from lms.core import cli, housekeeping, views
    from lms.core.backup.cli import backup_cli
    from lms.core.imports import views as imports
    from lms.core.outbox import relay

    app.register_blueprint(views.bp)
    app.register_blueprint(imports.bp)
    if housekeeping.ask_for_today not in relay.daily_jobs:
        relay.daily_jobs.append(housekeeping.ask_for_today)
    app.cli.add_command(cli.audit_cli)
    app.cli.add_command(backup_cli)
    app.cli.add_command(cli.outbox_cli)
    app.cli.add_command(cli.docs_cli)
