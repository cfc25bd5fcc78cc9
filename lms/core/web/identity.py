"""From a request to its actor. `lms.accounts` says how a session token becomes a person."""

from collections.abc import Callable

from flask import Flask, g
from flask_login import LoginManager, UserMixin, current_user

from lms.core import clock
from lms.core.actor import Actor
from lms.core.web.locale import request_language, request_zone

SessionLoader = Callable[[str], Actor | None]
login_manager = LoginManager()


class SignedIn(UserMixin):
    """What Flask-Login keeps: the session's token, and the actor behind it."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.id = token
        self.actor = actor


def init_identity(app: Flask, load_session: SessionLoader) -> None:
    """Teach Flask-Login how to find the actor of a session token."""
    login_manager.init_app(app)
    login_manager.session_protection = None  # type: ignore[assignment]  # Our sessions are rows that can be revoked.

    @login_manager.user_loader
    def load(token: str) -> SignedIn | None:
        actor = load_session(token)
        return SignedIn(token, actor) if actor else None

    del load


def current_actor() -> Actor:
    """Who acts in this request: read once, from the session."""
    if "actor" not in g:
        if current_user.is_authenticated:
            g.actor = current_user.actor
        else:
            g.actor = Actor(now=clock.now(), language=request_language(), zone=request_zone())
    return g.actor
