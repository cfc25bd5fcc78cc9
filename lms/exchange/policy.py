"""Who may do what in the exchange. Relations to an application are in `lms.applications.policy`."""

from typing import Any

from lms.applications.policy import MANAGE_CALLS, OWN_APPLICATION, is_applicant, is_secretariat
from lms.core.access import Permission, holds, holds_somewhere, predicate, signed_in
from lms.core.actor import Actor
from lms.exchange.queries.ranking import impartial_hosts

__all__ = [
    "ANSWER_OFFER",
    "APPROVE_POST",
    "ARRANGE_PLACEMENT",
    "CLOSE_PLACEMENT",
    "DECIDE",
    "DRAFT_POSTS",
    "EDIT_POST",
    "HOST_PLACEMENT",
    "MANAGE_CALLS",
    "OWN_APPLICATION",
    "OWN_PLACEMENT",
    "PLACEMENTS",
    "RANKINGS",
    "RANK_POST",
    "SCREEN",
    "SEE_CANDIDATES",
    "SET_CAPACITIES",
    "VIEW_OFFER",
    "VIEW_PLACEMENT",
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
SET_CAPACITIES = Permission(
    "call.capacities", any_of=[is_secretariat, holds_somewhere("coordinator", "institution")], hidden=True
)


@predicate("stands in for the hosts")
def stands_in(actor: Actor, post: Any) -> bool:
    """A coordinator of the host ranks where a candidate asked every host of the lab to stay away."""
    return is_host_coordinator.test(actor, post) and not impartial_hosts(post, actor.now)


RANK_POST = Permission("post.rank", any_of=[is_lab_host, stands_in], hidden=True)

# Nobody in the secretariat screens or decides an application of their own.
SCREEN = Permission("application.screen", any_of=[is_secretariat], none_of=[is_applicant], hidden=True)
DECIDE = Permission("application.decide", any_of=[is_secretariat], none_of=[is_applicant], hidden=True)
ANSWER_OFFER = Permission("offer.answer", any_of=[is_applicant], hidden=True)
VIEW_OFFER = Permission("offer.view", any_of=[is_applicant], hidden=True)

# --- ranking and placements: a placement's post and application must be loaded ------------------------------

RANKINGS = Permission(
    "ranking.list", any_of=[holds_somewhere("host", "lab"), holds_somewhere("coordinator", "institution")]
)
SEE_CANDIDATES = Permission("candidate.view", any_of=[is_lab_host, is_host_coordinator, is_secretariat], hidden=True)

# The scientist of a placement stands in the same column as the applicant of an application.
is_placement_host = holds("host", "lab", lambda placement: placement.post.lab_id)
is_placement_host_coordinator = holds("coordinator", "institution", lambda placement: placement.post.institution_id)
is_placement_home_coordinator = holds(
    "coordinator", "institution", lambda placement: placement.application.home_institution_id
)

PLACEMENTS = Permission("placement.list", any_of=[signed_in])
VIEW_PLACEMENT = Permission(
    "placement.view",
    any_of=[
        is_applicant,
        is_secretariat,
        is_placement_host,
        is_placement_host_coordinator,
        is_placement_home_coordinator,
    ],
    hidden=True,
)
OWN_PLACEMENT = Permission("placement.own", any_of=[is_applicant], hidden=True)
HOST_PLACEMENT = Permission("placement.host", any_of=[is_placement_host], none_of=[is_applicant], hidden=True)
ARRANGE_PLACEMENT = Permission(
    "placement.arrange", any_of=[is_placement_host, is_secretariat], none_of=[is_applicant], hidden=True
)
CLOSE_PLACEMENT = Permission("placement.close", any_of=[is_secretariat], none_of=[is_applicant], hidden=True)
