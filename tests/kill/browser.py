"""The least of a browser: cookies, forms with their hidden fields, and no redirects."""

import http.client
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode


class Away(Exception):
    """The server did not answer, or not to the end."""


class _Forms(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.fields = action, False, {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.inside = values.get("action") == self.action
        elif self.inside and tag == "input" and values.get("type") in {"hidden", "text"} and values.get("name"):
            self.fields[values["name"]] = values.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def form_fields(html: str, action: str) -> dict[str, Any]:
    """The hidden fields of the form that is sent to `action`; empty when the page has none."""
    parser = _Forms(action)
    parser.feed(html)
    return parser.fields


class Browser:
    """A signed-in browser on one keep-alive connection."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookies = port, {"lms": cookie}
        self.connection: http.client.HTTPConnection | None = None

    def open(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, location and text of an answer. Raises Away."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(fields)
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Away(type(error).__name__) from error
        for header in response.headers.get_all("Set-Cookie") or []:
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response.status, response.headers.get("Location", ""), text

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
