"""Acting in the demo world: as one of its people in a scene, and as all of them where time is short."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lms.accounts import queries as people
from lms.core import clock, settings
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.demo.seed import calls
from lms.demo.seed.people import accounts_in_file, address_of
from lms.demo.seed.world import World
from lms.exchange.queries import calls as exchange

if TYPE_CHECKING:
    from lms.accounts.models import Person
    from lms.exchange.models import Call

_DAYS = 3


def presented_person(account: str) -> "Person":
    """Who acts under this account of the demo world. Raises NotFound in a world without them."""
    person = people.person_by_email(address_of(account))
    if person is None:
        raise NotFound
    return person


def call_being_ranked(actor: Actor) -> "Call | None":
    """The call of the demo world whose hosts rank now, as its secretariat knows it."""
    secretariat = people.person_by_email(address_of("secretariat"))
    if secretariat is None:
        return None
    known = exchange.managed_calls(people.actor_of(secretariat.id, actor.now), state="ranking")
    return db.session.scalars(known).first()


def pass_release(actor: Actor) -> datetime:
    """Bring the call that hosts rank over its release, as those concerned would in days to come; the time after it.

    The hosts rank what is left; the secretariat allocates, records and releases.
    Raises Refused when no call of the demo world is being ranked.
    """
    call = call_being_ranked(actor)
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
