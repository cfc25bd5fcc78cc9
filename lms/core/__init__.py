"""The ground floor: what every domain stands on, without knowing any domain word."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages and commands of the ground floor."""
    from lms.core import cli, views  # noqa: PLC0415 - modules of this package import its other modules

    app.register_blueprint(views.bp)
    app.cli.add_command(cli.audit_cli)
    app.cli.add_command(cli.outbox_cli)
    app.cli.add_command(cli.docs_cli)
