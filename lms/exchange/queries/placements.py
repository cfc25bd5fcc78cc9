"""Reading placements: a scientist's own, those of a host, of a home institution, or for the secretariat all."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core import search
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.storage import StoredFile
from lms.exchange.models import Application, Institution, Placement, PlacementReport, Post


def _loaded() -> Select[Placement]:
    return (
        select(Placement)
        .join(Placement.post)
        .join(Placement.application)
        .options(
            joinedload(Placement.post).joinedload(Post.lab),
            joinedload(Placement.post).joinedload(Post.institution).joinedload(Institution.country),
            joinedload(Placement.application).joinedload(Application.call),
            joinedload(Placement.application).joinedload(Application.person),
            joinedload(Placement.application).joinedload(Application.home_institution),
        )
    )


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    labs, institutions = actor.scopes_of("host", "lab"), actor.scopes_of("coordinator", "institution")
    return or_(
        Placement.person_id == actor.person_id,
        Post.lab_id.in_(labs) if labs else false(),
        Post.institution_id.in_(institutions) if institutions else false(),
        Application.home_institution_id.in_(institutions) if institutions else false(),
    )


def placements_visible_to(actor: Actor, *, q: str = "", state: str = "") -> Select[Placement]:
    """The placements that concern the actor, narrowed by words (of the application) and state."""
    query = _loaded()
    if not actor.is_secretariat:
        query = query.where(_seen_by(actor))
    if q:
        query = query.where(Placement.application_id.in_(search.match("application", q)))
    return query.where(Placement.state == state) if state else query


def placement_visible_to(actor: Actor, ref: str) -> Placement:
    """One placement with its checklist. Raises NotFound."""
    placement = db.session.scalars(
        placements_visible_to(actor).where(Placement.ref == ref).options(selectinload(Placement.checklist))
    ).one_or_none()
    if placement is None:
        raise NotFound
    return placement


def placement_by_id(placement_id: int) -> Placement:
    """A placement with all that its flow needs."""
    query = _loaded().where(Placement.id == placement_id).options(selectinload(Placement.checklist))
    return db.session.scalars(query).one()


def placement_of(application_id: int) -> Placement | None:
    """The placement that came of an application."""
    return db.session.scalars(
        _loaded().where(Placement.application_id == application_id).options(selectinload(Placement.checklist))
    ).one_or_none()


def report_of(placement_id: int) -> PlacementReport | None:
    """The report, with its file."""
    return db.session.scalars(
        select(PlacementReport)
        .where(PlacementReport.placement_id == placement_id)
        .options(joinedload(PlacementReport.file))
    ).one_or_none()


def report_file(placement: Placement) -> StoredFile:
    """The file of the report. Raises NotFound when there is none."""
    report = report_of(placement.id)
    if report is None or report.file is None:
        raise NotFound
    return report.file


def own_placements(actor: Actor) -> Sequence[Placement]:
    """The actor's own placements, the latest first."""
    return db.session.scalars(
        _loaded().where(Placement.person_id == actor.person_id).order_by(Placement.id.desc())
    ).all()
