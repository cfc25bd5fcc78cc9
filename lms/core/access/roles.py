"""The roles that a person can be granted, each in scopes of one kind.

A package registers the roles of the scopes it owns in its `policy.py`.
"""

from dataclasses import dataclass

from lms.core.i18n import Text


@dataclass(frozen=True)
class Role:
    """A named bundle of rights that is granted in scopes of one kind.

    `given_by` names the roles that may grant it (in the same scope, or on the platform).
    """

    name: str
    label: Text
    scope_kind: str
    given_by: tuple[str, ...] = ("admin",)


_roles: dict[tuple[str, str], Role] = {}


def register_role(role: Role) -> Role:
    """Make a role known. Raises ValueError when the name is already taken in that kind of scope."""
    key = (role.name, role.scope_kind)
    if _roles.setdefault(key, role) != role:
        raise ValueError(f"The role {role.name} is already registered for {role.scope_kind}.")
    return role


def role_named(name: str, scope_kind: str) -> Role:
    """The registered role. Raises KeyError when there is none."""
    return _roles[name, scope_kind]


def all_roles() -> list[Role]:
    """Every registered role, by scope kind and name."""
    return [_roles[key] for key in sorted(_roles, key=lambda pair: (pair[1], pair[0]))]
