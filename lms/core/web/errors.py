"""Errors mapped to pages, once. A page says what happened and what to do next."""

import logging
from datetime import UTC, datetime

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from lms.core import trace
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import AppError, Refused, SignInNeeded, TooManyRequests
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l

log = logging.getLogger(__name__)

# PostgreSQL's serialization_failure and deadlock_detected (its documentation, appendix A).
_LOST_RACES = frozenset({"40001", "40P01"})
_LONG = 60  # letters; shorter answers are typed again sooner than copied
_PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503})


def error_page(status: int, reasons: list[Text] | None = None) -> Response:
    """The page for a status; never fails, because for a failing server it asks nothing of the database."""
    if status >= 500:
        g.actor = Actor(now=datetime.now(UTC))
    page = status if status in _PAGES else (400 if status < 500 else 500)
    values = {"reasons": reasons or [], "status": status, "typed": g.pop("typed", []), "request_id": trace.current_id()}
    response = make_response(render_template(f"errors/{page}.html", **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _app_error(error: AppError) -> Response:
    reasons = error.reasons if isinstance(error, Refused) else [error.message] if error.message else []
    response = error_page(error.status, reasons)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _long_texts() -> list[tuple[Text, str]]:
    """What somebody spent time on in the form that was sent, to be copied from the page that refuses it."""
    sent = [(name, text) for name, texts in request.form.lists() for text in texts]
    texts = [text for name, text in sent if len(text) >= _LONG and name != "csrf_token" and "password" not in name]
    return [(_l("Text %(number)d", number=number), text) for number, text in enumerate(texts, start=1)]


def _sign_in(_error: SignInNeeded) -> Response:
    if request.method == "POST" and (texts := _long_texts()):
        g.typed = texts
        return error_page(401)
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return make_response(redirect(url_for("accounts.sign_in", next=target), 302 if request.method == "GET" else 303))


def _page_too_old(_error: CSRFError) -> Response:
    g.typed = _long_texts()
    return error_page(400, [_l("The page was open for too long. Go back, reload it and send it again.")])


def _conflict(error: Exception) -> Response:
    log.warning("write conflict: %s", type(error).__name__)
    return error_page(409, [_l("Somebody else saved the same thing at the same time. Reload the page and try again.")])


def _database_away(error: OperationalError) -> Response:
    if getattr(error.orig, "sqlstate", None) in _LOST_RACES:
        return _conflict(error)
    log.error("database unavailable", exc_info=error)
    return error_page(503)


def _unexpected(_error: Exception) -> Response:
    log.exception("unexpected error at %s", request.endpoint)
    db.session.rollback()
    return error_page(500)


def init_errors(app: Flask) -> None:
    """Register the mapping."""
    app.register_error_handler(SignInNeeded, _sign_in)
    app.register_error_handler(AppError, _app_error)
    app.register_error_handler(StaleDataError, _conflict)
    app.register_error_handler(IntegrityError, _conflict)
    # Numbers, dates and characters beyond what a column or a calendar can hold.
    for beyond in (DataError, OverflowError, UnicodeEncodeError):
        app.register_error_handler(beyond, lambda _error: error_page(400))
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(
        CSRFError,
        _page_too_old,
    )
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _read_to_the_end() -> None:
    """Take in a body that is too large, within reason: browsers show no answer before they have sent it."""
    declared, allowed = request.content_length or 0, request.max_content_length or 0
    left = min(declared, 4 * allowed) if declared > allowed else 0
    while left > 0 and (chunk := request.environ["wsgi.input"].read(min(left, 65_536))):
        left -= len(chunk)


def _http_error(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):  # No page: for a foreign host we know no addresses to link to.
        return Response("This server does not answer for that host name.\n", 400, mimetype="text/plain")
    if error.response is not None:
        return make_response(error.response)
    if error.code is not None and 300 <= error.code < 400:
        return make_response(error.get_response())
    if error.code == 413:
        _read_to_the_end()
    response = error_page(error.code or 500)
    response.headers.extend(header for header in error.get_headers() if header[0] != "Content-Type")
    return response
