"""Reading who belongs where."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, and_, false, or_, select
from sqlalchemy.orm import joinedload

from lms.accounts.consents import HOME
from lms.accounts.queries import has_consent, people_called, people_consenting
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.storage import StoredFile
from lms.institutions.models import Affiliation, Institution, SubCentre, person_sub_centre
from lms.institutions.rules import sharing_with


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
