"""Filters that somebody saves for a list, and what else readers choose for their browser."""

import re

import pytest
from flask.testing import FlaskClient

from lms.core import saved_filters
from lms.core.actor import Actor
from lms.core.errors import Invalid
from tests.factories import actor_of, make_person, post, sign_in

URL = "/waiting/?whose=overdue&sort=-due"
FIELDS = {"list": "dashboard.waiting_list", "query": "whose=overdue&sort=-due", "next": URL}


@pytest.fixture
def reader(system: Actor):
    return make_person(system, name="Chen Yulin")


def test_a_filter_is_saved_used_and_deleted(client: FlaskClient, reader):
    sign_in(client, reader)
    assert 'value="whose=overdue&amp;sort=-due"' in client.get(URL).text

    response = post(client, "/saved-filters", FIELDS | {"name": "Late ones"})

    assert (response.status_code, response.location) == (303, URL)
    page = client.get("/waiting/").text
    assert 'href="/waiting/?whose=overdue&amp;sort=-due">Late ones</a>' in page
    in_force = client.get(URL).text
    assert 'aria-current="true">Late ones</a>' in in_force
    assert "Save this filter" not in in_force

    (address,) = re.findall(r'action="(/saved-filters/\d+/delete)"', page)
    assert post(client, address, {"next": "/waiting/"}).location == "/waiting/"
    assert "Late ones" not in client.get("/waiting/").text


def test_the_page_of_the_list_and_a_download_are_no_filters(client: FlaskClient, reader):
    sign_in(client, reader)

    assert "Save this filter" not in client.get("/waiting/?q=&sort=").text


def test_a_filter_serves_only_its_owner_and_its_list(client: FlaskClient, system: Actor, reader):
    stranger = make_person(system)
    saved = saved_filters.save_filter(
        actor_of(stranger), list_name="dashboard.waiting_list", name="Mine", query="whose=me"
    )
    sign_in(client, reader)

    assert "Mine" not in client.get("/waiting/").text
    assert post(client, f"/saved-filters/{saved.id}/delete", {}).status_code == 404
    assert saved_filters.saved_filters(actor_of(stranger), "exchange.index") == []


def test_without_a_name_the_form_comes_back_with_everything(client: FlaskClient, reader):
    sign_in(client, reader)

    response = post(client, "/saved-filters", FIELDS | {"name": "  "})

    assert response.status_code == 422
    assert 'value="whose=overdue&amp;sort=-due"' in response.text
    assert post(client, "/saved-filters", FIELDS | {"name": "x", "list": "no.such"}).status_code == 404
    assert post(client, "/saved-filters", FIELDS | {"name": "x", "next": "//evil.example"}).location == "/"


def test_the_same_name_is_given_to_the_newer_filter_and_there_is_an_end(system: Actor, reader):
    actor = actor_of(reader)
    for number in range(saved_filters.MOST):
        saved_filters.save_filter(actor, list_name="x", name=f"Filter {number}", query="q=a")
    saved_filters.save_filter(actor, list_name="x", name="Filter 1", query="q=b")

    kept = saved_filters.saved_filters(actor, "x")

    assert [one.query for one in kept if one.name == "Filter 1"] == ["q=b"]
    with pytest.raises(Invalid):
        saved_filters.save_filter(actor, list_name="x", name="One more", query="q=c")


def test_the_theme_is_chosen_for_a_browser(client: FlaskClient):
    assert "data-theme" not in client.get("/").text

    response = client.get("/display?theme=dark&shortcuts=off&next=/courses/")

    assert response.location == "/courses/"
    assert 'data-theme="dark"' in client.get("/").text
    client.get("/display?theme=system&next=/")
    assert "data-theme" not in client.get("/").text
    assert client.get("/display?theme=pink").status_code == 404
    assert client.get("/display?theme=dark&next=//evil.example").location == "/"


def test_the_choices_of_the_display_are_shown(client: FlaskClient):
    client.get("/display?shortcuts=off")

    page = client.get("/display").text

    assert 'name="shortcuts" value="off" checked' in page
    assert 'name="theme" value="system" checked' in page
