"""The blueprint, and what several groups of pages share."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from flask import Blueprint, request, session
from flask_login import login_user

from lms.accounts import queries, services
from lms.accounts.models import Person
from lms.accounts.rules import normal_email
from lms.core import clock, settings
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.i18n import current_language
from lms.core.web import afterwards, current_actor
from lms.core.web.identity import SignedIn
from lms.core.web.limits import client_address, hit

CENTER_COUNTRY = "CN"
_MISSES = 30
_MAILS_PER_HOUR = 5
bp = Blueprint("accounts", __name__, url_prefix="/accounts")


def load_session(token: str) -> Actor | None:
    """The actor behind a cookie's secret; notes now and then that the session is used."""
    found = queries.open_session(token, clock.now())
    if found is None:
        return None
    if services.needs_note(found.seen_at, found.actor.now):
        now = found.actor.now
        afterwards(lambda own: services.note_use(own, session_id=found.id, now=now))
    return found.actor


def session_id() -> int | None:
    """The row of this browser's session."""
    token = session.get("_user_id")
    return queries.session_id_of(token) if token else None


def sign_in_as(person: Person, *, by: str) -> None:
    """Sign this browser in, in a fresh cookie that keeps nothing but the chosen language and what a visitor told."""
    actor = current_actor()
    token = services.start_session(actor, person=person, user_agent=request.user_agent.string, detail=by)
    kept = {key: session[key] for key in ("language", "visitor") if key in session}
    session.clear()
    session.update(kept)
    session.permanent = True
    login_user(SignedIn(token, actor))


def landing(person: Person) -> str:
    """Where somebody arrives who was not on the way to a page: the dashboard, at first their institution."""
    return "/institutions/home" if person.home_institution_id is None else "/dashboard"


def limit_address(what: str, *, limit: int) -> None:
    """Bound the tries from one address in a quarter of an hour; whole institutions share some addresses."""
    hit(current_actor(), f"{what}:{client_address()}", limit=limit, per=timedelta(minutes=15))


def limit_mail_to(address: str) -> None:
    """Bound the mails that visitors can have sent to one address, whether or not it has an account."""
    target = hashlib.sha256(normal_email(address).encode()).hexdigest()
    hit(current_actor(), f"mail:{target}", limit=_MAILS_PER_HOUR, per=timedelta(hours=1))


Found = TypeVar("Found")


def guess_limited(find: Callable[[], Found]) -> Found:
    """What a link's secret leads to. Whoever tries many that lead nowhere is stopped: TooManyRequests."""
    try:
        return find()
    except NotFound:
        db.session.rollback()
        limit_address("token", limit=_MISSES)
        raise


def center_name() -> str:
    """The Center's legal name in the reader's language, for consents."""
    names = settings.center_names()
    return names.get(current_language().code) or names["en"]
