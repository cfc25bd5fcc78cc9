"""Reads for the portal's own lists: what waits."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

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


@dataclass(frozen=True)
class Waiting:
    """What waits of one kind: the soonest due, how many in all, and how many of them are overdue."""

    kind: waiting.WaitingKind
    items: Sequence[WaitingItem]
    count: int
    overdue: int


def waiting_by_kind(actor: Actor, *, each: int) -> list[Waiting]:
    """What waits for the actor and their offices by kind, the most urgent kind first, in one query."""
    soonest = {"partition_by": WaitingItem.kind, "order_by": (WaitingItem.due_at, WaitingItem.id)}
    late = case((WaitingItem.due_at < actor.now, 1), else_=0)
    ranked = (
        waiting.open_items(actor)
        .add_columns(
            func.row_number().over(**soonest).label("place"),
            func.count().over(partition_by=WaitingItem.kind).label("of_kind"),
            func.sum(late).over(partition_by=WaitingItem.kind).label("late"),
        )
        .subquery()
    )
    item = aliased(WaitingItem, ranked)
    rows = db.session.execute(
        select(item, ranked.c.of_kind, ranked.c.late).where(ranked.c.place <= each).order_by(item.due_at, item.id)
    ).all()
    kinds = dict.fromkeys(row[0].kind for row in rows)
    return [
        Waiting(waiting.kind_named(name), [row[0] for row in own], own[0].of_kind, int(own[0].late))
        for name in kinds
        if (own := [row for row in rows if row[0].kind == name])
    ]


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
