"""What accounts do outside of requests."""

from lms.accounts.services.registration import forget_unconfirmed
from lms.core.actor import Actor
from lms.core.outbox import Work, effect, enqueue


def ask_for_today(actor: Actor) -> None:
    """Have today's unconfirmed registrations swept away, once, however often this is asked."""
    enqueue(actor, "accounts.forget_unconfirmed", {}, key=f"forget-unconfirmed:{actor.now.date().isoformat()}")


@effect("accounts.forget_unconfirmed")
def forget(work: Work) -> None:
    """Forget what strangers may have typed about people who never confirmed it."""
    forget_unconfirmed(work.actor)
