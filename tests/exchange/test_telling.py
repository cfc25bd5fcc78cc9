"""What applicants are told about the allocation, and what the secretariat can ask about it."""

import hashlib
import json

import pytest

from lms.allocation import OutOfTime, check
from lms.core.db import db
from lms.core.errors import Invalid
from lms.exchange import jobs
from lms.exchange.queries import deciding as queries
from lms.exchange.services import calls
from tests.exchange.deciding import (
    decided_call,
    person_of,
    rank_all,
    record,
    release,
    released_call,
    reviewed_call,
    run_allocation,
)
from tests.exchange.world import make_world, publish_call
from tests.factories import actor_of, sign_in


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def call(world):
    return publish_call(world)


def page_of(client, application):
    sign_in(client, person_of(application))
    return client.get(f"/exchange/applications/{application.ref}").text


def test_reasons_are_told_after_the_release_and_without_positions(client, world, call):
    applications = decided_call(world, call, 3)
    last = applications[-1]
    assert "stand higher" not in page_of(client, last)
    release(world, call)
    page = page_of(client, last)
    assert "Every place went to people who stand higher in the host&#39;s order." in page
    assert "You were number" not in page
    assert "The allocation gave you this post." in page_of(client, applications[0])


def test_the_outcome_only(client, world, call):
    call.disclosure = "outcome"
    applications = released_call(world, call, 3)
    assert "stand higher" not in page_of(client, applications[-1])
    assert "The allocation gave you this post." not in page_of(client, applications[0])


@pytest.mark.parametrize("places", [1, 2])
def test_positions_where_they_point_at_nobody(client, world, call, places):
    call.disclosure = "full"
    for post in world.posts:
        post.places = places
    applications = released_call(world, call, 2 * places + 1)
    page = page_of(client, applications[-1])
    assert "stand higher" in page
    assert ("You were number 5 there, the last one admitted was number 2." in page) == (places == 2)


def test_what_is_told_is_published_and_stays(client, world, call):
    sign_in(client, world.secretary)
    assert "The reason for each choice, without positions" in client.get(f"/exchange/calls/{call.ref}").text
    form = client.get(f"/exchange/manage/calls/{call.ref}/edit").text
    assert "What applicants are told about the allocation" in form
    with pytest.raises(Invalid, match="public"):
        calls.edit_call(actor_of(world.secretary), call, version=None, disclosure="full")


def test_figures_and_what_would_be_with_another_place(client, world, call):
    applications = reviewed_call(world, call, 3)
    rank_all(world, call)
    run = run_allocation(world, call)
    path = f"/exchange/allocation/{run.ref}"
    sign_in(client, world.secretary)
    page = client.get(path).text
    for title in ("People by the choice that they got", "Places given, by host", "People with a post, by country"):
        assert title in page
    assert "Peking University" in page
    assert "2 of 2" in page
    first = world.posts[0].ref
    page = client.get(f"{path}?node={first}&places=2").text
    assert "Who would move" in page
    assert applications[-1].ref in page.split("Who would move", 1)[1]
    assert "Better" in page
    assert "everybody would end where they are" in client.get(f"{path}?node={first}&places=1").text
    for odd in ("node=nothing&places=2", f"node={first}&places=-1", f"node={first}&places=9999"):
        page = client.get(f"{path}?{odd}")
        assert page.status_code == 200
        assert "Who would move" not in page.text
    assert queries.run_visible_to(actor_of(world.secretary), run.ref).result == run.result


def test_figures_name_institutions_in_the_readers_language(client, world, call):
    world.posts[0].institution.name_zh = "北京大学"
    reviewed_call(world, call)
    rank_all(world, call)
    run = run_allocation(world, call)
    sign_in(client, world.secretary)
    client.get("/language/zh?next=/")
    shown = client.get(f"/exchange/allocation/{run.ref}").text.split('id="figures"', 1)[1]
    assert "北京大学" in shown
    assert "Peking University" not in shown


def test_a_call_too_large_to_answer_in_a_page(client, world, call, monkeypatch):
    reviewed_call(world, call)
    rank_all(world, call)
    run = run_allocation(world, call)
    monkeypatch.setattr("lms.exchange.views.figures._SECONDS", -1)
    sign_in(client, world.secretary)
    page = client.get(f"/exchange/allocation/{run.ref}?node={world.posts[0].ref}&places=2").text
    assert "too large to answer here" in page


def test_a_run_that_takes_too_long_fails(world, call, monkeypatch):
    def endless(*_):
        raise OutOfTime

    reviewed_call(world, call)
    rank_all(world, call)
    monkeypatch.setattr(jobs, "compute", endless)
    run = run_allocation(world, call)
    assert (run.state, run.result, run.facts) == ("failed", {}, {"failed_for": "time"})
    monkeypatch.undo()
    db.session.expire_all()
    assert run_allocation(world, call).state == "proposed"


@pytest.mark.parametrize("disclosure", ["reasons", "full"])
def test_hosts_learn_how_their_order_ended(client, world, call, disclosure):
    call.disclosure = disclosure
    for post in world.posts:
        post.places = 2
    decided_call(world, call, 3)
    sign_in(client, world.host_person)
    path = f"/exchange/ranking/{world.posts[0].ref}"
    assert "Result of the allocation" not in client.get(path).text
    release(world, call)
    page = client.get(path).text
    assert "2 of 2 places were given." in page
    assert ("The last person admitted stands at 2 in your order." in page) == (disclosure == "full")


def test_what_came_out_can_be_checked_by_anybody_who_has_the_files(client, world, call):
    reviewed_call(world, call)
    rank_all(world, call)
    run = run_allocation(world, call)
    path = f"/exchange/allocation/{run.ref}"
    sign_in(client, world.secretary)
    went_in, came_out = (json.loads(client.get(f"{path}/{name}.json").data) for name in ("instance", "result"))
    assert check(went_in, came_out["assignments"]).ok
    assert came_out["input_sha256"] == hashlib.sha256(client.get(f"{path}/instance.json").data).hexdigest()
    sign_in(client, world.host_person)
    assert client.get(f"{path}/result.json").status_code == 404


def test_nobody_of_the_secretariat_learns_of_their_own_place_before_the_release(client, world, call):
    applications = reviewed_call(world, call, 3)
    rank_all(world, call)
    run = run_allocation(world, call)
    path, first = f"/exchange/allocation/{run.ref}", world.posts[0].ref
    sign_in(client, world.secretary)
    assert applications[-1].ref in client.get(f"{path}?node={first}&places=2").text
    applications[-1].person_id = world.secretary.id
    db.session.commit()
    assert applications[-1].ref not in client.get(f"{path}?node={first}&places=2").text
    assert [client.get(f"{path}/{name}.json").status_code for name in ("instance", "result")] == [404, 404]
    record(world, queries.run_visible_to(actor_of(world.secretary), run.ref))
    release(world, call)
    assert client.get(f"{path}/result.json").status_code == 200
