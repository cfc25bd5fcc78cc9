"""When a course is given and for whom: offerings and enrolments."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from lms.accounts.models import Person
from lms.core.db import Base, PrimaryKey, Versioned
from lms.courses.models.content import Course
from lms.credentials.models import Credential
from lms.institutions.models import Institution


class Offering(Versioned, Base):
    """A course given once. `institution` issues its certificates, and its coordinators approve applications.

    `zone` is the time zone in which its times were set. `capacity` None: any number. Completion: all pages
    read if `requires_pages`, and the best attempt at every quiz of at least `pass_mark` per cent unless None.
    """

    __tablename__ = "offering"
    __table_args__ = (
        CheckConstraint("mode in ('open', 'restricted')", name="known_mode"),
        CheckConstraint("capacity > 0", name="some_places"),
        CheckConstraint("pass_mark between 0 and 100", name="mark_is_per_cent"),
        CheckConstraint("enrol_opens_at < enrol_closes_at", name="closes_after_opening"),
        CheckConstraint("starts_at < ends_at", name="ends_after_start"),
        CheckConstraint("enrol_closes_at <= ends_at", name="closes_before_end"),
        Index("ix_offering_course", "course_id", "enrol_closes_at"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    mode: Mapped[str] = mapped_column(String(12))
    capacity: Mapped[int | None] = mapped_column(Integer)
    zone: Mapped[str]
    enrol_opens_at: Mapped[datetime]
    enrol_closes_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    requires_pages: Mapped[bool] = mapped_column(default=True)
    pass_mark: Mapped[int | None] = mapped_column(Integer)
    signatory_name: Mapped[str]
    signatory_office_en: Mapped[str]
    signatory_office_zh: Mapped[str]
    created_at: Mapped[datetime]
    course: Mapped[Course] = relationship(lazy="raise", back_populates="offerings")
    institution: Mapped[Institution] = relationship(lazy="raise")


class Enrolment(Versioned, Base):
    """A person's place, application or past in an offering: one row, whatever happened to it.

    `queued_at` orders the waiting list. Enrolling again after withdrawing goes on with the same row,
    so that its history and the learning so far are kept. `done_count` is how many activities are done,
    `quiz_score` the mean of the best attempts in hundredths of a per cent: copies for lists, kept by
    `flow.progress`.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("offering_id", "person_id"),
        CheckConstraint("state <> 'rejected' or decided_reason <> ''", name="rejected_with_reason"),
        CheckConstraint("state <> 'rejected' or decided_at is not null", name="decided_when"),
        CheckConstraint("state <> 'waitlisted' or queued_at is not null", name="queued_when"),
        CheckConstraint("state <> 'completed' or completed_at is not null", name="completed_when"),
        Index("ix_enrolment_queue", "offering_id", "state", "queued_at", "id"),
        Index("ix_enrolment_person", "person_id", "id"),
        Index("ix_enrolment_created", "offering_id", "created_at", "id"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(12))
    motivation: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_reason: Mapped[str] = mapped_column(default="")
    enrolled_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    done_count: Mapped[int] = mapped_column(Integer, default=0)
    quiz_score: Mapped[int | None] = mapped_column(Integer)
    offering: Mapped[Offering] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    credentials: Mapped[list[Credential]] = relationship(
        primaryjoin=lambda: and_(
            foreign(Credential.subject_id) == Enrolment.id, Credential.subject_kind == "enrolment"
        ),
        order_by=Credential.id,
        viewonly=True,
        lazy="raise",
    )

    @property
    def credential(self) -> Credential | None:
        """The certificate that holds now, of those loaded with `credentials`."""
        return self.credentials[-1] if self.credentials else None
