"""What is studied where: versions of the curriculum, with each party's own credits, grades and share."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.core.db import Base, PrimaryKey, Versioned
from lms.institutions.models import Institution
from lms.programmes.models.programmes import Programme


class ScaleVersion(Base):
    """A grade scale as it was on a day, kept for ever: whatever was graded on it reads its meaning here.

    Without an institution it is one that the platform ships; `definition` is read by `recognition.scale_from`.
    """

    __tablename__ = "scale_version"
    __table_args__ = (
        Index("uq_scale_version", "code", "valid_from", "institution_id", unique=True),
        Index(
            "uq_scale_version_shipped",
            "code",
            "valid_from",
            unique=True,
            sqlite_where=text("institution_id is null"),
            postgresql_where=text("institution_id is null"),
        ),
        CheckConstraint("source <> ''", name="has_source"),
    )

    id: Mapped[PrimaryKey]
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str]
    name_zh: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    definition: Mapped[dict[str, Any]]
    source: Mapped[str]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class Curriculum(Versioned, Base):
    """One version of what is studied. Only a draft changes; students keep the version with which they began.

    Requirements count in `credit_system`, onto which each party's own credits are converted. `double_limit` is how
    many of them may count at two parties at once. Grades are shown on `scale` beside the original (None: not at all).
    """

    __tablename__ = "curriculum"
    __table_args__ = (
        CheckConstraint("semesters between 1 and 20", name="semesters_in_range"),
        CheckConstraint("credits_required > 0", name="requires_credits"),
        CheckConstraint("double_limit >= 0", name="double_limit_from_zero"),
        CheckConstraint("state not in ('confirmed', 'replaced') or confirmed_at is not null", name="confirmed_when"),
        Index("uq_curriculum_number", "programme_id", "number", unique=True),
        Index(
            "uq_curriculum_confirmed",
            "programme_id",
            unique=True,
            sqlite_where=text("state = 'confirmed'"),
            postgresql_where=text("state = 'confirmed'"),
        ),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str]
    credit_system: Mapped[str] = mapped_column(String(20))
    credits_required: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    semesters: Mapped[int] = mapped_column(Integer)
    double_limit: Mapped[Decimal] = mapped_column(Numeric(7, 2), default=Decimal(0))
    scale_id: Mapped[int | None] = mapped_column(ForeignKey("scale_version.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    programme: Mapped[Programme] = relationship(lazy="raise")
    scale: Mapped[ScaleVersion | None] = relationship(lazy="raise")
    parties: Mapped[list["CurriculumParty"]] = relationship(
        lazy="raise", order_by="CurriculumParty.position", back_populates="curriculum"
    )
    modules: Mapped[list["Module"]] = relationship(
        lazy="raise", order_by="(Module.semester, Module.code, Module.id)", back_populates="curriculum"
    )


class CurriculumParty(Versioned, Base):
    """How one party counts and grades, the least that is studied there, and its word on this version.

    `factor` (a fraction such as 5/3) turns its credits into the curriculum's, rounded to `rounding_step`. Its grades
    become the curriculum's by `method`; `pairs` is the table that the parties agreed on, where that is the method.
    """

    __tablename__ = "curriculum_party"
    __table_args__ = (
        CheckConstraint("least_credits >= 0", name="least_from_zero"),
        CheckConstraint("rounding_step > 0", name="rounds_to_something"),
        CheckConstraint("confirmed_at is null or signed_name <> ''", name="signed_when"),
        Index("uq_curriculum_party", "curriculum_id", "institution_id", unique=True),
    )

    id: Mapped[PrimaryKey]
    curriculum_id: Mapped[int] = mapped_column(ForeignKey("curriculum.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    credit_system: Mapped[str] = mapped_column(String(20))
    factor: Mapped[str] = mapped_column(String(20))
    factor_source: Mapped[str]
    rounding_step: Mapped[Decimal] = mapped_column(Numeric(4, 2), default=Decimal("0.01"))
    least_credits: Mapped[Decimal] = mapped_column(Numeric(7, 2), default=Decimal(0))
    scale_id: Mapped[int | None] = mapped_column(ForeignKey("scale_version.id"))
    method: Mapped[str] = mapped_column(String(20), default="none")
    pairs: Mapped[list[Any]] = mapped_column(default=list)
    signed_name: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    curriculum: Mapped[Curriculum] = relationship(lazy="raise", back_populates="parties")
    institution: Mapped[Institution] = relationship(lazy="raise")
    scale: Mapped[ScaleVersion | None] = relationship(lazy="raise")


class Module(Versioned, Base):
    """A module of one party, in that party's own credits, as a rule in `semester`.

    `stands_for` is a module of another party that it is equivalent to: taken here it counts there too.
    """

    __tablename__ = "curriculum_module"
    __table_args__ = (
        CheckConstraint("credits > 0", name="has_credits"),
        CheckConstraint("semester between 1 and 20", name="semester_in_range"),
        CheckConstraint("stands_for_id is null or stands_for_id <> id", name="stands_for_another"),
        Index("uq_curriculum_module_code", "curriculum_id", "institution_id", "code", unique=True),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    curriculum_id: Mapped[int] = mapped_column(ForeignKey("curriculum.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    title_en: Mapped[str]
    title_zh: Mapped[str] = mapped_column(default="")
    credits: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    semester: Mapped[int] = mapped_column(Integer)
    is_compulsory: Mapped[bool] = mapped_column(default=True)
    is_thesis: Mapped[bool] = mapped_column(default=False)
    examiner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    stands_for_id: Mapped[int | None] = mapped_column(ForeignKey("curriculum_module.id"))
    curriculum: Mapped[Curriculum] = relationship(lazy="raise", back_populates="modules")
    institution: Mapped[Institution] = relationship(lazy="raise")
    examiner: Mapped[Person | None] = relationship(lazy="raise")
    stands_for: Mapped["Module | None"] = relationship(lazy="raise", remote_side="Module.id")
