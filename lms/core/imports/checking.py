"""Reading a table and finding out, row by row, what would become of it. Writes nothing."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from lms.core import storage
from lms.core.actor import Actor
from lms.core.errors import AppError, Refused
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.imports.kinds import ImportKind
from lms.core.storage import StoredFile
from lms.core.tabular import ImportResult, ImportRow, read_table

_REPORTED_EVERY = 50


@dataclass
class Examined:
    """What would happen: rows to write, how many are there already, and the faults by row as (column, text)."""

    new: list[ImportRow] = field(default_factory=list)
    known: int = 0
    faults: dict[int, list[tuple[str, Text]]] = field(default_factory=dict)
    table: ImportResult = field(default_factory=ImportResult)
    problem: Text = ""

    def blame(self, row: int, column: str | None, text: Text) -> None:
        """Note a fault."""
        self.faults.setdefault(row, []).append((column or "", text))


def examine(
    actor: Actor, kind: ImportKind, subject: Any, file: StoredFile, report: Callable[[int, int], None]
) -> Examined:
    """Read a table and ask for each row whether it is new, there already, or wrong.

    `report` is told how far this has come, as in `lms.core.outbox.Work`.
    """
    found = Examined()
    columns = kind.columns(actor, subject)
    try:
        with storage.open_content(file) as stream:
            found.table = read_table(stream, file.filename, columns=columns, max_rows=kind.max_rows)
    except AppError as error:
        found.problem = error.message
        return found
    for error in found.table.errors:
        found.blame(error.row or 0, error.column, error.message)
    titles = {column.key: column.headings[0] for column in columns}
    seen: dict[Hashable, int] = {}
    for count, row in enumerate(found.table.rows, start=1):
        _examine_row(actor, kind, subject, row, found, seen, titles)
        if count % _REPORTED_EVERY == 0:
            report(count, len(found.table.rows))
    return found


def _examine_row(
    actor: Actor,
    kind: ImportKind,
    subject: Any,
    row: ImportRow,
    found: Examined,
    seen: dict[Hashable, int],
    titles: dict[str, str],
) -> None:
    first = seen.setdefault(kind.key(row.values), row.number)
    if first != row.number:
        found.blame(row.number, None, _l("This is the same as row %(number)d. Leave one of them.", number=first))
        return
    try:
        is_known = kind.is_known(actor, subject, row.values)
    except AppError as error:
        for column, text in faults_of(error, titles):
            found.blame(row.number, column, text)
        return
    if is_known:
        found.known += 1
    else:
        found.new.append(row)


def faults_of(error: AppError, titles: dict[str, str]) -> list[tuple[str, Text]]:
    """An error as pairs of a column's title and a text; every reason of a refusal."""
    reasons = error.reasons if isinstance(error, Refused) else [error.message]
    column = titles.get(getattr(error, "field", None) or "", "")
    return [(column, reason or _l("This row is not possible here.")) for reason in reasons]
