"""The allocation: what goes in, what is shown, what binds."""

import json

import pytest

from lms.allocation import Instance, check, solve
from lms.core import workflow
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, Refused
from lms.exchange.allocating import RankedPost, build_instance, outcome_of, rank_of_choice
from lms.exchange.flow import ALLOCATION_RUN
from lms.exchange.models import Decision
from lms.exchange.queries import deciding as queries
from lms.exchange.services import allocation as services
from tests.exchange.deciding import (
    SORRY,
    decided_call,
    fresh,
    person_of,
    rank,
    rank_all,
    record,
    release,
    reviewed_call,
    run_allocation,
    start_ranking,
)
from tests.exchange.world import make_world, publish_call
from tests.factories import actor_of, post, sign_in


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def call(world):
    return publish_call(world)


def test_the_instance_holds_only_what_counts():
    document = build_instance(
        {"b": ["p", "gone"], "a": ["q", "p"]},
        [RankedPost("p", 1, ["a", "b", "withdrawn"]), RankedPost("q", 2, [])],
        forbidden={("a", "q"), ("withdrawn", "p")},
        seed=7,
    )
    assert document["posts"]["p"] == {"capacity": 1, "priority": ["a", "b"], "within": None}
    assert document["applicants"]["b"]["choices"] == ["p"]
    assert document["forbidden"] == [["a", "q"]]
    result = solve(Instance.from_dict(document)).to_dict()
    assert outcome_of("a", document, result) == "offer"
    assert rank_of_choice("a", document, result) == 2
    assert outcome_of("b", document, result) == "waitlist"


def test_nobody_is_on_the_waiting_list_of_hosts_who_refuse():
    document = build_instance({"a": ["p"]}, [RankedPost("p", 1, [])], forbidden=(), seed=1)
    assert outcome_of("a", document, solve(Instance.from_dict(document)).to_dict()) == "reject"


def test_a_run_is_computed_by_the_relay_and_binds_only_when_recorded(world, call):
    first, second, third = reviewed_call(world, call, 3)
    start_ranking(world, call)
    rank(world, world.posts[0], [second, first], [third])
    rank(world, world.posts[1], [first, second], [third])
    workflow.perform(workflow.machine_named("call"), call, "start_deciding", actor=actor_of(world.secretary))
    run = run_allocation(world, call)
    assert run.state == "proposed"
    assert db.session.query(Decision).count() == 0
    assert run.result["assignments"] == {
        first.ref: world.posts[1].ref,
        second.ref: world.posts[0].ref,
        third.ref: None,
    }
    assert check(run.instance, run.result["assignments"]).ok
    assert run.instance["tie_break"]["seed"] == call.lottery_seed
    with pytest.raises(Invalid):
        services.decide_by_hand(
            actor_of(world.secretary), fresh(third), outcome="reject", post_ref=None, reason="", version=None
        )
    record(world, run)
    decided = {row.application_id: row for row in queries.decisions_of(call).values()}
    assert [decided[one.id].outcome for one in (first, second, third)] == ["offer", "offer", "reject"]
    assert decided[third.id].reason == SORRY
    assert fresh(first).state == "in_review"


def test_runs_are_discarded_and_repeated_but_not_doubled(world, call):
    reviewed_call(world, call)
    rank_all(world, call)
    secretary = actor_of(world.secretary)
    run = run_allocation(world, call)
    record(world, run)
    with pytest.raises(Conflict):
        services.start_run(secretary, call)
    workflow.perform(ALLOCATION_RUN, run, "discard", actor=secretary)
    assert queries.decisions_of(call) == {}
    again = run_allocation(world, call)
    assert again.result == run.result
    assert services.instance_file(again) == services.instance_file(run)


def test_a_run_is_stale_once_somebody_withdrew(world, call):
    from lms.exchange.queries.applying import own_application
    from lms.exchange.services import applying

    first, _second = reviewed_call(world, call)
    rank_all(world, call)
    run = run_allocation(world, call)
    applicant = actor_of(person_of(first))
    applying.withdraw(applicant, own_application(applicant, first.ref), version=None)
    with pytest.raises(Refused, match="withdrawn since this run"):
        record(world, run)


def test_decisions_by_hand_keep_to_the_places_and_survive_a_new_run(world, call):
    first, second, third = decided_call(world, call, 3)
    secretary = actor_of(world.secretary)
    outcome = {one.id: queries.decision_of(one.id) for one in (first, second, third)}
    assert [row.outcome for row in outcome.values()] == ["offer", "offer", "waitlist"]
    given = world.posts[0].ref if outcome[first.id].post_id == world.posts[0].id else world.posts[1].ref
    with pytest.raises(Invalid, match="Every place"):
        services.decide_by_hand(secretary, fresh(third), outcome="offer", post_ref=given, reason="Fit", version=None)
    services.decide_by_hand(secretary, fresh(first), outcome="waitlist", post_ref=None, reason="Asked", version=None)
    services.decide_by_hand(secretary, fresh(third), outcome="offer", post_ref=given, reason="Fit", version=None)
    release(world, call)
    assert fresh(first).state == "waitlisted"
    assert fresh(third).state == "offered"
    with pytest.raises(Conflict):
        services.decide_by_hand(secretary, fresh(third), outcome="reject", post_ref=None, reason="Late", version=None)


def test_an_applicant_who_hosts_in_the_lab_cannot_get_its_posts(world, call):
    from lms.core.access import give_grant

    first, _second = reviewed_call(world, call)
    give_grant(world.system, person_id=first.person_id, role="host", scope_kind="lab", scope_id=world.lab.id)
    rank_all(world, call)
    run = run_allocation(world, call)
    assert [first.ref, world.posts[0].ref] in run.instance["forbidden"]
    assert run.result["assignments"][first.ref] is None


def test_pages_of_the_allocation(client, world, call):
    applications = reviewed_call(world, call)
    call_ref = call.ref
    sign_in(client, world.secretary)
    path = f"/exchange/manage/calls/{call_ref}/allocation"
    assert post(client, path).status_code == 409
    rank_all(world, db.session.get(type(call), applications[0].call_id))
    assert "Run the allocation" in client.get(path).text
    started = post(client, path)
    assert started.status_code == 303
    assert started.location.startswith("/jobs/")
    assert client.get(started.location).status_code == 200
    assert post(client, path).status_code == 409
    from lms.core.outbox import relay

    relay.run_until_idle()
    db.session.expire_all()
    assert "See the result" in client.get(started.location).text
    run = queries.runs_of(db.session.get(type(call), applications[0].call_id))[0]
    run_path = f"/exchange/allocation/{run.ref}"
    page = client.get(run_path)
    assert page.status_code == 200
    assert "Choice 1" in page.text
    assert "Dengue" in page.text
    document = json.loads(client.get(f"{run_path}/instance.json").data)
    assert document["format"] == "allocation/1"
    assert post(client, f"{run_path}/do/record").status_code == 422
    assert post(client, f"{run_path}/do/record", {"record-reason": SORRY}).status_code == 303
    decisions = client.get(f"/exchange/manage/calls/{call_ref}/decisions")
    assert decisions.status_code == 200
    assert "Release all decisions" in decisions.text
    assert "Offer" in client.get(f"/exchange/manage/calls/{call_ref}/decisions?format=csv").text
    by_hand = f"/exchange/decisions/{applications[0].ref}"
    assert client.get(by_hand).status_code == 200
    assert post(client, by_hand, {"outcome": "offer", "post": "nothing", "reason": "x"}).status_code == 422
    assert post(client, by_hand, {"outcome": "reject", "reason": "Withdrew by phone"}).status_code == 303
    assert "by hand" in client.get(f"/exchange/manage/calls/{call_ref}/decisions").text
    for other in (world.host_person, world.coordinator):
        sign_in(client, other)
        assert client.get(run_path).status_code == 404
        assert client.get(f"/exchange/manage/calls/{call_ref}/decisions").status_code == 403
        assert client.get(by_hand).status_code == 404
