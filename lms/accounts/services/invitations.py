"""Inviting people to a role. The link opens as often as needed; only the button behind it accepts, once."""

from datetime import timedelta

from lms.accounts import queries
from lms.accounts.flow import INVITED
from lms.accounts.models import Invitation
from lms.accounts.rules import normal_email
from lms.accounts.scopes import may_give, scope_texts
from lms.core import audit, events, waiting
from lms.core.access import Role, give_grant, role_named
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, NotPermitted, Refused
from lms.core.i18n import in_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref, new_token
from lms.core.outbox import MailMessage, send_mail
from lms.core.pdf import bilingual

LASTS = timedelta(days=14)


def invite(
    actor: Actor,
    *,
    email: str,
    role: str,
    scope_kind: str,
    scope_id: int | None = None,
    language: str = "en",
    note: str = "",
) -> Invitation:
    """Invite an address to a role in a scope and mail the link. An open invitation to the same is sent again.

    Raises KeyError for an unknown role, NotPermitted when the actor may not give it there, and Refused for their own
    address: nobody gives themself a role.
    """
    wanted = role_named(role, scope_kind)
    if not may_give(actor, wanted, scope_id):
        raise NotPermitted(_l("Your roles do not include inviting to this one. Ask the secretariat."))
    address = normal_email(email)
    person = queries.person_by_email(address)
    if person is not None and person.id == actor.person_id:
        raise Refused([_l("This is your own address. Somebody else invites you to a role.")])
    current = queries.open_invitation(address, role, scope_kind, scope_id)
    if current is not None:
        resend(actor, current)
        return current
    invitation = Invitation(
        ref=new_ref(),
        digest=queries.digest(new_token()),
        email=address,
        role=role,
        scope_kind=scope_kind,
        scope_id=scope_id,
        language=language,
        note=note,
        invited_by_id=actor.person_id,
        created_at=actor.now,
        expires_at=actor.now + LASTS,
    )
    db.session.add(invitation)
    db.session.flush()
    audit.record(actor, "invitation.sent", subject=("invitation", invitation.id), detail={"role": role})
    _mail(actor, invitation, wanted)
    if person is not None and person.is_confirmed:
        _open_item(actor, invitation, person.id)
    return invitation


def _open_item(actor: Actor, invitation: Invitation, person_id: int) -> None:
    role = bilingual(role_named(invitation.role, invitation.scope_kind).label)
    waiting.open_item(
        actor,
        INVITED,
        to=person_id,
        subject=("invitation", invitation.id),
        about=[
            waiting.Title(role["en"], role["zh"]),
            waiting.Title(_scope_name(invitation, "en"), _scope_name(invitation, "zh")),
        ],
        url_values={"ref": invitation.ref},
        due_at=invitation.expires_at,
    )


def open_items_for(actor: Actor, *, person_id: int) -> None:
    """Show somebody whose address was just confirmed what they were invited to before they had an account."""
    person = queries.person_by_id(person_id)
    for invitation in queries.open_invitations_to(person.email, actor.now):
        _open_item(actor, invitation, person_id)


def _scope_name(invitation: Invitation, language: str) -> str:
    key = (invitation.scope_kind, invitation.scope_id)
    return scope_texts([key])[key].name_in(language)


def _mail(actor: Actor, invitation: Invitation, role: Role) -> None:
    """A fresh secret for each mail; the link of an earlier one stops working."""
    token = new_token()
    invitation.digest = queries.digest(token)
    with in_language(invitation.language):
        role_label = str(role.label)
    values = {
        "role": role_label,
        "scope": _scope_name(invitation, invitation.language),
        # In full: who is invited may not know them by the name that friends use.
        "inviter": queries.person_by_id(actor.person_id).name if actor.person_id else "",
        "note": invitation.note,
        "days": LASTS.days,
        "path": f"/accounts/invitation/{token}",
    }
    send_mail(
        actor,
        MailMessage(to=invitation.email, template="invitation", language=invitation.language, values=values),
    )
    db.session.flush()


def _lock_open(invitation: Invitation) -> None:
    db.session.refresh(invitation, with_for_update=True)
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise Conflict(_l("This invitation was accepted or taken back already."))


def resend(actor: Actor, invitation: Invitation) -> None:
    """Mail a new link and start its time anew. Raises Conflict when it was accepted or taken back."""
    _lock_open(invitation)
    invitation.expires_at = actor.now + LASTS
    _mail(actor, invitation, role_named(invitation.role, invitation.scope_kind))
    audit.record(actor, "invitation.sent_again", subject=("invitation", invitation.id))


def revoke(actor: Actor, invitation: Invitation) -> None:
    """Take an invitation back. Raises Conflict when it was accepted or taken back already."""
    _lock_open(invitation)
    invitation.revoked_at = actor.now
    db.session.flush()
    waiting.close_items(actor, subject=("invitation", invitation.id))
    audit.record(actor, "invitation.revoked", subject=("invitation", invitation.id))


def accept(actor: Actor, invitation: Invitation) -> None:
    """Take the role. Publishes `invitation_accepted`.

    Raises Conflict when it was accepted or taken back already, or has run out, and Refused for whoever sent it.
    """
    _lock_open(invitation)
    if actor.person_id == invitation.invited_by_id:
        raise Refused([_l("You sent this invitation yourself. Nobody gives themself a role.")])
    if invitation.expires_at <= actor.now:
        raise Conflict(_l("This invitation has run out. Ask for a new one."))
    invitation.accepted_at, invitation.accepted_by_id = actor.now, actor.person_id
    grant = give_grant(
        actor,
        person_id=actor.person_id or 0,
        role=invitation.role,
        scope_kind=invitation.scope_kind,
        scope_id=invitation.scope_id,
        reason="invitation",
    )
    grant.given_by_id = invitation.invited_by_id
    db.session.flush()
    waiting.close_items(actor, subject=("invitation", invitation.id))
    audit.record(actor, "invitation.accepted", subject=("invitation", invitation.id))
    events.publish(events.Event("invitation_accepted", invitation, actor))
