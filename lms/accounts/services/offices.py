"""The members of an office, and how one hands over."""

from lms.accounts import queries
from lms.core import audit, waiting
from lms.core.access import Grant, end_grant
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import Office, WaitingItem


def office_of(grant: Grant) -> Office:
    """The office in which a grant seats its person."""
    return Office(grant.role, grant.scope_kind, grant.scope_id)


def end_membership(actor: Actor, *, grant: Grant, successor_id: int | None = None, reason: str = "") -> int:
    """End a role and hand everything its holder had taken over to a colleague, in one step; how many items.

    Without a successor the items go back to the office. Raises Refused when nobody would be left to do
    what waits, Invalid for a successor who does not sit in the office, Conflict when it ended already.
    """
    office = office_of(grant)
    others = [found for found in queries.office_member_ids(office, actor.now) if found != grant.person_id]
    if successor_id is not None and successor_id not in others:
        raise Invalid(_l("Choose somebody who sits in this office."), "successor")
    if not others and queries.has_open_items(office):
        raise Refused([_l("Things still wait for this office and nobody else sits in it. Invite a colleague first.")])
    end_grant(actor, grant, reason=reason)
    if successor_id is not None:
        return waiting.hand_over(actor, from_person_id=grant.person_id, to_person_id=successor_id, office=office)
    return _release_items(office, grant.person_id)


def _release_items(office: Office, person_id: int) -> int:
    """Let what somebody had taken be everybody's again."""
    items = db.session.scalars(queries.office_items([office]).where(WaitingItem.assignee_id == person_id)).all()
    for item in items:
        item.assignee_id = None
    db.session.flush()
    return len(items)


def set_deputy(actor: Actor, *, grant: Grant, is_deputy: bool) -> None:
    """Make a member the office's deputy, or a regular member again."""
    grant.is_deputy = is_deputy
    db.session.flush()
    audit.record(actor, "grant.deputy_set", subject=("grant", grant.id), detail={"is_deputy": is_deputy})


def take_item(actor: Actor, item: WaitingItem) -> None:
    """Take an item of an office, also from a colleague. Raises Conflict when it is done already."""
    db.session.refresh(item, with_for_update=True)
    if item.closed_at is not None:
        raise Conflict(_l("This was done meanwhile."))
    waiting.take(actor, item)
