"""Sealing the journal into a chain, and proving that nothing was changed since."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Text, cast, func, select
from sqlalchemy.exc import IntegrityError

from lms.core.audit.journal import AuditBase, AuditEntry, AuditSeal
from lms.core.db import db, is_sqlite

_BATCH = 500
_REPORTED_EVERY = 500
_GENESIS = "0" * 64


@dataclass(frozen=True)
class Verdict:
    """What `verify` found. `broken` names the first broken row or seal, or is None."""

    sealed: int
    unsealed: int
    head: str
    broken: str | None = None

    @property
    def is_intact(self) -> bool:
        """Whether the whole chain holds."""
        return self.broken is None


def _safe_limit() -> int | None:
    """The commit order below which no transaction is still under way (None: no limit).

    SQLite has one writer, so everything visible is safe. PostgreSQL: all transactions before
    the snapshot's xmin have ended (PostgreSQL documentation, 9.27.8 Transaction ID functions).
    """
    if is_sqlite():
        return None
    offset = select(func.coalesce(func.max(AuditBase.offset), 0)).scalar_subquery()
    xmin = func.pg_snapshot_xmin(func.pg_current_snapshot())
    return db.session.scalar(select(cast(cast(xmin, Text), BigInteger) + offset))


def _last_seal() -> AuditSeal | None:
    return db.session.scalars(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1)).one_or_none()


def needs_seal() -> bool:
    """Whether rows have been committed since the last seal."""
    upto = select(func.coalesce(func.max(AuditSeal.upto), -1)).scalar_subquery()
    return bool(db.session.scalar(select(select(AuditEntry.id).where(AuditEntry.commit_order > upto).exists())))


def seal(now: datetime) -> int:
    """Seal what has been committed since the last seal and return how many rows.

    Safe to run from several relays: only one of two can follow the same link, the other seals nothing.
    """
    last = _last_seal()
    query = select(AuditEntry).order_by(AuditEntry.commit_order, AuditEntry.id)
    if last is not None:
        query = query.where(AuditEntry.commit_order > last.upto)
    limit = _safe_limit()
    if limit is not None:
        query = query.where(AuditEntry.commit_order < limit)
    rows = list(db.session.scalars(query.limit(_BATCH + 1)))
    if len(rows) > _BATCH:  # Never cut through one transaction: its rows share a commit order.
        first = AuditEntry.commit_order == rows[0].commit_order
        rows = _whole_transactions(rows) or list(db.session.scalars(query.where(first)))
    if not rows:
        return 0
    link = AuditSeal(
        sealed_at=now,
        upto=rows[-1].commit_order,
        entries=[[row.id, row.digest()] for row in rows],
        previous=last.digest if last else _GENESIS,
        previous_id=last.id if last else 0,
    )
    link.digest = link.compute_digest()
    db.session.add(link)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        return 0
    return len(rows)


def _whole_transactions(rows: list[AuditEntry]) -> list[AuditEntry]:
    cut = rows[-1].commit_order
    return [row for row in rows if row.commit_order != cut]


def _seals() -> Iterator[AuditSeal]:
    after = 0
    while batch := list(
        db.session.scalars(select(AuditSeal).where(AuditSeal.id > after).order_by(AuditSeal.id).limit(50))
    ):
        yield from batch
        after = batch[-1].id


def verify(report: Callable[[int, int], None] | None = None) -> Verdict:
    """Recompute the chain from the first row and name the first thing that does not hold.

    `report(done, total)` is told now and then how many seals are proven.
    """
    total = db.session.scalar(select(func.count()).select_from(AuditSeal)) or 0 if report else 0
    previous, previous_id, upto, sealed = _GENESIS, 0, None, 0
    for count, link in enumerate(_seals(), start=1):
        if report and count % _REPORTED_EVERY == 0:
            report(count, total)
        broken = _broken_link(link, previous, previous_id) or _broken_row(link, upto)
        if broken:
            return Verdict(sealed, 0, previous, broken)
        sealed += len(link.entries)
        previous, previous_id, upto = link.digest, link.id, link.upto
    tail = select(func.count()).select_from(AuditEntry)
    if upto is not None:
        tail = tail.where(AuditEntry.commit_order > upto)
    return Verdict(sealed, db.session.scalar(tail) or 0, previous)


def _broken_link(link: AuditSeal, previous: str, previous_id: int) -> str | None:
    if link.previous != previous or (link.previous_id or 0) != previous_id:
        return f"seal {link.id} does not follow the seal before it"
    if link.digest != link.compute_digest():
        return f"seal {link.id} was changed"
    return None


def _broken_row(link: AuditSeal, after: int | None) -> str | None:
    """Compare the rows of one seal, in order, with what was sealed."""
    query = select(AuditEntry).where(AuditEntry.commit_order <= link.upto)
    if after is not None:
        query = query.where(AuditEntry.commit_order > after)
    rows = {row.id: row for row in db.session.scalars(query.execution_options(populate_existing=True))}
    for row_id, digest in link.entries:
        row = rows.pop(row_id, None)
        if row is None:
            return f"row {row_id} is missing"
        if row.digest() != digest:
            return f"row {row_id} was changed"
    if rows:
        return f"row {min(rows)} was inserted after its time"
    return None
