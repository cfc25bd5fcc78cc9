"""One's own data: taking it out, and asking that it be erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import queries, services
from lms.accounts.flow import COOLING_OFF, ERASURE
from lms.accounts.forms import OwnDataForm
from lms.accounts.models import Erasure
from lms.accounts.passwords import is_right
from lms.accounts.policy import ERASURES, SEE_ERASURE
from lms.accounts.queries.fates import Fate, fates_of
from lms.accounts.services.export import EXPORTS_LAST
from lms.accounts.views.blueprint import bp, guess_limited, limit_address
from lms.core.access import PUBLIC, SIGNED_IN
from lms.core.actor import Actor
from lms.core.db import db, reading
from lms.core.i18n import current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key
from lms.core.storage import StoredFile
from lms.core.storage.serving import send
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.limits import hit
from lms.core.workflow import history_of

_TRIES = 30
_EXPORTS_PER_DAY = 3
PROSPECTS = {
    "erased": (_l("Will be erased"), "success"),
    "anonymised": (_l("Will be made anonymous"), "info"),
    "kept": (_l("Will be kept for a while"), "warning"),
}
OUTCOMES = {
    "erased": (_l("Erased"), "success"),
    "anonymised": (_l("Made anonymous"), "info"),
    "kept": (_l("Kept for a while"), "warning"),
}


@dataclass(frozen=True)
class Line:
    """What becomes of one kind of data, in words."""

    label: str
    count: int
    outcome: str
    reason: str = ""
    until: datetime | None = None


def lines_of_fates(fates: Sequence[Fate]) -> list[Line]:
    """What erasing would do, in the reader's language."""
    return [
        Line(
            str(fate.holding.label),
            len(fate.rows),
            fate.outcome.value,
            str(fate.hold.reason) if fate.hold else "",
            fate.hold.until if fate.hold else None,
        )
        for fate in fates
    ]


def lines_of_result(items: Sequence[dict[str, Any]]) -> list[Line]:
    """What erasing has done, in the reader's language as far as it was known then."""
    code = current_language().code

    def text(by_language: dict[str, str]) -> str:
        return by_language.get(code) or by_language.get("en", "")

    return [
        Line(
            text(item["label"]),
            item["count"],
            item["outcome"],
            text(item["reason"]),
            datetime.fromisoformat(item["until"]) if item["until"] else None,
        )
        for item in items
    ]


# --- one's own ----------------------------------------------------------------------------------------


def _page(export: OwnDataForm | None = None, erase: OwnDataForm | None = None) -> Response:
    actor = current_actor()
    asked = queries.erasure_of(actor)
    return render_form(
        "accounts/my_data.html",
        export if export is not None and export.errors else erase or OwnDataForm(formdata=None, prefix="x-"),
        export=export or OwnDataForm(formdata=None, prefix="export-"),
        erase=erase or OwnDataForm(formdata=None, prefix="erase-"),
        exports=[(file, file.created_at + EXPORTS_LAST) for file in queries.exports_of(actor, EXPORTS_LAST)],
        asked=asked,
        state=ERASURE.state_of(asked) if asked else None,
        actions=actions_for(ERASURE, asked) if asked else [],
        # The parts of a thing share its fate: the letter with the result names them all.
        lines=lines_of_fates(
            [fate for fate in fates_of(actor.person_id or 0, actor.now) if fate.holding.part_of is None]
        ),
        outcomes=PROSPECTS,
        days=COOLING_OFF.days,
    )


@bp.get("/my-data")
@access(SIGNED_IN)
def my_data() -> Response:
    """Take one's data out, and see what would become of it if it were erased."""
    return _page()


def _is_confirmed(form: OwnDataForm) -> bool:
    """Whether the form holds the present password; compared outside of any write."""
    limit_address("my-data", limit=_TRIES)
    with reading():
        stored = queries.myself(current_actor()).password_hash
        db.session.rollback()
    if not form.validate_on_submit():
        return False
    if is_right(form.current.data or "", stored):
        return True
    form.refuse(_l("This is not your present password."), "current")
    return False


@bp.post("/my-data/export")
@access(SIGNED_IN)
def export_my_data() -> AnyResponse:
    """Have the archive made."""
    form = OwnDataForm(prefix="export-")
    if _is_confirmed(form):
        actor = current_actor()
        hit(actor, f"export:{actor.person_id}", limit=_EXPORTS_PER_DAY, per=timedelta(days=1))
        if job_id := form.submit(lambda: services.ask_for_export(current_actor())):
            return redirect(url_for("core.job_progress", job_id=job_id), 303)
    return _page(export=form)


def _own_export(actor: Actor, ref: str) -> StoredFile:
    return queries.own_export(actor, ref, EXPORTS_LAST)


@bp.get("/my-data/exports/<ref>")
@access(SIGNED_IN, load=_own_export)
def download_my_data(file: StoredFile) -> Response:
    """The archive, for its owner alone, while it lasts."""
    return send(file)


@bp.post("/my-data/erase")
@access(SIGNED_IN)
def ask_for_erasure() -> AnyResponse:
    """Ask that everything be erased."""
    form = OwnDataForm(prefix="erase-")
    if _is_confirmed(form) and form.submit(lambda: services.ask_for_erasure(current_actor())):
        flash(str(_l("Your request is here. You can take it back below until it is carried out.")), "success")
        return redirect(url_for("accounts.my_data", _anchor="erase"), 303)
    return _page(erase=form)


@bp.post("/my-data/keep")
@access(SIGNED_IN, load=queries.own_erasure)
def keep_my_data(asked: Erasure) -> AnyResponse:
    """Take the request back."""
    if perform_posted(ERASURE, asked, "withdraw") is None:
        flash(str(_l("Your request is taken back. Your account stays as it is.")), "success")
    return redirect(url_for("accounts.my_data", _anchor="erase"), 303)


@bp.get("/erased/<token>")
@access(PUBLIC)
def erased(token: str) -> str:
    """What became of everything, for whoever holds the link in the letter."""
    asked = guess_limited(lambda: queries.erasure_by_letter(token))
    return render_template(
        "accounts/erased.html",
        asked=asked,
        lines=lines_of_result(asked.items),
        outcomes=OUTCOMES,
        state=ERASURE.state_of(asked),
    )


# --- the administrators' ------------------------------------------------------------------------------


@bp.get("/erasures/")
@access(ERASURES)
def erasures() -> Response:
    """Everybody's requests, the newest first."""
    q, state = (request.args.get(name, "").strip() for name in ("q", "state"))
    return render_list(
        "accounts/erasures.html",
        query=queries.erasures(q=q, state=state),
        order=[Key(Erasure.asked_at, descending=True), Key(Erasure.id, descending=True)],
        columns=[
            Column(_l("Name"), lambda row: row.person.name),
            Column(_l("Asked for"), lambda row: row.asked_at, "asked", Erasure.asked_at),
            Column(_l("State"), lambda row: ERASURE.state_of(row).label),
            Column(_l("Decided"), lambda row: row.decided_at),
            Column(_l("Next hold ends"), lambda row: row.next_at),
        ],
        name="erasures",
        q=q,
        state=state,
        machine=ERASURE,
        states=[(one.name, one.label) for one in ERASURE.states.values()],
    )


def _erasure_page(asked: Erasure, refused: Action | None = None) -> tuple[str, int]:
    is_over = asked.state in ("partly", "done")
    lines = lines_of_result(asked.items) if is_over else lines_of_fates(fates_of(asked.person_id, _now()))
    page = render_template(
        "accounts/erasure.html",
        asked=asked,
        state=ERASURE.state_of(asked),
        lines=lines,
        is_over=is_over,
        outcomes=OUTCOMES if is_over else PROSPECTS,
        actions=[
            refused if refused and refused.transition is action.transition else action
            for action in actions_for(ERASURE, asked)
        ],
        history=history_of("erasure", asked.id, public_only=False),
        machine=ERASURE,
    )
    return page, 422 if refused else 200


def _now() -> datetime:
    return current_actor().now


@bp.get("/erasures/<ref>")
@access(SEE_ERASURE, load=queries.erasure_by_ref)
def erasure(asked: Erasure) -> tuple[str, int]:
    """One request: what would become of each thing, or what has, and what may be done."""
    return _erasure_page(asked)


@bp.post("/erasures/<ref>/do/<transition>")
@access(SEE_ERASURE, load=queries.erasure_by_ref)
def do_erasure(asked: Erasure, transition: str) -> AnyResponse | tuple[str, int]:
    """Approve or refuse."""
    if (refused := perform_posted(ERASURE, asked, transition)) is not None:
        return _erasure_page(asked, refused)
    flash(str(_l("Done.")), "success")
    return redirect(url_for("accounts.erasure", ref=asked.ref), 303)
