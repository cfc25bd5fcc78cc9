"""Writing outbox rows, in the transaction of their cause."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lms.core import audit, trace
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox.models import CANCELLED, DEAD, LEASED, PENDING, OutboxMessage
from lms.core.outbox.registry import Work, effect


def enqueue(
    actor: Actor,
    name: str,
    payload: dict[str, Any],
    *,
    due_at: datetime | None = None,
    key: str | None = None,
    owner_id: int | None = None,
) -> OutboxMessage:
    """Ask for `name` to be performed at `due_at` (default: at once).

    With a `key` that is known already no second row is written, but one that was cancelled is asked for anew.
    """
    message = OutboxMessage(
        name=name,
        payload=payload,
        key=key,
        state=PENDING,
        created_at=actor.now,
        due_at=due_at or actor.now,
        owner_id=owner_id,
        request_id=trace.current_id(),
    )
    if key is None:
        db.session.add(message)
        db.session.flush()
        return message
    return _known(message) or _added(message)


def ask_anew(actor: Actor, name: str, *, key: str) -> OutboxMessage:
    """Have a job that is known by its key done once more for the actor, unless it is under way."""
    message = enqueue(actor, name, {}, key=key, owner_id=actor.person_id)
    db.session.refresh(message, with_for_update=True)
    if message.state not in (PENDING, LEASED):
        message.state, message.attempts, message.due_at, message.lease_token = PENDING, 0, actor.now, None
        message.owner_id, message.progress_done, message.progress_total = actor.person_id, 0, 0
        db.session.flush()
    return message


def _known(message: OutboxMessage) -> OutboxMessage | None:
    query = select(OutboxMessage).where(OutboxMessage.key == message.key)
    existing = db.session.scalars(query).one_or_none()
    if existing is not None and existing.state == CANCELLED:
        existing.state, existing.payload, existing.due_at = PENDING, message.payload, message.due_at
    return existing


def _added(message: OutboxMessage) -> OutboxMessage:
    try:
        with db.session.begin_nested():
            db.session.add(message)
    except IntegrityError:  # Somebody else wrote the same key at the same time.
        if existing := _known(message):
            return existing
        raise
    return message


def cancel(key: str) -> None:
    """Take back a row that has not been performed yet; nothing happens when there is none."""
    db.session.execute(
        update(OutboxMessage).where(OutboxMessage.key == key, OutboxMessage.state == PENDING).values(state=CANCELLED)
    )


def give_up(actor: Actor, message: OutboxMessage) -> None:
    """Take back what failed, for good or so far; what it held, secrets of links included, is forgotten.

    Raises Conflict for what is under way, over, or has not been tried yet.
    """
    failed = message.state == DEAD or (message.state == PENDING and message.attempts > 0)
    if not failed:
        raise Conflict(_l("Only what has failed can be given up. Reload the page to see how it stands."))
    message.state, message.payload, message.lease_token = CANCELLED, {}, None
    db.session.flush()
    audit.record(actor, "outbox.given_up", subject=("outbox_message", message.id))


def replay(actor: Actor, message: OutboxMessage) -> None:
    """Let a dead letter be tried again. Raises Conflict when it is not dead."""
    if message.state != DEAD:
        raise Conflict(_l("Only a message that has failed for good can be sent again. Reload the page."))
    message.state, message.attempts, message.due_at, message.lease_token = PENDING, 0, actor.now, None
    db.session.flush()
    audit.record(actor, "outbox.replayed", subject=("outbox_message", message.id))


def schedule_transition(
    actor: Actor, *, machine: str, subject_id: int, transition: str, due_at: datetime
) -> OutboxMessage:
    """Let the clock perform a transition when due. Its guards decide then whether it still applies.

    Raises ValueError for a transition that is not declared `by_clock`.
    """
    from lms.core.workflow import machine_named

    if not machine_named(machine).transitions[transition].by_clock:
        raise ValueError(f"{machine}.{transition} is not declared by_clock.")
    return enqueue(
        actor,
        "workflow.transition",
        {"machine": machine, "subject_id": subject_id, "transition": transition},
        due_at=due_at,
        key=f"transition:{machine}:{subject_id}:{transition}:{due_at.isoformat()}",
    )


@effect("workflow.transition")
def _perform_due_transition(work: Work) -> None:
    from lms.core.workflow import machine_named, transition_due

    payload = work.payload
    transition_due(machine_named(payload["machine"]), payload["subject_id"], payload["transition"], actor=work.actor)
