"""What an application's rules read, and what they say about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lms.applications import eligibility
from lms.applications.eligibility import Facts, Outcome, facts_from
from lms.applications.models import Application, Call, EligibilityRules, Person
from lms.applications.queries.calls import current_rules, rules_by_id
from lms.applications.rules import date_in_zone
from lms.core.countries import country_name
from lms.core.i18n import current_language, lazy
from lms.institutions.queries import countries_by_code


def profile_facts(person: Person) -> Facts:
    """What the profile tells already."""
    return Facts(nationality=person.nationality, born_on=person.born_on, employer_country=person.home_country or "")


def facts_of(application: Application) -> Facts:
    """The facts that the application keeps."""
    return facts_from(application.facts) if application.facts else Facts()


def known_facts(application: Application) -> Facts:
    """The facts that the application keeps, and where they are silent those of the profile."""
    return facts_of(application).filled_from(profile_facts(application.person))


def _called(code: str, language: str, known: Mapping[str, Any]) -> str:
    """A state's name: as the Center's data say where they tell, else as everybody calls it."""
    return getattr(known.get(code), f"name_{language}", "") or country_name(code, language)


def country_namer(language: str) -> eligibility.CountryName:
    """How states are called in a language."""
    known = countries_by_code()
    return lambda code: _called(code, language, known)


def _lazy_country_namer() -> eligibility.CountryName:
    """The same, in the language that the sentence around the name turns out to have."""
    known = countries_by_code()
    return lambda code: lazy(lambda: _called(code, current_language().code, known))


def outcomes(call: Call, facts: Facts, *, now: datetime) -> list[Outcome]:
    """What each of a call's rules says about these facts if they applied now."""
    rules = current_rules(call)
    return judge(rules, call, facts, on=now)


def judge(rules: EligibilityRules | None, call: Call, facts: Facts, *, on: datetime) -> list[Outcome]:
    """What one version of the rules says about somebody who applied at an instant."""
    return eligibility.evaluate(
        rules.rules if rules else [],
        facts,
        applied_on=date_in_zone(on, call.zone),
        closes_on=date_in_zone(call.closes_at, call.zone),
        country_name=_lazy_country_namer(),
    )


def application_outcomes(application: Application, *, now: datetime) -> list[Outcome]:
    """What the rules say about an application: by the version and at the day of its submission, else as of now."""
    rules = rules_by_id(application.rules_id) or current_rules(application.call)
    on = application.submitted_at or now
    return judge(rules, application.call, facts_of(application), on=on)
