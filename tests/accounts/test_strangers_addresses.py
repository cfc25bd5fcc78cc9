"""What somebody tries who registers an address that belongs to somebody else."""

import pytest
from sqlalchemy import select

from lms.accounts import queries
from lms.accounts import services as accounts
from lms.accounts.models import Consent
from lms.core import clock
from lms.core.db import db
from tests.accounts.test_registration import FORM, OWN, mails, path_in, register
from tests.factories import actor_of, make_person, post, sign_in

VICTIM = FORM["email"]
STRANGERS = "five black coffees"
ANEW = {name: value for name, value in FORM.items() if name != "email"}


def link_to_victim():
    return path_in(mails()[-1])


def gets_in(client, password=STRANGERS):
    return post(client, "/accounts/sign-in", {"email": VICTIM, "password": password}).location == "/institutions/home"


@pytest.fixture
def mallory(app, session):
    """A stranger who has registered the victim's address."""
    browser = app.test_client()
    register(browser, name="Mallory", called="Mal", password=STRANGERS, consent_news="y")
    return browser


def test_the_owner_cannot_confirm_a_strangers_registration_by_pressing(client, mallory):
    link = link_to_victim()
    for guess in ({}, {"password": ""}, OWN):
        assert post(client, link, guess).status_code == 422
    assert not queries.person_by_email(VICTIM).is_confirmed
    assert not gets_in(mallory)


def test_the_owner_takes_the_address_and_nothing_of_the_stranger_stays(client, mallory):
    link = link_to_victim()
    page = client.get(f"{link}/anew")
    assert "Mallory" not in page.text
    assert VICTIM in page.text
    assert post(client, f"{link}/anew", ANEW | {"password": "short"}).status_code == 422
    assert post(client, f"{link}/anew", ANEW | {"consent_account": ""}).status_code == 422
    assert post(client, f"{link}/anew", ANEW).location == "/institutions/home"
    person = queries.person_by_email(VICTIM)
    assert (person.name, person.called, person.is_confirmed) == ("Suharto", "", True)
    held = db.session.scalars(select(Consent.purpose).where(Consent.withdrawn_at.is_(None))).all()
    assert held == ["account"]
    assert not gets_in(mallory)
    assert gets_in(mallory, FORM["password"])


@pytest.mark.parametrize("last", ["stranger", "owner"])
def test_whoever_registers_last_is_confirmed_only_with_their_own_password(app, client, mallory, last):
    register(client)
    if last == "stranger":
        register(mallory, name="Mallory", password=STRANGERS)
    right = post(client, link_to_victim(), OWN).status_code
    assert right == (303 if last == "owner" else 422)
    assert not gets_in(mallory)
    if last == "stranger":
        assert post(client, f"{link_to_victim()}/anew", ANEW).status_code == 303
        assert not gets_in(mallory)


def test_a_page_that_stood_open_while_somebody_registered_again_confirms_nothing(client, mallory):
    register(client)
    link = link_to_victim()
    client.get(link)
    register(mallory, name="Mallory", password=STRANGERS)
    assert post(client, link, {"password": STRANGERS}).status_code == 409
    assert post(client, f"{link}/anew", ANEW).status_code == 409
    assert not queries.person_by_email(VICTIM).is_confirmed


def test_a_forgotten_password_before_confirmation_leads_to_a_new_beginning(client, mallory):
    post(client, "/accounts/reset", {"email": VICTIM})
    link = link_to_victim()
    assert "/accounts/confirm/" in link
    assert post(client, f"{link}/anew", ANEW).status_code == 303
    assert queries.person_by_email(VICTIM).name == "Suharto"
    assert not gets_in(mallory)


def test_an_invitation_waits_for_the_owner_and_not_for_the_stranger(client, mallory, system):
    secretary = make_person(system, roles=[("secretariat", "platform", None)])
    invitation = accounts.invite(actor_of(secretary), email=VICTIM, role="reviewer", scope_kind="platform")
    assert mallory.get(f"/accounts/invitations/{invitation.ref}").status_code == 302
    confirm = next(path for path in map(path_in, mails()) if "/confirm/" in path)
    assert post(client, confirm).status_code == 422
    assert post(client, f"{confirm}/anew", ANEW).status_code == 303
    assert post(client, f"/accounts/invitations/{invitation.ref}").status_code == 303
    assert actor_of(queries.person_by_email(VICTIM)).holds("reviewer", "platform")
    assert post(mallory, f"/accounts/invitations/{invitation.ref}").location.startswith("/accounts/sign-in")


def test_nobody_lends_an_address_to_a_strangers_account_by_pressing(app, client, system):
    mallory = make_person(system, email="mallory@example.test", password=STRANGERS)
    browser = sign_in(app.test_client(), mallory)
    post(browser, "/accounts/email", {"e-email": VICTIM, "e-current": STRANGERS})
    link = link_to_victim()
    for guess in ({}, OWN):
        assert post(client, link, guess).status_code == 422
    victim = make_person(system, email="other@example.test", password=FORM["password"])
    assert post(sign_in(client, victim), link, OWN).status_code == 422, "one's own password of another account"
    assert mallory.email == "mallory@example.test"


def test_passwords_are_not_guessed_through_a_link(client, mallory):
    link = link_to_victim()
    for _ in range(10):
        assert post(client, link, OWN).status_code == 422
    assert post(client, link, OWN).status_code == 429


def test_a_link_of_a_confirmed_address_replaces_nothing(client, system):
    person = make_person(system, email=VICTIM, name="Suharto", confirmed=False, password=FORM["password"])
    accounts.send_link(system, person=person, purpose=accounts.CONFIRM)
    link = link_to_victim()
    person.email_confirmed_at = clock.now()
    assert post(client, f"{link}/anew", ANEW | {"name": "Mallory"}).status_code == 409
    assert person.name == "Suharto"


def test_a_strangers_sign_ins_do_not_flood_the_owners_mailbox(mallory):
    answers = [
        post(mallory, "/accounts/sign-in", {"email": VICTIM, "password": STRANGERS}).status_code for _ in range(6)
    ]
    assert answers == [303] * 4 + [429] * 2
