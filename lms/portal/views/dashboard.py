"""What the actor must do, and where their own matters stand."""

from flask import Blueprint, render_template

from lms.accounts import queries as people
from lms.accounts.rules import is_profile_complete
from lms.core import waiting
from lms.core.access import SIGNED_IN
from lms.core.actor import Actor
from lms.core.web import access, current_actor
from lms.portal import desks, operating, queries
from lms.portal.policy import ADMINISTER
from lms.portal.standing import things_of, waits_about
from lms.portal.views.rows import Rows

bp = Blueprint("dashboard", __name__)

SHOWN = 10


@bp.get("/dashboard")
@access(SIGNED_IN)
def show() -> str:
    """Everything that waits for the actor, then their own matters, then the desks of their roles."""
    actor = current_actor()
    items = waiting.items_for(actor, limit=SHOWN + 1)
    things = things_of(actor)
    waits = waits_about(actor, things)
    rows = Rows(actor, [*items[:SHOWN], *(item for about in waits.values() for item in about)])
    return render_template(
        "portal/dashboard.html",
        rows=rows.waiting(items[:SHOWN]),
        has_more=len(items) > SHOWN,
        things=rows.standing(things, waits),
        desks=desks.desks_of(actor),
        first_steps=[] if items or things else desks.first_steps(actor, has_profile=_has_profile(actor)),
        dead_letters=operating.outbox_counts().get("dead", 0) if ADMINISTER.allows(actor) else 0,
    )


def _has_profile(actor: Actor) -> bool:
    return is_profile_complete(people.person_by_id(actor.person_id or 0))
