"""Who may do what in the exchange. Relations to an application are in `lms.applications.policy`."""

from lms.applications.policy import MANAGE_CALLS, OWN_APPLICATION, is_applicant, is_secretariat
from lms.core.access import Permission, holds, holds_somewhere

__all__ = [
    "ANSWER_OFFER",
    "APPROVE_POST",
    "DECIDE",
    "DRAFT_POSTS",
    "EDIT_POST",
    "MANAGE_CALLS",
    "OWN_APPLICATION",
    "RANK_POST",
    "SCREEN",
    "is_applicant",
    "is_host_coordinator",
    "is_lab_host",
    "is_secretariat",
]

is_lab_host = holds("host", "lab", lambda post: post.lab_id)
is_host_coordinator = holds("coordinator", "institution", lambda post: post.institution_id)

DRAFT_POSTS = Permission(
    "post.draft", any_of=[holds_somewhere("host", "lab"), holds_somewhere("coordinator", "institution")]
)
EDIT_POST = Permission("post.edit", any_of=[is_lab_host, is_host_coordinator], hidden=True)
APPROVE_POST = Permission("post.approve", any_of=[is_secretariat], hidden=True)
RANK_POST = Permission("post.rank", any_of=[is_lab_host], hidden=True)

# Nobody in the secretariat screens or decides an application of their own.
SCREEN = Permission("application.screen", any_of=[is_secretariat], none_of=[is_applicant], hidden=True)
DECIDE = Permission("application.decide", any_of=[is_secretariat], none_of=[is_applicant], hidden=True)
ANSWER_OFFER = Permission("offer.answer", any_of=[is_applicant], hidden=True)
