"""The young-scientist exchange: posts in host labs, ranked choices, rankings, allocation, offers, placements."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.applications.models import (
    Application,
    ApplicationDocument,
    Call,
    EligibilityRules,
    Endorsement,
    ReturnedField,
    Review,
)
from lms.core.db import Base, BigInt, PrimaryKey, Versioned
from lms.core.storage.models import StoredFile
from lms.institutions.models import Country, Institution, Lab, SubCentre

# The exchange is composed from the spine of all applications, so its queries join these tables with its own.
__all__ = [
    "AllocationRun",
    "Application",
    "ApplicationDocument",
    "Call",
    "CallCapacity",
    "CallGuarantees",
    "ChecklistItem",
    "Choice",
    "Country",
    "Decision",
    "EligibilityRules",
    "Endorsement",
    "HostRanking",
    "Institution",
    "Lab",
    "Offer",
    "Person",
    "Placement",
    "PlacementReport",
    "Post",
    "ReturnedField",
    "Review",
    "SubCentre",
    "post_sub_centre",
]

post_sub_centre = Table(
    "post_sub_centre",
    Base.metadata,
    Column("post_id", BigInt, ForeignKey("post.id"), primary_key=True),
    Column("sub_centre_id", BigInt, ForeignKey("sub_centre.id"), primary_key=True),
)


class Post(Versioned, Base):
    """A position in a host's lab under a call. `places` is how many scientists it takes, `months` how long."""

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint("places between 1 and 50", name="places_in_range"),
        CheckConstraint("months between 1 and 36", name="months_in_range"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    lab_id: Mapped[int] = mapped_column(ForeignKey("lab.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    title_en: Mapped[str]
    title_zh: Mapped[str] = mapped_column(default="")
    duties: Mapped[str]
    requirements: Mapped[str] = mapped_column(default="")
    working_languages: Mapped[str] = mapped_column(default="en")
    places: Mapped[int] = mapped_column(Integer, default=1)
    months: Mapped[int] = mapped_column(Integer, default=6)
    starts_on: Mapped[date | None]
    state: Mapped[str]
    returned_reason: Mapped[str] = mapped_column(default="")
    ranked_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    call: Mapped[Call] = relationship(lazy="raise")
    lab: Mapped[Lab] = relationship(lazy="raise")
    institution: Mapped[Institution] = relationship(lazy="raise")
    sub_centres: Mapped[list[SubCentre]] = relationship(
        secondary=post_sub_centre, lazy="raise", order_by=SubCentre.position
    )


class CallCapacity(Base):
    """How many people a host institution or a lab takes in a call, over all its posts. No row, no limit."""

    __tablename__ = "call_capacity"
    __table_args__ = (
        CheckConstraint("(institution_id is null) <> (lab_id is null)", name="one_unit"),
        CheckConstraint("seats >= 1", name="seats_from_one"),
        Index("uq_call_capacity_institution", "call_id", "institution_id", unique=True),
        Index("uq_call_capacity_lab", "call_id", "lab_id", unique=True),
    )

    id: Mapped[PrimaryKey]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    lab_id: Mapped[int | None] = mapped_column(ForeignKey("lab.id"))
    seats: Mapped[int] = mapped_column(Integer)
    institution: Mapped[Institution | None] = relationship(lazy="raise")
    lab: Mapped[Lab | None] = relationship(lazy="raise")


class CallGuarantees(Base):
    """One version of what a call limits, reserves and aims at over all its posts (`lms.exchange.guarantees`).

    From the publication on every change is a version of its own, with the reason that applicants read.
    """

    __tablename__ = "call_guarantees"
    __table_args__ = (Index("uq_call_guarantees_number", "call_id", "number", unique=True),)

    id: Mapped[PrimaryKey]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    number: Mapped[int] = mapped_column(Integer)
    kept: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Choice(Base):
    """A post that an application asks for; `rank` 1 is the most wanted."""

    __tablename__ = "choice"
    __table_args__ = (
        Index("uq_choice_rank", "application_id", "rank", unique=True),
        Index("uq_choice_post", "application_id", "post_id", unique=True),
        CheckConstraint("rank >= 1", name="rank_from_one"),
    )

    id: Mapped[PrimaryKey]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    rank: Mapped[int] = mapped_column(Integer)
    post: Mapped[Post] = relationship(lazy="raise")
    application: Mapped[Application] = relationship(lazy="raise")


class HostRanking(Base):
    """Where a host puts an applicant for a post: a position (1 first), or a refusal with its reason."""

    __tablename__ = "host_ranking"
    __table_args__ = (
        Index("uq_host_ranking_application", "post_id", "application_id", unique=True),
        Index("uq_host_ranking_position", "post_id", "position", unique=True),
        CheckConstraint("(position is null) = (reason <> '')", name="position_or_reason"),
    )

    id: Mapped[PrimaryKey]
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    position: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(default="")
    ranked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ranked_at: Mapped[datetime]


class AllocationRun(Versioned, Base):
    """One run of the allocation: what went in, what came out, and whether it was recorded or discarded.

    `result` is the file that anybody can make again from `instance`; `facts` is what stands behind it (`facts_of`).
    """

    __tablename__ = "allocation_run"

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"))
    instance: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)
    state: Mapped[str]
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    call: Mapped[Call] = relationship(lazy="raise")


class Decision(Base):
    """What was decided about an application. Unseen by anybody outside the secretariat until released."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("outcome in ('offer', 'waitlist', 'reject')", name="known_outcome"),
        CheckConstraint("(outcome = 'offer') = (post_id is not null)", name="offer_names_post"),
        CheckConstraint("outcome <> 'reject' or reason <> ''", name="rejection_has_reason"),
    )

    id: Mapped[PrimaryKey]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("allocation_run.id"))
    outcome: Mapped[str]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    reason: Mapped[str] = mapped_column(default="")
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


class Offer(Base):
    """A place offered to an applicant, and what became of it. At most one open offer for each application."""

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint(
            "answer in ('open', 'accepted', 'declined', 'lapsed', 'rescinded', 'withdrawn')", name="known_answer"
        ),
        CheckConstraint("(answer = 'open') = (answered_at is null)", name="answered_when"),
        Index(
            "uq_offer_open",
            "application_id",
            unique=True,
            sqlite_where=text("answer = 'open'"),
            postgresql_where=text("answer = 'open'"),
        ),
    )

    id: Mapped[PrimaryKey]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="open")
    answered_at: Mapped[datetime | None]
    post: Mapped[Post] = relationship(lazy="raise")


class Placement(Versioned, Base):
    """A scientist's stay at the host, from the acceptance to the certificate."""

    __tablename__ = "placement"

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str]
    planned_from: Mapped[date | None]
    planned_to: Mapped[date | None]
    arrived_on: Mapped[date | None]
    left_on: Mapped[date | None]
    created_at: Mapped[datetime]
    credential_id: Mapped[int | None] = mapped_column(ForeignKey("credential.id"))
    post: Mapped[Post] = relationship(lazy="raise")
    application: Mapped[Application] = relationship(lazy="raise")
    checklist: Mapped[list["ChecklistItem"]] = relationship(lazy="raise", order_by="ChecklistItem.position")

    @property
    def last_day(self) -> date | None:
        """When the stay ends: the planned day, or the one that was recorded instead."""
        return self.left_on or self.planned_to


class ChecklistItem(Base):
    """One thing to be done before or after arrival, by the scientist or the host, until a date.

    `done_at` is when it was settled: done, or excused with a reason.
    """

    __tablename__ = "checklist_item"
    __table_args__ = (
        CheckConstraint("who in ('scientist', 'host')", name="known_party"),
        CheckConstraint("excused_reason = '' or done_at is not null", name="excused_is_settled"),
    )

    id: Mapped[PrimaryKey]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    key: Mapped[str]
    position: Mapped[int] = mapped_column(Integer)
    who: Mapped[str]
    is_before_arrival: Mapped[bool]
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    excused_reason: Mapped[str] = mapped_column(default="")


class PlacementReport(Versioned, Base):
    """The scientist's report on the placement, countersigned by the host or sent back with a reason."""

    __tablename__ = "placement_report"

    id: Mapped[PrimaryKey]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), unique=True)
    text: Mapped[str]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    submitted_at: Mapped[datetime]
    returned_reason: Mapped[str] = mapped_column(default="")
    countersigned_at: Mapped[datetime | None]
    countersigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    file: Mapped[StoredFile | None] = relationship(lazy="raise")
