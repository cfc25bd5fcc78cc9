"""Deciding on many applications of a call at once: the office endorses, the secretariat screens."""

import re

from sqlalchemy import select

from lms.applications.models import Endorsement
from lms.core.db import db
from lms.exchange.models import Application
from tests.exchange.world import apply, make_scientist, make_world, publish_call
from tests.factories import post, sign_in


def hidden(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page):
        found.setdefault(name, []).append(value)
    found.pop("csrf_token", None)
    return found


def test_an_office_endorses_and_the_secretariat_screens_many(client, system):
    world = make_world(system)
    call = publish_call(world)
    apply(world, call)
    second = apply(world, call, person=make_scientist(world, name="Somsak"))
    asked = list(db.session.scalars(select(Endorsement.ref).order_by(Endorsement.id)))
    refs = list(db.session.scalars(select(Application.ref).order_by(Application.id)))

    sign_in(client, world.coordinator)
    page = post(client, "/endorsements/decide", {"transition": "give", "pick": asked[:1]}).text
    assert "You say for your institution" in page
    assert post(client, "/endorsements/decide", hidden(page)).location == "/endorsements/"
    assert [one.state for one in db.session.query(Endorsement).order_by(Endorsement.id)] == ["given", "requested"]

    sign_in(client, world.secretary)
    queue = f"/exchange/manage/calls/{call.ref}/screening"
    assert 'form="bulk"' in client.get(queue).text
    page = post(client, f"{queue}/decide", {"transition": "accept_screening", "pick": refs}).text
    assert "No endorsement" in page
    assert second.ref not in hidden(page)["pick"]
    assert post(client, f"{queue}/decide", hidden(page)).location == queue
    assert [one.state for one in db.session.query(Application).order_by(Application.id)] == ["in_review", "submitted"]


def test_nobody_decides_on_what_another_office_was_asked(client, system):
    world = make_world(system)
    apply(world, publish_call(world))
    asked = db.session.scalar(select(Endorsement.ref))
    sign_in(client, world.host_person)

    assert post(client, "/endorsements/decide", {"transition": "give", "pick": [asked]}).status_code in (403, 404)
    assert db.session.scalar(select(Endorsement.state)) == "requested"
