"""Agreements: drafted, sent to the parties, signed by each; and the national approvals."""

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.forms import EmptyForm
from lms.core.errors import NotFound
from lms.core.i18n import lazy_gettext as _l
from lms.core.storage.serving import send
from lms.core.web import DOCUMENTS, Upload, access, current_actor, render_form
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.workflow import history_of
from lms.programmes.flow import AGREEMENT, AGREEMENT_PARTY, NATIONAL_APPROVAL
from lms.programmes.forms.agreements import AgreementForm, ApprovalForm, first_form, form_of
from lms.programmes.models import Agreement, AgreementParty, NationalApproval, Programme
from lms.programmes.policy import (
    KEEP_AGREEMENT,
    KEEP_APPROVAL,
    KEEP_PROGRAMME,
    SEE_AGREEMENT,
    SEE_APPROVAL,
    SIGN_AGREEMENT,
)
from lms.programmes.queries import agreements as queries
from lms.programmes.queries import programmes
from lms.programmes.rules import AWARDS, EDITABLE_AGREEMENT, SHARING
from lms.programmes.services import agreements as services
from lms.programmes.views.blueprint import bp


@bp.route("/office/<ref>/agreement", methods=["GET", "POST"])
@access(KEEP_PROGRAMME, load=programmes.office_programme)
def new_agreement(programme: Programme) -> ResponseReturnValue:
    """Draft the first version."""
    form = first_form(current_actor(), programme)
    made = form.submit(
        lambda: services.draft_agreement(current_actor(), programme, parties=form.parties(), **form.columns())
    )
    if made:
        flash(_l("Saved as a draft. Look it through, then send it to the parties."), "success")
        return redirect(url_for("programmes.agreement", ref=made.ref), 303)
    return render_form("programmes/office/agreement_form.html", form, programme=programme, agreement=None)


@bp.get("/agreements/<ref>")
@access(SEE_AGREEMENT, load=queries.agreement_by_ref)
def agreement(agreement: Agreement) -> str:
    """One version: its terms, who has confirmed, and what may be done."""
    return render_template("programmes/office/agreement.html", **_page(agreement))


def _page(agreement: Agreement, refused: Action | None = None, side_id: int | None = None) -> dict[str, Any]:
    def shown(actions: list[Action]) -> list[Action]:
        return [refused if refused and refused.transition is one.transition else one for one in actions]

    sides = {
        one.id: actions_for(AGREEMENT_PARTY, one)
        for one in agreement.parties
        if SIGN_AGREEMENT.allows(current_actor(), one)
    }
    actions = actions_for(AGREEMENT, agreement)
    if side_id in sides:
        sides[side_id] = shown(sides[side_id])
    else:
        actions = shown(actions)
    keeps = KEEP_AGREEMENT.allows(current_actor(), agreement)
    return {
        "agreement": agreement,
        "programme": agreement.programme,
        "state": AGREEMENT.state_of(agreement),
        "awards": AWARDS,
        "sharing": SHARING,
        "keeps": keeps,
        "may_edit": keeps and agreement.state in EDITABLE_AGREEMENT,
        "may_copy": keeps and agreement.state not in ("draft", "proposed"),
        "actions": actions_for(AGREEMENT, agreement)
        if side_id is not None
        else shown(actions_for(AGREEMENT, agreement)),
        "sides": sides,
        "side_machine": AGREEMENT_PARTY,
        "history_rows": history_of("agreement", agreement.id, public_only=False),
        "machine": AGREEMENT,
        "form": EmptyForm(formdata=None),
    }


@bp.route("/agreements/<ref>/edit", methods=["GET", "POST"])
@access(KEEP_AGREEMENT, load=queries.agreement_by_ref)
def edit_agreement(agreement: Agreement) -> ResponseReturnValue:
    """Change a draft."""
    form = form_of(agreement)
    if form.submit(lambda: _edit(agreement, form)):
        flash(_l("Saved."), "success")
        return redirect(url_for("programmes.agreement", ref=agreement.ref), 303)
    return render_form(
        "programmes/office/agreement_form.html", form, programme=agreement.programme, agreement=agreement
    )


def _edit(agreement: Agreement, form: AgreementForm) -> bool:
    services.edit_agreement(
        current_actor(), agreement, version=form.seen_version, parties=form.parties(), **form.columns()
    )
    return True


@bp.post("/agreements/<ref>/copy")
@access(KEEP_AGREEMENT, load=queries.agreement_by_ref)
def copy_agreement(agreement: Agreement) -> ResponseReturnValue:
    """Make a new version with the same terms."""
    form = EmptyForm()
    if made := form.submit(lambda: services.copy_agreement(current_actor(), agreement)):
        flash(_l("This is a new version in draft. Change it, then send it to the parties."), "success")
        return redirect(url_for("programmes.edit_agreement", ref=made.ref), 303)
    for message in form.form_errors:
        flash(message, "error")
    return redirect(url_for("programmes.agreement", ref=agreement.ref), 303)


@bp.post("/agreements/<ref>/do/<any(propose,withdraw,terminate):transition>")
@access(KEEP_AGREEMENT, load=queries.agreement_by_ref)
def do_agreement(agreement: Agreement, transition: str) -> ResponseReturnValue:
    """Send a version, withdraw it, or end the agreement."""
    if (failed := perform_posted(AGREEMENT, agreement, transition)) is not None:
        return render_template("programmes/office/agreement.html", **_page(agreement, failed)), 422
    flash(AGREEMENT.transitions[transition].timeline_label, "success")
    return redirect(url_for("programmes.agreement", ref=agreement.ref), 303)


@bp.post("/sides/<ref>/do/<any(confirm,refuse):transition>")
@access(SIGN_AGREEMENT, load=queries.side_by_ref)
def do_side(side: AgreementParty, transition: str) -> ResponseReturnValue:
    """Confirm or refuse for one's own university."""
    queries.lock(side.agreement)  # before its sides, as whoever withdraws it does
    if (failed := perform_posted(AGREEMENT_PARTY, side, transition)) is not None:
        agreement = queries.agreement_by_ref(current_actor(), side.agreement.ref)
        return render_template("programmes/office/agreement.html", **_page(agreement, failed, side.id)), 422
    flash(AGREEMENT_PARTY.transitions[transition].timeline_label, "success")
    return redirect(url_for("programmes.agreement", ref=side.agreement.ref), 303)


# --- national approvals -----------------------------------------------------------------------------


@bp.get("/approvals/<ref>")
@access(SEE_APPROVAL, load=queries.approval_by_ref)
def approval(approval: NationalApproval) -> Response:
    """How a party stands with its state."""
    return _approval_page(approval, ApprovalForm.of(approval))


@bp.post("/approvals/<ref>/state")
@access(KEEP_APPROVAL, load=queries.approval_by_ref, uploads=[Upload("file", kinds=DOCUMENTS)])
def state_approval(approval: NationalApproval) -> ResponseReturnValue:
    """The party's coordinators say how it stands."""
    form = ApprovalForm.of(approval)
    if form.submit(lambda: _state(approval, form)):
        flash(_l("Saved."), "success")
        return redirect(url_for("programmes.office_programme", ref=approval.programme.ref), 303)
    return _approval_page(approval, form)


def _approval_page(approval: NationalApproval, form: ApprovalForm) -> Response:
    return render_form(
        "programmes/office/approval.html",
        form,
        approval=approval,
        programme=approval.programme,
        state=NATIONAL_APPROVAL.state_of(approval),
        may_state=KEEP_APPROVAL.allows(current_actor(), approval),
        history_rows=history_of("national_approval", approval.id, public_only=False),
        machine=NATIONAL_APPROVAL,
    )


def _state(approval: NationalApproval, form: ApprovalForm) -> bool:
    services.state_approval(
        current_actor(),
        approval,
        form.says.data or "",
        version=form.seen_version,
        authority=form.authority.data or "",
        number=form.number.data or "",
        valid_until=form.valid_until.data,
        note=form.note.data or "",
        staged=form.file.data[0] if form.file.data else None,
    )
    return True


@bp.get("/approvals/<ref>/file")
@access(SEE_APPROVAL, load=queries.approval_by_ref)
def approval_file(approval: NationalApproval) -> Response:
    """The evidence."""
    if approval.file is None:
        raise NotFound
    return send(approval.file, inline=True)
