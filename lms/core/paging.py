"""Pages by key: the last page of a long list costs what the first one costs."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.i18n import lazy_gettext as _l

Row = TypeVar("Row")
PAGE_SIZE = 20


@dataclass(frozen=True)
class Key:
    """A column to order by. Every list ends in a unique one, so that the order is total."""

    column: InstrumentedAttribute[Any] | ColumnElement[Any]
    descending: bool = False


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list, with cursors to its neighbours (None at an end)."""

    items: Sequence[Row]
    before: str | None
    after: str | None


def paginate(
    query: Select[Any], keys: Sequence[Key], *, cursor: str = "", size: int = PAGE_SIZE
) -> Page[Any]:
    """One page of `query`. Its first selected thing is the row; key columns must not be NULL.

    `cursor` comes from a page's `before` or `after`. Raises Invalid for a cursor that is not ours.
    """
    backwards, values = _decode(cursor, len(keys)) if cursor else (False, None)
    ordered = query.add_columns(*(key.column for key in keys))
    if values is not None:
        ordered = ordered.where(_beyond(keys, values, backwards))
    directions = [key.column.desc() if key.descending != backwards else key.column.asc() for key in keys]
    rows = db.session.execute(ordered.order_by(None).order_by(*directions).limit(size + 1)).unique().all()
    more, rows = len(rows) > size, list(rows[:size])
    if backwards:
        rows.reverse()
    width = len(keys)
    has_before = more if backwards else values is not None
    has_after = True if backwards else more
    return Page(
        items=[row[0] for row in rows],
        before=_encode(True, rows[0][-width:]) if rows and has_before else None,
        after=_encode(False, rows[-1][-width:]) if rows and has_after else None,
    )


def _beyond(keys: Sequence[Key], values: Sequence[Any], backwards: bool) -> ColumnElement[bool]:
    """(a, b, c) after (x, y, z), spelled out because the directions may differ."""
    alternatives: list[ColumnElement[bool]] = []
    for position, key in enumerate(keys):
        same = [earlier.column == value for earlier, value in zip(keys[:position], values, strict=False)]
        smaller = key.descending != backwards
        beyond = key.column < values[position] if smaller else key.column > values[position]
        alternatives.append(and_(*same, beyond))
    return or_(false(), *alternatives)


def _encode(backwards: bool, values: Sequence[Any]) -> str:
    plain = [
        ["t", value.isoformat()]
        if isinstance(value, datetime)
        else ["d", value.isoformat()]
        if isinstance(value, date)
        else value
        for value in values
    ]
    return base64.urlsafe_b64encode(json.dumps([backwards, *plain]).encode()).decode().rstrip("=")


def _decode(cursor: str, width: int) -> tuple[bool, list[Any]]:
    try:
        backwards, *plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [_value(entry) for entry in plain]
    except (ValueError, TypeError, binascii.Error):
        values, backwards = [], False
    if len(values) != width or not isinstance(backwards, bool):
        raise Invalid(_l("This page of the list cannot be found. Go back to its first page."))
    return backwards, values


def _value(entry: Any) -> Any:
    match entry:
        case ["t", text]:
            return datetime.fromisoformat(text)
        case ["d", text]:
            return date.fromisoformat(text)
        case bool() | int() | str() | float():
            return entry
    raise ValueError
