"""Counting a call's applications: how far they came, whose they are, and when they arrived."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import distinct, func, select

from lms.core.db import db
from lms.core.workflow import History
from lms.exchange.models import Application, Call, Person

_STEPS = ("submit", "accept_screening", "offer", "accept")


def stages_of(call: Call) -> dict[str, int]:
    """How many applications of a call were begun, and how many ever took each step of the way to a placement."""
    mine = Application.call_id == call.id
    begun = db.session.scalar(select(func.count()).select_from(Application).where(mine)) or 0
    rows = db.session.execute(
        select(History.transition, func.count(distinct(History.subject_id)))
        .join(Application, Application.id == History.subject_id)
        .where(History.machine == "application", History.transition.in_(_STEPS), mine)
        .group_by(History.transition)
    )
    taken: dict[str, int] = dict(rows.all())
    return {"begun": begun, **{step: taken.get(step, 0) for step in _STEPS}}


def applicants_of(call: Call) -> Mapping[tuple[str, str], int]:
    """How many people have submitted an application to a call, by nationality and gender; "" where not stated."""
    rows = db.session.execute(
        select(Person.nationality, Person.gender, func.count())
        .select_from(Application)
        .join(Application.person)
        .where(Application.call_id == call.id, Application.submitted_at.is_not(None))
        .group_by(Person.nationality, Person.gender)
    )
    return {(country or "", gender): count for country, gender, count in rows}


def weeks_of(call: Call) -> list[tuple[date, int]]:
    """How many applications were submitted in each week of a call, by the week's Monday in the call's zone."""
    instants = db.session.scalars(
        select(Application.submitted_at).where(Application.call_id == call.id, Application.submitted_at.is_not(None))
    )
    days = [instant.astimezone(ZoneInfo(call.zone)).date() for instant in instants if instant is not None]
    counted = Counter(day - timedelta(days=day.weekday()) for day in days)
    if not counted:
        return []
    first, last = min(counted), max(counted)
    weeks = [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    return [(week, counted[week]) for week in weeks]
