"""What applicants, hosts and others with bad intentions, or bad luck, try in the exchange."""

from datetime import date

import pytest

from lms.applications.queries.endorsements import endorsements_of, live_endorsement
from lms.applications.services import endorsements
from lms.core import workflow
from lms.core.access import give_grant
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, Refused
from lms.exchange.flow import CALL, POST
from lms.exchange.models import Call, Offer, Post
from lms.exchange.queries import deciding as queries
from lms.exchange.queries.posts import my_post
from lms.exchange.services import applying, placements, posts
from tests.exchange.deciding import (
    fresh,
    person_of,
    placed,
    rank_all,
    record,
    reviewed_call,
    run_allocation,
    start_ranking,
)
from tests.exchange.test_endorsement import LINK
from tests.exchange.world import apply, fill_in, mails, make_call, make_scientist, make_world, publish_call
from tests.factories import actor_of, post, sign_in


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.mark.parametrize("odd", ["²", "٣", "9" * 40, "-1", "1e3", "x"])
@pytest.mark.parametrize("name", ["months", "sub_centre"])
def test_odd_numbers_in_the_catalogues_address(world, client, name, odd):
    publish_call(world)
    assert client.get("/exchange/", query_string={name: odd}).status_code == 200


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", ""])
@pytest.mark.parametrize("action", ["remove", "up", "down"])
def test_odd_numbers_among_the_choices(world, client, action, number):
    person = make_scientist(world)
    application = fill_in(person, publish_call(world), world.posts)
    sign_in(client, person)
    path = f"/exchange/applications/{application.ref}/choices"
    assert post(client, path, {"action": f"{action}:{number}"}).status_code == 404


@pytest.mark.parametrize("year", [1, 9999])
def test_a_stay_begins_in_a_year_from_which_one_can_count(world, year):
    call = make_call(world)
    workflow.perform(CALL, call, "open_preparation", actor=actor_of(world.secretary))
    host = actor_of(world.host_person)
    values = {"title_en": "Vaccines", "duties": "Work"}
    with pytest.raises(Invalid, match="Check the year"):
        posts.draft_post(host, call_id=call.id, lab_id=world.lab.id, starts_on=date(year, 1, 1), **values)
    draft = posts.draft_post(host, call_id=call.id, lab_id=world.lab.id, **values)
    with pytest.raises(Invalid, match="Check the year"):
        posts.edit_post(host, draft, version=None, starts_on=date(year, 1, 1), **values)


def test_a_stay_is_planned_for_a_year_from_which_one_can_count(world):
    placement = placed(world, publish_call(world))
    with pytest.raises(Invalid, match="Check the year"):
        placements.plan(actor_of(world.host_person), placement, planned_from=date(9999, 12, 31), version=None)


# --- a host withdraws a post while its call is being decided: it must not learn of any decision ---------------


def withdraw_post(world, ref: str) -> None:
    host = actor_of(world.host_person)
    workflow.perform(POST, my_post(host, ref), "withdraw", actor=host)


def deciding_call(world) -> Call:
    call = publish_call(world, titles=("Dengue surveillance",))
    reviewed_call(world, call, 1)
    rank_all(world, call)
    return call


def test_a_run_is_not_recorded_once_a_post_was_withdrawn(world):
    call = deciding_call(world)
    run = run_allocation(world, db.session.get(Call, call.id))
    withdraw_post(world, world.posts[0].ref)
    with pytest.raises(Refused, match="A post was withdrawn since this run"):
        record(world, queries.run_visible_to(actor_of(world.secretary), run.ref))


def test_nobody_is_offered_a_post_that_was_withdrawn(world):
    call = deciding_call(world)
    record(world, run_allocation(world, db.session.get(Call, call.id)))
    withdraw_post(world, db.session.query(Post).one().ref)
    with pytest.raises(Refused, match="More offers than places: Dengue surveillance"):
        workflow.perform(CALL, db.session.get(Call, call.id), "release", actor=actor_of(world.secretary))
    assert db.session.query(Offer).count() == 0


def test_a_secretary_who_applied_does_not_see_their_own_outcome(world, client):
    call = publish_call(world, titles=("Dengue surveillance",))
    first, second = reviewed_call(world, call, 2)
    rank_all(world, call)
    run = run_allocation(world, db.session.get(Call, call.id))
    give_grant(world.system, person_id=first.person_id, role="secretariat", scope_kind="platform")
    sign_in(client, person_of(fresh(first)))
    page = client.get(f"/exchange/allocation/{run.ref}").text
    assert second.ref in page
    assert first.ref not in page


# --- endorsements: mail in our name to an address that an applicant names -------------------------------------


def test_an_application_that_waits_for_nobody_asks_nobody(world, client):
    application = apply(world, publish_call(world))
    person, endorsement = person_of(application), live_endorsement(application)
    applying.withdraw(actor_of(person), application, version=None)
    with pytest.raises(Conflict, match="needs no endorsement"):
        endorsements.ask_another_way(actor_of(person), application, wish=LINK)
    sign_in(client, person)
    sent = {**LINK, "consent": "y"}
    assert post(client, f"/endorsements/{endorsement.ref}/mine/route", sent).status_code == 409
    assert mails("Request for endorsement: Malee, Young scientists 2027")[1:] == []


def test_an_applicant_cannot_flood_somebody_with_links(world):
    application = apply(world, publish_call(world))
    actor = actor_of(person_of(application))
    for _ in range(5):
        endorsements.ask_another_way(actor, application, wish=LINK)
    with pytest.raises(Invalid, match="several links today"):
        endorsements.ask_another_way(actor, application, wish=LINK)
    assert len(endorsements_of(application)) == 6


def test_nobody_endorses_themselves_by_capitals(world):
    person = make_scientist(world, email="malee@example.test")
    application = fill_in(person, publish_call(world), world.posts)
    with pytest.raises(Invalid, match="cannot endorse yourself"):
        applying.save_wish(actor_of(person), application, version=None, wish={**LINK, "email": "Malee@Example.test"})


# --- script in what people type is shown as text, also within our own sentences -------------------------------


def test_script_in_an_applicants_name_is_text_on_the_hosts_page(world, client):
    call = publish_call(world, titles=("Dengue surveillance",))
    person = make_scientist(world, name="Malee <img src=x onerror=alert(1)>")
    (application,) = reviewed_call(world, call, 1, person=person)
    start_ranking(world, call)
    sign_in(client, world.host_person)
    path = f"/exchange/ranking/{world.posts[0].ref}"
    sent = {f"position-{application.ref}": "0", f"reason-{application.ref}": "x" * 2000}
    for page in (client.get(path), post(client, path, sent)):
        assert "Position of Malee &lt;img" in page.text
        assert "<img src=x" not in page.text


def test_script_in_a_posts_title_is_text_in_what_is_missing(world, client):
    call = publish_call(world, titles=("<img src=x onerror=alert(1)>",))
    person = make_scientist(world)
    application = fill_in(person, call, world.posts)
    withdraw_post(world, world.posts[0].ref)
    sign_in(client, person)
    page = client.get(f"/exchange/applications/{application.ref}/check").text
    assert "&lt;img src=x onerror=alert(1)&gt;&#34; was withdrawn" in page
    assert "<img src=x" not in page
