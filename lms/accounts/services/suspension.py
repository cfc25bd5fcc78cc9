"""Suspending an account, and restoring it. Nothing that the person made or decided is touched."""

from sqlalchemy import update

from lms.accounts import queries
from lms.accounts.models import MailToken, Person
from lms.accounts.services.invitations import revoke
from lms.accounts.services.sessions import end_sessions
from lms.core import audit
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import take_back_mail
from lms.core.waiting import WaitingItem


def suspend(actor: Actor, *, person: Person, reason: str) -> int:
    """Keep somebody out: every browser is signed out, mailed links die, and nothing more is mailed to them, not even
    what waits to be sent.

    What they had taken from an office goes back to it in the same step (how many items), and invitations that they
    sent and nobody accepted are taken back. Their roles stay, for when they come back. Raises Refused for oneself
    and for the last administrator, Conflict when it is done already.
    """
    administrators = queries.administrator_ids(actor.now)
    if person.id == actor.person_id:
        raise Refused([_l("You cannot suspend your own account. Ask another administrator.")])
    if administrators == [person.id]:
        raise Refused([_l("This is the last administrator. Give the role to somebody else first.")])
    _lock(person)
    if person.suspended_at is not None:
        raise Conflict(_l("This account is suspended already."))
    items = keep_out(actor, person, reason=reason)
    audit.record(actor, "person.suspended", subject=("person", person.id), detail={"items": items})
    return items


def keep_out(actor: Actor, person: Person, *, reason: str) -> int:
    """Sign somebody out everywhere, end their links and invitations, and give back what they took (how many)."""
    person.suspended_at, person.suspended_reason = actor.now, reason
    end_sessions(actor, person_id=person.id)
    _end_links(actor, person)
    take_back_mail(person.email)
    for invitation in queries.open_invitations_by(person.id):
        revoke(actor, invitation)
    return _give_back(person)


def restore(actor: Actor, *, person: Person) -> None:
    """Let somebody in again. Raises Conflict when the account is not suspended, Refused when it was erased."""
    if person.is_erased:
        raise Refused([_l("This account was erased and cannot be restored.")])
    _lock(person)
    if person.suspended_at is None:
        raise Conflict(_l("This account is not suspended."))
    person.suspended_at = person.suspended_reason = None
    db.session.flush()
    audit.record(actor, "person.restored", subject=("person", person.id))


def _lock(person: Person) -> None:
    db.session.refresh(person, with_for_update=True, attribute_names=["suspended_at", "suspended_reason", "version"])


def _end_links(actor: Actor, person: Person) -> None:
    db.session.execute(
        update(MailToken)
        .where(MailToken.person_id == person.id, MailToken.used_at.is_(None))
        .values(used_at=actor.now)
        .execution_options(synchronize_session="fetch")
    )


def _give_back(person: Person) -> int:
    given = db.session.execute(
        update(WaitingItem)
        .where(WaitingItem.assignee_id == person.id, WaitingItem.closed_at.is_(None))
        .values(assignee_id=None)
        .execution_options(synchronize_session="fetch")
    )
    return given.rowcount  # type: ignore[attr-defined, no-any-return]
