"""Who acts, and when: the first argument of every service and query."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ActorKind = Literal["person", "anonymous", "system", "token"]


@dataclass(frozen=True)
class HeldRole:
    """A role that the actor holds now, in a scope."""

    role: str
    scope_kind: str
    scope_id: int | None


@dataclass(frozen=True)
class Actor:
    """Who acts at which instant. Built once at the edge (request, command, job), never a global.

    `institution_id` is the actor's home institution, under whose name they open files;
    `token_subject` names what a signed link without an account entitles to, as (kind, id).
    """

    now: datetime
    kind: ActorKind = "anonymous"
    person_id: int | None = None
    display_name: str = ""
    language: str = "en"
    zone: str = "UTC"
    institution_id: int | None = None
    country: str | None = None
    roles: tuple[HeldRole, ...] = ()
    token_subject: tuple[str, int] | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether a person stands behind this actor."""
        return self.person_id is not None

    @property
    def is_system(self) -> bool:
        """Whether the platform itself acts: clock, relay, seed."""
        return self.kind == "system"

    def holds(self, role: str, scope_kind: str, scope_id: int | None = None) -> bool:
        """Whether the actor holds `role` in exactly this scope."""
        return HeldRole(role, scope_kind, scope_id) in self.roles

    def scopes_of(self, role: str, scope_kind: str) -> frozenset[int]:
        """The ids of the scopes of one kind in which the actor holds `role`."""
        return frozenset(
            held.scope_id
            for held in self.roles
            if held.role == role and held.scope_kind == scope_kind and held.scope_id is not None
        )

    @property
    def is_secretariat(self) -> bool:
        """Whether the actor works in the platform's secretariat."""
        return self.holds("secretariat", "platform")


def system_actor(now: datetime) -> Actor:
    """The platform acting by itself."""
    return Actor(now=now, kind="system", display_name="system")
