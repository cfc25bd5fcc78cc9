"""Erasing what is kept about somebody, item by item, now and again when a hold has ended."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, delete, select, tuple_, update

from lms.accounts import privacy
from lms.accounts.flow import COOLING_OFF, ERASURE, ERASURE_ASKED
from lms.accounts.models import Erasure, Person
from lms.accounts.privacy import Holding, table_of
from lms.accounts.queries import digest, erasure_of, person_by_id
from lms.accounts.queries.fates import Fate, Outcome, fates_of
from lms.accounts.services.suspension import keep_out
from lms.core import audit, workflow
from lms.core.access import Grant, end_grant
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict
from lms.core.i18n import LANGUAGES, Text, in_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref, new_token
from lms.core.outbox import MailMessage, enqueue, send_mail
from lms.core.search import SearchEntry
from lms.core.storage import StoredFile
from lms.core.waiting import Office, WaitingItem, open_item
from lms.core.workflow import History


def ask_for_erasure(actor: Actor) -> Erasure:
    """Ask that everything about the actor be erased; nothing happens while they may think again.

    Raises Conflict while such a request is open, or was carried out.
    """
    person = person_by_id(actor.person_id or 0)
    last = erasure_of(actor)
    if last is not None and last.state not in ("withdrawn", "refused"):
        raise Conflict(_l("You have asked for this already. See below how it stands."))
    request = Erasure(ref=new_ref(), person_id=person.id, asked_at=actor.now, ready_at=actor.now + COOLING_OFF)
    workflow.start(ERASURE, request, actor=actor)
    open_item(
        actor,
        ERASURE_ASKED,
        to=Office("admin", "platform"),
        subject=("erasure", request.id),
        about=[person.name],
        url_values={"ref": request.ref},
        due_at=ERASURE_ASKED.due_from(request.ready_at),
    )
    message = MailMessage(person.email, "erasure_asked", person.language, _letter_values(person, "/accounts/my-data"))
    send_mail(actor, message, key=f"erasure-asked:{request.id}")
    return request


def _letter_values(person: Person, path: str) -> dict[str, Any]:
    return {"name": person.display_name, "path": path, "zone": person.zone}


def carry_out(actor: Actor, request: Erasure) -> None:
    """Erase what may be erased now, and come back when the next hold ends. Doing it twice is harmless."""
    if request.state not in ERASURE.transitions["finish"].sources:
        return
    person = person_by_id(request.person_id)
    letter = _close_account(actor, request, person) if request.state == "approved" else None
    fates = fates_of(person.id, actor.now)
    keys = _carry_out(fates)
    if keys:
        enqueue(actor, "accounts.erase_bytes", {"keys": keys})
    db.session.expire_all()
    request.items = _results(fates, request.items, actor.now)
    next_at = min((fate.hold.until for fate in fates if fate.hold), default=None)
    request.next_at, request.finished_at = next_at, None if next_at else actor.now
    if next_at:
        ask_to_carry_out(actor, request.id, due_at=next_at)
    audit.record(actor, "person.erased", subject=("person", person.id), detail={"kept": next_at is not None})
    workflow.perform(ERASURE, request, "keep_rest" if next_at else "finish", actor=actor)
    if letter is not None:
        send_mail(actor, letter)


def ask_to_carry_out(actor: Actor, erasure_id: int, *, due_at: datetime) -> None:
    """Have a request carried out by the relay, once for each time it is due."""
    key = f"erase:{erasure_id}:{due_at.isoformat()}"
    enqueue(actor, "accounts.erase", {"erasure_id": erasure_id}, due_at=due_at, key=key)


def _close_account(actor: Actor, request: Erasure, person: Person) -> MailMessage:
    """End everything that the account does, and write the letter while its address is known."""
    token = new_token()
    request.letter_digest = digest(token)
    values = _letter_values(person, f"/accounts/erased/{token}")
    letter = MailMessage(person.email, "erasure_done", person.language, values)
    keep_out(actor, person, reason="Erased at their own request.")
    for grant in db.session.scalars(select(Grant).where(Grant.person_id == person.id)):
        if grant.is_current(actor.now):
            end_grant(actor, grant, reason="erased")
    db.session.flush()
    privacy.leave(actor, person.id)
    return letter


# --- the rows -----------------------------------------------------------------------------------------


def _carry_out(fates: Sequence[Fate]) -> list[str]:
    """Delete and overwrite, parts before what they are part of; the storage keys of files that are gone."""
    order = {table: place for place, table in enumerate(db.metadata.sorted_tables)}
    keys: list[str] = []
    for fate in sorted(fates, key=lambda one: -order[table_of(one.holding)]):
        if fate.outcome is Outcome.KEPT:
            continue
        _forget_subjects(fate)
        if fate.outcome is Outcome.ERASED and not fate.holding.leaves_nothing:
            keys += [row["key"] for row in fate.rows] if fate.holding.table is StoredFile else []
            _delete(fate)
        else:
            _overwrite(fate.holding, fate.rows)
    return keys


def _delete(fate: Fate) -> None:
    table = table_of(fate.holding)
    for rows in _batches(fate.rows):
        _let_go(table, rows)
        db.session.execute(delete(table).where(_these(table, rows)))


def _overwrite(holding: Holding, rows: Sequence[RowMapping]) -> None:
    table = table_of(holding)
    for row in rows:
        if left := holding.left_of(row):
            db.session.execute(update(table).where(_these(table, [row])).values(**left))


def _let_go(table: Table, rows: Sequence[RowMapping]) -> None:
    """Let whatever may do without these rows no longer refer to them."""
    for other in db.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table and key.parent.nullable and other is not table:
                ids = [row[key.column.name] for row in rows]
                db.session.execute(update(other).where(key.parent.in_(ids)).values({key.parent.name: None}))


def _these(table: Table, rows: Sequence[RowMapping]) -> ColumnElement[bool]:
    columns = list(table.primary_key.columns)
    if len(columns) == 1:
        return columns[0].in_([row[columns[0].name] for row in rows])
    return tuple_(*columns).in_([tuple(row[column.name] for column in columns) for row in rows])


def _batches(rows: Sequence[RowMapping], size: int = 500) -> Iterator[Sequence[RowMapping]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _forget_subjects(fate: Fate) -> None:
    """Take what was written about these rows out of histories, of what waits, and out of the search."""
    table = table_of(fate.holding)
    kinds = {one.name for one in workflow.all_machines() if one.model.__table__ is table} | {fate.holding.subject}
    kinds.discard("")
    if not kinds:
        return
    silent = {"synchronize_session": False}
    for rows in _batches(fate.rows):
        ids = [row["id"] for row in rows]
        notes = update(History).where(History.machine.in_(kinds), History.subject_id.in_(ids))
        items = delete(WaitingItem).where(WaitingItem.subject_kind.in_(kinds), WaitingItem.subject_id.in_(ids))
        entries = delete(SearchEntry).where(SearchEntry.kind.in_(kinds), SearchEntry.subject_id.in_(ids))
        for statement in (notes.values(note="", data={}), items, entries):
            db.session.execute(statement, execution_options=silent)


# --- the result ---------------------------------------------------------------------------------------


def _results(fates: Sequence[Fate], before: Sequence[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """One line for each thing, in every language: the result is read when nobody's language is known any more."""
    lines = {(line["name"], line["outcome"]): line for line in before if line["outcome"] != Outcome.KEPT.value}
    for fate in fates:
        line = _line(fate, now)
        known = lines.get((line["name"], line["outcome"]))
        if known is not None and fate.outcome is Outcome.ERASED:
            line["count"] += known["count"]
        lines[line["name"], line["outcome"]] = line
    return list(lines.values())


def _line(fate: Fate, now: datetime) -> dict[str, Any]:
    return {
        "name": fate.holding.name,
        "label": in_every_language(fate.holding.label),
        "outcome": fate.outcome.value,
        "count": len(fate.rows),
        "reason": in_every_language(fate.hold.reason) if fate.hold else {},
        "until": fate.hold.until.isoformat() if fate.hold else None,
        "at": now.isoformat(),
    }


def in_every_language(text: Text) -> dict[str, str]:
    """A text in each language of the platform, by code."""
    found = {}
    for language in LANGUAGES:
        with in_language(language.code):
            found[language.code] = str(text)
    return found
