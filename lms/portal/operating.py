"""The machine room as administrators see it: what is to leave the database, and what was done."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, false, func, select

from lms.accounts import queries as people
from lms.core.actor import Actor
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import whole_number
from lms.core.outbox import OutboxMessage
from lms.core.paging import Key

OUTBOX_ORDER = (Key(OutboxMessage.id, descending=True),)
JOURNAL_ORDER = (Key(AuditEntry.id, descending=True),)
OUTBOX_STATES = ("pending", "failing", "leased", "done", "dead", "cancelled")
VERIFY = "audit.verify"

# What an error of the mail server or the network means, by the name of its class.
_CAUSES: dict[str, Text] = {
    "SMTPAuthenticationError": _l("The mail server refused our name and password. Check MAIL_URL."),
    "SMTPRecipientsRefused": _l("The mail server refused the receiver's address. Ask them for another one."),
    "SMTPSenderRefused": _l("The mail server refused our own address. Check MAIL_FROM."),
    "relay died": _l("The relay ended while it worked on this, again and again: too little memory, perhaps."),
    "KeyError": _l("This version of the platform does not know how to do this. Was an older one started?"),
    "FileNotFoundError": _l("A stored file is missing. Check STORAGE_URL and the last restore."),
    "OperationalError": _l("The database was away or too busy."),
}
_MAIL_SERVER = _l("The mail server could not be reached, or broke off. Check MAIL_URL and the network.")
_UNREACHABLE = frozenset(
    {"SMTPServerDisconnected", "SMTPConnectError", "ConnectionRefusedError", "TimeoutError", "gaierror", "OSError"}
)


def cause(message: OutboxMessage) -> Text:
    """Why a row failed the last time, in words, and what to do; nothing when it did not."""
    error = message.last_error
    if not error:
        return ""
    if error in _UNREACHABLE and message.name == "mail.send":
        return _MAIL_SERVER
    unknown = _l("The platform failed unexpectedly. Look for the number of the request in its log.")
    return _CAUSES.get(error, unknown)


def outbox_list(*, state: str = "", q: str = "") -> Select[OutboxMessage]:
    """The outbox, narrowed by state and by a part of the name. Contents stay unread: they hold secrets of links.

    `failing` are those that wait for another try.
    """
    query = select(OutboxMessage)
    if state == "failing":
        query = query.where(OutboxMessage.state == "pending", OutboxMessage.attempts > 0)
    elif state in OUTBOX_STATES:
        query = query.where(OutboxMessage.state == state)
    if q:
        query = query.where(OutboxMessage.name.icontains(q, autoescape=True))
    return query


def outbox_counts() -> dict[str, int]:
    """How many rows stand in each state that an administrator must know of: dead, pending, leased, and failing."""
    rows = db.session.execute(
        select(OutboxMessage.state, func.count(), func.count().filter(OutboxMessage.attempts > 0))
        .where(OutboxMessage.state.in_(("dead", "pending", "leased")))
        .group_by(OutboxMessage.state)
    )
    found: dict[str, int] = {}
    for state, count, tried in rows:
        found[state] = count
        if state == "pending":
            found["failing"] = tried
    return found


def outbox_message(_actor: Actor, message_id: int) -> OutboxMessage:
    """One row of the outbox. Raises NotFound."""
    message = db.session.get(OutboxMessage, message_id)
    if message is None:
        raise NotFound
    return message


def telling(message: OutboxMessage) -> dict[str, Any]:
    """What of a row's content tells nothing about anybody: names of templates and transitions, and numbers."""
    named = ("template", "language", "machine", "transition")
    return {
        name: value
        for name, value in sorted(message.payload.items())
        if name in named or (isinstance(value, int) and name.endswith("_id"))
    }


# --- the journal ------------------------------------------------------------------------------------


def journal_list(
    *, action: str = "", who: str = "", about: str = "", since: date | None = None, until: date | None = None, zone: str
) -> Select[AuditEntry]:
    """The journal, narrowed by a part of the action, who acted, what it is about, and days in a zone.

    `who` is an e-mail address, `system` or a number; `about` an e-mail address, a kind, or a kind and a number
    (`course 7`).
    """
    query = select(AuditEntry)
    if action:
        query = query.where(AuditEntry.action.icontains(action, autoescape=True))
    if since:
        query = query.where(AuditEntry.at >= _midnight(since, zone))
    if until:
        query = query.where(AuditEntry.at < _midnight(until + timedelta(days=1), zone))
    return _acted_by(_is_about(query, about), who)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _acted_by(query: Select[AuditEntry], who: str) -> Select[AuditEntry]:
    if not who:
        return query
    if who in {"system", "anonymous", "token"}:
        return query.where(AuditEntry.actor_kind == who)
    person_id = whole_number(who)
    return query.where(AuditEntry.actor_id == (person_id if person_id is not None else _person_id(who)))


def _is_about(query: Select[AuditEntry], about: str) -> Select[AuditEntry]:
    if not about:
        return query
    if "@" in about:
        return query.where(AuditEntry.subject_kind == "person", AuditEntry.subject_id == _person_id(about))
    kind, _, number = about.replace("#", " ").partition(" ")
    query = query.where(AuditEntry.subject_kind == kind.lower())
    if not number.strip():
        return query
    subject_id = whole_number(number.strip())
    return query.where(AuditEntry.subject_id == subject_id if subject_id is not None else false())


def _person_id(address: str) -> int:
    person = people.person_by_email(address)
    return person.id if person else -1


@dataclass(frozen=True)
class Verification:
    """How the last proof of the journal stands. `sealed` and `unsealed` count rows; `broken` names the first fault."""

    is_under_way: bool
    at: datetime | None
    sealed: int
    unsealed: int
    head: str
    broken: str
    done: int
    total: int


def last_verification() -> Verification | None:
    """The last proof that was asked for; None before the first."""
    row = db.session.scalars(select(OutboxMessage).where(OutboxMessage.key == VERIFY)).one_or_none()
    if row is None:
        return None
    result = row.result
    return Verification(
        row.state in ("pending", "leased"),
        row.finished_at,
        result.get("sealed", 0),
        result.get("unsealed", 0),
        result.get("head", ""),
        result.get("broken") or "",
        row.progress_done,
        row.progress_total,
    )
