"""A run of the allocation: computed, looked at, then recorded as decisions or discarded."""

from sqlalchemy import delete

from lms.core import audit
from lms.core.db import db
from lms.core.errors import Refused
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, Input, Machine, State, Transition
from lms.exchange.allocating import outcome_of
from lms.exchange.models import AllocationRun, Decision
from lms.exchange.policy import MANAGE_CALLS
from lms.exchange.queries import deciding as queries
from lms.exchange.queries.instance import instance_of


def _call_is_deciding(context: Context) -> Text | None:
    if context.subject.call.state == "deciding":
        return None
    return _l("The decisions of this call have been released.")


_ANOTHER_RECORDED = _l("Another run is recorded. Take its decisions back first.")


def _nothing_recorded(context: Context) -> Text | None:
    if any(run.state == "recorded" for run in queries.runs_of(context.subject.call)):
        return _ANOTHER_RECORDED
    return None


def _nothing_changed(context: Context) -> Text | None:
    """All that went in is as it was, so that nothing is given to or by somebody who has left, or against a rule."""
    run: AllocationRun = context.subject
    now = instance_of(context.actor, run.call)
    if now == run.instance:
        return None
    if now["applicants"].keys() != run.instance["applicants"].keys():
        return _l("An application was withdrawn since this run. Discard it and run the allocation again.")
    if now["posts"].keys() != run.instance["posts"].keys():
        return _l("A post was withdrawn since this run. Discard it and run the allocation again.")
    if now["units"] != run.instance.get("units", {}):
        return _l("A limit of a host or lab was changed since this run. Discard it and run the allocation again.")
    return _l(
        "A quota, a reserved place, a decision by hand or a tie was changed since this run. "
        "Discard it and run the allocation again."
    )


def _hold_call(context: Context) -> None:
    """Look at the call once more under its lock, so that no release and no other run gets in between."""
    run: AllocationRun = context.subject
    db.session.refresh(run.call, attribute_names=["state", "version"], with_for_update=True)
    reason = _call_is_deciding(context)
    if reason is None and run.state == "recorded" and queries.is_recorded_beside(run):
        reason = _ANOTHER_RECORDED
    if reason is not None:
        raise Refused([reason])


def _stamp_finished(context: Context) -> None:
    context.subject.finished_at = context.actor.now
    context.subject.result = context.inputs.get("result", {})
    context.subject.facts = context.inputs.get("facts", {})


def _write_decisions(context: Context) -> None:
    run: AllocationRun = context.subject
    posts = {post.ref: post.id for post in queries.approved_posts(run.call)}
    decided = queries.decisions_of(run.call)
    for application in queries.in_review(run.call):
        if application.id in decided:  # Decided by hand before: that stands.
            continue
        outcome = outcome_of(application.ref, run.instance, run.result)
        post_ref = run.result["assignments"].get(application.ref)
        decision = Decision(
            application_id=application.id,
            run_id=run.id,
            outcome=outcome,
            post_id=posts[post_ref] if outcome == "offer" else None,
            reason=str(context.inputs["reason"]) if outcome == "reject" else "",
            decided_by_id=context.actor.person_id,
            decided_at=context.actor.now,
        )
        db.session.add(decision)
        db.session.flush()
        audit.record(
            context.actor,
            "decision.recorded",
            subject=("application", application.id),
            detail={"run_id": run.id, "post_id": decision.post_id, "outcome": outcome},
        )


def _drop_decisions(context: Context) -> None:
    """Take back what this run decided and nobody changed by hand; nothing of it was ever released."""
    run: AllocationRun = context.subject
    db.session.execute(
        delete(Decision)
        .where(Decision.run_id == run.id, Decision.released_at.is_(None))
        .execution_options(synchronize_session="fetch")
    )


ALLOCATION_RUN = Machine(
    "allocation_run",
    model=AllocationRun,
    initial="running",
    states=[
        State("running", _l("Being computed"), "info"),
        State("proposed", _l("To be looked at"), "accent"),
        State("recorded", _l("Recorded"), "success"),
        State("discarded", _l("Discarded"), "neutral", is_final=True),
        State("failed", _l("Failed"), "danger", is_final=True),
    ],
    transitions=[
        Transition(
            "finish", _l("Finish"), ("running",), "proposed", stamps=(_stamp_finished,), done_label=_l("Computed")
        ),
        Transition("fail", _l("Fail"), ("running",), "failed", stamps=(_stamp_finished,), done_label=_l("Failed")),
        Transition(
            "record",
            _l("Record as decisions"),
            ("proposed",),
            "recorded",
            MANAGE_CALLS,
            guards=(_call_is_deciding, _nothing_recorded, _nothing_changed),
            inputs=(
                Input(
                    "reason",
                    _l("Reason for those who are not selected"),
                    hint=_l("Everybody without an offer or a place on the waiting list reads this after the release."),
                ),
            ),
            effects=(_hold_call, _write_decisions),
            tone="success",
            done_label=_l("Recorded as decisions"),
        ),
        Transition(
            "discard",
            _l("Discard this run"),
            ("running", "proposed", "recorded"),
            "discarded",
            MANAGE_CALLS,
            guards=(_call_is_deciding,),
            effects=(_hold_call, _drop_decisions),
            tone="danger",
            confirm=_l("Discard this run? Decisions that it made are taken back; nobody has seen them."),
            done_label=_l("Discarded"),
        ),
    ],
)
