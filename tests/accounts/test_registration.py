"""Registering, and the links that prove an address."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accounts import queries, services
from lms.accounts.models import Consent, MailToken, Person
from lms.core import clock
from lms.core.actor import system_actor
from lms.core.db import db
from lms.core.outbox import KeptMail, OutboxMessage
from lms.core.outbox.relay import run_until_idle
from tests.factories import make_person, post, sign_in

FORM = {
    "email": "suharto@example.test",
    "name": "Suharto",
    "passport_family": "SUHARTO",
    "passport_given": "",
    "password": "four green papayas",
    "language": "en",
    "zone": "Asia/Jakarta",
    "nationality": "ID",
    "consent_account": "y",
}

OWN = {"password": FORM["password"]}


def mails(to: str = FORM["email"]) -> list[KeptMail]:
    db.session.commit()
    run_until_idle()
    return list(db.session.scalars(select(KeptMail).where(KeptMail.to_address == to).order_by(KeptMail.id)))


def path_in(mail: KeptMail) -> str:
    return re.search(r"https?://[^/\s]+(/\S+)", mail.body)[1]


def register(client, **changes):
    return post(client, "/accounts/register", FORM | changes)


def test_a_mononym_registers_confirms_and_signs_in(client, session):
    assert register(client).location == "/accounts/check-mail"
    (mail,) = mails()
    assert "Suharto" in mail.body
    link = path_in(mail)
    for _ in range(2):  # a scanner opens it first
        assert "Password of the account" in client.get(link).text
    assert not queries.person_by_email(FORM["email"]).is_confirmed
    assert post(client, link, OWN).location == "/institutions/home"
    signed_in = client.get("/accounts/security")
    assert signed_in.status_code == 200, "who confirms is signed in"
    assert "Your address is confirmed and you are signed in." in signed_in.text
    assert post(client, link, OWN).status_code == 409
    assert "used already" in client.get(link).text
    post(client, "/accounts/sign-out")
    answer = post(client, "/accounts/sign-in", {"email": FORM["email"]} | OWN)
    assert answer.location == "/institutions/home"
    person = queries.person_by_email(FORM["email"])
    assert (person.name, person.passport_family, person.passport_given) == ("Suharto", "SUHARTO", "")


def test_consents_name_recipient_country_text_and_language(client, session):
    client.get("/language/zh")
    page = client.get("/accounts/register").text
    assert "中国—东盟公共卫生科技合作中心" in page
    assert "checked" not in page
    register(client, consent_news="y")
    rows = {row.purpose: row for row in db.session.scalars(select(Consent))}
    assert set(rows) == {"account", "news"}
    assert rows["account"].recipient == "中国—东盟公共卫生科技合作中心"
    assert (rows["account"].country, rows["account"].language, rows["account"].text_version) == (
        "CN",
        "zh",
        "2026-11",
    )


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email", "not an address", "Enter an e-mail address"),
        ("password", "short", "at least 10 characters"),
        ("password", "Password123", "Too many people"),
        ("password", "suharto@example.test", "Do not use your e-mail"),
        ("name", "", "required"),
        ("passport_family", "ສຸພາພອນ", "letters A to Z"),
        ("zone", "Mars/Olympus", "Not a valid choice"),
        ("consent_account", "", "Without this consent"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_the_rest_is_kept(client, session, field, value, message):
    answer = register(client, **{field: value})
    assert answer.status_code == 422
    assert message in answer.text
    assert field == "name" or 'value="Suharto"' in answer.text
    assert db.session.scalars(select(Person)).all() == []


def test_script_in_a_name_is_shown_as_text(client, system):
    person = make_person(system, name="<script>alert(1)</script>")
    page = sign_in(client, person).get("/accounts/profile").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_known_address_is_answered_alike_and_its_owner_is_told(client, system):
    owner = make_person(system, email=FORM["email"], name="Somebody")
    assert register(client).location == "/accounts/check-mail"
    assert owner.name == "Somebody"
    (mail,) = mails()
    assert "You have an account already" in mail.subject
    assert db.session.scalars(select(MailToken)).all() == []


def test_an_account_that_nobody_confirmed_is_replaced(client, session):
    register(client, name="Mallory", password="five black coffees")
    first = path_in(mails()[0])
    register(client)
    second = path_in(mails()[1])
    assert post(client, first, OWN).status_code == 409, "the first link died with the first registration"
    assert post(client, second, OWN).status_code == 303
    person = queries.person_by_email(FORM["email"])
    assert person.name == "Suharto"
    wrong = post(client, "/accounts/sign-in", {"email": FORM["email"], "password": "five black coffees"})
    assert wrong.status_code == 422


def test_a_forged_link_leads_nowhere(client, session):
    assert client.get("/accounts/confirm/forged").status_code == 404
    assert post(client, "/accounts/reset/forged", {"password": FORM["password"]}).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_guessing_links_is_stopped(client, session, method):
    for _ in range(30):
        assert client.get("/accounts/invitation/forged").status_code == 404
    answer = client.get("/accounts/reset/guess") if method == "get" else post(client, "/accounts/reset/guess")
    assert answer.status_code == 429


def test_a_reset_signs_every_browser_out(app, client, system):
    person = make_person(system, email=FORM["email"], password="an old password")
    other = sign_in(app.test_client(), person)
    assert post(client, "/accounts/reset", {"email": FORM["email"]}).location == "/accounts/reset-sent"
    assert post(client, "/accounts/reset", {"email": "nobody@example.test"}).location == "/accounts/reset-sent"
    (mail,) = mails()
    link = path_in(mail)
    assert client.get(link).status_code == 200
    assert post(client, link, {"password": "short"}).status_code == 422
    assert post(client, link, {"password": FORM["password"]}).location == "/accounts/sign-in"
    assert post(client, link, {"password": FORM["password"]}).status_code == 409
    assert other.get("/accounts/sessions").status_code == 302
    assert post(client, "/accounts/sign-in", {"email": FORM["email"], "password": FORM["password"]}).status_code == 303
    assert "password was changed" in mails()[-1].subject


def test_a_link_runs_out(client, session):
    register(client)
    link = path_in(mails()[0])
    clock.move(timedelta(days=4))
    assert post(client, link, OWN).status_code == 409
    assert "run out" in client.get(link).text


def test_mail_is_in_the_language_of_its_receiver(client, session):
    register(client, language="zh")
    (payload,) = db.session.scalars(select(OutboxMessage.payload))
    assert (payload["to"], payload["language"]) == (FORM["email"], "zh")


def test_changing_the_address_needs_the_new_ones_consent(app, client, system):
    person = make_person(system, email="old@example.test", password=FORM["password"])
    sign_in(client, person)
    wrong = post(client, "/accounts/email", {"e-email": "new@example.test", "e-current": "guess"})
    assert (wrong.status_code, "not your present password" in wrong.text) == (422, True)
    assert mails("new@example.test") == []
    right = post(client, "/accounts/email", {"e-email": "New@example.test", "e-current": FORM["password"]})
    assert right.status_code == 303
    (mail,) = mails("new@example.test")
    assert person.email == "old@example.test"
    link = path_in(mail)
    assert "not the password" in post(app.test_client(), link, {"password": "guess"}).text
    assert post(client, link, OWN).location == "/accounts/profile"
    assert person.email == "new@example.test"
    assert "was changed" in mails("old@example.test")[-1].subject


def test_an_address_that_has_an_account_is_not_betrayed(client, system):
    make_person(system, email="taken@example.test")
    sign_in(client, make_person(system, email="old@example.test", password=FORM["password"]))
    sent = {"e-email": "taken@example.test", "e-current": FORM["password"]}
    assert post(client, "/accounts/email", sent).status_code == 303
    assert "account already" in mails("taken@example.test")[-1].subject


def test_changing_the_password_needs_the_present_one(app, client, system):
    person = make_person(system, password="an old password")
    other = sign_in(app.test_client(), person)
    sign_in(client, person)
    wrong = post(client, "/accounts/password", {"p-current": "guess", "p-password": FORM["password"]})
    assert (wrong.status_code, "not your present password" in wrong.text) == (422, True)
    right = post(client, "/accounts/password", {"p-current": "an old password", "p-password": FORM["password"]})
    assert right.status_code == 303
    assert client.get("/accounts/security").status_code == 200
    assert other.get("/accounts/security").status_code == 302


def test_what_nobody_confirmed_is_forgotten_after_a_month(client, system):
    register(client)
    confirmed = make_person(system, email="known@example.test")
    clock.move(timedelta(days=29))
    assert services.forget_unconfirmed(system_actor(clock.now())) == 0
    clock.move(timedelta(days=2))
    assert services.forget_unconfirmed(system_actor(clock.now())) == 1
    db.session.expire_all()
    assert db.session.scalars(select(Person.id)).all() == [confirmed.id]
    assert register(client).status_code == 303, "the address is free again"


def test_who_registers_again_after_a_month_is_not_forgotten_before_the_link_runs_out(client, system):
    register(client)
    clock.move(timedelta(days=31))
    register(client)
    assert services.forget_unconfirmed(system_actor(clock.now())) == 0
    clock.move(timedelta(days=4))
    assert services.forget_unconfirmed(system_actor(clock.now())) == 1
