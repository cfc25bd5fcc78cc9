"""The pages of mentoring: joining, saving by itself, wishes, managing, and faults beside their fields."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.core import clock, workflow
from lms.core.access import give_grant
from lms.core.db import db
from lms.core.errors import Refused
from lms.institutions.models import Country, SubCentre
from lms.mentoring.flow import PARTICIPANT, SCHEME
from lms.mentoring.models import MentoringScheme, Participant
from lms.mentoring.queries.mentorships import mentorship_by_id
from lms.mentoring.queries.participants import live_participation, participant_by_id, wishes_of
from lms.mentoring.queries.schemes import scheme_by_id
from lms.mentoring.services import mentorships as services
from lms.mentoring.services import participants, schemes
from tests.factories import actor_of, make_institution, make_person, post, sign_in
from tests.mentoring.world import acting, make_mentorship, profile, run_matching, scheme_values, take_part


def _sent(**values):
    """What a browser sends of a profile."""
    return {**profile(), "apart_text": "", **values}


def _mentee(world, **home):
    institution = make_institution(world.system, **home) if home else world.home
    return make_person(world.system, name="Keo Dara", institution=institution, zone="Asia/Phnom_Penh", language="en")


# --- the public --------------------------------------------------------------------------------------------


def test_the_catalogue_is_searched_and_filtered(world, client):
    assert world.scheme.title_en in client.get("/mentoring/").text
    assert world.scheme.title_en in client.get("/mentoring/?q=导师&open=now").text
    assert world.scheme.title_en in client.get("/mentoring/?country=LA").text
    world.scheme.sub_centre_id = db.session.scalar(select(SubCentre.id).where(SubCentre.code == "nutrition"))
    assert world.scheme.title_en not in client.get("/mentoring/?sub_centre=infection").text
    assert world.scheme.title_en in client.get("/mentoring/?sub_centre=nutrition").text
    assert "No scheme matches" in client.get("/mentoring/?q=zzzz").text
    assert world.scheme.title_en in client.get("/search?q=mentors").text


def test_a_draft_is_seen_by_its_office_alone(world, client, app):
    draft = schemes.open_scheme(actor_of(world.secretary), **scheme_values(title_en="Secret plan"))
    assert "Secret plan" not in client.get("/mentoring/").text
    assert client.get(f"/mentoring/schemes/{draft.ref}").status_code == 404
    assert sign_in(app.test_client(), world.secretary).get(f"/mentoring/manage/{draft.ref}").status_code == 200
    assert sign_in(app.test_client(), world.coordinator).get(f"/mentoring/manage/{draft.ref}").status_code == 404


def test_a_scheme_needs_its_office_before_it_is_published(world, app):
    draft = schemes.open_scheme(actor_of(world.secretary), **scheme_values())
    page = sign_in(app.test_client(), world.secretary).get(f"/mentoring/manage/{draft.ref}").text
    assert "Invite a coordinator" in page
    assert "Invite a safeguarding contact" in page


# --- joining -----------------------------------------------------------------------------------------------


def test_a_profile_begins_with_what_is_known_and_saves_itself(world, app):
    person = _mentee(world)
    browser = sign_in(app.test_client(), person)
    answer = post(browser, f"/mentoring/schemes/{world.scheme.ref}/join/mentee")
    one = live_participation(person.id, world.scheme.id, "mentee")
    assert answer.location.endswith(f"/mentoring/profiles/{one.ref}")
    assert (one.zone, one.languages) == ("Asia/Phnom_Penh", ["en"])
    kept = post(browser, f"/mentoring/profiles/{one.ref}/keep", _sent(fields=["infection"], hours=[], version="1"))
    assert kept.status_code == 200
    assert "Saved" in kept.text
    assert participant_by_id(one.id).fields == ["infection"]
    # Nothing was handed in so far, and it is not complete; the page that saved itself still fits.
    refused = post(browser, f"/mentoring/profiles/{one.ref}", _sent(hours=[], version="1", send="1"))
    assert refused.status_code == 422
    assert "hours in which you can meet" in refused.text
    assert post(browser, f"/mentoring/profiles/{one.ref}", _sent(version="1", send="1")).status_code == 303
    assert participant_by_id(one.id).state == "active"
    # What another window still holds does not overwrite it.
    late = post(browser, f"/mentoring/profiles/{one.ref}/keep", _sent(fields=["nutrition"], version="1"))
    assert late.status_code == 422
    assert participant_by_id(one.id).fields == ["infection"]


def test_the_next_profile_begins_with_the_last_one(world):
    mentee = take_part(world, "mentee", methods=["gis"], languages=["en", "lo"], apart=["boss@example.test"])
    following = schemes.open_scheme(actor_of(world.secretary), **scheme_values(title_en="Following"))
    for person, role in ((world.coordinator, "coordinator"), (world.contact, "safeguarding")):
        give_grant(world.system, person_id=person.id, role=role, scope_kind="mentoring_scheme", scope_id=following.id)
    workflow.perform(SCHEME, following, "publish", actor=actor_of(world.secretary))
    again = participants.join(acting(mentee), scheme_by_id(following.id), "mentee")
    assert (again.methods, again.languages, again.apart) == (["gis"], ["en", "lo"], ["boss@example.test"])
    assert again.about
    assert participants.join(acting(mentee), scheme_by_id(following.id), "mentor").about == ""


def test_mentees_of_other_states_are_told_so(world, app):
    world.scheme.countries = [db.session.get(Country, "LA")]
    stranger = _mentee(world, country="VN")
    browser = sign_in(app.test_client(), stranger)
    post(browser, f"/mentoring/schemes/{world.scheme.ref}/join/mentee")
    assert live_participation(stranger.id, world.scheme.id, "mentee") is None
    assert "other states" in browser.get(f"/mentoring/schemes/{world.scheme.ref}").text


def test_faults_stand_beside_their_fields_and_nothing_is_lost(world, app):
    person = make_person(world.system, institution=world.host, affiliation="staff")
    browser = sign_in(app.test_client(), person)
    post(browser, f"/mentoring/schemes/{world.scheme.ref}/join/mentor")
    one = live_participation(person.id, world.scheme.id, "mentor")
    sent = _sent(capacity="9", apart_text="not an address", about="Keep me")
    answer = post(browser, f"/mentoring/profiles/{one.ref}", sent)
    assert answer.status_code == 422
    assert "This is not an e-mail address: not" in answer.text
    assert "Keep me" in answer.text
    answer = post(browser, f"/mentoring/profiles/{one.ref}", {**sent, "apart_text": ""})
    assert "at most 3 mentees" in answer.text
    for name, value in (("hours", "9-99"), ("fields", "nothing"), ("zone", "Mars/Base"), ("years", "-3")):
        bad = post(browser, f"/mentoring/profiles/{one.ref}", {**sent, "apart_text": "", "capacity": "1", name: value})
        assert bad.status_code == 422, name


def test_a_mentor_cannot_join_without_approval(world, app):
    person = make_person(world.system, institution=world.host, affiliation="staff")
    browser = sign_in(app.test_client(), person)
    post(browser, f"/mentoring/schemes/{world.scheme.ref}/join/mentor")
    one = live_participation(person.id, world.scheme.id, "mentor")
    assert post(browser, f"/mentoring/profiles/{one.ref}", _sent(capacity="1", send="1")).status_code == 303
    assert participant_by_id(one.id).state == "submitted"
    for forbidden in ("join", "approve", "explode"):
        assert post(browser, f"/mentoring/profiles/{one.ref}/do/{forbidden}").status_code == 404
    other = participants.join(actor_of(world.contact), scheme_by_id(world.scheme.id), "mentor")
    with pytest.raises(Refused):
        workflow.perform(PARTICIPANT, participant_by_id(other.id), "join", actor=actor_of(world.contact))
    office = sign_in(app.test_client(), world.coordinator)
    assert "Approve or return a mentor" in office.get("/dashboard").text
    assert post(office, f"/mentoring/participants/{one.ref}/do/approve").status_code == 303
    assert participant_by_id(one.id).state == "active"


def test_a_coordinator_does_not_approve_themselves(world, app):
    browser = sign_in(app.test_client(), world.coordinator)
    post(browser, f"/mentoring/schemes/{world.scheme.ref}/join/mentor")
    one = live_participation(world.coordinator.id, world.scheme.id, "mentor")
    post(browser, f"/mentoring/profiles/{one.ref}", _sent(capacity="1", send="1"))
    assert post(browser, f"/mentoring/participants/{one.ref}/do/approve").status_code == 404
    assert participant_by_id(one.id).state == "submitted"


# --- wishes ------------------------------------------------------------------------------------------------


def test_wishes_are_put_in_order_and_seen_by_nobody_else(world, app):
    mentors = [take_part(world, "mentor", f"Mentor {number}") for number in range(3)]
    mentee = take_part(world, "mentee")
    path = f"/mentoring/profiles/{mentee.ref}/wishes"
    browser = sign_in(app.test_client(), mentee.person)
    for action, other in (("add", 0), ("add", 1), ("not", 2), ("up", 1)):
        assert post(browser, path, {"action": action, "other": mentors[other].ref}).status_code == 303
    said = [(wish.other.ref, wish.rank) for wish in wishes_of(mentee.id)]
    assert said == [(mentors[1].ref, 1), (mentors[0].ref, 2), (mentors[2].ref, None)]
    assert post(browser, path, {"action": "add", "other": "nobody"}).status_code == 404
    post(browser, path, {"action": "explode", "other": mentors[0].ref})
    assert "Choose what to do with this wish." in browser.get(path).text
    assert len(wishes_of(mentee.id)) == 3
    refused = sign_in(app.test_client(), participant_by_id(mentors[2].id).person)
    assert refused.get(path).status_code == 404
    assert "Mentor 0" in browser.get(path).text


# --- managing ----------------------------------------------------------------------------------------------


def test_a_scheme_is_made_with_its_dates_in_its_zone(world, app):
    browser = sign_in(app.test_client(), world.secretary)
    now = clock.now()
    sent = {
        "title_en": "Thai scheme", "title_zh": "", "zone": "Asia/Bangkok", "objective": "fair", "floor": "0",
        "opens_local": f"{now + timedelta(days=1):%Y-%m-%d}T09:00", "closes_local": f"{now:%Y-%m-%d}T08:00",
        "ends_on": f"{now + timedelta(days=200):%Y-%m-%d}", "answer_days": "5", "idle_days": "20", "max_capacity": "2",
        "countries": ["LA"], **{f"weight_{name}": "0" for name in schemes.DEFAULT_WEIGHTS},
    }  # fmt: skip
    assert "Joining must end after it begins" in post(browser, "/mentoring/manage/new", sent).text
    sent["closes_local"] = f"{now + timedelta(days=20):%Y-%m-%d}T17:00"
    assert "some points" in post(browser, "/mentoring/manage/new", sent).text
    sent["weight_fields"] = "500"
    assert post(browser, "/mentoring/manage/new", {**sent, "ends_on": "9999-01-01"}).status_code == 422
    assert post(browser, "/mentoring/manage/new", {**sent, "closes_local": "0001-01-01T00:00"}).status_code == 422
    assert post(browser, "/mentoring/manage/new", sent).status_code == 303
    made = db.session.scalars(select(MentoringScheme).where(MentoringScheme.title_en == "Thai scheme")).one()
    assert made.closes_at.hour == 10  # 17:00 in Bangkok
    assert (made.weights["fields"], made.objective) == (500, "fair")


def test_the_result_is_looked_at_with_what_if_before_it_is_sent(world, app):
    take_part(world, "mentor", "Zhao Min")
    take_part(world, "mentee", "Keo Dara")
    run = run_matching(world)
    browser = sign_in(app.test_client(), world.coordinator)
    page = browser.get(f"/mentoring/runs/{run.ref}").text
    assert "Nobody has been asked yet" in page
    assert "Fields in common: Infection." in page
    assert "Who would move" in browser.get(f"/mentoring/runs/{run.ref}?floor=9999").text
    assert "Everybody would end where they are" in browser.get(f"/mentoring/runs/{run.ref}?floor=1").text
    for query in ("?floor=x", "?mentor=nobody&places=3", "?places=99999999999999999999", "?floor=-1"):
        assert browser.get(f"/mentoring/runs/{run.ref}{query}").status_code == 200
    instance = browser.get(f"/mentoring/runs/{run.ref}/instance.json")
    assert "Zhao Min" not in instance.text
    assert instance.json["format"] == "allocation/1"
    assert post(browser, f"/mentoring/runs/{run.ref}/do/send").status_code == 303
    assert "1 pair was asked" in browser.get(f"/mentoring/manage/{world.scheme.ref}/matching").text


def test_the_health_of_pairs_is_shown_without_what_they_talk_about(world, app):
    pair = make_mentorship(world)
    mentee = acting(pair.mentee)
    services.add_goal(mentee, mentorship_by_id(pair.id), text="A goal of theirs alone")
    services.write_note(mentee, mentorship_by_id(pair.id), text="A note for both", is_shared=True)
    browser = sign_in(app.test_client(), world.coordinator)
    for page in (f"/mentoring/manage/{world.scheme.ref}/mentorships", f"/mentoring/watched/{pair.ref}"):
        text = browser.get(page).text
        assert "Zhao Min" in text
        assert "A goal of theirs alone" not in text
        assert "A note for both" not in text
    assert browser.get(f"/mentoring/mentorships/{pair.ref}").status_code == 404
    listed = browser.get(f"/mentoring/manage/{world.scheme.ref}/mentorships?format=csv").text
    assert "Keo Dara" in listed


def test_other_peoples_matters_do_not_exist(world, app):
    pair = make_mentorship(world)
    stranger = sign_in(app.test_client(), make_person(world.system))
    proposal_ref = db.session.scalar(select(Participant.ref).where(Participant.id == pair.mentor_id))
    for path in (
        f"/mentoring/mentorships/{pair.ref}",
        f"/mentoring/mentorships/{pair.ref}/concern",
        f"/mentoring/profiles/{proposal_ref}",
        f"/mentoring/watched/{pair.ref}",
        f"/mentoring/manage/{world.scheme.ref}",
        f"/mentoring/manage/{world.scheme.ref}/mentorships",
    ):
        assert stranger.get(path).status_code == 404, path


def test_pages_of_a_pair_cost_the_same_however_many_meetings(world, app, count_queries):
    pair = make_mentorship(world)
    browser = sign_in(app.test_client(), participant_by_id(pair.mentor_id).person)

    def cost():
        with count_queries() as statements:
            assert browser.get(f"/mentoring/mentorships/{pair.ref}").status_code == 200
        return len(statements)

    def meet(number):
        one = mentorship_by_id(pair.id)
        services.propose_meeting(
            acting(one.mentee), one, starts_at=clock.now() + timedelta(days=number), minutes=30, place="", agenda=""
        )

    meet(1)
    few = cost()
    for number in range(2, 9):
        meet(number)
    assert cost() == few
