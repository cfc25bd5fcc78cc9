"""The id of the request, or of the request that a job came from: log lines, answers and outbox rows carry it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from lms.core.ids import new_ref

_FROM_PROXY = re.compile(r"[0-9A-Za-z-]{8,36}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_id() -> str:
    """The id under which this work is done; empty outside of requests and jobs."""
    return _current.get()


def begin(given: str | None) -> str:
    """Give a request its id: the one of a trusted proxy in front if it is well-formed, else a new one."""
    _current.set(given if given and _FROM_PROXY.fullmatch(given) else new_ref())
    return _current.get()


@contextmanager
def under(request_id: str) -> Iterator[None]:
    """Work inside the block under the id of the request that asked for it."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)
