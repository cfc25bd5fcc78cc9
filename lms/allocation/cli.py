"""`flask allocation`: the engine on files."""

import json
from pathlib import Path
from typing import NoReturn

import click

from lms.allocation.checker import check
from lms.allocation.instance import Instance
from lms.allocation.reading import Field, InstanceError, parse_json
from lms.allocation.solver import solve

_FILE = click.Path(path_type=Path)


@click.group("allocation")
def allocation_cli() -> None:
    """Match applicants to posts."""


@allocation_cli.command("solve")
@click.argument("instance", type=_FILE)
@click.option("--output", type=_FILE, help="Write here instead.")
def solve_command(instance: Path, output: Path | None) -> None:
    """Solve INSTANCE and print the result; exit 2 with a reason when the file cannot be used."""
    try:
        result = solve(Instance.from_bytes(_bytes_of(instance))).to_bytes()
    except InstanceError as error:
        _refuse(error)
    if output is None:
        click.echo(result, nl=False)
        return
    try:
        output.write_bytes(result)
    except OSError as error:
        raise click.FileError(str(output), error.strerror or "cannot be written") from error


@allocation_cli.command("check")
@click.argument("instance", type=_FILE)
@click.argument("result", type=_FILE)
def check_command(instance: Path, result: Path) -> None:
    """Check RESULT against INSTANCE; exit 0 if it holds, 1 if not, 2 when a file cannot be used."""
    try:
        raw = _bytes_of(instance)
        Instance.from_bytes(raw)  # refuses what the checker may not assume
        document = parse_json(raw)
        found = parse_json(_bytes_of(result))
        if not isinstance(found, dict) or not isinstance(found.get("assignments"), dict):
            Field(found).refuse("a result must be an object with assignments", "assignments")
        verdict = check(document, found["assignments"])
    except InstanceError as error:
        _refuse(error)
    _print(verdict.to_dict())
    raise SystemExit(0 if verdict.ok else 1)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InstanceError(f"{path} cannot be read: {error.strerror}") from error


def _print(document: object) -> None:
    # A stray surrogate in an id becomes its own JSON escape, so that even a refusal of it can be printed.
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    click.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def _refuse(error: InstanceError) -> NoReturn:
    _print(error.to_dict())
    raise SystemExit(2)
