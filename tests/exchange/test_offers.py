"""Offers: accepted, declined, lapsed, rescinded, and passed on to the next in line."""

from datetime import timedelta

import pytest

from lms.core import clock, waiting, workflow
from lms.core.actor import system_actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotPermitted, Refused
from lms.core.workflow import transition_due
from lms.exchange.flow import APPLICATION
from lms.exchange.models import Call, Offer, Placement
from lms.exchange.queries import deciding as queries
from lms.exchange.queries.applying import own_application
from lms.exchange.services import applying
from lms.exchange.services import offers as services
from tests.exchange.deciding import answer, fresh, lapse_all, person_of, released_call
from tests.exchange.world import mails, make_world, publish_call
from tests.factories import actor_of, post, sign_in


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def call(world):
    return publish_call(world, titles=("Dengue surveillance",))


def answers():
    return [offer.answer for offer in db.session.query(Offer).order_by(Offer.id)]


def test_an_acceptance_makes_a_placement_once(world, call):
    first, second = released_call(world, call)
    answer(first, "accept")
    assert fresh(first).state == "accepted"
    assert answers() == ["accepted"]
    assert db.session.query(Placement).one().person_id == first.person_id
    with pytest.raises(Conflict):
        answer(first, "accept")
    with pytest.raises(Conflict):
        answer(first, "decline")
    assert fresh(second).state == "waitlisted"
    assert [item.kind for item in waiting.items_for(actor_of(person_of(first)))] == ["prepare_stay"]
    assert "confirm_arrival" in [item.kind for item in waiting.items_for(actor_of(world.host_person))]
    assert len(mails("A research stay is being prepared")) == 3


def test_a_declined_place_goes_to_the_next_in_line(world, call):
    first, second, third = released_call(world, call, 3)
    answer(first, "decline")
    assert [fresh(one).state for one in (first, second, third)] == ["declined", "offered", "waitlisted"]
    assert queries.open_offer(second.id).expires_at > clock.now()
    with pytest.raises(Conflict):
        answer(first, "decline")
    assert answers() == ["declined", "open"]
    assert len(mails("You have an offer")) == 2
    answer(second, "accept")
    assert fresh(third).state == "waitlisted"


def test_offers_lapse_by_the_clock_one_after_the_other(world, call):
    first, second, third = released_call(world, call, 3)
    lapse_all()
    assert fresh(first).state == "lapsed"
    assert len(mails("Your offer has lapsed")) >= 1
    assert fresh(second).state in ("offered", "lapsed")
    lapse_all()
    lapse_all()
    assert [fresh(one).state for one in (first, second, third)] == ["lapsed"] * 3
    assert answers() == ["lapsed"] * 3


def test_at_the_very_instant_of_expiry_it_is_too_late(world, call):
    first, second = released_call(world, call)
    offer = queries.open_offer(first.id)
    applicant = actor_of(person_of(first))
    from dataclasses import replace

    just_before = replace(applicant, now=offer.expires_at - timedelta(microseconds=1))
    at_expiry = replace(applicant, now=offer.expires_at)
    assert transition_due(APPLICATION, first.id, "lapse", actor=system_actor(just_before.now)) is False
    with pytest.raises(Refused, match="time to answer"):
        workflow.perform(APPLICATION, fresh(first), "accept", actor=at_expiry)
    assert transition_due(APPLICATION, first.id, "lapse", actor=system_actor(at_expiry.now)) is True
    assert transition_due(APPLICATION, first.id, "lapse", actor=system_actor(at_expiry.now)) is False
    assert fresh(second).state == "offered"


def test_an_extended_offer_outlives_its_first_deadline(world, call):
    (first,) = released_call(world, call, 1)
    secretary = actor_of(world.secretary)
    old = queries.open_offer(first.id).expires_at
    with pytest.raises(Invalid):
        services.extend_offer(secretary, fresh(first), until=old)
    services.extend_offer(secretary, fresh(first), until=old + timedelta(days=3))
    assert transition_due(APPLICATION, first.id, "lapse", actor=system_actor(old)) is False
    assert transition_due(APPLICATION, first.id, "lapse", actor=system_actor(old + timedelta(days=3))) is True
    with pytest.raises(Conflict):
        services.extend_offer(secretary, fresh(first), until=old + timedelta(days=9))


def test_a_withdrawn_offer_and_a_rescinded_one_pass_on_too(world, call):
    first, second, third = released_call(world, call, 3)
    applicant = actor_of(person_of(first))
    applying.withdraw(applicant, own_application(applicant, first.ref), version=None)
    assert answers() == ["withdrawn", "open"]
    assert fresh(second).state == "offered"
    answer(second, "accept")
    workflow.perform(
        APPLICATION, fresh(second), "rescind", actor=actor_of(world.secretary), reason="The lab has closed."
    )
    assert db.session.query(Placement).one().state == "ended"
    assert fresh(third).state == "offered"
    assert answers() == ["withdrawn", "rescinded", "open"]
    assert len(mails("Your offer was rescinded")) == 1


def test_nobody_answers_for_somebody_else(client, world, call):
    first, second = released_call(world, call)
    with pytest.raises(NotPermitted):
        workflow.perform(APPLICATION, fresh(first), "accept", actor=actor_of(person_of(second)))
    ref = first.ref
    for who in (person_of(second), world.host_person, world.coordinator):
        sign_in(client, who)
        assert client.get(f"/exchange/offers/{ref}").status_code == 404
        assert post(client, f"/exchange/offers/{ref}/do/accept").status_code == 404


def test_the_waiting_list_is_closed_after_all_have_answered(world, call):
    first, second, third = released_call(world, call, 3)
    secretary = actor_of(world.secretary)
    with pytest.raises(Refused, match="unanswered"):
        services.close_waiting_list(secretary, call, reason="The intake is full.")
    answer(first, "accept")
    assert services.close_waiting_list(secretary, call, reason="The intake is full.") == 2
    assert [fresh(one).state for one in (second, third)] == ["rejected"] * 2
    assert fresh(second).decided_reason == "The intake is full."


def test_an_applicant_answers_on_the_page(client, world, call):
    first, second = released_call(world, call)
    refs = first.ref, second.ref
    sign_in(client, person_of(first))
    page = client.get(f"/exchange/offers/{refs[0]}")
    assert page.status_code == 200
    assert "China Standard Time" in page.text
    assert "Accept the offer" in page.text
    done = post(client, f"/exchange/offers/{refs[0]}/do/accept")
    assert done.status_code == 303
    assert done.location.startswith("/exchange/placements/")
    assert client.get(done.location).status_code == 200
    assert post(client, f"/exchange/offers/{refs[0]}/do/decline").status_code == 409
    sign_in(client, person_of(second))
    assert client.get(f"/exchange/offers/{refs[1]}").status_code == 404
    assert post(client, f"/exchange/offers/{refs[1]}/do/offer_next").status_code == 404


def test_the_secretariat_manages_offers_on_pages(client, world, call):
    first, _second = released_call(world, call)
    ref, call_ref, call_id = first.ref, call.ref, call.id
    sign_in(client, world.secretary)
    path = f"/exchange/manage/calls/{call_ref}/offers"
    assert client.get(path).status_code == 200
    assert "Dengue" in client.get(f"{path}?format=csv").text
    closing = post(client, path, {"reason": "Full."})
    assert closing.status_code == 422
    assert "unanswered" in closing.text
    assert client.get(f"/exchange/manage/offers/{ref}").status_code == 200
    assert post(client, f"/exchange/manage/offers/{ref}", {"until_on": "2020-01-01"}).status_code == 422
    assert post(client, f"/exchange/manage/offers/{ref}", {"until_on": "2099-01-01"}).status_code == 303
    assert post(client, f"/exchange/manage/offers/{ref}/do/rescind").status_code == 422
    rescind = post(client, f"/exchange/manage/offers/{ref}/do/rescind", {"rescind-reason": "Funding ended."})
    assert rescind.status_code == 303
    assert post(client, f"{path}/next").status_code == 303
    assert db.session.get(Call, call_id).state == "released"
    sign_in(client, world.host_person)
    assert client.get(path).status_code == 403
    assert client.get(f"/exchange/manage/offers/{ref}").status_code == 404
