"""Concerns, for the safeguarding contacts of a scheme alone."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.queries import person_by_id
from lms.core.web import access, current_actor
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.queues import queue_of
from lms.core.workflow import history_of
from lms.mentoring import messages
from lms.mentoring.flow import CONCERN
from lms.mentoring.models import Concern
from lms.mentoring.policy import CONCERNS, HANDLE_CONCERN
from lms.mentoring.queries import concerns as queries
from lms.mentoring.views.blueprint import bp


@bp.get("/concerns/")
@access(CONCERNS)
def concerns() -> str:
    """What was confided to me. Nothing of it can be searched, filtered or taken out."""
    return render_template(
        "mentoring/concerns.html", groups=queries.concerns_in_groups(current_actor()), machine=CONCERN
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
