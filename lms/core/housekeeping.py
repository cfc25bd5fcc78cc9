"""What is swept away once a day: used form tokens, old counters, tables brought in, files that no row knows."""

from datetime import timedelta

from sqlalchemy import delete

from lms.core import storage
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.imports.services import KEPT, forget_before
from lms.core.outbox.registry import Finish, Work, job
from lms.core.outbox.services import enqueue
from lms.core.web.forms import FormUse
from lms.core.web.limits import RateHit

_KEEP_FORM_TOKENS = timedelta(days=14)
_KEEP_STAGED_FILES = timedelta(days=1)


def ask_for_today(actor: Actor) -> None:
    """Have today's sweep done, once, however often this is asked."""
    enqueue(actor, "core.housekeeping", {}, key=f"housekeeping:{actor.now.date().isoformat()}")


@job("core.housekeeping")
def _sweep(work: Work) -> Finish:
    storage.sweep_orphans(_KEEP_STAGED_FILES)

    def finish() -> None:
        db.session.execute(delete(FormUse).where(FormUse.used_at < work.now - _KEEP_FORM_TOKENS))
        db.session.execute(delete(RateHit).where(RateHit.window_ends_at < work.now))
        forget_before(work.now - KEPT)

    return finish
