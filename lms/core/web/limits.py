"""Rate limits as database rows: they hold over processes and restarts."""

from datetime import datetime, timedelta

from flask import request
from sqlalchemy import Integer, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.core.actor import Actor
from lms.core.db import Base, PrimaryKey, separate_transaction
from lms.core.errors import TooManyRequests
from lms.core.i18n import lazy_gettext as _l


class RateHit(Base):
    """How often something was tried in a window of time."""

    __tablename__ = "rate_hit"

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(unique=True)
    window_ends_at: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int] = mapped_column(Integer, default=0)


def hit(actor: Actor, what: str, *, limit: int, per: timedelta, by: int = 1) -> None:
    """Count a try of `what`, as `by` tries, and raise TooManyRequests beyond `limit` tries in `per`.

    Call it before the first query of a view that writes: it has a transaction of its own.
    """
    with separate_transaction() as session:
        row = _current_row(session, actor.now, what, per)
        row.count += by
        count, ends = row.count, row.window_ends_at
    if count > limit:
        seconds = max(1, int((ends - actor.now).total_seconds()))
        raise TooManyRequests(
            _l("Too many tries. Wait %(minutes)d minutes, then try again.", minutes=-(-seconds // 60)),
            seconds,
        )


def _current_row(session: Session, now: datetime, what: str, per: timedelta) -> RateHit:
    query = select(RateHit).where(RateHit.key == what).with_for_update()
    row = session.scalars(query).one_or_none()
    if row is None:
        try:
            with session.begin_nested():
                row = RateHit(key=what, window_ends_at=now + per, count=0)
                session.add(row)
        except IntegrityError:  # Another process counted the first try at the same time.
            row = session.scalars(query).one()
    if row.window_ends_at <= now:
        row.count, row.window_ends_at = 0, now + per
    return row


def client_address() -> str:
    """The visitor's address, for counting only; trusted proxies were taken off before."""
    return request.remote_addr or "unknown"
