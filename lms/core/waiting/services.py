"""Opening, closing and handing over what waits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from lms.core import audit
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting.kinds import Office, Titled, WaitingKind
from lms.core.waiting.models import WaitingItem
from lms.core.waiting.queries import to_office


def open_item(
    actor: Actor,
    kind: WaitingKind,
    *,
    to: Office | int,
    subject: tuple[str, int],
    about: Sequence[str | Titled],
    url_values: Mapping[str, Any],
    due_at: datetime | None = None,
) -> WaitingItem:
    """Open an item for an office or a person (their id), due as the kind says unless `due_at` is given.

    `about` names the subject to whoever must act: names as they are, and things with a title, such as a call, by
    their title in the reader's language. An open item of the same kind, subject and addressee is kept; a due time
    that is given replaces its own.
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
        existing.due_at = due_at or existing.due_at
        return existing
    item = WaitingItem(
        kind=kind.name,
        subject_kind=subject[0],
        subject_id=subject[1],
        title_en=_joined(about, "en"),
        title_zh=_joined(about, "zh"),
        url_values=dict(url_values),
        person_id=person_id,
        office_role=office.role if office else None,
        scope_kind=office.scope_kind if office else None,
        scope_id=office.scope_id if office else None,
        opened_at=actor.now,
        due_at=due_at or kind.due_from(actor.now),
    )
    db.session.add(item)
    db.session.flush()
    return item


def _joined(about: Sequence[str | Titled], language: str) -> str:
    """`Thiri Aung · Young scientists 2027`: the subject in one language, in English what has no Chinese title."""
    parts = []
    for part in about:
        if isinstance(part, str):
            parts.append(part)
        else:
            parts.append((part.title_zh if language == "zh" else "") or part.title_en)
    return " · ".join(parts)


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


def take(actor: Actor, item: WaitingItem, *, seen_assignee_id: int | None) -> None:
    """Take an office's item, so that colleagues see who works on it. Taking it twice is harmless.

    `seen_assignee_id` is who had it when the page was made. Raises what `give` raises.
    """
    give(item, to_person_id=actor.person_id, seen_assignee_id=seen_assignee_id)


def give(item: WaitingItem, *, to_person_id: int | None, seen_assignee_id: int | None) -> None:
    """Give an office's item to one of its members, or back to the whole office; the caller checks that they sit there.

    Raises Refused for an item that is addressed to a person, and Conflict when it was done, or taken by somebody
    else than `seen_assignee_id`, since the page was made.
    """
    db.session.refresh(item, with_for_update=True)
    if item.closed_at is not None:
        raise Conflict(_l("This is done already. Go back to the list to see what still waits."))
    if item.office_role is None:
        raise Refused([_l("This waits for one person, not for an office, so nobody can take it over.")])
    if item.assignee_id == to_person_id:
        return
    if item.assignee_id != seen_assignee_id:
        raise Conflict(_l("A colleague has taken this meanwhile. Go back to the list to see who."))
    item.assignee_id = to_person_id
    db.session.flush()


def hand_over(actor: Actor, *, from_person_id: int, to_person_id: int | None, office: Office) -> int:
    """Give all that somebody has taken of one office to a colleague, or back to the office, in one step; how many."""
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
