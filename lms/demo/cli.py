"""`flask demo seed`: make the demo world."""

import sys
import time

import click
from flask import current_app
from flask.cli import AppGroup

from lms.core.db import unit_of_work
from lms.core.errors import Refused
from lms.core.outbox import relay

demo_cli = AppGroup("demo", help="The demo world.")


@demo_cli.command("seed")
@click.option("--scale", type=click.IntRange(1, 10), default=1, help="How much larger than usual.")
def seed_command(scale: int) -> None:
    """Make the demo world in an empty database (exit status 2 when it holds anything else)."""
    from lms.demo.seed import seed

    if not (current_app.config["IS_DEMO"] or current_app.testing):
        click.echo("The demo world is made in demo mode only: set LMS_ENV=demo.", err=True)
        sys.exit(2)
    started = time.monotonic()
    try:
        with unit_of_work():
            seeded = seed(scale)
    except Refused as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(2)
    done = relay.run_until_idle()
    seconds = time.monotonic() - started
    if seeded.is_new:
        click.echo(f"The demo world stands: {done} messages and jobs done, {seconds:.0f} seconds.")
    else:
        click.echo(f"The demo world was here already; {seeded.learners} learners added.")
