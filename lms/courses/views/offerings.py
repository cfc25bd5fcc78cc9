"""Giving a course: offerings and those who take part."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.bulk import Bulk, decide_many
from lms.courses import policy, services
from lms.courses.flow import ENROLMENT
from lms.courses.forms import OfferingForm
from lms.courses.models import Course, Enrolment, Offering
from lms.courses.queries import catalogue, teaching
from lms.courses.services.offerings import issuers
from lms.courses.views.blueprint import bp
from lms.courses.views.making import named_institutions, try_in_workshop


@bp.route("/<code>/offerings/new", methods=["GET", "POST"])
@access(policy.EDIT_COURSE, load=catalogue.course_visible_to)
def new_offering(course: Course) -> ResponseReturnValue:
    """Announce when the course is given."""
    actor = current_actor()
    allowed = named_institutions(issuers(actor, course))
    form = OfferingForm.of(None, zone=actor.zone, institutions=allowed, like=teaching.last_offering(course))
    if form.submit(lambda: services.open_offering(actor, course, **form.columns())):
        flash(_l("The offering was added."), "success")
        return redirect(url_for("courses.workshop", code=course.code), 303)
    return render_form("courses/offering_form.html", form, course=course, offering=None)


@bp.route("/offerings/<ref>/edit", methods=["GET", "POST"])
@access(policy.EDIT_OFFERING, load=catalogue.offering_visible_to)
def edit_offering(offering: Offering) -> ResponseReturnValue:
    """Change dates, places or the completion rule."""
    actor, course = current_actor(), offering.course
    allowed = issuers(actor, course) | {offering.institution_id}
    form = OfferingForm.of(offering, zone=actor.zone, institutions=named_institutions(allowed))

    def act() -> bool:
        services.change_offering(actor, offering, version=form.seen_version, **form.columns())
        return True

    if form.submit(act):
        flash(_l("Saved."), "success")
        return redirect(url_for("courses.participants", ref=offering.ref), 303)
    return render_form("courses/offering_form.html", form, course=course, offering=offering)


@bp.post("/offerings/<ref>/remove")
@access(policy.EDIT_OFFERING, load=catalogue.offering_visible_to)
def remove_offering(offering: Offering) -> ResponseReturnValue:
    """Take back an offering that nobody has applied for."""
    return try_in_workshop(offering.course.code, lambda: services.remove_offering(current_actor(), offering))


def per_cent(score: int | None) -> float | None:
    """A score (hundredths of a per cent) as spreadsheets want it."""
    return None if score is None else score / 100


def _code(enrolment: Enrolment) -> str:
    return enrolment.credential.code if enrolment.credential else ""


_COLUMNS = (
    Column(_l("Name"), lambda row: row.person.name, "name", looked_up(Enrolment.person, "name")),
    Column(_l("Name in local script"), lambda row: row.person.name_local),
    Column(
        _l("State"),
        lambda row: ENROLMENT.state_of(row).label,
        "state",
        in_order_of(Enrolment.state, ENROLMENT.states),
    ),
    Column(_l("Steps done"), lambda row: row.done_count, "steps", Enrolment.done_count),
    Column(_l("Quiz mark, per cent"), lambda row: per_cent(row.quiz_score), "mark", Enrolment.quiz_score),
    Column(_l("Applied on"), lambda row: row.created_at, "applied", Enrolment.created_at),
    Column(_l("Enrolled on"), lambda row: row.enrolled_at),
    Column(_l("Completed on"), lambda row: row.completed_at, "completed", Enrolment.completed_at),
    Column(_l("Certificate"), _code),
)


_BULK = Bulk(ENROLMENT, ("approve", "waitlist", "reject"), lambda row: row.person.name)


@bp.get("/offerings/<ref>/participants")
@access(policy.SEE_PARTICIPANTS, load=catalogue.offering_visible_to)
def participants(offering: Offering) -> Response:
    """Who takes part, how far they are, who has finished; and who waits for an answer."""
    q, state = request.args.get("q", "").strip(), request.args.get("state", "")
    return render_list(
        "courses/participants.html",
        query=teaching.participants(offering, q=q, state=state),
        order=teaching.PARTICIPANT_ORDER,
        columns=_COLUMNS,
        name=f"participants-{offering.code}",
        offering=offering,
        course=offering.course,
        counts=teaching.state_counts(offering.id),
        steps=teaching.activity_counts({offering.course_id}).get(offering.course_id, 0),
        machine=ENROLMENT,
        may_edit=policy.EDIT_OFFERING.allows(current_actor(), offering),
        bulk=_BULK if policy.DECIDE_IN_OFFERING.allows(current_actor(), offering) else None,
        q=q,
        state=state,
    )


@bp.post("/offerings/<ref>/participants/decide")
@access(policy.DECIDE_IN_OFFERING, load=catalogue.offering_visible_to)
def decide_participants(offering: Offering) -> ResponseReturnValue:
    """Decide on several applications at once, after a preview."""
    return decide_many(
        _BULK,
        lambda refs: teaching.participants_by_ref(offering, refs),
        back=url_for("courses.participants", ref=offering.ref),
        heading=_l("Participants"),
        hold=lambda: services.hold_places(offering.id),
    )
