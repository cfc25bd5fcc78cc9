"""Giving applications to reviewers, writing reviews, and declaring ties."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.accounts import queries as people
from lms.applications import conflicts, messages
from lms.applications.flow import REVIEW
from lms.applications.flow.review import open_for_reviewer, tell_reviewer
from lms.applications.models import Application, Call, DeclaredConflict, Person, Review
from lms.applications.queries import reviews as queries
from lms.applications.queries.ties import ties_between, ties_of_review
from lms.applications.review_rules import HIGHEST, LOWEST, REVIEWING, spread_work, total
from lms.applications.services.editing import begin_edit
from lms.core import audit, waiting, workflow
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotFound, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref


def assign(actor: Actor, application: Application, *, reviewer_ref: str, due_at: datetime) -> Review:
    """Give an application to a reviewer, to be reviewed until `due_at`.

    Raises Refused with every tie between the two, Conflict when the reviewer had it already or the time
    for reviews is over, NotFound for somebody who is no reviewer.
    """
    reviewer = next((person for person in queries.pool(actor) if person.ref == reviewer_ref), None)
    if reviewer is None:
        raise NotFound
    _check_time(application, due_at, actor)
    _lock(application)
    if application.state != "in_review":
        raise Conflict(_l("This application is no longer in review. Look at it as it stands now."))
    found = ties_between(actor, [reviewer], [application])[application.id, reviewer.id]
    if found:
        raise Refused(conflicts.reasons(found))
    if any(review.reviewer_id == reviewer.id for review in queries.reviews_of([application.id])[application.id]):
        raise Conflict(_l("This person was given the application before. Look at it as it stands now."))
    review = _create(actor, application, reviewer.id, due_at)
    _close_when_assigned(actor, application.call)
    return review


@dataclass(frozen=True)
class Shared:
    """What sharing out achieved: reviews assigned, and reviewers still lacking because of ties or numbers."""

    assigned: int
    lacking: int


def assign_all(actor: Actor, call: Call, *, due_at: datetime) -> Shared:
    """Give every application of a call the reviewers that it lacks, the same load for all, never across a tie.

    Raises Conflict when the time for reviews is over, Invalid for a due time in the past.
    """
    if call.state not in REVIEWING:
        raise Conflict(_l("Reviewers are assigned after the call has closed and before decisions are released."))
    _check_due(due_at, actor)
    applications = db.session.scalars(
        select(Application)
        .where(Application.call_id == call.id, Application.state == "in_review")
        .options(joinedload(Application.call), joinedload(Application.person))
        .order_by(Application.id)
        .with_for_update(of=Application)
    ).all()
    pool = queries.pool(actor)
    reviews = queries.reviews_of([application.id for application in applications])
    ties = ties_between(actor, pool, applications)
    lacking = {one: queries.standing(call, of_one).lacking for one, of_one in reviews.items()}
    allowed = {
        application.id: [
            person.id
            for person in pool
            if not ties[application.id, person.id]
            and all(review.reviewer_id != person.id for review in reviews[application.id])
        ]
        for application in applications
    }
    wanted = {one: count for one, count in lacking.items() if count}
    pairs = spread_work(wanted, allowed, queries.loads(call))
    by_id = {application.id: application for application in applications}
    for application_id, reviewer_id in pairs:
        _create(actor, by_id[application_id], reviewer_id, due_at)
    _close_when_assigned(actor, call)
    return Shared(len(pairs), sum(wanted.values()) - len(pairs))


def save(actor: Actor, review: Review, *, scores: Mapping[str, int | None], comment: str, version: int | None) -> None:
    """Keep a review that is not handed in yet.

    Raises Conflict when it was handed in or the page is stale, Invalid for a score, Refused for a tie.
    """
    begin_edit(review, version)
    if review.state != "assigned":
        raise Conflict(_l("This review was handed in already. Look at it as it stands now."))
    if found := ties_of_review(actor, review):
        raise Refused(conflicts.reasons(found))
    kept = {}
    for criterion in review.application.call.criteria:
        score = scores.get(criterion["key"])
        if score is not None and not LOWEST <= score <= HIGHEST:
            raise Invalid(_l("A score is between 1 and 5."), f"score_{criterion['key']}")
        if score is not None:
            kept[criterion["key"]] = score
    review.scores, review.comment = kept, comment
    db.session.flush()


def submit(
    actor: Actor, review: Review, *, scores: Mapping[str, int | None], comment: str, version: int | None
) -> None:
    """Save a review and hand it in. Raises Refused with everything that is missing, and what `save` raises."""
    save(actor, review, scores=scores, comment=comment, version=version)
    criteria = review.application.call.criteria
    is_complete = all(criterion["key"] in review.scores for criterion in criteria)
    workflow.perform(
        REVIEW, review, "submit", actor=actor, total=total(criteria, review.scores) if is_complete else None
    )


def remove_all(actor: Actor, application: Application, *, reason: str) -> None:
    """Take back every review of an application that is withdrawn or no longer in question."""
    for review in db.session.scalars(
        select(Review)
        .where(Review.application_id == application.id, Review.state.in_(queries.LIVE))
        .options(joinedload(Review.application))
        .order_by(Review.id)
    ):
        workflow.perform(REVIEW, review, "remove", actor=system_actor(actor.now), reason=reason)


def declare_tie(actor: Actor, *, email: str, reason: str) -> DeclaredConflict:
    """A reviewer says that they have a tie with somebody, whom they will never review.

    Raises Invalid for an address that nobody here has, or their own.
    """
    other: Person | None = people.person_by_email(email)
    if other is None or other.id == actor.person_id:
        raise Invalid(_l("Nobody else here has this address. Check its spelling."), "email")
    known = select(DeclaredConflict).where(
        DeclaredConflict.person_id == actor.person_id, DeclaredConflict.other_id == other.id
    )
    if db.session.scalars(known).first():
        raise Invalid(_l("You declared this tie already."), "email")
    assert actor.person_id is not None
    tie = DeclaredConflict(person_id=actor.person_id, other_id=other.id, reason=reason, declared_at=actor.now)
    db.session.add(tie)
    db.session.flush()
    audit.record(actor, "tie.declared", subject=("declared_conflict", tie.id))
    return tie


def _create(actor: Actor, application: Application, reviewer_id: int, due_at: datetime) -> Review:
    review = Review(
        ref=new_ref(),
        application_id=application.id,
        reviewer_id=reviewer_id,
        assigned_at=actor.now,
        due_at=due_at,
        application=application,
    )
    workflow.start(REVIEW, review, actor=actor)
    open_for_reviewer(actor, review)
    tell_reviewer(actor, review)
    return review


def _check_time(application: Application, due_at: datetime, actor: Actor) -> None:
    if application.call.state not in REVIEWING:
        raise Conflict(_l("Reviewers are assigned after the call has closed and before decisions are released."))
    _check_due(due_at, actor)


def _check_due(due_at: datetime, actor: Actor) -> None:
    if due_at <= actor.now:
        raise Invalid(_l("Choose a day that is still to come."), "due_on")


def _lock(application: Application) -> None:
    db.session.refresh(application, attribute_names=["state", "version"], with_for_update=True)


def _close_when_assigned(actor: Actor, call: Call) -> None:
    if not any(one.lacking for one in queries.standings(call).values()):
        waiting.close_items(actor, subject=("call_reviews", call.id), kind=messages.ASSIGN_REVIEWERS)


def review_values(form_values: Mapping[str, Any]) -> dict[str, int | None]:
    """The scores among a form's values, by criterion."""
    return {
        name.removeprefix("score_"): int(value) if value else None
        for name, value in form_values.items()
        if name.startswith("score_")
    }
