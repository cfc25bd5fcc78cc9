"""Telling people and offices, each in their language, and reminders to paste elsewhere."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accounts.flow import INVITED
from lms.core import waiting
from lms.core.db import db
from lms.core.outbox import OutboxMessage
from lms.core.waiting import Office
from lms.notifications import services
from lms.notifications.messages import Message
from lms.notifications.reminders import reminders_for
from tests.factories import make_institution, make_person

MESSAGE = Message("test.thing", "email_changed")


def payloads():
    return list(db.session.scalars(select(OutboxMessage.payload).order_by(OutboxMessage.id)))


def test_a_person_is_written_to_once_in_their_language(system):
    person = make_person(system, email="lan@example.test", language="zh", called="Lan")
    for _ in range(2):
        services.notify(system, person_id=person.id, message=MESSAGE, values={"path": "/"}, key="one")
    services.notify(system, person_id=person.id, message=MESSAGE, values={"path": "/"}, key="two")
    first, _second = payloads()
    assert first == {
        "to": "lan@example.test",
        "template": "email_changed",
        "language": "zh",
        "values": {"name": "Lan", "path": "/", "zone": "Asia/Shanghai"},
    }


def test_a_suspended_account_is_not_written_to(system):
    person = make_person(system)
    person.suspended_at, person.suspended_reason = system.now, "left"
    db.session.flush()
    services.notify(system, person_id=person.id, message=MESSAGE, values={})
    assert payloads() == []


def test_an_office_is_written_to_member_by_member(system):
    place = make_institution(system)
    office = Office("coordinator", "institution", place.id)
    for language in ("en", "zh"):
        make_person(system, language=language, roles=[("coordinator", "institution", place.id)])
    make_person(system, roles=[("instructor", "institution", place.id)])
    for _ in range(2):
        services.notify_office(system, office=office, message=MESSAGE, values={}, key="one")
    assert [payload["language"] for payload in payloads()] == ["en", "zh"]


@pytest.fixture
def items(system):
    place = make_institution(system)
    make_person(system, language="zh", roles=[("coordinator", "institution", place.id)])
    person = make_person(system, called="Lan", zone="Asia/Yangon")

    def opened(to, number):
        return waiting.open_item(
            system,
            INVITED,
            to=to,
            subject=("test", number),
            about=[f"Thing {number}"],
            url_values={"ref": f"r{number}"},
            due_at=system.now + timedelta(days=1),
        )

    return [
        opened(person.id, 1),
        opened(Office("coordinator", "institution", place.id), 2),
        opened(Office("secretariat", "platform"), 3),
    ]


def test_reminders_speak_the_receivers_language_and_zone(app, system, items):
    with app.test_request_context():
        person, office, empty = (reminders_for(items, system.now)[item.id] for item in items)
    assert person.text.startswith("Hello Lan,")
    assert "Thing 1" in person.text
    assert "Myanmar Time" in person.text
    assert person.text.endswith("/accounts/invitations/r1")
    assert (person.lang, office.lang, empty.lang) == ("en", "zh-Hans", "en")


def test_reminders_cost_two_queries_however_many(app, system, items, count_queries):
    with app.test_request_context(), count_queries() as seen:
        reminders_for(items, system.now)
    assert len(seen) == 2
