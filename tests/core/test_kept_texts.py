"""A form that comes too late is refused, and what somebody wrote in it is not lost."""

from flask.testing import FlaskClient

from tests.factories import post

LONG = "I studied the vectors of dengue in three districts for two years, and <b>wrote</b> about it."


def test_who_was_signed_out_meanwhile_finds_what_they_wrote(client: FlaskClient):
    answer = post(client, "/saved-filters", {"name": LONG, "list": "portal.home", "password": "x" * 80})

    assert answer.status_code == 401
    assert "You are signed out" in answer.text
    assert LONG.replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert "xxxx" not in answer.text
    assert 'href="/accounts/sign-in"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_wrote_nothing_long_is_led_to_sign_in(client: FlaskClient):
    assert post(client, "/saved-filters", {"name": "Late"}).status_code == 303


def test_a_page_that_was_open_for_too_long_gives_back_what_was_written(client: FlaskClient):
    answer = client.post("/saved-filters", data={"name": LONG, "csrf_token": "of yesterday"})

    assert answer.status_code == 400
    assert "three districts" in answer.text
