"""Deciding on many applications for a course at once."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.core import workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.outbox import OutboxMessage
from lms.courses.flow import ENROLMENT
from lms.courses.models import Enrolment, Offering
from lms.courses.queries import learning
from lms.institutions.models import Institution
from tests.courses.factories import join, make_instructor, make_offering
from tests.factories import actor_of, make_institution, make_person, post, sign_in


@pytest.fixture
def offering(system: Actor) -> Offering:
    return make_offering(system, mode="restricted", capacity=2)


@pytest.fixture
def applied(system: Actor, offering: Offering) -> list[Enrolment]:
    return [join(make_person(system, name=f"Learner {number}"), offering) for number in range(3)]


@pytest.fixture
def coordinator(client: FlaskClient, system: Actor, offering: Offering):
    person = make_person(system, roles=[("coordinator", "institution", offering.institution_id)])
    sign_in(client, person)
    return person


def address(offering: Offering) -> str:
    return f"/courses/offerings/{offering.ref}/participants"


def preview(client: FlaskClient, offering: Offering, refs: list[str], decision: str = "approve") -> Any:
    return post(client, f"{address(offering)}/decide", {"transition": decision, "pick": refs})


def confirm(client: FlaskClient, offering: Offering, page: str, **fields: str) -> Any:
    """Send the form of the preview, with everything that is hidden in it."""
    hidden: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page):
        hidden.setdefault(name, []).append(value)
    for once in re.findall(r'name="once"[^>]* value="([^"]+)"', page):
        hidden["once"] = [once]
    hidden.pop("csrf_token", None)
    return post(client, f"{address(offering)}/decide", hidden | fields)


def states() -> list[str]:
    return list(db.session.scalars(select(Enrolment.state).order_by(Enrolment.id)))


def test_the_list_offers_its_decisions_to_those_who_decide(client, system, offering, applied, coordinator):
    page = client.get(address(offering)).text
    assert f'value="{applied[0].ref}" form="bulk"' in page
    assert "Approve…" in page

    teacher = make_instructor(system, db.session.get_one(Institution, offering.institution_id))
    assert 'form="bulk"' not in sign_in(client, teacher).get(address(offering)).text
    assert preview(client, offering, [applied[0].ref]).status_code == 404


def test_a_preview_tells_of_each_what_would_happen_and_changes_nothing(client, offering, applied, coordinator):
    mails = db.session.query(OutboxMessage).count()

    page = preview(client, offering, [one.ref for one in applied]).text

    assert page.index("Learner 0") < page.index("Learner 1") < page.index("Learner 2")
    assert page.count(">Enrolled<") == 2
    assert "1 entry cannot be decided so" in page
    assert "Approve (2)" in page
    assert states() == ["submitted"] * 3
    assert db.session.query(OutboxMessage).count() == mails


def test_what_was_confirmed_happens_once(client, offering, applied, coordinator):
    page = preview(client, offering, [one.ref for one in applied]).text

    first = confirm(client, offering, page)

    assert (first.status_code, first.location) == (303, address(offering))
    assert "Approved: 2 entries" in client.get(address(offering)).text
    assert confirm(client, offering, page).status_code == 409
    assert states() == ["enrolled", "enrolled", "submitted"]


def test_what_somebody_else_decided_meanwhile_is_left_and_said(client, offering, applied, coordinator):
    page = preview(client, offering, [applied[0].ref, applied[1].ref]).text
    earlier = learning.enrolment_visible_to(actor_of(coordinator), applied[0].ref)
    workflow.perform(ENROLMENT, earlier, "approve", actor=actor_of(coordinator))

    answer = confirm(client, offering, page)

    assert answer.status_code == 200
    assert "These were left as they are." in answer.text
    assert "Learner 0" in answer.text
    assert "Learner 1" not in answer.text
    assert states() == ["enrolled", "enrolled", "submitted"]


def test_a_missing_reason_is_asked_for_beside_its_field(client, offering, applied, coordinator):
    page = preview(client, offering, [applied[0].ref], "reject").text
    assert 'role="alert"' not in page

    refused = confirm(client, offering, page)
    assert refused.status_code == 422
    assert states() == ["submitted"] * 3

    assert confirm(client, offering, refused.text, reason="The course is for nurses.").status_code == 303
    assert states() == ["rejected", "submitted", "submitted"]


def test_what_is_not_on_offer_or_not_theirs_is_not_decided(client, system, offering, applied, coordinator):
    other = join(make_person(system), make_offering(system, mode="restricted"))

    assert preview(client, offering, [applied[0].ref], "complete").status_code == 404
    nothing = preview(client, offering, [other.ref, "no-such"])
    assert nothing.location == address(offering)
    assert "Nothing was selected" in client.get(address(offering)).text

    stranger = make_person(system, roles=[("coordinator", "institution", make_institution(system).id)])
    sign_in(client, stranger)
    assert preview(client, offering, [applied[0].ref]).status_code == 404
