"""The application class: one request, one transaction, committed in the one place below."""

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from flask.typing import ResponseReturnValue
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter

from lms.core import logs, storage
from lms.core.db import begin_as_writer, db, is_writing, separate_transaction
from lms.core.web.identity import current_actor

log = logging.getLogger(__name__)

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class BigIntConverter(IntegerConverter):
    """`<int:…>` in addresses, as large as the database's integers; beyond, there is no such page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": 2**63 - 1} | kwargs)


class App(Flask):
    """Flask, plus the transaction. A commit that fails is answered by the error handlers too."""

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Begin as a reader, with an id and the body read."""
        logs.begin_request()
        begin_as_writer(False)
        if request.method not in _SAFE_METHODS:
            _ = request.form  # Read the body before any transaction opens.
        return super().preprocess_request()

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view and end its transaction."""
        if request.endpoint == "static":  # for everybody alike, also while the database is away
            return super().dispatch_request()
        current_actor()  # Read the session in a short transaction, before the one that writes.
        if request.method not in _SAFE_METHODS:
            db.session.rollback()
            begin_as_writer(True)
        response = self.make_response(super().dispatch_request())
        _finish(succeeded=response.status_code < 400)
        return response

    def handle_user_exception(self, e: Exception) -> Any:
        """Roll back, then let the handlers answer."""
        _finish(succeeded=False)
        return super().handle_user_exception(e)

    def log_exception(self, exc_info: Any) -> None:
        """Log what not even the error handlers could answer, without the address: it may hold a token."""
        log.error("unexpected error at %s", request.endpoint, exc_info=exc_info)


def afterwards(action: Callable[[Session], None]) -> None:
    """Run `action` in a short transaction of its own once the request's is over, whatever became of it.

    For what must survive a refusal or a GET: failed sign-ins, refused access, the opening of
    a file, the use of a session.
    """
    g.setdefault("afterwards", []).append(action)


def _finish(*, succeeded: bool) -> None:
    if succeeded and request.method not in _SAFE_METHODS:
        db.session.commit()
    else:
        db.session.close()  # Unlike a rollback it does not go through everything that was read.
        for staged in g.pop("staged_files", []):
            storage.discard(staged)
    g.pop("staged_files", None)
    begin_as_writer(False)
    if actions := g.pop("afterwards", []):
        with separate_transaction() as session:
            for action in actions:
                action(session)


@event.listens_for(Session, "before_flush")
def _refuse_to_change_while_reading(_session: Session, *_rest: Any) -> None:
    if has_request_context() and not is_writing():
        raise RuntimeError(f"{request.method} at {request.endpoint} changes something that nothing would undo.")


def is_htmx() -> bool:
    """Whether htmx asks, so that a partial update is enough."""
    return request.headers.get("HX-Request") == "true"


def set_private(response: Response) -> Response:
    """Keep a personal page out of shared caches."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
