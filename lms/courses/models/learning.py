"""How far somebody is: pages read, attempts at quizzes and the answers given."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base, PrimaryKey, Versioned
from lms.courses.models.content import Activity
from lms.courses.models.offering import Enrolment


class PageRead(Base):
    """A page that was marked as read, once."""

    __tablename__ = "course_page_read"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("course_activity.id"), primary_key=True, index=True)
    read_at: Mapped[datetime]


class Attempt(Versioned, Base):
    """One go at a quiz. `question_ids` are the questions it has, as they stood when it began.

    `seed` decides the order of options. `deadline_at` comes from the quiz's time limit. `score` is in
    hundredths of a per cent (0 to 10,000), once marked.
    """

    __tablename__ = "quiz_attempt"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "activity_id", "number"),
        CheckConstraint("state in ('in_progress', 'marked')", name="known_state"),
        CheckConstraint("state <> 'marked' or submitted_at is not null", name="marked_when"),
        CheckConstraint("score between 0 and 10000", name="score_in_range"),
        Index(
            "uq_quiz_attempt_open",
            "enrolment_id",
            "activity_id",
            unique=True,
            sqlite_where=text("state = 'in_progress'"),
            postgresql_where=text("state = 'in_progress'"),
        ),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("course_activity.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(12))
    seed: Mapped[int] = mapped_column(Integer)
    question_ids: Mapped[list[Any]]
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    score: Mapped[int | None] = mapped_column(Integer)
    enrolment: Mapped[Enrolment] = relationship(lazy="raise")
    activity: Mapped[Activity] = relationship(lazy="raise")


class Response(Base):
    """The answer saved last to one question of an attempt. `credit` is in hundredths of a per cent, once marked.

    `answer` holds, by kind: {chosen: [ids]}, {chosen: true or false}, or {text}.
    """

    __tablename__ = "quiz_response"
    __table_args__ = (CheckConstraint("credit between 0 and 10000", name="credit_in_range"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("quiz_attempt.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("course_question.id"), primary_key=True, index=True)
    answer: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    credit: Mapped[int | None] = mapped_column(Integer)
