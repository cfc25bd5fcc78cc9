"""Logs as lines of JSON with the request's id, and never with personal data.

What is logged are events, endpoints, ids and error types; addresses with tokens in them,
form values and mail texts are not.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, has_request_context, request

from lms.core.ids import new_ref


class JsonLines(logging.Formatter):
    """One JSON object a line.

    Of an error: its calls and types. What it says only if `with_texts`, for those who develop: a
    database's or a mail server's words quote the values they refuse.
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
            "message": record.getMessage(),
        }
        if has_request_context():
            line["request"] = g.get("request_id", "")
            line["endpoint"] = request.endpoint or ""
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name that logging calls
        """The error and those that led to it."""
        if self._with_texts:
            return super().formatException(ei)
        error, lines = ei[1], []
        while error is not None:
            lines += [type(error).__name__, *traceback.format_tb(error.__traceback__)]
            error = error.__cause__ or error.__context__
        return "\n".join(line.rstrip() for line in lines)


def init_logs(app: Flask) -> None:
    """Send the platform's logs to standard error, and give each request an id."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(with_texts=app.config["NAME"] != "production"))
    logger = logging.getLogger("lms")
    logger.handlers, logger.propagate = [handler], app.testing
    logger.setLevel(logging.INFO)

    @app.before_request
    def give_id() -> None:
        g.request_id = new_ref()

    del give_id
