"""The list of what waits, and taking an item of one's office."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from lms.core import waiting
from lms.core.actor import Actor
from lms.core.waiting import Office, WaitingItem
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
    options = {"title": f"Matter {number}"} | options
    return waiting.open_item(system, TASK, to=OFFICE, subject=("matter", number), url_values={}, **options)


def test_list_shows_my_items_and_those_of_my_offices_soonest_due_first(client: FlaskClient, system: Actor, clerk):
    open_for_office(system, 1)
    open_for_office(system, 2, due_at=system.now + timedelta(days=2))
    waiting.open_item(
        system,
        OTHER,
        to=clerk.id,
        subject=("matter", 3),
        title="Matter 3",
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
    open_for_office(system, 1, title="Souphaphone Keomany")
    waiting.open_item(system, OTHER, to=clerk.id, subject=("matter", 2), title="Thiri", url_values={})
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
        open_for_office(system, number, title=f"Matter {number:02}")
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
    waiting.take(actor_of(colleague), item)
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
    item = waiting.open_item(system, TASK, to=clerk.id, subject=("matter", 9), title="Mine", url_values={})
    assert post(sign_in(client, clerk), f"/waiting/{item.id}/take").status_code == 422


@pytest.mark.parametrize("role", [None, "coordinator"])
def test_others_do_not_learn_that_an_item_exists(client: FlaskClient, system: Actor, role):
    institution = make_institution(system)
    roles = [(role, "institution", institution.id)] if role else []
    item = open_for_office(system)
    stranger = make_person(system, roles=roles)
    assert post(sign_in(client, stranger), f"/waiting/{item.id}/take").status_code == 404
    assert item.assignee_id is None
