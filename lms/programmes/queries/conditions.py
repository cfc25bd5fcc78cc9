"""Reading the conditions under which applicants are admitted."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.programmes.models import Application, OfferCondition, PartyDecision


def _conditions() -> Select[OfferCondition]:
    decision = joinedload(OfferCondition.decision)
    application = decision.joinedload(PartyDecision.application)
    return select(OfferCondition).options(
        decision.joinedload(PartyDecision.institution),
        application.joinedload(Application.call),
        application.joinedload(Application.person),
        joinedload(OfferCondition.file),
    )


def condition_by_ref(_actor: Actor, ref: str) -> OfferCondition:
    """A condition; the permission asks whom it concerns. Raises NotFound."""
    found = db.session.scalars(_conditions().where(OfferCondition.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


def condition_by_id(condition_id: int) -> OfferCondition:
    """A condition as flows need it."""
    return db.session.scalars(_conditions().where(OfferCondition.id == condition_id)).one()


def conditions_of(application_id: int) -> Sequence[OfferCondition]:
    """Every condition that a party that admits has set, by its due time."""
    return db.session.scalars(
        _conditions()
        .join(OfferCondition.decision)
        .where(PartyDecision.application_id == application_id, PartyDecision.state == "admitted")
        .order_by(OfferCondition.due_at, OfferCondition.id)
    ).all()


def has_open_conditions(application_id: int) -> bool:
    """Whether a condition is neither fulfilled nor waived, as it stands in the database now."""
    return bool(
        db.session.scalar(
            select(func.count())
            .select_from(OfferCondition)
            .join(OfferCondition.decision)
            .where(
                PartyDecision.application_id == application_id,
                PartyDecision.state == "admitted",
                OfferCondition.state.not_in(("met", "waived")),
            )
        )
    )
