"""Intakes, and what becomes of the applications to them.

An intake is a call of the kind "programme": its dates, documents and rules are the call's, and its applications are
applications like all others. What is particular to joint degrees stands in the rows here.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.applications.models import Application, Call
from lms.core.db import Base, PrimaryKey, Versioned
from lms.core.storage.models import StoredFile
from lms.institutions.models import Institution
from lms.programmes.models.agreements import Agreement
from lms.programmes.models.programmes import Programme


class Intake(Base):
    """The admission of one year: its call, how many it takes, and the agreement under which it was opened."""

    __tablename__ = "intake"
    __table_args__ = (CheckConstraint("seats between 1 and 1000", name="seats_in_range"),)

    id: Mapped[PrimaryKey]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"))
    starts_on: Mapped[date]
    seats: Mapped[int] = mapped_column(Integer)
    call: Mapped[Call] = relationship(lazy="raise")
    programme: Mapped[Programme] = relationship(lazy="raise")
    agreement: Mapped[Agreement | None] = relationship(lazy="raise")


class Admission(Base):
    """What an application to an intake holds beyond the spine: the university through which the student enters.

    A nomination names who started the application for the student, who completes and submits it.
    """

    __tablename__ = "admission"
    __table_args__ = (
        CheckConstraint("(nominating_id is null) = (nominated_at is null)", name="nominated_when"),
        Index("ix_admission_party", "intake_id", "party_id"),
    )

    id: Mapped[PrimaryKey]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id"))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    nominating_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    nominated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    nominated_at: Mapped[datetime | None]
    nomination_note: Mapped[str] = mapped_column(default="")
    concurred_at: Mapped[datetime | None]
    application: Mapped[Application] = relationship(lazy="raise")
    intake: Mapped[Intake] = relationship(lazy="raise")
    party: Mapped[Institution | None] = relationship(lazy="raise", foreign_keys=[party_id])
    nominating: Mapped[Institution | None] = relationship(lazy="raise", foreign_keys=[nominating_id])


class PartyDecision(Versioned, Base):
    """What one party decides about an application, in its own queue. The offer needs the same word of all."""

    __tablename__ = "party_decision"
    __table_args__ = (
        CheckConstraint("state <> 'refused' or reason <> ''", name="refusal_has_reason"),
        CheckConstraint("state not in ('admitted', 'refused') or decided_at is not null", name="decided_when"),
        Index("uq_party_decision_party", "application_id", "institution_id", unique=True),
        Index("ix_party_decision_queue", "institution_id", "state", "id"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    application: Mapped[Application] = relationship(lazy="raise")
    institution: Mapped[Institution] = relationship(lazy="raise")
    conditions: Mapped[list["OfferCondition"]] = relationship(
        lazy="raise", order_by="OfferCondition.id", back_populates="decision"
    )


class OfferCondition(Versioned, Base):
    """Something that a party asks for before the student is registered, with what the student says about it.

    The party that set it confirms it. `due_at` is an instant, written as a day in the zone of the intake.
    """

    __tablename__ = "offer_condition"
    __table_args__ = (CheckConstraint("state <> 'met' or met_at is not null", name="met_when"),)

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("party_decision.id"), index=True)
    text: Mapped[str]
    due_at: Mapped[datetime]
    state: Mapped[str]
    told_at: Mapped[datetime | None]
    told: Mapped[str] = mapped_column(default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    reason: Mapped[str] = mapped_column(default="")
    met_at: Mapped[datetime | None]
    met_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[PartyDecision] = relationship(lazy="raise", back_populates="conditions")
    file: Mapped[StoredFile | None] = relationship(lazy="raise")
    met_by: Mapped[Person | None] = relationship(lazy="raise")


class AdmissionOffer(Base):
    """A seat offered to an applicant by all parties together, and what became of it."""

    __tablename__ = "admission_offer"
    __table_args__ = (
        CheckConstraint(
            "answer in ('open', 'accepted', 'declined', 'lapsed', 'rescinded', 'withdrawn')", name="known_answer"
        ),
        CheckConstraint("(answer = 'open') = (answered_at is null)", name="answered_when"),
        Index(
            "uq_admission_offer_open",
            "application_id",
            unique=True,
            sqlite_where=text("answer = 'open'"),
            postgresql_where=text("answer = 'open'"),
        ),
    )

    id: Mapped[PrimaryKey]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="open")
    answered_at: Mapped[datetime | None]
