"""Checklist, planned dates and report of a placement."""

from datetime import date
from zoneinfo import ZoneInfo

from lms.applications.services.editing import begin_edit
from lms.core import audit, storage, workflow
from lms.core.actor import Actor
from lms.core.clock import check_year
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotFound, NotPermitted
from lms.core.i18n import lazy_gettext as _l
from lms.exchange import messages
from lms.exchange.checklist import TASKS, due_before, end_of_stay
from lms.exchange.flow import PLACEMENT
from lms.exchange.flow.placement_steps import open_for_host, renew_tasks
from lms.exchange.models import ChecklistItem, Placement, PlacementReport
from lms.exchange.policy import ARRANGE_PLACEMENT, HOST_PLACEMENT, OWN_PLACEMENT
from lms.exchange.queries import placements as queries

_PARTY = {"scientist": OWN_PLACEMENT, "host": HOST_PLACEMENT}
OPEN_STATES = ("preparing", "active", "reported", "countersigned")
"""The states in which the checklist is worked on: all before the stay is closed."""


def tick(actor: Actor, placement: Placement, *, key: str, done: bool) -> None:
    """Tick off a task of one's own, or take the tick back. Pressing twice changes nothing.

    An excuse is taken back by those who may give one.
    Raises NotPermitted for a task of the other party, Conflict when the stay is over.
    """
    item = _task(placement, key)
    may = ARRANGE_PLACEMENT if item.excused_reason else _PARTY[item.who]
    if not may.allows(actor, placement):
        raise NotPermitted(_l("The other side ticks this off."))
    _begin_checking(placement, item)
    if (item.done_at is not None) == done:
        return
    _settle(actor, placement, item, reason="", is_settled=done)
    audit.record(
        actor,
        "checklist.ticked" if done else "checklist.unticked",
        subject=("placement", placement.id),
        detail={"key": key},
    )


def excuse(actor: Actor, placement: Placement, *, key: str, reason: str, version: int | None) -> None:
    """Let a task of the checklist go undone, with the reason why, such as a visa that nobody needs.

    Raises Invalid without a reason, Conflict when the task is settled, the stay is over or the page is stale.
    """
    item = _task(placement, key)
    if not reason.strip():
        raise Invalid(_l("Say why this task is not needed."), "reason")
    _begin_checking(placement, item, version)
    if item.done_at is not None:
        raise Conflict(_l("This task is settled already. Look at it as it stands now."))
    _settle(actor, placement, item, reason=reason.strip(), is_settled=True)
    audit.record(actor, "checklist.excused", subject=("placement", placement.id), detail={"key": key})


def _task(placement: Placement, key: str) -> ChecklistItem:
    item = next((item for item in placement.checklist if item.key == key), None)
    if item is None:
        raise NotFound
    return item


def _begin_checking(placement: Placement, item: ChecklistItem, version: int | None = None) -> None:
    """Lock the stay, so that nobody closes it meanwhile, and look whether the task may change now."""
    begin_edit(placement, version)
    if placement.state not in OPEN_STATES:
        raise Conflict(_l("This stay is over. Its checklist can no longer be changed."))
    if placement.state == "preparing" and not item.is_before_arrival:
        raise Conflict(_l("This comes after the arrival. Confirm the arrival first."))


def _settle(actor: Actor, placement: Placement, item: ChecklistItem, *, reason: str, is_settled: bool) -> None:
    item.done_at, item.done_by_id = (actor.now, actor.person_id) if is_settled else (None, None)
    item.excused_reason = reason
    db.session.flush()
    renew_tasks(actor, placement)


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
    renew_tasks(actor, placement)
    open_for_host(actor, placement, messages.CONFIRM_ARRIVAL, due_on=planned_from)
    audit.record(actor, "placement.planned", subject=("placement", placement.id))


def submit_report(
    actor: Actor, placement: Placement, *, text: str, staged: storage.StagedFile | None, version: int | None
) -> PlacementReport:
    """Hand in the report for the host to countersign; one that was returned is replaced, its file kept unless renewed.

    Raises Conflict when it was handed in already or the page is stale, Refused while the stay's end is far away.
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
