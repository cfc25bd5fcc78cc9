"""Bringing the call that hosts rank over its release, as everybody concerned would do it in the days to come."""

from datetime import datetime, timedelta

from lms.accounts import queries as people
from lms.core import clock, settings
from lms.core.actor import Actor
from lms.core.errors import Refused
from lms.core.i18n import lazy_gettext as _l
from lms.demo import queries
from lms.demo.seed import calls
from lms.demo.seed.people import accounts_in_file, address_of
from lms.demo.seed.world import World

_DAYS = 3


def pass_release(actor: Actor) -> datetime:
    """Hosts rank what is left, the secretariat allocates, records and releases; the new time, just after it.

    Raises Refused when no call of the demo world is being ranked.
    """
    call = queries.call_being_ranked(actor)
    if call is None:
        raise Refused([_l("No call waits for its release. Make the world new to see one.")])
    now = clock.move(timedelta(days=_DAYS))
    names = settings.center_names()
    world = World(now, center=names["en"], center_zh=names["zh"])
    for account in accounts_in_file():
        if (person := people.person_by_email(address_of(account))) is not None:
            world.people[account] = person.id
    calls.rank(world, call, day=-_DAYS + 0.5)
    calls.decide_and_release(world, call, day=-_DAYS + 1, released=-0.1)
    return now
