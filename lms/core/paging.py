"""Pages by key: the last page of a long list costs what the first one costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
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


def paginate(query: Select[Any], keys: Sequence[Key], *, cursor: str = "", size: int = PAGE_SIZE) -> Page[Any]:
    """One page of `query`. Its first selected thing is the row; key columns must not be NULL.

    `cursor` comes from a page's `before` or `after`. Raises Invalid for a cursor that is not ours, or
    another list's.
    """
    signer = _signer(keys)
    backwards, values = _decode(signer, cursor) if cursor else (False, None)
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
        before=_encode(signer, True, rows[0][-width:]) if rows and has_before else None,
        after=_encode(signer, False, rows[-1][-width:]) if rows and has_after else None,
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


def _signer(keys: Sequence[Key]) -> URLSafeSerializer:
    """Signed, so that a cursor holds nothing but what this list's own columns gave, in their types."""
    columns = ",".join(str(key.column) for key in keys)
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"cursor:{columns}")


def _encode(signer: URLSafeSerializer, backwards: bool, values: Sequence[Any]) -> str:
    return str(signer.dumps([backwards, *map(_plain, values)]))


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return ["t", value.isoformat()]
        case date():
            return ["d", value.isoformat()]
        case None:
            raise ValueError("A list cannot be paged by a column that is NULL: order by coalesce(…).")
    return value


def _decode(signer: URLSafeSerializer, cursor: str) -> tuple[bool, list[Any]]:
    try:
        backwards, *plain = signer.loads(cursor)
    except BadData:
        message = _l("This page of the list cannot be found. Go back to its first page.")
        raise Invalid(message) from None
    return backwards, [_value(entry) for entry in plain]


def _value(entry: Any) -> Any:
    match entry:
        case ["t", text]:
            return datetime.fromisoformat(text)
        case ["d", text]:
            return date.fromisoformat(text)
    return entry
