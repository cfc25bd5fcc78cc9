"""Records that people share by a link, and when the links were opened."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base, PrimaryKey


class RecordShare(Base):
    """A link under which strangers read a part of a person's record until `expires_at`.

    Only the digest of its secret is kept. `entries` are the keys of what is shown (`RecordEntry.key`): nothing
    that comes later. `note` is the person's own, to tell their links apart.
    """

    __tablename__ = "record_share"
    __table_args__ = (CheckConstraint("created_at < expires_at", name="ends_after_start"),)

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    note: Mapped[str] = mapped_column(default="")
    entries: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    openings: Mapped[list["RecordOpening"]] = relationship(lazy="raise", order_by="RecordOpening.id.desc()")

    def is_open(self, now: datetime) -> bool:
        """Whether the link still leads somewhere."""
        return self.revoked_at is None and now < self.expires_at


class RecordOpening(Base):
    """A link was opened. By whom cannot be known: whoever has the link needs no account."""

    __tablename__ = "record_opening"
    __table_args__ = (Index("ix_record_opening_share", "share_id", "at"),)

    id: Mapped[PrimaryKey]
    share_id: Mapped[int] = mapped_column(ForeignKey("record_share.id", ondelete="CASCADE"))
    at: Mapped[datetime]
