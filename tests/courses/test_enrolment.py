"""Taking a place: at once, by approval, from the waiting list."""

from datetime import timedelta

import pytest

from lms.core import clock, waiting, workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotPermitted, Refused
from lms.core.outbox import KeptMail
from lms.courses import services
from lms.courses.flow import ENROLMENT
from lms.courses.queries import learning
from tests.courses.factories import join, later, make_course, make_offering, offering_values, run_relay
from tests.factories import actor_of, make_person


def coordinator_of(system, offering):
    return make_person(system, name="Coordinator Noy", roles=[("coordinator", "institution", offering.institution_id)])


def decide(system, offering, enrolment, name, **inputs):
    actor = actor_of(coordinator_of(system, offering))
    services.hold_places(offering.id)
    workflow.perform(ENROLMENT, learning.enrolment_visible_to(actor, enrolment.ref), name, actor=actor, **inputs)


def mails_to(person):
    run_relay()
    return [mail.subject for mail in db.session.query(KeptMail).filter_by(to_address=person.email)]


def test_open_offering_enrols_at_once(system: Actor):
    offering = make_offering(system)
    student = make_person(system)
    enrolment = join(student, offering)
    assert enrolment.state == "enrolled"
    assert enrolment.enrolled_at is not None


def test_twice_is_a_conflict(system: Actor):
    offering = make_offering(system)
    student = make_person(system)
    join(student, offering)
    with pytest.raises(Conflict):
        join(student, offering)


@pytest.mark.parametrize("moved", [{"days": -1}, {"days": 30}])
def test_outside_the_window_is_refused(system: Actor, moved):
    offering = make_offering(system, enrol_opens_at=system.now + timedelta(hours=1))
    if moved["days"] > 0:
        later(**moved)
    with pytest.raises(Refused):
        join(make_person(system), offering)


def test_draft_course_takes_nobody(system: Actor):
    offering = make_offering(system, publish=False)
    with pytest.raises(Refused):
        services.enrol(actor_of(make_person(system)), offering)


def test_waiting_list_moves_in_order_when_a_place_frees(system: Actor):
    offering = make_offering(system, capacity=1)
    first, second, third = (make_person(system) for _ in range(3))
    a, b = join(first, offering), join(second, offering)
    later(minutes=1)
    c = join(third, offering)
    assert (a.state, b.state, c.state) == ("enrolled", "waitlisted", "waitlisted")
    assert learning.place_in_queue(c) == 2
    services.hold_places(offering.id)
    workflow.perform(ENROLMENT, a, "withdraw", actor=actor_of(first))
    assert (a.state, b.state, c.state) == ("withdrawn", "enrolled", "waitlisted")
    assert any("enrolled" in subject for subject in mails_to(second))


def test_coming_back_goes_to_the_end_of_the_queue_and_keeps_history(system: Actor):
    offering = make_offering(system, capacity=1)
    first, second = make_person(system), make_person(system)
    a, b = join(first, offering), join(second, offering)
    workflow.perform(ENROLMENT, a, "withdraw", actor=actor_of(first))
    again = join(first, offering)
    assert again.id == a.id
    assert (again.state, b.state) == ("waitlisted", "enrolled")
    names = [row.transition for row in workflow.history_of("enrolment", a.id, public_only=True)]
    assert names == ["start", "enrol", "withdraw", "queue"]


def test_more_places_promote(system: Actor):
    offering = make_offering(system, capacity=1)
    join(make_person(system), offering)
    waiting_one = join(make_person(system), offering)
    values = offering_values(system, offering.institution_id, capacity=2)
    services.change_offering(system, offering, **values)
    assert waiting_one.state == "enrolled"


def test_fewer_places_than_taken_is_refused(system: Actor):
    offering = make_offering(system, capacity=3)
    join(make_person(system), offering)
    join(make_person(system), offering)
    with pytest.raises(Invalid) as refusal:
        services.change_offering(system, offering, **offering_values(system, offering.institution_id, capacity=1))
    assert refusal.value.field == "capacity"


def test_restricted_offering_waits_for_the_office(system: Actor):
    offering = make_offering(system, mode="restricted", capacity=1)
    coordinator = coordinator_of(system, offering)
    student = make_person(system)
    enrolment = join(student, offering)
    assert enrolment.state == "submitted"
    (item,) = waiting.items_for(actor_of(coordinator))
    assert item.url_values == {"ref": enrolment.ref}
    assert item.due_at is not None
    assert mails_to(coordinator)
    decide(system, offering, enrolment, "approve")
    assert enrolment.state == "enrolled"
    assert not waiting.items_for(actor_of(coordinator))
    assert any("enrolled" in subject for subject in mails_to(student))


def test_restricted_offering_needs_a_motivation(system: Actor):
    offering = make_offering(system, mode="restricted")
    with pytest.raises(Invalid) as refusal:
        join(make_person(system), offering, motivation="")
    assert refusal.value.field == "motivation"


def test_full_restricted_offering_cannot_be_approved_but_waitlisted(system: Actor):
    offering = make_offering(system, mode="restricted", capacity=1)
    first, second = join(make_person(system), offering), join(make_person(system), offering)
    with pytest.raises(Refused):
        decide(system, offering, first, "waitlist")
    decide(system, offering, first, "approve")
    with pytest.raises(Refused):
        decide(system, offering, second, "approve")
    decide(system, offering, second, "waitlist")
    workflow.perform(ENROLMENT, first, "withdraw", actor=actor_of(first.person))
    assert second.state == "enrolled"


def test_rejection_says_why(system: Actor):
    offering = make_offering(system, mode="restricted")
    student = make_person(system)
    enrolment = join(student, offering)
    decide(system, offering, enrolment, "reject", reason="Only for laboratory staff.")
    assert enrolment.state == "rejected"
    assert enrolment.decided_reason == "Only for laboratory staff."
    assert mails_to(student)


def test_another_universitys_coordinator_decides_nothing(system: Actor):
    offering = make_offering(system, mode="restricted")
    enrolment = join(make_person(system), offering)
    other = make_offering(system)
    stranger = actor_of(coordinator_of(system, other))
    with pytest.raises(NotPermitted):
        workflow.perform(ENROLMENT, enrolment, "approve", actor=stranger)


def test_undecided_applications_lapse_with_the_offering_even_when_it_was_extended(system: Actor):
    offering = make_offering(system, mode="restricted")
    enrolment = join(make_person(system), offering)
    values = offering_values(
        system, offering.institution_id, mode="restricted", ends_at=system.now + timedelta(days=90)
    )
    services.change_offering(system, offering, **values)
    later(days=61)
    run_relay()
    db.session.refresh(enrolment)
    assert enrolment.state == "submitted"
    later(days=30)
    run_relay()
    db.session.refresh(enrolment)
    assert enrolment.state == "lapsed"
    assert clock.now() > offering.ends_at


def test_an_offering_with_people_stays(system: Actor):
    course = make_course(system)
    offering, empty = make_offering(system, course), make_offering(system, course)
    join(make_person(system), offering)
    with pytest.raises(Refused):
        services.remove_offering(system, offering)
    services.remove_offering(system, empty)
