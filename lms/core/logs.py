"""Logs as lines of JSON with the request's id, and never with personal data.

What is logged are events, endpoints, ids and error types; addresses with tokens in them,
form values and mail texts are not.
"""

import json
import logging
import sys
from datetime import UTC, datetime

from flask import Flask, g, has_request_context, request

from lms.core.ids import new_ref


class JsonLines(logging.Formatter):
    """One JSON object a line."""

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


def init_logs(app: Flask) -> None:
    """Send the platform's logs to standard error, and give each request an id."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("lms")
    logger.handlers, logger.propagate = [handler], app.testing
    logger.setLevel(logging.INFO)

    @app.before_request
    def give_id() -> None:
        g.request_id = new_ref()

    del give_id
