"""`flask allocation`: the engine on files."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from lms.allocation.changes import Document, what_if, with_capacity, with_quota
from lms.allocation.checker import check
from lms.allocation.figures import costs, figures
from lms.allocation.instance import Instance
from lms.allocation.messages import Disclosure
from lms.allocation.reading import Field, InstanceError, parse_json
from lms.allocation.result import Result
from lms.allocation.shortfalls import shortfalls
from lms.allocation.solver import solve
from lms.allocation.telling import tell_applicant, tell_cutoffs, tell_hosts
from lms.allocation.watch import OutOfTime, Watch

_FILE = click.Path(path_type=Path)
_Kind = TypeVar("_Kind")


@click.group("allocation")
def allocation_cli() -> None:
    """Match applicants to posts."""


@allocation_cli.command("solve")
@click.argument("instance", type=_FILE)
@click.option("--output", type=_FILE, help="Write here instead.")
@click.option("--seconds", type=float, help="Give up after so many seconds, with exit 3.")
@click.option("--progress", is_flag=True, help="Say on standard error how much is done.")
def solve_command(instance: Path, output: Path | None, seconds: float | None, *, progress: bool) -> None:
    """Solve INSTANCE and print the result; exit 2 with a reason when the file cannot be used."""
    watch = Watch(_show if progress else None, seconds)
    result = _or_refuse(lambda: solve(Instance.from_bytes(_bytes_of(instance)), watch).to_bytes())
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

    def verdict_of() -> dict[str, object]:
        raw = _bytes_of(instance)
        Instance.from_bytes(raw)  # refuses what the checker may not assume
        found = parse_json(_bytes_of(result))
        if not isinstance(found, dict) or not isinstance(found.get("assignments"), dict):
            Field(found).refuse("a result must be an object with assignments", "assignments")
        return check(parse_json(raw), found["assignments"]).to_dict()

    verdict = _or_refuse(verdict_of)
    _print(verdict)
    raise SystemExit(0 if verdict["ok"] else 1)


@allocation_cli.command("tell")
@click.argument("instance", type=_FILE)
@click.option(
    "--disclosure",
    type=click.Choice([one.value for one in Disclosure]),
    default=Disclosure.REASONS.value,
    help="What the call has promised to tell.",
)
def tell_command(instance: Path, disclosure: str) -> None:
    """Solve INSTANCE and print what each applicant and each host is told."""
    read, result = _or_refuse(lambda: _solved(instance))
    setting = Disclosure(disclosure)
    _print(
        {
            "disclosure": setting.value,
            "applicants": {
                name: [
                    {"post": told.explanation.post, "got": told.explanation.got, "because": told.because}
                    for told in tell_applicant(lines, setting)
                ]
                for name, lines in result.explanations.items()
            },
            "hosts": [asdict(report) for report in tell_hosts(read, result, setting)],
            "cutoffs": {name: asdict(cutoff) for name, cutoff in tell_cutoffs(read, result, setting).items()},
        }
    )


@allocation_cli.command("figures")
@click.argument("instance", type=_FILE)
def figures_command(instance: Path) -> None:
    """Solve INSTANCE and print its figures: who was placed, which minimum was missed and why, what quotas cost."""
    read, result = _or_refuse(lambda: _solved(instance))
    _print(
        {
            **asdict(figures(read, result)),
            "shortfalls": [one.to_dict() for one in shortfalls(read, result)],
            "costs": [asdict(cost) for cost in costs(read, result)],
        }
    )


@allocation_cli.command("what-if")
@click.argument("instance", type=_FILE)
@click.option("--capacity", multiple=True, metavar="NODE=PLACES", help="Another capacity of a post or unit.")
@click.option("--quota", multiple=True, metavar="ATTRIBUTE=VALUE=MAX", help="Another max of a quota; empty: none.")
def what_if_command(instance: Path, capacity: Sequence[str], quota: Sequence[str]) -> None:
    """Solve INSTANCE as it is and as it would be, and print who moves."""

    def compared() -> dict[str, object]:
        read, before = _solved(instance)
        found = what_if(before, read, _changed(parse_json(_bytes_of(instance)), capacity, quota))
        return {
            "matched": {"before": before.matched, "after": found.result.matched},
            "moves": [asdict(move) for move in found.moves],
        }

    _print(_or_refuse(compared))


def _changed(document: Document, capacity: Sequence[str], quota: Sequence[str]) -> Document:
    for text in capacity:
        node, _, places = text.rpartition("=")
        document = with_capacity(document, node, _number(text, places))
    for text in quota:
        group, _, most = text.rpartition("=")
        attribute, _, value = group.partition("=")
        document = with_quota(document, attribute, value, _number(text, most) if most else None)
    return document


def _number(text: str, number: str) -> int:
    try:
        return int(number)
    except ValueError as error:
        raise click.BadParameter(f"{text} does not end in a whole number") from error


def _solved(path: Path) -> tuple[Instance, Result]:
    instance = Instance.from_bytes(_bytes_of(path))
    return instance, solve(instance)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InstanceError(f"{path} cannot be read: {error.strerror}") from error


def _or_refuse(action: Callable[[], _Kind]) -> _Kind:
    """What the action gives; a refusal is printed and ends the command."""
    try:
        return action()
    except InstanceError as error:
        _refuse(error.to_dict(), 2)
    except OutOfTime:
        _refuse({"error": "The time is over. Give more seconds, or solve fewer applicants.", "path": ""}, 3)


def _show(share: float) -> None:
    click.echo(f"{share:.0%}", err=True)


def _print(document: object) -> None:
    # A stray surrogate in an id becomes its own JSON escape, so that even a refusal of it can be printed.
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    click.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def _refuse(document: object, code: int) -> NoReturn:
    _print(document)
    raise SystemExit(code)
