"""Quotas, reserved places and targets of a call: how they are set, who reads them, and that the allocation keeps them."""

import pytest

from lms.allocation import check
from lms.core import workflow
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, Refused
from lms.exchange.flow import ALLOCATION_RUN, CALL
from lms.exchange.guarantees import Guarantees, Minimum, Problem, Quota, Reserve, problem_in, reserved_for_others
from lms.exchange.models import CallGuarantees
from lms.exchange.queries.deciding import run_visible_to
from lms.exchange.queries.guarantees import guarantees_of
from lms.exchange.services import allocation
from lms.exchange.services import guarantees as services
from tests.exchange.deciding import (
    SORRY,
    answer,
    fresh,
    person_of,
    rank_all,
    record,
    release,
    reviewed_call,
    run_allocation,
)
from tests.exchange.world import apply, mails, make_call, make_post, make_world, publish_call
from tests.factories import actor_of, post, sign_in


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def call(world):
    return publish_call(world)


def keep(world, call, *, reason="The funds of this year.", **kept):
    """The secretariat sets them."""
    services.set_guarantees(actor_of(world.secretary), call, Guarantees(**kept), reason=reason, version=None)


THAI = Quota("country", "TH", 1)


def deciding_call(world, call, applicants=3):
    """Everybody is from Thailand, and every host ranks in the order of submission."""
    applications = reviewed_call(world, call, applicants)
    rank_all(world, call)
    return applications


# --- what cannot be kept ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "pointer"),
    [
        ({"quotas": (Quota("country", "KH", 2), Quota("country", "KH", 3))}, "/quotas/1/value"),
        ({"quotas": (Quota("country", "KH", 1, 2),)}, "/quotas/0/least"),
        ({"quotas": (Quota("level", "master", None, 2), Quota("level", "doctorate", None, 2))}, "/quotas/1/least"),
        ({"reserves": (Reserve("p", "country", "KH", 3),)}, "/reserves/0/places"),
        ({"reserves": (Reserve("gone", "country", "KH", 1),)}, "/reserves/0/post"),
        ({"reserves": (Reserve("p", "country", "KH", 1),) * 2}, "/reserves/1/value"),
        ({"minimums": (Minimum("pku", 2), Minimum("pku", 1))}, "/minimums/1/host"),
        ({"minimums": (Minimum("sysu", 1), Minimum("pku", 3))}, "/minimums/1/least"),
        ({"rule": "serial", "quotas": (THAI,), "reserves": (Reserve("p", "country", "KH", 1),)}, "/rule"),
    ],
)
def test_what_cannot_be_kept_is_refused_where_it_stands(kept, pointer):
    problem = problem_in(Guarantees(**kept), {"p": 2, "q": 1}, {"p": "pku", "q": "sysu"}, {"host:sysu": 4})
    assert isinstance(problem, Problem)
    assert problem.pointer == pointer


def test_what_can_be_kept_passes():
    kept = Guarantees(
        quotas=(Quota("country", "KH", 2, 1), Quota("field", "vaccines", 1)),
        reserves=(Reserve("p", "country", "KH", 1), Reserve("p", "country", "LA", 1)),
        minimums=(Minimum("pku", 2),),
    )
    assert problem_in(kept, {"p": 2}, {"p": "pku"}, {"host:pku": 2}) is None


def test_a_reserved_place_is_kept_for_its_group_only_while_it_is_needed():
    mine, theirs = ("country", "TH"), ("country", "KH")
    reserve = [Reserve("p", *theirs, 1)]
    assert reserved_for_others(reserve, 2, [], frozenset({mine})) == []
    assert reserved_for_others(reserve, 2, [frozenset({mine})], frozenset({mine})) == [theirs]
    assert reserved_for_others(reserve, 2, [frozenset({mine})], frozenset({theirs})) == []
    assert reserved_for_others(reserve, 2, [frozenset({theirs})], frozenset({mine})) == []


# --- setting them -----------------------------------------------------------------------------------


def test_before_the_publication_they_change_in_place_and_afterwards_with_a_reason(world, call):
    draft = make_call(world)
    workflow.perform(CALL, draft, "open_preparation", actor=actor_of(world.secretary))
    keep(world, draft, quotas=(THAI,))
    keep(world, draft, quotas=(Quota("country", "TH", 2),))
    assert db.session.query(CallGuarantees).filter_by(call_id=draft.id).count() == 1
    with pytest.raises(Invalid) as refused:
        keep(world, call, reason="", quotas=(THAI,))
    assert refused.value.field == "/reason"
    keep(world, call, quotas=(THAI,))
    keep(world, call, quotas=(THAI,))  # nothing new
    keep(world, call, quotas=())
    assert [row.number for row in db.session.query(CallGuarantees).filter_by(call_id=call.id)] == [1, 2]


def test_whoever_has_applied_is_told_and_the_page_of_the_call_says_it(client, world, call):
    apply(world, call)
    keep(world, call, quotas=(THAI,), reserves=(Reserve(world.posts[0].ref, "level", "master", 1),))
    (mail,) = mails("Changed: quotas and reserved places of")
    assert "The funds of this year." in mail.body
    page = client.get(f"/exchange/calls/{call.ref}").text
    assert "Nationality: Thailand" in page
    assert "at most 1 person" in page
    assert "1 place first for people of this group: Highest degree: Master" in page
    assert "The funds of this year." in page


def test_rows_are_added_moved_and_refused_beside_their_fields(client, world, call):
    sign_in(client, world.secretary)
    path = f"/exchange/manage/calls/{call.ref}/guarantees"
    assert client.get(path).status_code == 200
    typed = {
        "rule": "cutoffs",
        "tie_break": "submitted",
        "reason": "The agreement of the partners.",
        "quotas-0-value": "country=TH",
        "quotas-0-most": "2",
        "quotas-0-least": "",
        "quotas-1-value": "level=doctorate",
        "quotas-1-most": "1",
        "quotas-1-least": "",
    }
    more = post(client, path, {**typed, "rows": "more:quotas"})
    assert more.status_code == 200
    assert "quotas-2-value" in more.text
    moved = post(client, path, {**typed, "rows": "up:quotas-1"}).text
    assert moved.index('selected value="level=doctorate"') < moved.index('selected value="country=TH"')
    assert guarantees_of(call.id) == Guarantees()
    beyond = post(client, path, {**typed, "quotas-1-least": "2"})
    assert beyond.status_code == 422
    assert 'id="quotas-1-least-error"' in beyond.text
    assert post(client, path, {**typed, "quotas-2-value": "country=KH"}).status_code == 422
    assert post(client, path, {**typed, "quotas-2-value": "country=XX", "quotas-2-most": "1"}).status_code == 422
    assert post(client, path, {**typed, "reason": ""}).status_code == 422
    # An empty row between two others is left out.
    sent = {**typed, "quotas-1-value": "", "quotas-1-most": "", "quotas-2-value": "home=" + world.home.slug}
    assert post(client, path, {**sent, "quotas-2-least": "1", "quotas-2-most": ""}).status_code == 303
    assert guarantees_of(call.id) == Guarantees(
        tie_break="submitted", quotas=(Quota("country", "TH", 2), Quota("home", world.home.slug, None, 1))
    )
    assert client.get(path).status_code == 200


# --- that they hold ---------------------------------------------------------------------------------


def test_a_quota_holds_from_the_run_to_the_last_decline(client, world, call):
    keep(world, call, quotas=(THAI,))
    applications = deciding_call(world, call)
    run = run_allocation(world, call)
    assert run.result["matched"] == 1
    assert check(run.instance, run.result["assignments"]).ok
    assert run.instance["applicants"][applications[0].ref]["attributes"] == {"country": "TH"}
    record(world, run)
    given = run.result["assignments"]
    free = next(one.ref for one in world.posts if one.ref not in given.values())
    loser = next(one for one in applications if given[one.ref] is None)
    with pytest.raises(Invalid, match="fill the quota of the call"):
        allocation.decide_by_hand(
            actor_of(world.secretary), fresh(loser), outcome="offer", post_ref=free, reason="Fit", version=None
        )
    release(world, call)
    for declined in range(3):
        states = [fresh(one).state for one in applications]
        assert (states.count("offered"), states.count("declined")) == (1, declined)
        answer(applications[states.index("offered")], "decline")


def test_a_reserved_place_goes_to_its_group_first(client, world, call):
    keep(world, call, reserves=(Reserve(world.posts[0].ref, "field", "vaccines", 1),))
    first, second, third = reviewed_call(world, call, 3, chosen=world.posts[:1])
    third.fields = ["vaccines"]
    rank_all(world, call)
    run = run_allocation(world, call)
    assert run.result["assignments"] == {first.ref: None, second.ref: None, third.ref: world.posts[0].ref}
    sign_in(client, world.secretary)
    assert "ranked higher, was reserved or given by hand" in client.get(f"/exchange/allocation/{run.ref}").text
    secretary = actor_of(world.secretary)

    def by_hand(application, **options):
        return allocation.decide_by_hand(
            secretary, fresh(application), outcome="offer", post_ref=world.posts[0].ref, reason="Fit", version=None, **options
        )  # fmt: skip

    with pytest.raises(Invalid, match="reserved for others"):
        by_hand(first)
    by_hand(first, overrides=True)
    entry = db.session.query(AuditEntry).filter_by(action="decision.changed").one()
    assert entry.detail["overrides"] == "reserve"
    workflow.perform(ALLOCATION_RUN, run_visible_to(secretary, run.ref), "discard", actor=secretary)
    again = run_allocation(world, call)
    assert again.instance["fixed"] == [[first.ref, world.posts[0].ref]]
    assert check(again.instance, again.result["assignments"]).ok


def test_the_page_of_a_run_says_what_a_quota_cost_and_what_binds(client, world, call):
    first, *_ = deciding_call(world, call)
    keep(world, call, quotas=(THAI, Quota("country", "KH", None, 1)), minimums=(Minimum(world.host.slug, 2),))
    given = world.posts[0].ref
    secretary = actor_of(world.secretary)
    allocation.decide_by_hand(secretary, fresh(first), outcome="offer", post_ref=given, reason="Fit", version=None)
    run = run_allocation(world, call)
    assert run.instance["fixed"] == [[first.ref, given]]
    assert run.result["certificate"]["feasible"] is True
    sign_in(client, world.secretary)
    path = f"/exchange/allocation/{run.ref}"
    page = client.get(path).text
    assert "Without it: +1 with a post, +0 with their first choice; 1 better off, 0 worse off." in page
    assert "Given by hand before this run" in page
    assert "Pairs that a quota keeps apart" in page
    assert "There was room, but the quota of the call was full: Nationality: Thailand." in page
    assert "Too few people who ask for it are accepted there." in page
    assert "People who count towards it found no place: " in page
    freed = client.get(f"{path}?node=quota:country=TH&places=2").text
    assert "Better" in freed
    assert "given a place by hand before this run" in client.get(f"{path}?node={given}&places=0").text


@pytest.mark.parametrize(
    ("disclosure", "most", "tells"), [("full", 2, True), ("full", 1, False), ("reasons", 2, False)]
)
def test_what_a_quota_cost_is_told_under_the_full_setting_and_never_of_one_place(
    client, world, call, disclosure, most, tells
):
    call.disclosure = disclosure
    make_post(world, call, title="Vector control")
    keep(world, call, quotas=(Quota("country", "TH", most),))
    *_, last = deciding_call(world, call)
    record(world, run_allocation(world, call))
    sign_in(client, person_of(last))
    path = f"/exchange/applications/{last.ref}"
    assert "Quotas of the call" not in client.get(path).text
    release(world, call)
    assert ("Quotas of the call" in client.get(path).text) is tells
    sign_in(client, world.host_person)
    assert ("Quotas of the call" in client.get(f"/exchange/ranking/{world.posts[0].ref}").text) is tells


def test_equal_reviews_go_by_the_published_tie_break(world, call):
    keep(world, call, rule="serial", tie_break="submitted", quotas=(Quota("country", "TH", 2),))
    applications = deciding_call(world, call)
    run = run_allocation(world, call)
    assert run.instance["order"] == [one.ref for one in applications]
    assert [run.result["assignments"][one.ref] is not None for one in applications] == [True, True, False]


def test_a_run_is_stale_once_a_quota_or_a_decision_by_hand_was_changed(world, call):
    first, *_ = deciding_call(world, call)
    run = run_allocation(world, call)
    keep(world, call, quotas=(THAI,))
    with pytest.raises(Refused, match="was changed since this run"):
        record(world, run)
    keep(world, call)
    allocation.decide_by_hand(
        actor_of(world.secretary), fresh(first), outcome="reject", post_ref=None, reason=SORRY, version=None
    )
    with pytest.raises(Refused, match="was changed since this run"):
        record(world, run)


def test_a_release_beyond_a_quota_and_a_run_without_room_are_refused(world, call):
    first, second, third = deciding_call(world, call)
    secretary = actor_of(world.secretary)
    allocation.decide_by_hand(secretary, fresh(third), outcome="reject", post_ref=None, reason=SORRY, version=None)
    for application, chosen in ((first, world.posts[0]), (second, world.posts[1])):
        allocation.decide_by_hand(
            secretary, fresh(application), outcome="offer", post_ref=chosen.ref, reason="Fit", version=None
        )
    keep(world, call, quotas=(THAI,))
    with pytest.raises(Refused, match="More offers than the quotas of the call allow: Nationality: Thailand"):
        workflow.perform(CALL, call, "release", actor=secretary)
    with pytest.raises(Refused, match="does not fit a place, limit or quota"):
        allocation.start_run(secretary, call)


def test_they_stand_once_decisions_are_released(world, call):
    deciding_call(world, call)
    record(world, run_allocation(world, call))
    release(world, call)
    with pytest.raises(Conflict):
        keep(world, call, quotas=(THAI,))
