"""What screening, ranking, allocation and release read about a call's applications. For staff and flows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import joinedload

from lms.accounts.queries import office_member_ids, people
from lms.applications.queries.reviews import pool
from lms.core import search
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.i18n import in_reader_language
from lms.core.outbox import OutboxMessage
from lms.core.waiting import Office
from lms.exchange.models import (
    AllocationRun,
    Application,
    Call,
    Choice,
    Decision,
    HostRanking,
    Institution,
    Offer,
    Person,
    Post,
)
from lms.exchange.queries.applying import hosts_chosen

# What screening has to do with: everything that was ever submitted.
SCREENED = ("submitted", "returned", "in_review", "ineligible")
TAKEN = ("open", "accepted")
OUTCOME = (
    select(Decision.outcome).where(Decision.application_id == Application.id).correlate(Application).scalar_subquery()
)


def loaded_applications() -> Select[Application]:
    """Applications with what every staff page of them shows."""
    return select(Application).options(
        joinedload(Application.call),
        joinedload(Application.person),
        joinedload(Application.home_institution).joinedload(Institution.country),
    )


def _staff(actor: Actor) -> Select[Application]:
    """The exchange's submitted applications for the secretariat; nobody there handles their own."""
    if not actor.is_secretariat:
        return loaded_applications().where(false())
    return (
        loaded_applications()
        .join(Application.call)
        .where(
            Call.kind == "exchange",
            Application.submitted_at.is_not(None),
            Application.person_id != actor.person_id,
        )
    )


def screening_queue(actor: Actor, call: Call, *, q: str = "", state: str = "") -> Select[Application]:
    """A call's applications for screening, narrowed by words and state."""
    query = _staff(actor).where(Application.call_id == call.id)
    query = query.where(Application.state == state if state else Application.state.in_(SCREENED))
    return query.where(Application.id.in_(search.match("application", q))) if q else query


def screened_by_ref(actor: Actor, call: Call, refs: Collection[str]) -> Sequence[Application]:
    """These of a call's applications, for screening."""
    return db.session.scalars(screening_queue(actor, call).where(Application.ref.in_(refs))).all()


def staff_application(actor: Actor, ref: str) -> Application:
    """A submitted application for the secretariat. Raises NotFound."""
    return _one(_staff(actor).where(Application.ref == ref))


def application_by_id(application_id: int) -> Application:
    """An application with its call, person and home, for flows that the clock starts."""
    return db.session.scalars(loaded_applications().where(Application.id == application_id)).one()


def next_to_screen(actor: Actor, application: Application) -> Application | None:
    """The next submitted application of the same call, from the top again after the last one."""
    query = _staff(actor).where(
        Application.call_id == application.call_id,
        Application.state == "submitted",
        Application.id != application.id,
    )
    return db.session.scalars(query.order_by(Application.id < application.id, Application.id).limit(1)).one_or_none()


def count_by_state(call_id: int) -> dict[str, int]:
    """How many applications of a call stand in each state."""
    rows = db.session.execute(
        select(Application.state, func.count()).where(Application.call_id == call_id).group_by(Application.state)
    )
    return dict(rows.all())


# --- what goes into the allocation ------------------------------------------------------------------


def in_review(call: Call) -> Sequence[Application]:
    """The applications about which the call decides."""
    return db.session.scalars(
        loaded_applications()
        .where(Application.call_id == call.id, Application.state == "in_review")
        .order_by(Application.id)
    ).all()


def approved_posts(call: Call) -> Sequence[Post]:
    """The posts that can be given."""
    return db.session.scalars(
        select(Post)
        .where(Post.call_id == call.id, Post.state == "approved")
        .options(joinedload(Post.lab), joinedload(Post.institution))
        .order_by(Post.id)
    ).all()


def choices_in(call: Call) -> dict[int, list[Post]]:
    """The chosen posts of each application in review, the most wanted first."""
    rows = db.session.execute(
        select(Choice.application_id, Post)
        .join(Choice.post)
        .join(Choice.application)
        .where(Application.call_id == call.id, Application.state == "in_review")
        .order_by(Choice.application_id, Choice.rank)
    )
    found: dict[int, list[Post]] = {}
    for application_id, post in rows:
        found.setdefault(application_id, []).append(post)
    return found


def accepted_orders(call: Call) -> dict[int, list[int]]:
    """For each post the applications that its host accepts, best first, from rankings that were handed in."""
    rows = db.session.execute(
        select(HostRanking.post_id, HostRanking.application_id)
        .join(Post, Post.id == HostRanking.post_id)
        .where(Post.call_id == call.id, Post.ranked_at.is_not(None), HostRanking.position.is_not(None))
        .order_by(HostRanking.post_id, HostRanking.position)
    )
    found: dict[int, list[int]] = {}
    for post_id, application_id in rows:
        found.setdefault(post_id, []).append(application_id)
    return found


def tied_pairs(actor: Actor, applications: Sequence[Application], posts: Sequence[Post]) -> set[tuple[int, int]]:
    """(application id, post id) where the applicant hosts in the lab of the post."""
    found: set[tuple[int, int]] = set()
    for lab_id in {post.lab_id for post in posts}:
        hosts = set(office_member_ids(Office("host", "lab", lab_id), actor.now))
        found |= {
            (application.id, post.id)
            for application in applications
            if application.person_id in hosts
            for post in posts
            if post.lab_id == lab_id
        }
    return found


def people_who_judge(actor: Actor, application: Application) -> list[Person]:
    """The reviewers of the platform and the hosts of the labs that an application chose."""
    _institutions, labs = hosts_chosen([application.id])[application.id]
    hosts = {one for lab in labs for one in office_member_ids(Office("host", "lab", lab), actor.now)}
    reviewers = pool(actor)
    known = {person.id for person in reviewers}
    return [*reviewers, *(person for one, person in sorted(people(hosts).items()) if one not in known)]


def release_key(call: Call) -> str:
    """What names the job that releases a call as it stands: another try after a stop is another job."""
    return f"call.release:{call.id}:{call.version}"


def release_job(call: Call) -> OutboxMessage | None:
    """The job that releases a call now, while it runs."""
    if call.state != "releasing":
        return None
    return db.session.scalars(select(OutboxMessage).where(OutboxMessage.key == release_key(call))).one_or_none()


def applications_by_ref(call: Call, refs: Sequence[str]) -> Sequence[Application]:
    """Applications of a call by their references, with their people."""
    return db.session.scalars(
        loaded_applications().where(Application.call_id == call.id, Application.ref.in_(refs)).order_by(Application.id)
    ).all()


def has_applied(actor: Actor, call: Call) -> bool:
    """Whether one of the applications that are being decided in a call is the actor's own."""
    own = select(Application.id).where(Application.call_id == call.id, Application.person_id == actor.person_id)
    return db.session.scalar(own.limit(1)) is not None


def runs_of(call: Call) -> Sequence[AllocationRun]:
    """Every run of a call's allocation, the latest first."""
    return db.session.scalars(
        select(AllocationRun).where(AllocationRun.call_id == call.id).order_by(AllocationRun.id.desc())
    ).all()


def is_recorded_beside(run: AllocationRun) -> bool:
    """Whether another run of the same call is recorded."""
    others = select(AllocationRun.id).where(
        AllocationRun.call_id == run.call_id, AllocationRun.state == "recorded", AllocationRun.id != run.id
    )
    return db.session.scalar(others.limit(1)) is not None


def run_visible_to(actor: Actor, ref: str) -> AllocationRun:
    """A run, for the secretariat. Raises NotFound."""
    run = db.session.scalars(
        select(AllocationRun).where(AllocationRun.ref == ref).options(joinedload(AllocationRun.call))
    ).one_or_none()
    if run is None or not actor.is_secretariat:
        raise NotFound
    return run


def described(call_id: int) -> dict[str, dict[str, str]]:
    """What figures are counted by: country and gender of the applicants of a call, their home institution."""
    rows = db.session.execute(
        select(Application.ref, Person.nationality, Person.gender, Institution.name_en)
        .join(Person, Person.id == Application.person_id)
        .outerjoin(Institution, Institution.id == Application.home_institution_id)
        .where(Application.call_id == call_id)
    )
    return {
        ref: {"country": country or "", "gender": gender, "home": home or ""} for ref, country, gender, home in rows
    }


def hosts_of_posts(call_id: int) -> dict[str, str]:
    """The name of the host of each post that takes part in the allocation of a call."""
    rows = db.session.execute(
        select(Post.ref, Institution.name_en)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Post.call_id == call_id, Post.state == "approved")
    )
    return {row.ref: row.name_en for row in rows}


def institutions_named(names: Collection[str]) -> dict[str, Institution]:
    """Institutions by their names in English, by which the figures of a run know them."""
    found = db.session.scalars(select(Institution).where(Institution.name_en.in_(names)))
    return {institution.name_en: institution for institution in found}


def told_host(post: Post) -> dict[str, Any] | None:
    """What the recorded run of a released call ended with for a post; its call must be loaded."""
    if post.call.released_at is None:
        return None
    return db.session.scalars(
        select(AllocationRun.facts["posts"][post.ref]).where(
            AllocationRun.call_id == post.call_id, AllocationRun.state == "recorded"
        )
    ).one_or_none()


def told_lines(application: Application) -> tuple[Sequence[dict[str, Any]], Sequence[str]]:
    """The lines of the allocation about an application, once its decision by a run has been released.

    With them the posts where places are reserved or were given by hand.
    """
    found = db.session.execute(
        select(AllocationRun.facts["lines"][application.ref], AllocationRun.facts["apart"])
        .join(Decision, Decision.run_id == AllocationRun.id)
        .where(Decision.application_id == application.id, Decision.released_at.is_not(None))
    ).one_or_none()
    return (found[0] or [], found[1] or []) if found else ([], [])


# --- decisions --------------------------------------------------------------------------------------


def decisions_of(call: Call) -> dict[int, Decision]:
    """The decisions about applications of a call that are still in question, by application id."""
    rows = db.session.scalars(
        select(Decision)
        .join(Application, Application.id == Decision.application_id)
        .where(Application.call_id == call.id)
        .order_by(Decision.id)
    )
    return {row.application_id: row for row in rows}


def decision_lines(call_id: int) -> dict[int, tuple[str, str, str]]:
    """Outcome, post (in the reader's language) and reason of each decision of a call, in one query, for exports."""
    rows = db.session.execute(
        select(Decision.application_id, Decision.outcome, Post.title_en, Post.title_zh, Decision.reason)
        .join(Application, Application.id == Decision.application_id)
        .outerjoin(Post, Post.id == Decision.post_id)
        .where(Application.call_id == call_id)
    )
    return {row.application_id: (row.outcome, in_reader_language(row, "title") or "", row.reason) for row in rows}


def decision_of(application_id: int) -> Decision | None:
    """What was decided about an application."""
    return db.session.scalars(select(Decision).where(Decision.application_id == application_id)).one_or_none()


def decided_applications(actor: Actor, call: Call, *, q: str = "", outcome: str = "") -> Select[Application]:
    """The applications of a call that are decided about, narrowed by words and outcome ("none": not decided)."""
    query = _staff(actor).where(
        Application.call_id == call.id, Application.state.not_in(("submitted", "returned", "ineligible", "withdrawn"))
    )
    if q:
        query = query.where(Application.id.in_(search.match("application", q)))
    decided = select(Decision.application_id)
    if outcome == "none":
        return query.where(Application.id.not_in(decided))
    return query.where(Application.id.in_(decided.where(Decision.outcome == outcome))) if outcome else query


@dataclass(frozen=True)
class Readiness:
    """What stands in the way of a release: applications without a decision, posts with more offers than places."""

    undecided: int
    overfull: Sequence[Post]


def readiness(call: Call) -> Readiness:
    """Whether all decisions of a call can be released, in two queries."""
    undecided = db.session.scalar(
        select(func.count())
        .select_from(Application)
        .where(
            Application.call_id == call.id,
            Application.state == "in_review",
            Application.id.not_in(select(Decision.application_id)),
        )
    )
    offers = (
        select(Decision.post_id, func.count().label("offers"))
        .join(Application, Application.id == Decision.application_id)
        .where(Application.call_id == call.id, Application.state == "in_review", Decision.outcome == "offer")
        .group_by(Decision.post_id)
        .subquery()
    )
    gone = Post.state != "approved"  # Its host withdrew it: it has no place left.
    overfull = db.session.scalars(
        select(Post)
        .join(offers, offers.c.post_id == Post.id)
        .where(or_(gone, offers.c.offers > Post.places))
        .order_by(Post.id)
    ).all()
    return Readiness(undecided or 0, overfull)


# --- offers -----------------------------------------------------------------------------------------


def open_offer(application_id: int) -> Offer | None:
    """The offer that waits for an answer."""
    return db.session.scalars(
        select(Offer).where(Offer.application_id == application_id, Offer.answer == "open")
    ).one_or_none()


def offers_of(application_id: int) -> Sequence[Offer]:
    """Every offer that was made to an application, the latest first, with its post, lab and host."""
    return db.session.scalars(
        select(Offer)
        .where(Offer.application_id == application_id)
        .options(
            joinedload(Offer.post).joinedload(Post.lab),
            joinedload(Offer.post).joinedload(Post.institution).joinedload(Institution.country),
        )
        .order_by(Offer.id.desc())
    ).all()


def places_taken(post_id: int) -> int:
    """How many places of a post are offered or taken."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Offer).where(Offer.post_id == post_id, Offer.answer.in_(TAKEN))
        )
        or 0
    )


def _one(query: Select[Application]) -> Application:
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found
