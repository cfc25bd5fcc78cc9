"""Signing in and out."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.accounts import queries, services
from lms.core import clock
from lms.core.actor import Actor
from lms.core.audit.journal import AuditEntry
from lms.core.db import db
from tests.factories import actor_of, make_person, post, sign_in

PASSWORD = "three blue mangoes"


def try_sign_in(client: FlaskClient, email: str, password: str = PASSWORD, path: str = "/accounts/sign-in"):
    return post(client, path, {"email": email, "password": password})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/accounts/sessions").status_code == 200


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action)))


def test_the_right_password_signs_in_and_out(client, system):
    make_person(system, email="lan@example.test", password=PASSWORD)
    answer = try_sign_in(client, " LAN@example.test ", path="/accounts/sign-in?next=/courses/")
    assert (answer.status_code, answer.location) == (303, "/courses/")
    assert is_signed_in(client)
    assert post(client, "/accounts/sign-out").status_code == 303
    assert not is_signed_in(client)
    assert {"person.signed_in", "person.signed_out"} <= set(actions())


@pytest.mark.parametrize("email", ["lan@example.test", "nobody@example.test"])
def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client, system, email):
    make_person(system, email="lan@example.test", password=PASSWORD)
    answer = try_sign_in(client, email, "not the password")
    assert answer.status_code == 422
    assert "The address or the password is wrong" in answer.text
    assert not is_signed_in(client)
    assert "person.sign_in_failed" in actions()


def test_nobody_is_sent_to_another_site(client, system):
    make_person(system, email="lan@example.test", password=PASSWORD)
    assert try_sign_in(client, "lan@example.test", path="/accounts/sign-in?next=//evil.test/").location == "/"


def test_a_suspended_account_stays_out(client, system):
    person = make_person(system, email="lan@example.test", password=PASSWORD)
    sign_in(client, person)
    person.suspended_at, person.suspended_reason = system.now, "it was shared"
    assert not is_signed_in(client)
    assert "suspended (it was shared)" in try_sign_in(client, "lan@example.test").text


def test_an_unconfirmed_address_gets_its_link_again(client, system):
    make_person(system, email="lan@example.test", password=PASSWORD, confirmed=False)
    assert try_sign_in(client, "lan@example.test").location == "/accounts/check-mail"
    assert not is_signed_in(client)


def test_a_forgotten_password_takes_the_typed_address_along(client, session):
    page = post(client, "/accounts/reset", {"email": "lan@example.test", "password": "", "carried": "yes"})
    assert page.status_code == 200
    assert 'value="lan@example.test"' in page.text
    assert "There is a problem" not in page.text


def test_too_many_tries_are_stopped(client, system):
    make_person(system, email="lan@example.test", password=PASSWORD)
    for _ in range(10):
        assert try_sign_in(client, "lan@example.test", "wrong").status_code == 422
    answer = try_sign_in(client, "lan@example.test")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    clock.move(timedelta(minutes=16))
    assert try_sign_in(client, "lan@example.test").status_code == 303


def test_a_stranger_cannot_lock_an_account_from_one_place(app, client, system):
    make_person(system, email="lan@example.test", password=PASSWORD)
    mallory = app.test_client()
    for _ in range(12):
        last = post(
            mallory,
            "/accounts/sign-in",
            {"email": "lan@example.test", "password": "wrong"},
            environ_overrides={"REMOTE_ADDR": "203.0.113.7"},
        )
    assert last.status_code == 429
    assert try_sign_in(client, "lan@example.test").status_code == 303


def test_a_session_ends_when_it_is_not_used(client, system):
    sign_in(client, make_person(system))
    clock.move(timedelta(days=6))
    assert is_signed_in(client)
    clock.move(timedelta(days=6))
    assert is_signed_in(client), "its use kept it alive"
    clock.move(timedelta(days=8))
    assert not is_signed_in(client)


def test_signing_out_everywhere_else(app, client, system):
    person = make_person(system)
    other = sign_in(app.test_client(), person)
    sign_in(client, person)
    post(client, "/accounts/sessions/end-others")
    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_one_browser_is_signed_out_but_not_somebody_elses(app, client, system):
    person = make_person(system)
    other = sign_in(app.test_client(), person)
    sign_in(client, person)
    mine = [entry.ref for entry in queries.sessions_of(actor_of(person))]
    stranger = sign_in(app.test_client(), make_person(system))
    assert post(stranger, f"/accounts/sessions/{mine[-1]}/end").status_code == 404
    assert post(client, f"/accounts/sessions/{mine[-1]}/end").status_code == 303
    assert not is_signed_in(other)


def test_a_session_costs_one_query(system: Actor, count_queries):
    person = make_person(system, roles=[("secretariat", "platform", None), ("reviewer", "platform", None)])
    token = services.start_session(system, person=person)
    with count_queries() as seen:
        found = queries.open_session(token, system.now)
    assert len(seen) == 1
    assert found is not None
    assert found.actor.is_secretariat
    assert found.actor.person_id == person.id
