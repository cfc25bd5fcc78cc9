"""Moving the demo's clock."""

from datetime import datetime, timedelta

from lms.core import clock
from lms.core.actor import Actor
from lms.core.errors import Refused
from lms.core.i18n import lazy_gettext as _l
from lms.demo import queries

_JUST_AFTER = timedelta(seconds=1)


def move_clock(actor: Actor, *, by: timedelta | None) -> datetime:
    """Move the clock by a step, or with None to one second after the next timer; the new time.

    Raises Refused when no timer is set.
    """
    if by is None:
        timers = queries.next_timers(actor, limit=1)
        if not timers:
            raise Refused([_l("No timer is set. Move the clock by an hour or a day instead.")])
        by = timers[0].due_at - actor.now + _JUST_AFTER
    return clock.move(by)


def move_over(actor: Actor, *, kind: str) -> datetime:
    """Move the clock just over the next deadline or expiry; the new time. Raises Refused when none is ahead."""
    turn = queries.next_turn(actor, kind)
    if turn is None:
        raise Refused([_l("Nothing of this kind is ahead. Make the world new to see it again.")])
    return clock.move(turn.due_at - actor.now + _JUST_AFTER)
