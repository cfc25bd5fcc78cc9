"""Meetings in calendars: the file, the private address, and what goes from them."""

from datetime import timedelta

import pytest

from lms.core import clock, workflow
from lms.mentoring.flow import MEETING, MENTORSHIP
from lms.mentoring.queries import mentorships as queries
from lms.mentoring.services import mentorships as services
from tests.factories import actor_of, make_person, post, sign_in
from tests.mentoring.ical import instant, parse
from tests.mentoring.world import acting, make_mentorship, settle

AGENDA = "Plan; first draft, then figures.\nທົບທວນ 讨论 " + "long " * 30


@pytest.fixture
def meeting(world):
    pair = make_mentorship(world)
    made = services.propose_meeting(
        acting(pair.mentee),
        pair,
        starts_at=clock.now().replace(microsecond=0) + timedelta(days=2),
        minutes=45,
        place='Room "4", second floor',
        agenda=AGENDA,
    )
    return queries.meeting_by_id(made.id)


def _feed(client, person):
    browser = sign_in(client, person)
    post(browser, "/mentoring/calendar/renew")
    page = browser.get("/mentoring/mine").text
    start = page.index("/mentoring/calendar/")
    return page[start : page.index(".ics", start) + 4]


def test_the_address_needs_no_account_and_holds_every_meeting(app, client, meeting):
    address = _feed(client, meeting.mentorship.mentor.person)
    answer = app.test_client().get(address)
    assert answer.mimetype == "text/calendar"
    assert "no-store" in answer.headers["Cache-Control"]
    calendar = parse(answer.data)
    (event,) = calendar.events
    assert calendar.properties["METHOD"] == "PUBLISH"
    assert instant(event["DTSTART"]) == meeting.starts_at
    assert instant(event["DTEND"]) - meeting.starts_at == timedelta(minutes=45)
    assert (event["STATUS"], event["LOCATION"]) == ("TENTATIVE", 'Room "4", second floor')
    assert event["SUMMARY"].endswith("Keo Dara")
    assert AGENDA.strip() in event["DESCRIPTION"]


def test_a_change_grows_the_sequence_under_the_same_uid(app, client, meeting):
    address = _feed(client, meeting.mentorship.mentee.person)
    before = parse(app.test_client().get(address).data).events[0]
    meeting = queries.meeting_by_id(meeting.id)
    workflow.perform(MEETING, meeting, "confirm", actor=acting(meeting.mentorship.mentor))
    settle()
    after = parse(app.test_client().get(address).data).event(before["UID"])
    assert (before["STATUS"], after["STATUS"]) == ("TENTATIVE", "CONFIRMED")
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])


def test_a_cancelled_meeting_goes_from_both_calendars(app, client, meeting):
    address = _feed(client, meeting.mentorship.mentor.person)
    pair = queries.mentorship_by_id(meeting.mentorship_id)
    workflow.perform(MENTORSHIP, pair, "end", actor=acting(pair.mentee))
    settle()
    (event,) = parse(app.test_client().get(address).data).events
    assert event["STATUS"] == "CANCELLED"
    browser = sign_in(app.test_client(), queries.mentorship_by_id(pair.id).mentee.person)
    calendar = parse(browser.get(f"/mentoring/meetings/{meeting.ref}/calendar.ics").data)
    assert calendar.properties["METHOD"] == "CANCEL"
    assert calendar.events[0]["UID"] == event["UID"]


def test_a_new_address_ends_the_old_one_and_a_forged_one_leads_nowhere(app, client, meeting):
    mentor = meeting.mentorship.mentor.person
    old = _feed(client, mentor)
    new = _feed(client, queries.meeting_by_id(meeting.id).mentorship.mentor.person)
    assert old != new
    guest = app.test_client()
    assert [guest.get(one).status_code for one in (old, new)] == [404, 200]
    assert guest.get(new.replace(".ics", "x.ics")).status_code == 404
    assert guest.get("/mentoring/calendar/WzEsMV0.x.ics").status_code == 404


def test_a_suspended_account_has_no_calendar(app, client, world, meeting):
    from lms.accounts.services import suspend

    address = _feed(client, meeting.mentorship.mentor.person)
    administrators = [make_person(world.system, roles=[("admin", "platform", None)]) for _ in range(2)]
    person = queries.meeting_by_id(meeting.id).mentorship.mentor.person
    suspend(actor_of(administrators[0]), person=person, reason="Away")
    assert app.test_client().get(address).status_code == 404
