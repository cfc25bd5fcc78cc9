"""What administrators ask for and takes a while."""

from dataclasses import asdict
from typing import Any

from lms.core import audit
from lms.core.outbox import Work, job
from lms.core.outbox.registry import Finish
from lms.portal.operating import VERIFY


@job(VERIFY)
def verify_journal(work: Work) -> Finish:
    """Prove that the journal is unchanged since it was sealed, or name the first thing that is not."""
    verdict = audit.verify(report=work.report)

    def finish() -> dict[str, Any]:
        return asdict(verdict) | {"url": "/admin/journal"}

    return finish
