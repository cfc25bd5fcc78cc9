"""Pure facts and questions about calls and applications of every kind."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l

# What a call may ask for; the key is kept, the label is read.
DOCUMENT_KINDS: dict[str, Text] = {
    "cv": _l("Curriculum vitae"),
    "degree": _l("Certificate of the highest degree"),
    "employment": _l("Proof of employment"),
    "language": _l("Proof of language"),
    "publications": _l("List of publications"),
    "work_plan": _l("Work plan"),
    "recommendation": _l("Letter of recommendation"),
    "transcript": _l("Transcript of records"),
}

ENDORSEMENT_ROUTES: dict[str, Text] = {
    "platform": _l("By a coordinator of my institution, on this platform"),
    "link": _l("By a signed link, for a ministry or another body without an account"),
    "sheet": _l("On a printed sheet with signature and seal"),
}

STATEMENT_LENGTH = 6000
LIVE_ENDORSEMENT = ("requested", "uploaded")
# The states of an application in which the home side's word still counts.
WAITS_FOR_HOME = ("submitted", "returned", "in_review")


def end_of_day(now: datetime, days: int, zone: str) -> datetime:
    """The last minute of the day that lies `days` after now in a zone, as an instant."""
    day = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59), ZoneInfo(zone)).astimezone(UTC)


def date_in_zone(instant: datetime, zone: str) -> date:
    """The calendar date of an instant where the call is at home: the date at which its rules are judged."""
    return instant.astimezone(ZoneInfo(zone)).date()


def is_open(call: Any, now: datetime) -> bool:
    """Whether one can apply now: published and opens_at ≤ now < closes_at."""
    return call.state == "published" and call.opens_at <= now < call.closes_at


def not_open_reason(call: Any, now: datetime) -> Text | None:
    """Why one cannot apply now, or None."""
    if is_open(call, now):
        return None
    if call.state == "published" and now < call.opens_at:
        return _l("The call has not opened yet. Its page says when it does.")
    return _l("Applying is over here. Look for what is open now.")


def wish_problem(wish: Mapping[str, Any]) -> Text | None:
    """What is missing in how an applicant wants to be endorsed, or None."""
    match wish.get("route"):
        case "platform" if not wish.get("institution_id"):
            return _l("Add your home institution to your profile, or choose another way of endorsement.")
        case "link" if not (wish.get("email") and wish.get("name") and wish.get("office")):
            return _l("Name the office, the person and the e-mail address that the link goes to.")
        case "sheet" if not wish.get("office"):
            return _l("Name the office that will sign and seal the sheet.")
        case None | "":
            return _l("Choose how your home side endorses you.")
    return None
