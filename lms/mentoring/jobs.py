"""What the relay does for mentoring: it computes matchings, finds the next best, and lets proposals lapse."""

import logging

from lms.allocation import InstanceError
from lms.core.db import db
from lms.core.outbox import Work, effect, job
from lms.core.outbox.registry import Finish
from lms.mentoring import matching
from lms.mentoring.models import MatchingRun
from lms.mentoring.queries.matching import considered, question_for
from lms.mentoring.queries.schemes import scheme_by_id
from lms.mentoring.services import matching as services

log = logging.getLogger(__name__)


@job("mentoring.match")
def _run_matching(work: Work) -> Finish:
    run_id = work.payload["run_id"]
    run = db.session.get_one(MatchingRun, run_id)
    ref, question = run.ref, run.question
    work.report(10, 100)
    outcome: matching.Outcome | None = None
    try:
        outcome = matching.answer(question)
    except (InstanceError, ValueError) as error:  # Ours to mend: a later try would fail alike.
        log.error("matching run %s has a bad question: %s", run_id, type(error).__name__)
    work.report(100, 100)

    def finish() -> dict[str, str]:
        services.finish_run(work.actor, db.session.get_one(MatchingRun, run_id), outcome)
        return {"url": f"/mentoring/runs/{ref}"}

    return finish


@job("mentoring.next_best")
def _find_next_best(work: Work) -> Finish | None:
    """Among those whom a sent run has considered: who joined later waits for the coordinator's next run."""
    scheme_id = work.payload["scheme_id"]
    scheme = scheme_by_id(scheme_id)
    if scheme.state not in ("published", "running"):
        return None
    question = question_for(scheme, only=considered(scheme_id))
    if not question["mentees"] or not question["mentors"]:
        return None
    pairs = matching.answer(question).answer["pairs"]

    def finish() -> None:
        services.propose_next_best(work.actor, scheme_id, pairs)

    return finish


@effect("mentoring.lapse")
def _let_lapse(work: Work) -> None:
    services.let_lapse(work.actor, work.payload["proposal_id"])
