"""What universities agree about a joint programme, and what each state says about its own university's part."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.core.db import Base, PrimaryKey, Versioned
from lms.core.storage.models import StoredFile
from lms.institutions.models import Institution
from lms.programmes.models.programmes import Programme


class Agreement(Versioned, Base):
    """One version of the agreement behind a programme. Only a draft changes; a later version replaces it whole.

    `award` is one degree of all parties (joint) or a degree from each (double). `seats` are per intake. What the
    parties show each other is said flag by flag; without a flag each sees its own side only.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("award in ('joint', 'double')", name="known_award"),
        CheckConstraint("valid_from <= valid_to", name="begins_before_it_ends"),
        CheckConstraint("seats between 1 and 1000", name="seats_in_range"),
        CheckConstraint("not shares_reasons or shares_decisions", name="reasons_with_decisions"),
        CheckConstraint("state not in ('terminated', 'withdrawn', 'refused') or ended_reason <> ''", name="end_reason"),
        Index("uq_agreement_number", "programme_id", "number", unique=True),
        Index(
            "uq_agreement_confirmed",
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
    award: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    seats: Mapped[int] = mapped_column(Integer)
    fees: Mapped[str] = mapped_column(default="")
    shares_documents: Mapped[bool] = mapped_column(default=True)
    shares_contact: Mapped[bool] = mapped_column(default=False)
    shares_decisions: Mapped[bool] = mapped_column(default=False)
    shares_reasons: Mapped[bool] = mapped_column(default=False)
    shares_grades: Mapped[bool] = mapped_column(default=False)
    ended_reason: Mapped[str] = mapped_column(default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    programme: Mapped[Programme] = relationship(lazy="raise", back_populates="agreements")
    parties: Mapped[list["AgreementParty"]] = relationship(
        lazy="raise", order_by="AgreementParty.position", back_populates="agreement"
    )

    @property
    def shown_to_ids(self) -> frozenset[int]:
        """The universities whose coordinators read this version: its parties, once it was sent to them."""
        return frozenset(party.institution_id for party in self.parties if party.state != "named")

    @property
    def limits(self) -> dict[int, int | None]:
        """The seats of each party, by the id of its institution; None: no limit of its own."""
        return {party.institution_id: party.seats for party in self.parties}


class AgreementParty(Versioned, Base):
    """A university that is party to one version, and its word on it: name and time are its signature.

    `degree_en` and `degree_zh` name the degree that it awards; `seats` limits those who enter through it (None: no
    limit of its own).
    """

    __tablename__ = "agreement_party"
    __table_args__ = (
        CheckConstraint("seats is null or seats between 0 and 1000", name="seats_in_range"),
        CheckConstraint("state <> 'confirmed' or (signed_name <> '' and decided_at is not null)", name="signed_when"),
        CheckConstraint("state <> 'refused' or reason <> ''", name="refusal_has_reason"),
        Index("uq_agreement_party_institution", "agreement_id", "institution_id", unique=True),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    degree_en: Mapped[str] = mapped_column(default="")
    degree_zh: Mapped[str] = mapped_column(default="")
    seats: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str]
    signed_name: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    agreement: Mapped[Agreement] = relationship(lazy="raise", back_populates="parties")
    institution: Mapped[Institution] = relationship(lazy="raise")
    decided_by: Mapped[Person | None] = relationship(lazy="raise")


class NationalApproval(Versioned, Base):
    """Whether a party's state allows its university's part in a programme; kept by that party's coordinators."""

    __tablename__ = "national_approval"
    __table_args__ = (
        CheckConstraint(
            "state <> 'granted' or (authority <> '' and number <> '' and valid_until is not null)",
            name="granted_by_whom",
        ),
        CheckConstraint("state not in ('refused', 'not_needed') or note <> ''", name="reason_is_told"),
        Index("uq_national_approval_party", "programme_id", "institution_id", unique=True),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    state: Mapped[str]
    authority: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    valid_until: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    stated_at: Mapped[datetime | None]
    programme: Mapped[Programme] = relationship(lazy="raise")
    institution: Mapped[Institution] = relationship(lazy="raise")
    file: Mapped[StoredFile | None] = relationship(lazy="raise")
