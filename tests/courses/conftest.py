"""What tests of courses share."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import event

from lms.core.db import db
from tests.core.conftest import own_app  # noqa: F401 - an application on a database of its own


@pytest.fixture
def count_queries(session) -> Callable[[], AbstractContextManager[list[str]]]:
    """A context manager that lists the statements sent inside it."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                seen.append(statement)

        engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
