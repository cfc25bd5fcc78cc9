"""The pages of one record: one's own, what an office sees of it, and what a shared link shows."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from lms.accounts.views.blueprint import guess_limited
from lms.core.access import PUBLIC, SIGNED_IN
from lms.core.actor import Actor
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import access, afterwards, current_actor, render_form
from lms.core.web.limits import hit
from lms.credentials.document import Layout, period, register_layout
from lms.credentials.flow import CREDENTIAL
from lms.credentials.record import RecordEntry, RecordKind, told
from lms.credentials.rules import content_of, standing
from lms.portal.record import policy, queries, services
from lms.portal.record.document import data_of
from lms.portal.record.forms import ShareForm, StatementForm
from lms.portal.record.models import RecordShare
from lms.portal.record.queries import PersonRecord
from lms.portal.record.rules import STATEMENT

bp = Blueprint("record", __name__, url_prefix="/record")
bp.add_app_template_filter(told, "told")
bp.add_app_template_global(period, "printed_period")
register_layout(
    STATEMENT,
    Layout(
        "record",
        data_of,
        page="portal/record/statement.html",
        is_listed=False,
        home="record.mine",
        home_label=_l("My record"),
    ),
)

_PER_DAY = 20


# --- reading ----------------------------------------------------------------------------------------


@bp.get("/")
@access(SIGNED_IN)
def mine() -> str:
    """Everything that the actor did here, with who confirmed it, and how it can be shown to others."""
    actor = current_actor()
    record = queries.own_record(actor)
    return render_template(
        "portal/record/mine.html",
        **_shown(record),
        shares=queries.shares_of(actor),
        statements=[
            (row, content_of(row), standing(row, actor.now).value) for row in queries.statements_of(record.person.id)
        ],
        machine=CREDENTIAL,
    )


@bp.get("/people/<ref>")
@access(policy.READ, load=queries.record_visible_to)
def person(record: PersonRecord) -> str:
    """What an office sees of somebody's record."""
    return render_template("portal/record/person.html", **_shown(record))


def _shown(record: PersonRecord) -> dict[str, object]:
    """The entries of the kind that the address asks for, and how many there are of each."""
    kind = request.args.get("kind", "")
    counts = Counter(entry.kind for entry in record.entries)
    return {
        "person": record.person,
        "total": len(record.entries),
        "kinds": [(one, counts[one]) for one in RecordKind if counts[one]],
        "kind": kind,
        "entries": [entry for entry in record.entries if kind in ("", entry.kind)],
    }


# --- a signed document ------------------------------------------------------------------------------


@bp.route("/documents/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new_document() -> BaseResponse:
    """Choose what one signed document lists."""
    actor = current_actor()
    if request.method == "POST":
        _limit(actor)
    form, entries = StatementForm(), _own_entries()
    form.offer(entries)
    if credential := form.submit(
        lambda: services.issue_statement(actor, entries=form.entries.data or [], days=form.days.data)
    ):
        flash(_l("The document is being printed. Its page shows when it is ready."), "success")
        return redirect(url_for("credentials.show", code=credential.code), 303)
    return render_form("portal/record/new_document.html", form, has_entries=bool(entries))


def _own_entries() -> Sequence[RecordEntry]:
    return queries.own_record(current_actor()).entries


def _limit(actor: Actor) -> None:
    hit(actor, f"record:{actor.person_id}", limit=_PER_DAY, per=timedelta(days=1))


# --- links ------------------------------------------------------------------------------------------


@bp.route("/links/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new_share() -> BaseResponse:
    """Choose what a link shows and for how long."""
    actor = current_actor()
    if request.method == "POST":
        _limit(actor)
    form, entries = ShareForm(), _own_entries()
    form.offer(entries)
    if made := form.submit(
        lambda: services.share_record(
            actor, entries=form.entries.data or [], days=form.days.data, note=form.note.data or ""
        )
    ):
        share, token = made
        # Only its maker's browser remembers the secret, so that it can be copied until the next link is made.
        session["record_link"] = [share.ref, token]
        return redirect(url_for("record.share", ref=share.ref), 303)
    return render_form("portal/record/new_share.html", form, has_entries=bool(entries))


@bp.get("/links/<ref>")
@access(policy.OWN_SHARE, load=queries.own_share)
def share(share: RecordShare) -> str:
    """One link: what it shows, until when, and when it was opened."""
    ref, token = session.get("record_link", ["", ""])
    base = current_app.config["BASE_URL"]
    return render_template(
        "portal/record/share.html",
        share=share,
        is_open=share.is_open(current_actor().now),
        entries=queries.chosen(_own_entries(), share.entries),
        link=f"{base}{url_for('record.shared', token=token)}" if ref == share.ref else "",
    )


@bp.post("/links/<ref>/end")
@access(policy.OWN_SHARE, load=queries.own_share)
def end_share(share: RecordShare) -> BaseResponse:
    """Let a link lead nowhere from now on."""
    services.end_share(current_actor(), share)
    flash(_l("The link leads nowhere any more."), "success")
    return redirect(url_for("record.share", ref=share.ref), 303)


def _share_behind(_actor: Actor, token: str) -> RecordShare:
    return guess_limited(lambda: queries.share_by_token(token))


@bp.get("/shared/<token>")
@access(PUBLIC, load=_share_behind)
def shared(share: RecordShare) -> Response:
    """What somebody chose to show to whoever has the link. No account is needed, and nothing more is told."""
    actor, share_id, person_id = current_actor(), share.id, share.person_id
    record = queries.record_behind(share)
    is_open = share.is_open(actor.now) and record.person.suspended_at is None
    if is_open and actor.person_id != person_id:
        afterwards(lambda own: services.note_opening(own, share_id=share_id, actor=actor))
    template = "portal/record/shared.html" if is_open else "portal/record/ended.html"
    context = {"share": share, "person": record.person, "entries": record.entries} if is_open else {}
    response = make_response(render_template(template, **context), 200 if is_open else 410)
    # The address is the key: no search engine may keep it, and no page that is opened from here may learn it.
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
