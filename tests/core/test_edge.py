"""What bad input gets at the edge, on a database of its own: a page that helps, and nothing half-saved."""

import io
import json
import logging
import sys

import pytest
from sqlalchemy import func, select

from config import DemoConfig
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.ids import new_ref
from lms.core.logs import JsonLines
from lms.core.outbox import OutboxMessage
from lms.core.storage import backend
from lms.core.views import local_target

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def browser(own_app):
    return own_app.test_client()


def _count(app, model, **columns):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model).filter_by(**columns))


def _saved(app):
    return _count(app, OutboxMessage, name="probe.saved")


def test_a_failure_leaves_nothing_but_what_was_noted_for_afterwards(own_app, browser):
    response = browser.post("/probe/fail")

    assert response.status_code == 500
    assert "<h1" in response.text
    assert _count(own_app, OutboxMessage, name="probe.lost") == 0
    assert _count(own_app, AuditEntry, action="probe.failed") == 1


def test_the_same_form_acts_once_however_long_its_token(own_app, browser):
    before = _saved(own_app)
    sent = {"title": "A", "once": new_ref(200)}

    assert browser.post("/probe/save", data=sent).status_code == 303
    again = browser.post("/probe/save", data=sent)

    assert again.status_code == 409
    assert "already received" in again.text
    assert _saved(own_app) == before + 1


def test_a_refused_form_can_be_corrected(own_app, browser):
    token = new_ref()
    assert browser.post("/probe/save", data={"title": "", "once": token}).status_code == 422
    assert browser.post("/probe/save", data={"title": "A", "once": token}).status_code == 303


@pytest.mark.parametrize("blank", ["", "   ", "\u3000\t\n", "\x00\x07"])
def test_nothing_but_space_is_nothing(browser, blank):
    response = browser.post("/probe/save", data={"title": blank})

    assert response.status_code == 422
    assert "Say what belongs here." in response.text


@pytest.mark.parametrize(
    ("sent", "seen"), [("7", "7"), ("", "None"), ("²", "0"), ("-1", "0"), ("9" * 5000, "0"), ("x", "0")]
)
def test_a_version_that_no_page_showed_is_never_right(browser, sent, seen):
    assert f"|{seen}|" in browser.post("/probe/save", data={"title": "", "version": sent}).text


@pytest.mark.parametrize("body", [[1, None], {"title": {"a": 1}}, "\ud800", 5])
def test_a_form_is_never_taken_from_json(browser, body):
    assert browser.post("/probe/save", data=json.dumps(body), content_type="application/json").status_code == 422


def test_a_file_too_large_is_said_beside_its_field_and_the_rest_is_kept(browser):
    before = set(_stored())
    sent = {"title": "Kept", "picture": (io.BytesIO(PNG + b"x" * 5000), "a.png")}
    response = browser.post("/probe/save", data=sent)

    assert response.status_code == 422
    assert "Kept|" in response.text
    assert "larger than" in response.text
    assert set(_stored()) == before


def _stored():
    from datetime import UTC, datetime, timedelta

    return backend.current().keys_before(datetime.now(UTC) + timedelta(days=1))


def test_a_body_beyond_every_bound_gets_the_page_for_it(browser):
    response = browser.post(
        "/probe/save",
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": str(200 * 2**20)},
    )
    assert (response.status_code, "<h1" in response.text) == (413, True)


def test_a_body_too_large_is_read_to_its_end_because_browsers_wait_for_that(browser):
    body = io.BytesIO(b"x" * 200_000)
    browser.post("/probe/save", input_stream=body, environ_overrides={"CONTENT_LENGTH": str(200 * 2**20)})

    assert body.read() == b""


def test_more_fields_than_any_form_has_are_refused(browser):
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 5001 + b"--x--\r\n"
    response = browser.post("/probe/save", data=body, content_type="multipart/form-data; boundary=x")

    assert response.status_code == 413


@pytest.mark.parametrize("number", ["9" * 19, str(2**63), "9" * 400])
def test_a_number_beyond_the_database_is_not_found(browser, number):
    assert browser.get(f"/probe/number/{number}").status_code == 404


@pytest.mark.parametrize("word", ["%00", "a%00b", "%ED%A0%80", "%FF%FE", "x" * 5000, "%F0%9F%98%B7"])
def test_odd_words_in_an_address_are_answered(browser, word):
    assert browser.get(f"/probe/word/{word}").status_code in {200, 400, 404}


def test_a_date_beyond_the_calendar_is_bad_input(browser):
    assert browser.get("/probe/overflow").status_code == 400


def test_a_wrong_method_names_the_right_ones(browser):
    response = browser.get("/probe/fail")

    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize("method", ["head", "get"])
def test_an_export_lets_go_of_its_connection(own_app, browser, method):
    with getattr(browser, method)("/probe/rows?format=csv") as response:
        assert response.status_code == 200
        _ = response.data
    with own_app.app_context():
        assert db.engine.pool.checkedout() == 0


def test_a_static_file_never_carries_the_session(own_app, browser):
    with browser.session_transaction() as session:
        session.permanent = True
    with browser.get("/static/app.css") as response:
        assert "Set-Cookie" not in response.headers
        assert "public" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "x",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: a=b",
    ],
)
def test_no_target_leads_away(target):
    assert local_target(target) == "/"


def test_a_path_of_ours_is_kept():
    assert local_target("/courses/?q=ภาษา//x&next=/a\\b") == "/courses/?q=ภาษา//x&next=/a\\b"


def test_logs_tell_where_but_not_whom():
    whom = "@".join(("somebody", "example.org"))  # In one piece it would stand in the source lines, too.
    try:
        try:
            raise KeyError(whom)
        except KeyError as cause:
            raise ValueError(f"Key (email)=({whom}) already exists") from cause
    except ValueError:
        record = logging.LogRecord("lms", logging.ERROR, "", 0, "failed", None, sys.exc_info())
    line = JsonLines(with_texts=False).format(record)

    assert whom not in line
    for told in ("KeyError", "ValueError", "test_logs_tell_where_but_not_whom"):
        assert told in json.loads(line)["error"]
    assert whom in JsonLines(with_texts=True).format(record)


def test_cookies_are_secure_wherever_the_address_is(monkeypatch):
    monkeypatch.setenv("BASE_URL", "https://learn.example.org")
    assert DemoConfig().SESSION_COOKIE_SECURE is True
    monkeypatch.setenv("BASE_URL", "http://127.0.0.1:8000")
    assert DemoConfig().SESSION_COOKIE_SECURE is False
