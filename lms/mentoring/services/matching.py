"""Running the matching, and moving proposals under the lock of their scheme."""

from collections.abc import Mapping
from typing import Any

from lms.core import outbox, workflow
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.errors import Conflict
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.mentoring import matching
from lms.mentoring.flow import MATCHING_RUN, PROPOSAL
from lms.mentoring.flow.proposal import propose
from lms.mentoring.models import MatchingRun, MentoringScheme, Proposal
from lms.mentoring.queries import matching as queries
from lms.mentoring.queries.schemes import lock_scheme, scheme_by_id


def start_run(actor: Actor, scheme: MentoringScheme) -> MatchingRun:
    """Freeze what goes in and let the relay compute. What stands is kept.

    Raises Conflict when the scheme is not under way, or a run of it waits to be looked at.
    """
    lock_scheme(scheme.id)
    db.session.refresh(scheme, attribute_names=["state", "version"])
    if scheme.state not in ("published", "running"):
        raise Conflict(_l("Pairs are found while a scheme is published or running."))
    if any(run.state in ("running", "proposed") for run in queries.runs_of(scheme.id)):
        raise Conflict(_l("A run is under way or waits to be looked at. Send or discard it first."))
    run = MatchingRun(
        ref=new_ref(),
        scheme_id=scheme.id,
        question=queries.question_for(scheme),
        started_by_id=actor.person_id,
        started_at=actor.now,
    )
    workflow.start(MATCHING_RUN, run, actor=actor)
    run.job_id = outbox.enqueue(actor, "mentoring.match", {"run_id": run.id}, owner_id=actor.person_id).id
    db.session.flush()
    return run


def finish_run(actor: Actor, run: MatchingRun, outcome: matching.Outcome | None) -> None:
    """Keep what came out of a run, or that nothing did. A run that was discarded meanwhile stays so."""
    if run.state != "running":
        return
    if outcome is None:
        workflow.perform(MATCHING_RUN, run, "fail", actor=actor)
        return
    workflow.perform(
        MATCHING_RUN,
        run,
        "finish",
        actor=actor,
        answer=outcome.answer,
        instance=outcome.instance,
        result=outcome.result,
    )


def propose_next_best(actor: Actor, scheme_id: int, pairs: Mapping[str, Any]) -> int:
    """Propose pairs that were found for those who are free again, as far as they still are; how many."""
    lock_scheme(scheme_id)
    scheme = scheme_by_id(scheme_id)
    return sum(
        propose(actor, scheme, {**pair, "mentee": mentee}, None) is not None for mentee, pair in sorted(pairs.items())
    )


def answer(actor: Actor, proposal: Proposal, transition: str, *, version: int | None = None) -> None:
    """Say yes or no to a proposal (`say_yes`, `decline`). Raises what the engine raises."""
    lock_scheme(proposal.scheme_id)
    workflow.perform(PROPOSAL, proposal, transition, actor=actor, version=version)


def let_lapse(actor: Actor, proposal_id: int) -> bool:
    """The clock lets a proposal go that nobody answered in time; whether it did."""
    proposal = db.session.get(Proposal, proposal_id)
    if proposal is None:
        return False
    lock_scheme(proposal.scheme_id)
    return workflow.transition_due(PROPOSAL, proposal_id, "lapse", actor=system_actor(actor.now))
