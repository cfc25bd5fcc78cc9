"""Agreements: several parties, each signing its own side, version by version; and the national approvals."""

from datetime import timedelta

import pytest

from lms.core import waiting, workflow
from lms.core.errors import Conflict, Invalid, NotPermitted, Refused
from lms.programmes.flow import AGREEMENT, AGREEMENT_PARTY, NATIONAL_APPROVAL
from lms.programmes.queries import agreements as queries
from lms.programmes.queries.programmes import programme_by_id
from lms.programmes.services import agreements
from tests.factories import actor_of, make_institution, make_person
from tests.programmes.admitting import (
    agree,
    approval_of,
    approve,
    begin,
    draft,
    later,
    mails,
    propose,
    rows,
    sign,
)


@pytest.fixture
def world(system):
    return begin(system)


def _faults(world, actor=None):
    now = (actor or actor_of(world.coordinator)).now
    return [str(one) for one in queries.standing_faults(programme_by_id(world.programme.id), now)]


def _kinds(person):
    return [item.kind for item in waiting.items_for(actor_of(person))]


def test_it_binds_when_every_party_has_signed_its_own_side(world):
    agreement = propose(world, draft(world))
    assert "sign_agreement" in _kinds(world.partner)
    sign(agreement, world.coordinator)
    assert queries.confirmed_agreement(world.programme.id) is None
    sign(agreement, world.partner)
    found = queries.confirmed_agreement(world.programme.id)
    assert found is not None
    assert [(one.signed_name, one.state) for one in found.parties] == [("Wu Lan", "confirmed"), ("Malee", "confirmed")]
    assert all(one.decided_at for one in found.parties)
    assert "sign_agreement" not in _kinds(world.partner)
    assert len(mails("Agreement concluded")) == 2


def test_nobody_signs_for_another_university(world):
    agreement = propose(world, draft(world))
    side = next(one for one in agreement.parties if one.institution_id == world.there.id)
    with pytest.raises(NotPermitted):
        workflow.perform(AGREEMENT_PARTY, side, "confirm", actor=actor_of(world.coordinator), signature="Wu Lan")


def test_a_party_may_refuse_with_a_reason_and_a_new_version_follows(world):
    agreement = propose(world, draft(world))
    side = next(one for one in agreement.parties if one.institution_id == world.there.id)
    workflow.perform(AGREEMENT_PARTY, side, "refuse", actor=actor_of(world.partner), reason="Too many seats.")
    refused = queries.agreement_by_id(agreement.id)
    assert (refused.state, refused.ended_reason) == ("refused", "Too many seats.")
    assert "revise_agreement" in _kinds(world.coordinator)
    assert "sign_agreement" not in _kinds(world.coordinator)
    second = agreements.copy_agreement(actor_of(world.coordinator), refused)
    assert (second.number, second.state, second.seats) == (2, "draft", refused.seats)
    assert [one.state for one in second.parties] == ["named", "named"]


def test_a_version_that_was_sent_is_never_changed_and_the_old_one_holds_until_the_new_is_confirmed(world):
    first = agree(world)
    with pytest.raises(Conflict):
        agreements.edit_agreement(
            actor_of(world.coordinator), first, version=None, parties=rows(world), award="joint",
            valid_from=first.valid_from, valid_to=first.valid_to, seats=3, fees="",
        )  # fmt: skip
    second = agreements.copy_agreement(actor_of(world.coordinator), first)
    agreements.edit_agreement(
        actor_of(world.coordinator), second, version=None, parties=rows(world, there=2), award="joint",
        valid_from=first.valid_from, valid_to=first.valid_to, seats=3, fees="",
    )  # fmt: skip
    second = propose(world, queries.agreement_by_id(second.id))
    sign(second, world.partner)
    assert queries.confirmed_agreement(world.programme.id).id == first.id
    sign(second, world.coordinator)
    assert queries.confirmed_agreement(world.programme.id).id == second.id
    assert [(one.number, one.state) for one in queries.versions_of(world.programme.id)] == [
        (2, "confirmed"),
        (1, "superseded"),
    ]


def test_a_version_may_be_withdrawn_before_all_have_answered(world):
    agreement = propose(world, draft(world))
    workflow.perform(AGREEMENT, agreement, "withdraw", actor=actor_of(world.coordinator), reason="A wrong date.")
    found = queries.agreement_by_id(agreement.id)
    assert {one.state for one in found.parties} == {"released"}
    assert "sign_agreement" not in _kinds(world.partner)
    assert mails("Agreement ended")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"seats": 9, "here": 2, "there": 3}, "parties"),
        ({"valid_to": "before"}, "valid_to"),
        ({"shares_reasons": True}, "shares_reasons"),
    ],
)
def test_terms_that_do_not_hold_together_are_refused_beside_their_field(world, change, field):
    if "valid_to" in change:
        change = {"valid_to": world.system.now.date() - timedelta(days=1)}
    with pytest.raises(Invalid) as refused:
        draft(world, **change)
    assert refused.value.field == field


def test_parties_without_a_coordinator_must_be_found_one_first(world, system):
    alone = make_institution(system, name="University without an office", country="LA")
    parties = [*rows(world), {"institution_id": alone.id, "degree_en": "", "degree_zh": "", "seats": None}]
    today = system.now.date()
    agreement = agreements.draft_agreement(
        actor_of(world.coordinator), world.programme, parties=parties, award="joint", valid_from=today,
        valid_to=today + timedelta(days=400), seats=5, fees="",
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        propose(world, agreement)
    assert "University without an office" in str(refused.value)


def test_approvals_are_asked_for_once_and_say_what_is_missing(world):
    agree(world)
    assert "state_approval" in _kinds(world.partner)
    assert _faults(world) == ["A national approval is missing or not valid: Sample University, Partner University."]
    approve(world)
    assert _faults(world) == []
    assert "state_approval" not in _kinds(world.partner)


def test_what_was_granted_needs_authority_number_and_end(world):
    agree(world)
    with pytest.raises(Invalid) as refused:
        agreements.state_approval(
            actor_of(world.partner), approval_of(world, world.there), "say_granted", version=None, authority="Ministry"
        )
    assert refused.value.field == "number"
    with pytest.raises(NotPermitted):
        agreements.state_approval(
            actor_of(world.coordinator), approval_of(world, world.there), "say_not_needed", version=None, note="No."
        )


def test_the_clock_asks_for_the_renewal_and_ends_what_was_not_renewed(world):
    agree(world)
    approve(world)
    assert "renew_approval" not in _kinds(world.partner)
    later(days=615)
    assert "renew_approval" in _kinds(world.partner)
    then = later(days=100)
    approval = approval_of(world, world.there)
    assert NATIONAL_APPROVAL.state_of(approval).name == "expired"
    assert _faults(world, then) == ["A national approval is missing or not valid: Partner University."]
    later(days=110)
    assert "renew_agreement" in _kinds(world.coordinator)
    end = later(days=90)
    assert _faults(world, end) == ["The agreement is not confirmed by all parties."]
    assert queries.versions_of(world.programme.id)[0].state == "expired"


def test_only_its_own_university_and_the_secretariat_may_keep_an_agreement(world, system):
    agreement = draft(world)
    with pytest.raises(NotPermitted):
        workflow.perform(AGREEMENT, agreement, "propose", actor=actor_of(world.partner))
    secretary = make_person(system, roles=[("secretariat", "platform", None)])
    workflow.perform(AGREEMENT, agreement, "propose", actor=actor_of(secretary))
    assert queries.agreement_by_id(agreement.id).state == "proposed"
