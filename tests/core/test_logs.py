"""What a production installation logs: where, when and under which number, but nothing of anybody."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from config import Config
from lms import create_app
from lms.core import clock
from lms.core.access import PUBLIC
from lms.core.actor import system_actor
from lms.core.db import db, unit_of_work
from lms.core.outbox import OutboxMessage, relay
from lms.core.web import access
from lms.institutions.services import load_reference_data
from tests.factories import make_person, sign_in

EMAIL = "souphaphone.secret@example.org"
NAME = "Souphaphone Unmistakable"
PASSWORD = "seven unmistakable mangoes"
TOKEN = "unmistakable-token-of-a-link"
FILE = "passport of Souphaphone.csv"
SECRETS = (EMAIL, "Souphaphone", "Unmistakable", "unmistakable", "passport", "secret@", "CELL-CONTENT")


class Caught:
    """The application and every line that it wrote."""

    def __init__(self, app: Flask, stream: io.StringIO) -> None:
        self.app = app
        self._stream = stream

    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]

    def of(self, logger: str) -> list[dict]:
        return [line for line in self.lines() if line["logger"] == logger]

    def check(self) -> None:
        assert not [secret for secret in SECRETS if secret in self._stream.getvalue()]


@pytest.fixture
def caught(tmp_path, monkeypatch) -> Iterator[Caught]:
    """A production installation behind one proxy, with a mail server that is not there."""
    for name, value in {
        "SECRET_KEY": "0123456789abcdef",
        "CREDENTIAL_KEY": "0123456789abcdef",
        "BASE_URL": "http://localhost",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'p.sqlite'}",
        "STORAGE_URL": str(tmp_path / "files"),
        "MAIL_URL": "smtp://127.0.0.1:1",
        "TRUSTED_PROXIES": "1",
    }.items():
        monkeypatch.setenv(name, value)
    root, ours = logging.getLogger(), logging.getLogger("lms")
    kept = root.handlers, ours.handlers, ours.propagate
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    config = Config()
    config.WTF_CSRF_ENABLED = False
    app = create_app(config)
    app.add_url_rule("/probe/refused", view_func=access(PUBLIC)(refused), methods=["POST"])
    app.add_url_rule("/probe/broken", view_func=access(PUBLIC)(broken))
    with app.app_context():
        db.create_all()
    yield Caught(app, stream)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    root.handlers, ours.handlers, ours.propagate = kept
    clock.allow_moving(True)
    logging.captureWarnings(False)


def refused() -> str:
    """A statement whose values the database quotes back."""
    db.session.execute(text("insert into person (email, nothing) values (:email, 1)"), {"email": EMAIL})
    return ""


def broken() -> str:
    """An error whose words quote what was typed."""
    try:
        raise KeyError(NAME)
    except KeyError as cause:
        raise RuntimeError(f"cannot write to {EMAIL}") from cause


def register(browser) -> str:
    """Register, and the number of the request."""
    answer = browser.post(
        "/accounts/register",
        data={
            "email": EMAIL,
            "name": NAME,
            "password": PASSWORD,
            "language": "en",
            "zone": "Asia/Bangkok",
            "consent_account": "y",
        },
    )
    assert answer.status_code in {200, 303}
    return answer.headers["X-Request-ID"]


def test_each_request_is_one_line_without_its_address(caught):
    browser = caught.app.test_client()
    answer = browser.get(f"/accounts/reset/{TOKEN}?q={EMAIL}")
    (line,) = caught.of("lms.request")
    assert line["request"] == answer.headers["X-Request-ID"]
    assert (line["endpoint"], line["status"], line["method"]) == ("accounts.reset", answer.status_code, "GET")
    assert line["ms"] >= 0
    browser.get("/healthz")
    browser.get(f"/no/such/{EMAIL}")
    assert [line["endpoint"] for line in caught.of("lms.request")] == ["accounts.reset", ""]
    caught.check()


def test_the_number_of_a_proxy_is_taken_if_it_is_one(caught):
    browser = caught.app.test_client()
    assert browser.get("/", headers={"X-Request-ID": "a1b2c3d4e5f6"}).headers["X-Request-ID"] == "a1b2c3d4e5f6"
    for odd in (EMAIL, "x", 'x"} {"' * 3, "a" * 60):
        assert browser.get("/", headers={"X-Request-ID": odd}).headers["X-Request-ID"] != odd
    caught.check()


def test_registering_signing_in_wrongly_and_uploading_leave_nothing_of_anybody(caught):
    browser = caught.app.test_client()
    register(browser)
    assert browser.post("/accounts/sign-in", data={"email": EMAIL, "password": PASSWORD + "x"}).status_code == 422
    browser.get(f"/accounts/invitation/{TOKEN}")
    browser.get(f"/search?q={NAME}")
    with caught.app.app_context(), unit_of_work():
        system = system_actor(clock.now())
        load_reference_data(system)
        sign_in(
            browser,
            make_person(system, name=NAME, email=f"a{EMAIL}", roles=[("secretariat", "platform", None)]),
        )
    page = "/accounts/offices/platform/all/invitations/import"
    for name in (FILE, FILE.replace("csv", "xlsx")):
        sent = {"table": (io.BytesIO(f"E-mail,Role\n{EMAIL},CELL-CONTENT\n".encode()), name)}
        assert browser.post(page, data=sent).status_code in {303, 422}
    with caught.app.app_context():
        relay.run_until_idle(limit=6)
    assert caught.of("lms.core.outbox.relay")  # the mail server is not there
    caught.check()


def test_errors_are_told_by_their_calls_and_types_and_their_page_names_the_request(caught):
    browser = caught.app.test_client()
    assert browser.post("/probe/refused").status_code in {500, 503}
    answer = browser.get("/probe/broken")
    assert answer.status_code == 500
    number = answer.headers["X-Request-ID"]
    assert number in answer.text
    (line,) = [line for line in caught.lines() if line.get("request") == number and line["level"] == "error"]
    for told in ("RuntimeError", "KeyError", "in broken"):
        assert told in line["error"]
    caught.check()


def test_a_job_is_logged_under_the_request_that_asked_for_it(caught):
    number = register(caught.app.test_client())
    with caught.app.app_context():
        assert {row.request_id for row in db.session.scalars(db.select(OutboxMessage))} == {number}
        relay.run_once()
    (line,) = caught.of("lms.core.outbox.relay")
    assert line["request"] == number
    assert "Error" in line["error"]
    caught.check()


def test_the_words_of_libraries_are_kept_without_what_they_put_into_them(caught):
    logging.getLogger("gunicorn.error").warning("Error handling request %s", f"/accounts/reset/{TOKEN}")
    logging.getLogger("sqlalchemy.pool").error("lost %(who)s", {"who": EMAIL})
    logging.getLogger("other").error("%d of %s failed: 100%%", 3, EMAIL)
    assert [line["message"] for line in caught.lines()] == [
        "Error handling request …",
        "lost %(who)s",
        "3 of … failed: 100%",
    ]
    caught.check()
