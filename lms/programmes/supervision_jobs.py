"""What the relay computes for joint degrees: who supervises whom."""

import logging

from lms.allocation import InstanceError, OutOfTime, Watch
from lms.core.db import db
from lms.core.outbox import Work, job
from lms.core.outbox.registry import Finish
from lms.programmes.models.supervision import SupervisionRound
from lms.programmes.services import supervision as services

log = logging.getLogger(__name__)

_SECONDS = 300
"""After so long a matching is given up; a thousand students take less than one."""


@job("supervision.match")
def _match(work: Work) -> Finish:
    round_id = work.payload["round_id"]
    one = db.session.get_one(SupervisionRound, round_id)
    work.report(0, 1)
    computed = None
    try:
        computed = services.compute(one, Watch(seconds=_SECONDS))
    except (InstanceError, OutOfTime, ValueError) as error:
        log.error("supervision round %s could not be computed: %r", round_id, error)
    work.report(1, 1)
    ref = one.ref

    def finish() -> dict[str, str]:
        services.finish(work.actor, db.session.get_one(SupervisionRound, round_id), computed)
        return {"url": f"/programmes/rounds/{ref}"}

    return finish
