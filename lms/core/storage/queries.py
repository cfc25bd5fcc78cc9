"""Reading what is known about files. Whether the actor may see one is asked by the package that owns it."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.paging import PAGE_SIZE, Key, Page, paginate
from lms.core.storage.models import FileOpening, StoredFile


def by_ref(ref: str) -> StoredFile:
    """The file with this reference. Raises NotFound."""
    file = db.session.scalars(select(StoredFile).where(StoredFile.ref == ref)).one_or_none()
    if file is None:
        raise NotFound
    return file


def openings_of(owner_id: int, *, cursor: str = "", size: int = PAGE_SIZE) -> Page[FileOpening]:
    """A page of who opened this person's files, newest first, each with its file loaded."""
    query = (
        select(FileOpening)
        .join(FileOpening.file)
        .options(joinedload(FileOpening.file))
        .where(StoredFile.owner_id == owner_id)
    )
    return paginate(query, [Key(FileOpening.id, descending=True)], cursor=cursor, size=size)
