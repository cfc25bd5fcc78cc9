"""The demo world: made once, whole, and only where nobody else's data are."""

import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.accounts import queries as people
from lms.core import audit, clock, waiting
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.outbox import KeptMail, OutboxMessage
from lms.demo.seed.people import PRESENTED, address_of
from lms.portal.standing import things_of
from tests.factories import make_person, sign_in


def run(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(args=["demo", "seed", *arguments])


def count_people() -> int:
    return len(db.session.execute(db.text("select id from person")).all())


@pytest.fixture
def world(app: Flask, session) -> None:
    """The demo world, in a transaction that is rolled back."""
    started = time.process_time()
    result = run(app)
    assert result.exit_code == 0, result.output
    assert time.process_time() - started < 25


def test_the_world_gives_everybody_work_and_stays_true(app: Flask, client: FlaskClient, world, counted):
    for account in PRESENTED:
        person = people.person_by_email(address_of(account))
        assert person is not None
        actor = people.actor_of(person.id, clock.now())
        assert waiting.items_for(actor) or things_of(actor), account
        browser = sign_in(app.test_client(), person)
        for path in ("/dashboard", "/waiting/"):
            answer = browser.get(path)
            assert answer.status_code == 200, (account, path)
        assert counted(lambda browser=browser: browser.get("/dashboard")) <= 16, account
    page = client.get("/").text
    assert "Outbreak investigation for district teams" in page
    assert "Sample call" in page
    assert "Outbreak" in client.get("/search?q=outbreak").text
    failed = db.session.execute(
        select(OutboxMessage.name, OutboxMessage.last_error).where(OutboxMessage.last_error != "")
    ).all()
    assert not failed
    assert db.session.scalar(select(func.count()).select_from(KeptMail)) > 100
    assert audit.verify().is_intact
    again(app)


def again(app: Flask) -> None:
    """A second run adds nothing, a larger scale adds its learners, once."""
    before = count_people()
    assert "already" in run(app).output
    assert count_people() == before
    assert "25 learners added" in run(app, "--scale", "2").output
    assert "0 learners added" in run(app, "--scale", "2").output
    assert count_people() == before + 25


def test_a_database_with_other_peoples_data_is_refused_in_one_line(app: Flask, system: Actor):
    make_person(system)
    result = run(app)
    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1
    assert "empty" in result.output


def test_the_world_is_never_made_outside_of_the_demo(app: Flask, session, monkeypatch):
    monkeypatch.setitem(app.config, "TESTING", False)
    result = run(app)
    assert result.exit_code == 2
    assert "LMS_ENV=demo" in result.output
    assert count_people() == 0
