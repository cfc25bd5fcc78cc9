"""A pair that was proposed: why, and yes or no."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.core.errors import NotFound
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import access, current_actor
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.locale import zone_name
from lms.core.web.queues import queue_of
from lms.mentoring import messages
from lms.mentoring.flow import PROPOSAL
from lms.mentoring.flow.reasons import field_names, reasons_of
from lms.mentoring.flow.telling import other_side
from lms.mentoring.models import Proposal
from lms.mentoring.policy import ANSWER_PROPOSAL, side_of
from lms.mentoring.queries import matching as queries
from lms.mentoring.queries.mentorships import mentorship_of_proposal
from lms.mentoring.queries.schemes import lock_scheme
from lms.mentoring.rules import LANGUAGES, METHODS
from lms.mentoring.views.blueprint import bp

_ANSWERS = ("say_yes", "decline")


@bp.get("/proposals/<ref>")
@access(ANSWER_PROPOSAL, load=queries.proposal_visible_to)
def proposal(proposal: Proposal) -> ResponseReturnValue:
    """Who is proposed, why, until when to answer, and the two buttons."""
    return _page(proposal)


def _page(proposal: Proposal, refused: Action | None = None) -> ResponseReturnValue:
    actor = current_actor()
    side = side_of(actor, proposal)
    me, other = getattr(proposal, side), other_side(proposal, actor.person_id)
    actions = [one for one in actions_for(PROPOSAL, proposal) if one.transition.name in _ANSWERS]
    page = render_template(
        "mentoring/proposal.html",
        proposal=proposal,
        scheme=proposal.scheme,
        state=PROPOSAL.state_of(proposal),
        side=side,
        other=other,
        said_yes=getattr(proposal, f"{side}_yes_at"),
        reasons=reasons_of(proposal, reader=side, zone=me.zone, zone_name=zone_name(me.zone, actor.now)),
        field_names=field_names(),
        methods=METHODS,
        language_names=LANGUAGES,
        actions=[refused if refused and refused.transition is one.transition else one for one in actions],
        mentorship=mentorship_of_proposal(proposal.id) if proposal.state == "agreed" else None,
        queue=queue_of(messages.ANSWER_PROPOSAL, besides=("mentoring_proposal", proposal.id)),
    )
    return page, 422 if refused else 200


@bp.post("/proposals/<ref>/do/<transition>")
@access(ANSWER_PROPOSAL, load=queries.proposal_visible_to)
def do_proposal(proposal: Proposal, transition: str) -> ResponseReturnValue:
    """Yes or no."""
    if transition not in _ANSWERS:
        raise NotFound
    lock_scheme(proposal.scheme_id)
    if (refused := perform_posted(PROPOSAL, proposal, transition)) is not None:
        return _page(proposal, refused)
    if begun := mentorship_of_proposal(proposal.id):
        flash(_l("You both said yes. Propose the first meeting."), "success")
        return redirect(url_for("mentoring.mentorship", ref=begun.ref), 303)
    flash(_l("Your answer was noted."), "success")
    return redirect(url_for("mentoring.proposal", ref=proposal.ref), 303)
