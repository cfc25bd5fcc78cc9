"""An endorsement as its applicant sees it: the sheet to print and hand in, a reminder, another way."""

from flask import Response, current_app, flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.forms import EmptyForm
from lms.applications.flow import ENDORSEMENT
from lms.applications.forms import AskAgainForm, UploadSheetForm
from lms.applications.kinds import call_kind_named
from lms.applications.models import Endorsement
from lms.applications.policy import UPLOAD_SHEET
from lms.applications.queries.endorsements import endorsement_visible_to, endorsements_of
from lms.applications.rules import WAITS_FOR_HOME
from lms.applications.services import endorsements as services
from lms.applications.sheets import sheet_pdf
from lms.applications.views.blueprint import bp
from lms.applications.views.reminding import reminder_of
from lms.core import settings
from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf import Bilingual
from lms.core.web import DOCUMENTS, Upload, access, current_actor, render_form

_SHEET = Upload("sheet", kinds=DOCUMENTS - {"docx"})


@bp.get("/endorsements/<ref>/mine")
@access(UPLOAD_SHEET, load=endorsement_visible_to)
def my_endorsement(endorsement: Endorsement) -> Response:
    """Where the endorsement stands and what I can do."""
    return _page(endorsement)


@bp.post("/endorsements/<ref>/mine/sheet")
@access(UPLOAD_SHEET, load=endorsement_visible_to, uploads=[_SHEET])
def upload_sheet(endorsement: Endorsement) -> ResponseReturnValue:
    """Hand in the sealed sheet."""
    form = UploadSheetForm()
    if form.submit(lambda: _upload(endorsement, form)):
        flash(_l("Your sheet was handed in. The secretariat checks it."), "success")
        return redirect(url_for("applications.my_endorsement", ref=endorsement.ref), 303)
    return _page(endorsement, upload=form)


def _upload(endorsement: Endorsement, form: UploadSheetForm) -> bool:
    staged = form.sheet.data[0]
    services.upload_sheet(current_actor(), endorsement, staged=staged, version=form.seen_version)
    return True


@bp.post("/endorsements/<ref>/mine/route")
@access(UPLOAD_SHEET, load=endorsement_visible_to)
def change_route(endorsement: Endorsement) -> ResponseReturnValue:
    """Ask for the endorsement in another way, or again."""
    application = endorsement.application
    form = AskAgainForm()
    wish = form.wish(application.home_institution_id)
    made = form.submit(lambda: services.ask_another_way(current_actor(), application, wish=wish))
    if made:
        flash(_l("Your endorsement was asked for."), "success")
        return redirect(url_for("applications.my_endorsement", ref=made.ref), 303)
    return _page(endorsement, route=form)


@bp.post("/endorsements/<ref>/mine/send-again")
@access(UPLOAD_SHEET, load=endorsement_visible_to)
def send_link_again(endorsement: Endorsement) -> ResponseReturnValue:
    """Mail a new link to the endorser."""
    form = EmptyForm()
    if form.submit(lambda: _send_again(endorsement)):
        flash(_l("A new link was sent. The link before no longer works."), "success")
        return redirect(url_for("applications.my_endorsement", ref=endorsement.ref), 303)
    return _page(endorsement, again=form)


def _send_again(endorsement: Endorsement) -> bool:
    services.send_link_again(current_actor(), endorsement)
    return True


@bp.get("/endorsements/<ref>/mine/sheet.pdf")
@access(UPLOAD_SHEET, load=endorsement_visible_to)
def sheet(endorsement: Endorsement) -> Response:
    """The sheet to print."""
    config = current_app.config
    names = settings.center_names()
    issuer = Bilingual(en=names["en"], zh=names["zh"])
    pdf = sheet_pdf(endorsement, issuer=issuer, base_url=config["BASE_URL"], demo=config["IS_DEMO"])
    response = make_response(pdf)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="endorsement-{endorsement.code}.pdf"'
    return response


def _page(
    endorsement: Endorsement,
    *,
    upload: UploadSheetForm | None = None,
    route: AskAgainForm | None = None,
    again: EmptyForm | None = None,
) -> Response:
    application = endorsement.application
    wish = application.endorsement_wish
    all_of_them = endorsements_of(application)
    is_latest = all_of_them[-1].id == endorsement.id
    may_change = (
        is_latest
        and endorsement.state in ("requested", "uploaded", "refused", "expired")
        and application.state in WAITS_FOR_HOME
    )
    shown = upload or route or again
    return render_form(
        "applications/my_endorsement.html",
        shown or EmptyForm(),
        endorsement=endorsement,
        application=application,
        application_endpoint=call_kind_named(application.call.kind).endpoint,
        state=ENDORSEMENT.state_of(endorsement),
        latest=None if is_latest else all_of_them[-1],
        may_change=may_change,
        upload=upload or UploadSheetForm(formdata=None, version=str(endorsement.version)),
        route=route or AskAgainForm(formdata=None, data=wish),
        again=again or EmptyForm(formdata=None),
        reminder=reminder_of(endorsement, application),
    )
