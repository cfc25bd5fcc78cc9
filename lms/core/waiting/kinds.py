"""Who an item is addressed to, and the kinds of things to do."""

from dataclasses import dataclass

from lms.core.i18n import Text


@dataclass(frozen=True)
class Office:
    """The holders of a role in a scope, whoever they are today."""

    role: str
    scope_kind: str
    scope_id: int | None = None


@dataclass(frozen=True)
class WaitingKind:
    """A kind of thing to do: what it asks for, and the page it is done on.

    One that is not `is_public` stays out of the timeline that the person concerned sees.
    """

    name: str
    label: Text
    endpoint: str
    is_public: bool = True


_kinds: dict[str, WaitingKind] = {}


def register_kind(kind: WaitingKind) -> WaitingKind:
    """Make a kind known. Raises ValueError when another kind has its name."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"The waiting kind {kind.name} is already registered.")
    return kind


def kind_named(name: str) -> WaitingKind:
    """The registered kind. Raises KeyError when there is none."""
    return _kinds[name]
