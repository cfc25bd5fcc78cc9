"""The demo world, made by calling the services that people use, at the times at which they would have."""

from dataclasses import dataclass

from lms.core import audit, clock, settings
from lms.core.errors import Refused
from lms.core.i18n import lazy_gettext as _l
from lms.demo import queries
from lms.demo.seed import courses, crowd, exchange, mentoring, people, programmes
from lms.demo.seed.world import World

CROWD = 25


@dataclass(frozen=True)
class Seeded:
    """What a run of the seed did: whether it made the world, and how many further learners."""

    is_new: bool
    learners: int


def seed(scale: int = 1) -> Seeded:
    """Make the demo world, once; `scale` beyond 1 adds 25 further learners for each unit, also to an existing one.

    Raises Refused when the database holds anything else than the demo world.
    """
    is_new = not queries.is_seeded()
    if is_new and not queries.is_empty():
        raise Refused([_l("This database holds other people's data: the demo world goes into an empty one only.")])
    names = settings.center_names()
    world = World(clock.now(), center=names["en"], center_zh=names["zh"])
    if is_new:
        make_world(world)
    learners = crowd.grow(world, (scale - 1) * CROWD)
    return Seeded(is_new, learners)


def make_world(world: World) -> None:
    """Everything, in the order in which it happened; the journal remembers that this is the demo world."""
    people.make_people(world)
    people.give_roles(world)
    courses.make_courses(world)
    courses.make_draft(world)
    courses.give_courses(world)
    courses.learn(world)
    courses.apply_for_courses(world)
    exchange.make_calls(world)
    programmes.make_programmes(world)
    mentoring.make_mentoring(world)
    people.ask_offices(world)
    audit.record(world.system(0), queries.SEEDED)
