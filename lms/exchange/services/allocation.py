"""Running the allocation as a job, and deciding by hand."""

from dataclasses import dataclass

from lms.allocation import Instance, Watch, canonical_bytes, solve
from lms.core import audit, outbox, workflow
from lms.core.actor import Actor
from lms.core.db import db, expect_version
from lms.core.errors import Conflict, Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.exchange.allocating import RankedPost, build_instance, facts_of
from lms.exchange.flow import ALLOCATION_RUN
from lms.exchange.models import AllocationRun, Application, Call, Decision
from lms.exchange.queries import capacities as limits
from lms.exchange.queries import deciding as queries


def start_run(actor: Actor, call: Call) -> AllocationRun:
    """Freeze what goes in and let the relay compute.

    Raises Conflict when the call is not deciding or another run is under way or recorded.
    """
    db.session.refresh(call, attribute_names=["state", "version"], with_for_update=True)
    if call.state != "deciding":
        raise Conflict(_l("The allocation runs between ranking and release. Look at the call as it stands now."))
    if any(run.state in ("running", "recorded") for run in queries.runs_of(call)):
        raise Conflict(_l("A run is under way or recorded already. Discard it first."))
    run = AllocationRun(
        ref=new_ref(),
        call_id=call.id,
        instance=instance_of(actor, call),
        started_by_id=actor.person_id,
        started_at=actor.now,
    )
    workflow.start(ALLOCATION_RUN, run, actor=actor)
    job = outbox.enqueue(actor, "allocation.run", {"run_id": run.id}, owner_id=actor.person_id)
    run.job_id = job.id
    db.session.flush()
    return run


def instance_of(actor: Actor, call: Call) -> dict[str, object]:
    """What the allocation of a call is computed from, as it stands now."""
    applications, posts = queries.in_review(call), queries.approved_posts(call)
    refs = {application.id: application.ref for application in applications}
    post_refs = {post.id: post.ref for post in posts}
    choices = queries.choices_in(call)
    orders = queries.accepted_orders(call)
    units = limits.limited_units(call)
    known = {unit.key for unit in units}
    return build_instance(
        {ref: [post.ref for post in choices.get(one, [])] for one, ref in refs.items()},
        [
            RankedPost(
                post.ref,
                post.places,
                [refs[one] for one in orders.get(post.id, []) if one in refs],
                next((key for key in limits.keys_above(post) if key in known), None),
            )
            for post in posts
        ],
        forbidden={(refs[one], post_refs[post]) for one, post in queries.tied_pairs(actor, applications, posts)},
        seed=call.lottery_seed,
        units=units,
    )


def instance_file(run: AllocationRun) -> bytes:
    """The instance in its canonical bytes, from which anybody can repeat the run."""
    return canonical_bytes(run.instance)


@dataclass(frozen=True)
class Computed:
    """What came out of a run: the result file, and what stands behind it."""

    result: dict[str, object]
    facts: dict[str, object]


def compute(run: AllocationRun, watch: Watch | None = None) -> Computed:
    """Solve what went into a run. Raises InstanceError, and OutOfTime when `watch` says so."""
    instance = Instance.from_dict(run.instance)
    result = solve(instance, watch)
    facts = facts_of(instance, result, queries.described(run.call_id), queries.hosts_of_posts(run.call_id))
    return Computed(result.to_dict(), facts)


def finish_run(actor: Actor, run: AllocationRun, computed: Computed | None) -> None:
    """Keep what came out of a run, or that nothing did. A run that was discarded meanwhile stays so."""
    if run.state != "running":
        return
    kept = Computed({}, {}) if computed is None else computed
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
) -> Decision:
    """Record or change one decision before the release, with the reason why.

    Raises Conflict when it was released or the page is stale, Invalid for an offer without a post of the
    applicant's choice, for a place that is not there, and for a decision without a reason.
    """
    # The call first, as the release does: a decision is changed before it or not at all.
    db.session.refresh(application.call, attribute_names=["state", "version"], with_for_update=True)
    db.session.refresh(application, attribute_names=["state", "version"], with_for_update=True)
    expect_version(application, version)
    if application.call.state != "deciding" or application.state != "in_review":
        raise Conflict(_l("Decisions about this application are closed. Look at it as it stands now."))
    if not reason:
        raise Invalid(_l("Say why. For those who are not selected, they read it."), "reason")
    assert actor.person_id is not None
    post_id = _post_id(application, post_ref) if outcome == "offer" else None
    decision = queries.decision_of(application.id)
    if decision is None:
        decision = Decision(application_id=application.id)
        db.session.add(decision)
    decision.outcome, decision.post_id, decision.reason = outcome, post_id, reason
    decision.run_id, decision.decided_by_id, decision.decided_at = None, actor.person_id, actor.now
    db.session.flush()
    audit.record(
        actor,
        "decision.changed",
        subject=("application", application.id),
        detail={"outcome": outcome, "post_id": post_id},
    )
    return decision


def _post_id(application: Application, post_ref: str | None) -> int:
    for post in queries.choices_in(application.call).get(application.id, []):
        if post.ref == post_ref and post.state == "approved":
            taken = [
                one
                for one in queries.decisions_of(application.call).values()
                if one.post_id == post.id and one.application_id != application.id
            ]
            if len(taken) >= post.places:
                raise Invalid(_l("Every place of this post is given in other decisions. Change those first."), "post")
            if limits.is_full_by_decisions(post, besides=application.id):
                raise Invalid(
                    _l("Its lab or host takes nobody more: other decisions fill its limit. Change those first."), "post"
                )
            return post.id
    raise Invalid(_l("Choose one of the posts that the applicant asked for."), "post")
