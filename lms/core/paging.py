"""Pages by key: the last page of a long list costs what the first one costs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Generic, TypeVar

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, case, false, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.i18n import lazy_gettext as _l

Row = TypeVar("Row")
PAGE_SIZE = 20


@dataclass(frozen=True)
class Key:
    """A column or expression to order by. Every list ends in a unique one, so that the order is total.

    Rows without a value come last in both directions, on every database.
    """

    column: InstrumentedAttribute[Any] | ColumnElement[Any]
    descending: bool = False

    @property
    def may_be_null(self) -> bool:
        """Whether there may be rows without a value: not in a column of a table that is declared so."""
        return not isinstance(self.column, InstrumentedAttribute) or getattr(self.column.expression, "nullable", True)

    def direction(self, backwards: bool) -> UnaryExpression[Any]:
        """The term of ORDER BY; `backwards` turns the whole list round."""
        term = self.column.desc() if self.descending != backwards else self.column.asc()
        if not self.may_be_null:
            return term
        return term.nulls_first() if backwards else term.nulls_last()

    def beyond(self, value: Any, backwards: bool) -> ColumnElement[bool]:
        """Which rows come after the one with this value, by this key alone."""
        if value is None:
            return self.column.is_not(None) if backwards else false()
        further = self.column < value if self.descending != backwards else self.column > value
        return or_(further, self.column.is_(None)) if self.may_be_null and not backwards else further


@cache
def looked_up(relation: InstrumentedAttribute[Any], *path: str) -> ColumnElement[Any]:
    """What a list's row refers to, to order by: `looked_up(Placement.application, "person", "name")`.

    `path` leads over further relationships to a column. A subquery of its own, so that it fits whatever the
    list's query joins; each relationship leads to at most one row.
    """
    at = aliased(relation.property.mapper.class_)
    (own, other), *_ = relation.property.local_remote_pairs
    query = select(at).where(own == getattr(at, other.key))
    for name in path[:-1]:
        step = getattr(at, name)
        at = aliased(step.property.mapper.class_)
        query = query.join(step.of_type(at))
    return query.with_only_columns(getattr(at, path[-1])).scalar_subquery()


def in_order_of(column: InstrumentedAttribute[Any] | ColumnElement[Any], values: Iterable[str]) -> ColumnElement[int]:
    """The place of a column's value among `values`, to order by, as by the states of a process; others come last."""
    places = {value: place for place, value in enumerate(values)}
    return case(places, value=column, else_=len(places))


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list, with cursors to its neighbours (None at an end)."""

    items: Sequence[Row]
    before: str | None
    after: str | None


def paginate(query: Select[Any], keys: Sequence[Key], *, cursor: str = "", size: int = PAGE_SIZE) -> Page[Any]:
    """One page of `query`. Its first selected thing is the row.

    `cursor` comes from a page's `before` or `after`. Raises Invalid for a cursor that is not ours, or
    that of another list or order.
    """
    signer = _signer(keys)
    backwards, values = _decode(signer, cursor) if cursor else (False, None)
    ordered = query.add_columns(*(key.column for key in keys))
    if values is not None:
        ordered = ordered.where(_beyond(keys, values, backwards))
    directions = [key.direction(backwards) for key in keys]
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
    """(a, b, c) after (x, y, z): spelled out where the directions differ or a value may be missing."""
    if len({key.descending for key in keys}) == 1 and not any(key.may_be_null for key in keys):
        row = tuple_(*(key.column for key in keys))  # Databases begin in the middle of an index for this form alone.
        return row < tuple(values) if keys[0].descending != backwards else row > tuple(values)
    alternatives: list[ColumnElement[bool]] = []
    for position, (key, value) in enumerate(zip(keys, values, strict=True)):
        same = [earlier.column == given for earlier, given in zip(keys[:position], values, strict=False)]
        alternatives.append(and_(*same, key.beyond(value, backwards)))
    return or_(false(), *alternatives)


def _signer(keys: Sequence[Key]) -> URLSafeSerializer:
    """Signed, so that a cursor holds nothing but what this very order gave, in its types."""
    columns = ",".join(f"{key.column} {key.descending}" for key in keys)
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"cursor:{columns}")


def _encode(signer: URLSafeSerializer, backwards: bool, values: Sequence[Any]) -> str:
    return str(signer.dumps([backwards, *map(_plain, values)]))


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return ["t", value.isoformat()]
        case date():
            return ["d", value.isoformat()]
        case Decimal():
            return ["n", str(value)]
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
        case ["n", text]:
            return Decimal(text)
    return entry
