"""What admission to joint degrees keeps about applicants beyond their applications, and why it is read."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, RowMapping, select

from lms.accounts import privacy, readings
from lms.accounts.privacy import ERASED_TEXT, Holding, Values
from lms.applications.privacy import APPLICATIONS
from lms.core import workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting.kinds import Titled
from lms.programmes.flow import ADMISSION
from lms.programmes.models import Admission, AdmissionOffer, Application, Call, Intake, OfferCondition, PartyDecision


def _decision_left(row: RowMapping) -> Values:
    return {"reason": ERASED_TEXT if row["reason"] else ""}


_DECISIONS = Holding(
    "party-decisions",
    PartyDecision,
    _l("Decisions of universities on admission"),
    owner="application_id",
    part_of=APPLICATIONS,
    becomes=_decision_left,
    subject="party_decision",
    withheld=_l("Each university decides in confidence. What it meant for you stands in the application."),
)


def _was_offered() -> ColumnElement[bool]:
    """Conditions come to light with the offer: before it, they would tell what one university has decided."""
    offered = (
        select(PartyDecision.id)
        .join(AdmissionOffer, AdmissionOffer.application_id == PartyDecision.application_id)
        .where(PartyDecision.state == "admitted")
    )
    return OfferCondition.decision_id.in_(offered)


privacy.register(
    Holding(
        "admissions",
        Admission,
        _l("Ways into joint programmes"),
        owner="application_id",
        part_of=APPLICATIONS,
        becomes={"nomination_note": ""},
    ),
    _DECISIONS,
    Holding(
        "offer-conditions",
        OfferCondition,
        _l("Conditions of offers"),
        owner="decision_id",
        part_of=_DECISIONS,
        becomes={"text": ERASED_TEXT, "told": "", "reason": "", "file_id": None},
        subject="offer_condition",
        shown=_was_offered,
    ),
    Holding(
        "admission-offers",
        AdmissionOffer,
        _l("Offers of seats in joint programmes"),
        owner="application_id",
        part_of=APPLICATIONS,
        becomes={},
    ),
)
privacy.register_mentions(
    privacy.ACTED,
    "admission.nominated_by_id",
    "agreement.created_by_id",
    "agreement_party.decided_by_id",
    "offer_condition.met_by_id",
    "party_decision.decided_by_id",
    "programme.created_by_id",
)


def _withdraw(actor: Actor, person_id: int) -> None:
    """Withdraw applications that are under way, so that their seats go to others."""
    query = (
        select(Application)
        .join(Intake, Intake.call_id == Application.call_id)
        .where(Application.person_id == person_id)
        .order_by(Application.id)
    )
    for application in db.session.scalars(query).all():
        if application.state in ADMISSION.transitions["withdraw"].sources:
            workflow.perform(ADMISSION, application, "withdraw", actor=actor)


privacy.on_leaving(_withdraw)


def _titles(ids: Collection[int]) -> dict[int, Titled]:
    rows = db.session.execute(
        select(PartyDecision.id, Call)
        .join(Application, Application.id == PartyDecision.application_id)
        .join(Application.call)
        .where(PartyDecision.id.in_(ids))
    )
    return {row[0]: row[1] for row in rows}


def _condition_titles(ids: Collection[int]) -> dict[int, Titled]:
    rows = db.session.execute(
        select(OfferCondition.id, Call)
        .join(OfferCondition.decision)
        .join(Application, Application.id == PartyDecision.application_id)
        .join(Application.call)
        .where(OfferCondition.id.in_(ids))
    )
    return {row[0]: row[1] for row in rows}


readings.register(
    readings.Readable(
        PartyDecision,
        "party_decision",
        _l("Application to a joint programme"),
        lambda decision: decision.application.person_id,
        {"admission.decide": _l("To decide on your admission for a university")},
        _titles,
    ),
    readings.Readable(
        OfferCondition,
        "offer_condition",
        _l("Condition of an offer"),
        lambda condition: condition.decision.application.person_id,
        {"condition.judge": _l("To see whether you have met a condition")},
        _condition_titles,
    ),
)
