"""Reads for the presenter's pages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, or_, select, table

from lms.core.actor import Actor
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.outbox import KeptMail, OutboxMessage
from lms.core.paging import Key

RESET = "demo.reset"
SEEDED = "demo.seeded"
MAIL_ORDER = (Key(KeptMail.id, descending=True),)
_LINK = re.compile(r"https?://\S+[^\s.,;:!?)\]。，；：]")


@dataclass(frozen=True)
class Piece:
    """A part of a mail's text; one that is a link is shown as such."""

    text: str
    is_link: bool = False


def pieces(body: str) -> list[Piece]:
    """A mail's text cut at its links."""
    found, at = [], 0
    for link in _LINK.finditer(body):
        found += [Piece(body[at : link.start()]), Piece(link[0], is_link=True)]
        at = link.end()
    return [*found, Piece(body[at:])]


def mails(q: str = "") -> Select[KeptMail]:
    """Kept mails whose address or subject holds the words."""
    query = select(KeptMail)
    if not q:
        return query
    return query.where(
        or_(KeptMail.to_address.icontains(q, autoescape=True), KeptMail.subject.icontains(q, autoescape=True))
    )


def mail(_actor: Actor, mail_id: int) -> KeptMail:
    """One kept mail. Raises NotFound."""
    found = db.session.get(KeptMail, mail_id)
    if found is None:
        raise NotFound
    return found


def next_timers(actor: Actor, *, limit: int = 8) -> Sequence[OutboxMessage]:
    """What the clock will do next, soonest first."""
    return db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.state == "pending", OutboxMessage.due_at > actor.now)
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(limit)
    ).all()


DEADLINE, EXPIRY = "deadline", "expiry"
# What the clock performs by itself, by the names of its transitions.
_TURNS = {DEADLINE: ("close", "end_return"), EXPIRY: ("lapse", "expire", "miss")}


def next_turn(actor: Actor, kind: str) -> OutboxMessage | None:
    """The next deadline or expiry that the clock will meet."""
    transition = OutboxMessage.payload["transition"].as_string()
    return db.session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.state == "pending",
            OutboxMessage.name == "workflow.transition",
            OutboxMessage.due_at > actor.now,
            transition.in_(_TURNS[kind]),
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(1)
    ).first()


def seeded_at() -> datetime | None:
    """When this demo world was made."""
    return db.session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.action == SEEDED))


def is_being_made_new() -> bool:
    """Whether the world is about to be replaced."""
    waiting = select(exists().where(OutboxMessage.name == RESET, OutboxMessage.state.in_(("pending", "leased"))))
    return bool(db.session.scalar(waiting))


def is_seeded() -> bool:
    """Whether this database holds the demo world: its journal says so, and nobody can take that away."""
    return bool(db.session.scalar(select(exists().where(AuditEntry.action == SEEDED))))


def is_empty() -> bool:
    """Whether nobody has an account here yet."""
    return not db.session.scalar(select(exists().select_from(table("person"))))
