"""Writes from the portal's own pages."""

from sqlalchemy import select

from lms.core import outbox, waiting
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import OutboxMessage
from lms.core.waiting import WaitingItem


def take_item(actor: Actor, *, item: WaitingItem, seen_assignee_id: int | None) -> None:
    """Take an item of one's office, so that colleagues see who works on it. Taking it twice is harmless.

    `seen_assignee_id` is who had it when the page was made. Raises Refused for an item that is addressed to a
    person, and Conflict when it was done, or taken by somebody else, since.
    """
    db.session.refresh(item, with_for_update=True)
    if item.closed_at is not None:
        raise Conflict(_l("This is done already. Go back to the list to see what still waits."))
    if item.office_role is None:
        raise Refused([_l("This waits for one person, not for an office, so nobody can take it over.")])
    if item.assignee_id == actor.person_id:
        return
    if item.assignee_id != seen_assignee_id:
        raise Conflict(_l("A colleague has taken this meanwhile. Go back to the list to see who."))
    waiting.take(actor, item)


def replay_all(actor: Actor) -> int:
    """Let every dead letter be tried again; how many there were."""
    dead = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.state == "dead").order_by(OutboxMessage.id).with_for_update()
    ).all()
    for message in dead:
        outbox.replay(actor, message)
    return len(dead)
