"""The kinds of scope in which roles are held. The package that owns one registers it in its `policy.py`."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from lms.core.access import Role
from lms.core.actor import Actor
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l


def _nobody(_actor: Actor, _scope_id: int) -> bool:
    return False


@dataclass(frozen=True)
class ScopeKind:
    """How scopes of one kind are found and named.

    `find` turns what people write (`institution:mahidol-university`) into an id, `names` gives the
    names of several ids at once, and `governs` says who may give roles in it beside those whom the
    role itself names (the coordinator of an institution governs its labs).
    """

    name: str
    label: Text
    find: Callable[[str], int | None]
    names: Callable[[Collection[int]], Mapping[int, Text]]
    governs: Callable[[Actor, int], bool] = _nobody


_kinds: dict[str, ScopeKind] = {}


def register_scope_kind(kind: ScopeKind) -> ScopeKind:
    """Make a kind of scope known. Raises ValueError when its name is taken."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"The kind of scope {kind.name} is already registered.")
    return kind


def scope_kind_named(name: str) -> ScopeKind:
    """The registered kind. Raises KeyError when there is none."""
    return _kinds[name]


def scope_names(scopes: Collection[tuple[str, int | None]]) -> dict[tuple[str, int | None], Text]:
    """The name of each scope, with one query for each kind among them."""
    found: dict[tuple[str, int | None], Text] = {}
    for kind in {kind for kind, _id in scopes}:
        ids = {scope_id for name, scope_id in scopes if name == kind and scope_id is not None}
        names = _kinds[kind].names(ids) if ids else {}
        found |= {(kind, scope_id): name for scope_id, name in names.items()}
        found[kind, None] = _kinds[kind].label
    return found


def may_give(actor: Actor, role: Role, scope_id: int | None) -> bool:
    """Whether the actor may give this role in this scope, and end it."""
    if actor.is_system:
        return True
    for giver in role.given_by:
        if actor.holds(giver, "platform") or (
            scope_id is not None and actor.holds(giver, role.scope_kind, scope_id)
        ):
            return True
    return scope_id is not None and scope_kind_named(role.scope_kind).governs(actor, scope_id)


PLATFORM = register_scope_kind(ScopeKind("platform", _l("The whole platform"), lambda _code: None, lambda _ids: {}))
