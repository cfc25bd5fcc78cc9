"""Pages of the administrators: what is to leave the database, and the journal."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.accounts import queries as people
from lms.core import outbox
from lms.core.audit import AuditEntry
from lms.core.i18n import gettext, ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import OutboxMessage
from lms.core.web import Column, Form, access, current_actor, render_list
from lms.portal import operating, services
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
    Column(_l("Request"), lambda row: row.request_id),
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
    state = "dead" if operating.outbox_counts().get("dead") else None
    return redirect(url_for("admin.outbox_list", state=state))


@bp.get("/outbox")
@access(ADMINISTER)
def outbox_list() -> Response:
    """Mail, jobs and timed transitions, dead letters among them."""
    q, state = (request.args.get(name, "").strip() for name in ("q", "state"))
    return render_list(
        "portal/outbox.html",
        query=operating.outbox_list(state=state, q=q),
        order=operating.OUTBOX_ORDER,
        columns=_OUTBOX_COLUMNS,
        name="outbox",
        q=q,
        state=state,
        states=STATES,
        cause=operating.cause,
        state_options=[
            *((name, label) for name, (label, _tone) in STATES.items()),
            ("failing", _l("Tried again later")),
        ],
        counts=operating.outbox_counts(),
    )


@bp.get("/outbox/<int:message_id>")
@access(ADMINISTER, load=operating.outbox_message)
def outbox_message(message: OutboxMessage) -> str:
    """One row: what it is, how often it was tried and why it failed; not what it holds."""
    return render_template(
        "portal/outbox_message.html",
        message=message,
        state=STATES[message.state],
        cause=operating.cause(message),
        telling=operating.telling(message),
        owner=people.people([message.owner_id]).get(message.owner_id or 0),
        has_failed=message.state == "dead" or (message.state == "pending" and message.attempts > 0),
    )


@bp.get("/outbox/<int:message_id>/give-up")
@access(ADMINISTER, load=operating.outbox_message)
def confirm_give_up(message: OutboxMessage) -> str:
    """Ask before something is given up."""
    return render_template("portal/give_up.html", message=message)


@bp.post("/outbox/<int:message_id>/give-up")
@access(ADMINISTER, load=operating.outbox_message)
def give_up(message: OutboxMessage) -> BaseResponse:
    """Take back what has failed and need not be done any more."""
    outbox.give_up(current_actor(), message)
    flash(gettext("Number %(number)d is given up. Nothing tries it again.", number=message.id), "success")
    return redirect(url_for("admin.outbox_list"), 303)


@bp.get("/outbox/<int:message_id>/replay")
@access(ADMINISTER, load=operating.outbox_message)
def confirm_replay(message: OutboxMessage) -> str:
    """Ask before a dead letter is tried again."""
    return render_template("portal/replay.html", message=message)


@bp.post("/outbox/<int:message_id>/replay")
@access(ADMINISTER, load=operating.outbox_message)
def replay(message: OutboxMessage) -> BaseResponse:
    """Let a dead letter be tried again."""
    outbox.replay(current_actor(), message)
    flash(gettext("Number %(number)d is tried again.", number=message.id), "success")
    return redirect(url_for("admin.outbox_list", state="dead"), 303)


@bp.get("/outbox/replay")
@access(ADMINISTER)
def confirm_replay_all() -> str:
    """Ask before every dead letter is tried again."""
    return render_template("portal/replay.html", message=None, count=operating.outbox_counts().get("dead", 0))


@bp.post("/outbox/replay")
@access(ADMINISTER)
def replay_all() -> BaseResponse:
    """Let every dead letter be tried again, as after an outage of the mail server."""
    count = services.replay_all(current_actor())
    flash(ngettext("%(num)d message is tried again.", "%(num)d messages are tried again.", count), "success")
    return redirect(url_for("admin.outbox_list"), 303)


# --- the journal ------------------------------------------------------------------------------------


def _day(name: str) -> date | None:
    """A day of the calendar that instants can be reckoned from in every zone."""
    try:
        day = date.fromisoformat(request.args.get(name, "").strip())
    except ValueError:
        return None
    return day if 1900 < day.year < 9999 else None


@bp.get("/journal")
@access(ADMINISTER)
def journal() -> Response:
    """What was done, by whom and when. It holds numbers and field names, never personal values."""
    action, who, about = (request.args.get(name, "").strip() for name in ("q", "who", "about"))
    since, until = _day("since"), _day("until")
    return render_list(
        "portal/journal.html",
        query=operating.journal_list(
            action=action, who=who, about=about, since=since, until=until, zone=current_actor().zone
        ),
        order=operating.JOURNAL_ORDER,
        columns=_JOURNAL_COLUMNS,
        name="journal",
        q=action,
        who=who,
        about=about,
        since=since,
        until=until,
        detail_text=detail_text,
        names_of=_names,
        verification=operating.last_verification(),
        form=Form(formdata=None),
    )


@bp.post("/journal/verify")
@access(ADMINISTER)
def verify_journal() -> BaseResponse:
    """Have the seals of the journal proven."""
    outbox.ask_anew(current_actor(), operating.VERIFY, key=operating.VERIFY)
    flash(str(_l("The journal is being checked.")), "success")
    return redirect(url_for("admin.journal"), 303)


def _names(rows: Sequence[AuditEntry]) -> dict[int, people.Contact]:
    """Who acted, and the people acted upon, by their ids."""
    persons = {row.subject_id for row in rows if row.subject_kind == "person"}
    return people.contacts(persons | {row.actor_id for row in rows})
