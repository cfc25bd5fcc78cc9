"""Lists: searched, filtered, paged by key, and taken out as CSV or XLSX, all from one query."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template, request
from sqlalchemy import Select

from lms.core import tabular
from lms.core.db import db
from lms.core.i18n import Text
from lms.core.paging import Key, paginate

_EXPORT_BATCH = 500


@dataclass(frozen=True)
class Column:
    """A column of an export: its heading and how to read it from a row."""

    label: Text
    value: Callable[[Any], Any]


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

    The template gets `page` (items, before, after). `name` is the export's file name.
    """
    match request.args.get("format"):
        case "csv":
            return _csv(query, order, columns, name)
        case "xlsx":
            return xlsx_response(name, columns, _all_rows(query, order))
    page = paginate(query, order, cursor=request.args.get("cursor", ""))
    return make_response(render_template(template, page=page, **context))


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
