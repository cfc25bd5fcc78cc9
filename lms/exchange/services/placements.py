"""Checklist, planned dates and report of a placement."""

from datetime import date
from zoneinfo import ZoneInfo

from lms.applications.services.editing import begin_edit
from lms.core import audit, storage, waiting, workflow
from lms.core.actor import Actor
from lms.core.clock import check_year
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotFound, NotPermitted
from lms.core.i18n import lazy_gettext as _l
from lms.exchange import messages
from lms.exchange.checklist import TASKS, due_before, end_of_stay
from lms.exchange.flow import PLACEMENT
from lms.exchange.flow.placement_steps import open_for_scientist
from lms.exchange.models import Placement, PlacementReport
from lms.exchange.policy import HOST_PLACEMENT, OWN_PLACEMENT
from lms.exchange.queries import placements as queries

_PARTY = {"scientist": OWN_PLACEMENT, "host": HOST_PLACEMENT}


def tick(actor: Actor, placement: Placement, *, key: str, done: bool) -> None:
    """Tick off a task of one's own, or take the tick back. Pressing twice changes nothing.

    Raises NotPermitted for a task of the other party, Conflict when the stay is over.
    """
    item = next((item for item in placement.checklist if item.key == key), None)
    if item is None:
        raise NotFound
    if not _PARTY[item.who].allows(actor, placement):
        raise NotPermitted(_l("The other side ticks this off."))
    begin_edit(placement, None)
    if placement.state not in ("preparing", "active"):
        raise Conflict(_l("This stay is over. Its checklist can no longer be changed."))
    if placement.state == "preparing" and not item.is_before_arrival:
        raise Conflict(_l("This comes after the arrival. Confirm the arrival first."))
    if (item.done_at is not None) == done:
        return
    item.done_at, item.done_by_id = (actor.now, actor.person_id) if done else (None, None)
    db.session.flush()
    if placement.state == "preparing":
        _renew_preparation(actor, placement)
    audit.record(
        actor,
        "checklist.ticked" if done else "checklist.unticked",
        subject=("placement", placement.id),
        detail={"key": key},
    )


def _renew_preparation(actor: Actor, placement: Placement) -> None:
    """The preparation waits for the scientist as long as a task of theirs before the arrival does."""
    own = [item for item in placement.checklist if item.who == "scientist" and item.is_before_arrival]
    if any(item.done_at is None for item in own):
        open_for_scientist(actor, placement, messages.PREPARE_STAY)
    else:
        waiting.close_items(actor, subject=("placement", placement.id), kind=messages.PREPARE_STAY)


def plan(actor: Actor, placement: Placement, *, planned_from: date, version: int | None) -> None:
    """Agree on the first day of the stay; the last one and the due dates follow from it.

    Raises Invalid for a day in the past, Conflict once the scientist has arrived.
    """
    begin_edit(placement, version)
    if placement.state != "preparing":
        raise Conflict(_l("The scientist has arrived already. The plan can no longer be changed."))
    today = actor.now.astimezone(ZoneInfo(placement.application.call.zone)).date()
    if planned_from < today:
        raise Invalid(_l("Choose a day that is still to come."), "planned_from")
    check_year(planned_from, "planned_from")
    placement.planned_from = planned_from
    placement.planned_to = end_of_stay(planned_from, placement.post.months)
    tasks = {task.key: task for task in TASKS}
    for item in placement.checklist:
        item.due_on = due_before(tasks[item.key], planned_from, today)
    db.session.flush()
    audit.record(actor, "placement.planned", subject=("placement", placement.id))


def submit_report(
    actor: Actor, placement: Placement, *, text: str, staged: storage.StagedFile | None, version: int | None
) -> PlacementReport:
    """Hand in the report for the host to countersign; one that was returned is replaced, its file kept unless renewed.

    Raises Conflict when it was handed in already or the page is stale.
    """
    report = queries.report_of(placement.id)
    if report is None:
        report = PlacementReport(placement_id=placement.id, text=text, submitted_at=actor.now)
        db.session.add(report)
    else:
        report.text, report.submitted_at, report.returned_reason = text, actor.now, ""
        report.version += 1
    if staged is not None:
        file = storage.attach(
            staged, owner_id=actor.person_id, purpose="placement.report", is_personal=True, now=actor.now
        )
        report.file_id = file.id
    workflow.perform(PLACEMENT, placement, "submit_report", actor=actor, version=version)
    return report
