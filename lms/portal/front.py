"""What the home page tells: deadlines, and the network in figures that were counted, never written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from lms.applications.rules import is_open
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.courses.queries import front as courses
from lms.exchange.queries import calls
from lms.exchange.queries import front as exchange
from lms.institutions import queries as institutions
from lms.mentoring.queries import front as mentoring
from lms.portal.network import CountryCount
from lms.programmes.queries import front as programmes

SHOWN = 6


@dataclass(frozen=True)
class Deadline:
    """Something that one can enter until `closes_at`; `thing` has its title in both languages."""

    kind: Text
    thing: Any
    endpoint: str
    url_values: Mapping[str, Any]
    place: Any
    closes_at: datetime
    zone: str


def next_deadlines(actor: Actor) -> list[Deadline]:
    """Open calls, intakes, offerings and schemes, soonest to close first."""
    found = [
        Deadline(_l("Exchange"), call, "exchange.call", {"ref": call.ref}, None, call.closes_at, call.zone)
        for call in calls.public_calls(actor)
        if is_open(call, actor.now)
    ]
    found += [
        Deadline(
            _l("Short course"),
            offering.course,
            "courses.course",
            {"code": offering.course.code},
            offering.institution,
            offering.enrol_closes_at,
            offering.zone,
        )
        for offering in courses.closing_soon(actor, limit=SHOWN)
    ]
    found += [
        Deadline(_l("Mentoring"), scheme, "mentoring.scheme", {"ref": scheme.ref}, None, scheme.closes_at, scheme.zone)
        for scheme in mentoring.open_schemes(actor, limit=SHOWN)
    ]
    found += [
        Deadline(
            _l("Joint degree"),
            intake.programme,
            "programmes.programme",
            {"ref": intake.programme.ref},
            intake.programme.coordinating,
            intake.call.closes_at,
            intake.call.zone,
        )
        for intake in programmes.closing_soon(actor, limit=SHOWN)
    ]
    return sorted(found, key=lambda one: one.closes_at)[:SHOWN]


def network(actor: Actor) -> Sequence[CountryCount]:
    """The platform's states with what each brings, in four queries."""
    known = institutions.directory(actor).subquery()
    rows = db.session.execute(select(known.c.country_code, func.count()).group_by(known.c.country_code))
    counts: dict[str, int] = dict(rows.all())
    given, places = courses.count_by_country(), exchange.places_by_country(actor)
    return [
        CountryCount(country, counts.get(country.code, 0), given.get(country.code, 0), places.get(country.code, 0))
        for country in institutions.countries()
    ]
