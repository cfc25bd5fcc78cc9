"""What the actor must do, and where their own matters stand."""

from flask import Blueprint, render_template

from lms.accounts import queries as people
from lms.accounts.rules import is_profile_complete
from lms.core.access import SIGNED_IN
from lms.core.actor import Actor
from lms.core.web import access, current_actor
from lms.portal import desks, operating, queries
from lms.portal.policy import ADMINISTER
from lms.portal.standing import things_of, waits_about
from lms.portal.views.rows import Rows

bp = Blueprint("dashboard", __name__)

OF_EACH = 3


@bp.get("/dashboard")
@access(SIGNED_IN)
def show() -> str:
    """Everything that waits for the actor, then their own matters, then the desks of their roles."""
    actor = current_actor()
    groups = queries.waiting_by_kind(actor, each=OF_EACH)
    things = things_of(actor)
    waits = waits_about(actor, things)
    shown = [item for group in groups for item in group.items]
    rows = Rows(actor, [*shown, *(item for about in waits.values() for item in about)])
    return render_template(
        "portal/dashboard.html",
        groups=[(group, rows.waiting(group.items)) for group in groups],
        shown=len(shown),
        count=sum(group.count for group in groups),
        overdue=sum(group.overdue for group in groups),
        things=rows.standing(things, waits),
        desks=desks.desks_of(actor),
        first_steps=[] if groups or things else desks.first_steps(actor, has_profile=_has_profile(actor)),
        dead_letters=operating.outbox_counts().get("dead", 0) if ADMINISTER.allows(actor) else 0,
    )


def _has_profile(actor: Actor) -> bool:
    return is_profile_complete(people.person_by_id(actor.person_id or 0))
