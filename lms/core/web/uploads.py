"""Files that come with a form: stored before the transaction that writes, reported beside their field."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from flask import g, request

from lms.core import storage
from lms.core.errors import Invalid, TooLarge
from lms.core.i18n import Text, lazy_ngettext

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
                staged = storage.stage(
                    cast("BinaryIO", file.stream),
                    file.filename or "",
                    kinds=upload.kinds,
                    max_bytes=upload.max_bytes,
                )
            except (Invalid, TooLarge) as error:
                result.errors.append(error.message)
            else:
                result.staged.append(staged)
                g.staged_files.append(staged)


def received(name: str) -> Received:
    """What came in the file field with this name."""
    return g.get("received", {}).get(name, Received())
