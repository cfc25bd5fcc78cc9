"""What was certified, to whom, by whom, and whether it still holds."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.core.db import Base, PrimaryKey, Versioned
from lms.core.storage.models import StoredFile


class Credential(Versioned, Base):
    """A certificate, from the moment it was earned.

    `claim` is what shall be certified, without the holder's names. When it is issued, claim and names
    become `content`: canonical JSON whose bytes `signature` (Ed25519, base64) covers. What anybody is
    shown of an issued credential is read from `content` alone.
    """

    __tablename__ = "credential"
    __table_args__ = (
        CheckConstraint(
            "state = 'held' or (content <> '' and signature <> '' and issued_at is not null)",
            name="issued_is_signed",
        ),
        CheckConstraint(
            "state not in ('revoked', 'replaced') or (ended_at is not null and ended_reason <> '')",
            name="ended_has_reason",
        ),
        Index("ix_credential_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(14), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    issuer_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    claim: Mapped[dict[str, Any]]
    content: Mapped[str] = mapped_column(default="")
    signature: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("credential.id"), unique=True)
    pdf_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), unique=True)

    person: Mapped[Person] = relationship(lazy="raise")
    pdf: Mapped[StoredFile | None] = relationship(lazy="raise")
    replaces: Mapped["Credential | None"] = relationship(
        lazy="raise", remote_side="Credential.id", back_populates="replaced_by"
    )
    replaced_by: Mapped["Credential | None"] = relationship(lazy="raise", back_populates="replaces")
