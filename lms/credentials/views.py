"""Pages about certificates: one's own, and the public check."""

import hashlib
import re
from datetime import timedelta

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from lms.core import storage
from lms.core.access import PUBLIC, SIGNED_IN
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import normal_code
from lms.core.storage import serving
from lms.core.web import access, afterwards, current_actor, render_form
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.limits import client_address, hit
from lms.core.workflow import history_of
from lms.credentials import policy, queries
from lms.credentials.document import day, layout_of, period
from lms.credentials.flow import CREDENTIAL
from lms.credentials.forms import FileCheckForm
from lms.credentials.models import Credential
from lms.credentials.rules import Standing, content_of, standing

bp = Blueprint("credentials", __name__)
bp.add_app_template_global(day, "printed_day")

_MAX_BYTES = 10 * 1024 * 1024
_CODE = re.compile(rb"/verify/([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})")


# --- one's own --------------------------------------------------------------------------------------


@bp.get("/credentials/")
@access(SIGNED_IN)
def mine() -> str:
    """Everything the actor has earned."""
    actor = current_actor()
    assert actor.person_id is not None
    rows = [
        (credential, content_of(credential))
        for credential in queries.credentials_of(actor.person_id)
        if layout_of(credential.kind).is_listed
    ]
    return render_template("credentials/mine.html", rows=rows, machine=CREDENTIAL)


@bp.get("/credentials/<code>")
@access(policy.VIEW, load=queries.credential_visible_to)
def show(credential: Credential) -> ResponseReturnValue:
    """One certificate: what it says, how it is checked, and what may be done with it."""
    return _page(credential, None)


def _page(credential: Credential, refused: Action | None) -> ResponseReturnValue:
    content = content_of(credential)
    page = render_template(
        "credentials/show.html",
        credential=credential,
        content=content,
        period=period(content),
        layout=layout_of(credential.kind),
        state=CREDENTIAL.state_of(credential),
        actions=[
            refused if refused and refused.transition is action.transition else action
            for action in actions_for(CREDENTIAL, credential)
        ],
        history=history_of("credential", credential.id, public_only=False),
        machine=CREDENTIAL,
        verify_url=f"{current_app.config['BASE_URL']}/verify/{credential.code}",
    )
    return page, 422 if refused else 200


@bp.post("/credentials/<code>/do/<transition>")
@access(policy.VIEW, load=queries.credential_visible_to)
def do(credential: Credential, transition: str) -> ResponseReturnValue:
    """Issue, revoke or replace."""
    if (refused := perform_posted(CREDENTIAL, credential, transition)) is not None:
        return _page(credential, refused)
    flash(_l("Done."), "success")
    return redirect(url_for("credentials.show", code=credential.code), 303)


@bp.get("/credentials/<code>/certificate.pdf")
@access(policy.VIEW, load=queries.credential_visible_to)
def download(credential: Credential) -> ResponseReturnValue:
    """The printed certificate; its holder sees who else has opened it."""
    if credential.pdf is None:
        flash(_l("The certificate is being printed. Try again in a moment."), "info")
        return redirect(url_for("credentials.show", code=credential.code), 303)
    actor, file_id = current_actor(), credential.pdf.id
    if actor.person_id != credential.person_id:
        afterwards(lambda session: storage.record_opening(session, session.get_one(storage.StoredFile, file_id), actor))
    return serving.send(credential.pdf, inline=True)


# --- the public check -------------------------------------------------------------------------------


def _limit() -> None:
    db.session.rollback()  # The count has a transaction of its own: one connection at a time is enough.
    hit(current_actor(), f"verify:{client_address()}", limit=30, per=timedelta(minutes=10))


@bp.get("/verify/")
@access(PUBLIC)
def check() -> ResponseReturnValue:
    """Enter a code, or hand in a PDF."""
    if code := request.args.get("code", "").strip():
        return redirect(url_for("credentials.verify", code=normal_code(code)))
    return render_form("credentials/check.html", FileCheckForm())


@bp.get("/verify/<code>")
@access(PUBLIC)
def verify(code: str) -> ResponseReturnValue:
    """What a code stands for: valid, revoked, replaced, altered or unknown."""
    _limit()
    credential = queries.checked_by_code(code)
    return _verdict(standing(credential, current_actor().now), credential, code)


@bp.post("/verify/")
@access(PUBLIC)
def check_file() -> ResponseReturnValue:
    """Compare a PDF with what was issued."""
    _limit()
    form = FileCheckForm()
    upload = form.file.data
    content = upload.stream.read(_MAX_BYTES + 1) if isinstance(upload, FileStorage) else b""
    if form.validate_on_submit():
        if not content.startswith(b"%PDF"):
            form.refuse(_l("Choose the PDF file of a certificate."), "file")
        elif len(content) > _MAX_BYTES:
            form.refuse(_l("This file is larger than %(limit)s. Choose a smaller one.", limit="10 MB"), "file")
    if form.errors:
        return render_form("credentials/check.html", form)
    credential = queries.checked_by_file(hashlib.sha256(content).hexdigest())
    if credential is not None:
        return _verdict(standing(credential, current_actor().now), credential, credential.code, from_file=True)
    code = (form.code.data or "").strip() or _code_inside(content)
    named = queries.checked_by_code(code) if code else None
    verdict = Standing.UNKNOWN if standing(named, current_actor().now) is Standing.UNKNOWN else Standing.ALTERED
    return _verdict(verdict, None, code, from_file=True)


def _code_inside(pdf: bytes) -> str:
    """The code in the address that our certificates link to."""
    found = _CODE.search(pdf)
    return found[1].decode() if found else ""


def _verdict(
    verdict: Standing, credential: Credential | None, code: str, *, from_file: bool = False
) -> ResponseReturnValue:
    shown = credential if verdict in (Standing.VALID, Standing.REVOKED, Standing.REPLACED, Standing.EXPIRED) else None
    content = content_of(shown) if shown else None
    page = render_template(
        "credentials/verdict.html",
        verdict=verdict.value,
        code=normal_code(code) if code else "",
        credential=shown,
        content=content,
        period=period(content) if content else None,
        layout=layout_of(shown.kind) if shown else None,
        from_file=from_file,
        may_open=credential is not None and policy.VIEW.allows(current_actor(), credential),
    )
    response = Response(page, status=404 if verdict is Standing.UNKNOWN else 200)
    response.headers["Cache-Control"] = "no-store"
    return response
