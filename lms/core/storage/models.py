"""What is known about a stored file, and who opened it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base, PrimaryKey


class StoredFile(Base):
    """A file that was accepted. `size` is in bytes, `sha256` in hex; `filename` is for display only."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size > 0", name="not_empty"),)

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    filename: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(40))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    is_personal: Mapped[bool]
    created_at: Mapped[datetime]


class FileOpening(Base):
    """One opening of a personal file, kept for its owner. No `opener_id`: a link without an account."""

    __tablename__ = "file_opening"

    id: Mapped[PrimaryKey]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id", ondelete="CASCADE"), index=True)
    opener_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    country: Mapped[str | None] = mapped_column(String(2))
    at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship(lazy="raise")
