"""Reviews: who may be asked, what they see, what is needed, and conflicts of interest."""

from datetime import timedelta

import pytest

from lms.accounts.services import set_home
from lms.applications import conflicts
from lms.applications.conflicts import Tie
from lms.applications.flow import REVIEW
from lms.applications.models import DeclaredConflict, Review
from lms.applications.queries import reviews as queries
from lms.applications.queries.endorsements import endorsements_of
from lms.applications.queries.ties import ties_between
from lms.applications.review_rules import reviews_wanted, spread_work, total
from lms.applications.services import reviews as services
from lms.core import clock, waiting, workflow
from lms.core.access import give_grant
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotFound, Refused
from lms.exchange.flow import CALL
from lms.exchange.queries.applying import own_application
from tests.counting import counted_queries
from tests.exchange.deciding import (
    accept_screening,
    assign_all,
    close,
    fresh,
    make_reviewers,
    person_of,
    start_ranking,
    write_review,
)
from tests.exchange.world import apply, fill_in, mails, make_scientist, make_world, publish_call, submit
from tests.factories import actor_of, make_person, post, sign_in


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def call(world):
    return publish_call(world)


@pytest.fixture
def application(world, call):
    one = accept_screening(world, apply(world, call))
    close(world, call)
    return fresh(one)


def due():
    return clock.now() + timedelta(days=7)


def assign(world, application, reviewer):
    return services.assign(actor_of(world.secretary), application, reviewer_ref=reviewer.ref, due_at=due())


# --- pure rules -----------------------------------------------------------------------------------------


def test_ties_are_found_either_way():
    named = (conflicts.Named(conflicts.words_of("An Nguyen Van")),)
    candidate = conflicts.Candidate(1, frozenset({10}), frozenset({20}), frozenset({30}), frozenset({5}), named)
    free = conflicts.Reviewer(2, frozenset({11}), frozenset({31}), frozenset({9}))
    assert conflicts.ties(free, candidate) == []
    tied = {
        Tie.APPLICANT: conflicts.Reviewer(1),
        Tie.HOME: conflicts.Reviewer(2, frozenset({10})),
        Tie.HOST_INSTITUTION: conflicts.Reviewer(2, frozenset({20})),
        Tie.HOST_LAB: conflicts.Reviewer(2, lab_ids=frozenset({30})),
        Tie.ENDORSED: conflicts.Reviewer(5),
        Tie.DECLARED: conflicts.Reviewer(2, tied_to=frozenset({1})),
        Tie.NAMED: conflicts.Reviewer(2, names=(conflicts.words_of("Nguyễn Văn An"),)),
    }
    for tie, reviewer in tied.items():
        assert conflicts.ties(reviewer, candidate) == [tie]


@pytest.mark.parametrize(
    ("written", "is_meant"),
    [
        ("NGUYEN Van An", True),
        ("An Nguyễn", True),
        ("An", False),
        ("Nguyen Van Binh", False),
        ("阮文安", True),
        ("", False),
    ],
)
def test_a_name_means_somebody_however_it_is_written(written, is_meant):
    names = (conflicts.words_of("Nguyễn Văn An"), conflicts.words_of("阮文安"))
    assert conflicts.is_meant(conflicts.Named(conflicts.words_of(written)), names, "an@example.org") is is_meant
    by_address = conflicts.Named(frozenset(), "an@example.org")
    assert conflicts.is_meant(by_address, names, "an@example.org")


def test_totals_are_weighted_and_disagreement_asks_for_a_third():
    criteria = [{"key": "a", "weight": 3}, {"key": "b", "weight": 1}]
    assert str(total(criteria, {"a": 4, "b": 1})) == "3.25"
    four, three, two = (total([{"key": "a"}], {"a": score}) for score in (4, 3, 2))
    assert reviews_wanted(2, [four]) == 2
    assert reviews_wanted(2, [four, three]) == 2
    assert reviews_wanted(2, [four, two]) == 3
    assert reviews_wanted(2, [four, two, three]) == 3


def test_work_is_spread_evenly_and_scarce_reviewers_are_kept_for_whom_nobody_else_may_review():
    pairs = spread_work({1: 1, 2: 1}, {1: [7, 8], 2: [7]}, {})
    assert sorted(pairs) == [(1, 8), (2, 7)]
    assert spread_work({1: 2}, {1: [7]}, {}) == [(1, 7)]
    many = spread_work(dict.fromkeys(range(9), 2), {n: [1, 2, 3] for n in range(9)}, {})
    assert [sum(reviewer == r for _a, reviewer in many) for r in (1, 2, 3)] == [6, 6, 6]


# --- assigning ------------------------------------------------------------------------------------------


def test_reviewers_with_a_tie_are_refused_with_every_reason(world, application):
    reviewer = make_person(
        world.system, institution=world.home, roles=[("reviewer", "platform", None), ("host", "lab", world.lab.id)]
    )
    with pytest.raises(Refused) as refused:
        assign(world, application, reviewer)
    assert [str(reason) for reason in refused.value.reasons] == [
        str(conflicts.TIES[Tie.HOME]),
        str(conflicts.TIES[Tie.HOST_LAB]),
    ]
    with pytest.raises(NotFound):
        assign(world, application, make_person(world.system))


def test_the_endorser_and_whoever_declared_a_tie_do_not_review(world, application):
    give_grant(world.system, person_id=world.coordinator.id, role="reviewer", scope_kind="platform")
    set_home(world.system, person_id=world.coordinator.id, institution_id=None, country=None)
    with pytest.raises(Refused):
        assign(world, application, world.coordinator)
    reviewer = make_reviewers(world, 1)[0]
    db.session.add(
        DeclaredConflict(person_id=application.person_id, other_id=reviewer.id, reason="Kin", declared_at=clock.now())
    )
    with pytest.raises(Refused, match="tie was declared"):
        assign(world, application, reviewer)


def test_assigning_waits_for_the_reviewer_and_cannot_happen_twice(world, application):
    reviewer = make_reviewers(world, 1)[0]
    assign(world, application, reviewer)
    assert [item.kind for item in waiting.items_for(actor_of(reviewer))] == ["review"]
    (mail,) = mails("Please review an application")
    assert "Malee" not in mail.subject + mail.body
    application = fresh(application)
    with pytest.raises(Conflict):
        assign(world, application, reviewer)
    with pytest.raises(Invalid):
        services.assign(
            actor_of(world.secretary), application, reviewer_ref=reviewer.ref, due_at=clock.now() - timedelta(1)
        )


def test_sharing_out_gives_everybody_what_they_need_and_says_what_is_lacking(world, call):
    applications = [accept_screening(world, apply(world, call)) for _ in range(3)]
    with pytest.raises(Conflict):
        assign_all(world, call)
    close(world, call)
    reviewers = make_reviewers(world, 3)
    shared = assign_all(world, call)
    assert (shared.assigned, shared.lacking) == (6, 0)
    assert set(queries.loads(call).values()) == {2}
    assert "assign_reviewers" not in [item.kind for item in waiting.items_for(actor_of(world.secretary))]
    assert assign_all(world, call).assigned == 0
    review = db.session.query(Review).filter_by(reviewer_id=reviewers[0].id).first()
    own = queries.review_visible_to(actor_of(reviewers[0]), review.ref)
    workflow.perform(REVIEW, own, "recuse", actor=actor_of(reviewers[0]), reason="Former student")
    assert "assign_reviewers" in [item.kind for item in waiting.items_for(actor_of(world.secretary))]
    assert assign_all(world, call).lacking == 0
    assert len(applications) == 3


def test_a_recused_reviewer_loses_sight_and_is_never_asked_again(world, application):
    reviewer = make_reviewers(world, 1)[0]
    review = assign(world, application, reviewer)
    own = queries.review_visible_to(actor_of(reviewer), review.ref)
    workflow.perform(REVIEW, own, "recuse", actor=actor_of(reviewer), reason="Joint grant")
    with pytest.raises(NotFound):
        queries.review_visible_to(actor_of(reviewer), review.ref)
    ties = ties_between(actor_of(world.secretary), [reviewer], [fresh(application)])
    assert ties[application.id, reviewer.id] == [Tie.DECLARED]


def test_a_removed_reviewer_can_be_asked_again(world, application):
    reviewer = make_reviewers(world, 1)[0]
    review = assign(world, application, reviewer)
    secretary = actor_of(world.secretary)
    managed = queries.managed_review(secretary, review.ref)
    workflow.perform(REVIEW, managed, "remove", actor=secretary, reason="On leave")
    assert waiting.items_for(actor_of(reviewer)) == []
    workflow.perform(REVIEW, managed, "assign_again", actor=secretary)
    assert [item.kind for item in waiting.items_for(actor_of(reviewer))] == ["review"]


def test_withdrawing_takes_reviews_back(world, application):
    from lms.exchange.queries.applying import own_application
    from lms.exchange.services import applying

    reviewer = make_reviewers(world, 1)[0]
    assign(world, application, reviewer)
    applicant = actor_of(person_of(application))
    applying.withdraw(applicant, own_application(applicant, application.ref), version=None)
    assert db.session.query(Review).one().state == "removed"
    assert waiting.items_for(actor_of(reviewer)) == []


# --- writing --------------------------------------------------------------------------------------------


def test_a_review_is_complete_before_it_is_handed_in(world, application):
    reviewer = make_reviewers(world, 1)[0]
    actor = actor_of(reviewer)
    review = queries.review_visible_to(actor, assign(world, application, reviewer).ref)
    with pytest.raises(Refused) as refused:
        services.submit(actor, review, scores={"c1": 4}, comment="", version=None)
    assert refused.value.reasons
    with pytest.raises(Invalid):
        services.save(actor, review, scores={"c1": 9}, comment="", version=None)
    services.save(actor, review, scores={"c1": 4}, comment="So far", version=None)
    assert review.scores == {"c1": 4}
    assert review.state == "assigned"
    write_review(review, score=5)
    assert str(review.total) == "5.00"
    assert review.state == "submitted"
    with pytest.raises(Conflict):
        services.save(actor, review, scores={"c1": 1}, comment="Other", version=None)


def test_a_tie_that_comes_about_later_stops_the_review(world, application):
    reviewer = make_reviewers(world, 1)[0]
    review = assign(world, application, reviewer)
    set_home(world.system, person_id=reviewer.id, institution_id=world.home.id, country="TH")
    with pytest.raises(Refused):
        write_review(review)
    assert review.state == "assigned"


def test_ranking_waits_for_every_review_and_for_a_third_when_two_disagree(world, call, application):
    make_reviewers(world, 3)
    assign_all(world, call)
    first, second = db.session.query(Review).order_by(Review.id).all()
    write_review(first, score=5)
    with pytest.raises(Refused, match="lacks reviews"):
        start_ranking(world, call)
    write_review(second, score=2)
    with pytest.raises(Refused, match="lacks reviews"):
        start_ranking(world, call)
    assert assign_all(world, call).assigned == 1
    write_review(db.session.query(Review).filter_by(state="assigned").one())
    start_ranking(world, call)
    assert db.session.get(type(call), call.id).state == "ranking"


def test_unscreened_applications_hold_ranking_back(world, call):
    apply(world, call)
    close(world, call)
    with pytest.raises(Refused, match="not screened"):
        workflow.perform(
            CALL, call, "start_ranking", actor=actor_of(world.secretary), due_on=(clock.now() + timedelta(9)).date()
        )


# --- pages ----------------------------------------------------------------------------------------------


def test_a_reviewer_reads_scores_and_hands_in(client, world, application):
    first, second = make_reviewers(world, 2)
    review, other = assign(world, application, first), assign(world, application, second)
    write_review(other, score=3)
    sign_in(client, first)
    assert "Malee" in client.get("/reviews/").text
    page = client.get(f"/reviews/{review.ref}")
    assert page.status_code == 200
    assert "I want to learn" in page.text
    assert "(optional)" not in page.text
    assert "What other reviewers handed in" not in page.text
    assert "Well founded." not in page.text
    document = page.text.split(f"/reviews/{review.ref}/documents/")[1].split('"')[0]
    assert client.get(f"/reviews/{review.ref}/documents/{document}").status_code == 200
    saved = post(client, f"/reviews/{review.ref}", {"score_c1": "4", "comment": "Draft"})
    assert saved.status_code == 303
    bad = post(client, f"/reviews/{review.ref}", {"score_c1": "4", "comment": "Draft", "submit": "1"})
    assert bad.status_code == 422
    assert 'id="score_c2-error"' in bad.text
    assert 'id="score_c1-error"' not in bad.text
    unexplained = post(client, f"/reviews/{review.ref}/do/recuse", {"reason": ""})
    assert unexplained.status_code == 422
    assert "Draft</textarea>" in unexplained.text
    scores = {f"score_c{number}": "4" for number in range(1, 5)}
    done = post(client, f"/reviews/{review.ref}", {**scores, "comment": "Good", "submit": "1"})
    assert done.status_code == 303
    after = client.get(f"/reviews/{review.ref}").text
    assert "What other reviewers handed in" in after
    assert "Reviewer 2" not in after
    sign_in(client, second)
    assert client.get(f"/reviews/{review.ref}").status_code == 404


def test_a_reviewer_with_a_tie_sees_nothing_but_the_way_out(client, world, application):
    reviewer = make_reviewers(world, 1)[0]
    review = assign(world, application, reviewer)
    set_home(world.system, person_id=reviewer.id, institution_id=world.host.id, country="CN")
    sign_in(client, reviewer)
    page = client.get(f"/reviews/{review.ref}")
    assert "You cannot review this application" in page.text
    assert "I want to learn" not in page.text
    assert post(client, f"/reviews/{review.ref}/do/recuse").status_code == 422
    back = post(client, f"/reviews/{review.ref}/do/recuse", {"recuse-reason": "I moved to the host."})
    assert back.status_code == 303
    assert client.get(f"/reviews/{review.ref}").status_code == 404


def test_a_tie_is_declared_by_address(client, world, application):
    reviewer = make_reviewers(world, 1)[0]
    sign_in(client, reviewer)
    assert post(client, "/reviews/ties", {"email": "nobody@example.org", "reason": "Kin"}).status_code == 422
    address = person_of(application).email
    assert post(client, "/reviews/ties", {"email": address, "reason": "Kin"}).status_code == 303
    assert "Malee" in client.get("/reviews/ties").text


def test_an_applicant_names_in_confidence_who_should_not_review(client, world, call):
    reviewer, other, *_rest = make_reviewers(world)
    person = make_scientist(world)
    application = fill_in(person, call, world.posts)
    path = f"/exchange/applications/{application.ref}/ties"
    sign_in(client, person)
    assert post(client, path, {"name": "", "reason": ""}).status_code == 422
    named = {"name": reviewer.name.upper(), "email": "", "reason": "My former supervisor"}
    assert post(client, path, named).status_code == 303
    assert post(client, path, {"name": "Somebody", "email": other.email, "reason": "Kin"}).status_code == 303
    assert post(client, path, {"remove": "1"}).status_code == 303
    assert post(client, path, {"remove": "7"}).status_code == 409
    accept_screening(world, submit(person, own_application(actor_of(person), application.ref)))
    assert post(client, path, named).status_code == 409
    close(world, call)
    submitted = fresh(application)
    with pytest.raises(Refused, match="tie was declared"):
        assign(world, submitted, reviewer)
    review = assign(world, submitted, other)
    sign_in(client, world.secretary)
    page = client.get(f"/reviews/applications/{application.ref}").text
    assert "My former supervisor" in page
    assert "The applicant asked that this person should not review them." in page
    assert "My former supervisor" in client.get(f"/exchange/screening/{application.ref}").text
    sign_in(client, other)
    assert "supervisor" not in client.get(f"/reviews/{review.ref}").text
    for who, address in (
        (world.coordinator, f"/endorsements/{endorsements_of(submitted)[0].ref}"),
        (world.host_person, f"/exchange/ranking/{world.posts[0].ref}/candidates/{application.ref}"),
    ):
        sign_in(client, who)
        assert "supervisor" not in client.get(address).text


def test_the_secretariat_assigns_on_pages(client, world, call, application):
    reviewer = make_reviewers(world, 1)[0]
    make_person(world.system, name="Tied", institution=world.home, roles=[("reviewer", "platform", None)])
    sign_in(client, world.secretary)
    page = client.get(f"/reviews/applications/{application.ref}").text
    assert "May not review" in page
    assert "Belongs to the applicant" in page
    path = f"/reviews/applications/{application.ref}"
    assert post(client, path, {"reviewer": reviewer.ref, "due_on": "2001-01-01"}).status_code == 422
    assert post(client, path, {"reviewer": reviewer.ref, "due_on": "2099-01-01"}).status_code == 303
    review = db.session.query(Review).one()
    assert post(client, f"/reviews/managed/{review.ref}/do/remove").status_code == 422
    assert post(client, f"/reviews/managed/{review.ref}/do/remove", {"remove-reason": "x"}).status_code == 303
    overview = client.get(f"/reviews/calls/{call.ref}")
    assert overview.status_code == 200
    assert "Malee" in overview.text
    assert client.get(f"/reviews/calls/{call.ref}?need=reviewers").text.count("Malee") == 1
    assert client.get(f"/reviews/calls/{call.ref}?need=third").text.count("Malee") == 0
    assert "Malee" in client.get(f"/reviews/calls/{call.ref}?format=csv").text
    sign_in(client, reviewer)
    assert client.get(f"/reviews/calls/{call.ref}").status_code == 404
    assert client.get(path).status_code == 404


def test_the_overview_costs_the_same_with_many(client, world, call):
    for _ in range(8):
        accept_screening(world, apply(world, call))
    make_reviewers(world, 3)
    close(world, call)
    assign_all(world, call)
    sign_in(client, world.secretary)
    path = f"/reviews/calls/{call.ref}"
    with counted_queries() as many:
        assert client.get(path).text.count("Malee") == 8
    with counted_queries() as none:
        client.get(f"{path}?q=Nobody")
    assert len(many) == len(none) + 1  # the reviews of the page, all at once
