"""Making a call, its rules and dates, its life by the clock, and the public pages."""

from datetime import timedelta

import pytest

from lms.applications.queries.calls import current_rules, rules_versions
from lms.applications.queries.facts import application_outcomes
from lms.core import clock, search, waiting, workflow
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotFound, Refused
from lms.core.outbox import relay
from lms.exchange.flow import CALL
from lms.exchange.queries.calls import call_visible_to
from lms.exchange.services import applying, calls
from tests.counting import counted_queries
from tests.exchange.world import apply, mails, make_call, make_post, make_scientist, make_world, publish_call
from tests.factories import actor_of, make_country, make_institution, make_person, post, sign_in


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def secretary(world):
    return actor_of(world.secretary)


def test_a_new_call_starts_with_the_usual_rules(world):
    call = make_call(world)
    assert call.state == "draft"
    assert [rule["kind"] for rule in current_rules(call).rules] == [
        "nationality", "age", "degree_or_experience", "employed_at_home", "language",
    ]  # fmt: skip


def test_publishing_names_every_reason_why_not(world, secretary):
    call = make_call(world, title_zh="", summary_zh="")
    workflow.perform(CALL, call, "open_preparation", actor=secretary)
    with pytest.raises(Refused) as refused:
        workflow.perform(CALL, call, "publish", actor=secretary)
    assert len(refused.value.reasons) == 2  # the Chinese texts and a post


def test_dates_must_be_in_order_and_ahead(world, secretary):
    now = clock.now()
    with pytest.raises(Invalid):
        make_call(world, closes_at=now - timedelta(days=1), opens_at=now - timedelta(days=2))
    call = make_call(world)
    with pytest.raises(Invalid):
        calls.edit_call(secretary, call, version=None, opens_at=call.closes_at, closes_at=call.opens_at)


def test_the_clock_closes_a_call_once_at_the_date_it_was_moved_to(world, secretary):
    call = publish_call(world)
    calls.edit_call(secretary, call, version=None, opens_at=call.opens_at, closes_at=call.closes_at + timedelta(days=5))
    clock.move(timedelta(days=31))
    db.session.commit()
    relay.run_until_idle()
    db.session.refresh(call)
    assert call.state == "published"
    clock.move(timedelta(days=5))
    db.session.commit()
    relay.run_until_idle()
    db.session.refresh(call)
    assert call.state == "closed"


def test_rules_of_a_public_call_get_versions_and_applications_keep_theirs(world, secretary):
    call = publish_call(world)
    application = apply(world, call)
    calls.put_rule(secretary, call, version=None, rule={"kind": "age", "at_most": 20, "at": "application"})
    assert [row.number for row in rules_versions(call)] == [2, 1]
    assert all(one.met.value == "yes" for one in application_outcomes(application, now=clock.now()))


def test_rules_of_a_draft_are_changed_in_place(world, secretary):
    call = make_call(world)
    calls.remove_rule(secretary, call, version=None, kind="age")
    calls.put_rule(secretary, call, version=None, rule={"kind": "age", "at_most": 40, "at": "closing"})
    assert [row.number for row in rules_versions(call)] == [1]
    assert current_rules(call).rules[-1]["at_most"] == 40


def test_a_stale_page_cannot_overwrite_a_call(world, secretary):
    call = make_call(world)
    seen = call.version
    calls.edit_call(secretary, call, version=seen, title_en="One")
    with pytest.raises(Conflict):
        calls.edit_call(secretary, call, version=seen, title_en="Two")


def test_cancelling_ends_every_application_and_says_why(world, secretary):
    call = publish_call(world)
    application = apply(world, call)
    workflow.perform(CALL, call, "cancel", actor=secretary, reason="No funds this year")
    assert application.state == "withdrawn"
    sent = mails("Cancelled: Young scientists 2027")
    assert len(sent) == 1
    assert "No funds this year" in sent[0].body


def test_hosts_are_invited_once(world, secretary):
    call = make_call(world)
    workflow.perform(CALL, call, "open_preparation", actor=secretary)
    make_person(world.system, institution=world.host, affiliation="coordinator")
    lonely = make_institution(world.system, country="CN")
    ids = [world.host.id, lonely.id]
    assert calls.invite_hosts(secretary, call, institution_ids=ids) == 1
    calls.invite_hosts(secretary, call, institution_ids=ids)
    assert len(mails("Draft posts for")) == 1


def test_only_hosts_and_the_secretariat_know_of_a_call_in_preparation(world, secretary):
    call = make_call(world)
    host, scientist = actor_of(world.host_person), actor_of(make_scientist(world))
    with pytest.raises(NotFound):
        call_visible_to(host, call.ref)
    workflow.perform(CALL, call, "open_preparation", actor=secretary)
    assert call_visible_to(host, call.ref).id == call.id
    with pytest.raises(NotFound):
        call_visible_to(scientist, call.ref)


def test_drafts_do_not_wait_for_anybody_once_the_call_has_closed(world, secretary):
    call = publish_call(world)
    person = make_scientist(world)
    applying.start_application(actor_of(person), call)
    assert len(waiting.items_for(actor_of(person))) == 1
    workflow.perform(CALL, call, "close", actor=secretary, reason="Enough")
    assert waiting.items_for(actor_of(person)) == []


# --- in the browser ---------------------------------------------------------------------------------


def test_the_secretariat_makes_a_call_in_the_browser(world, client):
    sign_in(client, world.secretary)
    data = {
        "title_en": "Call <b>one</b>", "title_zh": "第一期", "summary_en": "Text", "summary_zh": "文字",
        "zone": "Asia/Bangkok", "opens_local": "2030-01-01T09:00", "closes_local": "2030-03-01T17:00",
        "endorsement_days": "21", "answer_days": "14", "reviews_needed": "2", "max_choices": "3",
    }  # fmt: skip
    wrong = post(client, "/exchange/manage/calls/new", data | {"closes_local": "2029-01-01T09:00"})
    assert wrong.status_code == 422
    assert b"must close after it opens" in wrong.data
    made = post(client, "/exchange/manage/calls/new", data)
    assert made.status_code == 303
    page = client.get(made.headers["Location"]).text
    assert "Call &lt;b&gt;one&lt;/b&gt;" in page
    assert "17:00" in page
    base = made.headers["Location"]
    done = post(client, f"{base}/do/open_preparation", {"open_preparation-version": "1"})
    assert done.status_code == 303
    blocked = client.get(base).text
    assert "Approve at least one post first." in blocked


def test_rules_are_built_in_forms(world, client):
    make_country("LA")
    call = make_call(world)
    sign_in(client, world.secretary)
    base = f"/exchange/manage/calls/{call.ref}/rules"
    assert "at most 45 years" in client.get(base).text
    for kind, data in {
        "nationality": {"countries": ["TH", "LA"]},
        "age": {"at_most": "40", "at": "date", "on": "2027-01-01"},
        "degree_or_experience": {"degree": "master", "or_years": ""},
        "employed_at_home": {},
        "language": {"any_of": ["zh"], "level": "fluent"},
    }.items():
        assert client.get(f"{base}/{kind}").status_code == 200
        sent = post(client, f"{base}/{kind}", data)
        assert sent.status_code == 303, kind
    missing = post(client, f"{base}/age", {"at_most": "40", "at": "date", "on": ""})
    assert missing.status_code == 422
    assert b"Enter the day." in missing.data
    assert post(client, f"{base}/age/remove").status_code == 303
    page = client.get(base).text
    assert "at most" not in page
    assert "Chinese is at least fluent" in page
    assert client.get(f"{base}/unknown").status_code == 404


def test_documents_and_criteria_are_fixed_once_public(world, client):
    call = make_call(world)
    sign_in(client, world.secretary)
    path = f"/exchange/manage/calls/{call.ref}/requirements"
    assert client.get(path).status_code == 200
    data = {
        "document_kinds": ["cv"],
        "criteria-0-label_en": "Quality",
        "criteria-0-label_zh": "质量",
        "criteria-0-weight": "2",
    }
    assert post(client, path, data).status_code == 303
    db.session.refresh(call)
    assert call.document_kinds == ["cv"]
    assert call.criteria == [{"key": "c1", "label_en": "Quality", "label_zh": "质量", "weight": 2}]
    public = publish_call(world)
    sign_in(client, world.secretary)
    assert post(client, f"/exchange/manage/calls/{public.ref}/requirements", data).status_code == 409


@pytest.mark.parametrize("path", ["", "/edit", "/rules", "/requirements", "/posts", "/invite"])
def test_the_workspace_is_the_secretariats_alone(world, client, path):
    call = publish_call(world)
    url = f"/exchange/manage/calls/{call.ref}{path}"
    assert client.get(url).status_code == 302
    sign_in(client, make_scientist(world))
    assert client.get(url).status_code == 403
    sign_in(client, world.secretary)
    assert client.get(url).status_code == 200


def test_the_list_of_calls_is_searched_filtered_and_taken_out(world, client):
    publish_call(world)
    make_call(world, title_en="Another one")
    sign_in(client, world.secretary)
    assert "Another one" in client.get("/exchange/manage/calls/").text
    assert "Another one" not in client.get("/exchange/manage/calls/?q=scientists").text
    assert "Young scientists" not in client.get("/exchange/manage/calls/?state=draft").text
    assert "Young scientists 2027" in client.get("/exchange/manage/calls/?format=csv").text


def test_visitors_find_posts_by_words_and_filters(world, client):
    call = publish_call(world)
    page = client.get("/exchange/")
    assert page.status_code == 200
    assert "Malaria genomics" in page.text
    assert "Young scientists 2027" in page.text
    found = client.get("/exchange/?q=malaria").text
    assert "Malaria genomics" in found
    assert "Dengue surveillance" not in found
    assert "Malaria genomics" not in client.get("/exchange/?country=TH").text
    assert "Malaria genomics" in client.get("/exchange/?country=CN&open=now&months=6").text
    assert "No post matches" in client.get("/exchange/?months=12").text
    assert "Malaria genomics" in client.get(f"/exchange/?call={call.ref}&format=csv").text
    assert "at most 45 years old" in client.get(f"/exchange/calls/{call.ref}").text
    assert client.get(f"/exchange/posts/{world.posts[0].ref}").status_code == 200
    assert "Young scientists 2027" in client.get("/exchange/calls/").text


def test_nothing_of_an_unpublished_call_is_public(world, client, secretary):
    call = make_call(world)
    workflow.perform(CALL, call, "open_preparation", actor=secretary)
    hidden = make_post(world, call, title="Hidden post")
    assert "Hidden post" not in client.get("/exchange/").text
    assert "Hidden post" not in client.get("/exchange/?q=hidden").text
    assert client.get(f"/exchange/posts/{hidden.ref}").status_code == 404
    assert client.get(f"/exchange/calls/{call.ref}").status_code == 404
    assert search.search_all("hidden", kinds=["post", "call"]) == []


def test_catalogue_queries_do_not_grow_with_posts(world, client):
    publish_call(world)
    with counted_queries() as few:
        client.get("/exchange/")
    publish_call(world, titles=tuple(f"Post {number}" for number in range(15)))
    with counted_queries() as many:
        client.get("/exchange/")
    assert len(many) == len(few)
