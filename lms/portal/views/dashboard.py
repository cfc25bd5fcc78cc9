"""What the actor must do, and where their own matters stand."""

from flask import Blueprint, render_template

from lms.core import waiting
from lms.core.access import SIGNED_IN
from lms.core.web import access, current_actor
from lms.portal.views.rows import waiting_rows

bp = Blueprint("dashboard", __name__)

SHOWN = 10


@bp.get("/dashboard")
@access(SIGNED_IN)
def show() -> str:
    """Everything that waits for the actor, then their own matters, then the desks of their roles."""
    actor = current_actor()
    items = waiting.items_for(actor, limit=SHOWN + 1)
    return render_template(
        "portal/dashboard.html",
        rows=waiting_rows(actor, items[:SHOWN]),
        has_more=len(items) > SHOWN,
    )
