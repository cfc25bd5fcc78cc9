"""Applying to a joint degree, in steps that save themselves, and where an application stands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.forms import EmptyForm
from lms.applications.apply_forms import ConsentForm, DocumentForm, FactsForm, StatementForm
from lms.applications.eligibility import Met
from lms.applications.queries import facts as fact_queries
from lms.applications.queries.calls import open_returned_fields
from lms.applications.queries.documents import document_file, documents_of
from lms.applications.rules import DOCUMENT_KINDS, is_open
from lms.applications.services import applying as shared
from lms.applications.views.files import send_personal
from lms.core import settings, waiting
from lms.core.access import SIGNED_IN
from lms.core.errors import Conflict
from lms.core.i18n import current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import DOCUMENTS, Form, Upload, access, current_actor, render_form
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.programmes.flow import ADMISSION, OFFER_CONDITION
from lms.programmes.forms.admission import HandInForm, UniversityForm
from lms.programmes.models import Admission, Application, Intake, OfferCondition
from lms.programmes.policy import OWN_APPLICATION, OWN_CONDITION
from lms.programmes.queries import admission as queries
from lms.programmes.queries import applying
from lms.programmes.queries.conditions import condition_by_ref, conditions_of
from lms.programmes.queries.study import student_of_application
from lms.programmes.rules import STEPS, field_label, step_of
from lms.programmes.services import applying as services
from lms.programmes.views.blueprint import bp


@bp.get("/applications/")
@access(SIGNED_IN)
def my_applications() -> str:
    """My own applications to joint degrees."""
    mine = queries.my_applications(current_actor())
    return render_template(
        "programmes/apply/list.html",
        applications=mine,
        programmes={one.id: queries.intake_of_call(one.call_id).programme for one in mine},
        machine=ADMISSION,
    )


@bp.post("/intakes/<ref>/apply")
@access(SIGNED_IN, load=queries.public_intake)
def start(intake: Intake) -> ResponseReturnValue:
    """Start an application, or go on with the one that is there."""
    form = EmptyForm()
    if started := form.submit(lambda: services.start_application(current_actor(), intake)):
        return redirect(url_for("programmes.application", ref=started.ref), 303)
    for message in form.form_errors:
        flash(message, "error")
    return redirect(url_for("programmes.programme", ref=intake.programme.ref), 303)


@bp.get("/applications/<ref>")
@access(OWN_APPLICATION, load=queries.own_application)
def application(application: Application) -> ResponseReturnValue:
    """Where it stands: what happened, who must act, until when; the offer and its conditions."""
    return _page(application)


def _page(application: Application, refused: Action | None = None) -> ResponseReturnValue:
    actor = current_actor()
    admission = queries.admission_of(application.id)
    offers = queries.offers_of(application.id)
    conditions = conditions_of(application.id) if offers else []
    actions = {one.transition.name: one for one in actions_for(ADMISSION, application)}
    if refused:
        actions[refused.transition.name] = refused
    page = render_template(
        "programmes/apply/application.html",
        application=application,
        admission=admission,
        programme=admission.intake.programme,
        call=application.call,
        state=ADMISSION.state_of(application),
        happened=applying.happened(application, admission),
        next=_next(application, admission, conditions),
        documents=documents_of(application.id),
        document_kinds=DOCUMENT_KINDS,
        returned=open_returned_fields(application.id),
        step_of=step_of,
        field_label=field_label,
        offer=offers[0] if offers else None,
        answers=[actions[name] for name in ("accept", "decline") if name in actions],
        withdraw=actions.get("withdraw"),
        conditions=conditions,
        condition_machine=OFFER_CONDITION,
        is_closed_draft=application.state == "draft" and not is_open(application.call, actor.now),
        may_apply_again=is_open(application.call, actor.now),
        student=student_of_application(application.id),
    )
    return page, 422 if refused else 200


def _next(application: Application, admission: Admission, conditions: Any) -> dict[str, Any] | None:
    """The end of the timeline; what the applicant must do leads to the page on which it is done."""
    following = applying.next_of(application, admission, conditions)
    if following is None:
        return None
    url = None
    if following.mine:
        url = url_for(waiting.kind_named(following.mine.kind).endpoint, **following.mine.url_values)
    return {"what": following.what, "who": following.who, "until": following.until, "url": url}


@bp.post("/applications/<ref>/do/<any(accept,decline):transition>")
@access(OWN_APPLICATION, load=queries.own_application)
def answer(application: Application, transition: str) -> ResponseReturnValue:
    """Accept or decline the offer."""
    if (refused := perform_posted(ADMISSION, application, transition)) is not None:
        return _page(application, refused)
    flash(ADMISSION.transitions[transition].timeline_label, "success")
    return redirect(url_for("programmes.application", ref=application.ref), 303)


@bp.post("/applications/<ref>/withdraw")
@access(OWN_APPLICATION, load=queries.own_application)
def withdraw(application: Application) -> ResponseReturnValue:
    """Withdraw for good."""
    form = EmptyForm(prefix="withdraw-")
    if form.submit(lambda: _withdraw(application, form)):
        flash(_l("Your application was withdrawn."), "success")
    return redirect(url_for("programmes.application", ref=application.ref), 303)


def _withdraw(application: Application, form: EmptyForm) -> bool:
    services.withdraw(current_actor(), application, version=form.seen_version)
    return True


@bp.get("/applications/<ref>/documents/<file_ref>")
@access(OWN_APPLICATION, load=queries.own_application)
def my_document(application: Application, file_ref: str) -> Response:
    """One of my own documents."""
    return send_personal(document_file(application.id, file_ref))


@bp.route("/conditions/<ref>/hand-in", methods=["GET", "POST"])
@access(OWN_CONDITION, load=condition_by_ref, uploads=[Upload("file", kinds=DOCUMENTS)])
def hand_in(condition: OfferCondition) -> ResponseReturnValue:
    """Hand in what a condition asks for."""
    form = HandInForm(version=str(condition.version))
    mine = condition.decision.application
    if form.submit(lambda: _hand_in(condition, form)):
        flash(_l("Handed in. The university that asked for it looks at it now."), "success")
        return redirect(url_for("programmes.application", ref=mine.ref), 303)
    return render_form(
        "programmes/apply/hand_in.html",
        form,
        condition=condition,
        application=mine,
        call=mine.call,
        can_hand_in=condition.state == "open" and mine.state == "conditional",
    )


def _hand_in(condition: OfferCondition, form: HandInForm) -> bool:
    services.hand_in(
        current_actor(),
        condition,
        version=form.seen_version,
        told=form.told.data or "",
        staged=form.file.data[0] if form.file.data else None,
    )
    return True


# --- the steps --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Step:
    """How a step makes its form, what else its page shows, and how it saves."""

    make: Callable[[Application], Form]
    save: Callable[[Application, Any], None]
    context: Callable[[Application], dict[str, Any]] = lambda _application: {}


def _save_facts(application: Application, form: FactsForm) -> None:
    shared.save_facts(current_actor(), application, version=form.seen_version, facts=form.facts())


def _facts_form(application: Application) -> FactsForm:
    return FactsForm.of(fact_queries.known_facts(application), version=str(application.version))


def _facts_context(application: Application) -> dict[str, Any]:
    now = current_actor().now
    if application.facts:
        return {"outcomes": fact_queries.application_outcomes(application, now=now)}
    known = fact_queries.profile_facts(application.person)
    return {"outcomes": fact_queries.outcomes(application.call, known, now=now)}


def _university_form(application: Application) -> UniversityForm:
    return UniversityForm.of(queries.admission_of(application.id), version=str(application.version))


def _save_university(application: Application, form: UniversityForm) -> None:
    services.save_university(
        current_actor(),
        application,
        queries.admission_of(application.id),
        version=form.seen_version,
        party_id=form.party_id.data,
    )


def _save_statement(application: Application, form: StatementForm) -> None:
    shared.save_statement(current_actor(), application, version=form.seen_version, statement=form.statement.data or "")


def _save_document(application: Application, form: DocumentForm) -> None:
    shared.add_document(
        current_actor(), application, version=form.seen_version, kind=form.kind.data or "", staged=form.file.data[0]
    )


def _documents_context(application: Application) -> dict[str, Any]:
    held = {document.kind: document for document in documents_of(application.id)}
    return {"held": held, "document_kinds": DOCUMENT_KINDS, "sent_kind": request.form.get("kind", "")}


_FORMS: dict[str, _Step] = {
    "facts": _Step(_facts_form, _save_facts, _facts_context),
    "university": _Step(_university_form, _save_university),
    "statement": _Step(lambda one: StatementForm(statement=one.statement, version=str(one.version)), _save_statement),
    "documents": _Step(lambda one: DocumentForm(version=str(one.version)), _save_document, _documents_context),
}


@bp.route("/applications/<ref>/<any(facts,university,statement,documents):step>", methods=["GET", "POST"])
@access(OWN_APPLICATION, load=queries.own_application, uploads=[Upload("file", kinds=DOCUMENTS)])
def step(application: Application, step: str) -> ResponseReturnValue:
    """One step; sending it saves it."""
    here = _FORMS[step]
    form = here.make(application)
    if form.submit(lambda: (here.save(application, form),)):
        flash(_l("Saved."), "success")
        return redirect(_after(application, step), 303)
    return render_form(f"programmes/apply/{step}.html", form, **_frame(application, step), **here.context(application))


def _is_ineligible(application: Application) -> bool:
    judged = fact_queries.application_outcomes(application, now=current_actor().now)
    return any(outcome.met is Met.NO for outcome in judged)


def _after(application: Application, step: str) -> str:
    names = [one.name for one in STEPS]
    if step == "documents" or (step == "facts" and _is_ineligible(application)):
        return url_for("programmes.step", ref=application.ref, step=step)
    following = names[names.index(step) + 1]
    if application.state == "returned" or following == "check":
        return url_for("programmes.check", ref=application.ref)
    return url_for("programmes.step", ref=application.ref, step=following)


def _frame(application: Application, here: str) -> dict[str, Any]:
    """What every step shows around its form: the way, what was sent back, and whether it may be changed."""
    admission = queries.admission_of(application.id)
    lacking = {one.step for one in applying.missing_in(application, admission, now=current_actor().now)}
    changeable = applying.changeable_fields(application, admission)
    is_late = application.state == "draft" and not is_open(application.call, current_actor().now)
    return {
        "application": application,
        "admission": admission,
        "programme": admission.intake.programme,
        "call": application.call,
        "steps": [_step_link(application, one, here, lacking) for one in STEPS],
        "returned": {row.field: row.reason for row in open_returned_fields(application.id)},
        "changeable": set() if is_late else changeable,
        "can_change": not is_late and any(step_of(field) == here for field in changeable),
    }


def _step_link(application: Application, one: Any, here: str, lacking: set[str]) -> dict[str, Any]:
    state = "current" if one.name == here else "todo" if one.name in lacking or one.name == "check" else "done"
    if one.name == "check":
        url = url_for("programmes.check", ref=application.ref)
    else:
        url = url_for("programmes.step", ref=application.ref, step=one.name)
    return {"label": one.label, "url": url, "state": state}


@bp.route("/applications/<ref>/check", methods=["GET", "POST"])
@access(OWN_APPLICATION, load=queries.own_application)
def check(application: Application) -> ResponseReturnValue:
    """Everything at a glance, what is missing, the consents, and the button that submits."""
    if application.state not in ("draft", "returned"):
        if request.method == "POST":
            raise Conflict(_l("This application was submitted already. Look at where it stands now."))
        return redirect(url_for("programmes.application", ref=application.ref))
    admission = queries.admission_of(application.id)
    language = current_language().code
    needed = applying.consents_to_ask(application, admission, center=settings.center_names(), language=language)
    namer = fact_queries.country_namer(language)
    names = {one.country: str(namer(one.country)) for one in needed}
    form = ConsentForm.for_recipients(needed, names, version=str(application.version))
    if form.submit(lambda: _submit(application, form)):
        flash(_l("Your application was submitted. You can follow it here."), "success")
        return redirect(url_for("programmes.application", ref=application.ref), 303)
    missing = applying.missing_in(application, admission, now=current_actor().now)
    return render_form(
        "programmes/apply/check.html",
        form,
        **_frame(application, "check"),
        missing=missing + applying.not_put_right(application),
        documents=documents_of(application.id),
        document_kinds=DOCUMENT_KINDS,
        boxes=[form[f"consent_{number}"] for number in range(len(needed))],
    )


def _submit(application: Application, form: ConsentForm) -> bool:
    services.submit(current_actor(), application, version=form.seen_version, needed=form.recipients, given=form.given())
    return True
