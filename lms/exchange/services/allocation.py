"""Running the allocation as a job, and deciding by hand."""

from dataclasses import dataclass

from lms.allocation import Instance, InstanceError, Watch, canonical_bytes, check, solve
from lms.core import audit, outbox, workflow
from lms.core.actor import Actor
from lms.core.db import db, expect_version
from lms.core.errors import Conflict, Invalid, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.exchange.allocating import facts_of, posts_apart
from lms.exchange.flow import ALLOCATION_RUN
from lms.exchange.models import AllocationRun, Application, Call, Decision, Post
from lms.exchange.queries import deciding as queries
from lms.exchange.queries.instance import instance_of
from lms.exchange.services import by_hand


def start_run(actor: Actor, call: Call) -> AllocationRun:
    """Freeze what goes in and let the relay compute.

    Raises Conflict when the call is not deciding or another run is under way or recorded, Refused when the call is
    too large to be computed here or decisions by hand leave no room for each other.
    """
    db.session.refresh(call, attribute_names=["state", "version"], with_for_update=True)
    if call.state != "deciding":
        raise Conflict(_l("The allocation runs between ranking and release. Look at the call as it stands now."))
    if any(run.state in ("running", "recorded") for run in queries.runs_of(call)):
        raise Conflict(_l("A run is under way or recorded already. Discard it first."))
    run = AllocationRun(
        ref=new_ref(),
        call_id=call.id,
        instance=_checked_instance(actor, call),
        started_by_id=actor.person_id,
        started_at=actor.now,
    )
    workflow.start(ALLOCATION_RUN, run, actor=actor)
    job = outbox.enqueue(actor, "allocation.run", {"run_id": run.id}, owner_id=actor.person_id)
    run.job_id = job.id
    db.session.flush()
    return run


MOST_WISHES = 2_000_000
"""So many choices are computed in a job without asking more memory than a server has; see `make bench`."""


def _checked_instance(actor: Actor, call: Call) -> dict[str, object]:
    document = instance_of(actor, call)
    if sum(len(who["choices"]) for who in document["applicants"].values()) > MOST_WISHES:
        raise Refused(
            [
                _l(
                    "This call has more than %(count)d choices, too many to be computed here. "
                    "Divide it into calls by field, or let each applicant choose fewer posts.",
                    count=MOST_WISHES,
                )
            ]
        )
    try:
        Instance.from_dict(document)
    except InstanceError as error:
        part, _, number = error.path.removeprefix("/").partition("/")
        if part != "fixed":
            raise
        ref, _post = document["fixed"][int(number.partition("/")[0])]
        message = _l("The decision by hand about application %(ref)s does not fit a place, limit or quota.", ref=ref)
        raise Refused([message, _l("Change it under Decisions, then run the allocation again.")]) from error
    return document


def instance_file(run: AllocationRun) -> bytes:
    """The instance in its canonical bytes, from which anybody can repeat the run."""
    return canonical_bytes(run.instance)


class NotProven(Exception):
    """The independent check refused what came out: nothing of it may bind anybody."""


@dataclass(frozen=True)
class Computed:
    """What came out of a run: the result file, and what stands behind it."""

    result: dict[str, object]
    facts: dict[str, object]


def compute(run: AllocationRun, watch: Watch | None = None) -> Computed:
    """Solve what went into a run, and check what came out by the code that shares nothing with the solver.

    Raises InstanceError, NotProven, and OutOfTime when `watch` says so.
    """
    instance = Instance.from_dict(run.instance)
    result = solve(instance, watch)
    verdict = check(run.instance, result.assignments)
    if not verdict.ok:
        raise NotProven(str(verdict.to_dict()))
    facts = facts_of(instance, result, queries.described(run.call_id), queries.hosts_of_posts(run.call_id))
    return Computed(result.to_dict(), {**facts, "apart": posts_apart(run.instance)})


def finish_run(actor: Actor, run: AllocationRun, computed: Computed | None, *, failed_for: str = "fault") -> None:
    """Keep what came out of a run, or why nothing did: "time" or "fault". A run discarded meanwhile stays so."""
    if run.state != "running":
        return
    kept = Computed({}, {"failed_for": failed_for}) if computed is None else computed
    name = "fail" if computed is None else "finish"
    workflow.perform(ALLOCATION_RUN, run, name, actor=actor, result=kept.result, facts=kept.facts)


def decide_by_hand(
    actor: Actor,
    application: Application,
    *,
    outcome: str,
    post_ref: str | None,
    reason: str,
    version: int | None,
    overrides: bool = False,
) -> Decision:
    """Record or change one decision before the release, with the reason why.

    A run that starts afterwards has it as a fixed pair. `overrides` gives a place that is reserved for others.
    Raises Conflict when it was released or the page is stale, Invalid for an offer without a post of the
    applicant's choice, for a place that is not there, and for a decision without a reason.
    """
    # The call first, as the release does: a decision is changed before it or not at all.
    db.session.refresh(application.call, attribute_names=["state", "version"], with_for_update=True)
    if application.call.state != "deciding":  # before the lock of an application that may be answering its offer
        raise Conflict(_CLOSED)
    db.session.refresh(application, attribute_names=["state", "version"], with_for_update=True)
    expect_version(application, version)
    if application.state != "in_review":
        raise Conflict(_CLOSED)
    if not reason:
        raise Invalid(_l("Say why. For those who are not selected, they read it."), "reason")
    assert actor.person_id is not None
    post = _chosen(application, post_ref) if outcome == "offer" else None
    detail: dict[str, object] = {"outcome": outcome, "post_id": None if post is None else post.id}
    if post is not None and by_hand.check_place(actor, application, post, overrides=overrides):
        detail["overrides"] = "reserve"
    decision = queries.decision_of(application.id)
    if decision is None:
        decision = Decision(application_id=application.id)
        db.session.add(decision)
    decision.outcome, decision.post_id, decision.reason = outcome, None if post is None else post.id, reason
    decision.run_id, decision.decided_by_id, decision.decided_at = None, actor.person_id, actor.now
    db.session.flush()
    audit.record(actor, "decision.changed", subject=("application", application.id), detail=detail)
    return decision


_CLOSED = _l("Decisions about this application are closed. Look at it as it stands now.")


def _chosen(application: Application, post_ref: str | None) -> Post:
    for post in queries.choices_in(application.call).get(application.id, []):
        if post.ref == post_ref and post.state == "approved":
            return post
    raise Invalid(_l("Choose one of the posts that the applicant asked for."), "post")
