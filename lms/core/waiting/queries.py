"""Reading what waits."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, tuple_

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.paging import Key
from lms.core.waiting.kinds import Office, WaitingKind
from lms.core.waiting.models import WaitingItem

SOONEST_FIRST = (Key(WaitingItem.due_at), Key(WaitingItem.id))


def offices_of(actor: Actor) -> list[Office]:
    """The offices in which the actor sits: one for each role held."""
    return [Office(held.role, held.scope_kind, held.scope_id) for held in actor.roles]


def _addressed_to(actor: Actor) -> ColumnElement[bool]:
    return or_(WaitingItem.person_id == actor.person_id, *map(to_office, offices_of(actor)))


def to_office(office: Office) -> ColumnElement[bool]:
    """Items addressed to exactly this office."""
    return and_(
        WaitingItem.office_role == office.role,
        WaitingItem.scope_kind == office.scope_kind,
        WaitingItem.scope_id.is_(None) if office.scope_id is None else WaitingItem.scope_id == office.scope_id,
    )


def items_of(actor: Actor) -> Select[WaitingItem]:
    """What was ever addressed to the actor or to an office they sit in now; nothing for a visitor."""
    return select(WaitingItem).where(_addressed_to(actor) if actor.is_signed_in else false())


def open_items(actor: Actor) -> Select[WaitingItem]:
    """What waits for the actor and for the offices they sit in, to be narrowed and ordered by a list."""
    return items_of(actor).where(WaitingItem.closed_at.is_(None))


def items_for(actor: Actor, *, limit: int = 50) -> Sequence[WaitingItem]:
    """What waits for the actor and for the offices they sit in: soonest due first, then oldest."""
    return db.session.scalars(open_items(actor).order_by(WaitingItem.due_at, WaitingItem.id).limit(limit)).all()


def about(words: str) -> ColumnElement[bool]:
    """Items whose subject bears these words in either language."""
    return or_(*(title.icontains(words, autoescape=True) for title in (WaitingItem.title_en, WaitingItem.title_zh)))


def next_of_kind(
    actor: Actor, kind: WaitingKind, *, besides: tuple[str, int] | None = None
) -> tuple[int, WaitingItem | None]:
    """How many of a kind wait for the actor and no colleague has taken, and the soonest due of them.

    `besides` leaves out a subject, such as the one whose page is shown.
    """
    query = open_items(actor).where(
        WaitingItem.kind == kind.name,
        or_(WaitingItem.assignee_id.is_(None), WaitingItem.assignee_id == actor.person_id),
    )
    if besides is not None:
        query = query.where(not_(and_(WaitingItem.subject_kind == besides[0], WaitingItem.subject_id == besides[1])))
    count = func.count().over().label("left")
    row = db.session.execute(query.add_columns(count).order_by(WaitingItem.due_at, WaitingItem.id).limit(1)).first()
    return (row.left, row[0]) if row else (0, None)


def items_about(subject: tuple[str, int]) -> Sequence[WaitingItem]:
    """Who must act on a subject now, and until when."""
    return db.session.scalars(
        select(WaitingItem)
        .where(
            WaitingItem.subject_kind == subject[0],
            WaitingItem.subject_id == subject[1],
            WaitingItem.closed_at.is_(None),
        )
        .order_by(WaitingItem.id)
    ).all()


def items_about_all(subjects: Collection[tuple[str, int]]) -> Sequence[WaitingItem]:
    """Who must act on any of these subjects now, in one query: soonest due first."""
    if not subjects:
        return []
    return db.session.scalars(
        select(WaitingItem)
        .where(
            tuple_(WaitingItem.subject_kind, WaitingItem.subject_id).in_(list(subjects)),
            WaitingItem.closed_at.is_(None),
        )
        .order_by(WaitingItem.due_at, WaitingItem.id)
    ).all()
