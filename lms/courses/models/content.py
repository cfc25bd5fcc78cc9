"""What is taught: courses, their activities in order, pictures and questions."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base, PrimaryKey, Versioned
from lms.core.storage.models import StoredFile
from lms.core.translated import Translated
from lms.institutions.models import Institution, SubCentre

if TYPE_CHECKING:
    from lms.courses.models.offering import Offering

course_sub_centre = Table(
    "course_sub_centre",
    Base.metadata,
    Column("course_id", ForeignKey("course.id"), primary_key=True),
    Column("sub_centre_id", ForeignKey("sub_centre.id"), primary_key=True, index=True),
)


class Course(Translated, Base):
    """A short course of one institution. `language` is the one it is taught in; `hours` is the learner's work."""

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint("hours > 0", name="has_hours"),
        CheckConstraint("level in ('introductory', 'intermediate', 'advanced')", name="known_level"),
        CheckConstraint("state <> 'published' or published_at is not null", name="published_when"),
        Index("ix_course_catalogue", "state", "title_en", "id"),
        Index("ix_course_hours", "state", "hours", "id"),
        Index("ix_course_published", "state", "published_at", "id"),
        Index("ix_course_created", "created_at", "id"),
    )

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    title_en: Mapped[str]
    title_zh: Mapped[str] = mapped_column(default="")
    summary_en: Mapped[str] = mapped_column(default="")
    summary_zh: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(String(8))
    level: Mapped[str] = mapped_column(String(16))
    hours: Mapped[int] = mapped_column(Integer)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(12))

    institution: Mapped[Institution] = relationship(lazy="raise")
    sub_centres: Mapped[list[SubCentre]] = relationship(
        secondary=course_sub_centre, lazy="raise", order_by=SubCentre.position
    )
    activities: Mapped[list["Activity"]] = relationship(
        lazy="raise", back_populates="course", order_by="Activity.position, Activity.id"
    )
    offerings: Mapped[list["Offering"]] = relationship(
        lazy="raise", back_populates="course", order_by="Offering.starts_at, Offering.id"
    )
    pictures: Mapped[list["CoursePicture"]] = relationship(
        lazy="raise", back_populates="course", order_by="CoursePicture.name"
    )


class CoursePicture(Base):
    """A picture that pages of the course show by its `name`: `![](name)`. `alt` says it in words."""

    __tablename__ = "course_picture"
    __table_args__ = (
        UniqueConstraint("course_id", "name"),
        CheckConstraint("alt <> ''", name="has_alt"),
    )

    id: Mapped[PrimaryKey]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    alt: Mapped[str] = mapped_column(String(300))
    course: Mapped[Course] = relationship(lazy="raise", back_populates="pictures")
    file: Mapped[StoredFile] = relationship(lazy="raise")


class Activity(Versioned, Base):
    """A step of a course: a page to read, or a quiz. `body` is Markdown.

    Of a quiz: `attempts_allowed` (None: any number), `minutes_allowed` (None: no limit).
    """

    __tablename__ = "course_activity"
    __table_args__ = (
        CheckConstraint("kind in ('page', 'quiz')", name="known_kind"),
        CheckConstraint("attempts_allowed > 0", name="some_attempts"),
        CheckConstraint("minutes_allowed > 0", name="some_minutes"),
        Index("ix_course_activity_order", "course_id", "position", "id"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(8))
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    attempts_allowed: Mapped[int | None] = mapped_column(Integer)
    minutes_allowed: Mapped[int | None] = mapped_column(Integer)
    course: Mapped[Course] = relationship(lazy="raise", back_populates="activities")
    questions: Mapped[list["Question"]] = relationship(
        lazy="raise", back_populates="activity", order_by="Question.position, Question.id"
    )


class Question(Versioned, Base):
    """A question of a quiz.

    `options`: for choices, a list of {id, text, correct}. `answer`: for true/false {correct}, numeric
    {value, tolerance} as decimal strings, short text {accepted: [...]}. `feedback` is shown after submission.
    """

    __tablename__ = "course_question"
    __table_args__ = (
        CheckConstraint(
            "kind in ('single_choice', 'multiple_choice', 'true_false', 'numeric', 'short_text')",
            name="known_kind",
        ),
        CheckConstraint("points > 0", name="has_points"),
        Index("ix_course_question_order", "activity_id", "position", "id"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("course_activity.id"))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str]
    options: Mapped[list[Any]] = mapped_column(default=list)
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    points: Mapped[int] = mapped_column(Integer, default=1)
    feedback: Mapped[str] = mapped_column(default="")
    activity: Mapped[Activity] = relationship(lazy="raise", back_populates="questions")
