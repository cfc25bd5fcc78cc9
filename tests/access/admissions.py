"""Subjects of the matrix in joint degrees: what the host coordinates, and what the home university decides on."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, select

from lms.core.db import db
from lms.core.storage.models import StoredFile
from lms.programmes.models import (
    Agreement,
    AgreementParty,
    Application,
    ApplicationDocument,
    Call,
    Intake,
    NationalApproval,
    OfferCondition,
    PartyDecision,
    Programme,
)
from tests.access.world import World

Values = dict[str, Any]
Maker = Callable[[World], Values]


def _one(query: Callable[[World], Select[Any]], name: str = "ref") -> Maker:
    """The first row of a query, under the name that the address gives it."""

    def make(world: World) -> Values:
        value = db.session.scalar(query(world).limit(1))
        return {} if value is None else {name: value}

    return make


def _fixed(**values: Any) -> Maker:
    return lambda _world: values


def _of(world: World, persona: str) -> int:
    """The university that somebody coordinates."""
    return next(iter(world.actor(persona).scopes_of("coordinator", "institution")))


def _kept(world: World, column: Any) -> Select[Any]:
    """The programme that the host's university coordinates."""
    return select(column).where(Programme.coordinating_id == _of(world, "host")).order_by(Programme.id)


def _agreement(world: World, column: Any) -> Select[Any]:
    return (
        select(column)
        .join(Programme, Programme.id == Agreement.programme_id)
        .where(Programme.coordinating_id == _of(world, "host"))
        .order_by(Agreement.id)
    )


def _side(world: World) -> Select[Any]:
    return select(AgreementParty.ref).where(AgreementParty.institution_id == _of(world, "host"))


def _approval(world: World) -> Select[Any]:
    """The approval of the host's university, with its evidence."""
    return select(NationalApproval.ref).where(
        NationalApproval.institution_id == _of(world, "host"), NationalApproval.file_id.is_not(None)
    )


def _intake(_world: World) -> Select[Any]:
    return select(Call.ref).join(Intake, Intake.call_id == Call.id).where(Call.state == "published").order_by(Call.id)


def _mine(world: World, column: Any) -> Select[Any]:
    """The learner's application to a joint degree, which the home university decides on."""
    return (
        select(column)
        .join(Call, Call.id == Application.call_id)
        .where(Application.person_id == world.people["learner"], Call.kind == "programme")
        .order_by(Application.id)
    )


def _decision(world: World) -> Select[Any]:
    application = _mine(world, Application.id).limit(1).scalar_subquery()
    return select(PartyDecision.ref).where(
        PartyDecision.application_id == application, PartyDecision.institution_id == _of(world, "home_coordinator")
    )


def _document(world: World) -> Select[Any]:
    application = _mine(world, Application.id).limit(1).scalar_subquery()
    return (
        select(StoredFile.ref)
        .join(ApplicationDocument, ApplicationDocument.file_id == StoredFile.id)
        .where(ApplicationDocument.application_id == application)
        .order_by(StoredFile.id)
    )


def _condition(world: World, *where: Any) -> Select[Any]:
    """A condition that the home university has set."""
    return (
        select(OfferCondition.ref)
        .join(OfferCondition.decision)
        .where(PartyDecision.institution_id == _of(world, "home_coordinator"), *where)
        .order_by(OfferCondition.id)
    )


SUBJECTS: dict[str, Maker] = {
    "/programmes/<ref>": _one(lambda world: _kept(world, Programme.ref)),
    "/programmes/office/<ref>": _one(lambda world: _kept(world, Programme.ref)),
    "/programmes/office/<ref>/do": _fixed(transition="close"),
    "/programmes/agreements/<ref>": _one(lambda world: _agreement(world, Agreement.ref)),
    "/programmes/agreements/<ref>/do": _fixed(transition="terminate"),
    "/programmes/sides/<ref>": _one(_side),
    "/programmes/sides/<ref>/do": _fixed(transition="confirm"),
    "/programmes/approvals/<ref>": _one(_approval),
    "/programmes/intakes/<ref>": _one(_intake),
    "/programmes/intakes/<ref>/do": _fixed(transition="close"),
    "/programmes/applications/<ref>": _one(lambda world: _mine(world, Application.ref)),
    "/programmes/applications/<ref>/<any(facts,university,statement,documents):step>": _fixed(step="facts"),
    "/programmes/applications/<ref>/do": _fixed(transition="accept"),
    "/programmes/applications/<ref>/documents": _one(_document, "file_ref"),
    "/programmes/decisions/<ref>": _one(_decision),
    "/programmes/decisions/<ref>/do": _fixed(transition="take_back"),
    "/programmes/decisions/<ref>/documents": _one(_document, "file_ref"),
    "/programmes/conditions/<ref>": _one(lambda world: _condition(world, OfferCondition.file_id.is_not(None))),
    "/programmes/conditions/<ref>/do": _fixed(transition="confirm"),
    "/programmes/conditions/<ref>/hand-in": _one(lambda world: _condition(world, OfferCondition.file_id.is_(None))),
}
