"""A party's own queue: one application on one page, what the agreement shows of the others, and the decision."""

from datetime import timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.applications.forms import ReturnForm, form_for_fields
from lms.applications.queries.calls import returned_fields
from lms.applications.queries.documents import document_file, documents_of
from lms.applications.queries.facts import application_outcomes, country_namer
from lms.applications.rules import DOCUMENT_KINDS
from lms.applications.views.files import send_personal
from lms.core.errors import NotFound
from lms.core.i18n import current_language, in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.queues import on_to_next, queue_of
from lms.core.workflow import history_of
from lms.programmes import messages
from lms.programmes.flow import ADMISSION, OFFER_CONDITION, PARTY_DECISION
from lms.programmes.forms.admission import AdmitForm, end_of
from lms.programmes.models import OfferCondition, PartyDecision
from lms.programmes.policy import ADMIT, JUDGE_CONDITION, OFFICE
from lms.programmes.queries import admission as queries
from lms.programmes.queries.conditions import condition_by_ref, conditions_of
from lms.programmes.queries.sharing import decided_elsewhere, shown_of
from lms.programmes.rules import field_label, returnable_fields
from lms.programmes.services import deciding as services
from lms.programmes.views.blueprint import bp

_RETURN_DAYS = 7
_BUTTONS = ("refuse", "reconsider", "take_back")
_COLUMNS = [
    Column(_l("Reference"), lambda row: row.application.ref),
    Column(
        _l("Applicant"),
        lambda row: row.application.person.name,
        "name",
        looked_up(PartyDecision.application, "person", "name"),
    ),
    Column(
        _l("Intake"),
        lambda row: in_reader_language(row.application.call, "title"),
        "intake",
        looked_up(PartyDecision.application, "call", "title_en"),
    ),
    Column(_l("For"), lambda row: in_reader_language(row.institution, "name")),
    Column(_l("Asked on"), lambda row: row.asked_at, "asked", PartyDecision.asked_at),
    Column(
        _l("Our decision"),
        lambda row: str(PARTY_DECISION.state_of(row).label),
        "state",
        in_order_of(PartyDecision.state, PARTY_DECISION.states),
    ),
]


@bp.get("/decisions/")
@access(OFFICE)
def decisions() -> Response:
    """The applications on which my universities decide, those to be decided first shown."""
    q, state = request.args.get("q", "").strip(), request.args.get("state", "asked")
    known = state if state in PARTY_DECISION.states else ""
    return render_list(
        "programmes/office/decisions.html",
        query=queries.decision_queue(current_actor(), q=q, state=known, intake=request.args.get("intake", "")),
        order=[Key(PartyDecision.asked_at), Key(PartyDecision.id)],
        columns=_COLUMNS,
        name="decisions",
        machine=PARTY_DECISION,
        q=q,
        state=known,
    )


@bp.get("/decisions/<ref>")
@access(ADMIT, load=queries.decision_of_my_office)
def decision(decision: PartyDecision) -> ResponseReturnValue:
    """One application, and what my university may do with it."""
    return _page(decision)


def _return_form(decision: PartyDecision, **options: Any) -> ReturnForm:
    due = (current_actor().now + timedelta(days=_RETURN_DAYS)).date()
    fields = returnable_fields(decision.application.call)
    return form_for_fields(fields, data={"due_on": due}, version=str(decision.version), **options)


def _admit_form(decision: PartyDecision, **options: Any) -> AdmitForm:
    kept: dict[str, Any] = {}
    for number, one in enumerate(decision.conditions, start=1):
        kept |= {f"text_{number}": one.text, f"due_on_{number}": one.due_at.date()}
    return AdmitForm(prefix="admit-", data=kept, version=str(decision.version), **options)


def _page(
    decision: PartyDecision,
    *,
    admit: AdmitForm | None = None,
    back: ReturnForm | None = None,
    refused: Action | None = None,
) -> ResponseReturnValue:
    actor, application = current_actor(), decision.application
    admission = queries.admission_of(application.id)
    shown = shown_of(actor, admission)
    actions = [one for one in actions_for(PARTY_DECISION, decision) if one.transition.name in _BUTTONS]
    may = {one.transition.name: one for one in actions_for(PARTY_DECISION, decision)}
    conditions = conditions_of(application.id)
    nationality = application.facts.get("nationality") or application.person.nationality
    page = render_template(
        "programmes/office/decision.html",
        decision=decision,
        application=application,
        admission=admission,
        programme=admission.intake.programme,
        call=application.call,
        state=PARTY_DECISION.state_of(decision),
        application_state=ADMISSION.state_of(application),
        nationality=country_namer(current_language().code)(nationality) if nationality else "",
        shown=shown,
        elsewhere=decided_elsewhere(actor, decision, admission),
        decision_machine=PARTY_DECISION,
        rule_rows=application_outcomes(application, now=actor.now),
        documents=documents_of(application.id) if shown.documents else [],
        document_kinds=DOCUMENT_KINDS,
        returned=returned_fields(application.id),
        field_label=field_label,
        admit_form=admit or _admit_form(decision, formdata=None),
        return_form=back or _return_form(decision, formdata=None),
        may_admit=may.get("admit"),
        may_return=may.get("ask_back"),
        actions=[refused if refused and refused.transition is one.transition else one for one in actions],
        conditions=[one for one in conditions if one.decision_id == decision.id],
        condition_machine=OFFER_CONDITION,
        history_rows=history_of("party_decision", decision.id, public_only=False),
        machine=PARTY_DECISION,
        queue=queue_of(messages.DECIDE_ADMISSION, besides=("party_decision", decision.id)),
    )
    is_faulty = any(form is not None and form.errors for form in (admit, back)) or refused is not None
    return page, 422 if is_faulty else 200


def _done(decision: PartyDecision, transition: str) -> ResponseReturnValue:
    done = PARTY_DECISION.transitions[transition].timeline_label
    flash(_l("%(task)s: %(subject)s", task=done, subject=decision.application.person.name), "success")
    return on_to_next(messages.DECIDE_ADMISSION, otherwise=url_for("programmes.decisions"))


@bp.post("/decisions/<ref>/admit")
@access(ADMIT, load=queries.decision_of_my_office)
def admit(decision: PartyDecision) -> ResponseReturnValue:
    """Admit, perhaps under conditions."""
    form = _admit_form(decision)
    if form.submit(lambda: _admit(decision, form)):
        return _done(decision, "admit")
    return _page(decision, admit=form)


def _admit(decision: PartyDecision, form: AdmitForm) -> bool:
    conditions = form.asked(decision.application.call)
    services.admit(current_actor(), decision, version=form.seen_version, conditions=conditions)
    return True


@bp.post("/decisions/<ref>/return")
@access(ADMIT, load=queries.decision_of_my_office)
def ask_back(decision: PartyDecision) -> ResponseReturnValue:
    """Send it back with the reasons."""
    form = _return_form(decision)
    if form.submit(lambda: _ask_back(decision, form)):
        return _done(decision, "ask_back")
    return _page(decision, back=form)


def _ask_back(decision: PartyDecision, form: ReturnForm) -> bool:
    assert form.due_on.data is not None
    services.ask_back(
        current_actor(),
        decision,
        reasons=form.reasons,
        due_at=end_of(decision.application.call, form.due_on.data),
        version=form.seen_version,
    )
    return True


@bp.post("/decisions/<ref>/do/<any(refuse,reconsider,take_back):transition>")
@access(ADMIT, load=queries.decision_of_my_office)
def do_decision(decision: PartyDecision, transition: str) -> ResponseReturnValue:
    """Refuse, decide anew, or rescind."""
    services.hold(decision)
    if (refused := perform_posted(PARTY_DECISION, decision, transition)) is not None:
        return _page(decision, refused=refused)
    if transition == "refuse":
        return _done(decision, transition)
    flash(PARTY_DECISION.transitions[transition].timeline_label, "success")
    return redirect(url_for("programmes.decision", ref=decision.ref), 303)


@bp.get("/decisions/<ref>/documents/<file_ref>")
@access(ADMIT, load=queries.decision_of_my_office)
def decision_document(decision: PartyDecision, file_ref: str) -> Response:
    """A document of the application, if the agreement shows it to my university."""
    admission = queries.admission_of(decision.application_id)
    if not shown_of(current_actor(), admission).documents:
        raise NotFound
    return send_personal(document_file(decision.application_id, file_ref))


# --- conditions -------------------------------------------------------------------------------------


@bp.get("/conditions/<ref>")
@access(JUDGE_CONDITION, load=condition_by_ref)
def condition(condition: OfferCondition) -> ResponseReturnValue:
    """A condition that my university set, and what the student handed in."""
    return _condition_page(condition)


def _condition_page(condition: OfferCondition, refused: Action | None = None) -> ResponseReturnValue:
    application = condition.decision.application
    page = render_template(
        "programmes/office/condition.html",
        condition=condition,
        decision=condition.decision,
        application=application,
        call=application.call,
        state=OFFER_CONDITION.state_of(condition),
        actions=[
            refused if refused and refused.transition is one.transition else one
            for one in actions_for(OFFER_CONDITION, condition)
        ],
        history_rows=history_of("offer_condition", condition.id, public_only=False),
        machine=OFFER_CONDITION,
        queue=queue_of(messages.JUDGE_CONDITION, besides=("offer_condition", condition.id)),
    )
    return page, 422 if refused else 200


@bp.post("/conditions/<ref>/do/<any(confirm,return,waive):transition>")
@access(JUDGE_CONDITION, load=condition_by_ref)
def do_condition(condition: OfferCondition, transition: str) -> ResponseReturnValue:
    """Confirm that a condition is fulfilled, ask again, or waive it."""
    if (refused := perform_posted(OFFER_CONDITION, condition, transition)) is not None:
        return _condition_page(condition, refused)
    done = OFFER_CONDITION.transitions[transition].timeline_label
    flash(_l("%(task)s: %(subject)s", task=done, subject=condition.decision.application.person.name), "success")
    return on_to_next(messages.JUDGE_CONDITION, otherwise=url_for("programmes.decision", ref=condition.decision.ref))


@bp.get("/conditions/<ref>/file")
@access(JUDGE_CONDITION, load=condition_by_ref)
def condition_file(condition: OfferCondition) -> Response:
    """What the student handed in, for the party that asked for it."""
    if condition.file is None:
        raise NotFound
    return send_personal(condition.file)
