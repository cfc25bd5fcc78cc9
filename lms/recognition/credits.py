"""Credits: systems by hours and by load, and conversion with the rounding that was agreed.

Two universities of one state publish different factors (1.5 and 1.7 ECTS for one Indonesian SKS), so that a factor
belongs to an agreement; what the catalogue holds are proposals with their sources. Arithmetic is exact until it is
rounded once, at the end.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from lms.core.i18n import lazy_gettext as _l
from lms.recognition.errors import RecognitionError

Method = Literal["factor", "hours", "load"]


@dataclass(frozen=True)
class CreditSystem:
    """What one credit stands for: hours of a student's whole work, and how many make a full year, where published."""

    code: str
    name_en: str
    name_zh: str
    hours_min: Fraction | None
    hours_max: Fraction | None
    load_year: Fraction | None
    valid_from: date
    source: str

    @property
    def hours(self) -> Fraction | None:
        """The middle of the published hours."""
        return None if self.hours_min is None or self.hours_max is None else (self.hours_min + self.hours_max) / 2


@dataclass(frozen=True)
class Rounding:
    """To a multiple of `step`: to the nearest one (half upwards), or cut."""

    step: Decimal = Decimal("0.01")
    cut: bool = False

    def __call__(self, value: Fraction) -> Decimal:
        """The rounded value. Only what is zero or more is rounded here."""
        step = Fraction(self.step)
        count = value / step
        whole = count.numerator // count.denominator if self.cut else (2 * count + 1) // 2
        return (Decimal(whole) * self.step).normalize()


@dataclass(frozen=True)
class Credits:
    """Converted credits with where they come from."""

    original: Decimal
    source_system: str
    value: Decimal
    target_system: str
    method: Method
    factor: Fraction
    rounding: Rounding
    source: str


def by_factor(
    original: Decimal, source: str, target: str, factor: Fraction, *, basis: str, rounding: Rounding | None = None
) -> Credits:
    """By a factor that was agreed or published (`basis` says where). Raises RecognitionError for one not above 0."""
    return _converted(original, source, target, "factor", factor, basis, rounding)


def by_hours(
    original: Decimal, source: CreditSystem, target: CreditSystem, *, rounding: Rounding | None = None
) -> Credits:
    """By the hours of work that a credit stands for. Raises RecognitionError where a system publishes none."""
    if source.hours is None or target.hours is None:
        raise RecognitionError(_l("One of these credit systems publishes no hours. Agree on a factor instead."))
    basis = f"{source.source}; {target.source}"
    return _converted(original, source.code, target.code, "hours", source.hours / target.hours, basis, rounding)


def by_load(
    original: Decimal,
    source: str,
    target: str,
    *,
    source_load: Fraction,
    target_load: Fraction,
    basis: str,
    rounding: Rounding | None = None,
) -> Credits:
    """By the load of the same period, such as a year, on both sides. Raises RecognitionError for a load not above 0."""
    if source_load <= 0 or target_load <= 0:
        raise RecognitionError(_l("A load is more than zero."))
    return _converted(original, source, target, "load", target_load / source_load, basis, rounding)


def _converted(
    original: Decimal,
    source: str,
    target: str,
    method: Method,
    factor: Fraction,
    basis: str,
    rounding: Rounding | None,
) -> Credits:
    if original < 0 or factor <= 0:
        raise RecognitionError(_l("Credits are zero or more, and a factor is more than zero."))
    rounding = rounding or Rounding()
    value = rounding(Fraction(original) * factor)
    return Credits(original, source, value, target, method, factor, rounding, basis)
