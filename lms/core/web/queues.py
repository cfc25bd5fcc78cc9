"""Working through what waits: from one thing to the next of its kind, without the way over the list."""

from dataclasses import dataclass

from flask import redirect, url_for
from werkzeug.wrappers import Response

from lms.core import waiting
from lms.core.waiting import WaitingKind
from lms.core.web.identity import current_actor


@dataclass(frozen=True)
class Queue:
    """What else of a kind waits for the reader: how many, the page of the soonest due, and the list of them all."""

    left: int
    next_url: str
    list_url: str


def queue_of(kind: WaitingKind, *, besides: tuple[str, int] | None = None) -> Queue | None:
    """What of a kind waits for the current actor, `besides` the subject of the page; None when nothing does."""
    left, item = waiting.next_of_kind(current_actor(), kind, besides=besides)
    if item is None:
        return None
    return Queue(
        left=left,
        next_url=url_for(kind.endpoint, **item.url_values),
        list_url=url_for("dashboard.waiting_list", kind=kind.name),
    )


def on_to_next(kind: WaitingKind, *, otherwise: str) -> Response:
    """After a decision: to the next of its kind that waits for the current actor, else to the address given."""
    queue = queue_of(kind)
    return redirect(queue.next_url if queue else otherwise, 303)
