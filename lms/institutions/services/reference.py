"""What a new installation starts with. Only what is missing is added: afterwards the secretariat owns it."""

import csv
from datetime import date
from pathlib import Path

from sqlalchemy import select

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.ids import new_ref
from lms.institutions import indexing
from lms.institutions.models import Country, Department, Institution, Lab, SubCentre

DATA = Path(__file__).parents[1] / "data"


def load_reference_data(actor: Actor) -> int:
    """Add the delivered countries, sub centres, institutions, departments and labs; how many rows were new.

    May be run as often as one likes: a row that is there is left as it is.
    """
    added = _load_countries() + _load_sub_centres()
    ids, new = _load_institutions(actor)
    added += new + _load_departments(ids) + _load_labs(ids)
    db.session.flush()
    return added


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _load_countries() -> int:
    known = set(db.session.scalars(select(Country.code)))
    new = [
        Country(
            code=row["code"],
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            name_local=row["name_local"],
            local_lang=row["local_lang"],
            zones=row["zones"].split("|"),
        )
        for row in _rows("countries")
        if row["code"] not in known
    ]
    return _add(new)


def _load_sub_centres() -> int:
    known = set(db.session.scalars(select(SubCentre.code)))
    new = [
        SubCentre(code=row["code"], name_en=row["name_en"], name_zh=row["name_zh"], position=position)
        for position, row in enumerate(_rows("sub_centres"), 1)
        if row["code"] not in known
    ]
    return _add(new)


def _load_institutions(actor: Actor) -> tuple[dict[str, int], int]:
    """The ids of all institutions by slug, and how many were new; parents in a second pass."""
    known = dict(db.session.execute(select(Institution.slug, Institution.id)).all())
    rows = [row for row in _rows("institutions") if row["slug"] not in known]
    new = [_institution(row, actor) for row in rows]
    _add(new)
    ids = known | {institution.slug: institution.id for institution in new}
    for institution, row in zip(new, rows, strict=True):
        institution.parent_id = ids.get(row["parent_slug"])
        indexing.index_institution(institution)
    return ids, len(new)


def _institution(row: dict[str, str], actor: Actor) -> Institution:
    columns = (
        "slug", "kind", "city", "name_en", "name_local", "local_lang", "name_zh", "domain", "ror_id",
        "website", "source",
    )  # fmt: skip
    return Institution(
        country_code=row["country"],
        is_member=True if row["consortium"] == "confirmed" else None,
        member_source=row["consortium_source"],
        checked_on=date.fromisoformat(row["checked_on"]) if row["checked_on"] else None,
        state="confirmed",
        created_at=actor.now,
        **{column: row[column] for column in columns},
    )


def _load_departments(ids: dict[str, int]) -> int:
    known = set(db.session.execute(select(Department.institution_id, Department.name_en)).all())
    new = [
        Department(institution_id=ids[row["institution_slug"]], name_en=row["name_en"], name_local=row["name_local"])
        for row in _rows("departments")
        if (ids[row["institution_slug"]], row["name_en"]) not in known
    ]
    return _add(new)


def _load_labs(ids: dict[str, int]) -> int:
    known = set(db.session.execute(select(Lab.institution_id, Lab.name_en)).all())
    departments = {
        (institution_id, name): department_id
        for institution_id, name, department_id in db.session.execute(
            select(Department.institution_id, Department.name_en, Department.id)
        )
    }
    new = [
        Lab(
            ref=new_ref(),
            institution_id=ids[row["institution_slug"]],
            department_id=departments.get((ids[row["institution_slug"]], row["department_en"])),
            name_en=row["name_en"],
            name_local=row["name_local"],
            source=row["source"],
        )
        for row in _rows("labs")
        if (ids[row["institution_slug"]], row["name_en"]) not in known
    ]
    return _add(new)


def _add(rows: list[Country] | list[SubCentre] | list[Institution] | list[Department] | list[Lab]) -> int:
    db.session.add_all(rows)
    db.session.flush()
    return len(rows)
