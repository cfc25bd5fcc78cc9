"""Reading countries, institutions, labs, sub centres and affiliations."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.accounts.consents import HOME
from lms.accounts.queries import has_consent, people_called, people_consenting
from lms.core import search
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.storage import StoredFile
from lms.institutions.models import Affiliation, Country, Department, Institution, Lab, SubCentre, person_sub_centre
from lms.institutions.rules import sharing_with

INDEX = "institution"
FEW = 20  # as many places of one kind as somebody chooses from

# --- countries and sub centres ------------------------------------------------------------------------


def countries() -> Sequence[Country]:
    """Every state of the platform, by its English name."""
    return db.session.scalars(select(Country).order_by(Country.name_en, Country.code)).all()


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
    """One institution with its country, parent, departments and labs. Raises NotFound."""
    found = db.session.scalars(
        institutions_visible_to(actor)
        .where(Institution.slug == slug)
        .options(
            joinedload(Institution.parent),
            selectinload(Institution.departments),
            selectinload(Institution.labs),
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


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
            Institution.state != "declined",
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


# --- affiliations ----------------------------------------------------------------------------------------


def home_of(person_id: int) -> Affiliation | None:
    """A person's home affiliation with its institution and country."""
    return homes([person_id]).get(person_id)


def homes(person_ids: Collection[int | None]) -> Mapping[int, Affiliation]:
    """The home affiliations of several people by their id, with institution and country, in one query."""
    wanted = {found for found in person_ids if found is not None}
    if not wanted:
        return {}
    rows = db.session.scalars(
        select(Affiliation)
        .where(Affiliation.person_id.in_(wanted), Affiliation.is_home, Affiliation.ended_at.is_(None))
        .options(joinedload(Affiliation.institution).joinedload(Institution.country))
    )
    return {row.person_id: row for row in rows}


def affiliations_of(actor: Actor) -> Sequence[Affiliation]:
    """The actor's own affiliations that have not ended, home first."""
    return db.session.scalars(
        select(Affiliation)
        .where(Affiliation.person_id == actor.person_id, Affiliation.ended_at.is_(None))
        .options(joinedload(Affiliation.institution).joinedload(Institution.country))
        .order_by(Affiliation.is_home.desc(), Affiliation.id)
    ).all()


def affiliation_at(person_id: int, institution_id: int) -> Affiliation | None:
    """A person's affiliation with one institution that has not ended."""
    return db.session.scalars(
        select(Affiliation).where(
            Affiliation.person_id == person_id,
            Affiliation.institution_id == institution_id,
            Affiliation.ended_at.is_(None),
        )
    ).first()


def current_affiliations(person_id: int) -> Sequence[Affiliation]:
    """A person's affiliations that have not ended, with their institutions."""
    return db.session.scalars(
        select(Affiliation)
        .where(Affiliation.person_id == person_id, Affiliation.ended_at.is_(None))
        .options(joinedload(Affiliation.institution))
        .order_by(Affiliation.id)
    ).all()


def current_affiliations_at(institution_id: int) -> Sequence[Affiliation]:
    """The affiliations with an institution that have not ended."""
    return db.session.scalars(
        select(Affiliation)
        .where(Affiliation.institution_id == institution_id, Affiliation.ended_at.is_(None))
        .order_by(Affiliation.id)
    ).all()


def people_of(institution_ids: Collection[int]) -> Select[int]:
    """The ids of the people affiliated with these institutions who share their record with them.

    For `.in_()` in a caller's query. Whoever withdraws that consent is left out from then on.
    """
    sharing = [
        and_(
            Affiliation.institution_id == one,
            Affiliation.person_id.in_(people_consenting(HOME.name, context=sharing_with(one))),
        )
        for one in institution_ids
    ]
    return select(Affiliation.person_id).where(
        or_(false(), *sharing), Affiliation.ended_at.is_(None), Affiliation.state != "declined"
    )


def shared_with(person_id: int) -> set[int]:
    """The institutions with which a person shares their record: their own, as far as they consent."""
    return {
        one.institution_id
        for one in current_affiliations(person_id)
        if one.state != "declined" and has_consent(person_id, HOME.name, context=sharing_with(one.institution_id))
    }


def affiliation_visible_to(actor: Actor, ref: str) -> Affiliation:
    """The actor's own affiliation, one of their institution, or for the secretariat any. Raises NotFound."""
    query = (
        select(Affiliation)
        .where(Affiliation.ref == ref)
        .options(
            joinedload(Affiliation.institution).joinedload(Institution.country),
            joinedload(Affiliation.person),
        )
    )
    if not actor.is_secretariat:
        query = query.where(
            or_(
                Affiliation.person_id == (actor.person_id or 0),
                Affiliation.institution_id.in_(actor.scopes_of("coordinator", "institution")),
            )
        )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def members(
    institution_id: int, *, q: str = "", role: str = "", state: str = "", sub_centre: str = ""
) -> Select[Affiliation]:
    """The people of an institution, with their accounts; ended affiliations only when asked for."""
    query = (
        select(Affiliation).where(Affiliation.institution_id == institution_id).options(joinedload(Affiliation.person))
    )
    query = query.where(Affiliation.state == state) if state else query.where(Affiliation.ended_at.is_(None))
    if role:
        query = query.where(Affiliation.role == role)
    if sub_centre:
        chosen = select(person_sub_centre.c.person_id).join(
            SubCentre, SubCentre.id == person_sub_centre.c.sub_centre_id
        )
        query = query.where(Affiliation.person_id.in_(chosen.where(SubCentre.code == sub_centre)))
    if q.strip():
        query = query.where(Affiliation.person_id.in_(people_called(q)))
    return query


def letter_of(affiliation: Affiliation) -> StoredFile | None:
    """The letter that came with an affiliation."""
    return db.session.get(StoredFile, affiliation.letter_id) if affiliation.letter_id else None


# --- scopes ------------------------------------------------------------------------------------------------


def institution_id_of(slug: str) -> int | None:
    """The id of a confirmed institution by its slug."""
    return db.session.scalar(select(Institution.id).where(Institution.slug == slug, Institution.state == "confirmed"))


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
