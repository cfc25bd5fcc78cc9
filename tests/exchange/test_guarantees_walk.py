"""Whatever people do, in whatever order: limits, quotas and accepted places hold, and nothing stays free in vain."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from lms.allocation import Instance, check, solve
from lms.core import clock, workflow
from lms.core.actor import system_actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, Refused
from lms.exchange.flow import APPLICATION, CALL
from lms.exchange.guarantees import Guarantees, Quota, Reserve
from lms.exchange.models import Application, Offer
from lms.exchange.queries import capacities as limits
from lms.exchange.queries import deciding as queries
from lms.exchange.queries.guarantees import groups_of, guarantees_of, offered_places
from lms.exchange.queries.instance import rerun_of
from lms.exchange.services import allocation, capacities, offers
from lms.exchange.services.guarantees import set_guarantees
from tests.exchange.deciding import (
    fresh,
    person_of,
    rank,
    record,
    release,
    reviewed_call,
    run_allocation,
    start_ranking,
)
from tests.exchange.world import make_world, publish_call
from tests.factories import actor_of

_APPLICANTS = 6


def _guarantees(draw: random.Random, posts):
    groups = [("country", "TH"), ("country", "KH"), ("level", "master"), ("field", "vaccines")]
    quotas = tuple(Quota(*group, draw.randint(1, 2)) for group in draw.sample(groups, draw.randint(1, 3)))
    rule = draw.choice(["cutoffs", "cutoffs", "serial"])
    reserves = () if rule == "serial" else (Reserve(posts[0].ref, *draw.choice(groups), 1),)
    return Guarantees(rule, draw.choice(["lottery", "submitted"]), quotas, reserves)


def _prepared(draw: random.Random, world):
    """A call that is being decided, with people of several groups whom the hosts rank as they like."""
    call = publish_call(world, titles=("Dengue", "Malaria", "Cholera"))
    for post in world.posts:
        post.places = draw.randint(1, 2)
    secretary = actor_of(world.secretary)
    set_guarantees(secretary, call, _guarantees(draw, world.posts), reason="Funds.", version=None)
    applications = reviewed_call(world, call, _APPLICANTS)
    for one in applications:
        one.facts = {
            **one.facts,
            "nationality": draw.choice(["TH", "KH"]),
            "degree": draw.choice(["master", "doctorate"]),
        }
        one.fields = draw.choice([[], ["vaccines"]])
    capacities.set_capacities(secretary, call, {f"lab:{world.lab.ref}": draw.randint(2, 4)})
    start_ranking(world, call)
    for post in world.posts:
        order = draw.sample(applications, _APPLICANTS)
        cut = draw.randint(4, _APPLICANTS)
        rank(world, post, order[:cut], order[cut:])
    workflow.perform(CALL, call, "start_deciding", actor=secretary)
    return call, applications


def _decide_by_hand(draw: random.Random, world, application) -> None:
    try:
        allocation.decide_by_hand(
            actor_of(world.secretary),
            fresh(application),
            outcome=draw.choice(["offer", "offer", "waitlist"]),
            post_ref=draw.choice(world.posts).ref,
            reason="Agreed with the host.",
            version=None,
            overrides=draw.random() < 0.5,
        )
    except Invalid:
        db.session.expire_all()


def _act(draw: random.Random, world, call, application) -> None:
    """Something that this person, the secretariat or the clock does now."""
    application = fresh(application)
    person, secretary = actor_of(person_of(application)), actor_of(world.secretary)
    steps = {
        "offered": ["accept", "decline", "withdraw", "rescind", "lapse"],
        "waitlisted": ["withdraw", "offer_next"],
        "accepted": ["rescind"],
    }
    step = draw.choice(steps.get(application.state, ["free"]))
    try:
        match step:
            case "free":
                offers.offer_free_places(secretary, call)
            case "rescind":
                workflow.perform(APPLICATION, application, step, actor=secretary, reason="Funds were cut.")
            case "lapse":
                db.session.query(Offer).filter_by(application_id=application.id, answer="open").update(
                    {"expires_at": clock.now() - timedelta(days=1)}
                )
                workflow.perform(APPLICATION, application, step, actor=system_actor(clock.now()))
            case "offer_next":
                chosen = draw.choice(world.posts).id
                workflow.perform(APPLICATION, application, step, actor=system_actor(clock.now()), post_id=chosen)
            case _:
                workflow.perform(APPLICATION, application, step, actor=person)
    except (Refused, Conflict):
        db.session.expire_all()


def _check(world, call) -> set[int]:
    """Every limit holds, and a run for the waiting list finds nothing to give; who has accepted."""
    held = db.session.query(Offer).filter(Offer.answer.in_(queries.TAKEN)).all()
    at = Counter(offer.post_id for offer in held)
    assert all(at[post.id] <= post.places for post in world.posts)
    assert all(limits.seats_taken(one) <= one.seats for one in limits.capacities_of(call))
    kept = guarantees_of(call.id)
    placed = offered_places(call.id, kept)
    assert all(placed[quota.group] <= quota.most for quota in kept.limits)
    people = queries.applications_by_ref(call, [row.ref for row in db.session.query(Application)])
    by_id = {one.id: groups_of(one, kept.kinds) for one in people}
    assert placed == Counter(
        group for offer in held for group in by_id[offer.application_id] if group[0] in {q.kind for q in kept.quotas}
    )
    document = rerun_of(system_actor(clock.now()), call)
    if document is not None:
        result = solve(Instance.from_dict(document))
        assert check(document, result.assignments).ok
        stands = {ref for ref, _post in document.get("fixed", [])}
        assert not [ref for ref, post in result.assignments.items() if post and ref not in stands]
    return {offer.application_id for offer in held if offer.answer == "accepted"}


@pytest.mark.parametrize("seed", range(4))
def test_after_any_sequence_of_steps_every_limit_holds(system, seed):
    draw = random.Random(seed)
    world = make_world(system)
    call, applications = _prepared(draw, world)
    _decide_by_hand(draw, world, draw.choice(applications))
    record(world, run_allocation(world, call))
    for application in draw.sample(applications, 2):
        _decide_by_hand(draw, world, application)
    release(world, call)
    offers.offer_free_places(actor_of(world.secretary), call)  # what decisions by hand left free
    accepted = _check(world, call)
    for _ in range(14):
        application = draw.choice(applications)
        _act(draw, world, call, application)
        now = _check(world, call)
        assert accepted - now <= {application.id}, "an accepted place was lost by what somebody else did"
        accepted = now
