"""Screening: the queue of a call, and one application on one page."""

from datetime import date, datetime, time, timedelta

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.applications.flow import ENDORSEMENT
from lms.applications.kinds import call_kind_named
from lms.applications.queries.calls import returned_fields
from lms.applications.queries.documents import document_file, documents_of
from lms.applications.queries.endorsements import endorsements_of
from lms.applications.queries.facts import application_outcomes
from lms.applications.queries.ties import named_by
from lms.applications.rules import DOCUMENT_KINDS, ENDORSEMENT_ROUTES
from lms.applications.views.files import send_personal
from lms.applications.views.reminding import reminder_of
from lms.core.clock import deadline_in_zone
from lms.core.errors import NotFound
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.bulk import Bulk, decide_many
from lms.core.workflow import history_of
from lms.exchange.flow import APPLICATION
from lms.exchange.forms.deciding import ReturnForm, return_form
from lms.exchange.models import Application, Call
from lms.exchange.policy import MANAGE_CALLS, SCREEN
from lms.exchange.queries import calls
from lms.exchange.queries import deciding as queries
from lms.exchange.rules import field_label
from lms.exchange.services import screening as services
from lms.exchange.views.blueprint import bp

RETURN_DAYS = 7
_DECISIONS = ("accept_screening", "refuse_screening")
_BULK = Bulk(APPLICATION, _DECISIONS, lambda row: row.person.name)
_COLUMNS = [
    Column(_l("Reference"), lambda row: row.ref),
    Column(_l("Applicant"), lambda row: row.person.name, "name", looked_up(Application.person, "name")),
    Column(
        _l("Home institution"),
        lambda row: in_reader_language(row.home_institution, "name") if row.home_institution else "",
        "home",
        looked_up(Application.home_institution, "name_en"),
    ),
    Column(_l("Submitted on"), lambda row: row.submitted_at, "submitted", Application.submitted_at),
    Column(
        _l("State"),
        lambda row: str(APPLICATION.state_of(row).label),
        "state",
        in_order_of(Application.state, queries.SCREENED),
    ),
]


def end_of(call: Call, day: date) -> datetime:
    """The last minute of a day in the call's zone."""
    return deadline_in_zone(datetime.combine(day, time(23, 59)), call.zone)


@bp.get("/manage/calls/<ref>/screening")
@access(MANAGE_CALLS, load=calls.call_visible_to)
def screening(call: Call) -> Response:
    """The applications of a call, those that wait for screening first shown."""
    q = request.args.get("q", "").strip()
    state = request.args.get("state", "submitted")
    known = state if state in queries.SCREENED else ""
    return render_list(
        "exchange/deciding/screening.html",
        query=queries.screening_queue(current_actor(), call, q=q, state=known),
        order=[Key(Application.submitted_at), Key(Application.id)],
        columns=_COLUMNS,
        name="applications",
        call=call,
        machine=APPLICATION,
        counts=queries.count_by_state(call.id),
        states=queries.SCREENED,
        bulk=_BULK,
        q=q,
        state=known,
    )


@bp.post("/manage/calls/<ref>/screening/decide")
@access(MANAGE_CALLS, load=calls.call_visible_to)
def decide_screening(call: Call) -> ResponseReturnValue:
    """Accept or refuse several applications of a call at once, after a preview."""
    return decide_many(
        _BULK,
        lambda refs: queries.screened_by_ref(current_actor(), call, refs),
        back=url_for("exchange.screening", ref=call.ref),
        heading=_l("Screening"),
    )


@bp.get("/screening/<ref>")
@access(SCREEN, load=queries.staff_application)
def screen(application: Application) -> ResponseReturnValue:
    """One application: rules, endorsement, documents, what was returned, and what may be decided."""
    return _page(application, _form(application))


def _form(application: Application) -> ReturnForm:
    call = application.call
    return return_form(
        call,
        data={"due_on": (current_actor().now + timedelta(days=RETURN_DAYS)).date()},
        version=str(application.version),
    )


def _page(application: Application, form: ReturnForm, refused: Action | None = None) -> ResponseReturnValue:
    actor, call = current_actor(), application.call
    actions = [one for one in actions_for(APPLICATION, application) if one.transition.name in _DECISIONS]
    endorsements = endorsements_of(application)
    page = render_template(
        "exchange/deciding/screen.html",
        application=application,
        call=call,
        state=APPLICATION.state_of(application),
        summary=call_kind_named(call.kind).summary(application),
        rule_rows=application_outcomes(application, now=actor.now),
        documents=documents_of(application.id),
        document_kinds=DOCUMENT_KINDS,
        endorsements=endorsements,
        reminders={one.id: reminder_of(one, application) for one in endorsements},
        endorsement_machine=ENDORSEMENT,
        routes=ENDORSEMENT_ROUTES,
        named=named_by(actor, application, queries.people_who_judge(actor, application))
        if application.named_ties
        else [],
        returned=returned_fields(application.id),
        field_label=field_label,
        form=form,
        may_return=application.state == "submitted",
        actions=[refused if refused and refused.transition is one.transition else one for one in actions],
        history_rows=history_of("application", application.id, public_only=False),
        machine=APPLICATION,
        next=queries.next_to_screen(actor, application),
    )
    return page, 422 if form.errors or refused else 200


@bp.post("/screening/<ref>/return")
@access(SCREEN, load=queries.staff_application)
def return_application(application: Application) -> ResponseReturnValue:
    """Send it back with the reasons."""
    form = _form(application)
    if form.submit(lambda: _return(application, form)):
        done = APPLICATION.transitions["return"].timeline_label
        flash(_l("%(task)s: %(subject)s", task=done, subject=application.person.name), "success")
        return _on(application)
    return _page(application, form)


def _return(application: Application, form: ReturnForm) -> bool:
    assert form.due_on.data is not None
    services.return_application(
        current_actor(),
        application,
        reasons=form.reasons,
        due_at=end_of(application.call, form.due_on.data),
        version=form.seen_version,
    )
    return True


@bp.post("/screening/<ref>/do/<transition>")
@access(SCREEN, load=queries.staff_application)
def do_screening(application: Application, transition: str) -> ResponseReturnValue:
    """Accept or refuse."""
    if transition not in _DECISIONS:
        raise NotFound
    if (refused := perform_posted(APPLICATION, application, transition)) is not None:
        return _page(application, _form_unsent(application), refused)
    done = APPLICATION.transitions[transition].timeline_label
    flash(_l("%(task)s: %(subject)s", task=done, subject=application.person.name), "success")
    return _on(application)


def _form_unsent(application: Application) -> ReturnForm:
    due = (current_actor().now + timedelta(days=RETURN_DAYS)).date()
    return return_form(application.call, formdata=None, data={"due_on": due}, version=str(application.version))


def _on(application: Application) -> ResponseReturnValue:
    """To the next one that waits, else back to the queue."""
    following = queries.next_to_screen(current_actor(), application)
    if following is not None:
        return redirect(url_for("exchange.screen", ref=following.ref), 303)
    return redirect(url_for("exchange.screening", ref=application.call.ref), 303)


@bp.get("/screening/<ref>/documents/<file_ref>")
@access(SCREEN, load=queries.staff_application)
def screening_document(application: Application, file_ref: str) -> Response:
    """A document of an application, for the secretariat."""
    return send_personal(document_file(application.id, file_ref))
