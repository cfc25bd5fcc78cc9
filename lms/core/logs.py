"""Logs as lines of JSON with the request's id, and never with personal data.

What is logged are events, endpoints, ids and error types; addresses with tokens in them,
form values and mail texts are not. In production each request is one line, which stands in for
the access log of a server: such a log would hold the tokens of mailed links.
"""

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request

from lms.core import trace

# What a proxy in front calls the request; our answers carry it back.
ID_HEADER = "X-Request-ID"
_QUIET = frozenset({"static", "core.healthz", "core.readyz"})
log = logging.getLogger("lms.request")


class JsonLines(logging.Formatter):
    """One JSON object a line.

    Of an error: its calls and types. What it says only if `with_texts`, for those who develop: a
    database's or a mail server's words quote the values they refuse. For the same reason the words of
    libraries are kept without what they put into them, but for numbers.
    """

    def __init__(self, *, with_texts: bool) -> None:
        super().__init__()
        self._with_texts = with_texts

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._message(record),
        }
        if request_id := trace.current_id():
            line["request"] = request_id
        if has_request_context():
            line["endpoint"] = request.endpoint or ""
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)

    def _message(self, record: logging.LogRecord) -> str:
        if self._with_texts or record.name.split(".")[0] == "lms":
            return record.getMessage()
        arguments = record.args if isinstance(record.args, tuple) else ()
        try:
            return str(record.msg) % tuple(one if isinstance(one, int | float) else "…" for one in arguments)
        except (TypeError, ValueError):
            return str(record.msg)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name that logging calls
        """The error and those that led to it."""
        if self._with_texts:
            return super().formatException(ei)
        error, lines = ei[1], []
        while error is not None:
            lines += [type(error).__name__, *traceback.format_tb(error.__traceback__)]
            error = error.__cause__ or error.__context__
        return "\n".join(line.rstrip() for line in lines)


def configuration(*, with_texts: bool) -> dict[str, Any]:
    """How a whole process logs, for `logging.config.dictConfig`: everything as our lines on standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": JsonLines, "with_texts": with_texts}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {"lms": {"level": "INFO"}},
    }


def init_logs(app: Flask) -> None:
    """Send the platform's logs to standard error, and give each request an id.

    In production the words of every library go the same way, and each request is noted.
    """
    is_production = app.config["NAME"] == "production"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(with_texts=not is_production))
    logger = logging.getLogger("lms")
    logger.handlers, logger.propagate = [handler], app.testing
    logger.setLevel(logging.INFO)
    if is_production:
        logging.getLogger().handlers = [handler]
        logging.captureWarnings(True)

    @app.after_request
    def tell_id(response: Response) -> Response:
        response.headers[ID_HEADER] = trace.current_id()
        if is_production and request.endpoint not in _QUIET:
            milliseconds = round((time.perf_counter() - g.began) * 1000)
            facts = {"method": request.method, "status": response.status_code, "ms": milliseconds}
            log.info("answered", extra={"facts": facts})
        return response

    del tell_id


def begin_request() -> None:
    """Give the request its id and start its clock, before anything of it is read."""
    g.began = time.perf_counter()
    proxied = current_app.config["TRUSTED_PROXIES"] > 0
    trace.begin(request.headers.get(ID_HEADER) if proxied else None)
