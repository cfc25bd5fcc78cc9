"""Hosts rank candidates, refuse consent, and see nobody before they are asked."""

import pytest

from lms.core import waiting, workflow
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotFound, Refused
from lms.exchange.flow import CALL
from lms.exchange.models import Call, HostRanking
from lms.exchange.queries import ranking as queries
from lms.exchange.services import ranking as services
from lms.exchange.services.ranking import Opinion
from tests.exchange.deciding import rank, reviewed_call, start_ranking
from tests.exchange.world import mails, make_world, publish_call
from tests.factories import actor_of, make_person, post, sign_in


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def call(world):
    return publish_call(world, titles=("Dengue surveillance",))


def test_hosts_see_nobody_before_they_are_asked(client, world, call):
    applications = reviewed_call(world, call)
    host, place = actor_of(world.host_person), world.posts[0]
    with pytest.raises(NotFound):
        queries.post_to_rank(host, place.ref)
    ref = place.ref
    sign_in(client, world.host_person)
    assert "Malee" not in client.get("/exchange/ranking/").text
    assert client.get(f"/exchange/ranking/{ref}").status_code == 404
    start_ranking(world, db.session.get(Call, applications[0].call_id))
    assert [item.kind for item in waiting.items_for(actor_of(world.host_person))] == ["rank"]
    assert len(mails("Please rank the applicants")) == 1
    assert client.get(f"/exchange/ranking/{ref}").text.count("Malee") >= 2


def test_every_candidate_gets_a_position_or_a_refusal(world, call):
    first, second = reviewed_call(world, call)
    start_ranking(world, call)
    host = actor_of(world.host_person)
    place = queries.post_to_rank(host, world.posts[0].ref)
    with pytest.raises(Refused, match="neither a position nor a refusal"):
        services.submit_ranking(host, place, opinions={first.ref: Opinion(1)}, version=None)
    with pytest.raises(Invalid, match="same position"):
        services.save_ranking(host, place, opinions={first.ref: Opinion(1), second.ref: Opinion(1)}, version=None)
    with pytest.raises(Invalid, match="both"):
        services.save_ranking(host, place, opinions={first.ref: Opinion(1, "No room")}, version=None)
    with pytest.raises(Refused, match="not ranked"):
        workflow.perform(CALL, call, "start_deciding", actor=actor_of(world.secretary))
    rank(world, place, [second], [first])
    assert place.ranked_at is not None
    assert waiting.items_for(host) == []
    with pytest.raises(Conflict, match="handed in"):
        services.save_ranking(host, place, opinions={}, version=None)
    workflow.perform(CALL, call, "start_deciding", actor=actor_of(world.secretary))


def test_moving_saves_and_keeps_the_rest(world, call):
    first, second = reviewed_call(world, call)
    start_ranking(world, call)
    host = actor_of(world.host_person)
    place = queries.post_to_rank(host, world.posts[0].ref)
    both = {first.ref: Opinion(3), second.ref: Opinion(7)}
    services.save_ranking(host, place, opinions=both, version=None)
    assert [row.position for row in queries.rankings_of(place).values()] == [1, 2]
    services.move(host, place, ref=second.ref, direction="up", opinions=both, version=None)
    assert queries.rankings_of(place)[second.id].position == 1
    services.move(
        host,
        place,
        ref=second.ref,
        direction="up",
        opinions={second.ref: Opinion(1), first.ref: Opinion(2)},
        version=None,
    )
    assert queries.rankings_of(place)[second.id].position == 1
    stale = place.version - 1
    with pytest.raises(Conflict):
        services.save_ranking(host, place, opinions=both, version=stale)


def test_going_on_without_a_ranking_needs_a_reason(world, call):
    reviewed_call(world, call)
    start_ranking(world, call)
    secretary = actor_of(world.secretary)
    workflow.perform(CALL, call, "start_deciding_without", actor=secretary, reason="The host is away.")
    assert call.state == "deciding"
    assert waiting.items_for(actor_of(world.host_person)) == []


def test_the_secretariat_opens_a_ranking_again(client, world, call):
    first, second = reviewed_call(world, call)
    start_ranking(world, call)
    rank(world, world.posts[0], [first, second])
    ref, call_ref = world.posts[0].ref, call.ref
    sign_in(client, world.secretary)
    assert "Ranked" in client.get(f"/exchange/manage/calls/{call_ref}/rankings").text
    assert client.get(f"/exchange/ranking/{ref}").status_code == 200
    assert post(client, f"/exchange/ranking/{ref}", {f"position-{first.ref}": "2"}).status_code == 404
    assert post(client, f"/exchange/ranking/{ref}/reopen").status_code == 303
    assert [item.kind for item in waiting.items_for(actor_of(world.host_person))] == ["rank"]


def test_a_host_ranks_on_the_page(client, world, call):
    first, second = reviewed_call(world, call)
    start_ranking(world, call)
    ref = world.posts[0].ref
    refs = first.ref, second.ref
    sign_in(client, world.host_person)
    path = f"/exchange/ranking/{ref}"
    page = client.get(path).text
    assert "Well founded." not in page
    assert "4.00" not in page
    candidate = client.get(f"{path}/candidates/{refs[0]}")
    assert candidate.status_code == 200
    assert "Well founded." not in candidate.text
    document = candidate.text.split("/documents/")[1].split('"')[0]
    assert client.get(f"{path}/candidates/{refs[0]}/documents/{document}").status_code == 200
    assert post(client, path, {"up": refs[1]}).status_code == 303
    assert post(client, path, {f"position-{refs[0]}": "x"}).status_code == 422
    bad = post(client, path, {f"position-{refs[0]}": "1", f"position-{refs[1]}": "", "submit": "1"})
    assert bad.status_code == 422
    assert "neither a position" in bad.text
    good = post(
        client,
        path,
        {f"position-{refs[0]}": "", f"position-{refs[1]}": "1", f"reason-{refs[0]}": "No bench space.", "submit": "1"},
    )
    assert good.status_code == 303
    assert db.session.query(HostRanking).filter_by(position=1).one().application_id == second.id
    assert "No bench space." in client.get(path).text
    assert "Dengue" in client.get("/exchange/ranking/?format=csv").text


def test_other_hosts_and_applicants_do_not_see_candidates(client, world, call):
    from tests.factories import make_lab

    applications = reviewed_call(world, call)
    start_ranking(world, call)
    ref = world.posts[0].ref
    person = applications[0].person
    other_lab = make_lab(world.system, institution=world.host)
    stranger = make_person(world.system, roles=[("host", "lab", other_lab.id)])
    for who in (stranger, world.coordinator, person):
        sign_in(client, who)
        assert client.get(f"/exchange/ranking/{ref}").status_code == 404
    fellow = make_person(world.system, roles=[("coordinator", "institution", world.host.id)])
    sign_in(client, fellow)
    page = client.get(f"/exchange/ranking/{ref}")
    assert page.status_code == 200
    assert "Hand in the ranking" not in page.text
    assert post(client, f"/exchange/ranking/{ref}", {"submit": "1"}).status_code == 404


def test_a_host_whom_a_candidate_named_neither_sees_nor_ranks(client, world, call):
    colleague = make_person(world.system, roles=[("host", "lab", world.lab.id)])
    (application,) = reviewed_call(world, call, 1, chosen=world.posts[:1])
    row = {"name": world.host_person.name, "email": world.host_person.email, "reason": "We fell out."}
    application.named_ties = [row]
    start_ranking(world, call)
    path = f"/exchange/ranking/{world.posts[0].ref}"
    sign_in(client, world.host_person)
    assert client.get(path).status_code == 404
    assert world.posts[0].title_en not in client.get("/exchange/ranking/").text
    assert {item.person_id for item in waiting.items_about(("post_ranking", world.posts[0].id))} == {colleague.id}
    sign_in(client, colleague)
    assert "Hand in the ranking" in client.get(path).text


def test_where_every_host_was_named_the_coordinator_ranks(client, world, call):
    coordinator = make_person(world.system, roles=[("coordinator", "institution", world.host.id)])
    (application,) = reviewed_call(world, call, 1, chosen=world.posts[:1])
    path = f"/exchange/ranking/{world.posts[0].ref}"
    row = {"name": world.host_person.name, "email": world.host_person.email, "reason": "We fell out."}
    application.named_ties = [row]
    start_ranking(world, call)
    sign_in(client, coordinator)
    assert "Hand in the ranking" in client.get(path).text
    sent = {f"position-{application.ref}": "1", "submit": "1"}
    assert post(client, path, sent).status_code == 303
    assert queries.rankings_of(world.posts[0])[application.id].position == 1
