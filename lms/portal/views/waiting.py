"""The full list of what waits, and taking an item of one's office."""

from flask import Response, flash, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from lms.core.access import SIGNED_IN
from lms.core.i18n import gettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import whole_number
from lms.core.views import local_target
from lms.core.waiting import SOONEST_FIRST, WaitingItem, kind_named
from lms.core.web import Column, access, current_actor, render_list
from lms.portal import queries, services
from lms.portal.views.dashboard import bp
from lms.portal.views.rows import Rows

WHOSE = (
    ("me", _l("For me alone")),
    ("office", _l("For my offices")),
    ("taken", _l("Taken by me")),
    ("free", _l("Taken by nobody")),
    ("overdue", _l("Overdue")),
)
_COLUMNS = (
    Column(_l("Task"), lambda item: str(kind_named(item.kind).label)),
    Column(_l("About"), lambda item: item.title),
    Column(_l("Since"), lambda item: item.opened_at.isoformat()),
    Column(_l("Due"), lambda item: item.due_at.isoformat() if item.due_at else ""),
)


@bp.get("/waiting/")
@access(SIGNED_IN)
def waiting_list() -> Response:
    """Everything that waits for the actor and their offices, to be searched and filtered."""
    actor = current_actor()
    q, whose, kind = (request.args.get(name, "").strip() for name in ("q", "whose", "kind"))
    return render_list(
        "portal/waiting.html",
        query=queries.waiting_list(actor, q=q, whose=whose, kind=kind),
        order=SOONEST_FIRST,
        columns=_COLUMNS,
        name="waiting",
        q=q,
        whose=whose,
        kind=kind,
        whose_options=WHOSE,
        kind_options=[(entry.name, entry.label) for entry in queries.waiting_kinds(actor)],
        rows_of=lambda items: Rows(actor, items).waiting(items),
    )


@bp.post("/waiting/<int:item_id>/take")
@access(SIGNED_IN, load=queries.waiting_item)
def take(item: WaitingItem) -> BaseResponse:
    """Take an item of one's office, so that colleagues see who works on it."""
    seen = request.form.get("seen", "")
    services.take_item(
        current_actor(),
        item=item,
        seen_assignee_id=whole_number(seen),
    )
    flash(gettext("You work on this now. Your colleagues see it."), "success")
    return redirect(local_target(request.args.get("next") or "/dashboard"), 303)
