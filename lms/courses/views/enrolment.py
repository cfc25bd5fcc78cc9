"""Taking a place, and where an enrolment or application stands."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import SIGNED_IN
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import items_about
from lms.core.web import access, current_actor
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.queues import on_to_next, queue_of
from lms.core.workflow import history_of
from lms.courses import policy, services
from lms.courses.flow import ENROLMENT
from lms.courses.flow.enrolment import DECIDE
from lms.courses.forms import EnrolForm
from lms.courses.models import Enrolment, Offering
from lms.courses.queries import catalogue, learning, teaching
from lms.courses.views.blueprint import bp
from lms.courses.views.catalogue import offering_page

# The ways in (enrol, queue, apply) stand on the offering's page, with its form.
_DECISIONS = ("approve", "waitlist", "reject")
_ON_THIS_PAGE = (*_DECISIONS, "withdraw")


@bp.post("/offerings/<ref>/enrol")
@access(SIGNED_IN, load=catalogue.offering_visible_to)
def enrol(offering: Offering) -> ResponseReturnValue:
    """Take a place, queue or apply."""
    form = EnrolForm()
    motivation = form.motivation.data or ""
    enrolment = form.submit(lambda: services.enrol(current_actor(), offering, motivation=motivation))
    if enrolment is None:
        return offering_page(offering, form)
    match enrolment.state:
        case "enrolled":
            flash(_l("You are enrolled. Welcome!"), "success")
            return redirect(url_for("courses.home", ref=enrolment.ref), 303)
        case "waitlisted":
            flash(_l("Every place is taken. You are on the waiting list and move up by yourself."), "warning")
        case _:
            flash(_l("Your application was sent."), "success")
    return redirect(url_for("courses.enrolment", ref=enrolment.ref), 303)


@bp.get("/mine")
@access(SIGNED_IN)
def mine() -> str:
    """Everything the actor has applied for or taken."""
    rows = learning.my_enrolments(current_actor())
    counts = teaching.activity_counts({row.offering.course_id for row in rows})
    return render_template("courses/mine.html", rows=rows, counts=counts, machine=ENROLMENT)


@bp.get("/enrolments/<ref>")
@access(policy.VIEW_ENROLMENT, load=learning.enrolment_visible_to)
def enrolment(enrolment: Enrolment) -> ResponseReturnValue:
    """One enrolment: what happened, who must act, until when, and what may be done."""
    return _page(enrolment, None)


def _page(enrolment: Enrolment, refused: Action | None) -> ResponseReturnValue:
    actor = current_actor()
    page = render_template(
        "courses/enrolment.html",
        enrolment=enrolment,
        offering=enrolment.offering,
        course=enrolment.offering.course,
        state=ENROLMENT.state_of(enrolment),
        machine=ENROLMENT,
        is_mine=enrolment.person_id == actor.person_id,
        queue=queue_of(DECIDE, besides=("enrolment", enrolment.id)),
        actions=[
            refused if refused and refused.transition is action.transition else action
            for action in actions_for(ENROLMENT, enrolment)
            if action.transition.name in _ON_THIS_PAGE
        ],
        history=history_of("enrolment", enrolment.id, public_only=enrolment.person_id == actor.person_id),
        waiting=items_about(("enrolment", enrolment.id)),
        queue_place=learning.place_in_queue(enrolment) if enrolment.state == "waitlisted" else None,
        taken=catalogue.places_taken(enrolment.offering_id),
    )
    return page, 422 if refused else 200


@bp.post("/enrolments/<ref>/do/<transition>")
@access(policy.VIEW_ENROLMENT, load=learning.enrolment_visible_to)
def do_enrolment(enrolment: Enrolment, transition: str) -> ResponseReturnValue:
    """Approve, put on the waiting list, reject or withdraw."""
    services.hold_places(enrolment.offering_id)
    if (refused := perform_posted(ENROLMENT, enrolment, transition)) is not None:
        return _page(enrolment, refused)
    done, here = ENROLMENT.transitions[transition].timeline_label, url_for("courses.enrolment", ref=enrolment.ref)
    if transition not in _DECISIONS:
        flash(done, "success")
        return redirect(here, 303)
    flash(_l("%(task)s: %(subject)s", task=done, subject=enrolment.person.name), "success")
    return on_to_next(DECIDE, otherwise=here)
