"""The administrators' pages: the outbox and the journal."""

import pytest
from flask.testing import FlaskClient

from lms.core import audit, outbox
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.outbox import OutboxMessage
from tests.factories import actor_of, make_person, post, sign_in


@pytest.fixture
def admin(system: Actor):
    return make_person(system, name="Clara", email="clara@example.test", roles=[("admin", "platform", None)])


def dead_letter(system: Actor, name: str = "mail.send") -> OutboxMessage:
    message = outbox.enqueue(system, name, {"to": "secret@example.test"})
    message.state, message.attempts, message.last_error = "dead", 10, "SMTPServerDisconnected"
    db.session.flush()
    return message


@pytest.mark.parametrize("path", ["/admin/", "/admin/outbox", "/admin/outbox/replay", "/admin/journal"])
def test_only_administrators_come_in(client: FlaskClient, system: Actor, path):
    assert client.get(path).status_code == 302
    clerk = make_person(system, roles=[("secretariat", "platform", None)])
    assert sign_in(client, clerk).get(path).status_code == 403


def test_dead_letters_are_shown_without_their_content(client: FlaskClient, system: Actor, admin):
    dead_letter(system)
    browser = sign_in(client, admin)
    assert browser.get("/admin/").location == "/admin/outbox?state=dead"
    page = browser.get("/admin/outbox?state=dead").text
    assert "SMTPServerDisconnected" in page
    assert "Try again" in page
    assert "secret@example.test" not in page
    assert "secret@example.test" not in browser.get("/admin/outbox?format=csv").text


def test_outbox_is_filtered(client: FlaskClient, system: Actor, admin):
    dead_letter(system, "mail.send")
    outbox.enqueue(system, "credentials.print", {})
    browser = sign_in(client, admin)
    assert "credentials.print" not in browser.get("/admin/outbox?state=dead").text
    assert "credentials.print" in browser.get("/admin/outbox?q=PRINT").text


def test_replay_is_asked_for_and_done(client: FlaskClient, system: Actor, admin):
    message = dead_letter(system)
    browser = sign_in(client, admin)
    assert "Try this message again?" in browser.get(f"/admin/outbox/{message.id}/replay").text
    assert post(browser, f"/admin/outbox/{message.id}/replay").status_code == 303
    assert (message.state, message.attempts) == ("pending", 0)
    assert post(browser, f"/admin/outbox/{message.id}/replay").status_code == 409


def test_all_dead_letters_are_replayed_at_once(client: FlaskClient, system: Actor, admin):
    messages = [dead_letter(system) for _ in range(3)]
    browser = sign_in(client, admin)
    assert post(browser, "/admin/outbox/replay").status_code == 303
    assert "3 messages are tried again." in browser.get("/admin/outbox").text
    assert {message.state for message in messages} == {"pending"}


def test_unknown_message_is_not_found(client: FlaskClient, admin):
    assert sign_in(client, admin).get("/admin/outbox/999999/replay").status_code == 404


def test_journal_is_searched_by_action_and_by_who(client: FlaskClient, system: Actor, admin):
    audit.record(system, "course.opened", subject=("course", 7), detail={"fields": ["title_en"]})
    audit.record(actor_of(admin), "paper.signed")
    browser = sign_in(client, admin)
    page = browser.get("/admin/journal?q=course.op").text
    assert "course.opened" in page
    assert "fields=title_en" in page
    assert "paper.signed" not in page
    assert "paper.signed" in browser.get("/admin/journal?who=clara@example.test").text
    assert "paper.signed" not in browser.get("/admin/journal?who=system").text
    assert "Nothing matches" in browser.get("/admin/journal?who=nobody@example.test").text
    assert "Nothing matches" in browser.get("/admin/journal?who=99999999999999999999999").text
    assert "course.opened" in browser.get("/admin/journal?format=csv").text


def test_journal_costs_the_same_for_one_row_and_thirty(client: FlaskClient, system: Actor, admin, counted):
    browser = sign_in(client, admin)
    browser.get("/admin/journal")
    few = counted(lambda: browser.get("/admin/journal?q=grant"))
    for number in range(30):
        audit.record(system, "grant.looked_at", subject=("grant", number))
    assert counted(lambda: browser.get("/admin/journal?q=grant")) == few
