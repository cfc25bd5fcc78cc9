"""Roles in the browser: given, ended, handed over, with their history; and never to oneself."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accounts import services
from lms.accounts.flow import INVITED
from lms.accounts.models import Invitation
from lms.core import clock, waiting
from lms.core.access import Grant, give_grant
from lms.core.db import db
from lms.core.errors import Refused
from lms.core.outbox import OutboxMessage
from lms.core.waiting import Office
from lms.institutions import indexing
from tests.factories import actor_of, make_institution, make_lab, make_person, post, sign_in


@pytest.fixture
def place(system):
    found = make_institution(system, name="Mahidol University", name_local="มหาวิทยาลัยมหิดล")
    indexing.index_institution(found)
    return found


@pytest.fixture
def admin(system):
    return make_person(system, name="Clara", roles=[("admin", "platform", None)])


@pytest.fixture
def secretary(system):
    return make_person(system, name="Wei", roles=[("secretariat", "platform", None)])


def grants(person):
    return db.session.scalars(select(Grant).where(Grant.person_id == person.id).order_by(Grant.id)).all()


def give(browser, person, where, **fields):
    return post(browser, f"/accounts/people/{person.ref}/roles/give/{where}", {"reason": "Elected in May"} | fields)


def test_a_role_is_found_given_and_told(client, system, admin, place):
    person = make_person(system, name="Souphaphone")
    lab = make_lab(system, institution=place, name="Virology")
    browser = sign_in(client, admin)
    found = browser.get(f"/accounts/people/{person.ref}/roles/give?q=มหิดล").text
    assert f"/roles/give/institution/{place.slug}" in found
    assert f"/roles/give/lab/{lab.ref}" in found
    assert "/roles/give/platform/all" in found
    assert give(browser, person, f"institution/{place.slug}", role="coordinator").status_code == 303
    assert actor_of(person).holds("coordinator", "institution", place.id)
    history = browser.get(f"/accounts/people/{person.ref}/roles").text
    for told in ("Coordinator", "Mahidol University", "Clara", "Elected in May"):
        assert told in history
    assert (
        db.session.scalar(select(OutboxMessage.payload).where(OutboxMessage.name == "mail.send"))["template"]
        == "role_given"
    )
    again = give(browser, person, f"institution/{place.slug}", role="coordinator")
    assert (again.status_code, "They hold this role there already" in again.text) == (422, True)


def test_a_role_holds_from_its_first_to_its_last_day(client, system, admin, place):
    person = make_person(system)
    admin.zone = "Asia/Bangkok"
    now = clock.now()
    first, last = (now + timedelta(days=2)).date(), (now + timedelta(days=4)).date()
    fields = {"role": "instructor", "since": first.isoformat(), "until": last.isoformat()}
    browser = sign_in(client, admin)
    assert give(browser, person, f"institution/{place.slug}", **fields).status_code == 303
    (grant,) = grants(person)
    assert (grant.starts_at.isoformat()[:16], grant.ends_at.isoformat()[:16]) == (
        f"{first - timedelta(days=1)}T17:00",
        f"{last}T17:00",
    )
    assert not actor_of(person).roles
    assert "Begins later" in browser.get("/accounts/roles/?state=later").text
    assert post(browser, f"/accounts/grants/{grant.id}/end", {"reason": "Not needed"}).status_code == 303
    assert "Taken back before it began" in browser.get(f"/accounts/people/{person.ref}/roles").text
    assert give(browser, person, f"institution/{place.slug}", **fields).status_code == 303


def test_a_last_day_before_the_first_is_said_beside_it(client, system, admin, place):
    fields = {"role": "instructor", "until": (clock.now() - timedelta(days=3)).date().isoformat()}
    answer = give(sign_in(client, admin), make_person(system), f"institution/{place.slug}", **fields)
    assert (answer.status_code, "The last day lies before the first one" in answer.text) == (422, True)


def test_nobody_gives_themself_a_role(client, system, admin, secretary, place):
    browser = sign_in(client, admin)
    answer = give(browser, admin, "platform/all", role="secretariat")
    assert (answer.status_code, "Nobody gives themself a role" in answer.text) == (422, True)
    with pytest.raises(Refused):
        services.invite(actor_of(secretary), email=secretary.email, role="reviewer", scope_kind="platform")
    services.invite(actor_of(secretary), email="other@example.test", role="reviewer", scope_kind="platform")
    with pytest.raises(Refused):  # whoever holds the link could accept it
        services.accept(actor_of(secretary), db.session.scalars(select(Invitation)).one())
    leaver = make_person(system, roles=[("coordinator", "institution", place.id)])
    with pytest.raises(Refused):
        services.hand_over_everything(
            actor_of(secretary), person=leaver, successor=secretary, grant_ids=[grants(leaver)[0].id], reason="x"
        )
    assert len(grants(secretary)) == 1


def test_the_secretariat_gives_what_it_may_and_no_more(client, system, secretary, place):
    person = make_person(system)
    browser = sign_in(client, secretary)
    assert give(browser, person, f"institution/{place.slug}", role="coordinator").status_code == 303
    assert give(browser, person, "platform/all", role="admin").status_code == 422
    assert [grant.role for grant in grants(person)] == ["coordinator"]


def test_coordinators_do_not_see_the_roles_of_others(client, system, place):
    head = make_person(system, roles=[("coordinator", "institution", place.id)])
    browser = sign_in(client, head)
    for path in ("roles/", f"people/{head.ref}/roles", f"people/{head.ref}/hand-over"):
        assert browser.get(f"/accounts/{path}").status_code == 403


def test_everything_is_handed_over_in_one_step_after_it_was_shown(client, system, admin, place):
    leaver = make_person(system, name="Anong", roles=[("coordinator", "institution", place.id)])
    lab = make_lab(system, institution=place, name="Virology")
    give_grant(system, person_id=leaver.id, role="host", scope_kind="lab", scope_id=lab.id, is_deputy=True)
    heir = make_person(system, name="Budi")
    office = Office("coordinator", "institution", place.id)
    taken = waiting.open_item(system, INVITED, to=office, subject=("t", 1), about=["A"], url_values={"ref": "x"})
    waiting.take(actor_of(leaver), taken, seen_assignee_id=None)
    waiting.open_item(system, INVITED, to=leaver.id, subject=("t", 2), about=["B"], url_values={"ref": "x"})
    page, browser = f"/accounts/people/{leaver.ref}/hand-over", sign_in(client, admin)
    assert browser.get(f"{page}?to=nobody@example.test").status_code == 422
    shown = browser.get(f"{page}?to={heir.email}").text
    for told in ("1 thing that was taken goes with it", "Stays with them", "Virology", "Budi"):
        assert told in shown
    ids = [str(grant.id) for grant in grants(leaver)]
    assert post(browser, page, {"to": heir.email, "grants": ids, "reason": ""}).status_code == 422
    assert post(browser, page, {"to": heir.email, "grants": ids, "reason": "Retires"}).status_code == 303
    assert not actor_of(leaver).roles
    assert actor_of(heir).holds("coordinator", "institution", place.id)
    assert [grant.is_deputy for grant in grants(heir)] == [False, True]
    assert taken.assignee_id == heir.id
    ended = grants(leaver)[0]
    assert (ended.end_reason, ended.ended_by_id) == ("Retires", admin.id)
    assert post(browser, page, {"to": heir.email, "grants": ids, "reason": "Retires"}).status_code == 422


def test_one_role_that_may_not_be_given_stops_the_whole_hand_over(client, system, secretary, place):
    leaver = make_person(system, roles=[("coordinator", "institution", place.id), ("admin", "platform", None)])
    heir = make_person(system)
    ids = [str(grant.id) for grant in grants(leaver)]
    answer = post(
        sign_in(client, secretary),
        f"/accounts/people/{leaver.ref}/hand-over",
        {"to": heir.email, "grants": ids, "reason": "x"},
    )
    assert answer.status_code in {403, 422}
    assert (len(actor_of(leaver).roles), grants(heir)) == (2, [])


def test_the_last_administrator_stays(client, system, admin):
    answer = post(sign_in(client, admin), f"/accounts/grants/{grants(admin)[0].id}/end", {"reason": "x"})
    assert (answer.status_code, "This is the last administrator" in answer.text) == (422, True)


def test_the_history_costs_the_same_for_one_row_and_thirty(client, system, admin, place, count_queries):
    browser = sign_in(client, admin)
    browser.get("/accounts/roles/")
    with count_queries() as few:
        browser.get("/accounts/roles/")
    for _ in range(30):
        make_person(system, roles=[("instructor", "institution", place.id)])
    with count_queries() as many:
        browser.get("/accounts/roles/")
    assert len(many) <= len(few) + 1  # places are read once there are any
