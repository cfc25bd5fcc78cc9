"""Reading reviews: a reviewer's own, and all of a call for whoever assigns them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from lms.accounts.queries import office_member_ids, people
from lms.applications.models import (
    Application,
    ApplicationDocument,
    Call,
    Institution,
    Person,
    Review,
    StoredFile,
)
from lms.applications.review_rules import DISAGREEMENT, REVIEWING, reviews_wanted
from lms.core.actor import Actor
from lms.core.collation import in_order
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.waiting import Office

LIVE = ("assigned", "submitted")
POOL = Office("reviewer", "platform")


# --- a reviewer's own -------------------------------------------------------------------------------


MEAN_TOTAL = (
    select(func.avg(Review.total))
    .where(Review.application_id == Application.id, Review.state == "submitted")
    .correlate(Application)
    .scalar_subquery()
)


def my_reviews(actor: Actor, *, state: str = "", q: str = "") -> Select[Review]:
    """The reviews that the actor has to write or wrote, while their call is being decided."""
    query = (
        select(Review)
        .join(Review.application)
        .join(Application.call)
        .join(Application.person)
        .where(Review.reviewer_id == actor.person_id, Review.state.in_(LIVE), Call.state.in_(REVIEWING))
        .options(
            joinedload(Review.application).joinedload(Application.call),
            joinedload(Review.application).joinedload(Application.person),
        )
    )
    if state in LIVE:
        query = query.where(Review.state == state)
    return query.where(_named(q)) if q else query


def review_visible_to(actor: Actor, ref: str) -> Review:
    """The actor's own review with all that it is about. Raises NotFound when it is not theirs (any more)."""
    review = db.session.scalars(
        my_reviews(actor)
        .where(Review.ref == ref)
        .options(
            joinedload(Review.application).joinedload(Application.home_institution).joinedload(Institution.country),
            joinedload(Review.application).selectinload(Application.documents).joinedload(ApplicationDocument.file),
        )
    ).one_or_none()
    if review is None:
        raise NotFound
    return review


def others_reviews(review: Review) -> Sequence[Review]:
    """What other reviewers handed in about the same application: only once the actor's own is handed in."""
    if review.state != "submitted":
        return []
    return db.session.scalars(
        select(Review)
        .where(
            Review.application_id == review.application_id,
            Review.id != review.id,
            Review.state == "submitted",
        )
        .order_by(Review.submitted_at, Review.id)
    ).all()


def document_of(application: Application, file_ref: str) -> StoredFile:
    """A current document of an application whose documents are loaded. Raises NotFound."""
    for document in application.documents:
        if document.file.ref == file_ref and document.replaced_at is None:
            return document.file
    raise NotFound


# --- whoever assigns --------------------------------------------------------------------------------


def managed_review(actor: Actor, ref: str) -> Review:
    """A review for the secretariat. Raises NotFound."""
    query = (
        select(Review)
        .where(Review.ref == ref)
        .options(
            joinedload(Review.application).joinedload(Application.call),
            joinedload(Review.application).joinedload(Application.person),
            joinedload(Review.reviewer),
        )
    )
    review = db.session.scalars(query).one_or_none() if actor.is_secretariat else None
    if review is None:
        raise NotFound
    return review


def call_to_review(actor: Actor, ref: str) -> Call:
    """A call whose applications are or were reviewed. Raises NotFound."""
    call = db.session.scalars(select(Call).where(Call.ref == ref)).one_or_none()
    if call is None or not actor.is_secretariat:
        raise NotFound
    return call


def application_to_assign(actor: Actor, ref: str) -> Application:
    """An application that reviewers can be assigned to. Raises NotFound."""
    query = (
        select(Application)
        .where(Application.ref == ref, Application.state.in_(("in_review", *AFTER_REVIEW)))
        .options(
            joinedload(Application.call),
            joinedload(Application.person),
            joinedload(Application.home_institution).joinedload(Institution.country),
        )
    )
    application = db.session.scalars(query).one_or_none() if actor.is_secretariat else None
    if application is None:
        raise NotFound
    return application


AFTER_REVIEW = ("offered", "waitlisted", "accepted", "declined", "lapsed", "rejected", "rescinded")


def applications_reviewed(actor: Actor, call: Call, *, q: str = "", need: str = "") -> Select[Application]:
    """The applications of a call that are in review or were, the actor's own aside.

    `need`: "reviewers" (fewer than wanted were assigned), "reviews" (not all handed in), "third" (they disagree).
    """
    query = (
        select(Application)
        .join(Application.person)
        .where(
            Application.call_id == call.id,
            Application.state.in_(("in_review", *AFTER_REVIEW)),
            Application.person_id != actor.person_id,
        )
        .options(joinedload(Application.person), joinedload(Application.home_institution))
    )
    if q:
        query = query.where(_named(q))
    match need:
        case "reviewers":
            query = query.where(_count(LIVE) < call.reviews_needed)
        case "reviews":
            query = query.where(_count(("submitted",)) < call.reviews_needed)
        case "third":
            query = query.where(_count(("submitted",)) >= call.reviews_needed, _gap() > DISAGREEMENT)
    return query


def _count(states: tuple[str, ...]) -> ColumnElement[int]:
    return (
        select(func.count())
        .where(Review.application_id == Application.id, Review.state.in_(states))
        .correlate(Application)
        .scalar_subquery()
    )


def _gap() -> ColumnElement[object]:
    return (
        select(func.max(Review.total) - func.min(Review.total))
        .where(Review.application_id == Application.id, Review.state == "submitted")
        .correlate(Application)
        .scalar_subquery()
    )


def _named(q: str) -> ColumnElement[bool]:
    like = f"%{q.replace('%', '').replace('_', '')}%"
    return or_(Person.name.ilike(like), Person.name_local.ilike(like), Person.name_zh.ilike(like))


def reviews_of(application_ids: Collection[int]) -> dict[int, list[Review]]:
    """Every review of several applications, with its reviewer, in the order of assignment."""
    found: dict[int, list[Review]] = {one: [] for one in application_ids}
    rows = db.session.scalars(
        select(Review)
        .where(Review.application_id.in_(application_ids))
        .options(joinedload(Review.reviewer))
        .order_by(Review.id)
    )
    for review in rows:
        found[review.application_id].append(review)
    return found


def totals_of(call_id: int) -> dict[int, list[Decimal]]:
    """The totals that were handed in about each application of a call, in one query."""
    rows = db.session.execute(
        select(Review.application_id, Review.total)
        .join(Review.application)
        .where(Application.call_id == call_id, Review.state == "submitted")
        .order_by(Review.id)
    )
    found: dict[int, list[Decimal]] = {}
    for application_id, total in rows:
        if total is not None:
            found.setdefault(application_id, []).append(total)
    return found


def wanted(call: Call, reviews: Sequence[Review]) -> int:
    """How many reviews an application must have, given those that exist."""
    done = sorted((r for r in reviews if r.state == "submitted"), key=lambda r: (r.submitted_at, r.id))
    return reviews_wanted(call.reviews_needed, [r.total for r in done if r.total is not None])


@dataclass(frozen=True)
class Standing:
    """How far the reviews of one application are."""

    wanted: int
    assigned: int
    submitted: int

    @property
    def lacking(self) -> int:
        """How many more reviewers are needed."""
        return max(0, self.wanted - self.assigned)

    @property
    def is_complete(self) -> bool:
        """Whether all wanted reviews were handed in."""
        return self.submitted >= self.wanted


def standing(call: Call, reviews: Sequence[Review]) -> Standing:
    """How far they are."""
    live = [review for review in reviews if review.state in LIVE]
    return Standing(wanted(call, reviews), len(live), sum(review.state == "submitted" for review in live))


def standings(call: Call) -> dict[int, Standing]:
    """How far each application in review of a call is, in two queries."""
    ids = db.session.scalars(
        select(Application.id).where(Application.call_id == call.id, Application.state == "in_review")
    ).all()
    return {one: standing(call, reviews) for one, reviews in reviews_of(ids).items()}


# --- who reviews ------------------------------------------------------------------------------------


def pool(actor: Actor) -> list[Person]:
    """Everybody who reviews on this platform, by name."""
    found = people(office_member_ids(POOL, actor.now))
    return in_order(sorted(found.values(), key=lambda person: person.id), lambda person: person.name)


def loads(call: Call) -> dict[int, int]:
    """How many reviews of a call everybody has."""
    rows = db.session.execute(
        select(Review.reviewer_id, func.count())
        .join(Review.application)
        .where(Application.call_id == call.id, Review.state.in_(LIVE))
        .group_by(Review.reviewer_id)
    )
    return dict(rows.all())
