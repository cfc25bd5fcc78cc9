"""Hosts draft posts in their labs; the secretariat approves or returns them."""

import pytest

from lms.core import waiting, workflow
from lms.core.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from lms.exchange.flow import CALL, POST
from lms.exchange.queries.posts import my_post
from lms.exchange.services import posts
from tests.exchange.world import apply, mails, make_call, make_post, make_world, publish_call
from tests.factories import actor_of, make_institution, make_lab, make_person, post, sign_in


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def call(world):
    call = make_call(world)
    workflow.perform(CALL, call, "open_preparation", actor=actor_of(world.secretary))
    return call


@pytest.fixture
def draft(world, call):
    return posts.draft_post(
        actor_of(world.host_person), call_id=call.id, lab_id=world.lab.id, title_en="Vaccines", duties="Work"
    )


def test_nobody_drafts_for_a_foreign_lab_or_a_call_that_takes_none(world, call):
    other = make_lab(world.system, institution=make_institution(world.system, country="CN"))
    host = actor_of(world.host_person)
    with pytest.raises(Invalid):
        posts.draft_post(host, call_id=call.id, lab_id=other.id, title_en="A", duties="B")
    with pytest.raises(Invalid):
        posts.draft_post(host, call_id=make_call(world).id, lab_id=world.lab.id, title_en="A", duties="B")


def test_a_returned_post_goes_back_with_its_reason(world, draft):
    host, secretary = actor_of(world.host_person), actor_of(world.secretary)
    workflow.perform(POST, draft, "submit", actor=host)
    (item,) = waiting.items_for(secretary)
    assert item.kind == "approve_post"
    assert item.due_at <= draft.call.closes_at
    with pytest.raises(Conflict):
        posts.edit_post(host, draft, version=None, title_en="Changed")
    workflow.perform(POST, draft, "return", actor=secretary, reason="Name the methods")
    assert [item.kind for item in waiting.items_for(host)] == ["correct_post"]
    assert "Name the methods" in mails("Please correct your post")[0].body
    draft = my_post(host, draft.ref)
    posts.edit_post(host, draft, version=None, title_en="Vaccines and methods")
    workflow.perform(POST, draft, "submit", actor=host)
    assert waiting.items_for(host) == []
    workflow.perform(POST, draft, "approve", actor=secretary)
    assert waiting.items_for(secretary) == []
    assert draft.state == "approved"


def test_only_the_secretariat_approves(world, draft):
    host = actor_of(world.host_person)
    workflow.perform(POST, draft, "submit", actor=host)
    with pytest.raises(NotPermitted):
        workflow.perform(POST, draft, "approve", actor=host)


def test_the_institutions_coordinator_sees_and_drafts_for_its_labs(world, call, draft):
    coordinator = make_person(world.system, institution=world.host, affiliation="coordinator")
    assert my_post(actor_of(coordinator), draft.ref).id == draft.id
    assert posts.draft_post(
        actor_of(coordinator), call_id=call.id, lab_id=world.lab.id, title_en="Second", duties="Work"
    )
    with pytest.raises(NotFound):
        my_post(actor_of(world.coordinator), draft.ref)


def test_applicants_are_told_when_a_post_is_withdrawn(world):
    call = publish_call(world)
    application = apply(world, call)
    workflow.perform(POST, world.posts[0], "withdraw", actor=actor_of(world.host_person))
    sent = mails("A post that you chose was withdrawn")
    assert len(sent) == 1
    assert application.ref in sent[0].body


def test_a_call_that_has_closed_takes_no_posts(world, call, draft):
    make_post(world, call)
    secretary = actor_of(world.secretary)
    workflow.perform(CALL, call, "publish", actor=secretary)
    workflow.perform(CALL, call, "close", actor=secretary, reason="Over")
    with pytest.raises(Refused):
        workflow.perform(POST, draft, "submit", actor=actor_of(world.host_person))


# --- in the browser ---------------------------------------------------------------------------------


def _data(world, call, **changed):
    from lms.core.db import db
    from lms.institutions.models import SubCentre

    centre = SubCentre(code="big-data", name_en="Health Big Data", name_zh="健康大数据", position=3)
    db.session.add(centre)
    db.session.flush()
    return {
        "call_id": call.id, "lab_id": world.lab.id, "title_en": "Genomics", "title_zh": "基因组学",
        "duties": "Sequence <i>things</i>.", "requirements": "", "working_languages": "en", "places": "2",
        "months": "12", "starts_on": "", "sub_centre_ids": [centre.id],
    } | changed  # fmt: skip


def test_a_host_drafts_submits_and_withdraws_in_the_browser(world, call, client):
    sign_in(client, world.host_person)
    data = _data(world, call)
    wrong = post(client, "/exchange/my-posts/new", data | {"places": "0"})
    assert wrong.status_code == 422
    assert "Genomics" in wrong.text
    made = post(client, "/exchange/my-posts/new", data)
    assert made.status_code == 303
    page = made.headers["Location"]
    assert "Submit for approval" in client.get(page).text
    assert post(client, page, data | {"places": "3"}).status_code == 303
    assert post(client, f"{page}/do/submit", {"submit-version": "2"}).status_code == 303
    assert post(client, f"{page}/do/submit", {"submit-version": "2"}).status_code == 409
    assert "Waiting for approval" in client.get("/exchange/my-posts/").text
    assert "Genomics" in client.get("/exchange/my-posts/?format=csv").text
    assert post(client, f"{page}/do/approve", {}).status_code == 404  # may not, and may not know


def test_the_secretariat_returns_with_a_reason_in_the_browser(world, call, draft, client):
    workflow.perform(POST, draft, "submit", actor=actor_of(world.host_person))
    sign_in(client, world.secretary)
    page = f"/exchange/manage/posts/{draft.ref}"
    assert "Vaccines" in client.get(page).text
    assert post(client, f"{page}/do/return", {"return-version": str(draft.version)}).status_code == 422
    sent = post(client, f"{page}/do/return", {"return-version": str(draft.version), "return-reason": "Shorter"})
    assert sent.status_code == 303
    sign_in(client, world.host_person)
    assert "Shorter" in client.get(f"/exchange/my-posts/{draft.ref}").text


def test_a_foreign_host_gets_404(world, draft, client):
    other = make_institution(world.system, country="CN")
    lab = make_lab(world.system, institution=other)
    sign_in(client, make_person(world.system, roles=[("host", "lab", lab.id)]))
    assert client.get(f"/exchange/my-posts/{draft.ref}").status_code == 404
    assert client.get(f"/exchange/posts/{draft.ref}").status_code == 404
    assert "Vaccines" not in client.get("/exchange/my-posts/").text
    sign_in(client, make_person(world.system))
    assert client.get("/exchange/my-posts/").status_code == 403
