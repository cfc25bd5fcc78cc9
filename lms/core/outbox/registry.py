"""Who performs which outbox row.

`@effect("name")` runs inside the transaction that marks the row done: exactly once.
`@job("name")` prepares outside of it (long reading, computing, talking to a mail server),
may report progress, and returns what to write in that transaction: the writing happens
once, the preparing at least once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms.core.actor import Actor, system_actor


@dataclass(frozen=True)
class Work:
    """The row being performed, as its handler sees it.

    `report(done, total)` shows progress and keeps the lease, which lasts a minute. It belongs to the
    preparing: inside the transaction that writes it raises RuntimeError.
    """

    id: int
    payload: dict[str, Any]
    owner_id: int | None
    now: datetime
    report: Callable[[int, int], None]

    @property
    def actor(self) -> Actor:
        """The platform itself, at the time of performing."""
        return system_actor(self.now)


Finish = Callable[[], dict[str, Any] | None]
Prepare = Callable[[Work], Finish | None]
_handlers: dict[str, Prepare] = {}


def job(name: str) -> Callable[[Prepare], Prepare]:
    """Decorator: prepare outside the transaction, return what to write inside it."""

    def add(function: Prepare) -> Prepare:
        _handlers[name] = function
        return function

    return add


def effect(name: str) -> Callable[[Callable[[Work], None]], Callable[[Work], None]]:
    """Decorator: the whole function runs inside the transaction that marks the row done."""

    def add(function: Callable[[Work], None]) -> Callable[[Work], None]:
        _handlers[name] = lambda work: lambda: function(work)
        return function

    return add


def handler_named(name: str) -> Prepare:
    """The registered handler. Raises KeyError when there is none."""
    return _handlers[name]
