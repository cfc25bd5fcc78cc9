"""Reading agreements and national approvals, and what of them is still missing."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from lms.applications.rules import date_in_zone
from lms.core.actor import Actor
from lms.core.clock import CENTER_ZONE
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.i18n import Text, lazy_names
from lms.core.i18n import lazy_gettext as _l
from lms.programmes.models import Agreement, AgreementParty, Institution, NationalApproval, Programme
from lms.programmes.rules import allows, is_in_force


def today(now: datetime) -> date:
    """The day at the Center, by which agreements and approvals begin and end."""
    return date_in_zone(now, CENTER_ZONE)


def loaded() -> Select[Agreement]:
    """Agreements with programme and parties."""
    return select(Agreement).options(
        joinedload(Agreement.programme),
        selectinload(Agreement.parties).options(
            joinedload(AgreementParty.institution).joinedload(Institution.country),
            joinedload(AgreementParty.decided_by),
        ),
    )


def agreement_by_ref(_actor: Actor, ref: str) -> Agreement:
    """A version; the permission asks who may read it. Raises NotFound."""
    found = db.session.scalars(loaded().where(Agreement.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


def agreement_by_id(agreement_id: int) -> Agreement:
    """A version, as flows need it."""
    return db.session.scalars(loaded().where(Agreement.id == agreement_id)).one()


def lock(agreement: Agreement) -> None:
    """Hold a version while its parties are counted."""
    db.session.refresh(agreement, attribute_names=["state", "version"], with_for_update=True)


def answers_to(agreement: Agreement) -> list[str]:
    """How each party of a version stands, in the database now."""
    query = select(AgreementParty.state).where(AgreementParty.agreement_id == agreement.id)
    return list(db.session.scalars(query.order_by(AgreementParty.id)))


def versions_of(programme_id: int) -> Sequence[Agreement]:
    """Every version of a programme's agreement, the latest first."""
    return db.session.scalars(
        loaded().where(Agreement.programme_id == programme_id).order_by(Agreement.number.desc())
    ).all()


def confirmed_agreement(programme_id: int) -> Agreement | None:
    """The version that all parties confirmed and that has not ended."""
    return db.session.scalars(
        loaded().where(Agreement.programme_id == programme_id, Agreement.state == "confirmed")
    ).one_or_none()


def terms_of(programme_id: int) -> Agreement | None:
    """The version whose terms hold for those who are in the programme: the last that all parties ever confirmed."""
    return db.session.scalars(
        loaded()
        .where(Agreement.programme_id == programme_id, Agreement.confirmed_at.is_not(None))
        .order_by(Agreement.number.desc())
        .limit(1)
    ).one_or_none()


def side_by_ref(_actor: Actor, ref: str) -> AgreementParty:
    """A party's side of a version; the permission asks who speaks for it. Raises NotFound."""
    found = db.session.scalars(
        select(AgreementParty)
        .where(AgreementParty.ref == ref)
        .options(joinedload(AgreementParty.agreement), joinedload(AgreementParty.institution))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


# --- national approvals -----------------------------------------------------------------------------


def _approvals() -> Select[NationalApproval]:
    return (
        select(NationalApproval)
        .join(NationalApproval.institution)
        .options(
            contains_eager(NationalApproval.institution).joinedload(Institution.country),
            joinedload(NationalApproval.programme),
            joinedload(NationalApproval.file),
        )
    )


def approval_by_ref(_actor: Actor, ref: str) -> NationalApproval:
    """One party's approval; the permission asks who may read it. Raises NotFound."""
    found = db.session.scalars(_approvals().where(NationalApproval.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


def approvals_of(programme_id: int) -> Sequence[NationalApproval]:
    """The approvals of all that ever were asked to carry a programme, by university."""
    return db.session.scalars(
        _approvals()
        .where(NationalApproval.programme_id == programme_id)
        .order_by(Institution.name_en, NationalApproval.id)
    ).all()


# --- what is missing --------------------------------------------------------------------------------


def standing_faults(programme: Programme, now: datetime) -> list[Text]:
    """Why a programme may admit nobody now, each thing that is missing in words; none when it may."""
    on = today(now)
    agreement = confirmed_agreement(programme.id)
    if agreement is None:
        return [_l("The agreement is not confirmed by all parties.")]
    found: list[Text] = []
    if not is_in_force(agreement, on):
        found.append(_l("The agreement is not valid today. Look at the dates of its validity."))
    approvals = {one.institution_id: one for one in approvals_of(programme.id)}
    lacking = [
        party.institution
        for party in agreement.parties
        if party.institution_id not in approvals or not allows(approvals[party.institution_id], on)
    ]
    if lacking:
        found.append(
            _l(
                "A national approval is missing or not valid: %(universities)s.",
                universities=lazy_names(lacking, "name"),
            )
        )
    return found
