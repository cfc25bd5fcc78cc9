"""What the portal's tests share: kinds of waiting things, and counting queries."""

from collections.abc import Callable

import pytest

from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import WaitingKind, register_kind
from tests.counting import counted_queries

TASK = register_kind(WaitingKind("portal_test.task", _l("Look at something"), "dashboard.show"))
OTHER = register_kind(WaitingKind("portal_test.other", _l("Sign a paper"), "dashboard.show"))


@pytest.fixture
def counted() -> Callable[[Callable[[], object]], int]:
    """How many statements something runs."""

    def count(action: Callable[[], object]) -> int:
        with counted_queries() as statements:
            action()
        return len(statements)

    return count
