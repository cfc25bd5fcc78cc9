"""Who may do what with calls, applications, endorsements and reviews of every kind."""

from typing import Any

from lms.core.access import Permission, holds, holds_somewhere, predicate
from lms.core.actor import Actor

is_secretariat = holds("secretariat", "platform")
is_endorsing_office = holds("coordinator", "institution", lambda endorsement: endorsement.institution_id)


@predicate("is the applicant")
def is_applicant(actor: Actor, application: Any) -> bool:
    """The actor's own application."""
    return actor.person_id is not None and actor.person_id == application.person_id


@predicate("is the applicant who asked for it")
def asked_for_it(actor: Actor, endorsement: Any) -> bool:
    """The endorsement is of the actor's own application, which must be loaded."""
    return is_applicant.test(actor, endorsement.application)


@predicate("holds the signed link")
def holds_link(actor: Actor, endorsement: Any) -> bool:
    """The actor came by the link that was mailed for this endorsement."""
    return actor.token_subject == ("endorsement", endorsement.id)


MANAGE_CALLS = Permission("call.manage", any_of=[is_secretariat])
OWN_APPLICATION = Permission("application.own", any_of=[is_applicant], hidden=True)

ENDORSEMENT_QUEUE = Permission("endorsement.queue", any_of=[holds_somewhere("coordinator", "institution")])
DECIDE_ENDORSEMENT = Permission(
    "endorsement.decide", any_of=[is_endorsing_office, holds_link], none_of=[asked_for_it], hidden=True
)
UPLOAD_SHEET = Permission("endorsement.upload", any_of=[asked_for_it], hidden=True)
CHECK_SHEET = Permission("endorsement.check", any_of=[is_secretariat], none_of=[asked_for_it], hidden=True)
