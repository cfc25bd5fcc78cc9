"""Offices: a queue that belongs to all members, a deputy, and one-step hand-over."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accounts import services
from lms.accounts.flow import INVITED
from lms.core import waiting
from lms.core.access import Grant
from lms.core.db import db
from lms.core.errors import Invalid, Refused
from lms.core.waiting import Office
from tests.factories import actor_of, make_institution, make_person, post, sign_in


@pytest.fixture
def place(system):
    return make_institution(system, name="Mahidol University")


@pytest.fixture
def office(place):
    return Office("coordinator", "institution", place.id)


def member(system, place, **options):
    return make_person(system, roles=[("coordinator", "institution", place.id)], **options)


def grant_of(person, role="coordinator"):
    return db.session.scalars(select(Grant).where(Grant.person_id == person.id, Grant.role == role)).one()


def item(system, office, number=1, due_at=None):
    return waiting.open_item(
        system,
        INVITED,
        to=office,
        subject=("test", number),
        about=[f"Thing {number}"],
        url_values={"ref": "none"},
        due_at=due_at,
    )


def test_everybody_in_the_office_sees_it_and_one_takes_it(app, client, system, place, office):
    first, second = member(system, place, name="First"), member(system, place, name="Second")
    thing = item(system, office)
    sign_in(client, first)
    here = f"/accounts/offices/institution/{place.slug}/"
    assert "Thing 1" in client.get(here).text
    assert post(client, f"/waiting/{thing.id}/take?next={here}").location == here
    assert "First" in sign_in(app.test_client(), second).get(here).text
    assert "Thing 1" not in sign_in(app.test_client(), second).get(f"{here}?taken=nobody").text
    assert "Thing 1" in client.get(f"{here}?taken=me&q=thing&kind=invitation&format=csv").text
    assert "Thing 1" not in client.get(f"{here}?q=other").text


def test_who_only_watches_an_office_gets_no_links_to_pages_closed_to_them(client, system, place, office):
    item(system, office)
    here = f"/accounts/offices/institution/{place.slug}/"
    assert "/none" in sign_in(client, member(system, place)).get(here).text
    watched = sign_in(client, make_person(system, roles=[("secretariat", "platform", None)])).get(here).text
    assert "Thing 1" in watched
    assert "/none" not in watched


def test_what_is_due_soonest_comes_first(client, system, place, office):
    item(system, office, 1)
    item(system, office, 2, due_at=system.now + timedelta(days=2))
    item(system, office, 3, due_at=system.now + timedelta(days=1))
    shown = sign_in(client, member(system, place)).get(f"/accounts/offices/institution/{place.slug}/").text
    assert shown.index("Thing 3") < shown.index("Thing 2") < shown.index("Thing 1")


def test_ending_a_role_hands_everything_over_in_one_step(client, system, place, office):
    leaver, stayer = member(system, place), member(system, place)
    things = [item(system, office, number) for number in range(3)]
    for thing in things:
        waiting.take(actor_of(leaver), thing, seen_assignee_id=None)
    sign_in(client, stayer)
    page = client.get(f"/accounts/grants/{grant_of(leaver).id}/end").text
    assert "Thing 2" in page
    form = {"successor": stayer.ref, "reason": "Moves to Laos"}
    assert post(client, f"/accounts/grants/{grant_of(leaver).id}/end", form).status_code == 303
    assert {thing.assignee_id for thing in things} == {stayer.id}
    assert not actor_of(leaver).holds("coordinator", "institution", place.id)
    assert post(client, f"/accounts/grants/{grant_of(leaver).id}/end", form).status_code == 409


def test_leave_hands_everything_over_in_one_step_and_keeps_the_role(client, system, place, office):
    away, deputy = member(system, place), member(system, place)
    things = [item(system, office, number) for number in range(3)]
    for thing in things:
        waiting.take(actor_of(away), thing, seen_assignee_id=None)
    sign_in(client, deputy)
    form = {"successor": deputy.ref, "keep": "yes"}
    assert post(client, f"/accounts/grants/{grant_of(away).id}/end", form).status_code == 303
    assert {thing.assignee_id for thing in things} == {deputy.id}
    assert actor_of(away).holds("coordinator", "institution", place.id)
    assert post(client, f"/accounts/grants/{grant_of(deputy).id}/end", {"successor": "", "keep": "yes"}).location
    assert {thing.assignee_id for thing in things} == {None}


def test_without_a_successor_it_goes_back_to_the_office(system, place, office):
    leaver, stayer = member(system, place), member(system, place)
    thing = item(system, office)
    waiting.take(actor_of(leaver), thing, seen_assignee_id=None)
    assert services.end_membership(actor_of(stayer), grant=grant_of(leaver)) == 1
    assert thing.assignee_id is None


def test_the_last_one_cannot_leave_work_behind(client, system, place, office):
    only = member(system, place)
    item(system, office)
    with pytest.raises(Refused):
        services.end_membership(actor_of(only), grant=grant_of(only))
    sign_in(client, only)
    answer = post(client, f"/accounts/grants/{grant_of(only).id}/end", {"successor": ""})
    assert (answer.status_code, "Invite a colleague first" in answer.text) == (422, True)


def test_a_successor_sits_in_the_office(system, place, office):
    leaver, stayer = member(system, place), member(system, place)
    stranger = make_person(system)
    with pytest.raises(Invalid):
        services.end_membership(actor_of(stayer), grant=grant_of(leaver), successor_id=stranger.id)


def test_a_deputy_is_named(client, system, place):
    first, second = member(system, place), member(system, place)
    sign_in(client, first)
    assert post(client, f"/accounts/grants/{grant_of(second).id}/deputy", {"is_deputy": "yes"}).status_code == 303
    page = client.get(f"/accounts/offices/institution/{place.slug}/people").text
    assert ">Deputy<" in page


@pytest.mark.parametrize("page", ["", "people", "invitations"])
def test_others_do_not_know_the_office(client, system, place, page):
    here = f"/accounts/offices/institution/{place.slug}/{page}"
    assert client.get(here).status_code == 302
    elsewhere = make_institution(system)
    for role in (("coordinator", "institution", elsewhere.id), ("instructor", "institution", place.id)):
        sign_in(client, make_person(system, roles=[role]))
        assert client.get(here).status_code == 404
    sign_in(client, make_person(system, roles=[("secretariat", "platform", None)]))
    assert client.get(here).status_code == 200


def test_grants_of_others_are_not_found(client, system, place):
    person = member(system, place)
    sign_in(client, make_person(system))
    for end in ("end", "deputy"):
        assert post(client, f"/accounts/grants/{grant_of(person).id}/{end}").status_code == 404


def test_unknown_scopes_are_not_found(client, system):
    sign_in(client, make_person(system, roles=[("admin", "platform", None)]))
    assert client.get("/accounts/offices/planet/mars/").status_code == 404
    assert client.get("/accounts/offices/institution/mars/").status_code == 404


def test_a_person_lays_a_role_down(client, system):
    person = make_person(system, roles=[("reviewer", "platform", None)])
    sign_in(client, person)
    assert post(client, f"/accounts/grants/{grant_of(person, 'reviewer').id}/end").location == "/dashboard"
    assert not actor_of(person).roles


@pytest.mark.parametrize("page", ["", "people", "invitations"])
def test_lists_cost_the_same_with_one_row_and_with_thirty(client, system, place, office, count_queries, page):
    first = member(system, place)
    sign_in(client, first)
    here = f"/accounts/offices/institution/{place.slug}/{page}"
    counts = []
    for number in range(30):
        if number in (1, 29):
            db.session.commit()
            with count_queries() as seen:
                assert client.get(here).status_code == 200
            counts.append(len(seen))
        item(system, office, number)
        member(system, place)
        services.invite(
            actor_of(first),
            email=f"{number}@example.test",
            role="instructor",
            scope_kind="institution",
            scope_id=place.id,
        )
    assert counts[0] == counts[1]


def test_my_offices(client, system, place):
    sign_in(client, member(system, place))
    assert "Mahidol University" in client.get("/accounts/offices/").text
    sign_in(client, make_person(system))
    assert "You run no office" in client.get("/accounts/offices/").text
