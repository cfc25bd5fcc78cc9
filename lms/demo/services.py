"""Moving the demo's clock."""

from datetime import datetime, timedelta

from lms.core import clock
from lms.core.actor import Actor
from lms.core.errors import Refused
from lms.core.i18n import lazy_gettext as _l
from lms.demo import queries


def move_clock(actor: Actor, *, by: timedelta | None) -> datetime:
    """Move the clock by a step, or with None to one second after the next timer; the new time.

    Raises Refused when no timer is set.
    """
    if by is None:
        timers = queries.next_timers(actor, limit=1)
        if not timers:
            raise Refused([_l("No timer is set. Move the clock by an hour or a day instead.")])
        by = timers[0].due_at - actor.now + timedelta(seconds=1)
    return clock.move(by)
