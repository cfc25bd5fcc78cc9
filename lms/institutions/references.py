"""What refers to a row, found in the schema itself, so that no table of another package is forgotten.

Merging moves all of it from one row to another. Two kinds of reference have no foreign key: a column that is named
after what it holds, and a scope of roles (`scope_kind` and `scope_id`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Index, Table, UniqueConstraint, and_, func, select, update
from sqlalchemy.exc import IntegrityError

from lms.core.db import Base, db
from lms.core.errors import Refused
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l

# Rows of these that bear one name at both places are the same thing, entered twice as well.
FOLDED = ("department", "lab")
_NAMES: dict[str, Text] = {
    "access_grant": _l("Roles"),
    "admission": _l("Applications for joint programmes"),
    "affiliation": _l("People who belong there"),
    "agreement_party": _l("Agreements"),
    "application": _l("Applications of its people"),
    "award_concurrence": _l("Concurrence on awards"),
    "call_capacity": _l("Limits in calls"),
    "consent": _l("Consents to share a record"),
    "course": _l("Courses"),
    "credential": _l("Certificates that it issued"),
    "curriculum_module": _l("Modules of joint programmes"),
    "curriculum_party": _l("Curricula of joint programmes"),
    "department": _l("Departments"),
    "disclosure": _l("Readings of files in its name"),
    "endorsement": _l("Endorsements"),
    "file_opening": _l("Openings of files in its name"),
    "grade_sheet": _l("Lists of grades"),
    "institution": _l("Institutions below it"),
    "invitation": _l("Invitations"),
    "lab": _l("Laboratories"),
    "national_approval": _l("National approvals"),
    "offering": _l("Offerings of courses"),
    "party_decision": _l("Decisions on applications for joint programmes"),
    "person": _l("People whose home it is"),
    "post": _l("Posts"),
    "programme": _l("Joint programmes"),
    "registration": _l("Registrations of students"),
    "scale_version": _l("Grade scales"),
    "student": _l("Students of joint programmes"),
    "waiting_item": _l("Things that wait for its office"),
}
_TITLES = ("title_en", "name_en", "name", "code", "ref")


def table_name(table: str) -> Text:
    """What people call the rows of a table."""
    return _NAMES.get(table, table.replace("_", " "))


def referring(target: str) -> Iterator[Column[int]]:
    """Every column that refers to the rows of a table."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            is_key = any(key.column.table.name == target for key in column.foreign_keys)
            is_named_after = column.name.endswith(f"{target}_id") and not column.foreign_keys
            if is_key or is_named_after:
                yield column


def scoped() -> Iterator[Table]:
    """Every table whose rows hold in a scope of roles."""
    for table in Base.metadata.sorted_tables:
        if {"scope_kind", "scope_id"} <= set(table.columns.keys()):
            yield table


@dataclass(frozen=True)
class Count:
    """How many rows of a table refer to the one, and to the other."""

    what: Text
    source: int
    into: int


def counts(target: str, source_id: int, into_id: int) -> Sequence[Count]:
    """What refers to either of two rows, table by table; tables without any are left out."""
    found: dict[str, list[int]] = {}
    for column in referring(target):
        for side, row_id in enumerate((source_id, into_id)):
            number = db.session.scalar(select(func.count()).select_from(column.table).where(column == row_id)) or 0
            found.setdefault(column.table.name, [0, 0])[side] += number
    for table in scoped():
        for side, row_id in enumerate((source_id, into_id)):
            here = and_(table.c.scope_kind == target, table.c.scope_id == row_id)
            number = db.session.scalar(select(func.count()).select_from(table).where(here)) or 0
            found.setdefault(table.name, [0, 0])[side] += number
    return [Count(table_name(name), *both) for name, both in sorted(found.items()) if any(both)]


# --- rows that may stand there once only ------------------------------------------------------------


def _unique_with(column: Column[int]) -> Iterator[list[Column[object]]]:
    """The other columns of everything that is unique together with a column, as far as it is unique for all rows."""
    table = column.table
    keys = [key for key in table.constraints if isinstance(key, UniqueConstraint)]
    indexes = [index for index in table.indexes if index.unique and not _is_partial(index)]
    for one in (*keys, *indexes):
        columns = list(one.columns)
        if column in columns and len(columns) > 1:
            yield [other for other in columns if other is not column]


def _is_partial(index: Index) -> bool:
    plain = len(index.expressions) == len(index.columns)
    return not plain or any(index.dialect_options[name].get("where") is not None for name in ("sqlite", "postgresql"))


def doubled(column: Column[int], source_id: int, into_id: int) -> list[tuple[int, int, Text]]:
    """Pairs of rows of which only one may refer to a row, with what they have in common: (source's, other's, what)."""
    found: dict[tuple[int, int], Text] = {}
    for others in _unique_with(column):
        mine, theirs = column.table.alias(), column.table.alias()
        alike = [mine.c[other.name] == theirs.c[other.name] for other in others]
        rows = db.session.execute(
            select(mine.c.id, theirs.c.id, *(mine.c[other.name] for other in others))
            .where(mine.c[column.name] == source_id, theirs.c[column.name] == into_id, *alike)
            .order_by(mine.c.id)
        )
        for one, other, *values in map(tuple, rows):
            words = [_said(column, value) for column, value in zip(others, values, strict=True)]
            found.setdefault((one, other), ", ".join(words))
    return [(one, other, what) for (one, other), what in found.items()]


def _said(column: Column[object], value: object) -> str:
    """A value in words: what a foreign key leads to is called by its title or name."""
    for key in column.foreign_keys:
        table = key.column.table
        title = next((table.c[name] for name in _TITLES if name in table.c), None)
        if title is not None:
            return str(db.session.scalar(select(title).where(key.column == value)))
    return str(value)


def conflicts(target: str, source_id: int, into_id: int) -> list[Text]:
    """What stands at both and may stand at one only, in words: it has to be settled by people first."""
    found: list[Text] = []
    for column in referring(target):
        if column.table.name in FOLDED or "id" not in column.table.c:
            continue
        found += [
            _l("%(what)s: both have one for %(name)s.", what=table_name(column.table.name), name=name)
            for _one, _other, name in doubled(column, source_id, into_id)
        ]
    for name in FOLDED:
        for column in referring(target):
            if column.table.name == name:
                for one, other, _name in doubled(column, source_id, into_id):
                    found += conflicts(name, one, other)
    return found


# --- moving ------------------------------------------------------------------------------------------


def move(target: str, source_id: int, into_id: int, *, besides: Sequence[str] = ()) -> dict[str, int]:
    """Make whatever refers to one row refer to another; how many rows of each table.

    What is the same at both (see `FOLDED`) becomes one. `besides` names tables that the caller has seen to.
    Raises Refused when the rules of a table forbid it.
    """
    moved: dict[str, int] = {}
    for column in list(referring(target)):
        table = column.table
        if table.name in besides:
            continue
        if table.name in FOLDED:
            for one, other, _what in doubled(column, source_id, into_id):
                move(table.name, one, other)
                db.session.execute(table.delete().where(table.c.id == one))
        _count(moved, table, column == source_id, {column.name: into_id})
    for table in scoped():
        if table.name not in besides:
            here = and_(table.c.scope_kind == target, table.c.scope_id == source_id)
            _count(moved, table, here, {"scope_id": into_id})
    db.session.expire_all()
    return moved


def _count(moved: dict[str, int], table: Table, where: object, values: dict[str, int]) -> None:
    try:
        with db.session.begin_nested():
            done = db.session.execute(update(table).where(where).values(values))  # type: ignore[arg-type]
    except IntegrityError as error:
        message = _l("%(what)s: some stand at both and cannot be joined.", what=table_name(table.name))
        raise Refused([message]) from error
    if done.rowcount:  # type: ignore[attr-defined]
        moved[table.name] = moved.get(table.name, 0) + done.rowcount  # type: ignore[attr-defined]
