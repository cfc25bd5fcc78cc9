"""The relay: claims due rows under a lease and performs them.

It may be killed at any instant. A row is claimed in one short transaction and marked done at the
beginning of the transaction of its effect, if the lease is still ours. That also locks the row, so
that nobody can take over while the effect is being written. Many relays may run on PostgreSQL.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Event

from flask import Flask
from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from lms.core import audit, clock, trace
from lms.core.actor import Actor, system_actor
from lms.core.db import db, reading, separate_transaction, unit_of_work
from lms.core.outbox.models import DEAD, DONE, LEASED, PENDING, OutboxMessage
from lms.core.outbox.registry import Work, handler_named

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 10
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(hours=1)


def run(app: Flask, stop: Event, *, pause: float = 0.5) -> None:
    """Perform due rows and seal the journal until `stop` is set. `pause` is the wait in seconds when idle."""
    log.info("relay started")
    while not stop.is_set():
        with app.app_context():
            try:
                _ask_for_daily_jobs()
                busy = run_once()
                _seal_journal()
            except Exception:  # The loop must outlive a database that is away for a while.
                log.exception("relay round failed")
                db.session.rollback()
                busy = False
        if not busy:
            stop.wait(pause)
    log.info("relay stopped")


daily_jobs: list[Callable[[Actor], None]] = []
_asked_on: set[date] = set()


def _ask_for_daily_jobs() -> None:
    """Let packages ask for what is to be done once a day; the rows' keys make asking often harmless."""
    with reading():
        now = clock.now()
        db.session.rollback()
    if now.date() in _asked_on:
        return
    with unit_of_work():
        for ask in daily_jobs:
            ask(system_actor(now))
    _asked_on.add(now.date())


def run_once() -> bool:
    """Perform one due row, if there is one; whether there was."""
    with reading():
        now = clock.now()
        waiting = db.session.scalar(select(exists().where(_is_due(now))))
        db.session.rollback()
    if not waiting:
        return False
    claimed = _claim(now)
    if claimed is None:
        return False
    message_id, token, request_id = claimed
    if token:
        with trace.under(request_id):
            _perform(message_id, token, now)
    return True


def run_until_idle(limit: int = 10_000) -> int:
    """Perform everything that is due, for tests, the demo and commands; how many rows."""
    count = 0
    while count < limit and run_once():
        count += 1
    return count


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(OutboxMessage.state == PENDING, OutboxMessage.due_at <= now),
        and_(OutboxMessage.state == LEASED, OutboxMessage.lease_until < datetime.now(UTC)),
    )


def _claim(now: datetime) -> tuple[int, str, str] | None:
    """The next row's id, its lease, which is empty if the row was given up, and the request that asked for it."""
    with unit_of_work() as session:
        message = session.scalars(
            select(OutboxMessage)
            .where(_is_due(now))
            .order_by(OutboxMessage.due_at, OutboxMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if message is None:
            return None
        if message.attempts >= MAX_ATTEMPTS:  # It took its relay down with it, again and again.
            message.state, message.last_error = DEAD, "relay died"
            return message.id, "", message.request_id
        token = secrets.token_hex(8)
        message.state, message.lease_token = LEASED, token
        message.lease_until = datetime.now(UTC) + LEASE
        message.attempts += 1
        return message.id, token, message.request_id


def _perform(message_id: int, token: str, now: datetime) -> None:
    try:
        with reading():
            message = db.session.get_one(OutboxMessage, message_id)
            work = Work(message.id, message.payload, message.owner_id, now, _reporter(message_id, token))
            prepare = handler_named(message.name)
            db.session.rollback()
            finish = prepare(work)
            db.session.rollback()
        with unit_of_work() as session:
            _update_leased(session, message_id, token, state=DONE, finished_at=now, last_error="")
            result = finish() if finish else None
            if result:
                session.get_one(OutboxMessage, message_id).result = result
    except _LostLeaseError:
        log.warning("outbox row %s was taken over by another relay", message_id)
    except Exception as error:  # Whatever a handler raises is recorded and tried again.
        db.session.rollback()
        log.warning("outbox row %s failed: %s", message_id, type(error).__name__, exc_info=True)
        _record_failure(message_id, token, error, now)


class _LostLeaseError(Exception):
    """Another relay owns the row now."""


def _update_leased(session: Session, message_id: int, token: str, **values: object) -> None:
    result = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.lease_token == token, OutboxMessage.state == LEASED)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise _LostLeaseError


def _record_failure(message_id: int, token: str, error: Exception, now: datetime) -> None:
    with unit_of_work() as session:
        message = session.get_one(OutboxMessage, message_id, populate_existing=True, with_for_update=True)
        if message.lease_token != token or message.state != LEASED:
            return
        pause = min(_FIRST_PAUSE * 2 ** (message.attempts - 1), _LONGEST_PAUSE)
        message.state = DEAD if message.attempts >= MAX_ATTEMPTS else PENDING
        message.due_at, message.lease_token = now + pause, None
        message.last_error = type(error).__name__


def _reporter(message_id: int, token: str) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        until = datetime.now(UTC) + LEASE
        with separate_transaction() as session:
            _update_leased(session, message_id, token, progress_done=done, progress_total=total, lease_until=until)

    return report


def _seal_journal() -> None:
    with reading():
        pending = audit.needs_seal()
        db.session.rollback()
    if pending:
        with unit_of_work():
            audit.seal(clock.now())
