"""What can be imported. The package that owns the rows registers a kind; everything else is the same for all."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.core.access import Permission
from lms.core.actor import Actor
from lms.core.i18n import Text
from lms.core.tabular import Column

Values = Mapping[str, Any]


@dataclass(frozen=True)
class ImportKind:
    """A kind of table that people bring in.

    `load` finds what it is imported into from the run's `target` (plain JSON), and `permission` says who may; both are
    asked again before anything is written. `columns` may depend on what it is imported into. `is_known` says whether
    a row is there already, so that the same table can be brought in twice, and raises an error of `lms.core.errors`
    for one that cannot be taken in; `write` adds one. `key` tells a row that stands in the table twice.
    """

    name: str
    label: Text
    columns: Callable[[Actor, Any], Sequence[Column]]
    permission: Permission
    load: Callable[[Actor, Values], Any]
    is_known: Callable[[Actor, Any, Values], bool]
    write: Callable[[Actor, Any, Values], object]
    key: Callable[[Values], Hashable]
    max_rows: int = 1000


_kinds: dict[str, ImportKind] = {}


def register_import(kind: ImportKind) -> ImportKind:
    """Make a kind known. Raises ValueError when another kind has its name."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"The import {kind.name} is already registered.")
    return kind


def import_named(name: str) -> ImportKind:
    """The registered kind. Raises KeyError when there is none."""
    return _kinds[name]


ActorOf = Callable[[int, Any], Actor]
_actor_of: list[ActorOf] = []


def act_as(actor_of: ActorOf) -> None:
    """Called once at start-up by the package that owns accounts: how the owner of a run becomes an actor again."""
    _actor_of[:] = [actor_of]


def owner_as_actor(owner_id: int, now: Any) -> Actor:
    """The owner of a run with the roles they hold now, for what a job does in their name."""
    return _actor_of[0](owner_id, now)
