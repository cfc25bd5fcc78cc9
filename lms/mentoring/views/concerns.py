"""Concerns, for the safeguarding contacts of a scheme alone."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.queries import person_by_id
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of
from lms.core.web import Column, access, current_actor, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.queues import queue_of
from lms.core.workflow import history_of
from lms.mentoring import messages
from lms.mentoring.flow import CONCERN
from lms.mentoring.models import Concern
from lms.mentoring.policy import CONCERNS, HANDLE_CONCERN
from lms.mentoring.queries import concerns as queries
from lms.mentoring.views.blueprint import bp

_COLUMNS = [
    Column(_l("Reported on"), lambda row: row.reported_at, "reported", Concern.reported_at),
    Column(_l("Scheme"), lambda row: in_reader_language(row.mentorship.scheme, "title")),
    Column(
        _l("State"), lambda row: str(CONCERN.state_of(row).label), "state", in_order_of(Concern.state, CONCERN.states)
    ),
]


@bp.get("/concerns/")
@access(CONCERNS)
def concerns() -> Response:
    """What was confided to me."""
    state = request.args.get("state", "")
    return render_list(
        "mentoring/concerns.html",
        query=queries.concerns_for(current_actor(), state=state if state in CONCERN.states else ""),
        order=[Key(Concern.reported_at, descending=True), Key(Concern.id, descending=True)],
        columns=_COLUMNS,
        name="concerns",
        machine=CONCERN,
        state=state,
    )


@bp.get("/concerns/<ref>")
@access(HANDLE_CONCERN, load=queries.concern_for)
def concern(concern: Concern) -> ResponseReturnValue:
    """One concern, with what may be done."""
    return _page(concern)


def _page(concern: Concern, refused: Action | None = None) -> ResponseReturnValue:
    actions = actions_for(CONCERN, concern)
    page = render_template(
        "mentoring/concern.html",
        concern=concern,
        mentorship=concern.mentorship,
        scheme=concern.mentorship.scheme,
        reporter=person_by_id(concern.reporter_id),
        state=CONCERN.state_of(concern),
        machine=CONCERN,
        actions=[refused if refused and refused.transition is one.transition else one for one in actions],
        history_rows=history_of("mentoring_concern", concern.id, public_only=False),
        queue=queue_of(messages.LOOK_AT_CONCERN, besides=("mentoring_concern", concern.id)),
    )
    return page, 422 if refused else 200


@bp.post("/concerns/<ref>/do/<transition>")
@access(HANDLE_CONCERN, load=queries.concern_for)
def do_concern(concern: Concern, transition: str) -> ResponseReturnValue:
    """Take it up, or answer and close it."""
    if (refused := perform_posted(CONCERN, concern, transition)) is not None:
        return _page(concern, refused)
    flash(CONCERN.transitions[transition].timeline_label, "success")
    return redirect(url_for("mentoring.concern", ref=concern.ref), 303)
