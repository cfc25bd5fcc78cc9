"""The dashboard: what waits, where one's own matters stand, and what somebody new does first."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from lms.core import outbox, waiting
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.waiting import Office
from tests.factories import make_institution, make_lab, make_person, sign_in
from tests.portal.conftest import OTHER, TASK


def dashboard_of(client: FlaskClient, person) -> str:
    answer = sign_in(client, person).get("/dashboard")
    assert answer.status_code == 200
    return answer.text


def test_visitor_signs_in_first(client: FlaskClient):
    assert "/accounts/sign-in" in client.get("/dashboard").location


def test_somebody_without_a_role_learns_what_to_do_first(client: FlaskClient, system: Actor):
    page = dashboard_of(client, make_person(system, name="Thiri"))
    assert "Good to see you, Thiri." in page
    for first in ("Find a course", "See open calls", "Complete your profile"):
        assert first in page


def test_who_has_completed_the_profile_is_not_asked_to(client: FlaskClient, system: Actor):
    person = make_person(system, name="Thiri")
    person.nationality, person.passport_given = "MM", "THIRI"
    db.session.flush()
    page = dashboard_of(client, person)
    assert "Find a course" in page
    assert "Complete your profile" not in page


@pytest.mark.parametrize(
    ("role", "kind", "first"),
    [
        ("secretariat", "platform", "Open a call"),
        ("reviewer", "platform", "Declare a tie"),
        ("admin", "platform", "Invite somebody"),
        ("coordinator", "institution", "Open your office"),
        ("instructor", "institution", "Write a course"),
        ("host", "lab", "Draft a post"),
    ],
)
def test_every_role_learns_what_to_do_first(client: FlaskClient, system: Actor, role, kind, first):
    institution = make_institution(system)
    scope = {"institution": institution.id, "lab": make_lab(system, institution=institution).id}.get(kind)
    page = dashboard_of(client, make_person(system, roles=[(role, kind, scope)]))
    assert first in page
    assert "See open calls" not in page


def test_what_waits_names_office_deadline_and_zone(client: FlaskClient, system: Actor):
    institution = make_institution(system, name="Mahidol University")
    person = make_person(system, roles=[("coordinator", "institution", institution.id)], zone="Asia/Vientiane")
    waiting.open_item(
        system,
        TASK,
        to=Office("coordinator", "institution", institution.id),
        subject=("matter", 1),
        about=["Souphaphone Keomany"],
        url_values={},
        due_at=system.now - timedelta(hours=1),
    )
    page = dashboard_of(client, person)
    assert "Look at something: Souphaphone Keomany" in page
    assert "Coordinator, Mahidol University" in page
    assert "Indochina Time" in page
    assert "Overdue" in page
    assert "I take it" in page
    assert "Copy a reminder" in page


def test_what_waits_for_me_alone_has_no_reminder(client: FlaskClient, system: Actor):
    person = make_person(system)
    waiting.open_item(system, TASK, to=person.id, subject=("matter", 1), about=["Mine"], url_values={})
    page = dashboard_of(client, person)
    assert 'aria-label="Look at something: Mine">Mine</a>' in page
    assert "Copy a reminder" not in page
    assert "I take it" not in page


def test_a_long_list_leads_to_all_of_it_at_the_same_cost(client: FlaskClient, system: Actor, counted):
    institution = make_institution(system)
    person = make_person(system, roles=[("coordinator", "institution", institution.id)])
    office = Office("coordinator", "institution", institution.id)

    def wait(number: int) -> None:
        about = [f"Matter {number}"]
        waiting.open_item(system, TASK, to=office, subject=("matter", number), about=about, url_values={})

    wait(0)
    browser = sign_in(client, person)
    browser.get("/dashboard")
    few = counted(lambda: browser.get("/dashboard"))
    for number in range(1, 30):
        wait(number)
    assert counted(lambda: browser.get("/dashboard")) == few <= 14
    page = browser.get("/dashboard").text
    assert page.count("waiting__title") == 3
    assert "Show everything that waits" in page
    assert f'href="/waiting/?kind={TASK.name}">See all' in page
    assert '<span class="stat__value">30</span>' in page


def test_what_waits_stands_by_kind_the_most_urgent_first(client: FlaskClient, system: Actor):
    person = make_person(system)
    for number, (kind, days) in enumerate([(TASK, 5), (OTHER, -1), (TASK, 2)]):
        due = system.now + timedelta(days=days)
        about = [f"Matter {number}"]
        waiting.open_item(
            system, kind, to=person.id, subject=("matter", number), about=about, url_values={}, due_at=due
        )

    page = dashboard_of(client, person)

    places = [page.index(text) for text in ("Sign a paper", "Matter 1", "Look at something", "Matter 2", "Matter 0")]
    assert places == sorted(places)
    assert '<span class="stat__value">1</span>' in page
    assert "in 2 days" in page


def test_administrators_are_warned_of_dead_letters(client: FlaskClient, system: Actor):
    message = outbox.enqueue(system, "mail.send", {})
    message.state = "dead"
    db.session.flush()
    admin = make_person(system, roles=[("admin", "platform", None)])
    assert "1 message has failed for good" in dashboard_of(client, admin)
    clerk = make_person(system, roles=[("secretariat", "platform", None)])
    assert "failed for good" not in dashboard_of(client, clerk)
