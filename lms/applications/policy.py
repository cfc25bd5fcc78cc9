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

VIEW_ENDORSEMENT = Permission("endorsement.view", any_of=[is_endorsing_office], none_of=[asked_for_it], hidden=True)
SEE_SHEET = Permission("endorsement.see_sheet", any_of=[asked_for_it, is_secretariat], hidden=True)
ENDORSEMENT_QUEUE = Permission("endorsement.queue", any_of=[holds_somewhere("coordinator", "institution")])
DECIDE_ENDORSEMENT = Permission(
    "endorsement.decide", any_of=[is_endorsing_office, holds_link], none_of=[asked_for_it], hidden=True
)
UPLOAD_SHEET = Permission("endorsement.upload", any_of=[asked_for_it], hidden=True)
SHEET_QUEUE = Permission("endorsement.sheets", any_of=[is_secretariat])
CHECK_SHEET = Permission("endorsement.check", any_of=[is_secretariat], none_of=[asked_for_it], hidden=True)


@predicate("is the reviewer whom it was given to")
def is_reviewer(actor: Actor, review: Any) -> bool:
    """The actor's own review."""
    return actor.person_id is not None and actor.person_id == review.reviewer_id


@predicate("is the applicant under review")
def is_reviewed(actor: Actor, review: Any) -> bool:
    """The review is about the actor's own application, which must be loaded."""
    return is_applicant.test(actor, review.application)


REVIEWS = Permission("review.list", any_of=[holds("reviewer", "platform")])
OWN_REVIEW = Permission("review.own", any_of=[is_reviewer], none_of=[is_reviewed], hidden=True)
MANAGE_REVIEWS = Permission("review.manage", any_of=[is_secretariat], none_of=[is_reviewed], hidden=True)
ASSIGN_REVIEWERS = Permission("review.assign", any_of=[is_secretariat], none_of=[is_applicant], hidden=True)
