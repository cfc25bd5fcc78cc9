"""`flask recognition`: conversions on the command line, with where each comes from."""

import json
from fractions import Fraction

import click

from lms.recognition.catalogue import credit_factor, credit_system, credit_systems, grade_scale, grade_scales
from lms.recognition.credits import Credits, by_factor, by_hours, by_load
from lms.recognition.errors import RecognitionError
from lms.recognition.methods import METHODS, convert, decimal_from


@click.group("recognition")
def recognition_cli() -> None:
    """Convert credits and grades."""


@recognition_cli.command("convert")
@click.option("--grade", "grade", help="A grade on the scale FROM.")
@click.option("--credits", "amount", help="A number of credits of the system FROM.")
@click.option("--from", "source", required=True, help="A scale or credit system; see: recognition list.")
@click.option("--to", "target", default="", help="The scale or credit system wanted.")
@click.option("--method", default="", help=f"Grades: {', '.join(METHODS)}. Credits: factor, hours, load.")
@click.option("--rank", type=int, help="Method rank: which rank among those who passed.")
@click.option("--of", type=int, help="Method rank: how many passed.")
@click.option("--factor", default="", help="Method factor: another one than the published, such as 5/3.")
def convert_command(
    grade: str | None,
    amount: str | None,
    source: str,
    target: str,
    method: str,
    rank: int | None,
    of: int | None,
    factor: str,
) -> None:
    """Convert a grade or credits and print the result with its method and source as JSON."""
    if (grade is None) == (amount is None):
        raise click.UsageError("Give either --grade or --credits.")
    try:
        if amount is not None:
            answer = _shown(_credits(amount, source, target, method or "factor", factor))
        else:
            extra = {"rank": rank, "of": of} if rank is not None else {}
            wanted = grade_scale(target) if target else None
            answer = vars(convert(method or "linear", grade or "", grade_scale(source), wanted, **extra))
    except (RecognitionError, ValueError, ZeroDivisionError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))


def _credits(amount: str, source: str, target: str, method: str, factor: str) -> Credits:
    number, one, other = decimal_from(amount), credit_system(source), credit_system(target)
    if method == "hours":
        return by_hours(number, one, other)
    if method == "load":
        if one.load_year is None or other.load_year is None:
            raise RecognitionError("One of these credit systems publishes no load of a year.")
        basis = f"{one.source}; {other.source}"
        return by_load(number, source, target, source_load=one.load_year, target_load=other.load_year, basis=basis)
    if factor:
        return by_factor(number, source, target, Fraction(factor), basis="given on the command line")
    if (published := credit_factor(source, target)) is None:
        raise RecognitionError(f"No factor from {source} to {target} is published. Give one by --factor.")
    return by_factor(number, source, target, published[0], basis=published[1])


def _shown(result: Credits) -> dict[str, object]:
    return {
        "original": str(result.original),
        "source_system": result.source_system,
        "value": f"{result.value:f}",
        "target_system": result.target_system,
        "method": result.method,
        "factor": str(result.factor),
        "basis": result.source,
    }


@recognition_cli.command("list")
def list_command() -> None:
    """List the credit systems and grade scales with their sources."""
    for thing in (*credit_systems().values(), *grade_scales().values()):
        click.echo(f"{thing.code:14} {thing.name_en} ({thing.valid_from}; {thing.source})")
