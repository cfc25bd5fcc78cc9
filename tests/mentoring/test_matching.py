"""Finding pairs: who is considered, what is proposed with which reasons, and what becomes of an answer."""

import io
import json
from zipfile import ZipFile

import pytest

from lms.accounts.services import suspend
from lms.accounts.services.export import write_archive
from lms.core import clock, waiting, workflow
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotPermitted, Refused
from lms.mentoring.flow import MATCHING_RUN, MENTORSHIP, PARTICIPANT
from lms.mentoring.queries import matching as queries
from lms.mentoring.queries.mentorships import mentorship_of_proposal
from lms.mentoring.queries.participants import participant_by_id
from lms.mentoring.services import matching, participants
from tests.factories import actor_of, make_person
from tests.mentoring.world import (
    acting,
    later,
    mails,
    profile,
    run_matching,
    say_yes,
    send,
    settle,
    take_part,
)


def _answer(proposal, side, transition):
    fresh = queries.proposal_by_id(proposal.id)
    matching.answer(acting(getattr(fresh, side)), fresh, transition)
    settle()


def _state(proposal):
    return queries.proposal_by_id(proposal.id).state


def test_a_run_proposes_nothing_before_it_is_sent(world):
    mentor, mentee = take_part(world, "mentor"), take_part(world, "mentee")
    run = run_matching(world)
    assert run.state == "proposed"
    assert run.answer["pairs"][mentee.ref]["mentor"] == mentor.ref
    assert not queries.proposals_of(world.scheme.id)
    assert not mails("is proposed to you")
    with pytest.raises(Conflict):
        matching.start_run(actor_of(world.coordinator), world.scheme)


def test_the_archive_of_ones_data_tells_neither_the_others_list_nor_the_others_answer(world):
    mentor, mentee = take_part(world, "mentor"), take_part(world, "mentee")
    participants.add_wish(acting(mentee), mentee, other_ref=mentor.ref)
    (proposal,) = send(world)
    _answer(proposal, "mentee", "say_yes")
    written = io.BytesIO()
    write_archive(mentor.person_id, written, index=lambda _contents: "", report=lambda _done, _total: None)
    with ZipFile(written) as archive:
        (row,) = json.loads(archive.read("tables/proposals-as-mentor.json"))
    assert row["ref"] == proposal.ref
    assert not {"parts", "score", "mentee_yes_at"} & row.keys()


def test_both_read_the_reasons_in_words_on_their_own_clock(world):
    take_part(world, "mentor", "Zhao Min", zone="Asia/Shanghai", hours=["0-20"])
    take_part(world, "mentee", "Keo Dara", zone="Asia/Yangon", hours=["0-18"])
    send(world)
    told = {mail.to_address: mail.body for mail in mails("is proposed to you")}
    assert len(told) == 2
    mentor_mail = next(body for body in told.values() if "Keo Dara to you as a mentee" in body)
    mentee_mail = next(body for body in told.values() if "Zhao Min to you as a mentor" in body)
    assert "Fields in common: Infection." in mentor_mail
    assert "Languages in common: English." in mentee_mail
    # 20:00 to 22:00 in Shanghai is 18:30 to 20:30 in Yangon, and both have 18:30 to 20:00 there.
    assert "Monday 20:00–21:30" in mentor_mail
    assert "Monday 18:30–20:00" in mentee_mail
    assert "at least 5 more years" in mentee_mail


def test_both_say_yes_and_a_mentorship_begins(world):
    mentor, mentee = take_part(world, "mentor"), take_part(world, "mentee")
    (proposal,) = send(world)
    _answer(proposal, "mentor", "say_yes")
    assert mentorship_of_proposal(proposal.id) is None
    with pytest.raises(Refused):  # a second yes of the same side does not stand for the other's
        _answer(proposal, "mentor", "say_yes")
    assert not waiting.items_for(acting(mentor))
    _answer(proposal, "mentee", "say_yes")
    begun = mentorship_of_proposal(proposal.id)
    assert begun is not None
    assert begun.state == "active"
    assert len(mails("You both said yes")) == 2
    kinds = {item.kind for item in waiting.items_for(acting(mentee))}
    assert kinds == {"propose_first_meeting"}


def test_nobody_else_answers_a_proposal(world):
    take_part(world, "mentor")
    take_part(world, "mentee")
    (proposal,) = send(world)
    with pytest.raises(NotPermitted):
        matching.answer(actor_of(world.coordinator), queries.proposal_by_id(proposal.id), "say_yes")


def test_a_declined_proposal_goes_on_to_the_next_best(world):
    best = take_part(world, "mentor", "Best", methods=["biostatistics"])
    second = take_part(world, "mentor", "Second", methods=[])
    mentee = take_part(world, "mentee")
    (proposal,) = send(world)
    assert proposal.mentor_id == best.id
    _answer(proposal, "mentor", "decline")
    (following,) = queries.proposals_of(world.scheme.id)
    assert (following.mentor_id, following.mentee_id) == (second.id, mentee.id)
    # Told plainly to both, without saying who said no.
    assert len(mails("did not come about")) == 2
    _answer(following, "mentee", "decline")
    assert not queries.proposals_of(world.scheme.id)


def test_an_unanswered_proposal_goes_on_to_the_next_best(world):
    take_part(world, "mentor", "Best")
    second = take_part(world, "mentor", "Second", methods=[])
    take_part(world, "mentee")
    (proposal,) = send(world)
    _answer(proposal, "mentee", "say_yes")
    later(days=8)
    assert _state(proposal) == "lapsed"
    (following,) = queries.proposals_of(world.scheme.id)
    assert following.mentor_id == second.id
    with pytest.raises(Conflict):
        _answer(proposal, "mentor", "say_yes")


def test_whoever_joined_after_the_run_waits_for_the_next_one(world):
    take_part(world, "mentor", "Best")
    take_part(world, "mentee")
    (proposal,) = send(world)
    take_part(world, "mentor", "Late")
    _answer(proposal, "mentor", "decline")
    assert not queries.proposals_of(world.scheme.id)


def test_a_run_keeps_what_stands(world):
    mentor = take_part(world, "mentor", "Zhao Min", capacity=2)
    first = take_part(world, "mentee", "First")
    (proposal,) = send(world)
    say_yes(proposal)
    second = take_part(world, "mentee", "Second")
    run = run_matching(world)
    assert set(run.answer["pairs"]) == {second.ref}
    assert run.question["mentors"][0]["places"] == 1
    workflow.perform(MATCHING_RUN, run, "send", actor=actor_of(world.coordinator))
    third = take_part(world, "mentee", "Third")
    run = run_matching(world)
    assert run.answer["pairs"] == {}
    assert run.answer["unmatched"] == {third.ref: "nobody"}
    assert first.state == "active"
    assert mentor.capacity == 2


@pytest.mark.parametrize("why", ["on_leave", "suspended", "withdrawn"])
def test_who_is_away_is_proposed_to_nobody(world, why):
    mentor = take_part(world, "mentor")
    take_part(world, "mentee")
    actor = acting(mentor)
    if why == "suspended":
        administrators = [make_person(world.system, roles=[("admin", "platform", None)]) for _ in range(2)]
        suspend(actor_of(administrators[0]), person=mentor.person, reason="Away")
    else:
        workflow.perform(PARTICIPANT, mentor, "leave" if why == "on_leave" else "withdraw", actor=actor)
    assert run_matching(world).answer["pairs"] == {}


def test_who_leaves_between_run_and_sending_is_passed_over(world):
    mentor = take_part(world, "mentor")
    take_part(world, "mentee")
    run = run_matching(world)
    workflow.perform(PARTICIPANT, mentor, "leave", actor=acting(mentor))
    workflow.perform(MATCHING_RUN, run, "send", actor=actor_of(world.coordinator))
    assert run.answer["sent"] == 0
    assert not queries.proposals_of(world.scheme.id)


def test_who_withdraws_frees_whoever_was_proposed(world):
    leaving = take_part(world, "mentor", "Leaving")
    other = take_part(world, "mentor", "Other", methods=[])
    take_part(world, "mentee")
    (proposal,) = send(world)
    assert proposal.mentor_id == leaving.id
    workflow.perform(PARTICIPANT, leaving, "withdraw", actor=acting(leaving))
    settle()
    assert _state(proposal) == "withdrawn"
    (following,) = queries.proposals_of(world.scheme.id)
    assert following.mentor_id == other.id


def test_nobody_guides_themselves_and_no_pair_comes_about_twice(world):
    both = make_person(world.system, name="Both Sides", institution=world.home, affiliation="staff")
    mentor = take_part(world, "mentor", person=both)
    take_part(world, "mentee", person=both)
    assert run_matching(world).answer["pairs"] == {}
    workflow.perform(MATCHING_RUN, queries.runs_of(world.scheme.id)[0], "discard", actor=actor_of(world.coordinator))
    take_part(world, "mentee", "Keo Dara")
    pair = say_yes(next(one for one in send(world) if one.mentor_id == mentor.id))
    workflow.perform(MENTORSHIP, pair, "change", actor=acting(pair.mentee))
    settle()
    assert not queries.proposals_of(world.scheme.id)
    assert run_matching(world).answer["pairs"] == {}


def test_conflicts_keep_people_apart_even_who_joins_later(world):
    supervisor = make_person(world.system, name="Supervisor", email="boss@example.test", institution=world.host)
    take_part(world, "mentee", "Keo Dara", apart=["boss@example.test"])
    take_part(world, "mentor", person=supervisor)
    assert run_matching(world).answer["pairs"] == {}


def test_a_wish_decides_among_equals_and_a_refusal_keeps_apart(world):
    one, other = take_part(world, "mentor", "One"), take_part(world, "mentor", "Other")
    mentee = take_part(world, "mentee")
    actor = acting(mentee)
    participants.add_wish(actor, mentee, other_ref=other.ref)
    run = run_matching(world)
    assert run.answer["pairs"][mentee.ref]["mentor"] == other.ref
    workflow.perform(MATCHING_RUN, run, "discard", actor=actor_of(world.coordinator))
    participants.rather_not(actor, mentee, other_ref=other.ref)
    assert run_matching(world).answer["pairs"][mentee.ref]["mentor"] == one.ref


def test_the_limit_of_an_institution_holds_over_all_its_mentors(world):
    world.scheme.institution_limit = 1
    take_part(world, "mentor", "One")
    take_part(world, "mentor", "Other")
    for name in ("First", "Second"):
        take_part(world, "mentee", name)
    (only,) = send(world)
    say_yes(only)
    run = run_matching(world)
    assert run.answer["pairs"] == {}


def test_unmatched_mentees_have_a_reason(world):
    take_part(world, "mentor", languages=["zh"])
    speaks, fits = (
        take_part(world, "mentee", languages=["en"]),
        take_part(world, "mentee", languages=["zh"], fields=["nutrition"]),
    )
    world.scheme.floor = 900
    run = run_matching(world)
    assert run.answer["unmatched"] == {speaks.ref: "language", fits.ref: "floor"}


def test_a_mentor_cannot_offer_fewer_places_than_are_taken(world):
    mentor = take_part(world, "mentor", capacity=2)
    for name in ("First", "Second"):
        take_part(world, "mentee", name)
    assert len(send(world)) == 2
    with pytest.raises(Invalid):
        participants.save_profile(
            acting(mentor), participant_by_id(mentor.id), version=None, values={**profile(), "capacity": 1}
        )


def test_the_clock_closes_joining_and_asks_the_coordinator_for_pairs(world):
    later(days=31)
    db.session.refresh(world.scheme)
    assert world.scheme.state == "running"
    kinds = {item.kind for item in waiting.items_for(actor_of(world.coordinator))}
    assert "run_mentor_matching" in kinds
    assert clock.now() > world.scheme.closes_at
    with pytest.raises(Refused):
        participants.join(actor_of(make_person(world.system)), world.scheme, "mentee")
