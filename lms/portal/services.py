"""Writes from the portal's own pages."""

from sqlalchemy import select

from lms.core import outbox, waiting
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import OutboxMessage
from lms.core.waiting import WaitingItem
from lms.portal import queries


def give_to_colleague(actor: Actor, *, item: WaitingItem, to_person_id: int, seen_assignee_id: int | None) -> None:
    """Give an item of one's office to a colleague who sits in it.

    Raises Invalid for somebody who does not sit there, and what `waiting.give` raises.
    """
    if to_person_id not in {colleague.person_id for colleague in queries.colleagues(actor, item)}:
        raise Invalid(_l("Choose somebody who sits in this office."), "colleague")
    waiting.give(item, to_person_id=to_person_id, seen_assignee_id=seen_assignee_id)


def replay_all(actor: Actor) -> int:
    """Let every dead letter be tried again; how many there were."""
    dead = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.state == "dead").order_by(OutboxMessage.id).with_for_update()
    ).all()
    for message in dead:
        outbox.replay(actor, message)
    return len(dead)
