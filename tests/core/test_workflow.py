"""The engine: who, from where, whether the page is fresh, every reason, and what is remembered."""

from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlalchemy.orm.exc import StaleDataError

from lms.core import events, workflow
from lms.core.actor import Actor
from lms.core.audit import AuditEntry
from lms.core.errors import Conflict, NotPermitted, Refused
from lms.core.workflow import Machine, MachineError, State, Transition
from tests.core.parcels import PARCEL, Parcel
from tests.factories import make_person


@pytest.fixture
def sender(system):
    person = make_person(system, name="Keo Sovann")
    return Actor(now=system.now, kind="person", person_id=person.id, display_name="Sovann")


@pytest.fixture
def parcel(parcels, session, sender):
    parcel = Parcel(sender_id=sender.person_id, weight=1)
    workflow.start(PARCEL, parcel, actor=sender)
    return parcel


def test_a_transition_changes_the_state_and_remembers_who_when_and_why(parcel, sender, session):
    workflow.perform(PARCEL, parcel, "send", actor=sender, version=1, note="by air")

    assert parcel.state == "sent"
    assert parcel.weight == 2
    started, sent = workflow.history_of("test_parcel", parcel.id, public_only=False)
    assert (started.from_state, started.to_state) == (None, "packed")
    assert (sent.from_state, sent.to_state, sent.note) == ("packed", "sent", "by air")
    actions = [row.action for row in session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions[-2:] == ["test_parcel.started", "test_parcel.send"]


def test_a_stale_page_is_a_conflict_and_changes_nothing(parcel, sender):
    workflow.perform(PARCEL, parcel, "send", actor=sender, version=1)

    with pytest.raises(Conflict):
        workflow.perform(PARCEL, parcel, "send", actor=sender, version=1)
    assert parcel.weight == 2


def test_a_transition_from_elsewhere_is_a_conflict(parcel, system):
    with pytest.raises(Conflict):
        workflow.perform(PARCEL, parcel, "deliver", actor=system)


def test_others_may_not(parcel, sender):
    with pytest.raises(NotPermitted):
        workflow.perform(PARCEL, parcel, "send", actor=replace(sender, person_id=None))


def test_nobody_but_the_platform_performs_what_has_no_permission(parcel, sender, system):
    workflow.perform(PARCEL, parcel, "send", actor=sender)

    with pytest.raises(NotPermitted):
        workflow.perform(PARCEL, parcel, "deliver", actor=sender)
    workflow.perform(PARCEL, parcel, "deliver", actor=system)
    assert parcel.state == "delivered"


def test_every_guard_is_heard(parcel, sender):
    parcel.weight = 99

    with pytest.raises(Refused) as refused:
        workflow.perform(PARCEL, parcel, "send", actor=sender)
    assert refused.value.reasons == ["It is too heavy.", "It is empty."]
    assert parcel.state == "packed"


def test_available_offers_a_blocked_button_with_its_reasons(parcel, sender, system):
    parcel.weight = 30

    (offer,) = workflow.available(PARCEL, parcel, sender)
    assert (offer.transition.name, offer.is_open, offer.reasons) == ("send", False, ("It is too heavy.",))
    assert workflow.available(PARCEL, parcel, replace(sender, person_id=None)) == []


def test_the_clock_fires_once_and_only_where_it_applies(parcel, sender, system):
    assert workflow.transition_due(PARCEL, parcel.id, "lose", actor=system) is False
    workflow.perform(PARCEL, parcel, "send", actor=sender)

    assert workflow.transition_due(PARCEL, parcel.id, "lose", actor=system) is True
    assert workflow.transition_due(PARCEL, parcel.id, "lose", actor=system) is False
    assert workflow.transition_due(PARCEL, parcel.id + 1000, "lose", actor=system) is False


def test_an_effect_that_refuses_leaves_no_half_of_a_transition(parcel, sender, system, session):
    workflow.perform(PARCEL, parcel, "send", actor=sender)

    assert workflow.transition_due(PARCEL, parcel.id, "burn", actor=system) is False

    session.commit()
    assert parcel.state == "sent"
    history = workflow.history_of("test_parcel", parcel.id, public_only=False)
    assert [row.transition for row in history] == ["start", "send"]


def test_a_write_onto_what_somebody_else_changed_is_refused(parcel, session):
    session.execute(update(Parcel).values(version=9).execution_options(synchronize_session=False))
    parcel.weight = 5

    with pytest.raises(StaleDataError):
        session.flush()


def test_hidden_transitions_stay_out_of_the_public_history(parcel, sender, system):
    workflow.perform(PARCEL, parcel, "send", actor=sender)
    workflow.perform(PARCEL, parcel, "lose", actor=system)

    public = workflow.history_of("test_parcel", parcel.id, public_only=True)
    assert [row.transition for row in public] == ["start", "send"]


def test_subscribers_hear_the_event_in_the_same_transaction(parcel, sender):
    heard = []
    events.subscribe("parcel_sent")(heard.append)

    workflow.perform(PARCEL, parcel, "send", actor=sender, note="x")

    (event,) = heard
    assert event.subject is parcel
    assert event.data == {"note": "x"}


def _machine(states, transitions):
    return Machine("broken", model=Parcel, initial="a", states=states, transitions=transitions)


@pytest.mark.parametrize(
    ("states", "transitions", "problem"),
    [
        (["a", "b"], [("go", "a", "nowhere")], "go names the unknown state nowhere"),
        (["a", "b"], [], "nothing leads to b"),
        (["a"], [], "a is a dead end but not final"),
        (["a", "a"], [("go", "a", "a")], "a state is named twice"),
        (["a", "b"], [("go", "a", "b"), ("go", "b", "a")], "a transition is named twice"),
    ],
)
def test_a_machine_that_does_not_hold_together_is_refused(states, transitions, problem):
    with pytest.raises(MachineError, match=problem):
        _machine(
            [State(name, name) for name in states],
            [Transition(name, name, (source,), target) for name, source, target in transitions],
        )
