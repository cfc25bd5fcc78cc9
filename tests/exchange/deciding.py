"""The way from submitted applications to placements, each step performed by whoever would perform it."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lms.accounts.models import Person
from lms.applications.models import Review
from lms.applications.queries.endorsements import live_endorsement
from lms.applications.services import endorsements, reviews
from lms.core import clock, workflow
from lms.core.actor import system_actor
from lms.core.db import db
from lms.core.outbox import relay
from lms.exchange.flow import ALLOCATION_RUN, APPLICATION, CALL, PLACEMENT
from lms.exchange.models import AllocationRun, Application, Call, Placement, Post
from lms.exchange.queries import deciding as queries
from lms.exchange.queries import placements as placement_queries
from lms.exchange.queries.ranking import candidates_of, post_to_rank
from lms.exchange.services import allocation, placements, ranking
from lms.exchange.services import release as release_service
from lms.exchange.services.ranking import Opinion
from tests.exchange.world import World, apply, later
from tests.factories import actor_of, make_institution, make_person

SORRY = "There were more good applications than places."


def fresh(application: Application) -> Application:
    """The application as it stands now, with what staff pages load."""
    return queries.application_by_id(application.id)


def accept_screening(world: World, application: Application) -> Application:
    """Endorsed by the home coordinator, accepted by the secretariat."""
    endorsement = live_endorsement(application)
    assert endorsement is not None
    endorsements.decide(actor_of(world.coordinator), endorsement, gives=True, version=None)
    workflow.perform(APPLICATION, fresh(application), "accept_screening", actor=actor_of(world.secretary))
    return fresh(application)


def close(world: World, call: Call) -> Call:
    """The call closes early."""
    workflow.perform(CALL, call, "close", actor=actor_of(world.secretary), reason="Enough time has passed.")
    return call


def make_reviewers(world: World, count: int = 3) -> list[Person]:
    """Reviewers at an institution that nobody else here belongs to."""
    elsewhere = make_institution(world.system, name="University of the Philippines", country="TH")
    return [
        make_person(
            world.system, name=f"Reviewer {number}", institution=elsewhere, roles=[("reviewer", "platform", None)]
        )
        for number in range(1, count + 1)
    ]


def assign_all(world: World, call: Call) -> reviews.Shared:
    """Share out the reviews."""
    return reviews.assign_all(actor_of(world.secretary), call, due_at=clock.now() + timedelta(days=7))


def write_review(review: Review, *, score: int = 4) -> None:
    """Hand in one review with the same score everywhere."""
    reviewer = db.session.get_one(Person, review.reviewer_id)
    from lms.applications.queries.reviews import review_visible_to

    mine = review_visible_to(actor_of(reviewer), review.ref)
    scores = {criterion["key"]: score for criterion in mine.application.call.criteria}
    reviews.submit(actor_of(reviewer), mine, scores=scores, comment="Well founded.", version=None)


def reviewed_call(world: World, call: Call, applicants: int = 2, **options: Any) -> list[Application]:
    """A closed call whose applications all have their reviews."""
    applications = [accept_screening(world, apply(world, call, **options)) for _ in range(applicants)]
    close(world, call)
    if not db.session.query(Person).filter(Person.name.like("Reviewer %")).count():
        make_reviewers(world)
    assign_all(world, call)
    for review in db.session.query(Review).filter_by(state="assigned").order_by(Review.id).all():
        write_review(review)
    return applications


def start_ranking(world: World, call: Call) -> None:
    """The hosts are asked."""
    due = (clock.now() + timedelta(days=7)).date()
    workflow.perform(CALL, call, "start_ranking", actor=actor_of(world.secretary), due_on=due)


def rank(world: World, post: Post, order: list[Application], refused: list[Application] | None = None) -> None:
    """The lab's host hands in a ranking."""
    host = actor_of(world.host_person)
    opinions = {one.ref: Opinion(number) for number, one in enumerate(order, start=1)}
    opinions |= {one.ref: Opinion(None, "Other expertise is needed.") for one in refused or []}
    ranking.submit_ranking(host, post_to_rank(host, post.ref), opinions=opinions, version=None)


def rank_all(world: World, call: Call) -> None:
    """Every post in the order of submission, then deciding starts."""
    host = actor_of(world.host_person)
    start_ranking(world, call)
    for post in world.posts:
        if candidates := list(candidates_of(host, post)):
            rank(world, post, candidates)
    workflow.perform(CALL, call, "start_deciding", actor=actor_of(world.secretary))


def run_allocation(world: World, call: Call) -> AllocationRun:
    """A run, computed by the relay."""
    run = allocation.start_run(actor_of(world.secretary), call)
    db.session.commit()
    relay.run_until_idle()
    db.session.expire_all()
    return queries.run_visible_to(actor_of(world.secretary), run.ref)


def record(world: World, run: AllocationRun) -> None:
    """The run becomes decisions."""
    workflow.perform(ALLOCATION_RUN, run, "record", actor=actor_of(world.secretary), reason=SORRY)


def decided_call(world: World, call: Call, applicants: int = 2, **options: Any) -> list[Application]:
    """Decided, not released."""
    applications = reviewed_call(world, call, applicants, **options)
    rank_all(world, call)
    record(world, run_allocation(world, call))
    return applications


def release(world: World, call: Call) -> None:
    """All decisions at once, asked for by the secretariat and performed as the relay does."""
    asked = db.session.get_one(Call, call.id)
    workflow.perform(CALL, asked, "release", actor=actor_of(world.secretary))
    assert release_service.finish(system_actor(clock.now()), asked)


def released_call(world: World, call: Call, applicants: int = 2, **options: Any) -> list[Application]:
    """Everybody knows."""
    applications = decided_call(world, call, applicants, **options)
    release(world, call)
    return [fresh(application) for application in applications]


def person_of(application: Application) -> Person:
    """The applicant."""
    return db.session.get_one(Person, application.person_id)


def answer(application: Application, name: str) -> None:
    """Accept or decline as the applicant."""
    workflow.perform(APPLICATION, fresh(application), name, actor=actor_of(person_of(application)))


def placed(world: World, call: Call) -> Placement:
    """Somebody who accepted."""
    (application,) = released_call(world, call, 1)
    answer(application, "accept")
    found = placement_queries.placement_of(application.id)
    assert found is not None
    return found


def today_at_the_center() -> date:
    """The day that it is where the hosts are: in the evening of UTC it is tomorrow there."""
    return clock.now().astimezone(ZoneInfo(clock.CENTER_ZONE)).date()


def arrive(world: World, placement: Placement) -> Placement:
    """The checklist is done and the host confirms the arrival."""
    scientist, host = actor_of(person_of(placement.application)), actor_of(world.host_person)
    for item in placement.checklist:
        if item.is_before_arrival:
            who = scientist if item.who == "scientist" else host
            placements.tick(who, placement, key=item.key, done=True)
    workflow.perform(PLACEMENT, placement, "confirm_arrival", actor=host, arrived_on=today_at_the_center())
    return placement_queries.placement_by_id(placement.id)


def lapse_all() -> None:
    """A month goes by and the relay does what is due."""
    later(days=60)
    db.session.commit()
    relay.run_until_idle()
    db.session.expire_all()
