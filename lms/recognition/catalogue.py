"""Credit systems, factors and grade scales as data, each with its source and the day it is valid from.

They are proposals: a programme agrees on its own factors, and an institution keeps its own dated scales.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from lms.core.i18n import lazy_gettext as _l
from lms.recognition.credits import CreditSystem
from lms.recognition.errors import RecognitionError
from lms.recognition.grades import OUTCOMES, Letter, Scale

_LARGEST, _PLACES = Decimal(10_000), 4
_DATA = Path(__file__).with_name("data")


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def credit_systems() -> Mapping[str, CreditSystem]:
    """Every credit system that the platform ships, by code."""
    return {
        row["code"]: CreditSystem(
            code=row["code"],
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            hours_min=_fraction(row["hours_min"]),
            hours_max=_fraction(row["hours_max"]),
            load_year=_fraction(row["load_year"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            source=row["source"],
        )
        for row in _rows("credit_systems.csv")
    }


def _fraction(text: str) -> Fraction | None:
    return Fraction(text) if text else None


def credit_system(code: str) -> CreditSystem:
    """One credit system. Raises RecognitionError for an unknown code."""
    if (system := credit_systems().get(code)) is None:
        raise RecognitionError(_l("There is no credit system %(code)s.", code=code))
    return system


def credit_factor(source: str, target: str, *, institution: str = "") -> tuple[Fraction, str] | None:
    """The published factor between two systems with its source, of the institution (its slug) if it has its own."""
    if source == target:
        return Fraction(1), ""
    rows = [row for row in _rows("credit_factors.csv") if row["institution"] in ("", institution)]
    for row in sorted(rows, key=lambda row: not row["institution"]):
        if (row["from"], row["to"]) == (source, target):
            return Fraction(row["factor"]), row["source"]
        if (row["to"], row["from"]) == (source, target):
            return 1 / Fraction(row["factor"]), row["source"]
    return None


@cache
def grade_scales() -> Mapping[str, Scale]:
    """Every grade scale that the platform ships, by code."""
    rows = json.loads((_DATA / "grade_scales.json").read_text(encoding="utf-8"))
    return {row["code"]: scale_from(row) for row in rows}


def grade_scale(code: str) -> Scale:
    """One grade scale. Raises RecognitionError for an unknown code."""
    if (scale := grade_scales().get(code)) is None:
        raise RecognitionError(_l("There is no grade scale %(code)s.", code=code))
    return scale


def scale_from(row: Mapping[str, Any]) -> Scale:
    """A scale from its definition as data. Raises RecognitionError for one that does not hold together."""
    try:
        common: dict[str, Any] = {
            name: str(row.get(name, "")) for name in ("code", "name_en", "name_zh", "source", "country", "institution")
        }
        common["valid_from"] = date.fromisoformat(row["valid_from"])
        common["codes"] = tuple((str(one["code"]), one["outcome"]) for one in row.get("codes", ()))
        if row["kind"] == "letters":
            letters = tuple(
                Letter(str(one["grade"]), _number(one["points"]) if one.get("points") else None, bool(one["passes"]))
                for one in row["grades"]
            )
            return _checked(Scale(**common, letters=letters))
        best, worst, passing, step = (_number(row[name]) for name in ("best", "worst", "pass", "step"))
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise RecognitionError(_l("This definition of a grade scale cannot be read.")) from error
    return _checked(Scale(**common, best=best, worst=worst, passing=passing, step=step))


def _number(text: str) -> Decimal:
    """A number with which one can calculate. Raises ValueError for what is none, or far away."""
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    if not (number.is_finite() and abs(number) <= _LARGEST and isinstance(exponent, int) and exponent >= -_PLACES):
        raise ValueError(text)
    return number


def _checked(scale: Scale) -> Scale:
    texts = [text.casefold() for text in scale.allowed]
    if len(set(texts)) != len(texts):
        raise RecognitionError(_l("A grade stands on this scale twice."))
    if any(outcome not in OUTCOMES for _code, outcome in scale.codes):
        raise RecognitionError(_l("This definition of a grade scale cannot be read."))
    if scale.is_numeric:
        assert scale.best is not None
        assert scale.worst is not None
        assert scale.passing is not None
        assert scale.step is not None
        low, high = sorted((scale.best, scale.worst))
        if scale.best == scale.worst or scale.step <= 0 or not low < scale.passing < high:
            raise RecognitionError(
                _l("The pass mark lies between the worst and the best grade, and steps are above 0.")
            )
    elif not _falls(letter.passes for letter in scale.letters):
        raise RecognitionError(_l("List the best grade first: after one that fails none passes."))
    return scale


def _falls(flags: Iterable[bool]) -> bool:
    passed = list(flags)
    return passed == sorted(passed, reverse=True) and any(passed)
