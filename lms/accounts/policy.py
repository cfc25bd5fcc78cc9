"""Roles on the platform, and who may do what with accounts."""

from typing import Protocol

from lms.accounts.scopes import Scope, may_give, roles_to_give
from lms.core.access import Grant, Permission, Role, holds, predicate, register_role, role_named
from lms.core.actor import Actor
from lms.core.i18n import lazy_gettext as _l


class RoleInScope(Protocol):
    """A role in a scope: a grant or an invitation."""

    role: str
    scope_kind: str
    scope_id: int | None


class Owned(Protocol):
    """Something of a person's."""

    person_id: int


ADMIN = register_role(Role("admin", _l("Administrator"), "platform"))
SECRETARIAT = register_role(Role("secretariat", _l("Secretariat"), "platform", given_by=("admin", "secretariat")))
REVIEWER = register_role(Role("reviewer", _l("Reviewer"), "platform", given_by=("admin", "secretariat")))

is_admin = holds("admin", "platform")
is_secretariat = holds("secretariat", "platform")

MANAGE_ACCOUNTS = Permission("account.manage", any_of=[is_admin])
MANAGE_ROLES = Permission("roles.manage", any_of=[is_admin, is_secretariat])
RUN_PLATFORM = Permission("platform.run", any_of=[is_admin, is_secretariat])


@predicate("runs the office")
def runs_office(actor: Actor, scope: Scope) -> bool:
    """Whether the actor may give any role in the scope: its coordinators, and those who govern it."""
    return actor.is_signed_in and bool(roles_to_give(actor, scope))


@predicate("may give the role")
def may_give_it(actor: Actor, thing: RoleInScope) -> bool:
    """Whether the actor may give the role of a grant or an invitation in its scope."""
    return actor.is_signed_in and may_give(actor, role_named(thing.role, thing.scope_kind), thing.scope_id)


@predicate("holds the role")
def holds_it(actor: Actor, grant: Grant) -> bool:
    """Whether the grant is the actor's own, so that people can lay down a role."""
    return actor.is_signed_in and grant.person_id == actor.person_id


RUN_OFFICE = Permission("office.run", any_of=[runs_office], hidden=True)
MANAGE_INVITATION = Permission("invitation.manage", any_of=[may_give_it], hidden=True)
END_GRANT = Permission("grant.end", any_of=[may_give_it, holds_it], hidden=True)


@predicate("asked for it")
def asked_for_erasure(actor: Actor, request: Owned) -> bool:
    """Whether the request is the actor's own."""
    return actor.is_signed_in and request.person_id == actor.person_id


OWN_ERASURE = Permission("erasure.own", any_of=[asked_for_erasure], hidden=True)
# Nobody decides what becomes of their own file.
DECIDE_ERASURE = Permission("erasure.decide", any_of=[is_admin], none_of=[asked_for_erasure])
SEE_ERASURE = Permission("erasure.view", any_of=[is_admin])
ERASURES = Permission("erasure.list", any_of=[is_admin])
