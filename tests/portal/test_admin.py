"""The administrators' pages: the outbox and the journal."""

import pytest
from flask.testing import FlaskClient

from lms.core import audit, outbox
from lms.core.actor import Actor
from lms.core.audit import AuditSeal
from lms.core.db import db
from lms.core.outbox import OutboxMessage, relay
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


def test_a_row_says_why_it_failed_without_what_it_holds(client: FlaskClient, system: Actor, admin):
    message = dead_letter(system)
    message.payload = {
        "to": "secret@example.test",
        "template": "reset_link",
        "values": {"path": "/accounts/reset/secret"},
    }
    page = sign_in(client, admin).get(f"/admin/outbox/{message.id}").text
    for told in ("The mail server could not be reached", "reset_link", "SMTPServerDisconnected", "Give up"):
        assert told in page
    assert "secret" not in page.replace("the secrets of links", "")


def test_what_has_failed_can_be_given_up_and_forgets_what_it_held(client: FlaskClient, system: Actor, admin):
    message, fresh = dead_letter(system), outbox.enqueue(system, "mail.send", {"to": "other@example.test"})
    browser = sign_in(client, admin)
    assert "Give this up?" in browser.get(f"/admin/outbox/{message.id}/give-up").text
    assert post(browser, f"/admin/outbox/{message.id}/give-up").status_code == 303
    assert (message.state, message.payload) == ("cancelled", {})
    assert post(browser, f"/admin/outbox/{message.id}/give-up").status_code == 409
    assert post(browser, f"/admin/outbox/{fresh.id}/give-up").status_code == 409  # nothing was tried yet


def test_what_is_tried_again_later_is_found(client: FlaskClient, system: Actor, admin):
    message = outbox.enqueue(system, "credentials.print", {})
    outbox.enqueue(system, "credentials.pdf", {})
    message.attempts = 2
    page = sign_in(client, admin).get("/admin/outbox?state=failing").text
    assert "credentials.print" in page
    assert "credentials.pdf" not in page


def test_journal_is_searched_by_subject_and_by_time(client: FlaskClient, system: Actor, admin):
    audit.record(system, "course.opened", subject=("course", 7))
    audit.record(system, "course.closed", subject=("course", 77))
    audit.record(system, "person.praised", subject=("person", admin.id))
    browser = sign_in(client, admin)
    page = browser.get("/admin/journal?about=course+7").text
    assert "course.opened" in page
    assert "course.closed" not in page
    assert "course.closed" in browser.get("/admin/journal?about=course").text
    assert "person.praised" in browser.get("/admin/journal?about=clara@example.test&q=praised").text
    assert "Nothing matches" in browser.get("/admin/journal?about=course+x").text
    today = system.now.date().isoformat()
    assert "course.opened" in browser.get(f"/admin/journal?since={today}&q=course").text
    assert "Nothing matches" in browser.get("/admin/journal?until=2020-01-01").text
    for odd in ("0001-01-01", "9999-12-31", "yesterday"):
        assert browser.get(f"/admin/journal?since={odd}&until={odd}").status_code == 200


def test_the_seals_are_checked_on_demand(client: FlaskClient, system: Actor, admin):
    browser = sign_in(client, admin)
    for _ in range(2):
        assert post(browser, "/admin/journal/verify").status_code == 303
        assert "Waiting for its turn" in browser.get("/admin/journal").text
        relay.run_until_idle()
        assert "The journal is unchanged" in browser.get("/admin/journal").text
    foreign = AuditSeal(sealed_at=system.now, upto=1, entries=[], previous="0", digest="1", previous_id=999)
    db.session.add(foreign)
    post(browser, "/admin/journal/verify")
    relay.run_until_idle()
    assert "The journal was changed" in browser.get("/admin/journal").text
