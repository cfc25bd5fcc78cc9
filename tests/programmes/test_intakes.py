"""Intakes: they open only when everything allows it, close by the clock, and take nominations."""

from datetime import timedelta

import pytest

from lms.core import waiting, workflow
from lms.core.errors import Invalid, NotPermitted, Refused
from lms.programmes.flow import AGREEMENT, INTAKE, PROGRAMME
from lms.programmes.queries import admission as queries
from lms.programmes.queries.agreements import confirmed_agreement
from lms.programmes.services import applying, intakes
from tests.factories import actor_of, make_institution, make_person
from tests.programmes.admitting import (
    agree,
    apply,
    approve,
    begin,
    draft_intake,
    fill_in,
    fresh,
    later,
    mails,
    make_open,
    submit,
    the_intake,
)
from tests.programmes.studying import confirm_curriculum, draft_curriculum


def _refusals(world, intake):
    with pytest.raises(Refused) as refused:
        workflow.perform(INTAKE, intake.call, "publish", actor=actor_of(world.coordinator))
    return [str(one) for one in refused.value.reasons]


def test_each_missing_thing_is_told_in_words(system):
    world = begin(system)
    intake = draft_intake(world, seats=50)
    assert _refusals(world, intake) == [
        "Publish the programme in the catalogue first.",
        "The agreement is not confirmed by all parties.",
        "The curriculum is not ready: There is no curriculum yet.",
    ]
    agree(world)
    workflow.perform(PROGRAMME, world.programme, "publish", actor=actor_of(world.coordinator))
    told = _refusals(world, fresh(intake))
    assert "A national approval is missing or not valid: Sample University, Partner University." in told
    assert "The agreement allows 10 seats in an intake." in told
    approve(world)
    confirm_curriculum(world, draft_curriculum(world))
    assert _refusals(world, fresh(intake)) == ["The agreement allows 10 seats in an intake."]


def test_only_the_coordinating_university_opens_it(system):
    world = make_open(system)
    intake = draft_intake(world, title_en="Spring intake")
    with pytest.raises(NotPermitted):
        workflow.perform(INTAKE, intake.call, "publish", actor=actor_of(world.partner))


def test_it_closes_by_the_clock_and_drafts_end_with_it(system):
    world = make_open(system)
    person = make_person(system, institution=world.there)
    late = applying.start_application(actor_of(person), the_intake(world))
    later(days=31)
    assert the_intake(world).call.state == "closed"
    assert waiting.items_for(actor_of(person)) == []
    with pytest.raises(Refused):
        fill_in(person, queries.own_application(actor_of(person), late.ref))


def test_nobody_applies_while_the_agreement_does_not_hold(system):
    world = make_open(system)
    person = make_person(system, institution=world.there)
    application = fill_in(person, applying.start_application(actor_of(person), the_intake(world)))
    agreement = confirmed_agreement(world.programme.id)
    workflow.perform(AGREEMENT, agreement, "terminate", actor=actor_of(world.coordinator), reason="A new law.")
    with pytest.raises(Refused) as refused:
        submit(person, application)
    assert "The agreement is not confirmed by all parties." in str(refused.value)


def test_a_university_nominates_one_of_its_people_who_completes_and_consents(system):
    world = make_open(system)
    student = make_person(system, name="Somsri", email="somsri@example.test", institution=world.there)
    values = {"institution_id": world.there.id, "email": "Somsri@example.test", "note": "The best of her year."}
    application = intakes.nominate(actor_of(world.partner), the_intake(world), **values)
    assert [item.kind for item in waiting.items_for(actor_of(student))] == ["finish_admission"]
    assert len(mails("You are nominated")) == 1
    admission = queries.admission_of(application.id)
    assert (admission.nominating_id, admission.party_id) == (world.there.id, world.there.id)
    own = queries.own_application(actor_of(student), application.ref)
    assert submit(student, fill_in(student, own)).state == "submitted"
    with pytest.raises(Refused):
        intakes.nominate(actor_of(world.partner), the_intake(world), **values)


def test_somebody_elses_student_cannot_be_nominated_nor_even_found(system):
    world = make_open(system)
    make_person(system, email="known@example.test", institution=make_institution(system))
    told = []
    for email in ("known@example.test", "unknown@example.test"):
        with pytest.raises(Invalid) as refused:
            intakes.nominate(
                actor_of(world.partner), the_intake(world), institution_id=world.there.id, email=email, note=""
            )
        told.append((str(refused.value), refused.value.field))
    assert told[0] == told[1] == (told[0][0], "email")
    with pytest.raises(Invalid):
        intakes.nominate(
            actor_of(world.partner), the_intake(world), institution_id=world.here.id, email="x@example.test", note=""
        )


def test_a_cancelled_intake_ends_every_application_and_says_why(system):
    world = make_open(system)
    application = apply(world)
    workflow.perform(INTAKE, the_intake(world).call, "cancel", actor=actor_of(world.coordinator), reason="No staff.")
    assert queries.application_by_id(application.id).state == "withdrawn"
    assert [item.kind for item in waiting.items_for(actor_of(world.partner))] == []
    assert "No staff." in mails("Intake cancelled")[0].body


def test_an_open_intake_keeps_its_documents_and_the_seats_that_are_agreed(system):
    world = make_open(system)
    intake = the_intake(world)
    call = intake.call
    columns = {
        "title_en": "Autumn", "title_zh": "", "zone": call.zone, "opens_at": call.opens_at, "answer_days": 7,
        "closes_at": call.closes_at + timedelta(days=5), "document_kinds": ["cv"], "starts_on": intake.starts_on,
        "rules": [],
    }  # fmt: skip
    actor = actor_of(world.coordinator)
    with pytest.raises(Invalid) as refused:
        intakes.edit_intake(actor, intake, version=None, seats=11, **columns)
    assert refused.value.field == "seats"
    with pytest.raises(Invalid) as refused:
        intakes.edit_intake(
            actor, the_intake(world), version=None, seats=5, **(columns | {"document_kinds": ["degree"]})
        )
    assert refused.value.field == "document_kinds"
    intakes.edit_intake(actor, the_intake(world), version=None, seats=6, **columns)
    later(days=32)
    assert the_intake(world).call.state == "published"
    later(days=4)
    assert the_intake(world).call.state == "closed"
