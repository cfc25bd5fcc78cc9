"""Grades as each party gave them, kept for ever, and beside them what they were converted into."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.core.db import Base, PrimaryKey, Versioned
from lms.institutions.models import Institution
from lms.programmes.models.curriculum import ScaleVersion
from lms.programmes.models.programmes import Programme
from lms.programmes.models.study import PlanItem


class GradeSheet(Versioned, Base):
    """The grades of one semester at one party, for those who began on the same day. `due_on`: when they are wanted."""

    __tablename__ = "grade_sheet"
    __table_args__ = (
        Index("uq_grade_sheet", "programme_id", "institution_id", "started_on", "semester", unique=True),
        Index("ix_grade_sheet_party", "institution_id", "due_on", "id"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    started_on: Mapped[date]
    semester: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date]
    state: Mapped[str]
    programme: Mapped[Programme] = relationship(lazy="raise")
    institution: Mapped[Institution] = relationship(lazy="raise")


class GradeEntry(Base):
    """A grade as it was given, on the scale of that day. A correction is another row; nothing is overwritten.

    Of each module that a student takes one row holds (confirmed, not replaced), and one may wait to be confirmed.
    """

    __tablename__ = "grade_entry"
    __table_args__ = (
        CheckConstraint("replaced_at is null or confirmed_at is not null", name="only_what_held_is_replaced"),
        Index(
            "uq_grade_entry_open",
            "plan_item_id",
            unique=True,
            sqlite_where=text("confirmed_at is null"),
            postgresql_where=text("confirmed_at is null"),
        ),
        Index(
            "uq_grade_entry_holding",
            "plan_item_id",
            unique=True,
            sqlite_where=text("confirmed_at is not null and replaced_at is null"),
            postgresql_where=text("confirmed_at is not null and replaced_at is null"),
        ),
    )

    id: Mapped[PrimaryKey]
    plan_item_id: Mapped[int] = mapped_column(ForeignKey("plan_item.id"), index=True)
    text: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(12))
    scale_id: Mapped[int] = mapped_column(ForeignKey("scale_version.id"))
    reason: Mapped[str] = mapped_column(default="")
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    replaced_at: Mapped[datetime | None]
    plan_item: Mapped[PlanItem] = relationship(lazy="raise")
    scale: Mapped[ScaleVersion] = relationship(lazy="raise")
    entered_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[entered_by_id])
    confirmed_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[confirmed_by_id])
    conversions: Mapped[list["GradeConversion"]] = relationship(
        lazy="raise", order_by="GradeConversion.id", back_populates="entry"
    )


class GradeConversion(Base):
    """What a grade became on another scale: by which method, on which basis, decided by whom and when.

    `decided_by` None means that the parties did, by confirming the curriculum. A later decision is another row.
    """

    __tablename__ = "grade_conversion"
    __table_args__ = (
        Index(
            "uq_grade_conversion_holding",
            "entry_id",
            unique=True,
            sqlite_where=text("replaced_at is null"),
            postgresql_where=text("replaced_at is null"),
        ),
    )

    id: Mapped[PrimaryKey]
    entry_id: Mapped[int] = mapped_column(ForeignKey("grade_entry.id"), index=True)
    scale_id: Mapped[int] = mapped_column(ForeignKey("scale_version.id"))
    value: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(20))
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    basis: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    replaced_at: Mapped[datetime | None]
    entry: Mapped[GradeEntry] = relationship(lazy="raise", back_populates="conversions")
    scale: Mapped[ScaleVersion] = relationship(lazy="raise")
    decided_by: Mapped[Person | None] = relationship(lazy="raise")
