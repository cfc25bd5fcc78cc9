"""`flask backup create FILE` and `flask backup restore FILE`."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from lms.core import audit, backup
from lms.core.db import reading

backup_cli = AppGroup("backup", help="The whole platform in one file, and back.")


def _fail(error: backup.BackupError) -> None:
    click.echo(str(error), err=True)
    sys.exit(2)


@backup_cli.command("create")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def create(file: Path) -> None:
    """Write database and uploaded files to FILE, while the platform runs."""
    try:
        made = backup.create(file, click.echo)
    except backup.BackupError as error:
        return _fail(error)
    click.echo(f"backed up: {made.rows} rows, {made.files} files, {file.stat().st_size / 2**20:.1f} MB in {file}")
    if made.missing:
        click.echo(f"{made.missing} uploaded files are missing in the storage and could not be backed up.", err=True)
    return None


@backup_cli.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Restore FILE into an empty database of either engine, then bring it to this release."""
    try:
        restored = backup.restore(file, click.echo)
    except backup.BackupError as error:
        return _fail(error)
    with reading():
        verdict = audit.verify()
    click.echo(f"restored: {restored.rows} rows, {restored.files} files")
    click.echo(f"journal: {'intact' if verdict.is_intact else verdict.broken}, {verdict.sealed} rows sealed")
    if restored.other_key:
        click.echo("CREDENTIAL_KEY is not the one of the backup: its certificates show as altered here.", err=True)
    return None
