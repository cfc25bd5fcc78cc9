"""Endorsements as their office sees them: the queue, and one to decide."""

from flask import Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from lms.applications import messages
from lms.applications.flow import ENDORSEMENT
from lms.applications.forms import CheckSheetForm, DecideForm
from lms.applications.kinds import call_kind_named
from lms.applications.models import Endorsement
from lms.applications.policy import CHECK_SHEET, ENDORSEMENT_QUEUE, SEE_SHEET, SHEET_QUEUE, VIEW_ENDORSEMENT
from lms.applications.queries.documents import document_file, documents_of
from lms.applications.queries.endorsements import (
    asked_of_office,
    endorsement_visible_to,
    office_queue,
    sheet_file,
    sheets_to_check,
)
from lms.applications.rules import DOCUMENT_KINDS
from lms.applications.services import endorsements as services
from lms.applications.views.blueprint import bp
from lms.applications.views.files import send_personal
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.bulk import Bulk, decide_many
from lms.core.web.queues import on_to_next, queue_of

_COLUMNS = [
    Column(
        _l("Applicant"),
        lambda row: row.application.person.name,
        "name",
        looked_up(Endorsement.application, "person", "name"),
    ),
    Column(
        _l("Call"),
        lambda row: in_reader_language(row.application.call, "title"),
        "call",
        looked_up(Endorsement.application, "call", "title_en"),
    ),
    Column(
        _l("State"),
        lambda row: str(ENDORSEMENT.state_of(row).label),
        "state",
        in_order_of(Endorsement.state, ENDORSEMENT.states),
    ),
    Column(_l("Asked on"), lambda row: row.requested_at, "asked", Endorsement.requested_at),
    Column(_l("Due"), lambda row: row.due_at, "due", Endorsement.due_at),
]


_BULK = Bulk(
    ENDORSEMENT,
    ("give", "refuse"),
    lambda row: row.application.person.name,
    {"give": _l("You say for your institution that it supports these applications and will release the applicants.")},
)


@bp.get("/endorsements/")
@access(ENDORSEMENT_QUEUE)
def endorsements() -> Response:
    """What was asked from my office."""
    q, state = request.args.get("q", ""), request.args.get("state", "requested")
    return render_list(
        "applications/endorsements.html",
        query=office_queue(current_actor(), q=q, state=state if state in ENDORSEMENT.states else ""),
        order=[Key(Endorsement.due_at), Key(Endorsement.id)],
        columns=_COLUMNS,
        name="endorsements",
        machine=ENDORSEMENT,
        bulk=_BULK,
        q=q,
        state=state,
    )


@bp.post("/endorsements/decide")
@access(ENDORSEMENT_QUEUE)
def decide_endorsements() -> ResponseReturnValue:
    """Decide on several requests to my office at once, after a preview."""
    return decide_many(
        _BULK,
        lambda refs: asked_of_office(current_actor(), refs),
        back=url_for("applications.endorsements"),
        heading=_l("Endorsements asked from my office"),
    )


@bp.route("/endorsements/<ref>", methods=["GET", "POST"])
@access(VIEW_ENDORSEMENT, load=endorsement_visible_to)
def endorsement(endorsement: Endorsement) -> ResponseReturnValue:
    """One application to endorse or refuse."""
    form = DecideForm(version=str(endorsement.version))
    if form.submit(lambda: _decide(endorsement, form)):
        flash(_l("Your decision was sent to %(name)s.", name=endorsement.application.person.name), "success")
        return on_to_next(messages.ENDORSE, otherwise=url_for("applications.endorsements"))
    return render_form("applications/endorsement.html", form, **_shown(endorsement))


def _decide(endorsement: Endorsement, form: DecideForm) -> bool:
    services.decide(
        current_actor(),
        endorsement,
        gives=form.decision.data == "give",
        reason=form.reason.data or "",
        version=form.seen_version,
    )
    return True


def _shown(endorsement: Endorsement) -> dict[str, object]:
    application = endorsement.application
    return {
        "endorsement": endorsement,
        "application": application,
        "state": ENDORSEMENT.state_of(endorsement),
        "summary": call_kind_named(application.call.kind).summary(application),
        "documents": documents_of(application.id),
        "document_kinds": DOCUMENT_KINDS,
        "queue": queue_of(messages.ENDORSE, besides=("endorsement", endorsement.id)),
    }


@bp.get("/endorsements/<ref>/documents/<file_ref>")
@access(VIEW_ENDORSEMENT, load=endorsement_visible_to)
def endorsement_document(endorsement: Endorsement, file_ref: str) -> Response:
    """A document of the application, for the office that is asked to endorse it."""
    return send_personal(document_file(endorsement.application_id, file_ref))


@bp.get("/endorsements/sheets/")
@access(SHEET_QUEUE)
def sheets() -> Response:
    """Sealed sheets that wait for a check."""
    q = request.args.get("q", "").strip()
    return render_list(
        "applications/sheets.html",
        query=sheets_to_check(current_actor(), q=q),
        order=[Key(Endorsement.due_at), Key(Endorsement.id)],
        columns=_COLUMNS,
        name="sheets",
        q=q,
    )


@bp.route("/endorsements/<ref>/check", methods=["GET", "POST"])
@access(CHECK_SHEET, load=endorsement_visible_to)
def check_sheet(endorsement: Endorsement) -> ResponseReturnValue:
    """One sheet beside its picture."""
    form = CheckSheetForm(version=str(endorsement.version))
    if form.submit(lambda: _check(endorsement, form)):
        flash(_l("The sheet was checked, and %(name)s was told.", name=endorsement.application.person.name), "success")
        return on_to_next(messages.CHECK_SHEET, otherwise=url_for("applications.sheets"))
    return render_form(
        "applications/check_sheet.html",
        form,
        endorsement=endorsement,
        application=endorsement.application,
        queue=queue_of(messages.CHECK_SHEET, besides=("endorsement", endorsement.id)),
        state=ENDORSEMENT.state_of(endorsement),
        is_picture=endorsement.file_id is not None and sheet_file(endorsement).media_type.startswith("image/"),
    )


def _check(endorsement: Endorsement, form: CheckSheetForm) -> bool:
    services.check_sheet(
        current_actor(),
        endorsement,
        transition=form.decision.data,
        reason=form.reason.data or "",
        version=form.seen_version,
    )
    return True


@bp.get("/endorsements/<ref>/file")
@access(SEE_SHEET, load=endorsement_visible_to)
def sheet_picture(endorsement: Endorsement) -> Response:
    """The sheet that was handed in."""
    return send_personal(sheet_file(endorsement))
