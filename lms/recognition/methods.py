"""How a grade of one scale becomes one of another. The original stands beside every result; fails are not converted.

- `table`: pairs that the parties agreed on; it wins over everything else.
- `distribution`: grading tables, as in the ECTS Users' Guide 2015: the passing grades of a comparable group on both
  sides; of the grades whose cumulative ranges overlap the best, the middle or the worst is taken, as agreed.
- `rank`: the bands 10, 25, 30, 25, 10 % of those who passed (ECTS grading scale until 2009, still asked for on forms).
- `linear`: between pass and top of both scales. Letters without points are ranked, the best being 1.
- `bavarian`: the same onto 1 to 4, x = 1 + 3 (best - grade) / (best - pass), cut after one decimal (Passau).
- `pass_fail`: only whether it was passed.
- `none`: the original alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.recognition.catalogue import grade_scale
from lms.recognition.errors import RecognitionError
from lms.recognition.grades import Grade, Outcome, Scale

SMALLEST_GROUP = 20
"""A distribution of fewer passing grades says nothing. An agreement may ask for more."""
_ECTS_BANDS = (("A", 10), ("B", 35), ("C", 65), ("D", 90), ("E", 100))


@dataclass(frozen=True)
class Converted:
    """The original and what became of it; `value` is empty where the method gives none, `basis` is what it rests on."""

    original: str
    source_scale: str
    source_valid_from: str
    outcome: Outcome
    value: str
    target_scale: str
    method: str
    basis: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


def convert(method: str, text: str, source: Scale, target: Scale | None = None, **parameters: Any) -> Converted:
    """Read `text` on the source scale and convert it.

    Raises RecognitionError for a grade that is not on the scale, an unknown method, or parameters that do not suffice.
    """
    if method not in METHODS:
        raise RecognitionError(_l("There is no conversion method %(name)s.", name=method))
    if method == "bavarian":
        target = grade_scale("de-5")
    elif target is None and method != "none":
        target = grade_scale(_OWN_TARGETS.get(method, "")) if method in _OWN_TARGETS else None
        if target is None:
            raise RecognitionError(_l("Say onto which scale the grade is converted."))
    grade = source.read(text)
    converts = grade.outcome == "passed" and (grade.number is not None or grade.rank is not None)
    if method == "pass_fail":
        value = {"passed": "Pass", "credited": "Pass", "failed": "Fail"}.get(grade.outcome, "")
    elif method == "none" or not converts:
        value = ""
    else:
        assert target is not None
        value = _WAYS[method](grade, source, target, parameters)
    return Converted(
        original=grade.text,
        source_scale=source.code,
        source_valid_from=source.valid_from.isoformat(),
        outcome=grade.outcome,
        value=value,
        target_scale=target.code if target else "",
        method=method,
        basis="; ".join(one.source for one in (source, target) if one and one.source),
        parameters=dict(parameters),
    )


# --- one way each -----------------------------------------------------------------------------------


def _by_table(grade: Grade, source: Scale, target: Scale, parameters: Mapping[str, Any]) -> str:
    """`pairs`: (grade, converted), the best first; a number takes the first line that it reaches."""
    for line, converted in parameters.get("pairs") or ():
        least = source.read(str(line))
        if source.is_numeric:
            assert grade.number is not None
            assert least.number is not None
            reached = grade.number <= least.number if source.is_inverted else grade.number >= least.number
        else:
            reached = least.text == grade.text
        if reached:
            return target.read(str(converted)).text
    raise RecognitionError(_l("The agreed table says nothing about the grade %(grade)s.", grade=grade.text))


def _by_distribution(grade: Grade, source: Scale, target: Scale, parameters: Mapping[str, Any]) -> str:
    """`source_counts`, `target_counts`: (grade, how many) who passed, the best first; `choose`: best, middle, worst."""
    here = _ranges(parameters.get("source_counts") or (), source)
    there = _ranges(parameters.get("target_counts") or (), target)
    if grade.text not in here:
        raise RecognitionError(_l("The grade %(grade)s does not occur in the grading table.", grade=grade.text))
    start, end = here[grade.text]
    overlapping = [name for name, (low, high) in there.items() if low < end and start < high]
    middle = (start + end) / 2
    return {
        "best": overlapping[0],
        "worst": overlapping[-1],
        "middle": next(name for name, (_low, high) in there.items() if middle < high),
    }[parameters.get("choose", "middle")]


def _ranges(counts: Sequence[Sequence[Any]], scale: Scale) -> dict[str, tuple[Fraction, Fraction]]:
    total = sum(int(count) for _grade, count in counts)
    if total < SMALLEST_GROUP:
        raise RecognitionError(
            _l("A grading table needs at least %(number)d passing grades on both sides.", number=SMALLEST_GROUP)
        )
    found, below = {}, Fraction(0)
    for text, count in counts:
        share = Fraction(int(count), total)
        if share:
            found[scale.read(str(text)).text] = (below, below + share)
        below += share
    return found


def _by_rank(_grade: Grade, _source: Scale, target: Scale, parameters: Mapping[str, Any]) -> str:
    """`rank` among `of` persons who passed, 1 being the best."""
    try:
        rank, of = int(parameters["rank"]), int(parameters["of"])
    except (KeyError, TypeError, ValueError):
        rank = of = 0
    if not 1 <= rank <= of:
        raise RecognitionError(_l("Say which rank it is, and among how many who passed."))
    return target.read(next(letter for letter, upto in _ECTS_BANDS if 100 * rank <= upto * of)).text


def _linear(grade: Grade, source: Scale, target: Scale, parameters: Mapping[str, Any]) -> str:
    best, passing = _span(source)
    top, least = _span(target)
    if best == passing:
        raise RecognitionError(_l("The scale has one passing grade only, so nothing lies between pass and top."))
    share = (best - _position(grade, source)) / (best - passing)
    value = top + (least - top) * share
    if not target.is_numeric:
        return _nearest_letter(value, target)
    assert target.step is not None
    step = Fraction(target.step)
    match parameters.get("rounding", "nearest"):
        case "exact":
            return _decimal(value)
        case "cut":
            return _decimal(value // step * step)
        case _:
            return _decimal((2 * value / step + 1) // 2 * step)


def _bavarian(grade: Grade, source: Scale, target: Scale, parameters: Mapping[str, Any]) -> str:
    return _linear(grade, source, target, {"rounding": "cut", **parameters})


def _span(scale: Scale) -> tuple[Fraction, Fraction]:
    """The best grade and the lowest that passes."""
    if scale.is_numeric:
        assert scale.best is not None
        assert scale.passing is not None
        return Fraction(scale.best), Fraction(scale.passing)
    passing = [_letter_position(scale, rank) for rank, letter in enumerate(scale.letters) if letter.passes]
    return passing[0], passing[-1]


def _position(grade: Grade, scale: Scale) -> Fraction:
    if scale.is_numeric:
        assert grade.number is not None
        return Fraction(grade.number)
    assert grade.rank is not None
    return _letter_position(scale, grade.rank)


def _letter_position(scale: Scale, rank: int) -> Fraction:
    """The points of a letter; where some have none, its rank."""
    if all(letter.points is not None for letter in scale.letters if letter.passes):
        points = scale.letters[rank].points
        return Fraction(points if points is not None else 0)
    return Fraction(rank + 1)


def _nearest_letter(value: Fraction, scale: Scale) -> str:
    """The better of two that are equally near."""
    ranks = [rank for rank, letter in enumerate(scale.letters) if letter.passes]
    return scale.letters[min(ranks, key=lambda rank: (abs(_letter_position(scale, rank) - value), rank))].grade


def _decimal(value: Fraction) -> str:
    """At most four places, without trailing zeros."""
    number = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.0001"))
    return f"{number.normalize():f}"


_WAYS: Mapping[str, Callable[[Grade, Scale, Scale, Mapping[str, Any]], str]] = {
    "table": _by_table,
    "distribution": _by_distribution,
    "rank": _by_rank,
    "linear": _linear,
    "bavarian": _bavarian,
}
_OWN_TARGETS = {"rank": "ects-letters", "pass_fail": "pass-fail"}

METHODS: Mapping[str, Text] = {
    "table": _l("By the table that the parties agreed on"),
    "distribution": _l("By the distribution of passing grades on both sides"),
    "rank": _l("By rank among those who passed"),
    "linear": _l("In proportion between pass and top"),
    "bavarian": _l("By the modified Bavarian formula"),
    "pass_fail": _l("Passed or failed only"),
    "none": _l("Not converted"),
}
"""Every method by name, in words."""


def pairs_from(text: str) -> list[tuple[str, str]]:
    """The lines of an agreed table, each `grade = converted`. Raises RecognitionError with the line that is wrong."""
    pairs = []
    for line in filter(None, (one.strip() for one in text.splitlines())):
        left, equals, right = (part.strip() for part in line.partition("="))
        if not (left and equals and right):
            raise RecognitionError(_l("Write each line as grade = converted grade, not: %(line)s", line=line))
        pairs.append((left, right))
    return pairs


def decimal_from(text: str) -> Decimal:
    """A number of credits as it was typed. Raises RecognitionError."""
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0 or number > 1000:
        raise RecognitionError(_l("Enter a number from 0 to 1000."))
    return number
