"""Giving a role to somebody who has an account, and handing everything over when somebody leaves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from lms.accounts import queries
from lms.accounts.models import Person
from lms.accounts.scopes import Scope, may_give
from lms.accounts.services.offices import end_membership
from lms.accounts.services.people import mail_person
from lms.core.access import Grant, Role, give_grant, role_named
from lms.core.actor import Actor
from lms.core.errors import Invalid, NotPermitted, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf import bilingual


def give_role(
    actor: Actor,
    *,
    person: Person,
    role: str,
    scope: Scope,
    reason: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Grant:
    """Give a role in a scope from an instant (default: now) until another one (default: until it is ended).

    Raises NotPermitted for a role that the actor may not give there, Refused for oneself, a suspended account and
    a role that is held there already, and Invalid for an end that is over or before the beginning.
    """
    wanted = role_named(role, scope.kind)
    if not may_give(actor, wanted, scope.id):
        raise NotPermitted(_l("Your roles do not include giving this one. Ask an administrator."))
    _check_receiver(actor, person)
    starts = max(starts_at or actor.now, actor.now)
    if ends_at is not None and ends_at <= starts:
        raise Invalid(_l("The last day lies before the first one, or is over."), "until")
    if queries.unended_grant(person.id, role, scope.kind, scope.id, starts) is not None:
        raise Refused([_l("They hold this role there already, or will. End it first.")])
    grant = give_grant(
        actor,
        person_id=person.id,
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        reason=reason,
        starts_at=starts,
        ends_at=ends_at,
    )
    _tell(actor, person, wanted, scope)
    return grant


def _check_receiver(actor: Actor, person: Person) -> None:
    queries.lock_person(person.id)
    if person.id == actor.person_id:
        raise Refused([_l("Nobody gives themself a role. Ask another administrator.")])
    if person.suspended_at is not None:
        raise Refused([_l("This account is suspended. Restore it first.")])


def _tell(actor: Actor, person: Person, role: Role, scope: Scope) -> None:
    said = bilingual(role.label)
    values = {
        "role_en": said["en"],
        "role_zh": said["zh"],
        "scope_en": scope.text.name_in("en"),
        "scope_zh": scope.text.name_in("zh"),
        "path": "/dashboard",
    }
    mail_person(actor, person_id=person.id, template="role_given", values=values)


@dataclass(frozen=True)
class HandedOver:
    """How many roles were handed over, and how many things that had been taken with them."""

    roles: int
    items: int


def hand_over_everything(
    actor: Actor, *, person: Person, successor: Person, grant_ids: Collection[int], reason: str
) -> HandedOver:
    """Give a colleague the roles that somebody leaves, with all they have taken of these offices, in one step.

    The colleague takes the place as it is: for as long, and as deputy where it was one. What waits for the leaver
    alone stays with them. Raises NotPermitted for a role that the actor may not give, Refused for oneself as the
    receiver and a suspended one, Invalid for the leaver as their own successor or when no role is chosen.
    """
    if successor.id == person.id:
        raise Invalid(_l("Choose somebody else."), "to")
    _check_receiver(actor, successor)
    chosen = [grant for grant in queries.current_grants(person.id, actor.now) if grant.id in set(grant_ids)]
    if not chosen:
        raise Invalid(_l("Choose at least one role."), "grants")
    items = 0
    for grant in chosen:
        if not may_give(actor, role_named(grant.role, grant.scope_kind), grant.scope_id):
            raise NotPermitted(_l("Your roles do not include giving this one. Ask an administrator."))
        give_grant(
            actor,
            person_id=successor.id,
            role=grant.role,
            scope_kind=grant.scope_kind,
            scope_id=grant.scope_id,
            reason=reason,
            is_deputy=grant.is_deputy,
            ends_at=grant.ends_at,
        )
        items += end_membership(actor, grant=grant, successor_id=successor.id, reason=reason)
    return HandedOver(len(chosen), items)
