"""A joint degree programme, as the catalogue shows it."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base, BigInt, PrimaryKey
from lms.core.translated import Translated
from lms.institutions.models import Institution, SubCentre

if TYPE_CHECKING:
    from lms.programmes.models.agreements import Agreement

programme_sub_centre = Table(
    "programme_sub_centre",
    Base.metadata,
    Column("programme_id", BigInt, ForeignKey("programme.id"), primary_key=True),
    Column("sub_centre_id", BigInt, ForeignKey("sub_centre.id"), primary_key=True),
)


class Programme(Translated, Base):
    """A degree programme that several universities carry together.

    `coordinating_id` is the university that keeps its pages, agreement and intakes. `months` is how long it lasts;
    `languages` are codes of the languages of teaching.
    """

    __tablename__ = "programme"
    __table_args__ = (
        CheckConstraint("months between 1 and 120", name="months_in_range"),
        CheckConstraint("level in ('bachelor', 'master', 'doctorate')", name="known_level"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    coordinating_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    title_en: Mapped[str]
    title_zh: Mapped[str] = mapped_column(default="")
    summary_en: Mapped[str] = mapped_column(default="")
    summary_zh: Mapped[str] = mapped_column(default="")
    level: Mapped[str]
    field: Mapped[str]
    languages: Mapped[list[str]]
    months: Mapped[int] = mapped_column(Integer)
    state: Mapped[str]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    coordinating: Mapped[Institution] = relationship(lazy="raise")
    agreements: Mapped[list["Agreement"]] = relationship(
        lazy="raise", order_by="Agreement.number.desc()", back_populates="programme"
    )
    sub_centres: Mapped[list[SubCentre]] = relationship(
        secondary=programme_sub_centre, lazy="raise", order_by=SubCentre.position
    )

    @property
    def party_ids(self) -> frozenset[int]:
        """The universities that are, were or are asked to be party to it; its agreements and parties must be loaded."""
        return frozenset(one for agreement in self.agreements for one in agreement.shown_to_ids)

    @property
    def carrier_ids(self) -> frozenset[int]:
        """The universities that carry or carried it: parties to a version on which all agreed, not merely asked."""
        agreed = [agreement for agreement in self.agreements if agreement.confirmed_at is not None]
        return frozenset(one for agreement in agreed for one in agreement.shown_to_ids)
