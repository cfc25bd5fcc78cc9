"""Reading private calendar addresses."""

from lms.core.db import db
from lms.mentoring.models import CalendarFeed


def feed_of(person_id: int | None) -> CalendarFeed | None:
    """The private calendar of somebody, if they asked for one."""
    return db.session.get(CalendarFeed, person_id) if isinstance(person_id, int) else None
