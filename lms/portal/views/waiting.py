"""The full list of what waits; taking an item of one's office, putting it back, giving it to a colleague."""

from flask import Response, flash, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from lms.core import waiting
from lms.core.access import SIGNED_IN
from lms.core.i18n import gettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import whole_number
from lms.core.views import local_target
from lms.core.waiting import SOONEST_FIRST, WaitingItem, kind_named
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.fields import choices
from lms.core.web.templating import in_reader_language
from lms.portal import queries, services
from lms.portal.forms import GiveForm
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
    Column(_l("Task"), lambda item: str(kind_named(item.kind).label), "task", WaitingItem.kind),
    Column(_l("About"), lambda item: in_reader_language(item, "title"), "about", WaitingItem.title_en),
    Column(_l("Since"), lambda item: item.opened_at.isoformat(), "since", WaitingItem.opened_at),
    Column(_l("Due"), lambda item: item.due_at.isoformat(), "due", WaitingItem.due_at),
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
    waiting.take(current_actor(), item, seen_assignee_id=_seen())
    flash(gettext("You work on this now. Your colleagues see it."), "success")
    return _back()


@bp.post("/waiting/<int:item_id>/put-back")
@access(SIGNED_IN, load=queries.waiting_item)
def put_back(item: WaitingItem) -> BaseResponse:
    """Let an item be the whole office's again."""
    waiting.give(item, to_person_id=None, seen_assignee_id=_seen())
    flash(gettext("Put back. Anybody in the office can take it."), "success")
    return _back()


@bp.route("/waiting/<int:item_id>/give", methods=["GET", "POST"])
@access(SIGNED_IN, load=queries.waiting_item)
def give(item: WaitingItem) -> BaseResponse:
    """Choose the colleague who works on an item from now on."""
    colleagues = queries.colleagues(current_actor(), item)
    form = GiveForm(seen=str(item.assignee_id or ""))
    form.colleague.choices = choices((one.person_id, one.display_name) for one in colleagues)
    if form.submit(lambda: _give(item, form)):
        flash(gettext("Given. Your colleague finds it on the dashboard."), "success")
        return _back()
    return render_form(
        "portal/give.html", form, item=item, task=kind_named(item.kind).label, colleagues=colleagues, back=_target()
    )


def _give(item: WaitingItem, form: GiveForm) -> bool:
    services.give_to_colleague(
        current_actor(),
        item=item,
        to_person_id=form.colleague.data,
        seen_assignee_id=whole_number(form.seen.data or ""),
    )
    return True


def _seen() -> int | None:
    """Who had the item when the page was made."""
    return whole_number(request.form.get("seen", ""))


def _target() -> str:
    return local_target(request.args.get("next") or "/dashboard")


def _back() -> BaseResponse:
    return redirect(_target(), 303)
