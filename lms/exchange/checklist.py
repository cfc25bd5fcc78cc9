"""What is to be done before and after a scientist arrives in China, by whom and until when. Pure.

The periods after arrival are those of Chinese law on the stay of foreigners: registration of the
accommodation within 24 hours, residence permit within 30 days of entry.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class Task:
    """A line of the checklist. `days` counts from the planned start (before) or from the arrival (after)."""

    key: str
    label: Text
    who: Literal["scientist", "host"]
    is_before_arrival: bool
    days: int


TASKS = (
    Task("visa_letter", _l("Send the invitation letter for the visa"), "host", True, -60),
    Task("visa", _l("Obtain the visa"), "scientist", True, -21),
    Task("insurance", _l("Take out health and accident insurance for the whole stay"), "scientist", True, -14),
    Task("travel", _l("Book the journey and tell the host when you arrive"), "scientist", True, -14),
    Task("accommodation", _l("Register the accommodation with the police within 24 hours"), "host", False, 1),
    Task("induction", _l("Give the introduction to the lab and its safety rules"), "host", False, 7),
    Task("residence_permit", _l("Apply for the residence permit within 30 days"), "scientist", False, 30),
)
LABELS = {task.key: task.label for task in TASKS}


REPORT_OPENS_DAYS = 14
"""So many days before the last day of a stay its report may be handed in: enough to be read before the farewell."""


def report_opens_on(last_day: date) -> date:
    """The first day on which the report on a stay may be handed in."""
    return last_day - timedelta(days=REPORT_OPENS_DAYS)


def due_before(task: Task, planned_from: date | None, today: date) -> date | None:
    """When a task before arrival is due: never in the past; without a planned start there is no date."""
    if not task.is_before_arrival or planned_from is None:
        return None
    return max(planned_from + timedelta(days=task.days), today)


def due_after(key: str, arrived_on: date) -> date:
    """When a task after arrival is due."""
    task = next(task for task in TASKS if task.key == key)
    return arrived_on + timedelta(days=task.days)


def end_of_stay(planned_from: date, months: int) -> date:
    """The last day of a stay of so many months."""
    month = planned_from.month - 1 + months
    year, month = planned_from.year + month // 12, month % 12 + 1
    for day in (planned_from.day, 30, 29, 28):
        try:
            return date(year, month, day) - timedelta(days=1)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
