"""What courses do outside of requests."""

from lms.core.outbox import Work, effect
from lms.courses.services.offerings import complete_earned


@effect("courses.check_again")
def check_again(work: Work) -> None:
    """After the completion rule or the steps have changed: complete those who meet it now."""
    complete_earned(work.actor, offering_id=work.payload["offering_id"])
