"""Who may do what with supervisors: parties offer them, the coordinating university matches, both sides agree."""

from typing import Any

from lms.core.access import Permission, holds, predicate
from lms.core.actor import Actor

_secretariat = holds("secretariat", "platform")


@predicate("is the student")
def is_supervised(actor: Actor, supervision: Any) -> bool:
    """The actor's own supervision; its student must be loaded."""
    return actor.person_id is not None and actor.person_id == supervision.student.person_id


@predicate("is the supervisor")
def is_supervising(actor: Actor, supervision: Any) -> bool:
    """The actor supervises, or is proposed to; the supervisor must be loaded."""
    return actor.person_id is not None and actor.person_id == supervision.supervisor.person_id


_coordinating = holds("coordinator", "institution", lambda one: one.programme.coordinating_id)
_party_of_round = holds("coordinator", "institution", lambda one: one.programme.carrier_ids)
_party_of_student = holds(
    "coordinator", "institution", lambda one: [row.institution_id for row in one.student.registrations]
)

# --- rounds: the programme with its parties must be loaded --------------------------------------------

SEE_ROUND = Permission("supervision_round.view", any_of=[_coordinating, _party_of_round, _secretariat], hidden=True)
KEEP_ROUND = Permission("supervision_round.keep", any_of=[_coordinating, _secretariat], hidden=True)

# --- supervisions ---------------------------------------------------------------------------------------

SEE_SUPERVISION = Permission(
    "supervision.view", any_of=[is_supervised, is_supervising, _party_of_student, _secretariat], hidden=True
)
AGREE_AS_STUDENT = Permission("supervision.agree_as_student", any_of=[is_supervised], hidden=True)
AGREE_AS_SUPERVISOR = Permission("supervision.agree_as_supervisor", any_of=[is_supervising], hidden=True)
DECLINE = Permission("supervision.decline", any_of=[is_supervised, is_supervising], hidden=True)
END_SUPERVISION = Permission(
    "supervision.end", any_of=[_party_of_student], none_of=[is_supervised, is_supervising], hidden=True
)
