"""Signing in and out, and the browsers that are signed in."""

import hashlib
from datetime import timedelta

from flask import Response, current_app, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import queries, services
from lms.accounts.forms import EmptyForm, SignInForm
from lms.accounts.models import LoginSession
from lms.accounts.passwords import hash_password, is_outdated, is_right
from lms.accounts.rules import browser_name, normal_email, suspension
from lms.accounts.scopes import scope_names
from lms.accounts.views.blueprint import bp, landing, limit_address, limit_mail_to, session_id, sign_in_as
from lms.core import audit
from lms.core.access import PUBLIC, SIGNED_IN
from lms.core.db import db, reading
from lms.core.i18n import lazy_gettext as _l
from lms.core.views import local_target
from lms.core.web import access, afterwards, current_actor, render_form
from lms.core.web.limits import client_address, hit

_TRIES_PER_ADDRESS = 300
_TRIES_PER_PLACE = 10
_TRIES_PER_ACCOUNT = 100


def _show(form: SignInForm) -> Response:
    people = queries.demo_people() if current_app.config["IS_DEMO"] else []
    # The courses of somebody who teaches would drown what they are.
    roles = queries.roles_in_words([person.id for person in people], current_actor().now, besides="course")
    homes = scope_names([("institution", person.home_institution_id) for person in people])
    return render_form(
        "accounts/sign_in.html",
        form,
        next=request.args.get("next", ""),
        demo_people=people,
        roles=roles,
        homes={person.id: homes.get(("institution", person.home_institution_id), "") for person in people},
    )


@bp.get("/sign-in")
@access(PUBLIC)
def sign_in() -> Response:
    """The page to sign in."""
    return _show(SignInForm())


@bp.post("/sign-in")
@access(PUBLIC)
def sign_in_now() -> AnyResponse:
    """Sign in. The answer and its time are the same for a wrong password and for an unknown address."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _show(form)
    email, password = normal_email(form.email.data or ""), form.password.data or ""
    limit_address("sign-in", limit=_TRIES_PER_ADDRESS)
    # Few tries from one place, so that nobody else locks an account; more from everywhere, so that nobody guesses on.
    account = hashlib.sha256(email.encode()).hexdigest()
    places = ((f"account:{account}:{client_address()}", _TRIES_PER_PLACE), (f"account:{account}", _TRIES_PER_ACCOUNT))
    for what, limit in places:
        hit(current_actor(), f"sign-in:{what}", limit=limit, per=timedelta(minutes=15))
    found = _check(email, password)
    if found is None:
        form.refuse(_l("The address or the password is wrong. Try again, or reset the password."))
        return _show(form)
    person_id, is_confirmed, outdated = found
    if not is_confirmed:
        limit_mail_to(email)
    person = queries.person_by_id(person_id)
    if person.suspended_at is not None:
        form.refuse(suspension(person.suspended_reason))
        return _show(form)
    if not person.is_confirmed:
        services.send_link(current_actor(), person=person, purpose=services.CONFIRM)
        return redirect(url_for("accounts.check_mail"), 303)
    if outdated:
        person.password_hash = outdated
    sign_in_as(person, by="password")
    return redirect(local_target(request.args.get("next") or landing(person)), 303)


def _check(email: str, password: str) -> tuple[int, bool, str | None] | None:
    """Whose password it is, whether they confirmed the address, and a new hash if the old one is weak.

    Read and compared outside of any write; None when the password is nobody's.
    """
    with reading():
        person = queries.person_by_email(email)
        person_id, stored = (person.id, person.password_hash) if person else (None, None)
        is_confirmed = person is not None and person.is_confirmed
        db.session.rollback()
    # The comparison comes first: it takes as long for an address without an account.
    if not is_right(password, stored) or person_id is None or stored is None:
        actor = current_actor()
        subject = ("person", person_id) if person_id else None
        afterwards(lambda own: audit.record(actor, "person.sign_in_failed", subject=subject, session=own))
        return None
    return person_id, is_confirmed, hash_password(password) if is_outdated(stored) else None


@bp.post("/sign-out")
@access(PUBLIC)
def sign_out() -> AnyResponse:
    """End this browser's session; the row is ended, so a copy of the cookie is worth nothing."""
    if (own := session_id()) is not None:
        services.end_session(current_actor(), session_id=own)
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    flash(str(_l("You are signed out.")), "success")
    return redirect("/", 303)


@bp.get("/sessions")
@access(SIGNED_IN)
def sessions() -> str:
    """The browsers in which the actor is signed in."""
    return render_template(
        "accounts/sessions.html",
        sessions=[(entry, browser_name(entry.user_agent)) for entry in queries.sessions_of(current_actor())],
        own=session_id(),
        form=EmptyForm(),
    )


@bp.post("/sessions/end-others")
@access(SIGNED_IN)
def end_other_sessions() -> AnyResponse:
    """Sign out everywhere but here."""
    actor = current_actor()
    services.end_sessions(actor, person_id=actor.person_id or 0, but=session_id())
    flash(str(_l("You are signed out everywhere else.")), "success")
    return redirect(url_for("accounts.sessions"), 303)


@bp.post("/sessions/<ref>/end")
@access(SIGNED_IN, load=queries.session_visible_to)
def end_session(found: LoginSession) -> AnyResponse:
    """Sign one browser out."""
    services.end_session(current_actor(), session_id=found.id)
    flash(str(_l("That browser is signed out.")), "success")
    return redirect(url_for("accounts.sessions"), 303)
