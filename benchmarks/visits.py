"""Requests as a browser makes them, straight to the WSGI application: what is measured is our work alone."""

import gzip
import itertools
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from sqlalchemy import Connection, Engine, event
from werkzeug.test import EnvironBuilder

_ASSET = re.compile(r"<(?:link[^>]+href|script[^>]+src|img[^>]+src)=\"([^\"]+)\"")
_RESOURCE_LINK = re.compile(r'<link[^>]+rel="(?:icon|stylesheet|manifest|preload)"[^>]*>')
_NOT_STATEMENTS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "PRAGMA")


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The first header with this name, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def text(self) -> str:
        """The page as text."""
        match self.header("content-encoding"):
            case "gzip":
                return gzip.decompress(self.body).decode()
            case "deflate":
                return zlib.decompress(self.body).decode()
        return self.body.decode()


@dataclass
class Visitor:
    """Somebody's browser on an application."""

    app: Any
    base_url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def environ(self, method: str, path: str, fields: dict[str, str] | None = None) -> dict[str, Any]:
        """What the server hands over for this request."""
        headers = {
            "Accept-Encoding": "gzip, deflate",  # what every browser offers on any connection
            "Accept": "text/html",
            "Accept-Language": "en",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        data = urlencode(fields).encode() if fields is not None else None
        kind = "application/x-www-form-urlencoded" if fields is not None else None
        parts = urlsplit(path)
        builder = EnvironBuilder(
            path=parts.path,
            query_string=parts.query,
            base_url=self.base_url,
            method=method,
            headers=headers,
            data=data,
            content_type=kind,
            environ_overrides={"REMOTE_ADDR": "127.0.0.1"},
        )
        return builder.get_environ()

    def send(self, environ: dict[str, Any]) -> Answer:
        """Answer one prepared request, to its last byte."""
        got: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _info: Any = None) -> Any:
            got[:] = [status, headers]
            return lambda _data: None

        chunks = self.app(environ, start_response)
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        return Answer(int(got[0].split()[0]), got[1], body)

    def open(self, method: str, path: str, fields: dict[str, str] | None = None) -> Answer:
        """One request, keeping the cookies that it sets."""
        request = self.environ(method, path, fields)
        answer = self.send(again(request, request["wsgi.input"].read()))
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                key, _, content = value.partition(";")[0].partition("=")
                self.cookies[key] = content
        return answer


_addresses = itertools.count(1)


def again(environ: dict[str, Any], body: bytes = b"") -> dict[str, Any]:
    """A prepared request once more, with a body that can be read anew, from an address of its own (rate limits)."""
    number = next(_addresses)
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return {**environ, "wsgi.input": BytesIO(body), "REMOTE_ADDR": address}


def assets(html: str, page: str) -> list[str]:
    """Addresses on this site that a browser fetches for a page: styles, scripts, icons, pictures."""
    links = set(_RESOURCE_LINK.findall(html))
    found: list[str] = []
    for match in _ASSET.finditer(html):
        tag = match[0]
        if tag.startswith("<link") and not any(link.startswith(tag) for link in links):
            continue
        target = urljoin(page, match[1].replace("&amp;", "&"))
        if not target.startswith(("data:", "http")) and target not in found:
            found.append(target)
    return found


@contextmanager
def counted(engine: Engine | Connection) -> Iterator[list[str]]:
    """Collect the SQL statements sent in this block, but for the brackets of transactions."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.upper().startswith(_NOT_STATEMENTS):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
