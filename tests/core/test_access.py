"""Grants in scopes, rules, and what the four answers mean at the edge."""

from datetime import timedelta

import pytest

from lms.core import clock
from lms.core.access import (
    Answer,
    Permission,
    end_grant,
    give_grant,
    grants_of,
    holds,
    holds_somewhere,
    predicate,
)
from lms.core.actor import Actor, HeldRole
from lms.core.audit import AuditEntry
from lms.core.errors import Conflict, NotFound, NotPermitted, SignInNeeded
from lms.core.web import require
from tests.factories import make_person

COORDINATOR = holds("coordinator", "institution", lambda subject: subject)


def _actor(system, *roles, person_id=1):
    return Actor(now=system.now, kind="person", person_id=person_id, roles=tuple(HeldRole(*role) for role in roles))


@pytest.mark.parametrize(
    ("roles", "answer"),
    [
        ([("coordinator", "institution", 5)], Answer.YES),
        ([("coordinator", "institution", 6)], Answer.NO),
        ([("coordinator", "programme", 5)], Answer.NO),
        ([], Answer.NO),
    ],
)
def test_a_role_counts_in_its_own_scope_only(system, roles, answer):
    assert Permission("p", any_of=[COORDINATOR]).answer(_actor(system, *roles), 5) is answer


def test_a_role_in_any_scope(system):
    permission = Permission("p", any_of=[holds_somewhere("coordinator", "institution")])

    assert permission.allows(_actor(system, ("coordinator", "institution", 99)))
    assert not permission.allows(_actor(system, ("secretariat", "platform", None)))


def test_a_denial_wins_over_every_right(system):
    conflict = predicate("has a conflict")(lambda _actor, _subject: True)
    permission = Permission("p", any_of=[COORDINATOR], none_of=[conflict])

    assert permission.answer(_actor(system, ("coordinator", "institution", 5)), 5) is Answer.NO


@pytest.mark.parametrize(
    ("hidden", "signed_in", "error"),
    [
        (False, True, NotPermitted),
        (True, True, NotFound),
        (False, False, SignInNeeded),
        (True, False, SignInNeeded),
    ],
)
def test_what_a_no_looks_like(system, hidden, signed_in, error):
    actor = _actor(system) if signed_in else Actor(now=system.now)

    with pytest.raises(error):
        require(Permission("p", any_of=[COORDINATOR], hidden=hidden), actor, 5)


def test_a_grant_holds_from_its_giving_to_its_end(session, system):
    person = make_person(system, name="Keo Sovann")
    grant = give_grant(system, person_id=person.id, role="secretariat", scope_kind="platform", reason="appointed")
    assert grants_of(person.id, system.now) == (HeldRole("secretariat", "platform", None),)

    end_grant(system, grant)

    assert grants_of(person.id, system.now) == ()
    actions = [row.action for row in session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions[-2:] == ["grant.given", "grant.ended"]
    with pytest.raises(Conflict):
        end_grant(system, grant)


def test_giving_a_role_twice_keeps_one_grant(session, system):
    person = make_person(system, name="Keo Sovann")
    first = give_grant(system, person_id=person.id, role="admin", scope_kind="platform")

    assert give_grant(system, person_id=person.id, role="admin", scope_kind="platform").id == first.id


def test_a_grant_with_an_end_lapses_by_itself(session, system):
    person = make_person(system, name="Keo Sovann")
    give_grant(
        system,
        person_id=person.id,
        role="admin",
        scope_kind="platform",
        ends_at=system.now + timedelta(days=1),
    )
    clock.move(timedelta(days=2))

    assert grants_of(person.id, clock.now()) == ()


def test_an_unknown_role_cannot_be_given(session, system):
    with pytest.raises(KeyError):
        give_grant(system, person_id=1, role="emperor", scope_kind="platform")
