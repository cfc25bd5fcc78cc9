"""Security headers on every answer, and addresses of static files that change with their content."""

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def init_headers(app: Flask) -> None:
    """Put the headers on every answer."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", _POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if request.endpoint != "static":
            # A page shows one person's view of things: nothing may keep it for another.
            headers.setdefault("Cache-Control", "private, no-cache")
            headers.add("Vary", "Cookie")
        if request.is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    del add_headers


@lru_cache(maxsize=256)
def _address(_root: str, name: str, path: str, _changed: float) -> str:
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]
    return url_for("static", filename=name, v=digest)


def asset(name: str) -> str:
    """The address of a static file, with the hash of its content, so that browsers may keep it for a year."""
    path = f"{current_app.static_folder}/{name}"
    return _address(request.script_root, name, path, os.stat(path).st_mtime)  # noqa: PTH116 - asked for on every page
