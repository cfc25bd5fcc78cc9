"""Countries, institutions with their departments and labs, sub research centres, and who belongs where."""

import re
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.core.db import Base, BigInt, PrimaryKey, Versioned

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Country(Base):
    """A state of the platform. Official names are data that the secretariat may correct."""

    __tablename__ = "country"

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    name_en: Mapped[str]
    name_zh: Mapped[str]
    name_local: Mapped[str]
    local_lang: Mapped[str]
    zones: Mapped[list[str]]


class SubCentre(Base):
    """One of the Center's sub research centres, the subject axis of every catalogue."""

    __tablename__ = "sub_centre"

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str]
    name_zh: Mapped[str]
    position: Mapped[int]


# What people work on; courses and posts have tables of their own.
person_sub_centre = Table(
    "person_sub_centre",
    Base.metadata,
    Column("person_id", BigInt, ForeignKey("person.id"), primary_key=True),
    Column("sub_centre_id", BigInt, ForeignKey("sub_centre.id"), primary_key=True),
)


class Institution(Versioned, Base):
    """A legal partner: university, ministry, CDC, hospital, regulator, institute, company.

    `state`: proposed (by anyone), confirmed or declined (by the secretariat), or merged into another one, which
    took over whatever referred to it; its address leads there.
    `is_member` is True only with a source; None says: not confirmed.
    """

    __tablename__ = "institution"
    __table_args__ = (
        CheckConstraint("state in ('proposed', 'confirmed', 'declined', 'merged')", name="known_state"),
        CheckConstraint("(state = 'merged') = (merged_into_id is not null)", name="merged_into_one"),
        CheckConstraint("is_member is null or member_source <> ''", name="membership_has_source"),
        CheckConstraint("state <> 'declined' or decided_reason <> ''", name="declined_has_reason"),
        Index("ix_institution_country", "country_code", "name_en"),
        Index("ix_institution_name", "state", "name_en", "id"),
    )

    id: Mapped[PrimaryKey]
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"))
    city: Mapped[str] = mapped_column(default="")
    name_en: Mapped[str]
    name_local: Mapped[str] = mapped_column(default="")
    local_lang: Mapped[str] = mapped_column(default="")
    name_zh: Mapped[str] = mapped_column(default="")
    domain: Mapped[str] = mapped_column(default="", index=True)
    ror_id: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    is_member: Mapped[bool | None]
    member_source: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    checked_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="proposed")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_reason: Mapped[str] = mapped_column(default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    created_at: Mapped[datetime]
    country: Mapped[Country] = relationship(lazy="raise")
    parent: Mapped["Institution | None"] = relationship(
        lazy="raise", remote_side="Institution.id", foreign_keys=[parent_id]
    )
    departments: Mapped[list["Department"]] = relationship(lazy="raise", order_by="Department.name_en")
    labs: Mapped[list["Lab"]] = relationship(lazy="raise", order_by="Lab.name_en")


class Department(Base):
    """A school, faculty or department of an institution."""

    __tablename__ = "department"
    __table_args__ = (Index("uq_department_name", "institution_id", "name_en", unique=True),)

    id: Mapped[PrimaryKey]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    name_en: Mapped[str]
    name_local: Mapped[str] = mapped_column(default="")


class Lab(Base):
    """A research group or centre that can host people."""

    __tablename__ = "lab"
    __table_args__ = (Index("uq_lab_name", "institution_id", "name_en", unique=True),)

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    name_en: Mapped[str]
    name_local: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    institution: Mapped[Institution] = relationship(lazy="raise", overlaps="labs")

    @property
    def name_zh(self) -> str:
        """The own name of a lab that has a Chinese one, else nothing."""
        return self.name_local if _CHINESE.search(self.name_local) else ""


class Affiliation(Versioned, Base):
    """A person at an institution. One of them is their home.

    `state`: stated (unproven), waiting (for the institution's coordinator, or the secretariat when there
    is none yet), confirmed, declined, ended. `is_domain_checked` shows an address there and nothing more.
    `letter_id` is what the first coordinator of an institution hands in.
    """

    __tablename__ = "affiliation"
    __table_args__ = (
        CheckConstraint("role in ('student', 'staff', 'coordinator', 'signatory')", name="known_role"),
        CheckConstraint("state in ('stated', 'waiting', 'confirmed', 'declined', 'ended')", name="known_state"),
        CheckConstraint("state not in ('confirmed', 'declined') or decided_at is not null", name="decided_when"),
        CheckConstraint("state <> 'declined' or decided_reason <> ''", name="declined_has_reason"),
        CheckConstraint("(state = 'ended') = (ended_at is not null)", name="ended_when"),
        Index(
            "uq_affiliation_home",
            "person_id",
            unique=True,
            sqlite_where=text("is_home and ended_at is null"),
            postgresql_where=text("is_home and ended_at is null"),
        ),
        Index("ix_affiliation_institution", "institution_id", "person_id"),
        Index("ix_affiliation_started", "institution_id", "started_at", "id"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    department: Mapped[str] = mapped_column(default="")
    position: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="student")
    is_home: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(default="stated")
    is_domain_checked: Mapped[bool] = mapped_column(default=False)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_reason: Mapped[str] = mapped_column(default="")
    institution: Mapped[Institution] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])

    @property
    def is_proven(self) -> bool:
        """Whether the institution or the secretariat confirmed it."""
        return self.state == "confirmed"
