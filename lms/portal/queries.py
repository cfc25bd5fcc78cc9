"""Reads for the portal's own lists: what waits."""

from sqlalchemy import Select, and_, or_, select

from lms.accounts import queries as people
from lms.core import waiting
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.waiting import WaitingItem



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
