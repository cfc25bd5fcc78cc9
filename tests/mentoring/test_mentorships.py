"""What a pair does: meetings, goals, notes, resting, ending, closing."""

from datetime import timedelta

import pytest

from lms.core import clock, waiting, workflow
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotPermitted, Refused
from lms.credentials.queries import credentials_of
from lms.mentoring.flow import MEETING, MENTORSHIP
from lms.mentoring.queries import matching
from lms.mentoring.queries import mentorships as queries
from lms.mentoring.queries.participants import participant_by_id
from lms.mentoring.queries.record import record_entries
from lms.mentoring.services import mentorships as services
from tests.factories import actor_of
from tests.mentoring.world import acting, later, mails, make_mentorship, say_yes, send, settle, take_part


@pytest.fixture
def pair(world):
    return make_mentorship(world)


def _fresh(pair):
    return queries.mentorship_by_id(pair.id)


def _meeting(pair, *, by="mentee", days=2.0, minutes=60):
    pair = _fresh(pair)
    meeting = services.propose_meeting(
        acting(getattr(pair, by)),
        pair,
        starts_at=clock.now() + timedelta(days=days),
        minutes=minutes,
        place="https://meet.example/abc",
        agenda="",
    )
    return queries.meeting_by_id(meeting.id)


def _held_meeting(pair, *, minutes=60):
    meeting = _meeting(pair, days=0.1, minutes=minutes)
    workflow.perform(MEETING, meeting, "confirm", actor=acting(_fresh(pair).mentor))
    later(hours=4)
    return queries.meeting_by_id(meeting.id)


def _do(pair, side, transition, **inputs):
    pair = _fresh(pair)
    workflow.perform(MENTORSHIP, pair, transition, actor=acting(getattr(pair, side)), **inputs)
    settle()


# --- meetings ----------------------------------------------------------------------------------------------


def test_the_other_side_confirms_and_both_read_it_on_both_clocks(pair):
    meeting = _meeting(pair)
    with pytest.raises(NotPermitted):  # who proposed a time cannot confirm it for the other
        workflow.perform(MEETING, meeting, "confirm", actor=acting(meeting.mentorship.mentee))
    (item,) = [one for one in waiting.items_for(acting(pair.mentor)) if one.kind == "answer_meeting"]
    assert item.due_at == meeting.starts_at
    workflow.perform(MEETING, meeting, "confirm", actor=acting(meeting.mentorship.mentor))
    (mail,) = mails("A meeting is confirmed")
    assert "China Standard Time" in mail.body
    assert "Indochina Time" in mail.body
    assert not [one for one in waiting.items_for(acting(_fresh(pair).mentor)) if one.kind == "answer_meeting"]


def test_a_meeting_is_held_by_the_clock_and_may_be_said_not_to_have_taken_place(pair):
    meeting = _held_meeting(pair, minutes=90)
    assert meeting.state == "held"
    assert queries.held_of(pair.id) == (1, 90)
    workflow.perform(MEETING, meeting, "miss", actor=acting(meeting.mentorship.mentor))
    assert queries.held_of(pair.id) == (0, 0)


def test_who_moves_a_meeting_asks_the_other_anew(pair):
    meeting = _meeting(pair)
    workflow.perform(MEETING, meeting, "confirm", actor=acting(meeting.mentorship.mentor))
    sequence = meeting.sequence
    services.move_meeting(
        acting(meeting.mentorship.mentor),
        meeting,
        version=None,
        starts_at=clock.now() + timedelta(days=5),
        minutes=30,
        place="",
        agenda="",
    )
    assert (meeting.state, meeting.sequence) == ("proposed", sequence + 1)
    workflow.perform(MEETING, meeting, "confirm", actor=acting(meeting.mentorship.mentee))
    later(days=3)
    assert queries.meeting_by_id(meeting.id).state == "confirmed"  # the appointment of the old time does nothing


def test_a_day_before_both_are_reminded_once(pair):
    meeting = _meeting(pair, days=3)
    workflow.perform(MEETING, meeting, "confirm", actor=acting(meeting.mentorship.mentor))
    later(days=1)
    assert not mails("You meet soon")
    later(days=1, hours=1)
    assert len(mails("You meet soon")) == 2


def test_times_in_the_past_are_refused(pair):
    with pytest.raises(Invalid):
        _meeting(pair, days=-1)


# --- goals and notes ---------------------------------------------------------------------------------------


def test_goals_have_progress_and_the_other_sees_who_was_active_when(pair):
    later(days=1)
    pair = _fresh(pair)
    goal = services.add_goal(acting(pair.mentee), pair, text="Submit one paper")
    later(days=1)
    pair = _fresh(pair)
    services.set_progress(acting(pair.mentor), pair, pair.goals[0], progress=50, version=None)
    assert (goal.progress, len(_fresh(pair).goals)) == (50, 1)
    assert pair.mentor_active_at > pair.mentee_active_at > pair.started_at


def test_a_private_note_is_read_by_its_author_alone(pair):
    pair = _fresh(pair)
    services.write_note(acting(pair.mentor), pair, text="For me", is_shared=False)
    services.write_note(acting(pair.mentor), pair, text="For both", is_shared=True)
    assert [note.text for note in queries.notes_for(acting(pair.mentor), pair)] == ["For both", "For me"]
    assert [note.text for note in queries.notes_for(acting(pair.mentee), pair)] == ["For both"]


# --- reminders, resting, ending ----------------------------------------------------------------------------


def test_a_pair_that_has_not_met_is_asked_gently_and_shown_to_the_coordinator(world, pair):
    coordinator = actor_of(world.coordinator)
    assert queries.is_quiet_count(coordinator, pair.scheme) == 0
    later(days=31)
    assert len(mails("How is it going")) == 2
    scheme = _fresh(pair).scheme
    assert queries.is_quiet_count(actor_of(world.coordinator), scheme) == 1
    _held_meeting(pair)
    assert queries.is_quiet_count(actor_of(world.coordinator), _fresh(pair).scheme) == 0
    later(days=25)
    assert len(mails("How is it going")) == 2


def test_a_resting_pair_is_not_asked(pair):
    _do(pair, "mentee", "pause")
    assert len(mails("Your mentorship rests")) == 1
    later(days=40)
    assert not mails("How is it going")
    _do(pair, "mentor", "resume")
    assert _fresh(pair).state == "active"


def test_either_side_ends_it_without_a_reason(pair):
    meeting = _meeting(pair)
    _do(pair, "mentor", "end")
    (mail,) = mails("Your mentorship has ended")
    assert mail.to_address == _fresh(pair).mentee.person.email
    assert "nobody's fault" in mail.body
    assert queries.meeting_by_id(meeting.id).state == "cancelled"
    assert not waiting.items_for(acting(_fresh(pair).mentee))
    with pytest.raises(Conflict):
        services.add_goal(acting(_fresh(pair).mentor), _fresh(pair), text="Too late")


def test_a_mentee_who_ends_it_rests_unless_they_ask_for_another(world, pair):
    other = take_part(world, "mentor", "Other Mentor")
    _do(pair, "mentee", "end")
    assert participant_by_id(pair.mentee_id).state == "on_leave"
    assert not matching.proposals_of(world.scheme.id)
    assert other.state == "active"


def test_a_change_of_mentor_proposes_the_next_best(world, pair):
    """Also one who had no free place when the pair was found."""
    other = take_part(world, "mentor", "Other Mentor")
    busy = take_part(world, "mentee", "Busy")
    (proposal,) = send(world)
    taken = say_yes(proposal)
    assert (taken.mentor_id, taken.mentee_id) == (other.id, busy.id)
    _do(pair, "mentee", "change")
    assert not matching.proposals_of(world.scheme.id)  # the only other one has no place
    _do(taken, "mentor", "end")
    asked = {(one.mentor_id, one.mentee_id) for one in matching.proposals_of(world.scheme.id)}
    assert asked == {(pair.mentor_id, busy.id), (other.id, pair.mentee_id)}  # each with somebody new


def test_only_the_mentee_changes_the_mentor(pair):
    with pytest.raises(NotPermitted):
        _do(pair, "mentor", "change")


# --- closing -----------------------------------------------------------------------------------------------


def test_it_closes_with_a_note_of_both_and_stands_in_both_records(pair):
    _held_meeting(pair, minutes=90)
    _do(pair, "mentor", "close", closing_note="She writes her own papers now.")
    with pytest.raises(Refused):
        _do(pair, "mentor", "close", closing_note="Twice")
    assert _fresh(pair).state == "closing"
    _do(pair, "mentee", "close", closing_note="I found my way.")
    closed = _fresh(pair)
    assert closed.state == "completed"
    (credential,) = credentials_of(closed.mentor.person_id)
    assert credential.kind == "mentoring.mentorship"
    assert not credentials_of(closed.mentee.person_id)
    for person_id in (closed.mentor.person_id, closed.mentee.person_id):
        (entry,) = record_entries(person_id)
        assert entry.is_complete
        facts = {fact["label"]["en"]: fact["value"] for fact in entry.facts}
        assert facts["Meetings"] == "1"
        assert facts["Hours together"] == "1.5"
    assert len(mails("Your mentorship is complete")) == 2


def test_a_second_note_that_never_comes_does_not_hold_it_open(pair):
    _do(pair, "mentee", "close", closing_note="I found my way.")
    later(days=15)
    assert _fresh(pair).state == "completed"
    assert not credentials_of(pair.mentor.person_id)  # they never met


def test_at_the_end_of_the_scheme_both_are_asked_for_a_note(pair):
    later(days=366)
    for side in ("mentor", "mentee"):
        kinds = {item.kind for item in waiting.items_for(acting(getattr(_fresh(pair), side)))}
        assert "close_mentorship" in kinds


def test_who_completed_a_mentorship_is_not_proposed_again(world, pair):
    _do(pair, "mentee", "close", closing_note="A")
    _do(pair, "mentor", "close", closing_note="B")
    take_part(world, "mentor", "Another")
    assert matching.question_for(world.scheme)["mentees"] == []
    db.session.rollback()
