"""What the relay performs for applications."""

from lms.applications.services import endorsements
from lms.core.outbox import Work, effect


@effect("endorsement.remind")
def _remind(work: Work) -> None:
    endorsements.remind_if_due(work.actor, **work.payload)
