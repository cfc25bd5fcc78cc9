"""Applying, in steps that save themselves, and where an application stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.forms import EmptyForm
from lms.applications.apply_forms import ConsentForm, DocumentForm, FactsForm, StatementForm
from lms.applications.eligibility import Facts, Met
from lms.applications.flow import ENDORSEMENT
from lms.applications.forms import RouteForm
from lms.applications.queries import facts as fact_queries
from lms.applications.queries.calls import open_returned_fields
from lms.applications.queries.documents import document_file, documents_of
from lms.applications.queries.endorsements import endorsements_of
from lms.applications.rules import DOCUMENT_KINDS, is_open
from lms.applications.views.files import send_personal
from lms.core import settings, waiting
from lms.core.access import SIGNED_IN
from lms.core.errors import Conflict, NotFound
from lms.core.i18n import current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import whole_number
from lms.core.web import DOCUMENTS, Form, Upload, access, current_actor, render_form
from lms.core.web.actions import actions_for
from lms.exchange.allocating import told
from lms.exchange.flow import APPLICATION
from lms.exchange.forms.applying import TieForm
from lms.exchange.models import Application, Call, Endorsement
from lms.exchange.policy import OWN_APPLICATION
from lms.exchange.queries import applying, calls, posts
from lms.exchange.queries.deciding import told_lines
from lms.exchange.queries.guarantees import Names, told_quotas
from lms.exchange.queries.timeline import happened, next_of
from lms.exchange.rules import NAMES_TIES, STEPS, field_label, step_of
from lms.exchange.services import applying as services
from lms.exchange.views import asked as asked_before
from lms.exchange.views.blueprint import bp


@bp.get("/applications/")
@access(SIGNED_IN)
def my_applications() -> str:
    """My own applications."""
    return render_template(
        "exchange/apply/list.html", applications=applying.my_applications(current_actor()), machine=APPLICATION
    )


@bp.post("/calls/<ref>/apply")
@access(SIGNED_IN, load=calls.call_visible_to)
def start(call: Call) -> ResponseReturnValue:
    """Start an application, or go on with the one that is there."""
    form = EmptyForm()
    told = asked_before.remembered(current_actor())
    facts = told if told != Facts() else None
    if started := form.submit(lambda: services.start_application(current_actor(), call, facts=facts)):
        asked_before.forget()
        return redirect(url_for("exchange.application", ref=started.ref), 303)
    for message in form.form_errors:
        flash(message, "error")
    return redirect(url_for("exchange.call", ref=call.ref), 303)


@bp.get("/applications/<ref>")
@access(OWN_APPLICATION, load=applying.own_application)
def application(application: Application) -> Response:
    """Where it stands: what happened, who must act, until when."""
    actor = current_actor()
    actions = [one for one in actions_for(APPLICATION, application) if one.transition.name == "withdraw"]
    endorsements = endorsements_of(application)
    lines, apart = told_lines(application)
    named = Names(application.call_id).group
    return Response(
        render_template(
            "exchange/apply/application.html",
            application=application,
            call=application.call,
            state=APPLICATION.state_of(application),
            happened=happened(application, endorsements),
            next=_next(application, endorsements),
            choices=applying.choices_of(application),
            told=dict(told(lines, application.call.disclosure, named, apart)),
            told_quotas=told_quotas(application.call, named),
            documents=documents_of(application.id),
            document_kinds=DOCUMENT_KINDS,
            endorsements=endorsements,
            endorsement_machine=ENDORSEMENT,
            returned=open_returned_fields(application.id),
            step_of=step_of,
            field_label=field_label,
            withdraw=actions[0] if actions else None,
            is_closed_draft=application.state == "draft" and not is_open(application.call, actor.now),
            may_apply_again=is_open(application.call, actor.now),
        )
    )


def _next(application: Application, endorsements: Sequence[Endorsement]) -> dict[str, Any] | None:
    """The end of the timeline; what the applicant must do leads to the page on which it is done."""
    following = next_of(application, endorsements)
    if following is None:
        return None
    url = None
    if following.mine:
        url = url_for(waiting.kind_named(following.mine.kind).endpoint, **following.mine.url_values)
    return {"what": following.what, "who": following.who, "until": following.until, "url": url}


@bp.post("/applications/<ref>/withdraw")
@access(OWN_APPLICATION, load=applying.own_application)
def withdraw(application: Application) -> ResponseReturnValue:
    """Withdraw for good."""
    form = EmptyForm(prefix="withdraw-")
    if form.submit(lambda: _withdraw(application, form)):
        flash(_l("Your application was withdrawn."), "success")
    return redirect(url_for("exchange.application", ref=application.ref), 303)


def _withdraw(application: Application, form: EmptyForm) -> bool:
    services.withdraw(current_actor(), application, version=form.seen_version)
    return True


@bp.get("/applications/<ref>/documents/<file_ref>")
@access(OWN_APPLICATION, load=applying.own_application)
def my_document(application: Application, file_ref: str) -> Response:
    """One of my own documents."""
    return send_personal(document_file(application.id, file_ref))


# --- the steps --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Step:
    """How a step makes its form, what else its page shows, and how it saves."""

    make: Callable[[Application], Form]
    save: Callable[[Application, Any], None]
    context: Callable[[Application], dict[str, Any]] = lambda _application: {}


def _save_facts(application: Application, form: FactsForm) -> None:
    services.save_facts(current_actor(), application, version=form.seen_version, facts=form.facts())


def _facts_form(application: Application) -> FactsForm:
    return FactsForm.of(fact_queries.known_facts(application), version=str(application.version))


def _facts_context(application: Application) -> dict[str, Any]:
    now = current_actor().now
    if application.facts:
        return {"outcomes": fact_queries.application_outcomes(application, now=now)}
    known = fact_queries.profile_facts(application.person)
    return {"outcomes": fact_queries.outcomes(application.call, known, now=now)}


def _save_statement(application: Application, form: StatementForm) -> None:
    services.save_statement(
        current_actor(), application, version=form.seen_version, statement=form.statement.data or ""
    )


def _save_choices(application: Application, form: EmptyForm) -> None:
    actor, version = current_actor(), form.seen_version
    action, _, value = request.form.get("action", "").partition(":")
    post_id = whole_number(value)
    if action == "add":
        services.add_choice(actor, application, version=version, post_ref=request.form.get("post", ""))
    elif action == "remove" and post_id is not None:
        services.remove_choice(actor, application, version=version, post_id=post_id)
    elif action in ("up", "down") and post_id is not None:
        services.move_choice(actor, application, version=version, post_id=post_id, direction=action)
    else:
        raise NotFound


def _choices_context(application: Application) -> dict[str, Any]:
    chosen = applying.choices_of(application)
    taken = {choice.post_id for choice in chosen}
    offered = [post for post in posts.posts_of_call(application.call) if post.id not in taken]
    return {"choices": chosen, "offered": offered}


def _save_document(application: Application, form: DocumentForm) -> None:
    services.add_document(
        current_actor(),
        application,
        version=form.seen_version,
        kind=form.kind.data or "",
        staged=form.file.data[0],
    )


def _documents_context(application: Application) -> dict[str, Any]:
    held = {document.kind: document for document in documents_of(application.id)}
    return {"held": held, "document_kinds": DOCUMENT_KINDS, "sent_kind": request.form.get("kind", "")}


def _save_wish(application: Application, form: RouteForm) -> None:
    wish = form.wish(application.person.home_institution_id)
    services.save_wish(current_actor(), application, version=form.seen_version, wish=wish)


def _wish_form(application: Application) -> RouteForm:
    form = RouteForm(data=application.endorsement_wish, version=str(application.version))
    if form.language.data is None:
        form.language.data = current_actor().language
    return form


_FORMS: dict[str, _Step] = {
    "facts": _Step(_facts_form, _save_facts, _facts_context),
    "choices": _Step(lambda one: EmptyForm(version=str(one.version)), _save_choices, _choices_context),
    "statement": _Step(lambda one: StatementForm(statement=one.statement, version=str(one.version)), _save_statement),
    "documents": _Step(lambda one: DocumentForm(version=str(one.version)), _save_document, _documents_context),
    "endorsement": _Step(_wish_form, _save_wish),
}
# On these one goes on adding; the others lead to the next step.
_STAYS = ("choices", "documents")


@bp.route("/applications/<ref>/<any(facts,choices,statement,documents,endorsement):step>", methods=["GET", "POST"])
@access(OWN_APPLICATION, load=applying.own_application, uploads=[Upload("file", kinds=DOCUMENTS)])
def step(application: Application, step: str) -> ResponseReturnValue:
    """One step; sending it saves it."""
    here = _FORMS[step]
    form = here.make(application)
    if form.submit(lambda: (here.save(application, form),)):
        flash(_l("Saved."), "success")
        return redirect(_after(application, step), 303)
    return render_form(
        f"exchange/apply/{step}.html",
        form,
        **_frame(application, step),
        **here.context(application),
    )


def _is_ineligible(application: Application) -> bool:
    judged = fact_queries.application_outcomes(application, now=current_actor().now)
    return any(outcome.met is Met.NO for outcome in judged)


def _after(application: Application, step: str) -> str:
    names = [one.name for one in STEPS]
    if step in _STAYS or (step == "facts" and _is_ineligible(application)):
        return url_for("exchange.step", ref=application.ref, step=step)
    following = names[names.index(step) + 1]
    if application.state == "returned" or following == "check":
        return url_for("exchange.check", ref=application.ref)
    return url_for("exchange.step", ref=application.ref, step=following)


def _frame(application: Application, here: str) -> dict[str, Any]:
    """What every step shows around its form: the way, what was sent back, and whether it may be changed."""
    lacking = {one.step for one in applying.missing_in(application, now=current_actor().now)}
    returned = open_returned_fields(application.id)
    changeable = applying.changeable_fields(application)
    is_late = application.state == "draft" and not is_open(application.call, current_actor().now)
    return {
        "application": application,
        "call": application.call,
        "steps": [_step_link(application, one, here, lacking) for one in STEPS],
        "returned": {row.field: row.reason for row in returned},
        "changeable": set() if is_late else changeable,
        "can_change": not is_late and any(step_of(field) == here for field in changeable),
    }


def _step_link(application: Application, one: Any, here: str, lacking: set[str]) -> dict[str, Any]:
    state = "current" if one.name == here else "todo" if one.name in lacking or one.name == "check" else "done"
    if one.name == "check":
        url = url_for("exchange.check", ref=application.ref)
    else:
        url = url_for("exchange.step", ref=application.ref, step=one.name)
    return {"label": one.label, "url": url, "state": state}


@bp.route("/applications/<ref>/ties", methods=["GET", "POST"])
@access(OWN_APPLICATION, load=applying.own_application)
def ties(application: Application) -> ResponseReturnValue:
    """Who should not review my application: told to the secretariat alone."""
    remove = whole_number(request.form.get("remove", ""))
    form: Form = EmptyForm() if remove is not None else TieForm(version=str(application.version))
    if form.submit(lambda: (_save_tie(application, form, remove),)):
        flash(_l("Saved."), "success")
        return redirect(url_for("exchange.ties", ref=application.ref), 303)
    return render_form(
        "exchange/apply/ties.html",
        form,
        **_frame(application, "ties"),
        may_name=application.state in NAMES_TIES,
    )


def _save_tie(application: Application, form: Any, remove: int | None) -> None:
    actor, version = current_actor(), form.seen_version
    if remove is not None:
        services.unname_tie(actor, application, version=version, index=remove)
        return
    services.name_tie(
        actor,
        application,
        version=version,
        name=form.name.data or "",
        email=form.email.data or "",
        reason=form.reason.data or "",
    )


@bp.route("/applications/<ref>/check", methods=["GET", "POST"])
@access(OWN_APPLICATION, load=applying.own_application)
def check(application: Application) -> ResponseReturnValue:
    """Everything at a glance, what is missing, the consents, and the button that submits."""
    if application.state not in ("draft", "returned"):
        if request.method == "POST":
            raise Conflict(_l("This application was submitted already. Look at where it stands now."))
        return redirect(url_for("exchange.application", ref=application.ref))
    actor = current_actor()
    language = current_language().code
    needed = applying.consents_to_ask(application, center=settings.center_names(), language=language)
    namer = fact_queries.country_namer(language)
    names = {one.country: str(namer(one.country)) for one in needed}
    form = ConsentForm.for_recipients(needed, names, version=str(application.version))
    if form.submit(lambda: _submit(application, form)):
        flash(_l("Your application was submitted. You can follow it here."), "success")
        return redirect(url_for("exchange.application", ref=application.ref), 303)
    missing = applying.missing_in(application, now=actor.now) + applying.not_put_right(application)
    return render_form(
        "exchange/apply/check.html",
        form,
        **_frame(application, "check"),
        missing=missing,
        choices=applying.choices_of(application),
        documents=documents_of(application.id),
        document_kinds=DOCUMENT_KINDS,
        boxes=[form[f"consent_{number}"] for number in range(len(needed))],
    )


def _submit(application: Application, form: ConsentForm) -> bool:
    services.submit(current_actor(), application, version=form.seen_version, needed=form.recipients, given=form.given())
    return True
