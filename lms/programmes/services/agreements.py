"""Drafting versions of an agreement, and stating national approvals."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete

from lms.applications.services.editing import begin_edit
from lms.core import audit, storage, workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.programmes.flow import AGREEMENT, AGREEMENT_PARTY, NATIONAL_APPROVAL
from lms.programmes.models import Agreement, AgreementParty, NationalApproval, Programme
from lms.programmes.queries import agreements as queries
from lms.programmes.rules import SHARING, parties_problem

Rows = Sequence[Mapping[str, Any]]


def draft_agreement(actor: Actor, programme: Programme, *, parties: Rows, **columns: Any) -> Agreement:
    """A new version in draft. `parties` are {"institution_id", "degree_en", "degree_zh", "seats"}.

    Raises Refused while another version is drafted, Invalid for terms that do not hold together.
    """
    _hold(programme)
    versions = queries.versions_of(programme.id)
    if any(one.state == "draft" for one in versions):
        raise Refused([_l("There is a draft already. Change it, or withdraw it first.")])
    _check(programme, parties, columns)
    agreement = Agreement(
        ref=new_ref(),
        programme_id=programme.id,
        number=max((one.number for one in versions), default=0) + 1,
        created_by_id=actor.person_id,
        created_at=actor.now,
        **columns,
    )
    workflow.start(AGREEMENT, agreement, actor=actor)
    _name_parties(actor, agreement, parties)
    return queries.agreement_by_id(agreement.id)


def edit_agreement(actor: Actor, agreement: Agreement, *, version: int | None, parties: Rows, **columns: Any) -> None:
    """Change a draft. Raises Conflict once it was sent, Invalid for terms that do not hold together."""
    begin_edit(agreement, version)
    if agreement.state != "draft":
        raise Conflict(_l("This version was sent to the parties. Withdraw it, or copy it to a new version."))
    _check(agreement.programme, parties, columns)
    for name, value in columns.items():
        setattr(agreement, name, value)
    db.session.execute(delete(AgreementParty).where(AgreementParty.agreement_id == agreement.id))
    db.session.expire(agreement, ["parties"])
    _name_parties(actor, agreement, parties)
    audit.record(actor, "agreement.edited", subject=("agreement", agreement.id), detail={"fields": sorted(columns)})


def copy_agreement(actor: Actor, agreement: Agreement) -> Agreement:
    """A new version in draft with the same terms, to be changed and confirmed again. Raises Refused."""
    columns = {
        name: getattr(agreement, name) for name in ("award", "valid_from", "valid_to", "seats", "fees", *SHARING)
    }
    parties = [
        {name: getattr(party, name) for name in ("institution_id", "degree_en", "degree_zh", "seats")}
        for party in agreement.parties
    ]
    return draft_agreement(actor, agreement.programme, parties=parties, **columns)


def state_approval(
    actor: Actor,
    approval: NationalApproval,
    transition: str,
    *,
    version: int | None,
    authority: str = "",
    number: str = "",
    valid_until: date | None = None,
    note: str = "",
    staged: storage.StagedFile | None = None,
) -> None:
    """Say how a party stands with its state. Raises Invalid for what is missing, Refused for what has ended."""
    if transition == "say_granted":
        for name, value in (("authority", authority), ("number", number), ("valid_until", valid_until)):
            if not value:
                raise Invalid(_l("Needed for an approval that was granted."), name)
    if transition in ("say_refused", "say_not_needed") and not note:
        raise Invalid(_l("Say why, and by which rule."), "note")
    inputs: dict[str, Any] = {"authority": authority, "number": number, "valid_until": valid_until, "note": note}
    if staged is not None:
        file = storage.attach(
            staged, owner_id=actor.person_id, purpose="programme.approval", is_personal=False, now=actor.now
        )
        inputs["file_id"] = file.id
    workflow.perform(NATIONAL_APPROVAL, approval, transition, actor=actor, version=version, **inputs)


def _hold(programme: Programme) -> None:
    """Lock the programme, so that two versions never get the same number."""
    db.session.refresh(programme, attribute_names=["state", "version"], with_for_update=True)


def _name_parties(actor: Actor, agreement: Agreement, parties: Rows) -> None:
    for position, row in enumerate(parties, start=1):
        side = AgreementParty(ref=new_ref(), agreement_id=agreement.id, position=position, **row)
        workflow.start(AGREEMENT_PARTY, side, actor=actor)


def _check(programme: Programme, parties: Rows, columns: Mapping[str, Any]) -> None:
    if columns["valid_from"] > columns["valid_to"]:
        raise Invalid(_l("The last day lies before the first."), "valid_to")
    if columns.get("shares_reasons") and not columns.get("shares_decisions"):
        raise Invalid(_l("Reasons are shared together with the decisions only."), "shares_reasons")
    if problem := parties_problem(parties, coordinating_id=programme.coordinating_id, seats=columns["seats"]):
        raise Invalid(problem, "parties")
