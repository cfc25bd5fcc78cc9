"""Making schemes."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lms.allocation.mentors import EVEN
from lms.core import audit, workflow
from lms.core.actor import Actor
from lms.core.clock import check_year
from lms.core.db import db, expect_version
from lms.core.errors import Conflict, Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.translated import translate
from lms.institutions.queries import countries as all_countries
from lms.mentoring.flow import SCHEME
from lms.mentoring.flow.scheme import schedule_close
from lms.mentoring.indexing import index_scheme
from lms.mentoring.models import MentoringScheme
from lms.mentoring.queries.schemes import lock_scheme, scheme_by_id

DEFAULT_WEIGHTS = {str(criterion): weight for criterion, weight in EVEN.items()}
_EDITABLE = ("draft", "published", "running")


def open_scheme(actor: Actor, *, countries: Sequence[str], **values: Any) -> MentoringScheme:
    """A new scheme in draft. `values` are columns, `countries` the codes of the states whose mentees may join.

    Raises Invalid when the dates are in the wrong order or in the past, or no weight counts.
    """
    _check(actor, values)
    scheme = MentoringScheme(
        ref=new_ref(),
        seed=secrets.randbelow(2**31),
        created_by_id=actor.person_id,
        created_at=actor.now,
        countries=_countries(countries),
        **values,
    )
    workflow.start(SCHEME, scheme, actor=actor)
    index_scheme(scheme_by_id(scheme.id))
    return scheme


def edit_scheme(
    actor: Actor, scheme: MentoringScheme, *, version: int | None, countries: Sequence[str], **values: Any
) -> None:
    """Change texts, dates and numbers. A moved closing date moves the clock's appointment.

    Raises Invalid for wrong dates, Stale for a stale page, Conflict when the scheme is over.
    """
    lock_scheme(scheme.id)
    db.session.refresh(scheme, attribute_names=["state", "version"])
    expect_version(scheme, version)
    if scheme.state not in _EDITABLE:
        raise Conflict(_l("This scheme is over. It can no longer be changed."))
    changed = sorted(name for name, value in values.items() if getattr(scheme, name) != value)
    if scheme.state == "running" and {"opens_at", "closes_at"} & set(changed):
        raise Invalid(_l("Joining has ended. These dates can no longer be moved."), "closes_local")
    if {"opens_at", "closes_at", "ends_on", "weights"} & set(changed):
        _check(actor, values)
    for name in changed:
        setattr(scheme, name, values[name])
    scheme.countries = _countries(countries)
    scheme.version += 1
    db.session.flush()
    if scheme.state == "published" and "closes_at" in changed:
        schedule_close(actor, scheme)
    audit.record(actor, "mentoring_scheme.edited", subject=("mentoring_scheme", scheme.id), detail={"fields": changed})
    index_scheme(scheme_by_id(scheme.id))


def _countries(codes: Sequence[str]) -> list[Any]:
    return [country for country in all_countries() if country.code in codes]


def _check(actor: Actor, values: dict[str, Any]) -> None:
    opens_at: datetime = values["opens_at"]
    closes_at: datetime = values["closes_at"]
    if closes_at <= opens_at:
        raise Invalid(_l("Joining must end after it begins."), "closes_local")
    if closes_at <= actor.now:
        raise Invalid(_l("This date lies in the past."), "closes_local")
    check_year(values["ends_on"], "ends_on")
    if values["ends_on"] <= closes_at.astimezone(ZoneInfo(values["zone"])).date():
        raise Invalid(_l("Mentorships must end after joining has ended."), "ends_on")
    if not any(values["weights"].values()):
        raise Invalid(_l("Give at least one criterion some points."), "weight_fields")


def translate_scheme(
    actor: Actor, scheme: MentoringScheme, *, language: str, texts: Mapping[str, str], version: int | None
) -> None:
    """Give a scheme its texts in a further language. Raises Stale."""
    translate(actor, scheme, subject=("mentoring_scheme", scheme.id), language=language, texts=texts, version=version)
    index_scheme(scheme_by_id(scheme.id))
    db.session.flush()
