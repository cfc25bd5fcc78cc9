"""Reading countries, institutions, labs and sub centres."""

from collections.abc import Collection, Sequence

from sqlalchemy import ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core import search
from lms.core.actor import Actor
from lms.core.collation import in_order
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.i18n import in_reader_language
from lms.institutions.models import Country, Department, Institution, Lab, SubCentre, person_sub_centre

INDEX = "institution"
FEW = 20  # as many places of one kind as somebody chooses from

# --- countries and sub centres ------------------------------------------------------------------------


def countries() -> Sequence[Country]:
    """Every state of the platform, by its name in the reader's language."""
    found = db.session.scalars(select(Country).order_by(Country.name_en, Country.code))
    return in_order(found, lambda country: in_reader_language(country, "name"))


def countries_by_code() -> dict[str, Country]:
    """Every state by its code."""
    return {country.code: country for country in countries()}


def country_by_code(_actor: Actor, code: str) -> Country:
    """One state. Raises NotFound."""
    country = db.session.get(Country, code)
    if country is None:
        raise NotFound
    return country


def sub_centres(ids: Collection[int] | None = None) -> Sequence[SubCentre]:
    """The sub research centres in the Center's order: all of them, or those with these ids."""
    query = select(SubCentre).order_by(SubCentre.position, SubCentre.id)
    return db.session.scalars(query if ids is None else query.where(SubCentre.id.in_(ids))).all()


def sub_centre_by_code(code: str) -> SubCentre:
    """One sub research centre. Raises NotFound."""
    found = db.session.scalars(select(SubCentre).where(SubCentre.code == code)).one_or_none()
    if found is None:
        raise NotFound
    return found


def sub_centre_ids_of(person_id: int) -> list[int]:
    """The sub research centres that a person says to work with."""
    chosen = select(person_sub_centre.c.sub_centre_id).where(person_sub_centre.c.person_id == person_id)
    return list(db.session.scalars(chosen.order_by(person_sub_centre.c.sub_centre_id)))


def field_codes_of(person_id: int) -> list[str]:
    """The codes of the sub research centres that a person says to work with."""
    chosen = select(person_sub_centre.c.sub_centre_id).where(person_sub_centre.c.person_id == person_id)
    return list(db.session.scalars(select(SubCentre.code).where(SubCentre.id.in_(chosen)).order_by(SubCentre.position)))


# --- institutions --------------------------------------------------------------------------------------


def institutions_visible_to(actor: Actor) -> Select[Institution]:
    """Confirmed institutions, the actor's own proposals, and for the secretariat every one."""
    query = select(Institution).options(joinedload(Institution.country))
    if actor.is_secretariat or actor.is_system:
        return query
    return query.where(or_(Institution.state == "confirmed", Institution.proposed_by_id == (actor.person_id or 0)))


def directory(
    actor: Actor, *, q: str = "", country: str = "", kind: str = "", member: bool = False
) -> Select[Institution]:
    """The confirmed institutions that hold every word of `q` and match the filters."""
    query = institutions_visible_to(actor).where(Institution.state == "confirmed")
    if q.strip():
        query = query.where(Institution.id.in_(search.match(INDEX, q)))
    if country:
        query = query.where(Institution.country_code == country)
    if kind:
        query = query.where(Institution.kind == kind)
    if member:
        query = query.where(Institution.is_member.is_(True))
    return query


def institution_visible_to(actor: Actor, slug: str) -> Institution:
    """One institution with its country, parent, departments and labs; a merged one is the one that it was merged into.

    Raises NotFound.
    """
    found = db.session.scalars(
        institutions_visible_to(actor)
        .where(Institution.id == current_id(slug))
        .options(
            joinedload(Institution.parent),
            selectinload(Institution.departments),
            selectinload(Institution.labs),
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def current_id(slug: str) -> ScalarSelect[int]:
    """The id behind an address, or of what stands there since it was merged."""
    return (
        select(func.coalesce(Institution.merged_into_id, Institution.id))
        .where(Institution.slug == slug)
        .scalar_subquery()
    )


def to_be_merged(actor: Actor, slug: str) -> Institution:
    """An entry that was neither declined nor merged, with its country. Raises NotFound."""
    found = db.session.scalars(
        select(Institution)
        .where(Institution.slug == slug, Institution.state.in_(("proposed", "confirmed")))
        .options(joinedload(Institution.country))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def present_institutions() -> Sequence[Institution]:
    """Every entry that was neither declined nor merged, with its country, the oldest first."""
    query = select(Institution).where(Institution.state.in_(("proposed", "confirmed")))
    return db.session.scalars(query.options(joinedload(Institution.country)).order_by(Institution.id)).all()


def merged_into(institution_id: int) -> Sequence[Institution]:
    """The entries that were merged into an institution."""
    query = select(Institution).where(Institution.merged_into_id == institution_id)
    return db.session.scalars(query.order_by(Institution.id)).all()


def institution_by_slug(slug: str) -> Institution:
    """A confirmed institution, for imports and seeds. Raises NotFound."""
    found = db.session.scalars(
        select(Institution)
        .where(Institution.slug == slug, Institution.state == "confirmed")
        .options(joinedload(Institution.country))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def institutions(ids: Collection[int | None]) -> dict[int, Institution]:
    """Several institutions by id, with their countries, in one query."""
    wanted = {found for found in ids if found is not None}
    if not wanted:
        return {}
    rows = db.session.scalars(
        select(Institution).where(Institution.id.in_(wanted)).options(joinedload(Institution.country))
    )
    return {row.id: row for row in rows}


def confirmed_institutions() -> Sequence[Institution]:
    """Every confirmed institution with its country, by country and name, for choices in forms."""
    return db.session.scalars(
        select(Institution)
        .join(Institution.country)
        .where(Institution.state == "confirmed")
        .options(joinedload(Institution.country))
        .order_by(Country.name_en, Institution.name_en, Institution.id)
    ).all()


def same_name(country_code: str, name: str) -> Institution | None:
    """An institution of the country with this very name, in English or in its own script, if not declined."""
    return db.session.scalars(
        select(Institution).where(
            Institution.country_code == country_code,
            Institution.state.in_(("proposed", "confirmed")),
            or_(func.lower(Institution.name_en) == name.lower(), Institution.name_local == name),
        )
    ).first()


def slug_is_taken(slug: str) -> bool:
    """Whether an address is in use."""
    return db.session.scalar(select(Institution.id).where(Institution.slug == slug)) is not None


def proposals() -> Select[Institution]:
    """What was proposed, decided or not."""
    return select(Institution).where(Institution.proposed_by_id.is_not(None)).options(joinedload(Institution.country))


def children_of(institution_id: int) -> Sequence[Institution]:
    """The confirmed institutions below another one."""
    return db.session.scalars(
        select(Institution)
        .where(Institution.parent_id == institution_id, Institution.state == "confirmed")
        .order_by(Institution.name_en, Institution.id)
    ).all()


def departments_of(institution_id: int) -> Sequence[Department]:
    """The departments of an institution, by name."""
    return db.session.scalars(
        select(Department).where(Department.institution_id == institution_id).order_by(Department.name_en)
    ).all()


# --- labs ------------------------------------------------------------------------------------------------


def labs(ids: Collection[int | None]) -> dict[int, Lab]:
    """Several labs by id, with their institutions, in one query."""
    wanted = {found for found in ids if found is not None}
    if not wanted:
        return {}
    rows = db.session.scalars(select(Lab).where(Lab.id.in_(wanted)).options(joinedload(Lab.institution)))
    return {row.id: row for row in rows}


def labs_of(institution_ids: Collection[int]) -> Sequence[Lab]:
    """The labs of these institutions, with them, by name."""
    return db.session.scalars(
        select(Lab)
        .where(Lab.institution_id.in_(institution_ids))
        .options(joinedload(Lab.institution))
        .order_by(Lab.name_en, Lab.id)
    ).all()


def labs_for(actor: Actor) -> Sequence[Lab]:
    """The labs that the actor hosts in or whose institution they coordinate, with their institutions."""
    return db.session.scalars(
        select(Lab)
        .where(
            or_(
                Lab.id.in_(actor.scopes_of("host", "lab")),
                Lab.institution_id.in_(actor.scopes_of("coordinator", "institution")),
            )
        )
        .options(joinedload(Lab.institution))
        .order_by(Lab.name_en, Lab.id)
    ).all()


def lab_by_ref(ref: str) -> Lab:
    """One lab with its institution. Raises NotFound."""
    found = db.session.scalars(select(Lab).where(Lab.ref == ref).options(joinedload(Lab.institution))).one_or_none()
    if found is None:
        raise NotFound
    return found


# --- scopes ------------------------------------------------------------------------------------------------


def institution_id_of(slug: str) -> int | None:
    """The id of a confirmed institution by its slug, or by that of one that was merged into it."""
    query = select(Institution.id).where(Institution.id == current_id(slug), Institution.state == "confirmed")
    return db.session.scalar(query)


def institutions_called(words: str) -> Sequence[int]:
    """The ids of a few confirmed institutions that are called like this."""
    query = select(Institution.id).where(
        Institution.state == "confirmed", Institution.id.in_(search.match(INDEX, words))
    )
    return db.session.scalars(query.order_by(Institution.name_en, Institution.id).limit(FEW)).all()


def labs_called(words: str) -> Sequence[int]:
    """The ids of a few labs that are called like this, or whose institution is."""
    names = [column.icontains(words.strip(), autoescape=True) for column in (Lab.name_en, Lab.name_local)]
    query = select(Lab.id).where(or_(*names, Lab.institution_id.in_(search.match(INDEX, words))))
    return db.session.scalars(query.order_by(Lab.name_en, Lab.id).limit(FEW)).all()


def lab_id_of(ref: str) -> int | None:
    """The id of a lab by its reference."""
    return db.session.scalar(select(Lab.id).where(Lab.ref == ref))


def institution_of_lab(lab_id: int) -> int | None:
    """The id of a lab's institution."""
    return db.session.scalar(select(Lab.institution_id).where(Lab.id == lab_id))
