"""Counting people over all domains: five queries, however many people and years there are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CTE, ColumnElement, distinct, func, literal, select, union_all

from lms.core.db import db
from lms.courses.queries.figures import trained
from lms.exchange.queries.figures import placed
from lms.mentoring.queries.figures import mentored
from lms.programmes.queries.figures import in_degrees
from lms.reporting.models import Person
from lms.reporting.rules import ANY

UNKNOWN = ""
"""The key of those of whom nobody knows the country, the gender or the sub centre. They are counted as such."""
_SOURCES = {"trained": trained, "placed": placed, "degree": in_degrees, "mentored": mentored}


@dataclass(frozen=True)
class Filters:
    """What the figures are narrowed to; nothing by default. The keys are those of the groups."""

    country: str | None = None
    year: int | None = None
    gender: str | None = None
    sub_centre: int | None = None


@dataclass(frozen=True)
class Counted:
    """How many people: of each figure in all, and of each dimension by group and figure."""

    totals: Mapping[str, int]
    groups: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)

    def of(self, dimension: str, figure: str, keys: Sequence[str]) -> dict[str, int]:
        """The counts of one figure by these groups, zeros included."""
        found = self.groups[dimension]
        return {key: found.get(key, {}).get(figure, 0) for key in keys}

    def keys(self, dimension: str) -> list[str]:
        """The groups that somebody is in."""
        return list(self.groups[dimension])


def count_people(filters: Filters | None = None) -> Counted:
    """Everybody who was reached, each person once in each number."""
    people = _people(filters or Filters())
    return Counted(
        totals={row[0]: row[1] for row in _rows(people)},
        groups={name: _grouped(people, column) for name, column in _dimensions(people).items()},
    )


def _dimensions(people: CTE) -> dict[str, ColumnElement[Any]]:
    return {
        "country": people.c.country,
        "year": people.c.year,
        "gender": people.c.gender,
        "sub_centre": people.c.sub_centre_id,
    }


def _people(filters: Filters) -> CTE:
    """Who was reached, how, when and in which field, with what is known of the person."""
    parts = []
    for name, source in _SOURCES.items():
        reached = source().subquery()
        parts.append(
            select(
                literal(name).label("figure"),
                reached.c.person_id,
                reached.c.year,
                reached.c.sub_centre_id,
                func.coalesce(Person.home_country, UNKNOWN).label("country"),
                Person.gender.label("gender"),
            ).join(Person, Person.id == reached.c.person_id)
        )
    people = union_all(*parts).cte("people")
    narrowed = select(people)
    for column, value in (
        (people.c.country, filters.country),
        (people.c.year, filters.year),
        (people.c.gender, filters.gender),
        (people.c.sub_centre_id, filters.sub_centre),
    ):
        if value is not None:
            narrowed = narrowed.where(column == value)
    return narrowed.cte("narrowed")


def _rows(people: CTE, *by: ColumnElement[Any]) -> list[Any]:
    """Figure, group and number of people; those of any figure are counted once."""
    number = func.count(distinct(people.c.person_id))
    each = select(people.c.figure, *by, number).group_by(people.c.figure, *by)
    together = select(literal(ANY), *by, number)
    return list(db.session.execute(union_all(each, together.group_by(*by) if by else together)))


def _grouped(people: CTE, column: ColumnElement[Any]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for figure, key, count in _rows(people, column):
        found[UNKNOWN if key is None else str(key)][figure] = count
    return dict(found)
