"""Lists: searched, filtered, sorted, paged by key, and taken out as CSV or XLSX, all from one query."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, g, make_response, render_template, request
from sqlalchemy import Select, func, select

from lms.core import tabular
from lms.core.db import db
from lms.core.i18n import Text, lazy_ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import PAGE_SIZE, Key, paginate
from lms.core.web.preferences import filters_of_list

_EXPORT_BATCH = 500
_COUNTED = 1000  # Counting further costs more than it tells.


@dataclass(frozen=True)
class Column:
    """A column of an export, by which the list may be sorted too.

    `label` is its heading and `value` reads it from a row. With a name in `sort`, an address may ask for
    the list in the order of `by` (a column or expression as `paging.Key` takes it): `?sort=name`, or
    `?sort=-name` for the other way round.
    """

    label: Text
    value: Callable[[Any], Any]
    sort: str = ""
    by: Any = None


@dataclass(frozen=True)
class Sorting:
    """How a list is sorted, and how else it can be."""

    columns: dict[str, Column]
    keys: Sequence[Key]
    name: str
    descending: bool

    @property
    def value(self) -> str:
        """What an address says to have the list as it is now."""
        return f"-{self.name}" if self.descending else self.name

    @property
    def options(self) -> list[tuple[str, Text]]:
        """Every order, as the value of `?sort=` and in words."""
        found: list[tuple[str, Text]] = []
        for name, column in self.columns.items():
            found.append((name, _l("%(label)s ↑", label=column.label)))
            found.append((f"-{name}", _l("%(label)s ↓", label=column.label)))
        return found

    def direction(self, name: str) -> str:
        """How the list is sorted by a column now, in the words of `aria-sort`; empty when by another one."""
        if name != self.name:
            return ""
        return "descending" if self.descending else "ascending"

    def other(self, name: str) -> str:
        """What a press on a column's heading asks for: its order, or the other way round if that is in force."""
        return f"-{name}" if self.direction(name) == "ascending" else name


def sorting_of(columns: Sequence[Column], order: Sequence[Key], asked: str) -> Sorting:
    """The order that `asked` (the value of `?sort=`) names; the list's own for a name that it does not know.

    `order` is the list's own. Its last key makes every order total, and runs in the direction of the others,
    so that an index serves both.
    """
    sortable = {column.sort: column for column in columns if column.sort}
    own = next((name for name, column in sortable.items() if column.by is order[0].column), "")
    name, descending = asked.removeprefix("-"), asked.startswith("-")
    if name not in sortable:
        return Sorting(sortable, order, own, order[0].descending)
    if name == own:
        turned = descending != order[0].descending
        return Sorting(sortable, [Key(key.column, key.descending != turned) for key in order], name, descending)
    keys = [Key(sortable[name].by, descending), Key(order[-1].column, descending)]
    return Sorting(sortable, keys, name, descending)


def render_list(
    template: str,
    *,
    query: Select[Any],
    order: Sequence[Key],
    columns: Sequence[Column],
    name: str,
    **context: Any,
) -> Response:
    """A page of the list, or all of it when the address says `format=csv` or `format=xlsx`.

    The template gets `page` (items, before, after), `sorting`, and `found`, which says how many there are.
    `order` holds unless the address asks for another one; it begins with a column that can be sorted by.
    `name` is the export's file name.
    """
    sorting = sorting_of(columns, order, request.args.get("sort", ""))
    match request.args.get("format"):
        case "csv":
            return _csv(query, sorting.keys, columns, name)
        case "xlsx":
            return xlsx_response(name, columns, _all_rows(query, sorting.keys))
    page = paginate(query, sorting.keys, cursor=request.args.get("cursor", ""), size=PAGE_SIZE)
    g.list_filters = filters_of_list()
    return make_response(render_template(template, page=page, sorting=sorting, found=_found(query), **context))


def _found(query: Select[Any]) -> Text:
    rows = query.order_by(None).limit(_COUNTED + 1).subquery()
    count = db.session.scalar(select(func.count()).select_from(rows)) or 0
    if count > _COUNTED:
        return _l("More than %(num)s entries", num=_COUNTED)
    return lazy_ngettext("%(num)d entry", "%(num)d entries", count)


def _all_rows(query: Select[Any], order: Sequence[Key]) -> Iterator[Any]:
    cursor: str | None = ""
    while cursor is not None:
        page = paginate(query, order, cursor=cursor, size=_EXPORT_BATCH)
        yield from page.items
        db.session.expunge_all()
        cursor = page.after


def _csv(query: Select[Any], order: Sequence[Key], columns: Sequence[Column], name: str) -> Response:
    header = [str(column.label) for column in columns]
    rows = ([column.value(row) for column in columns] for row in _all_rows(query, order))
    # Written while the request's transaction is open: what columns read besides their row is gone after it.
    response = Response("".join(tabular.to_csv(header, rows)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def xlsx_response(name: str, columns: Sequence[Column], rows: Iterator[Any]) -> Response:
    """A spreadsheet of these rows as a download."""
    header = [str(column.label) for column in columns]
    content = tabular.to_xlsx(name, header, ([column.value(row) for column in columns] for row in rows))
    response = Response(content, mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
