"""Files that people hand in: streamed, bounded, recognised by content, checksummed.

Bytes go to a backend (`backend`), their description is a row (`models`). `stage` runs before
the write transaction, `attach` inside it; what is staged and never attached, or whose row is
gone, is swept away later. `serving` (the only part that knows HTTP) is imported by views alone.
"""

from lms.core.storage.backend import configure, is_ready
from lms.core.storage.models import FileOpening, StoredFile
from lms.core.storage.queries import by_ref, openings_of
from lms.core.storage.services import (
    StagedFile,
    attach,
    discard,
    keep_made,
    open_content,
    record_opening,
    remove,
    stage,
    sweep_orphans,
)

__all__ = [
    "FileOpening",
    "StagedFile",
    "StoredFile",
    "attach",
    "by_ref",
    "configure",
    "discard",
    "is_ready",
    "keep_made",
    "open_content",
    "openings_of",
    "record_opening",
    "remove",
    "stage",
    "sweep_orphans",
]
