"""Commands of the ground floor: `flask audit verify` and `flask outbox run`."""

import signal
import sys
from pathlib import Path
from threading import Event
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from lms.core import audit
from lms.core.db import reading
from lms.core.outbox import relay
from lms.core.workflow.diagrams import draw
from lms.core.workflow.machine import all_machines

audit_cli = AppGroup("audit", help="The journal and its hash chain.")
outbox_cli = AppGroup("outbox", help="Mail, jobs and timed transitions.")
docs_cli = AppGroup("docs", help="Generated pages of the documentation.")


@docs_cli.command("workflows")
def write_workflows() -> None:
    """Draw every state machine into docs/workflows/."""
    folder = Path(current_app.root_path).parent / "docs" / "workflows"
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.md"):
        stale.unlink()
    for machine in all_machines():
        (folder / f"{machine.name}.md").write_text(draw(machine))
        click.echo(machine.name)


@audit_cli.command("verify")
def verify() -> None:
    """Prove that the journal is unchanged, or name the first broken row (exit status 1)."""
    with reading():
        verdict = audit.verify()
    if not verdict.is_intact:
        click.echo(f"broken: {verdict.broken} ({verdict.sealed} rows before it hold)")
        sys.exit(1)
    click.echo(f"intact: {verdict.sealed} rows sealed, {verdict.unsealed} not yet sealed, head {verdict.head}")


@outbox_cli.command("run")
@click.option("--until-idle", is_flag=True, help="Perform what is due now, then end.")
def run(until_idle: bool) -> None:
    """Perform what is due until stopped. Run as many as you like on PostgreSQL."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if until_idle:
        click.echo(f"performed {relay.run_until_idle()}")
        return
    stop = Event()

    def end(_signal: int, _frame: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    relay.run(app, stop)
