"""Permissions are built from named rules: a role held in a scope, or a relation to the subject.

    EDIT_COURSE = Permission("course.edit", any_of=[holds("instructor", "course", lambda c: c.id)])

A rule takes the actor and the subject and says yes or no; it reads nothing from the
request. Denials (`none_of`) win over everything.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from lms.core.actor import Actor


class Answer(Enum):
    """May the actor? `HIDDEN`: they may not even know that it exists."""

    YES = "yes"
    NO = "no"
    HIDDEN = "hidden"
    SIGN_IN = "sign in"


@dataclass(frozen=True)
class Rule:
    """A named yes/no question about actor and subject. `describes` is shown in the access matrix."""

    describes: str
    test: Callable[[Actor, Any], bool]


def predicate(describes: str) -> Callable[[Callable[[Actor, Any], bool]], Rule]:
    """Decorator: make a relation ("is the applicant") into a rule."""

    def make(function: Callable[[Actor, Any], bool]) -> Rule:
        return Rule(describes, function)

    return make


ScopeIds = Callable[[Any], int | Iterable[int] | None]


def holds(role: str, scope_kind: str, scope: ScopeIds | None = None) -> Rule:
    """The actor holds `role` on the platform, or in (one of) the scopes that `scope(subject)` names."""

    def test(actor: Actor, subject: Any) -> bool:
        if scope is None:
            return actor.holds(role, scope_kind, None)
        ids = scope(subject)
        if ids is None:
            return False
        return any(actor.holds(role, scope_kind, one) for one in ([ids] if isinstance(ids, int) else ids))

    return Rule(f"{role}@{scope_kind}" if scope else role, test)


def holds_somewhere(role: str, scope_kind: str) -> Rule:
    """The actor holds `role` in any scope of this kind (for lists that the query then narrows)."""
    return Rule(f"{role}@any {scope_kind}", lambda actor, _subject: bool(actor.scopes_of(role, scope_kind)))


anyone = Rule("anyone", lambda _actor, _subject: True)
signed_in = Rule("signed in", lambda actor, _subject: actor.is_signed_in)


@dataclass(frozen=True)
class Permission:
    """A right: any of its rules suffices, none of its denials may hold.

    `hidden` makes the answer to others 404, because they may not know that the subject exists. A visitor is asked
    to sign in instead, unless it `admits_visitors`: among public things, what is unknown and what is hidden look alike.
    """

    name: str
    any_of: Sequence[Rule]
    none_of: Sequence[Rule] = ()
    hidden: bool = False
    admits_visitors: bool = False

    def answer(self, actor: Actor, subject: Any = None) -> Answer:
        """Yes, no, hidden, or: sign in first."""
        allowed = any(rule.test(actor, subject) for rule in self.any_of)
        if allowed and not any(rule.test(actor, subject) for rule in self.none_of):
            return Answer.YES
        if self.hidden:
            return Answer.HIDDEN
        return Answer.NO if actor.is_signed_in else Answer.SIGN_IN

    def allows(self, actor: Actor, subject: Any = None) -> bool:
        """Whether the answer is yes."""
        return self.answer(actor, subject) is Answer.YES


PUBLIC = Permission("public", any_of=[anyone], admits_visitors=True)
SIGNED_IN = Permission("signed in", any_of=[signed_in])
