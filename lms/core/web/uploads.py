"""Files that come with a form: stored before the transaction that writes, reported beside their field."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import BinaryIO, cast

from flask import current_app, g, request

from lms.core import storage
from lms.core.errors import Invalid, TooLarge, TooManyRequests
from lms.core.i18n import Text, lazy_ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.web.identity import current_actor
from lms.core.web.limits import client_address, hit

DOCUMENTS = frozenset({"pdf", "png", "jpeg", "webp", "docx"})
PICTURES = frozenset({"png", "jpeg", "webp"})
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """What a view accepts in one file field. `max_bytes` bounds each file, `max_files` their number."""

    field: str
    kinds: frozenset[str] = DOCUMENTS
    max_bytes: int = 20 * MEGABYTE
    max_files: int = 1


@dataclass
class Received:
    """What came in one field: the stored files, and what was wrong with the others."""

    staged: list[storage.StagedFile] = field(default_factory=list)
    errors: list[Text] = field(default_factory=list)


def stage_uploads(uploads: Sequence[Upload]) -> None:
    """Store the request's files and remember them for the form (see `received`)."""
    g.received = {}
    g.staged_files = []
    for upload in uploads:
        result = g.received.setdefault(upload.field, Received())
        files = [file for file in request.files.getlist(upload.field) if file.filename]
        if len(files) > upload.max_files:
            message = lazy_ngettext("Choose one file only.", "Choose at most %(num)d files.", upload.max_files)
            result.errors.append(message)
            continue
        for file in files:
            try:
                _count("files", current_app.config["UPLOADS_PER_DAY"])
                staged = storage.stage(
                    cast("BinaryIO", file.stream),
                    file.filename or "",
                    kinds=upload.kinds,
                    max_bytes=upload.max_bytes,
                )
                g.staged_files.append(staged)
                _count("megabytes", current_app.config["UPLOAD_MB_PER_DAY"], by=-(-staged.size // MEGABYTE))
            except (Invalid, TooLarge) as error:
                result.errors.append(error.message)
            except TooManyRequests:
                result.errors.append(_l("You have uploaded as much as one may in a day. Go on tomorrow."))
            else:
                result.staged.append(staged)


def _count(what: str, limit: int, by: int = 1) -> None:
    """Bound what one person, or one visitor's address, uploads in a day, whether or not it is kept."""
    actor = current_actor()
    hit(actor, f"upload-{what}:{actor.person_id or client_address()}", limit=limit, per=timedelta(days=1), by=by)


def received(name: str) -> Received:
    """What came in the file field with this name."""
    return g.get("received", {}).get(name, Received())
