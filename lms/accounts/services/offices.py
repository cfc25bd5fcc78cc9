"""The members of an office, and how one hands over."""

from lms.accounts import queries
from lms.core import audit, waiting
from lms.core.access import Grant, end_grant
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Invalid, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import Office


def office_of(grant: Grant) -> Office:
    """The office in which a grant seats its person."""
    return Office(grant.role, grant.scope_kind, grant.scope_id)


def end_membership(actor: Actor, *, grant: Grant, successor_id: int | None = None, reason: str = "") -> int:
    """End a role and hand everything its holder had taken over to a colleague, in one step; how many items.

    Without a successor the items go back to the office. Raises Refused when nobody would be left to do
    what waits, Invalid for a successor who does not sit in the office, Conflict when it ended already.
    """
    office = office_of(grant)
    is_admin = office == Office("admin", "platform")
    if is_admin:
        queries.administrator_ids(actor.now)  # for their lock
    others = _colleagues(actor, grant, successor_id)
    if not others and is_admin:
        raise Refused([_l("This is the last administrator. Give the role to somebody else first.")])
    if not others and queries.has_open_items(office):
        raise Refused([_l("Things still wait for this office and nobody else sits in it. Invite a colleague first.")])
    end_grant(actor, grant, reason=reason)
    return waiting.hand_over(actor, from_person_id=grant.person_id, to_person_id=successor_id, office=office)


def hand_over_leave(actor: Actor, *, grant: Grant, successor_id: int | None = None) -> int:
    """Hand over what somebody has taken while they are away; their role stays. How many items.

    Without a successor the items go back to the office. Raises Invalid for a successor who does not sit in it.
    """
    _colleagues(actor, grant, successor_id)
    return waiting.hand_over(actor, from_person_id=grant.person_id, to_person_id=successor_id, office=office_of(grant))


def _colleagues(actor: Actor, grant: Grant, successor_id: int | None) -> list[int]:
    others = [found for found in queries.office_member_ids(office_of(grant), actor.now) if found != grant.person_id]
    if successor_id is not None and successor_id not in others:
        raise Invalid(_l("Choose somebody who sits in this office."), "successor")
    return others


def set_deputy(actor: Actor, *, grant: Grant, is_deputy: bool) -> None:
    """Make a member the office's deputy, or a regular member again."""
    grant.is_deputy = is_deputy
    db.session.flush()
    audit.record(actor, "grant.deputy_set", subject=("grant", grant.id), detail={"is_deputy": is_deputy})
