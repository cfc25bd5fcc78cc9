"""`flask institutions load`: the delivered list, into an empty or a running platform."""

import click
from flask.cli import AppGroup

from lms.core import clock
from lms.core.actor import system_actor
from lms.core.db import unit_of_work
from lms.institutions import services

institutions_cli = AppGroup("institutions", help="Countries, institutions and labs.")


@institutions_cli.command("load")
def load() -> None:
    """Add what is missing of the delivered list; what is there is left as it is."""
    with unit_of_work():
        added = services.load_reference_data(system_actor(clock.now()))
    click.echo(f"added {added} rows")
