"""The mailed link of somebody without an account, and the public check of a printed sheet.

Opening a link changes nothing, however often a mail scanner does it; only the posted form acts, once.
"""

from dataclasses import replace
from datetime import timedelta

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from lms.accounts import readings
from lms.applications.flow import ENDORSEMENT
from lms.applications.forms import LinkDecideForm
from lms.applications.kinds import call_kind_named
from lms.applications.models import Endorsement
from lms.applications.queries.endorsements import endorsement_by_code, endorsement_by_token
from lms.applications.services import endorsements as services
from lms.applications.views.blueprint import bp
from lms.core.access import PUBLIC
from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.core.web import access, current_actor, render_form
from lms.core.web.limits import client_address, hit


@bp.route("/endorsements/link/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def signed_link(token: str) -> ResponseReturnValue:
    """The application as its endorser reads it, and the form that decides."""
    hit(current_actor(), f"endorsement.link:{client_address()}", limit=60, per=timedelta(hours=1))
    try:
        endorsement = endorsement_by_token(token)
    except NotFound:
        return make_response(render_template("applications/link_unknown.html"), 404)
    actor = replace(current_actor(), kind="token", person_id=None, token_subject=("endorsement", endorsement.id))
    readings.note_under(actor, endorsement, "endorsement.link")
    form = LinkDecideForm(version=str(endorsement.version))
    if endorsement.state == "requested" and actor.now < endorsement.due_at:
        if not form.submit(lambda: _decide(actor, endorsement, form)):
            summary = call_kind_named(endorsement.application.call.kind).summary(endorsement.application)
            return render_form("applications/link.html", form, endorsement=endorsement, summary=summary)
        endorsement = endorsement_by_token(token)
    return make_response(
        render_template("applications/link_done.html", endorsement=endorsement, state=ENDORSEMENT.state_of(endorsement))
    )


def _decide(actor: Actor, endorsement: Endorsement, form: LinkDecideForm) -> bool:
    gives, reason = form.decision.data == "give", form.reason.data or ""
    services.decide(actor, endorsement, gives=gives, reason=reason, version=form.seen_version)
    return True


@bp.get("/endorsements/sheet/<code>")
@access(PUBLIC)
def sheet_check(code: str) -> str:
    """Whether a printed sheet is ours and what became of it. Names nobody: paper gets into many hands."""
    hit(current_actor(), f"endorsement.sheet:{client_address()}", limit=60, per=timedelta(hours=1))
    endorsement = endorsement_by_code(code)
    return render_template(
        "applications/sheet_check.html", endorsement=endorsement, state=ENDORSEMENT.state_of(endorsement)
    )
