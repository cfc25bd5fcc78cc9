"""Handing a stored file to a browser. The caller has asked whether the actor may see it."""

from flask import Response, request, send_file

from lms.core.errors import NotFound
from lms.core.storage import backend
from lms.core.storage.kinds import BY_MEDIA_TYPE
from lms.core.storage.models import StoredFile

_UNKNOWN = "application/octet-stream"


def send(stored: StoredFile, *, inline: bool = False) -> Response:
    """The file as a response: resumable, revalidated by its checksum, and unable to run anything.

    `inline` shows it in the browser if its kind allows that (PDF, pictures); else it is downloaded.
    Raises NotFound if the bytes are gone.
    """
    try:
        content = backend.current().open(stored.key)
    except FileNotFoundError as error:
        raise NotFound from error
    kind = BY_MEDIA_TYPE.get(stored.media_type)
    shown = inline and kind is not None and kind.may_show_inline
    media_type = kind.media_type if kind else _UNKNOWN
    response = send_file(
        content,
        mimetype=media_type,
        as_attachment=not shown,
        download_name=stored.filename,
        conditional=False,
        etag=stored.sha256,
    )
    response.headers.update(_headers(stored, media_type, shown))
    response.content_length = stored.size
    # Only now is the length known, without which no part of the file could be asked for.
    response.make_conditional(request.environ, accept_ranges=True, complete_length=stored.size)
    return response


def _headers(stored: StoredFile, media_type: str, shown: bool) -> dict[str, str]:
    # Browsers refuse to show a sandboxed PDF; it has no script of ours to run and no source to load from.
    sandbox = "" if shown and media_type == "application/pdf" else "sandbox; "
    return {
        "Content-Type": media_type,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": f"{sandbox}default-src 'none'; frame-ancestors 'self'",
        "Cache-Control": "private, no-store" if stored.is_personal else "private, max-age=86400, immutable",
    }
