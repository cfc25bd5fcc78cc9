"""Invitations: by role and scope, once, with expiry."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accounts import queries, services
from lms.accounts.models import Invitation
from lms.core import clock, waiting
from lms.core.access import Grant
from lms.core.db import db
from lms.core.errors import Conflict, NotPermitted
from tests.accounts.test_registration import FORM, OWN, mails, path_in
from tests.factories import actor_of, make_institution, make_lab, make_person, post, sign_in


@pytest.fixture
def secretariat(system):
    return make_person(system, name="Chen Yu", roles=[("secretariat", "platform", None)])


def invite_reviewer(secretariat, email="lan@example.test", **changes):
    values = {"email": email, "role": "reviewer", "scope_kind": "platform"} | changes
    return services.invite(actor_of(secretariat), **values)


def test_from_the_form_to_the_role(app, client, system, secretariat):
    sign_in(client, secretariat)
    here = "/accounts/offices/platform/all/invitations"
    form = {"email": "Lan@Example.test", "role": "reviewer", "language": "en", "note": "We need you."}
    assert post(client, here, form).status_code == 303
    (mail,) = mails("lan@example.test")
    assert "Chen Yu invites you to this role: Reviewer (The whole platform)" in mail.body
    assert "We need you." in mail.body
    link = path_in(mail)
    browser = app.test_client()
    assert "Sign in to accept" in browser.get(link).text
    assert post(browser, link).location.startswith("/accounts/sign-in")
    person = make_person(system, email="lan@example.test")
    sign_in(browser, person)
    for _ in range(2):
        assert "Accept the role" in browser.get(link).text
    assert post(browser, link).location == "/dashboard"
    assert actor_of(person).holds("reviewer", "platform")
    assert post(browser, link).status_code == 409
    grant = db.session.scalars(select(Grant).where(Grant.person_id == person.id)).one()
    assert grant.given_by_id == secretariat.id
    assert "Accepted" in client.get(here).text


def test_it_runs_out_and_can_be_sent_again(client, system, secretariat):
    person = make_person(system, email="lan@example.test")
    invitation = invite_reviewer(secretariat)
    first = path_in(mails("lan@example.test")[0])
    clock.move(timedelta(days=15))
    sign_in(client, person)
    assert post(client, first).status_code == 409
    services.resend(actor_of(secretariat), invitation)
    second = path_in(mails("lan@example.test")[-1])
    assert client.get(first).status_code == 404, "the earlier link stops working"
    assert post(client, second).status_code == 303


def test_what_was_taken_back_cannot_be_accepted(client, system, secretariat):
    person = make_person(system, email="lan@example.test")
    invitation = invite_reviewer(secretariat)
    sign_in(client, secretariat)
    assert post(client, f"/accounts/invitations/{invitation.ref}/revoke").status_code == 303
    assert post(client, f"/accounts/invitations/{invitation.ref}/revoke").status_code == 409
    with pytest.raises(Conflict):
        services.accept(actor_of(person), invitation)
    assert waiting.items_for(actor_of(person)) == []


def test_inviting_twice_sends_again_instead(system, secretariat):
    first = invite_reviewer(secretariat)
    assert invite_reviewer(secretariat, "LAN@example.test") is first
    assert len(mails("lan@example.test")) == 2


def test_it_waits_for_who_has_an_account_and_for_who_registers_later(client, system, secretariat):
    person = make_person(system, email="lan@example.test")
    invitation = invite_reviewer(secretariat)
    (item,) = waiting.items_for(actor_of(person))
    assert item.url_values == {"ref": invitation.ref}
    assert item.title_en == "Reviewer · The whole platform"
    sign_in(client, person)
    assert post(client, f"/accounts/invitations/{invitation.ref}").status_code == 303
    assert waiting.items_for(actor_of(person)) == []
    invite_reviewer(secretariat, FORM["email"])
    post(client, "/accounts/register", FORM)
    confirm = next(path_in(mail) for mail in mails() if "/confirm/" in mail.body)
    post(client, confirm, OWN)
    newcomer = queries.person_by_email(FORM["email"])
    assert [item.kind for item in waiting.items_for(actor_of(newcomer))] == ["invitation"]


def test_nobody_invites_to_what_they_cannot_give(client, system):
    mine, other = make_institution(system), make_institution(system)
    coordinator = make_person(system, roles=[("coordinator", "institution", mine.id)])
    sign_in(client, coordinator)
    form = {"email": "lan@example.test", "role": "instructor", "language": "en"}
    assert post(client, f"/accounts/offices/institution/{mine.slug}/invitations", form).status_code == 303
    assert post(client, f"/accounts/offices/institution/{other.slug}/invitations", form).status_code == 404
    assert post(client, "/accounts/offices/platform/all/invitations", form).status_code == 404
    bad = post(client, f"/accounts/offices/institution/{mine.slug}/invitations", form | {"role": "admin"})
    assert bad.status_code == 422
    with pytest.raises(NotPermitted):
        services.invite(actor_of(coordinator), email="a@b.test", role="secretariat", scope_kind="platform")
    invitation = db.session.scalars(select(Invitation)).one()
    stranger = make_person(system, roles=[("coordinator", "institution", other.id)])
    assert post(sign_in(client, stranger), f"/accounts/invitations/{invitation.ref}/revoke").status_code == 404
    assert client.get(f"/accounts/invitations/{invitation.ref}").status_code == 404


def test_a_coordinator_appoints_hosts_of_the_own_labs_only(client, system):
    mine, other = make_institution(system), make_institution(system)
    sign_in(client, make_person(system, roles=[("coordinator", "institution", mine.id)]))
    form = {"email": "host@example.test", "role": "host", "language": "zh"}
    lab, foreign = make_lab(system, institution=mine), make_lab(system, institution=other)
    assert post(client, f"/accounts/offices/lab/{lab.ref}/invitations", form).status_code == 303
    assert post(client, f"/accounts/offices/lab/{foreign.ref}/invitations", form).status_code == 404
    (mail,) = mails("host@example.test")
    assert lab.name_en in mail.body


def test_accepting_at_an_institution_confirms_the_place_there(system):
    institution = make_institution(system)
    coordinator = make_person(system, roles=[("coordinator", "institution", institution.id)])
    person = make_person(system, email="lan@example.test")
    invitation = services.invite(
        actor_of(coordinator),
        email="lan@example.test",
        role="coordinator",
        scope_kind="institution",
        scope_id=institution.id,
    )
    services.accept(actor_of(person), invitation)
    from lms.institutions import queries as institutions

    place = institutions.affiliation_at(person.id, institution.id)
    assert (place.role, place.state, place.is_home) == ("coordinator", "confirmed", True)
    assert actor_of(person).holds("coordinator", "institution", institution.id)
