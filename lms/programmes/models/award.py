"""The award of the degree: proposed, concurred in by every party, conferred and certified."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.core.db import Base, PrimaryKey, Versioned
from lms.institutions.models import Institution
from lms.programmes.models.study import Student


class Award(Versioned, Base):
    """The award to one student under an agreement: `kind` is one degree of all parties (joint) or one of each."""

    __tablename__ = "award"
    __table_args__ = (
        CheckConstraint("kind in ('joint', 'double')", name="known_kind"),
        CheckConstraint("state <> 'conferred' or conferred_at is not null", name="conferred_when"),
        CheckConstraint("state <> 'refused' or reason <> ''", name="refusal_has_reason"),
        Index(
            "uq_award_live",
            "student_id",
            unique=True,
            sqlite_where=text("state <> 'refused'"),
            postgresql_where=text("state <> 'refused'"),
        ),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"))
    kind: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    conferred_at: Mapped[datetime | None]
    student: Mapped[Student] = relationship(lazy="raise")
    concurrences: Mapped[list["AwardConcurrence"]] = relationship(
        lazy="raise", order_by="AwardConcurrence.id", back_populates="award"
    )


class AwardConcurrence(Base):
    """The word of one party on an award: who gave it in whose name, and when."""

    __tablename__ = "award_concurrence"
    __table_args__ = (
        CheckConstraint("concurred_at is null or signed_name <> ''", name="signed_when"),
        Index("uq_award_concurrence", "award_id", "institution_id", unique=True),
    )

    id: Mapped[PrimaryKey]
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    degree_en: Mapped[str]
    degree_zh: Mapped[str] = mapped_column(default="")
    signed_name: Mapped[str] = mapped_column(String(200), default="")
    concurred_at: Mapped[datetime | None]
    concurred_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    award: Mapped[Award] = relationship(lazy="raise", back_populates="concurrences")
    institution: Mapped[Institution] = relationship(lazy="raise")
    concurred_by: Mapped[Person | None] = relationship(lazy="raise")
