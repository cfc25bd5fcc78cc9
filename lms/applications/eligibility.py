"""Eligibility rules as dated data, and what each says about a person, in words. Pure.

A call's rules are a list of {"kind": …, …parameters}. They are edited by the secretariat,
kept in numbered versions, and evaluated at a named reference date: the call's closing date,
a fixed date, or the day of applying. Every rule answers: met, not met or not known yet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import Enum
from typing import Any

from lms.core.i18n import Text, listed, written_day
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import lazy_legal as _legal

DEGREES = ("none", "bachelor", "master", "doctorate")
LANGUAGE_LEVELS = ("none", "basic", "working", "fluent")


class Met(Enum):
    """What a rule says."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Facts:
    """What the rules read of a person. None or "" means: not told yet."""

    nationality: str | None = None
    born_on: date | None = None
    degree: str = ""
    research_years: int | None = None
    employer_country: str = ""
    languages: Mapping[str, str] | None = None
    is_full_time: bool | None = None

    def filled_from(self, other: "Facts") -> "Facts":
        """The same facts, and what is not told among them as the others tell it."""
        known = {name: told for name, told in vars(self).items() if told not in (None, "", {})}
        return replace(other, **known)

    def as_json(self) -> dict[str, Any]:
        """The facts as an application keeps them."""
        kept = asdict(self)
        kept["born_on"] = self.born_on.isoformat() if self.born_on else None
        kept["languages"] = dict(self.languages or {})
        return kept


def facts_from(kept: Mapping[str, Any]) -> Facts:
    """The facts that an application kept; an empty mapping gives facts of which none is told."""
    born_on = kept.get("born_on")
    return Facts(**{**kept, "born_on": date.fromisoformat(born_on) if born_on else None})


CountryName = Callable[[str], Text]


@dataclass(frozen=True)
class _Case:
    """What a rule is judged by: the facts, the reference date, and how countries are called."""

    facts: Facts
    on: date
    country_name: CountryName


@dataclass(frozen=True)
class Outcome:
    """One rule's answer: the demand in words, the answer, and why in words with the person's own values."""

    rule: Mapping[str, Any]
    demand: Text
    met: Met
    because: Text


RULE_KINDS: dict[str, Text] = {
    "nationality": _l("Nationality"),
    "age": _l("Age"),
    "degree_or_experience": _l("Degree or research experience"),
    "employed_at_home": _l("Employment in the country of nationality"),
    "language": _l("Language"),
}


def full_years(born_on: date, on: date) -> int:
    """Completed years of life on a date. Somebody born on 29 February completes a year on 1 March in other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def reference_date(rule: Mapping[str, Any], *, applied_on: date, closes_on: date) -> date:
    """The date at which a rule is judged: "application", "closing" or a fixed ISO date."""
    match rule.get("at", "application"):
        case "application":
            return applied_on
        case "closing":
            return closes_on
        case fixed:
            return date.fromisoformat(fixed)


def evaluate(
    rules: Sequence[Mapping[str, Any]],
    facts: Facts,
    *,
    applied_on: date,
    closes_on: date,
    country_name: CountryName = str,
) -> list[Outcome]:
    """What each rule says, in order; `country_name` calls a country code by its name.

    Raises KeyError for a rule of an unknown kind.
    """
    return [
        _JUDGES[rule["kind"]](
            rule, _Case(facts, reference_date(rule, applied_on=applied_on, closes_on=closes_on), country_name)
        )
        for rule in rules
    ]


def is_eligible(outcomes: Sequence[Outcome]) -> bool:
    """Whether every rule is met."""
    return all(outcome.met is Met.YES for outcome in outcomes)


def _answer(rule: Mapping[str, Any], demand: Text, met: bool | None, because: Text) -> Outcome:
    if met is None:
        return Outcome(rule, demand, Met.UNKNOWN, because)
    return Outcome(rule, demand, Met.YES if met else Met.NO, because)


@dataclass(frozen=True)
class _Listed:
    """Countries by name, joined only when somebody reads them, because lazy names know their language only then."""

    codes: Sequence[str]
    name: CountryName

    def __str__(self) -> str:
        return listed(self.name(code) for code in self.codes)


@dataclass(frozen=True)
class _Written:
    """A day as the reader's language writes it."""

    day: date

    def __str__(self) -> str:
        return written_day(self.day)


def _nationality(rule: Mapping[str, Any], case: _Case) -> Outcome:
    facts = case.facts
    countries = list(rule["countries"])
    demand = _legal("You are a national of one of: %(countries)s.", countries=_Listed(countries, case.country_name))
    if not facts.nationality:
        return _answer(rule, demand, None, _legal("Tell us your nationality."))
    return _answer(
        rule,
        demand,
        facts.nationality in countries,
        _legal("Your nationality is %(country)s.", country=case.country_name(facts.nationality)),
    )


def _age(rule: Mapping[str, Any], case: _Case) -> Outcome:
    facts, on, day = case.facts, case.on, _Written(case.on)
    limit = int(rule["at_most"])
    match rule.get("at", "application"):
        case "application":
            demand = _legal(
                "You are at most %(limit)d years old on the day you apply (%(date)s).", limit=limit, date=day
            )
        case "closing":
            demand = _legal("You are at most %(limit)d years old on the closing day (%(date)s).", limit=limit, date=day)
        case _:
            demand = _legal("You are at most %(limit)d years old on %(date)s.", limit=limit, date=day)
    if facts.born_on is None:
        return _answer(rule, demand, None, _legal("Tell us your date of birth."))
    age = full_years(facts.born_on, on)
    because = _legal("Your age on %(date)s is %(age)d.", age=age, date=day)
    return _answer(rule, demand, age <= limit, because)


def _degree_or_experience(rule: Mapping[str, Any], case: _Case) -> Outcome:
    facts = case.facts
    degree, years = str(rule["degree"]), rule.get("or_years")
    names = {"bachelor": _l("a bachelor's degree"), "master": _l("a master's degree"), "doctorate": _l("a doctorate")}
    if years is None:
        demand = _legal("You hold %(degree)s or higher.", degree=names[degree])
    else:
        demand = _legal(
            "You hold %(degree)s or higher, or have at least %(years)d years of research experience.",
            degree=names[degree],
            years=int(years),
        )
    holds = facts.degree in DEGREES and DEGREES.index(facts.degree) >= DEGREES.index(degree)
    if facts.degree and holds:
        return _answer(rule, demand, True, _legal("Your highest degree suffices."))
    if years is not None and facts.research_years is not None and facts.research_years >= int(years):
        return _answer(
            rule, demand, True, _legal("You have %(years)d years of research experience.", years=facts.research_years)
        )
    if not facts.degree or (years is not None and facts.research_years is None):
        return _answer(rule, demand, None, _legal("Tell us your highest degree and your years of research."))
    return _answer(rule, demand, False, _legal("Neither your degree nor your research experience suffices."))


def _employed_at_home(rule: Mapping[str, Any], case: _Case) -> Outcome:
    facts = case.facts
    demand = _legal("You are employed full time in the country of your nationality.")
    if not facts.nationality or not facts.employer_country or facts.is_full_time is None:
        return _answer(
            rule, demand, None, _legal("Tell us your nationality, your employer's country and your employment.")
        )
    if not facts.is_full_time:
        return _answer(rule, demand, False, _legal("Your employment is not full time."))
    return _answer(
        rule,
        demand,
        facts.employer_country == facts.nationality,
        _legal("Your employer is in %(country)s.", country=case.country_name(facts.employer_country)),
    )


def _language(rule: Mapping[str, Any], case: _Case) -> Outcome:
    facts = case.facts
    wanted, level = list(rule["any_of"]), str(rule.get("level", "working"))
    names = {"en": _l("English"), "zh": _l("Chinese")}
    levels = {"basic": _l("basic"), "working": _l("good enough to work in"), "fluent": _l("fluent")}
    if len(wanted) == 1:
        demand = _legal("Your %(language)s is at least %(level)s.", language=names[wanted[0]], level=levels[level])
    else:
        demand = _legal("Your English or your Chinese is at least %(level)s.", level=levels[level])
    told = facts.languages or {}
    if not any(told.get(code) for code in wanted):
        return _answer(rule, demand, None, _legal("Tell us how well you speak the language."))
    enough = [
        code
        for code in wanted
        if told.get(code) in LANGUAGE_LEVELS and LANGUAGE_LEVELS.index(told[code]) >= LANGUAGE_LEVELS.index(level)
    ]
    if enough:
        return _answer(rule, demand, True, _legal("Your %(language)s suffices.", language=names[enough[0]]))
    return _answer(rule, demand, False, _legal("Neither level that you told us suffices."))


_JUDGES = {
    "nationality": _nationality,
    "age": _age,
    "degree_or_experience": _degree_or_experience,
    "employed_at_home": _employed_at_home,
    "language": _language,
}
