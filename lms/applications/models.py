"""What every kind of application shares: calls with dated rules, applications, documents, endorsements, reviews."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.core.db import Base, PrimaryKey, Versioned
from lms.core.storage.models import StoredFile
from lms.core.translated import Translated
from lms.institutions.models import Institution

# Applications name the institutions of people, so their queries load these tables with their own.
__all__ = [
    "Application",
    "ApplicationDocument",
    "Call",
    "DeclaredConflict",
    "EligibilityRules",
    "Endorsement",
    "Institution",
    "Person",
    "ReturnedField",
    "Review",
]


class Call(Translated, Base):
    """A dated invitation to apply. `opens_at` ≤ now < `closes_at` (instants; shown in the call's `zone`).

    `document_kinds` lists what an application must hold; `criteria` what reviewers score, as
    {"key", "label_en", "label_zh", "weight"}; `reviews_needed` how many reviews decide; `disclosure` what
    applicants are told about the allocation: positions too (full), reasons, or the outcome.
    """

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
        CheckConstraint("reviews_needed >= 1", name="needs_a_review"),
        CheckConstraint("disclosure in ('full', 'reasons', 'outcome')", name="known_disclosure"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    kind: Mapped[str] = mapped_column(default="exchange")
    title_en: Mapped[str]
    title_zh: Mapped[str] = mapped_column(default="")
    summary_en: Mapped[str] = mapped_column(default="")
    summary_zh: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    endorsement_days: Mapped[int] = mapped_column(Integer, default=21)
    answer_days: Mapped[int] = mapped_column(Integer, default=14)
    reviews_needed: Mapped[int] = mapped_column(Integer, default=2)
    max_choices: Mapped[int] = mapped_column(Integer, default=5)
    document_kinds: Mapped[list[str]]
    criteria: Mapped[list[Any]]
    lottery_seed: Mapped[int] = mapped_column(Integer, default=0)
    disclosure: Mapped[str] = mapped_column(default="reasons")
    state: Mapped[str]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


class EligibilityRules(Base):
    """One version of a call's rules. An application keeps the version that it was judged by."""

    __tablename__ = "eligibility_rules"
    __table_args__ = (Index("uq_eligibility_rules_number", "call_id", "number", unique=True),)

    id: Mapped[PrimaryKey]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    number: Mapped[int] = mapped_column(Integer)
    rules: Mapped[list[Any]]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Application(Versioned, Base):
    """A person's application under a call: at most one that is not withdrawn.

    `facts` are the answers that the rules read; `eligibility` what each rule said at submission.
    `fields` are the codes of the fields that the profile named on the day of submission.
    `endorsement_wish` is how the applicant wants to be endorsed: {"route", "institution_id", "name", "email",
    "office", "language"}; the endorsement itself is asked for at submission.
    """

    __tablename__ = "application"
    __table_args__ = (
        Index(
            "uq_application_live",
            "call_id",
            "person_id",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index("ix_application_state", "call_id", "state", "id"),
        Index("ix_application_submitted", "call_id", "submitted_at", "id"),
        CheckConstraint("state = 'draft' or state = 'withdrawn' or submitted_at is not null", name="submitted_when"),
        CheckConstraint(
            "state not in ('ineligible', 'rejected', 'rescinded') or decided_reason <> ''", name="refusal_has_reason"
        ),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    home_institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    state: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    fields: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    statement: Mapped[str] = mapped_column(default="")
    endorsement_wish: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Who should not review it: rows of name, email and reason, for the secretariat alone.
    named_ties: Mapped[list[Any]] = mapped_column(default=list)
    rules_id: Mapped[int | None] = mapped_column(ForeignKey("eligibility_rules.id"))
    eligibility: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    return_due_at: Mapped[datetime | None]
    decided_reason: Mapped[str] = mapped_column(default="")
    call: Mapped[Call] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")
    home_institution: Mapped[Institution | None] = relationship(lazy="raise")
    documents: Mapped[list["ApplicationDocument"]] = relationship(lazy="raise", order_by="ApplicationDocument.id")
    endorsements: Mapped[list["Endorsement"]] = relationship(lazy="raise", order_by="Endorsement.id")


class ApplicationDocument(Base):
    """A file of an application. A newer one replaces the older of its kind, which is kept."""

    __tablename__ = "application_document"

    id: Mapped[PrimaryKey]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    added_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    file: Mapped[StoredFile] = relationship(lazy="raise")


class ReturnedField(Base):
    """A field or document that screening sent back, with the reason, and when it was put right."""

    __tablename__ = "returned_field"

    id: Mapped[PrimaryKey]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    field: Mapped[str]
    reason: Mapped[str]
    returned_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


class Endorsement(Versioned, Base):
    """The home side's word for an application: by its coordinators here, by a signed link, or on a sealed sheet.

    Any one that is given suffices. `code` stands on the printed sheet; `token_digest` is of
    the secret in the mailed link.
    """

    __tablename__ = "endorsement"
    __table_args__ = (
        CheckConstraint("route in ('platform', 'link', 'sheet')", name="known_route"),
        CheckConstraint("route <> 'platform' or institution_id is not null", name="platform_has_institution"),
        CheckConstraint("route <> 'link' or endorser_email <> ''", name="link_has_address"),
        CheckConstraint("state <> 'refused' or reason <> ''", name="refusal_has_reason"),
        Index(
            "uq_endorsement_live",
            "application_id",
            unique=True,
            sqlite_where=text("state in ('requested', 'uploaded')"),
            postgresql_where=text("state in ('requested', 'uploaded')"),
        ),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    route: Mapped[str]
    state: Mapped[str]
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    endorser_name: Mapped[str] = mapped_column(default="")
    endorser_email: Mapped[str] = mapped_column(default="")
    endorser_office: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    token_digest: Mapped[str | None] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    reason: Mapped[str] = mapped_column(default="")
    requested_at: Mapped[datetime]
    due_at: Mapped[datetime]
    link_sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    application: Mapped[Application] = relationship(lazy="raise", overlaps="endorsements")
    institution: Mapped[Institution | None] = relationship(lazy="raise")


class Review(Versioned, Base):
    """One reviewer's assessment: a score from 1 to 5 for each criterion of the call, and comments."""

    __tablename__ = "review"
    __table_args__ = (
        Index("uq_review_reviewer", "application_id", "reviewer_id", unique=True),
        CheckConstraint("state <> 'submitted' or total is not null", name="submitted_has_total"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str]
    scores: Mapped[dict[str, Any]] = mapped_column(default=dict)
    total: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    comment: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    assigned_at: Mapped[datetime]
    due_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    application: Mapped[Application] = relationship(lazy="raise")
    reviewer: Mapped[Person] = relationship(lazy="raise")


class DeclaredConflict(Base):
    """A tie that somebody declared between two people: neither reviews the other, ever."""

    __tablename__ = "declared_conflict"

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str]
    declared_at: Mapped[datetime]
