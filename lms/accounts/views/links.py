"""The pages behind mailed links. A link opens as often as needed; only the form behind it acts, once."""

from datetime import timedelta

from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import queries, services
from lms.accounts.forms import ClaimForm, NewPasswordForm, OwnPasswordForm
from lms.accounts.models import MailToken, Person
from lms.accounts.passwords import hash_password, is_right
from lms.accounts.views.blueprint import bp, guess_limited, landing, sign_in_as
from lms.accounts.views.registration import registration_in, show_registration
from lms.core.access import PUBLIC
from lms.core.actor import Actor
from lms.core.db import db, reading
from lms.core.i18n import current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form, access, current_actor, render_form
from lms.core.web.limits import hit

_TRIES_PER_LINK = 10


def _find(purpose: str, token: str) -> MailToken:
    return guess_limited(lambda: queries.link(purpose, token))


def _confirm_link(_actor: Actor, token: str) -> MailToken:
    return _find(services.CONFIRM, token)


def _reset_link(_actor: Actor, token: str) -> MailToken:
    return _find(services.RESET, token)


def _change_link(_actor: Actor, token: str) -> MailToken:
    return _find(services.CHANGE, token)


def _is_usable(link: MailToken) -> bool:
    return link.used_at is None and link.expires_at > current_actor().now


def _page(template: str, form: Form, link: MailToken, **context: object) -> Response:
    return render_form(template, form, link=link, usable=_is_usable(link), **context)


def _is_owner(form: OwnPasswordForm, purpose: str, token: str) -> bool:
    """Whether the form holds the password of the link's account; read and compared outside of any write.

    A link proves whose mail it is, but not who asked for it: without the password, a stranger who registered
    somebody's address would share the account that its owner confirms. Raises NotFound and TooManyRequests.
    """
    with reading():
        link = _find(purpose, token)
        link_id, stored = link.id, queries.person_by_id(link.person_id).password_hash
        db.session.rollback()
    hit(current_actor(), f"link:{link_id}", limit=_TRIES_PER_LINK, per=timedelta(minutes=15))
    if not form.validate_on_submit():
        return False
    if is_right(form.password.data or "", stored):
        return True
    form.refuse(_l("This is not the password of the account. Try again, or go another way below."), "password")
    return False


# --- a new account ------------------------------------------------------------------------------------


@bp.get("/confirm/<token>")
@access(PUBLIC, load=_confirm_link)
def confirm(link: MailToken) -> Response:
    """A page that asks for the password: opening it changes nothing, because mail scanners open links."""
    return _page("accounts/confirm.html", OwnPasswordForm(), link)


@bp.post("/confirm/<token>")
@access(PUBLIC)
def confirm_now(token: str) -> AnyResponse:
    """Confirm the address and sign in."""
    form = OwnPasswordForm()
    if _is_owner(form, services.CONFIRM, token):
        link = _find(services.CONFIRM, token)
        if person := form.submit(lambda: services.confirm_address(current_actor(), link=link)):
            sign_in_as(person, by="link")  # before anything is said: it begins a fresh session
            flash(str(_l("Your address is confirmed and you are signed in.")), "success")
            return redirect(landing(person), 303)
    return _page("accounts/confirm.html", form, _find(services.CONFIRM, token))


@bp.get("/confirm/<token>/anew")
@access(PUBLIC, load=_confirm_link)
def claim(link: MailToken) -> Response:
    """The form of a registration that replaces the one that somebody else began with this address."""
    form = ClaimForm(language=current_language().code, zone=current_actor().zone)
    return show_registration(form, link=link, usable=_is_usable(link))


@bp.post("/confirm/<token>/anew")
@access(PUBLIC)
def claim_now(token: str) -> AnyResponse:
    """Replace what was typed before, confirm the address and sign in."""
    form = ClaimForm()
    with reading():
        form.account_email = _find(services.CONFIRM, token).email
        db.session.rollback()
    registration = registration_in(form, form.account_email) if form.validate_on_submit() else None
    link = _find(services.CONFIRM, token)
    if registration and (person := form.submit(lambda: _claim(link, registration))):
        sign_in_as(person, by="link")
        flash(str(_l("Your address is confirmed and you are signed in.")), "success")
        return redirect(landing(person), 303)
    return show_registration(form, link=link, usable=_is_usable(link))


def _claim(link: MailToken, registration: services.Registration) -> Person:
    return services.claim_address(current_actor(), link=link, registration=registration)


# --- a forgotten password -----------------------------------------------------------------------------


@bp.get("/reset/<token>")
@access(PUBLIC, load=_reset_link)
def reset(link: MailToken) -> Response:
    """Choose a new password."""
    return _page("accounts/reset.html", NewPasswordForm(), link)


@bp.post("/reset/<token>")
@access(PUBLIC)
def reset_now(token: str) -> AnyResponse:
    """Set the new password. It is hashed before anything is read."""
    form = NewPasswordForm()
    hashed = hash_password(form.password.data or "")
    link = _find(services.RESET, token)
    form.account_email = link.email
    if form.submit(lambda: services.reset_password(current_actor(), link=link, password_hash=hashed)):
        flash(str(_l("Your new password is set. Sign in with it.")), "success")
        return redirect(url_for("accounts.sign_in"), 303)
    return _page("accounts/reset.html", form, link)


# --- another address ----------------------------------------------------------------------------------


@bp.get("/change-email/<token>")
@access(PUBLIC, load=_change_link)
def change_email(link: MailToken) -> Response:
    """A page that takes the new address over, for the account's owner."""
    return _page("accounts/change_email.html", OwnPasswordForm(), link)


@bp.post("/change-email/<token>")
@access(PUBLIC)
def change_email_now(token: str) -> AnyResponse:
    """Take the new address over."""
    form = OwnPasswordForm()
    if _is_owner(form, services.CHANGE, token):
        link = _find(services.CHANGE, token)
        if form.submit(lambda: services.change_email(current_actor(), link=link)):
            flash(str(_l("Your new address is confirmed. Sign in with it from now on.")), "success")
            return redirect(url_for("accounts.profile" if current_actor().is_signed_in else "accounts.sign_in"), 303)
    return _page("accounts/change_email.html", form, _find(services.CHANGE, token))
