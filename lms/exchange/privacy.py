"""What the exchange keeps about people, for how long, and why it is read."""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, RowMapping, select

from lms.accounts import privacy, readings
from lms.accounts.privacy import ERASED_TEXT, Hold, Holding, Values
from lms.applications.privacy import APPLICATIONS
from lms.core import workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting.kinds import Titled
from lms.exchange.flow import APPLICATION
from lms.exchange.models import (
    Application,
    Call,
    ChecklistItem,
    Choice,
    Decision,
    HostRanking,
    Offer,
    Placement,
    PlacementReport,
    Post,
)

_ACCOUNTS_OF_A_STAY = timedelta(days=5 * 365)
"""How long the funding, visa and insurance of a stay must be accounted for after its end."""


def _accounts_of_a_stay(row: RowMapping, now: datetime) -> Hold:
    last = row["left_on"] or row["planned_to"]
    ended = datetime.combine(last, time(), UTC) if last else max(row["created_at"], now)
    reason = _l("Funding, visa and insurance of a stay must be accounted for until five years after its end.")
    return Hold(reason, ended + _ACCOUNTS_OF_A_STAY, True)


def _ranking_left(row: RowMapping) -> Values:
    return {"reason": ERASED_TEXT if row["reason"] else ""}


def _released() -> ColumnElement[bool]:
    return Decision.released_at.is_not(None)


_CONFIDENTIAL = _l("Hosts rank in confidence. What it meant for you stands in the decision.")
_PLACEMENTS = Holding(
    "placements",
    Placement,
    _l("Placements"),
    becomes={"credential_id": None},
    hold=_accounts_of_a_stay,
    subject="placement",
)
privacy.register(
    _PLACEMENTS,
    Holding(
        "placement-tasks",
        ChecklistItem,
        _l("Tasks of placements"),
        owner="placement_id",
        part_of=_PLACEMENTS,
        becomes={"excused_reason": ""},
    ),
    Holding(
        "placement-reports",
        PlacementReport,
        _l("Reports on placements"),
        owner="placement_id",
        part_of=_PLACEMENTS,
        becomes={"text": ERASED_TEXT, "file_id": None, "returned_reason": ""},
    ),
    Holding("choices", Choice, _l("Posts asked for"), owner="application_id", part_of=APPLICATIONS, becomes={}),
    Holding(
        "rankings",
        HostRanking,
        _l("Rankings by hosts"),
        owner="application_id",
        part_of=APPLICATIONS,
        becomes=_ranking_left,
        withheld=_CONFIDENTIAL,
    ),
    Holding(
        "decisions",
        Decision,
        _l("Decisions on applications"),
        owner="application_id",
        part_of=APPLICATIONS,
        becomes=_ranking_left,
        shown=_released,
    ),
    Holding("offers", Offer, _l("Offers"), owner="application_id", part_of=APPLICATIONS, becomes={}),
)
privacy.register_mentions(
    privacy.ACTED,
    "allocation_run.started_by_id",
    "call_guarantees.made_by_id",
    "checklist_item.done_by_id",
    "decision.decided_by_id",
    "host_ranking.ranked_by_id",
    "placement_report.countersigned_by_id",
    "post.created_by_id",
)


def _withdraw(actor: Actor, person_id: int) -> None:
    """Withdraw applications that are under way, so that their posts go to others."""
    query = (
        select(Application)
        .join(Application.call)
        .where(Application.person_id == person_id, Call.kind == "exchange")
        .order_by(Application.id)
    )
    for application in db.session.scalars(query).all():
        if application.state in APPLICATION.transitions["withdraw"].sources:
            workflow.perform(APPLICATION, application, "withdraw", actor=actor)


privacy.on_leaving(_withdraw)


def _titles(ids: Collection[int]) -> dict[int, Titled]:
    rows = db.session.execute(
        select(Placement.id, Post).join(Placement.post).where(Placement.id.in_(ids)).order_by(Placement.id)
    )
    return {row[0]: row[1] for row in rows}


readings.register(
    readings.Readable(
        Placement,
        "placement",
        _l("Placement"),
        lambda placement: placement.person_id,
        {"placement.view": _l("To prepare and follow your stay")},
        _titles,
    )
)
