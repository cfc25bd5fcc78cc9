"""Answering an invitation, and managing those of a scope."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import queries, services
from lms.accounts.forms import EmptyForm
from lms.accounts.models import Invitation
from lms.accounts.policy import MANAGE_INVITATION
from lms.accounts.scopes import scope_texts
from lms.accounts.views.blueprint import bp, guess_limited
from lms.core.access import PUBLIC, SIGNED_IN, role_named
from lms.core.actor import Actor
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import access, current_actor


def _by_token(actor: Actor, token: str) -> Invitation:
    return guess_limited(lambda: queries.invitation_by_token(actor, token))


def _page(invitation: Invitation) -> str:
    key = (invitation.scope_kind, invitation.scope_id)
    inviter = queries.people([invitation.invited_by_id]).get(invitation.invited_by_id or 0)
    usable = (
        invitation.accepted_at is None and invitation.revoked_at is None and invitation.expires_at > current_actor().now
    )
    return render_template(
        "accounts/invitation.html",
        invitation=invitation,
        role=role_named(invitation.role, invitation.scope_kind),
        scope=scope_texts([key]).get(key),
        inviter=inviter,
        usable=usable,
        here=request.path,
        form=EmptyForm(),
    )


def _accept(invitation: Invitation) -> AnyResponse:
    services.accept(current_actor(), invitation)
    flash(str(_l("You have the role now. What waits for you stands on your dashboard.")), "success")
    return redirect("/dashboard", 303)


@bp.get("/invitation/<token>")
@access(PUBLIC, load=_by_token)
def invitation(found: Invitation) -> str:
    """What somebody is invited to; opening the page changes nothing."""
    return _page(found)


@bp.post("/invitation/<token>")
@access(SIGNED_IN, load=_by_token)
def accept_invitation(found: Invitation) -> AnyResponse:
    """Take the role."""
    return _accept(found)


@bp.get("/invitations/<ref>")
@access(SIGNED_IN, load=queries.invitation_of_mine)
def invitation_of_mine(found: Invitation) -> str:
    """An invitation to the actor's own address, without the mail."""
    return _page(found)


@bp.post("/invitations/<ref>")
@access(SIGNED_IN, load=queries.invitation_of_mine)
def accept_invitation_of_mine(found: Invitation) -> AnyResponse:
    """Take the role."""
    return _accept(found)


def _back(found: Invitation) -> AnyResponse:
    key = (found.scope_kind, found.scope_id)
    code = scope_texts([key])[key].code
    return redirect(url_for("accounts.office_invitations", scope_kind=found.scope_kind, code=code), 303)


@bp.post("/invitations/<ref>/resend")
@access(MANAGE_INVITATION, load=queries.invitation_by_ref)
def resend_invitation(found: Invitation) -> AnyResponse:
    """Mail a new link."""
    services.resend(current_actor(), found)
    flash(str(_l("The invitation was sent again, with a new link.")), "success")
    return _back(found)


@bp.post("/invitations/<ref>/revoke")
@access(MANAGE_INVITATION, load=queries.invitation_by_ref)
def revoke_invitation(found: Invitation) -> AnyResponse:
    """Take it back."""
    services.revoke(current_actor(), found)
    flash(str(_l("The invitation was taken back. Its link no longer works.")), "success")
    return _back(found)
