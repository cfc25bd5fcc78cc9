"""The presenter's pages: kept mail and the clock."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from lms.core import clock, outbox
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.outbox import KeptMail
from tests.factories import post


def keep_mail(system: Actor, to: str, subject: str, body: str = "Good day") -> KeptMail:
    row = outbox.enqueue(system, "mail.send", {})
    mail = KeptMail(outbox_id=row.id, to_address=to, subject=subject, body=body, kept_at=system.now)
    db.session.add(mail)
    db.session.flush()
    return mail


def test_mail_is_listed_newest_first_and_searched_by_address(client: FlaskClient, system: Actor):
    keep_mail(system, "thiri@example.test", "First")
    keep_mail(system, "wahyudi@example.test", "Second")
    page = client.get("/demo/mail").text
    assert page.index("Second") < page.index("First")
    assert "Second" not in client.get("/demo/mail?q=thiri").text


def test_links_of_a_mail_can_be_pressed_and_its_text_runs_nothing(client: FlaskClient, system: Actor):
    mail = keep_mail(system, "a@example.test", "Hi", "Open http://127.0.0.1:8000/x?a=1&b=2.\n<script>alert(1)</script>")
    page = client.get(f"/demo/mail/{mail.id}").text
    assert '<a href="http://127.0.0.1:8000/x?a=1&amp;b=2">' in page
    assert "<script>alert" not in page


def test_unknown_mail_is_not_found(client: FlaskClient):
    assert client.get("/demo/mail/999999").status_code == 404


def test_clock_moves_by_a_step(client: FlaskClient):
    before = clock.now()
    assert post(client, "/demo/clock", {"step": "day"}).status_code == 303
    assert clock.now() - before >= timedelta(days=1)


def test_clock_moves_to_the_next_timer(client: FlaskClient, system: Actor):
    due_at = system.now + timedelta(days=3)
    outbox.enqueue(system, "mail.send", {}, due_at=due_at)
    assert "mail.send" in client.get("/demo/clock").text
    post(client, "/demo/clock", {"step": "timer"})
    assert due_at <= clock.now() < due_at + timedelta(minutes=1)


def test_without_a_timer_the_clock_says_so(client: FlaskClient):
    assert post(client, "/demo/clock", {"step": "timer"}).status_code == 422


def test_pages_are_hidden_outside_of_the_demo(app: Flask, client: FlaskClient, monkeypatch):
    monkeypatch.setitem(app.config, "TESTING", False)
    for path in ("/demo/mail", "/demo/clock", "/demo/mail/1"):
        assert client.get(path).status_code == 404
