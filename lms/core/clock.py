"""What time it is. Production uses the real clock; tests and the demo may move it forward."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, db
from lms.core.errors import Invalid
from lms.core.i18n import lazy_gettext as _l


class ClockOffset(Base):
    """How far the demo's clock is ahead of the real one, in seconds. One row; ignored in production."""

    __tablename__ = "clock_offset"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    seconds: Mapped[int] = mapped_column(Integer, default=0)


# Where the Center works.
CENTER_ZONE = "Asia/Shanghai"
_YEARS = (1900, 2999)
_movable = False


def allow_moving(allowed: bool) -> None:
    """Called once at start-up: whether this process obeys `ClockOffset`."""
    global _movable  # noqa: PLW0603 - one setting per process, set by create_app alone
    _movable = allowed


def now() -> datetime:
    """The current instant, in UTC. For the edge: services take it from their actor."""
    real = datetime.now(UTC)
    if not _movable:
        return real
    seconds = db.session.scalar(select(ClockOffset.seconds))
    return real + timedelta(seconds=seconds or 0)


def move(by: timedelta) -> datetime:
    """Move the clock of a demo or a test forward and return the new time.

    Raises RuntimeError in production and ValueError for a move backwards.
    """
    if not _movable:
        raise RuntimeError("The clock cannot be moved here.")
    if by < timedelta(0):
        raise ValueError("The clock only moves forward.")
    row = db.session.get(ClockOffset, 1)
    if row is None:
        row = ClockOffset(id=1, seconds=0)
        db.session.add(row)
    row.seconds += int(by.total_seconds())
    db.session.flush()
    return now()


def deadline_in_zone(local: datetime, zone: str) -> datetime:
    """The instant at which a wall clock in `zone` shows `local` (naive).

    Raises Invalid for years so far away that another zone could not show the instant any more.
    """
    check_year(local)
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def end_of_working_day(now: datetime, days: int, zone: str) -> datetime:
    """The last minute of the day that is so many working days, Monday to Friday, after now in a zone.

    Public holidays differ between the countries that take part and are not left out.
    """
    day = now.astimezone(ZoneInfo(zone)).date()
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return deadline_in_zone(datetime.combine(day, time(23, 59)), zone)


def check_year(day: date, field: str | None = None) -> None:
    """Raise Invalid beside `field` for a year so far away that no calculation with the day would hold."""
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise Invalid(_l("This date is too far away. Check the year."), field)
