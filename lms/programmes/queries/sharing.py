"""What one party sees of the other's side of an admission: what the agreement shares, and no more."""

from dataclasses import dataclass

from lms.core.actor import Actor
from lms.programmes.models import Admission, Institution, PartyDecision
from lms.programmes.queries.admission import decisions_of, terms


@dataclass(frozen=True)
class Shown:
    """What an office sees of an application: all of those who enter through it, of others what is agreed."""

    documents: bool
    contact: bool
    decisions: bool
    reasons: bool


def shown_of(actor: Actor, admission: Admission) -> Shown:
    """What the actor's office sees of an application to a programme that it carries."""
    agreed = terms(admission.intake)
    is_own = admission.party_id in actor.scopes_of("coordinator", "institution")
    return Shown(
        documents=is_own or agreed.shares_documents,
        contact=is_own or agreed.shares_contact,
        decisions=agreed.shares_decisions,
        reasons=agreed.shares_reasons,
    )


@dataclass(frozen=True)
class Elsewhere:
    """What another party has decided, as far as it is shared: None while it is not, or not yet."""

    institution: Institution
    state: str | None = None
    reason: str = ""


def decided_elsewhere(actor: Actor, decision: PartyDecision, admission: Admission) -> list[Elsewhere]:
    """The decisions of the other parties as the agreement shares them, once one's own is recorded."""
    shown = shown_of(actor, admission)
    is_shared = shown.decisions and decision.state in ("admitted", "refused")
    return [
        Elsewhere(
            one.institution,
            one.state if is_shared else None,
            one.reason if is_shared and shown.reasons else "",
        )
        for one in decisions_of(decision.application_id)
        if one.institution_id != decision.institution_id
    ]
