"""What the relay computes for the exchange."""

import logging
from collections.abc import Callable
from dataclasses import replace

from lms.allocation import InstanceError, OutOfTime, Watch
from lms.core.db import db
from lms.core.outbox import Work, job
from lms.core.outbox.registry import Finish
from lms.exchange.models import AllocationRun, Call
from lms.exchange.services import release
from lms.exchange.services.allocation import Computed, NotProven, compute, finish_run

log = logging.getLogger(__name__)

_SECONDS = 600
"""After so long a run of the allocation is given up; ten thousand applications take less than one."""


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


def _in_steps(work: Work) -> Callable[[float], None]:
    """Report every tenth of the way: each report is written to the database."""
    said = 0

    def hear(share: float) -> None:
        nonlocal said
        if (tenth := int(share * 10)) > said:
            said = tenth
            work.report(tenth * 10, 100)

    return hear


@job("allocation.run")
def _run_allocation(work: Work) -> Finish:
    run_id = work.payload["run_id"]
    run = db.session.get_one(AllocationRun, run_id)
    work.report(0, 100)
    computed: Computed | None = None
    failed_for = "fault"
    try:
        computed = compute(run, Watch(_in_steps(work), _SECONDS))
    except InstanceError as error:  # Ours to mend: a later try would fail alike.
        log.error("allocation run %s has a bad instance: %s at %s", run_id, error.reason, error.path)
    except NotProven as error:
        log.error("allocation run %s does not pass the independent check: %s", run_id, error)
    except OutOfTime:
        failed_for = "time"
        log.error("allocation run %s took longer than %s seconds", run_id, _SECONDS)
    work.report(100, 100)
    ref = run.ref

    def finish() -> dict[str, str]:
        finish_run(work.actor, db.session.get_one(AllocationRun, run_id), computed, failed_for=failed_for)
        return {"url": f"/exchange/allocation/{ref}"}

    return finish
