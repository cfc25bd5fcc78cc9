"""What somebody with bad intentions tries with accounts, mailed links and names."""

import pytest

from lms.accounts import queries
from lms.accounts import services as accounts
from tests.accounts.test_registration import FORM, OWN, mails, path_in, register
from tests.factories import actor_of, make_person, post, sign_in

CURRENT = {"e-current": FORM["password"]}


def thief(client, person):
    """Whoever sits at a browser that somebody left signed in, and asks for the account's mail to go elsewhere."""
    sign_in(client, person)
    assert post(client, "/accounts/email", {"e-email": "thief@example.test", **CURRENT}).status_code == 303
    return path_in(mails("thief@example.test")[-1])


def test_a_reset_ends_a_change_of_address_that_is_under_way(app, client, system):
    person = make_person(system, email=FORM["email"], password=FORM["password"])
    link = thief(app.test_client(), person)
    post(client, "/accounts/reset", {"email": FORM["email"]})
    assert post(client, path_in(mails()[-1]), {"password": "seven yellow mangoes"}).status_code == 303
    for password in (FORM["password"], "seven yellow mangoes"):
        assert post(app.test_client(), link, {"password": password}).status_code in (409, 422)
    assert person.email == FORM["email"]


def test_a_new_password_ends_a_change_of_address_that_is_under_way(app, client, system):
    person = make_person(system, email=FORM["email"], password=FORM["password"])
    link = thief(app.test_client(), person)
    sign_in(client, person)
    values = {"p-current": FORM["password"], "p-password": "seven yellow mangoes"}
    assert post(client, "/accounts/password", values).status_code == 303
    assert post(app.test_client(), link, {"password": "seven yellow mangoes"}).status_code == 409


def test_mail_at_an_old_address_resets_nothing_any_more(client, system):
    person = make_person(system, email=FORM["email"], password=FORM["password"])
    post(client, "/accounts/reset", {"email": FORM["email"]})
    old = path_in(mails()[-1])
    sign_in(client, person)
    post(client, "/accounts/email", {"e-email": "new@example.test", **CURRENT})
    assert post(client, path_in(mails("new@example.test")[-1]), OWN).status_code == 303
    assert post(client, old, {"password": "seven yellow mangoes"}).status_code == 409


def test_a_changed_address_is_kept_in_small_letters(client, system):
    person = make_person(system, email=FORM["email"], password=FORM["password"])
    accounts.request_new_email(actor_of(person), email="Ünal@Example.test")
    post(client, path_in(mails("ünal@example.test")[-1]), OWN)
    assert person.email == "ünal@example.test"
    assert queries.person_by_email("Ünal@example.test") is person


@pytest.mark.parametrize("known", [True, False])
def test_nobodys_mailbox_is_flooded_and_the_answer_betrays_nothing(client, system, known):
    if known:
        make_person(system, email=FORM["email"])
    spellings = ("suharto@example.test", "SUHARTO@example.test", "suharto@ｅxample.test")
    answers = [post(client, "/accounts/reset", {"email": spellings[n % 3]}).status_code for n in range(7)]
    assert answers == [303] * 5 + [429] * 2
    assert register(client).status_code == 429
    assert len(mails()) == (5 if known else 0)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Lan\nYour account is locked: see below", "Lan Your account is locked: see below"),
        ("Lan \u202egnp.exe", "Lan gnp.exe"),
        ("\u2066Lan\u2069", "Lan"),
        ("Na\u200bng", "Na\u200bng"),
    ],
)
def test_a_name_stays_on_its_line_and_in_its_direction(client, session, sent, kept):
    register(client, name=sent)
    assert queries.person_by_email(FORM["email"]).name == kept


@pytest.mark.parametrize("blank", ["\u200b", "\u3164", "\u2800 \u2800", "\u202e", "\u00ad\ufeff"])
def test_a_name_that_nobody_can_see_is_none(client, session, blank):
    assert register(client, name=blank).status_code == 422


@pytest.mark.parametrize("name", ["Win at https://bad.example", "See www.bad.example", "a@bad.example"])
def test_a_name_carries_no_address_into_other_peoples_mail(client, session, name):
    answer = register(client, name=name)
    assert (answer.status_code, "without addresses" in answer.text) == (422, True)
    assert register(client, called=name).status_code == 422
