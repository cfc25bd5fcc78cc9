"""Supervisors: offered by the parties, matched by the wishes of both sides, confirmed by both."""

from datetime import timedelta

import pytest

from lms.allocation import check
from lms.applications.services.reviews import declare_tie
from lms.core import clock, waiting, workflow
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotPermitted, Refused
from lms.core.outbox import relay
from lms.programmes.flow import ROUND, SUPERVISION
from lms.programmes.models import Person
from lms.programmes.queries import supervision as queries
from lms.programmes.queries.programmes import office_programme
from lms.programmes.services import supervision as services
from lms.programmes.services.supervision import Opinion
from lms.programmes.supervising import Offered, build_instance
from tests.factories import actor_of, make_person, post, sign_in
from tests.programmes.studying import make_student, make_world


@pytest.fixture
def world(system):
    return make_world(system)


def offer(world, name, *, capacity=1, there=False):
    """A party offers a new supervisor; the person and the offer."""
    home = world.there if there else world.here
    person = make_person(world.system, name=name, institution=home, affiliation="staff")
    actor = actor_of(world.partner if there else world.coordinator)
    programme = office_programme(actor, world.programme.ref)
    institution = world.there if there else world.here
    made = services.offer_supervisor(
        actor, programme, institution_id=institution.id, email=person.email, capacity=capacity
    )
    return person, made


def open_round(world):
    actor = actor_of(world.coordinator)
    programme = office_programme(actor, world.programme.ref)
    return services.open_round(actor, programme, closes_on=(clock.now() + timedelta(days=14)).date())


def wish(one, student, *supervisors):
    person = db.session.get_one(Person, student.person_id)
    ranks = {row.id: number for number, row in enumerate(supervisors, start=1)}
    services.save_student_wishes(actor_of(person), one, student, ranks)


def match(world, one):
    """The coordinating university matches; the relay computes."""
    workflow.perform(ROUND, one, "match", actor=actor_of(world.coordinator))
    db.session.commit()
    relay.run_until_idle()
    db.session.expire_all()
    return queries.round_by_ref(actor_of(world.coordinator), one.ref)


def agree(supervision, person, side):
    workflow.perform(SUPERVISION, queries.supervision_by_id(supervision.id), f"agree_as_{side}", actor=actor_of(person))


def test_unranked_students_come_last_and_kept_ones_stay():
    document = build_instance(
        {"a": ["x"], "b": ["x"], "c": ["x"]},
        [Offered("x", 1, order=["c"], refused=["b"])],
        kept={"z": "x"},
        tied={("a", "x"), ("gone", "x")},
        seed=3,
    )
    assert document["posts"]["x"] == {"capacity": 1, "priority": ["c", ["a"]]}
    assert document["fixed"] == [["z", "x"]]
    assert document["forbidden"] == [["a", "x"]]


def test_from_the_offer_to_the_word_of_both(client, world):
    first, second = make_student(world), make_student(world)
    (chen, one), (somchai, other) = offer(world, "Chen"), offer(world, "Somchai", there=True)
    here = open_round(world)
    wish(here, first, one, other)
    wish(here, second, one)
    services.save_supervisor_wishes(actor_of(chen), here, one, {second.id: Opinion(1), first.id: Opinion(2)})
    done = match(world, here)
    assert done.state == "proposed"
    assert done.result["assignments"] == {first.ref: other.ref, second.ref: one.ref}
    assert check(done.instance, done.result["assignments"]).ok
    assert queries.supervisions_in(world.programme.id) == []
    workflow.perform(ROUND, done, "release", actor=actor_of(world.coordinator))
    pair = next(row for row in queries.supervisions_in(world.programme.id) if row.student_id == first.id)
    student = db.session.get_one(Person, first.person_id)
    agree(pair, student, "student")
    assert queries.supervision_of(first.id) is None
    with pytest.raises(Refused, match="agreed already"):
        agree(pair, student, "student")
    agree(pair, somchai, "supervisor")
    assert queries.supervision_of(first.id).supervisor.person_id == somchai.id
    assert not list(waiting.items_about(("supervision", pair.id)))
    assert [row.ref for row in queries.offered_in(world.programme.id)] == []  # every place is held
    sign_in(client, world.partner)
    assert "Somchai" in client.get(f"/programmes/rounds/{here.ref}").text
    sign_in(client, student)
    page = client.get(f"/programmes/supervisions/{pair.ref}").text
    assert "Confirmed by both" in page
    assert "went to students who stand higher in their order" in page
    assert "Supervisor: Somchai" in client.get(f"/programmes/students/{first.ref}").text
    sign_in(client, chen)
    assert client.get(f"/programmes/supervisions/{pair.ref}").status_code == 404


def test_a_declined_pair_is_matched_again_and_a_confirmed_one_stays(world):
    student, other = make_student(world), make_student(world)
    chen, one = offer(world, "Chen", capacity=2)
    here = open_round(world)
    wish(here, student, one)
    wish(here, other, one)
    workflow.perform(ROUND, match(world, here), "release", actor=actor_of(world.coordinator))
    kept, left = queries.supervisions_in(world.programme.id)
    stays, leaves = kept.student, left.student
    agree(kept, db.session.get_one(Person, kept.student.person_id), "student")
    agree(kept, chen, "supervisor")
    workflow.perform(
        SUPERVISION, queries.supervision_by_id(left.id), "decline", actor=actor_of(chen), reason="Other field."
    )
    again = open_round(world)
    assert [row.ref for row in queries.students_in(world.programme.id)] == [leaves.ref]
    wish(again, leaves, one)
    done = match(world, again)
    assert done.instance["fixed"] == [[stays.ref, one.ref]]
    assert done.result["assignments"] == {stays.ref: one.ref, leaves.ref: one.ref}


def test_ties_exclude_and_the_result_is_stale_once_somebody_left(world):
    student = make_student(world)
    chen, one = offer(world, "Chen")
    here = open_round(world)
    wish(here, student, one)
    declare_tie(actor_of(chen), email=db.session.get_one(Person, student.person_id).email, reason="Family.")
    done = match(world, here)
    assert done.result["assignments"] == {student.ref: None}
    offer(world, "Li")
    with pytest.raises(Refused, match="has left or was added"):
        workflow.perform(ROUND, done, "release", actor=actor_of(world.coordinator))


def test_each_university_offers_its_own_and_one_round_is_open(world):
    coordinator = actor_of(world.coordinator)
    programme = office_programme(coordinator, world.programme.ref)
    person = make_person(world.system)
    with pytest.raises(NotPermitted):
        services.offer_supervisor(coordinator, programme, institution_id=world.there.id, email=person.email, capacity=1)
    for address in (person.email, "nobody@example.test", world.partner.email):  # who has an account is not told
        with pytest.raises(Invalid, match="Nobody who works at this university has this address"):
            services.offer_supervisor(coordinator, programme, institution_id=world.here.id, email=address, capacity=1)
    with pytest.raises(Invalid):
        open_round(world)
    offer(world, "Chen")
    make_student(world)
    open_round(world)
    with pytest.raises(Conflict):
        open_round(world)


def test_pages_of_both_sides_and_of_the_offices(client, world):
    student = make_student(world)
    chen, one = offer(world, "Chen")
    sign_in(client, world.coordinator)
    office = f"/programmes/office/{world.programme.ref}/supervisors"
    assert "Chen" in client.get(f"{office}?q=chen&format=csv").text
    there, _row = offer(world, "Somchai", there=True)
    assert "Somchai" not in client.get(office, query_string={"q": there.email, "format": "csv"}).text
    assert post(client, f"{office}/offer", {"offer-email": "nobody@example.org"}).status_code == 422
    past = {"round-closes_on": "2020-01-01"}
    assert post(client, f"{office}/rounds", past).status_code == 422
    ahead = {"round-closes_on": (clock.now() + timedelta(days=9)).date().isoformat()}
    opened = post(client, f"{office}/rounds", ahead)
    assert opened.status_code == 303
    here = opened.location
    assert post(client, f"{here}/do/match").status_code == 422
    sign_in(client, db.session.get_one(Person, student.person_id))
    assert "Say which supervisor you want" in client.get("/programmes/supervision/").text
    assert post(client, f"{here}/supervisors", {}).status_code == 422
    assert post(client, f"{here}/supervisors", {f"rank-{one.id}": "1"}).status_code == 303
    assert client.get(f"{here}/students").status_code == 404
    assert client.get(here).status_code == 404
    sign_in(client, chen)
    both = {f"rank-{student.id}": "1", f"reason-{student.id}": "No"}
    assert post(client, f"{here}/students", both).status_code == 422
    assert post(client, f"{here}/students", {f"rank-{student.id}": "1"}).status_code == 303
    sign_in(client, world.coordinator)
    assert post(client, f"{here}/do/match").status_code == 303
    relay.run_until_idle()
    db.session.expire_all()
    assert "Chen" in client.get(here).text
    assert client.get(f"{here}/instance.json").status_code == 200
    assert post(client, f"{here}/do/release").status_code == 303
    assert client.get(office).status_code == 200
