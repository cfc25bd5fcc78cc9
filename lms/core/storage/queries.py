"""Reading what is known about files. Whether the actor may see one is asked by the package that owns it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.storage.models import FileOpening, StoredFile


def by_ref(ref: str) -> StoredFile:
    """The file with this reference. Raises NotFound."""
    file = db.session.scalars(select(StoredFile).where(StoredFile.ref == ref)).one_or_none()
    if file is None:
        raise NotFound
    return file


def openings_of(owner_id: int, *, before: int | None = None, limit: int = 50) -> Sequence[FileOpening]:
    """Who opened this person's files, newest first, with the file loaded.

    The next page starts `before` the id of the last row of this one.
    """
    query = (
        select(FileOpening)
        .join(FileOpening.file)
        .options(joinedload(FileOpening.file))
        .where(StoredFile.owner_id == owner_id)
        .order_by(FileOpening.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(FileOpening.id < before)
    return db.session.scalars(query).all()
