"""What a party's coordinators do in their own queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete

from lms.applications.services.editing import record_returned
from lms.core import workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.events import Event, subscribe
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.programmes.flow import OFFER_CONDITION, PARTY_DECISION
from lms.programmes.models import OfferCondition, PartyDecision
from lms.programmes.queries import admission as queries
from lms.programmes.rules import returnable_fields
from lms.programmes.services.study import register_student


@dataclass(frozen=True)
class Asked:
    """A condition as a party sets it: what, and until when."""

    text: str
    due_at: datetime


def hold(decision: PartyDecision) -> None:
    """Lock the application before the decision, as its applicant's own steps do: so that nobody waits in a circle."""
    queries.lock_application(decision.application)


def admit(actor: Actor, decision: PartyDecision, *, version: int | None, conditions: Sequence[Asked] = ()) -> None:
    """Record that this party admits, perhaps under conditions. It takes effect when all parties have decided.

    Raises Invalid for a due time that is no longer ahead of the answer to an offer, Refused, Conflict.
    """
    for one in conditions:
        if one.due_at <= actor.now:
            raise Invalid(_l("Choose a day that is still to come."), "conditions")
    hold(decision)
    db.session.execute(delete(OfferCondition).where(OfferCondition.decision_id == decision.id))
    db.session.expire(decision, ["conditions"])
    for one in conditions:
        condition = OfferCondition(ref=new_ref(), decision_id=decision.id, text=one.text, due_at=one.due_at)
        workflow.start(OFFER_CONDITION, condition, actor=actor)
    workflow.perform(PARTY_DECISION, decision, "admit", actor=actor, version=version)


def perform(actor: Actor, decision: PartyDecision, name: str, *, version: int | None, **inputs: Any) -> None:
    """Refuse, decide anew or rescind, with the application held. Raises Refused, Conflict, NotPermitted."""
    hold(decision)
    workflow.perform(PARTY_DECISION, decision, name, actor=actor, version=version, **inputs)


def ask_back(
    actor: Actor, decision: PartyDecision, *, reasons: Mapping[str, str], due_at: datetime, version: int | None
) -> None:
    """Send the application back: each field of `reasons` with what is wrong with it, to be put right until `due_at`.

    Raises Refused when no field is named, Invalid for a due time in the past, Conflict for a stale page.
    """
    if due_at <= actor.now:
        raise Invalid(_l("Choose a day that is still to come."), "due_on")
    known = {field for field, _label in returnable_fields(decision.application.call)}
    named = {field: reason for field, reason in reasons.items() if reason and field in known}
    hold(decision)
    workflow.perform(
        PARTY_DECISION, decision, "ask_back", actor=actor, version=version, fields=sorted(named), due_at=due_at
    )
    record_returned(actor, decision.application, named)


@subscribe("student_admitted")
def _register(event: Event) -> None:
    """Whoever is admitted becomes a student, registered at every party, in the same transaction."""
    register_student(event.actor, application=event.subject)
