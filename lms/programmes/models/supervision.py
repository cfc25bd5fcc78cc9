"""Supervisors of students in a joint programme: who offers to, who wants whom, and who supervises whom."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.core.db import Base, PrimaryKey, Versioned
from lms.institutions.models import Institution
from lms.programmes.models.programmes import Programme
from lms.programmes.models.study import Student


class Supervisor(Versioned, Base):
    """Somebody whom a party offers to supervise up to `capacity` students at a time; `fields` are codes."""

    __tablename__ = "supervisor"
    __table_args__ = (
        CheckConstraint("capacity between 0 and 20", name="capacity_in_range"),
        Index("uq_supervisor_person", "programme_id", "person_id", unique=True),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    capacity: Mapped[int] = mapped_column(Integer)
    fields: Mapped[list[str]]
    offered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    offered_at: Mapped[datetime]
    programme: Mapped[Programme] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    institution: Mapped[Institution] = relationship(lazy="raise")


class SupervisionRound(Versioned, Base):
    """One matching of students without a supervisor: wishes of both sides, then a run of the allocation.

    `instance` and `result` are the files from which anybody repeats and checks the run; `facts` holds the reasons.
    """

    __tablename__ = "supervision_round"
    __table_args__ = (
        Index(
            "uq_supervision_round_live",
            "programme_id",
            unique=True,
            sqlite_where=text("state in ('open', 'running', 'proposed')"),
            postgresql_where=text("state in ('open', 'running', 'proposed')"),
        ),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    state: Mapped[str]
    closes_on: Mapped[date]
    seed: Mapped[int] = mapped_column(Integer)
    instance: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    programme: Mapped[Programme] = relationship(lazy="raise")


class SupervisionWish(Base):
    """What a student and a supervisor think of each other in a round; neither reads the other's half.

    A rank of 1 is the most wanted; `refusal` is why the supervisor cannot take this student.
    """

    __tablename__ = "supervision_wish"
    __table_args__ = (
        Index("uq_supervision_wish_pair", "round_id", "student_id", "supervisor_id", unique=True),
        CheckConstraint("supervisor_rank is null or refusal = ''", name="ranked_or_refused"),
    )

    id: Mapped[PrimaryKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("supervision_round.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("supervisor.id"), index=True)
    student_rank: Mapped[int | None] = mapped_column(Integer)
    supervisor_rank: Mapped[int | None] = mapped_column(Integer)
    refusal: Mapped[str] = mapped_column(default="")


class Supervision(Versioned, Base):
    """A student and a supervisor whom a round brought together; it holds once both have agreed."""

    __tablename__ = "supervision"
    __table_args__ = (
        CheckConstraint("state not in ('declined', 'ended') or reason <> ''", name="leaving_has_reason"),
        CheckConstraint(
            "state <> 'confirmed' or (student_agreed_at is not null and supervisor_agreed_at is not null)",
            name="confirmed_by_both",
        ),
        Index(
            "uq_supervision_live",
            "student_id",
            unique=True,
            sqlite_where=text("state in ('proposed', 'confirmed')"),
            postgresql_where=text("state in ('proposed', 'confirmed')"),
        ),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("supervision_round.id"), index=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"))
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("supervisor.id"), index=True)
    state: Mapped[str]
    student_agreed_at: Mapped[datetime | None]
    supervisor_agreed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    round: Mapped[SupervisionRound] = relationship(lazy="raise")
    student: Mapped[Student] = relationship(lazy="raise")
    supervisor: Mapped[Supervisor] = relationship(lazy="raise")
