"""Students of joint programmes: one person in the programme, registered at each party, with a plan of study."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.applications.models import Application
from lms.core.db import Base, PrimaryKey, Versioned
from lms.institutions.models import Institution
from lms.programmes.models.curriculum import Curriculum, Module
from lms.programmes.models.programmes import Programme


class Student(Versioned, Base):
    """A person in a programme, from the acceptance to the degree. `home_institution` is the party they entered by.

    Those who began before the programme came to the platform have no application.
    """

    __tablename__ = "student"
    __table_args__ = (
        CheckConstraint("state = 'active' or ended_on is not null", name="ended_when"),
        CheckConstraint("state not in ('withdrawn', 'transferred') or ended_reason <> ''", name="leaving_has_reason"),
        Index("ix_student_programme", "programme_id", "started_on", "id"),
        Index(
            "uq_student_active",
            "programme_id",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    curriculum_id: Mapped[int] = mapped_column(ForeignKey("curriculum.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), unique=True)
    home_institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    state: Mapped[str]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    programme: Mapped[Programme] = relationship(lazy="raise")
    curriculum: Mapped[Curriculum] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")
    application: Mapped[Application | None] = relationship(lazy="raise")
    home_institution: Mapped[Institution] = relationship(lazy="raise")
    registrations: Mapped[list["Registration"]] = relationship(
        lazy="raise", order_by="Registration.id", back_populates="student"
    )
    plan: Mapped[list["PlanItem"]] = relationship(
        lazy="raise", order_by="(PlanItem.semester, PlanItem.id)", back_populates="student"
    )


class Registration(Versioned, Base):
    """A student at one party: its own number, status and dates, kept by that party's coordinators."""

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint(
            "state = 'pending' or (student_number <> '' and from_on is not null) or state = 'ended'",
            name="registered_with_number",
        ),
        CheckConstraint("state <> 'ended' or until_on is not null", name="ended_when"),
        Index("uq_registration_party", "student_id", "institution_id", unique=True),
        Index(
            "uq_registration_number",
            "institution_id",
            "student_number",
            unique=True,
            sqlite_where=text("student_number <> ''"),
            postgresql_where=text("student_number <> ''"),
        ),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    state: Mapped[str]
    student_number: Mapped[str] = mapped_column(String(40), default="")
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    student: Mapped[Student] = relationship(lazy="raise", back_populates="registrations")
    institution: Mapped[Institution] = relationship(lazy="raise")


class PlanItem(Base):
    """A module that a student takes, and in which semester of theirs."""

    __tablename__ = "plan_item"
    __table_args__ = (
        CheckConstraint("semester between 1 and 20", name="semester_in_range"),
        Index("uq_plan_item_module", "student_id", "module_id", unique=True),
    )

    id: Mapped[PrimaryKey]
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("curriculum_module.id"), index=True)
    semester: Mapped[int] = mapped_column(Integer)
    student: Mapped[Student] = relationship(lazy="raise", back_populates="plan")
    module: Mapped[Module] = relationship(lazy="raise")
