"""Making an account, and asking for a new password."""

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import services
from lms.accounts.forms import EmailForm, RegisterForm, names_in
from lms.accounts.passwords import hash_password
from lms.accounts.views.blueprint import CENTER_COUNTRY, bp, center_name, limit_address, limit_mail_to
from lms.core.access import PUBLIC
from lms.core.i18n import current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import access, current_actor, render_form

_TRIES = 100


@bp.get("/register")
@access(PUBLIC)
def register() -> Response:
    """The form for a new account."""
    form = RegisterForm(language=current_language().code, zone=current_actor().zone)
    return show_registration(form)


def show_registration(form: RegisterForm, **context: object) -> Response:
    """The page with the form, and today's texts of the consents beside their boxes."""
    form.show_consents(recipient=center_name(), country=str(_l("China")))
    return render_form("accounts/register.html", form, **context)


def registration_in(form: RegisterForm, email: str) -> services.Registration:
    """What was filled in. Slow, because the password is hashed: call it before the transaction that writes."""
    values = form.values()
    return services.Registration(
        email=email,
        name=values["name"],
        password_hash=hash_password(values["password"]),
        profile=names_in(values)
        | {"nationality": values["nationality"] or None, "language": values["language"], "zone": values["zone"]},
        consents=form.consents(recipient=center_name(), country_code=CENTER_COUNTRY),
    )


@bp.post("/register")
@access(PUBLIC)
def register_now() -> AnyResponse:
    """Make the account. The answer is the same for an address that has one already."""
    limit_address("register", limit=_TRIES)
    form = RegisterForm()
    if form.validate_on_submit():
        email = form.email.data or ""
        limit_mail_to(email)
        registration = registration_in(form, email)
        if form.submit(lambda: _register(registration)):
            return redirect(url_for("accounts.check_mail"), 303)
    return show_registration(form)


def _register(registration: services.Registration) -> bool:
    services.register(current_actor(), registration=registration)
    return True


@bp.get("/check-mail")
@access(PUBLIC)
def check_mail() -> str:
    """What to do after an account was asked for."""
    return render_template("accounts/check_mail.html")


@bp.get("/reset")
@access(PUBLIC)
def request_reset() -> Response:
    """Ask for a link to choose a new password."""
    return render_form("accounts/request_reset.html", EmailForm())


@bp.post("/reset")
@access(PUBLIC)
def request_reset_now() -> AnyResponse:
    """Mail the link, if there is such an account. The answer is the same if not."""
    if "carried" in request.form:  # From the sign-in page, with what was typed there: nothing is sent yet.
        return render_form("accounts/request_reset.html", EmailForm(formdata=None, email=request.form.get("email")))
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
