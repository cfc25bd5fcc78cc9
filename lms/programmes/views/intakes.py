"""Intakes: prepared and opened by the coordinating university; who applied, as each party may see; nominations."""

from datetime import timedelta
from functools import cache
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.i18n import in_reader_language, lazy_ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.actions import actions_for, perform_posted
from lms.core.web.fields import choices
from lms.core.workflow import history_of
from lms.institutions import queries as institutions
from lms.programmes.flow import ADMISSION, INTAKE, PARTY_DECISION
from lms.programmes.forms.admission import CloseListForm, IntakeForm, NominateForm
from lms.programmes.models import Admission, Intake, Programme
from lms.programmes.policy import KEEP_PROGRAMME, MANAGE_INTAKE, NOMINATE, SEE_INTAKE
from lms.programmes.queries import admission as queries
from lms.programmes.queries import programmes
from lms.programmes.queries.agreements import confirmed_agreement
from lms.programmes.queries.sharing import shown_of
from lms.programmes.rules import ENTRY_DEGREE
from lms.programmes.services import intakes as services
from lms.programmes.views.blueprint import bp

# What the list of an intake offers to narrow it by: everything that was ever handed in.
_STATES = [name for name in ADMISSION.states if name != "draft"]
_APPLICANT = looked_up(Admission.application, "person", "name")


@bp.route("/office/<ref>/intakes/new", methods=["GET", "POST"])
@access(KEEP_PROGRAMME, load=programmes.office_programme)
def new_intake(programme: Programme) -> ResponseReturnValue:
    """Prepare an intake."""
    actor = current_actor()
    start = actor.now.replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None)
    agreement = confirmed_agreement(programme.id)
    form = IntakeForm(
        zone=actor.zone,
        opens_local=start,
        closes_local=start.replace(hour=17) + timedelta(days=90),
        starts_on=(actor.now + timedelta(days=270)).date(),
        seats=agreement.seats if agreement else 10,
        document_kinds=["cv", "degree", "transcript"],
        degree=ENTRY_DEGREE[programme.level],
        language=["en"],
    )
    if made := form.submit(lambda: services.draft_intake(actor, programme, **form.columns())):
        flash(_l("The intake is prepared. Open it when nothing is missing."), "success")
        return redirect(url_for("programmes.intake", ref=made.call.ref), 303)
    return render_form("programmes/office/intake_form.html", form, programme=programme, intake=None)


@bp.get("/intakes/<ref>")
@access(SEE_INTAKE, load=queries.intake_by_ref)
def intake(intake: Intake) -> Response:
    """How an intake stands: seats, applications, and what is missing before it opens."""
    return Response(render_template("programmes/office/intake.html", **_workspace(intake)))


def _workspace(intake: Intake) -> dict[str, Any]:
    call = intake.call
    return {
        "intake": intake,
        "call": call,
        "programme": intake.programme,
        "state": INTAKE.state_of(call),
        "keeps": MANAGE_INTAKE.allows(current_actor(), intake),
        "actions": actions_for(INTAKE, call),
        "counts": queries.count_by_state(intake),
        "taken": queries.seats_taken(intake),
        "parties": intake.agreement.parties if intake.agreement else [],
        "history_rows": history_of("intake", call.id, public_only=False),
        "machine": INTAKE,
    }


@bp.route("/intakes/<ref>/edit", methods=["GET", "POST"])
@access(MANAGE_INTAKE, load=queries.intake_by_ref)
def edit_intake(intake: Intake) -> ResponseReturnValue:
    """Dates, seats, documents and rules."""
    form = IntakeForm.of(intake)
    if form.submit(lambda: _edit(intake, form)):
        flash(_l("Saved."), "success")
        return redirect(url_for("programmes.intake", ref=intake.call.ref), 303)
    return render_form("programmes/office/intake_form.html", form, programme=intake.programme, intake=intake)


def _edit(intake: Intake, form: IntakeForm) -> bool:
    services.edit_intake(current_actor(), intake, version=form.seen_version, **form.columns())
    return True


@bp.post("/intakes/<ref>/do/<any(publish,close,cancel):transition>")
@access(MANAGE_INTAKE, load=queries.intake_by_ref)
def do_intake(intake: Intake, transition: str) -> ResponseReturnValue:
    """Open, close or cancel it."""
    if failed := perform_posted(INTAKE, intake.call, transition):
        page = _workspace(intake)
        page["actions"] = [failed if one.transition is failed.transition else one for one in page["actions"]]
        return render_template("programmes/office/intake.html", **page), 422
    flash(INTAKE.transitions[transition].timeline_label, "success")
    return redirect(url_for("programmes.intake", ref=intake.call.ref), 303)


# --- who applied ------------------------------------------------------------------------------------


def _columns(intake: Intake) -> list[Column]:
    """What an office takes out of the list: of those of other parties no more than the agreement shares."""
    actor = current_actor()
    own = cache(lambda: queries.own_decisions(actor, intake))  # read once, and only by an export

    def decided(row: Admission) -> str:
        decision = own().get(row.application_id)
        return str(PARTY_DECISION.state_of(decision).label) if decision else ""

    return [
        Column(_l("Reference"), lambda row: row.application.ref),
        Column(_l("Applicant"), lambda row: row.application.person.name, "name", _APPLICANT),
        Column(
            _l("E-mail address"),
            lambda row: row.application.person.email if shown_of(actor, row).contact else "",
        ),
        Column(
            _l("Enters through"),
            lambda row: in_reader_language(row.party, "name") if row.party else "",
            "party",
            looked_up(Admission.party, "name_en"),
        ),
        Column(_l("Nominated by"), lambda row: in_reader_language(row.nominating, "name") if row.nominating else ""),
        Column(
            _l("Submitted on"),
            lambda row: row.application.submitted_at,
            "submitted",
            looked_up(Admission.application, "submitted_at"),
        ),
        Column(
            _l("State"),
            lambda row: str(ADMISSION.state_of(row.application).label),
            "state",
            in_order_of(looked_up(Admission.application, "state"), ADMISSION.states),
        ),
        Column(_l("Our decision"), decided),
    ]


@bp.get("/intakes/<ref>/applications")
@access(SEE_INTAKE, load=queries.intake_by_ref)
def intake_applications(intake: Intake) -> Response:
    """Who applied, and how far each is."""
    actor = current_actor()
    q, state = request.args.get("q", "").strip(), request.args.get("state", "")
    return render_list(
        "programmes/office/applications.html",
        query=queries.intake_applications(actor, intake, q=q, state=state if state in _STATES else ""),
        order=[Key(_APPLICANT), Key(Admission.id)],
        columns=_columns(intake),
        name="applications",
        intake=intake,
        call=intake.call,
        programme=intake.programme,
        keeps=MANAGE_INTAKE.allows(actor, intake),
        machine=ADMISSION,
        decision_machine=PARTY_DECISION,
        own=queries.own_decisions(actor, intake),
        states=_STATES,
        q=q,
        state=state,
    )


@bp.route("/intakes/<ref>/waiting-list", methods=["GET", "POST"])
@access(MANAGE_INTAKE, load=queries.intake_by_ref)
def close_list(intake: Intake) -> ResponseReturnValue:
    """Close the waiting list: everybody on it learns that no seat will come free."""
    form = CloseListForm()
    count = form.submit(lambda: services.close_waiting_list(current_actor(), intake, reason=form.reason.data or ""))
    if count is not None:
        flash(lazy_ngettext("%(num)d person was told.", "%(num)d people were told.", count), "success")
        return redirect(url_for("programmes.intake", ref=intake.call.ref), 303)
    return render_form(
        "programmes/office/close_list.html", form, intake=intake, call=intake.call, programme=intake.programme
    )


@bp.route("/intakes/<ref>/nominate", methods=["GET", "POST"])
@access(NOMINATE, load=queries.public_intake)
def nominate(intake: Intake) -> ResponseReturnValue:
    """Nominate one of the people of my university, who then completes the application."""
    actor = current_actor()
    form = NominateForm()
    mine = institutions.institutions(actor.scopes_of("coordinator", "institution")).values()
    form.institution_id.choices = choices((one.id, in_reader_language(one, "name")) for one in mine)
    if form.submit(lambda: services.nominate(actor, intake, **form.values())):
        flash(_l("The student was written to. They complete and submit the application."), "success")
        return redirect(url_for("programmes.nominate", ref=intake.call.ref), 303)
    return render_form(
        "programmes/office/nominate.html",
        form,
        intake=intake,
        call=intake.call,
        programme=intake.programme,
        nominated=queries.nominated_by(actor, intake),
        machine=ADMISSION,
    )
