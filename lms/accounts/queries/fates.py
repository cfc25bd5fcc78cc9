"""What erasing somebody's data would do, and what an export holds: read from what packages declared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import RowMapping, Table, select

from lms.accounts.privacy import Hold, Holding, all_holdings, table_of
from lms.core.db import db
from lms.core.storage import StoredFile

# A file goes with the last row that shows it, and the name with the last thing that means nothing without it.
_LAST = ("files", "file-readings", "name")


class Outcome(Enum):
    """What becomes of rows: deleted, kept without what says whose they were, or kept for a while."""

    ERASED = "erased"
    ANONYMISED = "anonymised"
    KEPT = "kept"


@dataclass(frozen=True)
class Fate:
    """What becomes of some rows of a holding. `hold` says why they are kept, the latest of them until when."""

    holding: Holding
    outcome: Outcome
    rows: Sequence[RowMapping]
    hold: Hold | None = None


def rows_of(holding: Holding, person_id: int) -> list[RowMapping]:
    """Every row of a holding about a person, oldest first."""
    table = table_of(holding)
    query = select(table).where(holding.of(person_id)).order_by(*table.primary_key.columns)
    return list(db.session.execute(query).mappings())


def fates_of(person_id: int, now: datetime) -> list[Fate]:
    """What erasing a person's data now would do to each thing that is kept about them."""
    reckoning = _Reckoning(person_id, now)
    ordered = [holding for holding in all_holdings() if holding.name not in _LAST]
    ordered += [holding for name in _LAST for holding in all_holdings() if holding.name == name]
    return [fate for holding in ordered for fate in reckoning.fates(holding)]


class _Reckoning:
    """Goes through the holdings, each whole before its parts, and remembers what is held."""

    def __init__(self, person_id: int, now: datetime) -> None:
        self._person_id, self._now = person_id, now
        self._held: dict[str, dict[int, Hold]] = {}
        self._gone: dict[str, set[int]] = {}
        self._files: dict[int, Hold] = {}
        self._name: Hold | None = None

    def fates(self, holding: Holding) -> Iterator[Fate]:
        """The fates of one holding's rows, those without any left out."""
        kept: list[tuple[RowMapping, Hold]] = []
        erased, anonymised = [], []
        for row in rows_of(holding, self._person_id):
            if (hold := self._hold(holding, row)) is not None:
                kept.append((row, hold))
            elif self._goes_with_whole(holding, row) or (left := holding.left_of(row)) is None:
                erased.append(row)
            elif not left or holding.subject or any(row[column] != value for column, value in left.items()):
                anonymised.append(row)
        self._remember(holding, kept)
        self._gone[holding.name] = {row["id"] for row in erased} if "id" in table_of(holding).c else set()
        if erased:
            yield Fate(holding, Outcome.ERASED, erased)
        if anonymised:
            yield Fate(holding, Outcome.ERASED if holding.leaves_nothing else Outcome.ANONYMISED, anonymised)
        if kept:
            yield Fate(holding, Outcome.KEPT, [row for row, _ in kept], max((h for _, h in kept), key=_until))

    def _hold(self, holding: Holding, row: RowMapping) -> Hold | None:
        if holding.part_of is not None:
            return self._held.get(holding.part_of.name, {}).get(row[holding.owner])
        if holding.name == "name":
            return self._name
        if holding.name == "files":
            return self._files.get(row["id"])
        hold = holding.hold(row, self._now) if holding.hold else None
        return hold if hold is not None and hold.until > self._now else None

    def _goes_with_whole(self, holding: Holding, row: RowMapping) -> bool:
        """A part cannot stay without what it is part of."""
        return holding.part_of is not None and row[holding.owner] in self._gone.get(holding.part_of.name, ())

    def _remember(self, holding: Holding, kept: Sequence[tuple[RowMapping, Hold]]) -> None:
        table = table_of(holding)
        if "id" in table.c:
            self._held[holding.name] = {row["id"]: hold for row, hold in kept}
        for row, hold in kept:
            for column in file_columns(table):
                if row[column] is not None:
                    self._files[row[column]] = _later(self._files.get(row[column]), hold)
            if hold.with_name:
                self._name = _later(self._name, hold)


def file_columns(table: Table) -> list[str]:
    """The columns that name a stored file."""
    target = StoredFile.__table__.c.id
    return [column.name for column in table.c if any(key.column is target for key in column.foreign_keys)]


def _until(hold: Hold) -> datetime:
    return hold.until


def _later(one: Hold | None, other: Hold) -> Hold:
    return other if one is None or one.until < other.until else one
