"""Opening, closing and handing over what waits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from lms.core import audit
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.waiting.kinds import Office, WaitingKind
from lms.core.waiting.models import WaitingItem
from lms.core.waiting.queries import to_office


def open_item(
    actor: Actor,
    kind: WaitingKind,
    *,
    to: Office | int,
    subject: tuple[str, int],
    title: str,
    url_values: Mapping[str, Any],
    due_at: datetime | None = None,
) -> WaitingItem:
    """Open an item for an office or a person (their id). `title` names the subject, such as a call's title.

    An open item of the same kind, subject and addressee is kept and gets the new due time.
    """
    office = to if isinstance(to, Office) else None
    person_id = to if isinstance(to, int) else None
    existing = db.session.scalars(
        select(WaitingItem).where(
            WaitingItem.kind == kind.name,
            WaitingItem.subject_kind == subject[0],
            WaitingItem.subject_id == subject[1],
            WaitingItem.closed_at.is_(None),
            WaitingItem.person_id == person_id if office is None else to_office(office),
        )
    ).first()
    if existing is not None:
        existing.due_at = due_at
        return existing
    item = WaitingItem(
        kind=kind.name,
        subject_kind=subject[0],
        subject_id=subject[1],
        title=title,
        url_values=dict(url_values),
        person_id=person_id,
        office_role=office.role if office else None,
        scope_kind=office.scope_kind if office else None,
        scope_id=office.scope_id if office else None,
        opened_at=actor.now,
        due_at=due_at,
    )
    db.session.add(item)
    db.session.flush()
    return item


def close_items(
    actor: Actor, *, subject: tuple[str, int], kind: WaitingKind | None = None, person_id: int | None = None
) -> None:
    """Close what waits about a subject: all of it, or only one kind, or only one person's."""
    query = update(WaitingItem).where(
        WaitingItem.subject_kind == subject[0],
        WaitingItem.subject_id == subject[1],
        WaitingItem.closed_at.is_(None),
    )
    if kind is not None:
        query = query.where(WaitingItem.kind == kind.name)
    if person_id is not None:
        query = query.where(WaitingItem.person_id == person_id)
    db.session.execute(query.values(closed_at=actor.now).execution_options(synchronize_session="fetch"))


def take(actor: Actor, item: WaitingItem) -> None:
    """Take an office's item, so that colleagues see who works on it."""
    item.assignee_id = actor.person_id
    db.session.flush()


def hand_over(actor: Actor, *, from_person_id: int, to_person_id: int, office: Office) -> int:
    """Give a leaver's taken items of one office to a colleague, in one step; how many there were."""
    rows = db.session.scalars(
        select(WaitingItem).where(
            WaitingItem.assignee_id == from_person_id,
            WaitingItem.closed_at.is_(None),
            to_office(office),
        )
    ).all()
    for row in rows:
        row.assignee_id = to_person_id
    db.session.flush()
    audit.record(
        actor,
        "office.handed_over",
        detail={
            "from_id": from_person_id,
            "to_id": to_person_id,
            "scope_id": office.scope_id,
            "items": len(rows),
        },
    )
    return len(rows)
