"""Screening: what blocks, what is returned, who sees it."""

from datetime import timedelta

import pytest

from lms.applications.models import Endorsement
from lms.core import clock, waiting, workflow
from lms.core.access import give_grant
from lms.core.db import db
from lms.core.errors import Invalid, NotFound, NotPermitted, Refused
from lms.exchange.flow import APPLICATION
from lms.exchange.queries import deciding as queries
from lms.exchange.services.screening import return_application
from tests.counting import counted_queries
from tests.exchange.deciding import accept_screening, fresh
from tests.exchange.world import apply, mails, make_scientist, make_world, publish_call
from tests.factories import actor_of, make_person, post, sign_in


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def call(world):
    return publish_call(world)


def kinds_for(person):
    return [item.kind for item in waiting.items_for(actor_of(person))]


def test_an_application_is_accepted_only_once_it_is_endorsed(world, call):
    application = apply(world, call)
    secretary = actor_of(world.secretary)
    assert kinds_for(world.secretary) == ["screen"]
    with pytest.raises(Refused, match="No endorsement"):
        workflow.perform(APPLICATION, fresh(application), "accept_screening", actor=secretary)
    application = accept_screening(world, application)
    assert application.state == "in_review"
    assert "screen" not in kinds_for(world.secretary)
    assert "assign_reviewers" in kinds_for(world.secretary)
    assert len(mails("Your application is complete")) == 1


def test_screening_is_due_some_working_days_after_the_call_closes(world, call):
    apply(world, call)
    (item,) = waiting.items_for(actor_of(world.secretary))
    assert timedelta(days=5) <= item.due_at - call.closes_at < timedelta(days=9)


def test_an_application_that_breaks_a_rule_is_not_accepted(world, call):
    application = apply(world, call)
    application.facts = {**application.facts, "nationality": "CN"}
    db.session.query(Endorsement).one()
    with pytest.raises(Refused, match="rule"):
        accept_screening(world, application)


def test_named_fields_go_back_with_reasons_until_they_are_due(world, call):
    application = apply(world, call, person=make_scientist(world, zone="Asia/Yangon"))
    secretary = actor_of(world.secretary)
    due = clock.now() + timedelta(days=7)
    with pytest.raises(Refused, match="Name at least one field"):
        return_application(secretary, fresh(application), reasons={"statement": ""}, due_at=due, version=None)
    with pytest.raises(Invalid):
        return_application(
            secretary, fresh(application), reasons={"statement": "Too short."}, due_at=secretary.now, version=None
        )
    return_application(secretary, fresh(application), reasons={"statement": "Too short."}, due_at=due, version=None)
    assert fresh(application).state == "returned"
    assert fresh(application).return_due_at == due
    assert "correct_application" in [item.kind for item in waiting.items_about(("application", application.id))]
    (mail,) = mails("Please correct your application")
    assert "(Myanmar Time)" in mail.body  # due at an hour that its reader can plan with


def test_nobody_screens_their_own_application(world, call):
    person = make_scientist(world)
    application = apply(world, call, person=person)
    give_grant(world.system, person_id=person.id, role="secretariat", scope_kind="platform")
    with pytest.raises(NotFound):
        queries.staff_application(actor_of(person), application.ref)
    with pytest.raises(NotPermitted):
        workflow.perform(APPLICATION, fresh(application), "refuse_screening", actor=actor_of(person), reason="x")


def test_pages_of_screening(client, world, call):
    application = apply(world, call)
    sign_in(client, world.secretary)
    queue = client.get(f"/exchange/manage/calls/{call.ref}/screening")
    assert queue.status_code == 200
    assert "Malee" in queue.text
    page = client.get(f"/exchange/screening/{application.ref}")
    assert page.status_code == 200
    assert "No endorsement has been given yet" in page.text
    assert "I want to learn" in page.text
    document = page.text.split(f"/exchange/screening/{application.ref}/documents/")[1].split('"')[0]
    assert client.get(f"/exchange/screening/{application.ref}/documents/{document}").status_code == 200
    empty = post(client, f"/exchange/screening/{application.ref}/return", {"return-due_on": "2099-01-01"})
    assert empty.status_code == 422
    assert "Name at least one field" in empty.text
    back = post(
        client,
        f"/exchange/screening/{application.ref}/return",
        {"return-due_on": "2099-01-01", "return-reason-statement": "Say more about your methods."},
    )
    assert back.status_code == 303
    assert "Say more about your methods." in client.get(f"/exchange/screening/{application.ref}").text
    refused = post(client, f"/exchange/screening/{application.ref}/do/refuse_screening", {})
    assert refused.status_code == 422
    done = post(
        client,
        f"/exchange/screening/{application.ref}/do/refuse_screening",
        {"refuse_screening-reason": "No research post."},
    )
    assert done.status_code == 303
    assert fresh(application).state == "ineligible"
    assert client.get(f"/exchange/manage/calls/{call.ref}/screening?state=all&format=csv").text.count("Malee") == 1


@pytest.mark.parametrize(
    ("wish", "lang", "words"),
    [
        ({}, "zh-Hans", "endorsements/"),
        (
            {"route": "link", "name": "Bo", "email": "bo@gov.example", "office": "Fund", "language": "zh"},
            "zh-Hans",
            "Malee",
        ),
        ({"route": "sheet", "office": "Fund", "language": "en"}, "en", "Hello Malee"),
    ],
)
def test_screening_offers_a_reminder_to_whoever_endorses_in_their_language(client, world, call, wish, lang, words):
    world.coordinator.language = "zh"
    application = apply(world, call, person=make_scientist(world, name="Malee"), **({"wish": wish} if wish else {}))
    sign_in(client, world.secretary)
    page = client.get(f"/exchange/screening/{application.ref}").text
    reminder = page.split('class="copy__text"')[1].split("</textarea>")[0]
    assert f'lang="{lang}"' in reminder
    assert words in reminder


def test_others_do_not_know_of_the_pages(client, world, call):
    application = apply(world, call)
    for person in (world.host_person, world.coordinator, make_person(world.system)):
        sign_in(client, person)
        assert client.get(f"/exchange/screening/{application.ref}").status_code == 404
        assert client.get(f"/exchange/manage/calls/{call.ref}/screening").status_code == 403
        assert post(client, f"/exchange/screening/{application.ref}/do/accept_screening").status_code == 404


def test_the_next_one_follows(client, world, call):
    first, second = apply(world, call), apply(world, call)
    sign_in(client, world.secretary)
    done = post(client, f"/exchange/screening/{first.ref}/do/refuse_screening", {"refuse_screening-reason": "No."})
    assert done.location == f"/exchange/screening/{second.ref}"


def test_the_queue_costs_the_same_with_many(client, world, call):
    sign_in(client, world.secretary)
    apply(world, call)
    path = f"/exchange/manage/calls/{call.ref}/screening"
    with counted_queries() as one:
        client.get(path)
    for _ in range(12):
        apply(world, call)
    with counted_queries() as many:
        assert client.get(path).text.count("Select Malee") == 13
    assert len(many) == len(one)


def test_whoever_was_named_in_confidence_does_not_read_it(client, world, call):
    application = apply(world, call)
    application.named_ties = [
        {"name": world.secretary.name, "email": world.secretary.email, "reason": "My former head."}
    ]
    colleague = make_person(world.system, roles=[("secretariat", "platform", None)])
    path = f"/exchange/screening/{application.ref}"
    sign_in(client, world.secretary)
    assert "My former head." not in client.get(path).text
    sign_in(client, colleague)
    assert "My former head." in client.get(path).text
