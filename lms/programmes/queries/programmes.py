"""Reading programmes, for the catalogue and for the offices that keep them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core import search
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.programmes.models import (
    Agreement,
    AgreementParty,
    Call,
    Institution,
    Intake,
    Programme,
    SubCentre,
    programme_sub_centre,
)

INDEX = "programme"


def loaded() -> Select[Programme]:
    """Programmes with their universities, every version of their agreement, and their sub centres."""
    agreements = selectinload(Programme.agreements)
    return select(Programme).options(
        joinedload(Programme.coordinating).joinedload(Institution.country),
        agreements.selectinload(Agreement.parties)
        .joinedload(AgreementParty.institution)
        .joinedload(Institution.country),
        selectinload(Programme.sub_centres),
    )


def coordinating_ids_of(call_id: int) -> list[int]:
    """The coordinating university of the programme that an intake's call belongs to; nothing for other calls."""
    query = select(Programme.coordinating_id).join(Intake, Intake.programme_id == Programme.id)
    return list(db.session.scalars(query.where(Intake.call_id == call_id)))


# --- the catalogue ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """What narrows the catalogue. Empty means: not narrowed."""

    q: str = ""
    sub_centre: str = ""
    country: str = ""
    level: str = ""
    field: str = ""
    open: str = ""


def _takes_now(actor: Actor) -> ColumnElement[bool]:
    """Whether one of a programme's intakes is open."""
    return exists(
        select(Intake.id)
        .join(Call, Call.id == Intake.call_id)
        .where(
            Intake.programme_id == Programme.id,
            Call.state == "published",
            Call.opens_at <= actor.now,
            Call.closes_at > actor.now,
        )
    )


def catalogue(actor: Actor, wanted: Wanted) -> Select[Programme]:
    """The published programmes that match."""
    query = loaded().where(Programme.state == "published")
    if wanted.q:
        query = query.where(Programme.id.in_(search.match(INDEX, wanted.q)))
    if wanted.sub_centre:
        tagged = select(programme_sub_centre.c.programme_id).join(
            SubCentre, SubCentre.id == programme_sub_centre.c.sub_centre_id
        )
        query = query.where(Programme.id.in_(tagged.where(SubCentre.code == wanted.sub_centre)))
    if wanted.country:
        query = query.where(_has_party_in(wanted.country))
    if wanted.level:
        query = query.where(Programme.level == wanted.level)
    if wanted.field:
        query = query.where(Programme.field == wanted.field)
    return query.where(_takes_now(actor)) if wanted.open == "now" else query


def _has_party_in(country: str) -> ColumnElement[bool]:
    return exists(
        select(AgreementParty.id)
        .join(Agreement, Agreement.id == AgreementParty.agreement_id)
        .join(Institution, Institution.id == AgreementParty.institution_id)
        .where(
            Agreement.programme_id == Programme.id,
            Agreement.state == "confirmed",
            Institution.country_code == country,
        )
    )


def public_programme(actor: Actor, ref: str) -> Programme:
    """A published programme, or one that the actor's office keeps. Raises NotFound."""
    return _one(loaded().where(Programme.ref == ref, or_(Programme.state == "published", _is_mine(actor))))


def programmes_found(actor: Actor, ids: Collection[int]) -> dict[int, Programme]:
    """These programmes by id, as far as the actor may know of them."""
    rows = db.session.scalars(
        loaded().where(Programme.id.in_(ids), or_(Programme.state == "published", _is_mine(actor)))
    )
    return {row.id: row for row in rows}


def intakes_of(programme: Programme, *, states: Collection[str] = ()) -> Sequence[Intake]:
    """A programme's intakes with their calls, the latest first; those in some states, or all."""
    query = select(Intake).join(Intake.call).where(Intake.programme_id == programme.id)
    if states:
        query = query.where(Call.state.in_(states))
    return db.session.scalars(
        query.options(joinedload(Intake.call), joinedload(Intake.agreement)).order_by(
            Call.closes_at.desc(), Intake.id.desc()
        )
    ).all()


# --- offices ----------------------------------------------------------------------------------------


def _is_mine(actor: Actor) -> ColumnElement[bool]:
    """Programmes that the actor's universities coordinate or are asked to carry; the secretariat has all."""
    if actor.is_secretariat or actor.is_system:
        return Programme.id.is_not(None)
    mine = actor.scopes_of("coordinator", "institution")
    side = (
        select(AgreementParty.id)
        .join(Agreement, Agreement.id == AgreementParty.agreement_id)
        .where(
            Agreement.programme_id == Programme.id,
            AgreementParty.institution_id.in_(mine),
            AgreementParty.state != "named",
        )
    )
    return or_(Programme.coordinating_id.in_(mine), exists(side))


def office_programmes(actor: Actor, *, q: str = "", state: str = "") -> Select[Programme]:
    """The programmes that the actor's office has to do with, narrowed by words and state."""
    query = loaded().where(_is_mine(actor))
    if q:
        query = query.where(Programme.id.in_(search.match(INDEX, q)))
    return query.where(Programme.state == state) if state else query


def office_programme(actor: Actor, ref: str) -> Programme:
    """One of them. Raises NotFound."""
    return _one(loaded().where(_is_mine(actor), Programme.ref == ref))


def programme_by_id(programme_id: int) -> Programme:
    """A programme as flows and services need it."""
    return db.session.scalars(loaded().where(Programme.id == programme_id)).one()


def _one(query: Select[Programme]) -> Programme:
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found
