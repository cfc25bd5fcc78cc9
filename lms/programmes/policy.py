"""Who may do what with joint degrees: the coordinating university keeps them, each party decides its own side."""

from typing import Any

from lms.applications.policy import OWN_APPLICATION, is_applicant, is_secretariat
from lms.core.access import Permission, holds, holds_somewhere, predicate
from lms.core.actor import Actor
from lms.programmes.queries.programmes import coordinating_ids_of

__all__ = [
    "ADMIT",
    "JUDGE_CONDITION",
    "KEEP_AGREEMENT",
    "KEEP_APPROVAL",
    "KEEP_INTAKE",
    "KEEP_PROGRAMME",
    "MAKE_PROGRAMME",
    "MANAGE_INTAKE",
    "NOMINATE",
    "OFFICE",
    "OWN_APPLICATION",
    "OWN_CONDITION",
    "SEE_AGREEMENT",
    "SEE_APPROVAL",
    "SEE_INTAKE",
    "SEE_OFFICE",
    "SEE_SUPERVISORS",
    "SIGN_AGREEMENT",
    "is_applicant",
    "is_secretariat",
]

_coordinates_some = holds_somewhere("coordinator", "institution")

# --- programmes: agreements with their parties must be loaded -----------------------------------------------

is_coordinating = holds("coordinator", "institution", lambda programme: programme.coordinating_id)
is_party = holds("coordinator", "institution", lambda programme: programme.party_ids)

OFFICE = Permission("programme.list", any_of=[is_secretariat, _coordinates_some])
MAKE_PROGRAMME = Permission("programme.make", any_of=[is_secretariat, _coordinates_some])
KEEP_PROGRAMME = Permission("programme.keep", any_of=[is_secretariat, is_coordinating], hidden=True)
SEE_OFFICE = Permission("programme.office", any_of=[is_secretariat, is_coordinating, is_party], hidden=True)

# Names of students stand there: not for who is merely asked to join.
SEE_SUPERVISORS = Permission(
    "programme.supervisors",
    any_of=[is_secretariat, is_coordinating, holds("coordinator", "institution", lambda one: one.carrier_ids)],
    hidden=True,
)

# --- agreements: the programme and the parties must be loaded -----------------------------------------------

_coordinates_agreement = holds("coordinator", "institution", lambda agreement: agreement.programme.coordinating_id)
_is_agreeing = holds("coordinator", "institution", lambda agreement: agreement.shown_to_ids)

KEEP_AGREEMENT = Permission("agreement.keep", any_of=[is_secretariat, _coordinates_agreement], hidden=True)
SEE_AGREEMENT = Permission("agreement.view", any_of=[is_secretariat, _coordinates_agreement, _is_agreeing], hidden=True)
_speaks_for_side = holds("coordinator", "institution", lambda side: side.institution_id)
SIGN_AGREEMENT = Permission("agreement.sign", any_of=[_speaks_for_side], hidden=True)
KEEP_APPROVAL = Permission("approval.keep", any_of=[_speaks_for_side], hidden=True)
SEE_APPROVAL = Permission("approval.view", any_of=[is_secretariat, _speaks_for_side], hidden=True)

# --- intakes are calls, which the coordinating university of their programme keeps --------------------------

KEEP_INTAKE = Permission(
    "intake.keep",
    any_of=[is_secretariat, holds("coordinator", "institution", lambda call: coordinating_ids_of(call.id))],
    hidden=True,
)


def carriers_of_intake(intake: Any) -> frozenset[int]:
    """The parties that applicants consented to: those of the agreement that the intake was opened under.

    Who is asked to join a later version, or has refused one, has no part in it. Before it opens nobody has applied.
    """
    return frozenset(intake.agreement.shown_to_ids if intake.agreement else intake.programme.party_ids)


_keeps_programme_of = holds("coordinator", "institution", lambda intake: intake.programme.coordinating_id)
MANAGE_INTAKE = Permission("intake.manage", any_of=[is_secretariat, _keeps_programme_of], hidden=True)
SEE_INTAKE = Permission(
    "intake.view",
    any_of=[is_secretariat, _keeps_programme_of, holds("coordinator", "institution", carriers_of_intake)],
    hidden=True,
)
NOMINATE = Permission("intake.nominate", any_of=[_coordinates_some])

# --- admission: nobody decides on an application of their own -------------------------------------------------


@predicate("is the applicant decided on")
def is_decided_on(actor: Actor, decision: Any) -> bool:
    """The decision is about the actor's own application, which must be loaded."""
    return is_applicant.test(actor, decision.application)


@predicate("is the applicant who was asked for it")
def was_asked_for(actor: Actor, condition: Any) -> bool:
    """The condition is set to the actor; the decision and its application must be loaded."""
    return is_applicant.test(actor, condition.decision.application)


ADMIT = Permission("admission.decide", any_of=[_speaks_for_side], none_of=[is_decided_on], hidden=True)
OWN_CONDITION = Permission("condition.own", any_of=[was_asked_for], hidden=True)
JUDGE_CONDITION = Permission(
    "condition.judge",
    any_of=[holds("coordinator", "institution", lambda condition: condition.decision.institution_id)],
    none_of=[was_asked_for],
    hidden=True,
)
