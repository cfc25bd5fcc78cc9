"""Reads for the portal's own lists: what waits, the outbox and the journal."""

from sqlalchemy import Select, and_, func, or_, select

from lms.accounts import queries as people
from lms.core import waiting
from lms.core.actor import Actor
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.ids import whole_number
from lms.core.outbox import OutboxMessage
from lms.core.paging import Key
from lms.core.waiting import WaitingItem

OUTBOX_ORDER = (Key(OutboxMessage.id, descending=True),)
JOURNAL_ORDER = (Key(AuditEntry.id, descending=True),)
OUTBOX_STATES = ("pending", "leased", "done", "dead", "cancelled")


def waiting_list(actor: Actor, *, q: str = "", whose: str = "", kind: str = "") -> Select[WaitingItem]:
    """What waits for the actor, narrowed by words of the subject or the task, by addressee and by kind.

    `whose`: `me`, `office`, `taken` (by me), `free` (an office's item that nobody has taken) or `overdue`.
    """
    query = waiting.open_items(actor)
    if q:
        named = [name for name in _open_kinds(actor) if q.lower() in str(waiting.kind_named(name).label).lower()]
        query = query.where(or_(waiting.about(q), WaitingItem.kind.in_(named)))
    match whose:
        case "me":
            query = query.where(WaitingItem.person_id.is_not(None))
        case "office":
            query = query.where(WaitingItem.office_role.is_not(None))
        case "taken":
            query = query.where(WaitingItem.assignee_id == actor.person_id)
        case "free":
            query = query.where(and_(WaitingItem.office_role.is_not(None), WaitingItem.assignee_id.is_(None)))
        case "overdue":
            query = query.where(WaitingItem.due_at < actor.now)
    return query.where(WaitingItem.kind == kind) if kind else query


def _open_kinds(actor: Actor) -> list[str]:
    kinds = waiting.open_items(actor).with_only_columns(WaitingItem.kind).distinct()
    return list(db.session.scalars(kinds.order_by(WaitingItem.kind)))


def waiting_kinds(actor: Actor) -> list[waiting.WaitingKind]:
    """The kinds of things that wait for the actor now."""
    return [waiting.kind_named(name) for name in _open_kinds(actor)]


def waiting_item(actor: Actor, item_id: int) -> WaitingItem:
    """An item that was addressed to the actor or to an office of theirs. Raises NotFound."""
    item = db.session.scalars(waiting.items_of(actor).where(WaitingItem.id == item_id)).one_or_none()
    if item is None:
        raise NotFound
    return item


def colleagues(actor: Actor, item: WaitingItem) -> list[people.Contact]:
    """Who else sits in the office that an item is addressed to, deputies last; nobody for a person's own item."""
    ids = people.members_of_offices([item], actor.now).get(item.id, [])
    found = people.contacts(ids)
    return [found[person_id] for person_id in ids if person_id in found and person_id != actor.person_id]


def outbox_list(*, state: str = "", q: str = "") -> Select[OutboxMessage]:
    """The outbox, narrowed by state and by a part of the name. Contents stay unread: they hold secrets of links."""
    query = select(OutboxMessage)
    if state in OUTBOX_STATES:
        query = query.where(OutboxMessage.state == state)
    if q:
        query = query.where(OutboxMessage.name.icontains(q, autoescape=True))
    return query


def outbox_counts() -> dict[str, int]:
    """How many rows stand in each state that an administrator must know of: dead, pending and leased."""
    rows = db.session.execute(
        select(OutboxMessage.state, func.count())
        .where(OutboxMessage.state.in_(("dead", "pending", "leased")))
        .group_by(OutboxMessage.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 - rows are not pairs to a type checker


def outbox_message(_actor: Actor, message_id: int) -> OutboxMessage:
    """One row of the outbox. Raises NotFound."""
    message = db.session.get(OutboxMessage, message_id)
    if message is None:
        raise NotFound
    return message


def journal_list(*, action: str = "", who: str = "") -> Select[AuditEntry]:
    """The journal, narrowed by a part of the action and by who acted: an e-mail address, `system` or a number."""
    query = select(AuditEntry)
    if action:
        query = query.where(AuditEntry.action.icontains(action, autoescape=True))
    if not who:
        return query
    if who in {"system", "anonymous", "token"}:
        return query.where(AuditEntry.actor_kind == who)
    if (person_id := whole_number(who)) is None:
        person = people.person_by_email(who)
        person_id = person.id if person else -1
    return query.where(AuditEntry.actor_id == person_id)
