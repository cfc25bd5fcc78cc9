"""Who an item is addressed to, the kinds of things to do, and how long each may take."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from lms.core.clock import CENTER_ZONE, end_of_working_day
from lms.core.i18n import Text

# How long something may wait where no date of a call or an offering says it. A kind may name its own.
WORKING_DAYS = 5


@dataclass(frozen=True)
class Office:
    """The holders of a role in a scope, whoever they are today."""

    role: str
    scope_kind: str
    scope_id: int | None = None


class Titled(Protocol):
    """Whatever has a title in both languages, such as a call. The Chinese one may be empty.

    A column of a model is text on its instances only, which a protocol cannot say.
    """

    @property
    def title_en(self) -> Any:
        """In English."""

    @property
    def title_zh(self) -> Any:
        """In Chinese."""


@dataclass(frozen=True)
class Title:
    """A title for what names its two languages otherwise, such as an institution."""

    title_en: str
    title_zh: str = ""


@dataclass(frozen=True)
class WaitingKind:
    """A kind of thing to do: what it asks for, and the page it is done on.

    One that is not `is_public` stays out of the timeline that the person concerned sees. One that `is_confidential` is
    counted for nobody but whom it waits for. `working_days` is how long it may take where nothing else sets its due
    time.
    """

    name: str
    label: Text
    endpoint: str
    is_public: bool = True
    working_days: int = WORKING_DAYS
    is_confidential: bool = False

    def due_from(self, now: datetime) -> datetime:
        """Until when it is to be done if it begins to wait now: the end of a working day at the Center."""
        return end_of_working_day(now, self.working_days, CENTER_ZONE)


_kinds: dict[str, WaitingKind] = {}


def register_kind(kind: WaitingKind) -> WaitingKind:
    """Make a kind known. Raises ValueError when another kind has its name."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"The waiting kind {kind.name} is already registered.")
    return kind


def kind_named(name: str) -> WaitingKind:
    """The registered kind. Raises KeyError when there is none."""
    return _kinds[name]
