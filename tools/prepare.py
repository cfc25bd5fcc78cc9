"""Bring the demo database up to date in one process, before the server and the relay start.

One process, because each start of the application costs about a second: connect, migrate, seed when empty.
Run by `tools/run.py`; ends with one line on standard error when something is wrong.
"""

import sys
from typing import TYPE_CHECKING

import flask_migrate
from flask.cli import ScriptInfo
from sqlalchemy.exc import OperationalError

from config import INSTANCE, ConfigError
from lms import create_app
from lms.core.db import db
from lms.demo import queries as demo_queries

if TYPE_CHECKING:
    from flask import Flask


def require_database() -> None:
    """End with one line when the database does not answer."""
    try:
        with db.engine.connect():
            pass
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        address = db.engine.url.render_as_string(hide_password=True)
        sys.exit(
            f"The database {address} cannot be reached ({reason}): start it, correct DATABASE_URL, "
            "or unset DATABASE_URL to use a SQLite file in instance/"
        )


def flask_command(app: "Flask", *arguments: str) -> None:
    """Run a command as `flask …` would, in this process; its refusals end it with their own line."""
    app.cli.main(list(arguments), prog_name="flask", obj=ScriptInfo(create_app=lambda: app))


def main() -> None:
    """Connect, migrate, and seed the demo world into an empty database."""
    INSTANCE.mkdir(parents=True, exist_ok=True)
    try:
        app = create_app()
    except ConfigError as error:
        sys.exit(str(error))
    with app.app_context():
        require_database()
        flask_migrate.upgrade()
        empty = demo_queries.is_empty()
        if not empty and app.config["IS_DEMO"] and not demo_queries.is_seeded():
            sys.exit(
                "This database holds something else than the demo world, where anybody may sign in as anybody: "
                "set DATABASE_URL to an empty database"
            )
        db.session.remove()
    if empty:
        print("Making the demo world (once) ...", flush=True)
        flask_command(app, "demo", "seed")


if __name__ == "__main__":
    main()
