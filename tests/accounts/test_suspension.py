"""Accounts as administrators see them, suspended and restored."""

import pytest
from sqlalchemy import select

from lms.accounts import queries
from lms.accounts import services as accounts
from lms.core import clock
from lms.core.access import Grant
from lms.core.audit.journal import AuditEntry
from lms.core.db import db
from lms.core.errors import Refused
from lms.core.outbox import KeptMail, OutboxMessage, relay
from lms.core.waiting import Office, WaitingItem
from lms.institutions.services import join
from tests.factories import actor_of, make_institution, make_person, post, sign_in

PASSWORD = "three blue mangoes"
REASON = {"reason": "left in May"}
ADMIN = [("admin", "platform", None)]


@pytest.fixture
def admin(system):
    return make_person(system, name="Clara Villanueva", roles=ADMIN)


@pytest.fixture
def lan(system):
    return make_person(system, name="Lan Pham", email="lan@example.test", password=PASSWORD)


def page_of(person, step=""):
    return f"/accounts/people/{person.ref}{step}"


def taken_item(person, institution, newcomer):
    """Somebody asks to belong to the institution, and the person takes it from their office."""
    join(actor_of(newcomer), institution=institution, role="staff", position="Assistant")
    item = db.session.scalars(select(WaitingItem).where(WaitingItem.scope_id == institution.id)).one()
    item.assignee_id = person.id
    return item


def test_a_suspended_person_is_out_at_once_and_told_what_to_do(app, client, admin, lan):
    theirs = sign_in(app.test_client(), lan)
    assert theirs.get("/accounts/sessions").status_code == 200
    sign_in(client, admin)
    assert post(client, page_of(lan, "/suspend"), REASON).status_code == 303
    assert theirs.get("/accounts/sessions").status_code == 302
    answer = post(theirs, "/accounts/sign-in", {"email": lan.email, "password": PASSWORD})
    assert answer.status_code == 422
    assert "left in May" in answer.text
    assert "write to the secretariat" in answer.text
    assert "left in May" in client.get(page_of(lan)).text
    assert post(client, page_of(lan, "/suspend"), REASON).status_code == 409
    assert post(client, page_of(lan, "/restore")).status_code == 303
    assert post(theirs, "/accounts/sign-in", {"email": lan.email, "password": PASSWORD}).status_code == 303
    assert post(client, page_of(lan, "/restore")).status_code == 409
    actions = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == lan.id)))
    assert "person.suspended" in actions
    assert "person.restored" in actions


def test_a_reason_is_needed_and_typed_ones_are_kept_out_of_the_journal(client, admin, lan):
    sign_in(client, admin)
    answer = post(client, page_of(lan, "/suspend"), {"reason": " "})
    assert answer.status_code == 422
    assert lan.suspended_at is None
    post(client, page_of(lan, "/suspend"), REASON)
    details = db.session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "person.suspended")).all()
    assert details == [{"items": 0}]


def test_mailed_links_do_not_let_a_suspended_person_in(client, system, admin, lan):
    accounts.send_link(system, person=lan, purpose=accounts.RESET)
    (path,) = (row.payload["values"]["path"] for row in db.session.scalars(select(OutboxMessage)))
    accounts.suspend(actor_of(admin), person=lan, reason="left")
    assert post(client, path, {"password": "seven yellow mangoes"}).status_code == 409
    accounts.request_reset(system, email=lan.email)
    assert len(db.session.scalars(select(OutboxMessage)).all()) == 1, "nobody suspended is written to"


def test_what_waits_to_be_sent_to_them_is_never_sent(system, admin, lan):
    other = make_person(system)
    for person in (lan, other):
        accounts.send_link(system, person=person, purpose=accounts.RESET)
    accounts.suspend(actor_of(admin), person=lan, reason="left")
    db.session.commit()
    relay.run_until_idle()
    assert [mail.to_address for mail in db.session.scalars(select(KeptMail))] == [other.email]
    assert db.session.scalars(select(OutboxMessage).where(OutboxMessage.state == "cancelled")).one().payload == {}


def test_nobody_suspends_themself_or_the_last_administrator(client, system, admin):
    sign_in(client, admin)
    page = client.get(page_of(admin)).text
    assert "Another administrator can suspend it" in page
    assert post(client, page_of(admin, "/suspend"), REASON).status_code == 422
    assert admin.suspended_at is None
    with pytest.raises(Refused, match="last administrator"):
        accounts.suspend(system, person=admin, reason="left")
    second = make_person(system, roles=ADMIN)
    assert post(client, page_of(second, "/suspend"), REASON).status_code == 303
    with pytest.raises(Refused, match="last administrator"):
        accounts.suspend(system, person=admin, reason="left")


def test_what_they_had_taken_goes_back_to_the_office_and_an_empty_office_is_named(client, system, admin, lan):
    institution = make_institution(system, name="Hanoi School")
    seat = ("coordinator", "institution", institution.id)
    leaver = make_person(system, roles=[seat])
    item = taken_item(leaver, institution, lan)
    sign_in(client, admin)
    page = client.get(page_of(leaver)).text
    assert "Taken from an office" in page
    assert "Nobody else sits in the office" in page
    assert "Hanoi School" in page
    answer = post(client, page_of(leaver, "/suspend"), REASON)
    assert "1 thing they had taken" in client.get(answer.location).text
    assert item.assignee_id is None
    assert "Nobody else sits in the office" in client.get(page_of(leaver)).text
    assert queries.office_member_ids(Office(*seat), clock.now()) == []
    make_person(system, roles=[seat])
    assert "Nobody else sits in the office" not in client.get(page_of(leaver)).text


def test_accounts_are_found_by_name_and_state(client, admin, lan, system):
    make_person(system, name="Budi", confirmed=False)
    sign_in(client, admin)
    everybody = client.get("/accounts/people/").text
    assert "Lan Pham" in everybody
    assert "Administrator" in everybody
    assert "Budi" not in client.get("/accounts/people/?q=Lan").text
    assert "Budi" in client.get("/accounts/people/?state=unconfirmed").text
    assert "Lan Pham" not in client.get("/accounts/people/?state=suspended").text
    accounts.suspend(actor_of(admin), person=lan, reason="left")
    assert "Lan Pham" in client.get("/accounts/people/?state=suspended").text
    assert "lan@example.test" in client.get("/accounts/people/?format=csv").text


@pytest.mark.parametrize("role", ["secretariat", "reviewer"])
def test_others_see_nothing_of_it(client, system, lan, role):
    sign_in(client, make_person(system, roles=[(role, "platform", None)]))
    assert client.get("/accounts/people/").status_code == 403
    assert client.get(page_of(lan)).status_code == 403
    assert post(client, page_of(lan, "/suspend"), REASON).status_code == 403
    assert lan.suspended_at is None


def test_invitations_of_a_suspended_person_are_taken_back(client, system, admin):
    clerk = make_person(system, roles=[("secretariat", "platform", None)])
    invitation = accounts.invite(actor_of(clerk), email="friend@example.test", role="reviewer", scope_kind="platform")
    friend = make_person(system, email="friend@example.test")
    accounts.suspend(actor_of(admin), person=clerk, reason="sold invitations")
    assert post(sign_in(client, friend), f"/accounts/invitations/{invitation.ref}").status_code == 409
    assert not actor_of(friend).roles


def test_the_last_administrator_cannot_lay_the_role_down(client, system, admin):
    grant = db.session.scalars(select(Grant).where(Grant.person_id == admin.id)).one()
    sign_in(client, admin)
    answer = post(client, f"/accounts/grants/{grant.id}/end", {"successor": "", "reason": ""})
    assert answer.status_code == 422
    assert "last administrator" in answer.text
    assert grant.ends_at is None
