"""Limits of hosts and labs: who sets them, that the allocation obeys them, and that offers do."""

import pytest

from lms.core import workflow
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotPermitted, Refused
from lms.exchange.flow import ALLOCATION_RUN, CALL
from lms.exchange.guarantees import Guarantees
from lms.exchange.models import CallCapacity
from lms.exchange.queries import capacities as queries
from lms.exchange.queries import deciding
from lms.exchange.queries.offers import places_of
from lms.exchange.services import allocation
from lms.exchange.services import capacities as services
from tests.exchange.deciding import (
    SORRY,
    answer,
    fresh,
    rank,
    record,
    release,
    reviewed_call,
    run_allocation,
    start_ranking,
)
from tests.exchange.world import make_world, publish_call
from tests.factories import actor_of, make_institution, make_person, post, sign_in


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def call(world):
    return publish_call(world, titles=("Dengue surveillance", "Malaria genomics"))


def lab_key(world):
    return f"lab:{world.lab.ref}"


def host_key(world):
    return f"host:{world.host.slug}"


def limit(world, call, **seats):
    keys = {"lab": lab_key(world), "host": host_key(world)}
    services.set_capacities(actor_of(world.secretary), call, {keys[one]: count for one, count in seats.items()})


def deciding_call(world, call):
    """Two applicants, each first on the list of the post that they want."""
    first, second = reviewed_call(world, call, 2)
    start_ranking(world, call)
    rank(world, world.posts[0], [first, second])
    rank(world, world.posts[1], [second, first])
    workflow.perform(CALL, call, "start_deciding", actor=actor_of(world.secretary))
    return first, second


def offers_in(call):
    return sum(one.accepted + one.open for one in places_of(call))


@pytest.mark.parametrize("unit", ["lab", "host"])
def test_a_limit_binds_the_allocation_and_explains_itself(client, world, call, unit):
    first, second = deciding_call(world, call)
    limit(world, call, **{unit: 1})
    run = run_allocation(world, call)
    given = [post for post in run.result["assignments"].values() if post]
    assert len(given) == 1
    assert run.result["certificate"]["stable"] is True
    loser = next(ref for ref, post in run.result["assignments"].items() if post is None)
    assert "unit_full" in {line["code"] for line in run.result["explanations"][loser]}
    sign_in(client, world.secretary)
    page = client.get(f"/exchange/allocation/{run.ref}").text
    assert "Every place of the lab or host went to people who stand higher." in page
    assert "Limits of hosts and labs" in page
    exported = client.get(f"/exchange/allocation/{run.ref}/result.csv")
    assert exported.mimetype == "text/csv"
    assert "Every place of the lab or host" in exported.text
    assert {first.ref, second.ref} <= set(exported.text.replace("\n", ",").split(","))


def test_without_a_limit_both_get_a_place(world, call):
    deciding_call(world, call)
    run = run_allocation(world, call)
    assert run.result["matched"] == 2
    assert run.instance["units"] == {}


def test_a_lab_lies_within_its_host(world, call):
    limit(world, call, lab=2, host=1)
    units = {unit.key: unit for unit in queries.limited_units(call, Guarantees())}
    assert units[lab_key(world)].within == host_key(world)
    deciding_call(world, call)
    assert run_allocation(world, call).result["matched"] == 1


def test_a_run_is_not_recorded_once_a_limit_was_changed(world, call):
    deciding_call(world, call)
    run = run_allocation(world, call)
    limit(world, call, lab=1)
    with pytest.raises(Refused, match="A limit of a host or lab was changed"):
        workflow.perform(ALLOCATION_RUN, run, "record", actor=actor_of(world.secretary), reason=SORRY)


def test_decisions_by_hand_and_the_release_keep_to_the_limits(world, call):
    first, second = deciding_call(world, call)
    secretary = actor_of(world.secretary)

    def offer(application, post_index):
        allocation.decide_by_hand(
            secretary,
            fresh(application),
            outcome="offer",
            post_ref=world.posts[post_index].ref,
            reason="Best fit.",
            version=None,
        )

    offer(first, 0)
    offer(second, 1)
    limit(world, call, host=1)
    with pytest.raises(Refused, match="More offers than the limits of hosts and labs allow: Peking University"):
        workflow.perform(CALL, call, "release", actor=secretary)
    with pytest.raises(Invalid, match="takes nobody more"):
        offer(second, 1)


def test_a_place_that_comes_free_under_a_limit_goes_to_whom_it_held_back(world, call):
    deciding_call(world, call)
    limit(world, call, lab=1)
    record(world, run_allocation(world, call))
    release(world, call)
    assert offers_in(call) == 1
    assert [one.free for one in places_of(call)] == [0, 0]
    states = {one.state: one for one in db.session.query(deciding.Application).all()}
    answer(states["offered"], "decline")
    assert fresh(states["waitlisted"]).state == "offered"
    assert offers_in(call) == 1


def test_hosts_set_their_own_limits_and_nobody_elses(client, world, call):
    coordinator = make_person(world.system, roles=[("coordinator", "institution", world.host.id)])
    elsewhere = make_institution(world.system)
    stranger = make_person(world.system, roles=[("coordinator", "institution", elsewhere.id)])
    path = f"/exchange/calls/{call.ref}/capacities"
    names = {"lab": lab_key(world).replace(":", "-"), "host": host_key(world).replace(":", "-")}
    sign_in(client, coordinator)
    assert "Limits of hosts and labs" in client.get(f"/exchange/calls/{call.ref}").text
    assert post(client, path, {names["lab"]: "0"}).status_code == 422
    assert post(client, path, {names["lab"]: "1", names["host"]: ""}).status_code == 303
    assert [one.seats for one in db.session.query(CallCapacity)] == [1]
    assert post(client, path, {names["lab"]: "", names["host"]: "3"}).status_code == 303
    assert [(one.institution_id, one.seats) for one in db.session.query(CallCapacity)] == [(world.host.id, 3)]
    sign_in(client, stranger)
    assert client.get(path).status_code == 404
    with pytest.raises(NotPermitted):
        services.set_capacities(actor_of(stranger), call, {lab_key(world): 1})
    sign_in(client, world.coordinator)
    assert client.get(path).status_code == 404
    sign_in(client, make_person(world.system))
    assert client.get(path).status_code == 404


def test_limits_stand_once_decisions_are_released(world, call):
    deciding_call(world, call)
    record(world, run_allocation(world, call))
    release(world, call)
    with pytest.raises(Conflict):
        limit(world, call, lab=1)


def test_a_limit_that_somebody_else_set_meanwhile_is_not_overwritten_unseen(client, world, call):
    sign_in(client, world.secretary)
    path, lab = f"/exchange/calls/{call.ref}/capacities", lab_key(world).replace(":", "-")
    seen = call.version
    limit(world, call, lab=1, host=2)
    stale = post(client, path, {lab: "3", "version": str(seen)})
    assert stale.status_code == 409
    assert "Somebody changed this meanwhile." in stale.text
    assert {one.seats for one in db.session.query(CallCapacity)} == {1, 2}
