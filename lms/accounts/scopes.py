"""The kinds of scope in which roles are held. The package that owns one registers it in its `policy.py`."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from lms.core.access import Role, all_roles
from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.core.i18n import Text, current_language
from lms.core.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class ScopeText:
    """A scope as people know it: its code in addresses and commands, and its name in English and Chinese."""

    code: str
    name_en: str
    name_zh: str = ""

    def name_in(self, language: str) -> str:
        """Its name in a language, else in English."""
        return (self.name_zh if language == "zh" else "") or self.name_en

    @property
    def name(self) -> str:
        """Its name in the language that is being rendered now."""
        return self.name_in(current_language().code)


def _nobody(_actor: Actor, _scope_id: int) -> bool:
    return False


def _nothing(_words: str) -> Iterable[int]:
    return ()


@dataclass(frozen=True)
class ScopeKind:
    """How scopes of one kind are found and named.

    `find` turns a code (`mahidol-university`) into an id, `describe` several ids at once into their texts,
    and `governs` says who may give roles in it beside those whom the role itself names (the coordinator
    of an institution governs its labs). `search` gives the ids of a few that bear some words, for whoever looks for a
    place to give a role in.
    """

    name: str
    label: Text
    find: Callable[[str], int | None]
    describe: Callable[[Collection[int]], Mapping[int, ScopeText]]
    governs: Callable[[Actor, int], bool] = _nobody
    search: Callable[[str], Iterable[int]] = _nothing


_kinds: dict[str, ScopeKind] = {}


def register_scope_kind(kind: ScopeKind) -> ScopeKind:
    """Make a kind of scope known. Raises ValueError when its name is taken."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"The kind of scope {kind.name} is already registered.")
    return kind


def scope_kind_named(name: str) -> ScopeKind:
    """The registered kind. Raises NotFound when there is none."""
    if name not in _kinds:
        raise NotFound
    return _kinds[name]


PLATFORM_TEXT = ScopeText("all", "The whole platform", "整个平台")
PLATFORM = register_scope_kind(
    ScopeKind("platform", _l("Platform"), lambda _code: None, lambda ids: dict.fromkeys(ids, PLATFORM_TEXT))
)


@dataclass(frozen=True)
class Scope:
    """A scope with its text. `id` is None for the whole platform."""

    kind: str
    id: int | None
    text: ScopeText


def find_scope(kind: str, code: str) -> Scope:
    """The scope that people call `code`. Raises NotFound."""
    found = scope_kind_named(kind)
    if kind == PLATFORM.name:
        return Scope(kind, None, PLATFORM_TEXT)
    scope_id = found.find(code)
    if scope_id is None:
        raise NotFound
    return Scope(kind, scope_id, found.describe([scope_id])[scope_id])


def scopes_called(words: str) -> list[Scope]:
    """The scopes of every kind that bear these words, a few of each, and the whole platform."""
    found = [Scope(PLATFORM.name, None, PLATFORM_TEXT)]
    for kind in _kinds.values():
        texts = kind.describe(list(kind.search(words))) if kind is not PLATFORM and words.strip() else {}
        found += [Scope(kind.name, scope_id, text) for scope_id, text in texts.items()]
    return found


def scope_texts(scopes: Collection[tuple[str, int | None]]) -> dict[tuple[str, int | None], ScopeText]:
    """The text of each scope, with one query for each kind among them."""
    found: dict[tuple[str, int | None], ScopeText] = {("platform", None): PLATFORM_TEXT}
    for kind in {kind for kind, _id in scopes if kind in _kinds}:
        ids = {scope_id for name, scope_id in scopes if name == kind and scope_id is not None}
        if ids:
            found |= {(kind, scope_id): text for scope_id, text in _kinds[kind].describe(ids).items()}
    return found


def scope_names(scopes: Collection[tuple[str, int | None]]) -> dict[tuple[str, int | None], Text]:
    """The name of each scope in the reader's language, with one query for each kind among them."""
    return {key: text.name for key, text in scope_texts(scopes).items()}


def may_give(actor: Actor, role: Role, scope_id: int | None) -> bool:
    """Whether the actor may give this role in this scope, and end it."""
    if actor.is_system:
        return True
    for giver in role.given_by:
        if actor.holds(giver, "platform") or (scope_id is not None and actor.holds(giver, role.scope_kind, scope_id)):
            return True
    return scope_id is not None and scope_kind_named(role.scope_kind).governs(actor, scope_id)


def roles_to_give(actor: Actor, scope: Scope) -> list[Role]:
    """The roles that the actor may give in a scope."""
    return [role for role in all_roles() if role.scope_kind == scope.kind and may_give(actor, role, scope.id)]
