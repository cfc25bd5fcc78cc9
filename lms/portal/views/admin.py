"""Pages of the administrators: what is to leave the database, and the journal."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.accounts import queries as people
from lms.core import outbox
from lms.core.audit import AuditEntry
from lms.core.i18n import gettext, ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import OutboxMessage
from lms.core.web import Column, access, current_actor, render_list
from lms.portal import queries, services
from lms.portal.policy import ADMINISTER

bp = Blueprint("admin", __name__, url_prefix="/admin")

STATES = {
    "pending": (_l("Waiting"), "info"),
    "leased": (_l("Under way"), "accent"),
    "done": (_l("Done"), "success"),
    "dead": (_l("Failed for good"), "danger"),
    "cancelled": (_l("Taken back"), "neutral"),
}


def detail_text(row: AuditEntry) -> str:
    """The detail of a journal row on one line: names and numbers, in a fixed order."""
    return ", ".join(f"{name}={_plain(row.detail[name])}" for name in sorted(row.detail))


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


_OUTBOX_COLUMNS = (
    Column(_l("Serial number"), lambda row: row.id, "number", OutboxMessage.id),
    Column(_l("What"), lambda row: row.name),
    Column(_l("State"), lambda row: row.state),
    Column(_l("Tries"), lambda row: row.attempts),
    Column(_l("Last error"), lambda row: row.last_error),
    Column(_l("Written"), lambda row: row.created_at.isoformat()),
    Column(_l("Due"), lambda row: row.due_at.isoformat(), "due", OutboxMessage.due_at),
    Column(_l("Done"), lambda row: row.finished_at.isoformat() if row.finished_at else ""),
)
_JOURNAL_COLUMNS = (
    Column(_l("Serial number"), lambda row: row.id),
    Column(_l("When"), lambda row: row.at.isoformat(), "when", AuditEntry.id),
    Column(_l("Action"), lambda row: row.action),
    Column(_l("Kind of actor"), lambda row: row.actor_kind),
    Column(_l("Number of the person"), lambda row: row.actor_id or ""),
    Column(_l("What it is about"), lambda row: row.subject_kind or ""),
    Column(_l("Number of the subject"), lambda row: row.subject_id or ""),
    Column(_l("Detail"), detail_text),
)


@bp.get("/")
@access(ADMINISTER)
def index() -> BaseResponse:
    """Where administrators begin: with what has failed, if anything has."""
    state = "dead" if queries.outbox_counts().get("dead") else None
    return redirect(url_for("admin.outbox_list", state=state))


@bp.get("/outbox")
@access(ADMINISTER)
def outbox_list() -> Response:
    """Mail, jobs and timed transitions, dead letters among them."""
    q, state = (request.args.get(name, "").strip() for name in ("q", "state"))
    return render_list(
        "portal/outbox.html",
        query=queries.outbox_list(state=state, q=q),
        order=queries.OUTBOX_ORDER,
        columns=_OUTBOX_COLUMNS,
        name="outbox",
        q=q,
        state=state,
        states=STATES,
        state_options=[(name, label) for name, (label, _tone) in STATES.items()],
        counts=queries.outbox_counts(),
    )


@bp.get("/outbox/<int:message_id>/replay")
@access(ADMINISTER, load=queries.outbox_message)
def confirm_replay(message: OutboxMessage) -> str:
    """Ask before a dead letter is tried again."""
    return render_template("portal/replay.html", message=message)


@bp.post("/outbox/<int:message_id>/replay")
@access(ADMINISTER, load=queries.outbox_message)
def replay(message: OutboxMessage) -> BaseResponse:
    """Let a dead letter be tried again."""
    outbox.replay(current_actor(), message)
    flash(gettext("Number %(number)d is tried again.", number=message.id), "success")
    return redirect(url_for("admin.outbox_list", state="dead"), 303)


@bp.get("/outbox/replay")
@access(ADMINISTER)
def confirm_replay_all() -> str:
    """Ask before every dead letter is tried again."""
    return render_template("portal/replay.html", message=None, count=queries.outbox_counts().get("dead", 0))


@bp.post("/outbox/replay")
@access(ADMINISTER)
def replay_all() -> BaseResponse:
    """Let every dead letter be tried again, as after an outage of the mail server."""
    count = services.replay_all(current_actor())
    flash(ngettext("%(num)d message is tried again.", "%(num)d messages are tried again.", count), "success")
    return redirect(url_for("admin.outbox_list"), 303)


@bp.get("/journal")
@access(ADMINISTER)
def journal() -> Response:
    """What was done, by whom and when. It holds numbers and field names, never personal values."""
    action, who = (request.args.get(name, "").strip() for name in ("q", "who"))
    return render_list(
        "portal/journal.html",
        query=queries.journal_list(action=action, who=who),
        order=queries.JOURNAL_ORDER,
        columns=_JOURNAL_COLUMNS,
        name="journal",
        q=action,
        who=who,
        detail_text=detail_text,
        names_of=_names,
    )


def _names(rows: Sequence[AuditEntry]) -> dict[int, people.Contact]:
    """Who acted, and the people acted upon, by their ids."""
    persons = {row.subject_id for row in rows if row.subject_kind == "person"}
    return people.contacts(persons | {row.actor_id for row in rows})
