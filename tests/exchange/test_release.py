"""The release: all decisions in one transaction, or none."""

import pytest

from lms.core import waiting, workflow
from lms.core.db import db
from lms.core.errors import Conflict, Refused
from lms.core.outbox import OutboxMessage, relay
from lms.exchange.flow import CALL
from lms.exchange.models import Call, Decision, Offer, Post
from lms.exchange.queries import deciding as queries
from lms.exchange.services import allocation as services
from tests.exchange.deciding import decided_call, fresh, person_of, rank_all, release, reviewed_call
from tests.exchange.world import mails, make_world, publish_call
from tests.factories import actor_of, post, sign_in


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def call(world):
    return publish_call(world, titles=("Dengue surveillance",))


def test_a_release_needs_a_decision_about_everybody(world, call):
    applications = reviewed_call(world, call)
    rank_all(world, call)
    secretary = actor_of(world.secretary)
    with pytest.raises(Refused, match="2 applications have no decision"):
        workflow.perform(CALL, call, "release", actor=secretary)
    for one in applications:
        db.session.add(
            Decision(
                application_id=one.id,
                outcome="offer",
                post_id=world.posts[0].id,
                decided_by_id=secretary.person_id,
                decided_at=secretary.now,
            )
        )
    with pytest.raises(Refused, match="More offers than places: Dengue surveillance"):
        workflow.perform(CALL, call, "release", actor=secretary)
    assert {fresh(one).state for one in applications} == {"in_review"}
    assert db.session.query(Offer).count() == 0
    services.decide_by_hand(
        secretary, fresh(applications[1]), outcome="reject", post_ref=None, reason="No place.", version=None
    )
    release(world, call)
    assert [fresh(one).state for one in applications] == ["offered", "rejected"]
    assert fresh(applications[1]).decided_reason == "No place."


def test_offers_come_with_a_deadline_a_mail_and_something_to_do(world, call):
    first, second = decided_call(world, call)
    release(world, call)
    assert call.released_at is not None
    offer = queries.open_offer(first.id)
    from zoneinfo import ZoneInfo

    local = offer.expires_at.astimezone(ZoneInfo(call.zone))
    assert (local.hour, local.minute) == (23, 59)
    assert (local.date() - offer.made_at.astimezone(ZoneInfo(call.zone)).date()).days == call.answer_days
    assert [item.kind for item in waiting.items_for(actor_of(person_of(first)))] == ["answer_offer"]
    assert waiting.items_for(actor_of(person_of(second))) == []
    due = db.session.query(OutboxMessage).filter_by(name="workflow.transition", state="pending").all()
    assert [(row.payload["transition"], row.due_at) for row in due if row.payload["machine"] == "application"] == [
        ("lapse", offer.expires_at)
    ]
    assert len(mails("You have an offer")) == 1
    assert len(mails("You are on the waiting list")) == 1
    assert queries.decision_of(first.id).released_at is not None


def test_a_release_happens_once(client, world, call):
    applications = decided_call(world, call)
    call_ref, version = call.ref, call.version
    sign_in(client, world.secretary)
    path = f"/exchange/manage/calls/{call_ref}/do/release"
    data = {"release-once": "same-form", "release-version": str(version)}
    assert post(client, path, data).status_code == 303
    assert post(client, path, data).status_code in (403, 409)
    assert {fresh(one).state for one in applications} == {"in_review"}
    assert "Being released" in client.get(f"/exchange/manage/calls/{call_ref}/decisions").text
    db.session.commit()
    relay.run_until_idle()
    db.session.expire_all()
    assert db.session.query(Offer).count() == 1
    assert {fresh(one).state for one in applications} == {"offered", "waitlisted"}


def test_a_release_that_cannot_be_finished_changes_nothing_and_says_why(client, world, call):
    applications = decided_call(world, call)
    workflow.perform(CALL, call, "release", actor=actor_of(world.secretary))
    with pytest.raises(Conflict):  # nothing is decided while everything is being released
        services.decide_by_hand(
            actor_of(world.secretary),
            fresh(applications[0]),
            outcome="reject",
            post_ref=None,
            reason="Late.",
            version=None,
        )
    db.session.get_one(Post, world.posts[0].id).state = "withdrawn"  # behind the back of every rule
    db.session.commit()
    relay.run_until_idle()
    db.session.expire_all()
    assert db.session.get_one(Call, call.id).state == "deciding"
    assert {fresh(one).state for one in applications} == {"in_review"}
    assert db.session.query(Offer).count() == 0
    assert mails("You have an offer") == []
    sign_in(client, world.secretary)
    assert "More offers than places: Dengue surveillance" in client.get(f"/exchange/manage/calls/{call.ref}").text


def test_a_release_is_stopped_before_it_is_performed(world, call):
    applications = decided_call(world, call)
    secretary = actor_of(world.secretary)
    workflow.perform(CALL, call, "release", actor=secretary)
    workflow.perform(CALL, call, "stop_release", actor=secretary, reason="A decision is wrong.")
    db.session.commit()
    relay.run_until_idle()
    assert {fresh(one).state for one in applications} == {"in_review"}
    release(world, call)
    assert {fresh(one).state for one in applications} == {"offered", "waitlisted"}


def test_whoever_withdrew_before_the_release_gets_nothing(world, call):
    from lms.exchange.queries.applying import own_application
    from lms.exchange.services import applying

    first, second = decided_call(world, call)
    applicant = actor_of(person_of(first))
    applying.withdraw(applicant, own_application(applicant, first.ref), version=None)
    release(world, call)
    assert fresh(first).state == "withdrawn"
    assert fresh(second).state == "waitlisted"
    assert db.session.query(Offer).count() == 0
