"""One's own profile, titles, password and address."""

from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import names, queries, services
from lms.accounts.forms import ChangePasswordForm, NewEmailForm, ProfileForm, TitleForm
from lms.accounts.models import Person
from lms.accounts.passwords import hash_password, is_right
from lms.accounts.views.blueprint import bp, limit_address, limit_mail_to, session_id
from lms.core.access import SIGNED_IN
from lms.core.db import db, reading
from lms.core.i18n import LANGUAGES, Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import access, current_actor, render_form

_TRIES = 30


def printed(person: Person) -> list[tuple[Text, str, str]]:
    """How documents would print a person's name: (document, text, language of the text)."""
    return [
        (_l("Certificate in English"), names.certificate_name(person, "en"), "en"),
        (_l("Below it, in your own script"), names.own_script_name(person), person.name_local_lang or "en"),
        (_l("Certificate in Chinese"), names.certificate_name(person, "zh"), "zh-Hans"),
        (_l("Invitation letter, as in the passport"), names.passport_name(person), "en"),
        (_l("Address of an English letter"), names.formal_name(person, "en"), "en"),
        (_l("Address of a Chinese letter"), names.formal_name(person, "zh"), "zh-Hans"),
        (_l("Greetings and lists"), person.display_name, "en"),
    ]


def _show(form: ProfileForm, person: Person, title_form: TitleForm | None = None) -> Response:
    by_language = {title.language: title for title in person.titles}
    title_forms = {
        entry.code: title_form
        if title_form is not None and title_form.language.data == entry.code
        else TitleForm(formdata=None, obj=by_language.get(entry.code), language=entry.code, prefix=f"{entry.code}-")
        for entry in LANGUAGES
    }
    errors = form if form.errors else title_form or form
    return render_form(
        "accounts/profile.html",
        errors,
        profile=form,
        person=person,
        titles=title_forms,
        printed=printed(person),
    )


@bp.get("/profile")
@access(SIGNED_IN, load=queries.myself)
def profile(person: Person) -> Response:
    """Names, language, zone, and how documents print the name."""
    return _show(_profile_form(person), person)


def _profile_form(person: Person) -> ProfileForm:
    return ProfileForm(obj=person, version=str(person.version))


@bp.post("/profile")
@access(SIGNED_IN, load=queries.myself)
def save_profile(person: Person) -> AnyResponse:
    """Save the profile."""
    form = _profile_form(person)
    if form.submit(lambda: services.update_profile(current_actor(), version=form.seen_version, values=form.values())):
        flash(str(_l("Your profile is saved.")), "success")
        return redirect(url_for("accounts.profile"), 303)
    return _show(form, person)


@bp.post("/titles/<language>")
@access(SIGNED_IN, load=queries.myself)
def save_title(person: Person, language: str) -> AnyResponse:
    """Save title and honorific in one language."""
    form = TitleForm(prefix=f"{language}-", language=language)
    if form.submit(lambda: _set_title(language, form)):
        flash(str(_l("Your title is saved.")), "success")
        return redirect(url_for("accounts.profile", _anchor="titles"), 303)
    return _show(ProfileForm(formdata=None, obj=person, version=str(person.version)), person, form)


def _set_title(language: str, form: TitleForm) -> bool:
    services.set_title(current_actor(), language=language, before=form.before.data or "", after=form.after.data or "")
    return True


def _show_security(status: ChangePasswordForm | NewEmailForm | None = None) -> Response:
    password = status if isinstance(status, ChangePasswordForm) else ChangePasswordForm(formdata=None, prefix="p-")
    email = status if isinstance(status, NewEmailForm) else NewEmailForm(formdata=None, prefix="e-")
    person = queries.myself(current_actor())
    return render_form("accounts/security.html", status or password, password=password, email=email, person=person)


@bp.get("/security")
@access(SIGNED_IN)
def security() -> Response:
    """Change the password or the address."""
    return _show_security()


@bp.post("/password")
@access(SIGNED_IN)
def change_password() -> AnyResponse:
    """Set a new password, with the present one; compared and hashed outside of any write."""
    limit_address("password", limit=_TRIES)
    actor = current_actor()
    form = ChangePasswordForm(prefix="p-")
    with reading():
        person = queries.myself(actor)
        form.account_email, stored, own = person.email, person.password_hash, session_id()
        db.session.rollback()
    if form.validate_on_submit():
        if not is_right(form.current.data or "", stored):
            form.refuse(_l("This is not your present password."), "current")
            return _show_security(form)
        hashed = hash_password(form.password.data or "")
        if form.submit(lambda: _change_password(hashed, own)):
            flash(str(_l("Your new password is set; every other browser was signed out.")), "success")
            return redirect(url_for("accounts.security"), 303)
    return _show_security(form)


def _change_password(hashed: str, own: int | None) -> bool:
    services.change_password(current_actor(), password_hash=hashed, session_id=own)
    return True


@bp.post("/email")
@access(SIGNED_IN)
def request_new_email() -> AnyResponse:
    """Mail a link to the new address, for whoever knows the present password."""
    limit_address("email", limit=_TRIES)
    form = NewEmailForm(prefix="e-")
    with reading():
        stored = queries.myself(current_actor()).password_hash
        db.session.rollback()
    if form.validate_on_submit():
        if not is_right(form.current.data or "", stored):
            form.refuse(_l("This is not your present password."), "current")
            return _show_security(form)
        limit_mail_to(form.email.data or "")
        if form.submit(lambda: _request_new_email(form.email.data or "")):
            flash(str(_l("We have sent a link to the new address. Open it to confirm the address.")), "success")
            return redirect(url_for("accounts.security"), 303)
    return _show_security(form)


def _request_new_email(email: str) -> bool:
    services.request_new_email(current_actor(), email=email)
    return True
