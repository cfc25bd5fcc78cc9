"""What each package keeps about people: one `Holding` for each table, declared in its `privacy.py`.

The export of somebody's data, the erasure with its preview, and the test that no table was forgotten
are all made from these declarations.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, select

from lms.core.actor import Actor
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l

ERASED_TEXT = "–"
"""What stands where a text was that the database does not let be empty."""

ACTED = _l("Others must be able to see who acted on their affairs. Only a number stays, the name goes.")
"""Why a column stays that names whoever acted for an office on somebody else's affairs."""


@dataclass(frozen=True)
class Hold:
    """Why something may not be erased yet, and until when. `with_name`: it means nothing without the name."""

    reason: Text
    until: datetime
    with_name: bool = False


Values = Mapping[str, Any]


@dataclass(frozen=True)
class Holding:
    """The rows of one table that are about a person.

    `name` is unique and names the export's files; `label` says to people what the rows are, in the plural.
    `owner` is the column that names the person; with `part_of`, the column that names a row of that holding.

    `becomes` says what is left: None deletes the rows, values overwrite these columns (an empty mapping keeps
    what says nothing about the person but a number), a function decides for each row. With `leaves_nothing` the
    overwritten columns are all there was to it, so that people are told that it was erased. `hold` may keep a row
    for a while; the parts of a held row are held with it. `subject` is the kind under which histories, waiting
    items and the search know a row.

    `secret` columns are never exported; `shown` narrows what is (such as to what was released); `withheld`
    keeps the whole table out of the export and says why.
    """

    name: str
    table: Any
    label: Text
    owner: str = "person_id"
    part_of: "Holding | None" = None
    becomes: Values | Callable[[RowMapping], Values | None] | None = None
    leaves_nothing: bool = False
    hold: Callable[[RowMapping, datetime], Hold | None] | None = None
    subject: str = ""
    secret: frozenset[str] = field(default_factory=frozenset)
    shown: Callable[[], ColumnElement[bool]] | None = None
    withheld: Text = ""

    def of(self, person_id: int) -> ColumnElement[bool]:
        """Which rows are about this person."""
        column = table_of(self).c[self.owner]
        if self.part_of is None:
            return column == person_id
        whole = table_of(self.part_of)
        return column.in_(select(whole.c.id).where(self.part_of.of(person_id)))

    def left_of(self, row: RowMapping) -> Values | None:
        """The values that overwrite a row, or None when it is deleted."""
        return self.becomes(row) if callable(self.becomes) else self.becomes


_holdings: dict[str, Holding] = {}
_mentions: dict[str, Text] = {}
_leaving: list[Callable[[Actor, int], None]] = []


def table_of(holding: Holding) -> Table:
    """The table of a holding, which may be declared by its model."""
    table: Table = getattr(holding.table, "__table__", holding.table)
    return table


def register(*holdings: Holding) -> None:
    """Make holdings known, each after the one it is part of. Registering one again replaces it."""
    _holdings.update({holding.name: holding for holding in holdings})


def register_mentions(reason: Text, *columns: str) -> None:
    """Say why columns (`table.column`) that name a person in somebody else's rows stay: the name itself goes."""
    _mentions.update(dict.fromkeys(columns, reason))


def on_leaving(step: Callable[[Actor, int], None]) -> None:
    """Have `step(actor, person_id)` end what is under way before a person's data is erased."""
    if step not in _leaving:
        _leaving.append(step)


def all_holdings() -> list[Holding]:
    """Every holding, a whole before its parts."""
    return list(_holdings.values())


def mentions() -> Mapping[str, Text]:
    """The columns that name people in the rows of others, each with the reason why they stay."""
    return _mentions


def leave(actor: Actor, person_id: int) -> None:
    """End what is under way for somebody whose data is about to be erased."""
    for step in _leaving:
        step(actor, person_id)
