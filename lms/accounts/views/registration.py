"""Making an account, and the links that prove an address."""

from flask import Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import queries, services
from lms.accounts.forms import EmailForm, EmptyForm, NewPasswordForm, RegisterForm, names_in
from lms.accounts.models import MailToken
from lms.accounts.passwords import hash_password
from lms.accounts.views.blueprint import CENTER_COUNTRY, bp, center_name, guess_limited, limit_address, limit_mail_to
from lms.core.access import PUBLIC
from lms.core.actor import Actor
from lms.core.i18n import current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import access, current_actor, render_form

_TRIES = 100


def _confirm_link(_actor: Actor, token: str) -> MailToken:
    return guess_limited(lambda: queries.link(services.CONFIRM, token))


def _reset_link(_actor: Actor, token: str) -> MailToken:
    return guess_limited(lambda: queries.link(services.RESET, token))


def _change_link(_actor: Actor, token: str) -> MailToken:
    return guess_limited(lambda: queries.link(services.CHANGE, token))


@bp.get("/register")
@access(PUBLIC)
def register() -> Response:
    """The form for a new account."""
    form = RegisterForm(language=current_language().code, zone=current_actor().zone)
    form.show_consents(recipient=center_name(), country=str(_l("China")))
    return render_form("accounts/register.html", form)


@bp.post("/register")
@access(PUBLIC)
def register_now() -> AnyResponse:
    """Make the account. The answer is the same for an address that has one already."""
    limit_address("register", limit=_TRIES)
    form = RegisterForm()
    is_valid = form.validate_on_submit()
    if is_valid:
        limit_mail_to(form.email.data or "")
    form.show_consents(recipient=center_name(), country=str(_l("China")))
    if is_valid:
        values = form.values()
        registration = services.Registration(
            email=values["email"],
            name=values["name"],
            password_hash=hash_password(values["password"]),
            profile=names_in(values)
            | {
                "nationality": values["nationality"] or None,
                "language": values["language"],
                "zone": values["zone"],
            },
            consents=form.consents(recipient=center_name(), country_code=CENTER_COUNTRY),
        )
        if form.submit(lambda: _register(registration)):
            return redirect(url_for("accounts.check_mail"), 303)
    return render_form("accounts/register.html", form)


def _register(registration: services.Registration) -> bool:
    services.register(current_actor(), registration=registration)
    return True


@bp.get("/check-mail")
@access(PUBLIC)
def check_mail() -> str:
    """What to do after an account was asked for."""
    return render_template("accounts/check_mail.html")


@bp.get("/confirm/<token>")
@access(PUBLIC, load=_confirm_link)
def confirm(link: MailToken) -> str:
    """A page with a button: opening it changes nothing, because mail scanners open links."""
    return _link_page("accounts/confirm.html", link)


@bp.post("/confirm/<token>")
@access(PUBLIC, load=_confirm_link)
def confirm_now(link: MailToken) -> AnyResponse:
    """Confirm the address."""
    services.confirm_address(current_actor(), link=link)
    flash(str(_l("Your address is confirmed. Sign in to begin.")), "success")
    return redirect(url_for("accounts.sign_in"), 303)


def _link_page(template: str, link: MailToken, **context: object) -> str:
    usable = link.used_at is None and link.expires_at > current_actor().now
    context.setdefault("form", EmptyForm())
    return render_template(template, link=link, usable=usable, **context)


@bp.get("/reset")
@access(PUBLIC)
def request_reset() -> Response:
    """Ask for a link to choose a new password."""
    return render_form("accounts/request_reset.html", EmailForm())


@bp.post("/reset")
@access(PUBLIC)
def request_reset_now() -> AnyResponse:
    """Mail the link, if there is such an account. The answer is the same if not."""
    limit_address("reset", limit=_TRIES)
    form = EmailForm()
    if form.validate_on_submit():
        limit_mail_to(form.email.data or "")
    if form.submit(lambda: _request_reset(form.email.data or "")):
        return redirect(url_for("accounts.reset_sent"), 303)
    return render_form("accounts/request_reset.html", form)


def _request_reset(email: str) -> bool:
    services.request_reset(current_actor(), email=email)
    return True


@bp.get("/reset-sent")
@access(PUBLIC)
def reset_sent() -> str:
    """What to do after a reset was asked for."""
    return render_template("accounts/reset_sent.html")


@bp.get("/reset/<token>")
@access(PUBLIC, load=_reset_link)
def reset(link: MailToken) -> str:
    """Choose a new password."""
    return _link_page("accounts/reset.html", link, form=NewPasswordForm())


@bp.post("/reset/<token>")
@access(PUBLIC)
def reset_now(token: str) -> AnyResponse:
    """Set the new password. It is hashed before anything is read."""
    form = NewPasswordForm()
    hashed = hash_password(form.password.data or "")
    link = guess_limited(lambda: queries.link(services.RESET, token))
    form.account_email = link.email
    if form.submit(lambda: services.reset_password(current_actor(), link=link, password_hash=hashed)):
        flash(str(_l("Your new password is set. Sign in with it.")), "success")
        return redirect(url_for("accounts.sign_in"), 303)
    return render_form("accounts/reset.html", form, link=link, usable=True)


@bp.get("/change-email/<token>")
@access(PUBLIC, load=_change_link)
def change_email(link: MailToken) -> str:
    """A page with a button that takes the new address over."""
    return _link_page("accounts/change_email.html", link)


@bp.post("/change-email/<token>")
@access(PUBLIC, load=_change_link)
def change_email_now(link: MailToken) -> AnyResponse:
    """Take the new address over."""
    services.change_email(current_actor(), link=link)
    flash(str(_l("Your new address is confirmed. Sign in with it from now on.")), "success")
    return redirect(url_for("accounts.sign_in") if not current_actor().is_signed_in else "/accounts/profile", 303)
