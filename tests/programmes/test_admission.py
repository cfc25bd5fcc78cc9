"""Admission: each party decides in its own queue, the offer needs all of them, conditions and the clock do the rest."""

from datetime import timedelta

import pytest

from lms.applications.services import applying as shared
from lms.core import clock, waiting, workflow
from lms.core.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from lms.programmes.flow import OFFER_CONDITION
from lms.programmes.queries import admission as queries
from lms.programmes.queries import applying as reading
from lms.programmes.queries.conditions import conditions_of
from lms.programmes.queries.study import student_of_application
from lms.programmes.services import agreements, applying, deciding, intakes
from tests.factories import actor_of, make_person
from tests.programmes.admitting import (
    admit,
    again,
    answer,
    apply,
    approval_of,
    decision_at,
    fill_in,
    later,
    mails,
    make_open,
    person_of,
    refuse,
    staged,
    submit,
    the_intake,
)


@pytest.fixture
def world(system):
    return make_open(system)


def _kinds(person):
    return [item.kind for item in waiting.items_for(actor_of(person))]


def _next(application):
    application = again(application)
    return reading.next_of(application, queries.admission_of(application.id), conditions_of(application.id))


def test_every_party_finds_it_in_its_own_queue_and_nowhere_else(world, system):
    application = apply(world)
    assert "decide_admission" in _kinds(world.coordinator)
    assert "decide_admission" in _kinds(world.partner)
    assert len(mails("Please decide: Somsri")) == 2
    other = make_person(system, institution=world.here)
    with pytest.raises(NotFound):
        queries.decision_of_my_office(actor_of(other), decision_at(application, world.partner).ref)
    with pytest.raises(NotPermitted):
        deciding.perform(
            actor_of(world.coordinator), decision_at(application, world.partner), "refuse", version=None, reason="No."
        )


def test_the_offer_needs_the_word_of_all_and_acceptance_registers_at_every_university(world):
    application = admit(apply(world), world.partner)
    assert application.state == "submitted"
    assert "decide_admission" not in _kinds(world.partner)
    assert str(_next(application).who) == "Sample University"
    application = admit(application, world.coordinator)
    assert application.state == "offered"
    assert _kinds(person_of(application)) == ["answer_admission"]
    assert len(mails("You have an offer")) == 1
    application = answer(application, "accept")
    assert application.state == "accepted"
    student = student_of_application(application.id)
    assert student is not None
    assert {one.institution_id for one in student.registrations} == {world.here.id, world.there.id}
    assert len(mails("You are admitted")) == 1


def test_a_refusal_takes_effect_when_all_have_decided_and_is_explained(world):
    application = refuse(apply(world), world.partner, "The documents do not suffice.")
    assert application.state == "submitted"
    application = admit(application, world.coordinator)
    assert application.state == "rejected"
    assert application.decided_reason == "Partner University: The documents do not suffice."
    assert "The documents do not suffice." in mails("Decision on your application")[0].body
    with pytest.raises(Refused):
        deciding.perform(actor_of(world.partner), decision_at(application, world.partner), "reconsider", version=None)


def test_a_decision_may_be_taken_anew_until_all_have_decided(world):
    application = refuse(apply(world), world.partner, "Wrong file.")
    deciding.perform(actor_of(world.partner), decision_at(application, world.partner), "reconsider", version=None)
    assert "decide_admission" in _kinds(world.partner)
    assert admit(application, world.partner, world.coordinator).state == "offered"


def test_a_party_asks_back_named_fields_and_only_it_decides_again(world):
    application = admit(apply(world), world.coordinator)
    person = person_of(application)
    actor = actor_of(world.partner)
    due = clock.now() + timedelta(days=7)
    deciding.ask_back(
        actor, decision_at(application, world.partner), reasons={"document:cv": "Unreadable."}, due_at=due, version=None
    )
    own = queries.own_application(actor_of(person), application.ref)
    assert own.state == "returned"
    assert _kinds(person) == ["correct_admission"]
    with pytest.raises(Conflict):
        shared.save_statement(actor_of(person), own, version=None, statement="Other")
    with pytest.raises(Refused):
        submit(person, own)
    shared.add_document(actor_of(person), own, version=None, kind="cv", staged=staged())
    assert submit(person, queries.own_application(actor_of(person), own.ref)).state == "submitted"
    assert "decide_admission" in _kinds(world.partner)
    assert "decide_admission" not in _kinds(world.coordinator)
    assert admit(application, world.partner).state == "offered"


def test_what_is_not_put_right_in_time_ends_by_the_clock(world):
    application = apply(world)
    due = clock.now() + timedelta(days=7)
    decision = decision_at(application, world.partner)
    deciding.ask_back(actor_of(world.partner), decision, reasons={"statement": "Too short."}, due_at=due, version=None)
    later(days=8)
    assert again(application).state == "rejected"
    assert _kinds(person_of(application)) == []
    assert "decide_admission" not in _kinds(world.coordinator)


def test_nobody_decides_on_their_own_application(world, system):
    person = make_person(system, name="Both", institution=world.there, affiliation="coordinator")
    application = applying.start_application(actor_of(person), the_intake(world))
    application = submit(person, fill_in(person, application, party=world.there))
    with pytest.raises(NotFound):
        decision_at(application, person)
    assert decision_at(application, world.partner)


# --- conditions -------------------------------------------------------------------------------------


def _conditional(world):
    application = admit(apply(world), world.partner, world.coordinator, condition="Hand in the original degree.")
    return answer(application, "accept")


def test_a_conditional_offer_admits_when_the_party_confirms_the_condition(world):
    application = _conditional(world)
    assert application.state == "conditional"
    assert student_of_application(application.id) is None
    person = person_of(application)
    (condition,) = conditions_of(application.id)
    assert _kinds(person) == ["meet_condition"]
    with pytest.raises(NotPermitted):
        workflow.perform(OFFER_CONDITION, condition, "confirm", actor=actor_of(world.coordinator))
    applying.hand_in(actor_of(person), condition, version=None, told="By courier.", staged=staged("degree.pdf"))
    assert "judge_condition" in _kinds(world.partner)
    (condition,) = conditions_of(application.id)
    workflow.perform(OFFER_CONDITION, condition, "return", actor=actor_of(world.partner), reason="Only a copy.")
    assert _kinds(person) == ["meet_condition"]
    assert "Only a copy." in mails("Please look at a condition again")[0].body
    (condition,) = conditions_of(application.id)
    applying.hand_in(actor_of(person), condition, version=None, told="The original.", staged=None)
    (condition,) = conditions_of(application.id)
    workflow.perform(OFFER_CONDITION, condition, "confirm", actor=actor_of(world.partner))
    assert again(application).state == "accepted"
    assert student_of_application(application.id) is not None
    assert (condition.met_by_id, condition.told) == (world.partner.id, "The original.")


def test_a_missed_condition_gives_the_seat_to_the_next(system):
    world = make_open(system, seats=1)
    application = _conditional(world)
    waiting_one = admit(apply(world, name="Next"), world.partner, world.coordinator)
    assert waiting_one.state == "waitlisted"
    later(days=61)
    assert again(application).state == "lapsed"
    assert again(waiting_one).state == "offered"


def test_a_condition_can_be_waived_with_a_reason(world):
    application = _conditional(world)
    (condition,) = conditions_of(application.id)
    workflow.perform(OFFER_CONDITION, condition, "waive", actor=actor_of(world.partner), reason="Known to us.")
    assert again(application).state == "accepted"


# --- seats and the waiting list ----------------------------------------------------------------------


def test_who_finds_no_seat_waits_in_line_and_is_asked_when_one_comes_free(system):
    world = make_open(system, seats=1)
    first, second, third = (admit(apply(world, name=name), world.partner, world.coordinator) for name in "ABC")
    assert (first.state, second.state, third.state) == ("offered", "waitlisted", "waitlisted")
    assert len(mails("You are on the waiting list")) == 2
    answer(first, "decline")
    assert again(second).state == "offered"
    later(days=15)
    assert (again(second).state, again(third).state) == ("lapsed", "offered")
    assert mails("Your offer has lapsed")


def test_the_seats_of_each_party_hold_beside_those_of_the_intake(system):
    world = make_open(system, seats=3, here=9, there=1)
    first = admit(apply(world, name="A"), world.partner, world.coordinator)
    second = admit(apply(world, name="B"), world.partner, world.coordinator)
    other = admit(apply(world, name="C", party=world.here), world.partner, world.coordinator)
    assert (first.state, second.state, other.state) == ("offered", "waitlisted", "offered")
    answer(other, "decline")
    assert again(second).state == "waitlisted"  # a seat of the other university does not help
    answer(first, "decline")
    assert again(second).state == "offered"


def test_an_offer_expires_at_the_end_of_the_day_in_the_zone_of_the_intake(system):
    world = make_open(system)
    application = admit(apply(world), world.partner, world.coordinator)
    offer = queries.open_offer(application.id)
    assert offer is not None
    assert (offer.expires_at + timedelta(hours=8)).strftime("%H:%M") == "23:59"  # Shanghai is eight hours ahead
    clock.move(offer.expires_at - clock.now() + timedelta(seconds=1))
    with pytest.raises(Refused):
        answer(application, "accept")


def test_one_party_may_rescind_its_admission_and_the_offer_of_all_ends(world):
    application = admit(apply(world), world.partner, world.coordinator)
    deciding.perform(
        actor_of(world.partner),
        decision_at(application, world.partner),
        "take_back",
        version=None,
        reason="A forged degree.",
    )
    assert again(application).state == "rescinded"
    assert _kinds(person_of(application)) == []
    assert "A forged degree." in mails("Your offer was rescinded")[0].body
    with pytest.raises((Conflict, Refused)):
        answer(application, "accept")


def test_who_is_admitted_while_an_approval_has_ended_waits_until_it_is_renewed(world):
    application = admit(apply(world), world.partner)
    actor = actor_of(world.partner)
    agreements.state_approval(actor, approval_of(world, world.there), "say_refused", version=None, note="A new rule.")
    assert admit(application, world.coordinator).state == "waitlisted"
    agreements.state_approval(
        actor, approval_of(world, world.there), "say_granted", version=None, authority="Ministry", number="9",
        valid_until=clock.now().date() + timedelta(days=400),
    )  # fmt: skip
    assert again(application).state == "offered"


def test_the_waiting_list_is_closed_with_a_reason_that_everybody_on_it_reads(system):
    world = make_open(system, seats=1)
    first, second = (admit(apply(world, name=name), world.partner, world.coordinator) for name in "AB")
    actor = actor_of(world.coordinator)
    with pytest.raises(Refused):
        intakes.close_waiting_list(actor, the_intake(world), reason="Full.")
    answer(first, "accept")
    later(days=31)
    assert (
        intakes.close_waiting_list(actor_of(world.coordinator), the_intake(world), reason="Every seat is taken.") == 1
    )
    assert again(second).state == "rejected"
    assert "Every seat is taken." in mails("Decision on your application")[0].body


def test_a_condition_must_lie_ahead(world):
    application = apply(world)
    asked = [deciding.Asked("Hand in.", clock.now() - timedelta(days=1))]
    with pytest.raises(Invalid):
        deciding.admit(actor_of(world.partner), decision_at(application, world.partner), version=None, conditions=asked)


def test_withdrawing_ends_what_waits_and_passes_the_seat_on(system):
    world = make_open(system, seats=1)
    first, second = (admit(apply(world, name=name), world.partner, world.coordinator) for name in "AB")
    third = apply(world, name="C")
    applying.withdraw(actor_of(person_of(third)), third, version=None)
    assert "decide_admission" not in _kinds(world.partner)
    answer(first, "withdraw")
    assert again(second).state == "offered"
