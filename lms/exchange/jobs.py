"""What the relay computes for the exchange."""

import logging
from dataclasses import replace

from lms.allocation import Instance, InstanceError, solve
from lms.core.db import db
from lms.core.outbox import Work, job
from lms.core.outbox.registry import Finish
from lms.exchange.models import AllocationRun, Call
from lms.exchange.services import release
from lms.exchange.services.allocation import finish_run

log = logging.getLogger(__name__)


@job("call.release")
def _release_call(work: Work) -> Finish:
    call_id = work.payload["call_id"]
    call = db.session.get_one(Call, call_id)
    ref = call.ref
    if call.state == "releasing":
        release.look_through(call, work.report)

    def finish() -> dict[str, str]:
        in_whose_name = replace(work.actor, person_id=work.owner_id)
        release.finish(in_whose_name, db.session.get_one(Call, call_id))
        return {"url": f"/exchange/manage/calls/{ref}/decisions"}

    return finish


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
