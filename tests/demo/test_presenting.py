"""The presenter's page: journeys that begin where they should, a clock that turns corners, a world as new."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import func, select

from lms.accounts.models import LoginSession, Person
from lms.applications.models import Application, Call
from lms.core import audit, clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import ALL_LANGUAGES, in_language
from lms.core.outbox import OutboxMessage, relay
from lms.demo import queries
from lms.demo.scenes import JOURNEYS
from lms.exchange.models import Offer
from tests.factories import make_person, post


@pytest.fixture
def world(app: Flask, session) -> None:
    """The demo world, in a transaction that is rolled back."""
    result = app.test_cli_runner().invoke(args=["demo", "seed"])
    assert result.exit_code == 0, result.output


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_world_is_presented_moved_and_made_new(app: Flask, client: FlaskClient, world):
    """One long test, because the world is made once."""
    every_scene_opens_for_who_acts_in_it(app)
    the_clock_turns_a_deadline_an_expiry_and_a_release(client)
    the_world_is_as_new(client)


def every_scene_opens_for_who_acts_in_it(app: Flask) -> None:
    browser = app.test_client()
    page = browser.get("/demo/").text
    for journey in JOURNEYS:
        for number, scene in enumerate(journey.scenes, start=1):
            begun = post(browser, f"/demo/scenes/{journey.name}/{number}")
            assert begun.location == scene.address
            shown = browser.get(scene.address)
            if shown.status_code == 302:  # A list of one leads to it.
                shown = browser.get(shown.location)
            assert shown.status_code == 200, (journey.name, number)
            assert ("/accounts/sign-in" in shown.text) == (not scene.account), (journey.name, number)
            assert str(scene.title) in page
            with in_language(language_of(shown.text)):  # Everybody reads in a language of their own.
                assert escape(str(scene.text)) in shown.text.split("<main")[0]
    post(browser, "/demo/scenes/end")
    assert "demo-scene" not in browser.get("/courses/").text
    assert post(browser, "/demo/scenes/course/99").status_code == 404
    assert post(browser, "/demo/scenes/nothing/1").status_code == 404


def language_of(page: str) -> str:
    """The code of the language that a page says it is in."""
    found = re.search(r'<html lang="([\w-]+)"', page)
    assert found
    return next(one.code for one in ALL_LANGUAGES if one.html == found[1])


def the_clock_turns_a_deadline_an_expiry_and_a_release(client: FlaskClient) -> None:
    ranked = db.session.scalars(select(Call).where(Call.state == "ranking")).one().id
    offers = count(Offer)
    assert post(client, "/demo/clock", {"step": "release", "next": "/demo/"}).location == "/demo/"
    assert db.session.get_one(Call, ranked).state == "released"
    assert count(Offer) > offers
    assert "Over the release" not in client.get("/demo/").text
    assert post(client, "/demo/clock", {"step": "release"}).status_code == 422

    offered = db.session.scalars(select(Application.id).where(Application.state == "offered")).all()
    post(client, "/demo/clock", {"step": "expiry"})
    db.session.commit()
    relay.run_until_idle()
    assert db.session.scalars(select(Application.id).where(Application.state == "lapsed", Application.id.in_(offered)))

    before = clock.now()
    post(client, "/demo/clock", {"step": "deadline"})
    assert clock.now() > before


def the_world_is_as_new(client: FlaskClient) -> None:
    people, calls = count(Person), count(Call)
    assert "Nothing is downloaded" in client.get("/demo/reset").text
    for _press in range(2):
        assert post(client, "/demo/reset").location == "/demo/"
    page = client.get("/demo/").text
    assert "is being made new" in page
    assert 'hx-trigger="every 2s"' in page

    db.session.commit()
    relay.run_until_idle()

    assert "is being made new" not in client.get("/demo/").text
    assert (count(Person), count(Call)) == (people, calls)
    assert count(LoginSession) == 0
    assert db.session.scalars(select(Call).where(Call.state == "ranking")).one()
    assert not db.session.execute(select(OutboxMessage.name).where(OutboxMessage.last_error != "")).all()
    assert abs((clock.now() - queries.seeded_at()).total_seconds()) < 120
    assert audit.verify().is_intact
    with pytest.raises(Exception, match="append-only"), db.session.begin_nested():
        db.session.execute(db.text("delete from audit_entry"))


def test_nothing_but_the_demo_world_is_ever_made_new(client: FlaskClient, system: Actor):
    make_person(system)
    before = count(Person)
    assert "something else" in client.get("/demo/reset").text
    assert post(client, "/demo/reset").status_code == 422
    assert not queries.is_being_made_new()
    assert count(Person) == before


def test_the_presenters_pages_are_absent_outside_of_the_demo(app: Flask, client: FlaskClient, monkeypatch):
    monkeypatch.setitem(app.config, "TESTING", False)
    for path in ("/demo/", "/demo/reset"):
        assert client.get(path).status_code == 404
    for path in ("/demo/reset", "/demo/scenes/course/1", "/demo/clock"):
        assert post(client, path).status_code == 404


def test_an_empty_world_is_presented_without_faults(client: FlaskClient):
    page = client.get("/demo/").text
    assert re.search("Present the platform", page)
    assert post(client, "/demo/scenes/course/2").status_code == 404  # nobody to sign in as
    assert post(client, "/demo/clock", {"step": "deadline"}).status_code == 422
