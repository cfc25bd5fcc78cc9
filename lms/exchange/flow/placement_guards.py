"""What must hold before a stay at a host moves on."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lms.core.actor import Actor
from lms.core.i18n import Text, lazy_day, lazy_ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context
from lms.exchange.checklist import REPORT_OPENS_DAYS, report_opens_on
from lms.exchange.models import Placement
from lms.exchange.queries import placements as queries

_LONGEST = timedelta(days=3 * 366)


def is_prepared(context: Context) -> Text | None:
    """Everything that must be done before the arrival was ticked off."""
    missing = [
        item
        for item in queries.placement_by_id(context.subject.id).checklist
        if item.is_before_arrival and item.done_at is None
    ]
    if not missing:
        return None
    return lazy_ngettext(
        "%(num)d task before the arrival is not done yet.",
        "%(num)d tasks before the arrival are not done yet.",
        len(missing),
    )


def arrival_is_past(context: Context) -> Text | None:
    """One confirms what has happened, and it happened after the offer was accepted."""
    arrived, placement = context.inputs.get("arrived_on"), context.subject
    if arrived is not None and arrived < day_of(placement.created_at, placement):
        return _l("Nobody arrives before they accepted the offer. Check the day.")
    return _not_ahead(context, arrived)


def report_is_open(context: Context) -> Text | None:
    """A report tells of the stay: it is handed in towards the last day, not on the first."""
    placement: Placement = context.subject
    opens = report_opens_on(last_day_of(placement))
    if today_of(context.actor, placement) >= opens:
        return None
    return _l(
        "The report can be handed in from %(day)s on, %(number)d days before the last day of the stay. "
        "If the stay ends earlier, ask the host to change its last day.",
        day=lazy_day(opens),
        number=REPORT_OPENS_DAYS,
    )


def stay_is_over(context: Context) -> Text | None:
    """A stay is certified for the days that it lasted."""
    placement: Placement = context.subject
    last_day = last_day_of(placement)
    if today_of(context.actor, placement) >= last_day:
        return None
    return _l(
        "The stay lasts until %(day)s. If it has ended earlier, change its last day first.", day=lazy_day(last_day)
    )


def checklist_is_settled(context: Context) -> Text | None:
    """Every task was done, or excused by the host or the secretariat with a reason."""
    checklist = queries.placement_by_id(context.subject.id).checklist
    missing = sum(item.done_at is None for item in checklist)
    if not missing:
        return None
    return lazy_ngettext(
        "%(num)d task of the checklist is neither done nor excused.",
        "%(num)d tasks of the checklist are neither done nor excused.",
        missing,
    )


def end_is_possible(context: Context) -> Text | None:
    """The last day may lie ahead, but not before the stay began nor years away."""
    left, arrived = context.inputs.get("left_on"), context.subject.arrived_on
    if left is None or arrived is None or arrived <= left <= arrived + _LONGEST:
        return None
    return _l("Choose a day after the arrival and within three years of it.")


def leaving_is_past(context: Context) -> Text | None:
    """One records the end of what has ended, and not before it began."""
    left = context.inputs.get("left_on")
    if left is not None and context.subject.arrived_on is not None and left < context.subject.arrived_on:
        return _l("The stay cannot end before it began.")
    return _not_ahead(context, left)


def _not_ahead(context: Context, day: date | None) -> Text | None:
    if day is not None and day > today_of(context.actor, context.subject):
        return _l("This day has not come yet.")
    return None


def today_of(actor: Actor, placement: Placement) -> date:
    """The day it is now in the zone of the call."""
    return day_of(actor.now, placement)


def day_of(instant: datetime, placement: Placement) -> date:
    """The day on which an instant falls in the zone of the call."""
    return instant.astimezone(ZoneInfo(queries.placement_by_id(placement.id).application.call.zone)).date()


def last_day_of(placement: Placement) -> date:
    """The last day of a stay that has begun: the arrival fixed it."""
    assert placement.last_day is not None
    return placement.last_day
