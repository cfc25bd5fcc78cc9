"""The list of what waits, and taking an item of one's office."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from lms.core import waiting
from lms.core.actor import Actor
from lms.core.waiting import Office, Title, WaitingItem
from tests.factories import actor_of, make_institution, make_person, post, sign_in
from tests.portal.conftest import OTHER, TASK

OFFICE = Office("secretariat", "platform")


@pytest.fixture
def clerk(system: Actor):
    return make_person(system, name="Chen Yulin", roles=[("secretariat", "platform", None)])


@pytest.fixture
def colleague(system: Actor):
    return make_person(system, name="Wei Xiaolan", roles=[("secretariat", "platform", None)])


def open_for_office(system: Actor, number: int = 1, **options) -> WaitingItem:
    options = {"about": [f"Matter {number}"]} | options
    return waiting.open_item(system, TASK, to=OFFICE, subject=("matter", number), url_values={}, **options)


def test_list_shows_my_items_and_those_of_my_offices_soonest_due_first(client: FlaskClient, system: Actor, clerk):
    open_for_office(system, 1)
    open_for_office(system, 2, due_at=system.now + timedelta(days=2))
    waiting.open_item(
        system,
        OTHER,
        to=clerk.id,
        subject=("matter", 3),
        about=["Matter 3"],
        url_values={},
        due_at=system.now - timedelta(days=1),
    )
    page = sign_in(client, clerk).get("/waiting/").text
    assert page.index("Matter 3") < page.index("Matter 2") < page.index("Matter 1")
    assert "Overdue" in page
    assert "Secretariat" in page


def test_list_shows_nothing_of_others(client: FlaskClient, system: Actor):
    open_for_office(system, 1)
    stranger = make_person(system)
    page = sign_in(client, stranger).get("/waiting/").text
    assert "Matter 1" not in page
    assert "Nothing waits for you" in page


def test_visitor_signs_in_first(client: FlaskClient):
    assert client.get("/waiting/").status_code == 302


def test_list_is_searched_filtered_and_taken_out(client: FlaskClient, system: Actor, clerk):
    open_for_office(system, 1, about=["Souphaphone Keomany"])
    waiting.open_item(system, OTHER, to=clerk.id, subject=("matter", 2), about=["Thiri"], url_values={})
    browser = sign_in(client, clerk)
    assert "Thiri" not in browser.get("/waiting/?q=keomany").text
    assert "Souphaphone" not in browser.get("/waiting/?q=sign a paper").text
    assert "Souphaphone" not in browser.get("/waiting/?whose=me").text
    assert "Thiri" not in browser.get("/waiting/?whose=free").text
    assert "Souphaphone" not in browser.get("/waiting/?kind=portal_test.other").text
    exported = browser.get("/waiting/?format=csv")
    assert exported.mimetype == "text/csv"
    assert "Souphaphone Keomany" in exported.text


def test_words_that_look_like_patterns_are_taken_literally(client: FlaskClient, system: Actor, clerk):
    open_for_office(system, 1)
    assert "Matter 1" not in sign_in(client, clerk).get("/waiting/?q=%25").text


def test_pages_follow_each_other(client: FlaskClient, system: Actor, clerk):
    for number in range(25):
        open_for_office(system, number, about=[f"Matter {number:02}"])
    browser = sign_in(client, clerk)
    first = browser.get("/waiting/").text
    assert "Matter 19" in first
    assert "Matter 20" not in first
    cursor = first.split("cursor=")[1].split('"')[0]
    assert "Matter 24" in browser.get(f"/waiting/?cursor={cursor}").text


def test_taking_shows_colleagues_who_works_on_it(client: FlaskClient, system: Actor, clerk, colleague):
    item = open_for_office(system)
    answer = post(sign_in(client, clerk), f"/waiting/{item.id}/take", {"seen": ""})
    assert answer.status_code == 303
    assert item.assignee_id == clerk.id
    page = sign_in(client, colleague).get("/waiting/").text
    assert "Chen Yulin works on this." in page
    assert "Take over" in page


def test_taking_twice_is_harmless(client: FlaskClient, system: Actor, clerk):
    item = open_for_office(system)
    browser = sign_in(client, clerk)
    post(browser, f"/waiting/{item.id}/take", {"seen": ""})
    assert post(browser, f"/waiting/{item.id}/take", {"seen": ""}).status_code == 303
    assert item.assignee_id == clerk.id


def test_a_stale_page_cannot_take_from_a_colleague(client: FlaskClient, system: Actor, clerk, colleague):
    item = open_for_office(system)
    waiting.take(actor_of(colleague), item, seen_assignee_id=None)
    browser = sign_in(client, clerk)
    assert post(browser, f"/waiting/{item.id}/take", {"seen": ""}).status_code == 409
    assert item.assignee_id == colleague.id
    assert post(browser, f"/waiting/{item.id}/take", {"seen": str(colleague.id)}).status_code == 303
    assert item.assignee_id == clerk.id


def test_what_is_done_cannot_be_taken(client: FlaskClient, system: Actor, clerk):
    item = open_for_office(system)
    waiting.close_items(system, subject=("matter", 1))
    assert post(sign_in(client, clerk), f"/waiting/{item.id}/take").status_code == 409


def test_what_waits_for_a_person_is_not_taken(client: FlaskClient, system: Actor, clerk):
    item = waiting.open_item(system, TASK, to=clerk.id, subject=("matter", 9), about=["Mine"], url_values={})
    assert post(sign_in(client, clerk), f"/waiting/{item.id}/take").status_code == 422


def test_what_was_taken_is_put_back_for_everybody(client: FlaskClient, system: Actor, clerk, colleague):
    item = open_for_office(system)
    waiting.take(actor_of(clerk), item, seen_assignee_id=None)
    browser = sign_in(client, clerk)
    assert "Put back" in browser.get("/waiting/").text
    assert post(browser, f"/waiting/{item.id}/put-back", {"seen": str(clerk.id)}).status_code == 303
    assert item.assignee_id is None
    waiting.take(actor_of(colleague), item, seen_assignee_id=None)
    assert post(browser, f"/waiting/{item.id}/put-back", {"seen": str(clerk.id)}).status_code == 409
    assert item.assignee_id == colleague.id


def test_an_item_is_given_to_a_colleague_of_the_office(app, client: FlaskClient, system: Actor, clerk, colleague):
    item, stranger = open_for_office(system), make_person(system, name="Somebody Else")
    browser = sign_in(client, clerk)
    page = browser.get(f"/waiting/{item.id}/give?next=/waiting/").text
    assert "Wei Xiaolan" in page
    assert "Somebody Else" not in page
    here = f"/waiting/{item.id}/give?next=/waiting/"
    assert post(browser, here, {"colleague": str(stranger.id), "seen": ""}).status_code == 422
    assert post(browser, here, {"colleague": str(colleague.id), "seen": ""}).location == "/waiting/"
    assert item.assignee_id == colleague.id
    assert "You work on this." in sign_in(app.test_client(), colleague).get("/waiting/").text


def test_whoever_sits_alone_is_told_to_invite_somebody(client: FlaskClient, system: Actor, clerk):
    item = open_for_office(system)
    assert "Nobody else sits in this office" in sign_in(client, clerk).get(f"/waiting/{item.id}/give").text


def test_the_next_of_a_kind_is_the_soonest_that_no_colleague_took(system: Actor, clerk, colleague):
    assert waiting.next_of_kind(actor_of(clerk), TASK) == (0, None)
    late, soon = (open_for_office(system, number, due_at=system.now + timedelta(days=5 - number)) for number in (1, 2))
    taken = open_for_office(system, 3, due_at=system.now + timedelta(hours=1))
    waiting.take(actor_of(colleague), taken, seen_assignee_id=None)
    assert waiting.next_of_kind(actor_of(clerk), TASK) == (2, soon)
    assert waiting.next_of_kind(actor_of(clerk), TASK, besides=("matter", 2)) == (1, late)
    assert waiting.next_of_kind(actor_of(clerk), OTHER) == (0, None)


def test_everybody_reads_titles_in_their_language(app, client: FlaskClient, system: Actor):
    call = Title("Young scientists 2027", "青年科学家 2027")
    for person in (make_person(system, language="en"), make_person(system, language="zh")):
        waiting.open_item(
            system, TASK, to=person.id, subject=("matter", person.id), about=["Thiri Aung", call], url_values={}
        )
        page = sign_in(app.test_client(), person).get("/dashboard").text
        shown = "青年科学家" if person.language == "zh" else "Young scientists"
        assert f"Thiri Aung · {shown} 2027" in page
        assert f"Thiri Aung · {shown} 2027" in sign_in(client, person).get("/waiting/?q=2027&format=csv").text


def test_what_has_no_date_is_due_after_some_working_days(system: Actor, clerk):
    friday = replace(system, now=datetime(2026, 11, 20, 3, 0, tzinfo=UTC))
    item = waiting.open_item(friday, TASK, to=clerk.id, subject=("matter", 5), about=["Matter"], url_values={})
    assert item.due_at == datetime(2026, 11, 27, 15, 59, tzinfo=UTC)  # Friday a week later, 23:59 in Beijing


@pytest.mark.parametrize("role", [None, "coordinator"])
def test_others_do_not_learn_that_an_item_exists(client: FlaskClient, system: Actor, role):
    institution = make_institution(system)
    roles = [(role, "institution", institution.id)] if role else []
    item = open_for_office(system)
    stranger = make_person(system, roles=roles)
    assert post(sign_in(client, stranger), f"/waiting/{item.id}/take").status_code == 404
    assert item.assignee_id is None
