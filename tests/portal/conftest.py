"""What the portal's tests share: kinds of waiting things, and counting queries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import WaitingKind, register_kind

TASK = register_kind(WaitingKind("portal_test.task", _l("Look at something"), "dashboard.show"))
OTHER = register_kind(WaitingKind("portal_test.other", _l("Sign a paper"), "dashboard.show"))


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Every statement that is run inside the block."""
    statements: list[str] = []

    def remember(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", remember)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", remember)


@pytest.fixture
def counted() -> Callable[[Callable[[], object]], int]:
    """How many statements something runs."""

    def count(action: Callable[[], object]) -> int:
        with counted_queries() as statements:
            action()
        return len(statements)

    return count
