"""Reading the documents of an application."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.applications.models import ApplicationDocument
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.storage import StoredFile


def documents_of(application_id: int) -> Sequence[ApplicationDocument]:
    """The documents that count, with their files; replaced ones are kept but left out."""
    return db.session.scalars(
        select(ApplicationDocument)
        .where(ApplicationDocument.application_id == application_id, ApplicationDocument.replaced_at.is_(None))
        .options(joinedload(ApplicationDocument.file))
        .order_by(ApplicationDocument.kind, ApplicationDocument.id)
    ).all()


def document_file(application_id: int, file_ref: str) -> StoredFile:
    """The file of one of an application's documents, replaced ones included. Raises NotFound."""
    document = db.session.scalars(
        select(ApplicationDocument)
        .join(ApplicationDocument.file)
        .where(ApplicationDocument.application_id == application_id, StoredFile.ref == file_ref)
        .options(joinedload(ApplicationDocument.file))
    ).one_or_none()
    if document is None:
        raise NotFound
    return document.file
