"""What the relay computes for the exchange."""

import logging

from lms.allocation import Instance, InstanceError, solve
from lms.core.db import db
from lms.core.outbox import Work, job
from lms.core.outbox.registry import Finish
from lms.exchange.models import AllocationRun
from lms.exchange.services.allocation import finish_run

log = logging.getLogger(__name__)


@job("allocation.run")
def _run_allocation(work: Work) -> Finish:
    run_id = work.payload["run_id"]
    run = db.session.get_one(AllocationRun, run_id)
    work.report(0, 2)
    result: dict[str, object] | None = None
    try:
        instance = Instance.from_dict(run.instance)
        work.report(1, 2)
        result = solve(instance).to_dict()
    except InstanceError as error:  # Ours to mend: a later try would fail alike.
        log.error("allocation run %s has a bad instance: %s at %s", run_id, error.reason, error.path)
    work.report(2, 2)
    ref = run.ref

    def finish() -> dict[str, str]:
        finish_run(work.actor, db.session.get_one(AllocationRun, run_id), result)
        return {"url": f"/exchange/allocation/{ref}"}

    return finish
