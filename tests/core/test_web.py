"""The edge: headers, hosts, error pages, transactions and forms that cannot act twice."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Config, ConfigError
from lms.core.outbox import OutboxMessage


def test_every_page_carries_the_security_headers(client):
    response = client.get("/healthz")

    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_an_unknown_page_says_what_to_do(client):
    response = client.get("/no/such/page")

    assert response.status_code == 404
    assert "<h1" in response.text


def test_a_foreign_host_header_is_refused(client):
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400


def test_a_form_without_its_csrf_token_is_refused(app: Flask, client):
    assert client.post("/accounts/sign-in", data={"email": "a@b.c"}).status_code == 400


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_language_choice_never_leads_away(client, target):
    response = client.get("/language/zh", query_string={"next": target})

    assert response.location == "/"


def test_the_chosen_language_stays(client):
    client.get("/language/zh")

    assert '<html lang="zh-Hans"' in client.get("/no/such/page").text


def test_readiness_names_what_is_missing(client, monkeypatch):
    assert client.get("/readyz").json == {"status": "ok", "problems": []}

    monkeypatch.setattr("lms.core.storage.is_ready", lambda: False)
    response = client.get("/readyz")

    assert (response.status_code, response.json["problems"]) == (503, ["storage"])


def test_somebody_elses_job_is_hidden(client, session, system):
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    assert client.get("/jobs/1").status_code == 302


@pytest.mark.parametrize("missing", ["SECRET_KEY", "CREDENTIAL_KEY", "BASE_URL"])
def test_production_refuses_to_start_without_its_secrets(monkeypatch, missing):
    for name in ("SECRET_KEY", "CREDENTIAL_KEY"):
        monkeypatch.setenv(name, "x" * 32)
    monkeypatch.setenv("BASE_URL", "https://learn.example.org")
    monkeypatch.setenv("MAIL_URL", "smtp://localhost")
    assert Config().BASE_URL == "https://learn.example.org"

    monkeypatch.delenv(missing)

    with pytest.raises(ConfigError, match=missing):
        Config()
