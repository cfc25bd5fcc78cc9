"""Mentoring: schemes, who takes part in them, runs of the matching, proposals, mentorships and concerns."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.core.db import Base, BigInt, PrimaryKey, Versioned
from lms.core.translated import Translated
from lms.institutions.models import Country, SubCentre

# Mentoring's queries join these tables with its own.
__all__ = [
    "CalendarFeed",
    "Concern",
    "Country",
    "Goal",
    "MatchingRun",
    "Meeting",
    "MentoringScheme",
    "Mentorship",
    "Note",
    "Participant",
    "Person",
    "Proposal",
    "SubCentre",
    "Wish",
    "scheme_country",
]

scheme_country = Table(
    "mentoring_scheme_country",
    Base.metadata,
    Column("scheme_id", BigInt, ForeignKey("mentoring_scheme.id"), primary_key=True),
    Column("country_code", String(2), ForeignKey("country.code"), primary_key=True),
)


class MentoringScheme(Translated, Base):
    """A round of mentoring: who may take part and until when, how pairs are found, when mentorships end.

    Without `countries` mentees of every state may take part. `weights` are points by criterion, `floor` the least
    score of a pair; both of `lms.allocation.mentors`. `answer_days` is how long a proposal is open, `idle_days` after
    how many days without a meeting somebody asks; `max_capacity` how many mentees a mentor may offer to guide,
    `institution_limit` how many mentees the mentors of one institution guide together (None: no limit).
    """

    __tablename__ = "mentoring_scheme"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
        CheckConstraint("objective in ('stable', 'best-total', 'fair')", name="known_objective"),
        CheckConstraint("floor >= 0 and answer_days >= 1 and idle_days >= 1", name="numbers_in_range"),
        CheckConstraint("max_capacity >= 1 and (institution_limit is null or institution_limit >= 1)", name="room"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    title_en: Mapped[str]
    title_zh: Mapped[str] = mapped_column(default="")
    summary_en: Mapped[str] = mapped_column(default="")
    summary_zh: Mapped[str] = mapped_column(default="")
    sub_centre_id: Mapped[int | None] = mapped_column(ForeignKey("sub_centre.id"), index=True)
    zone: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    ends_on: Mapped[date]
    objective: Mapped[str] = mapped_column(default="best-total")
    weights: Mapped[dict[str, Any]]
    floor: Mapped[int] = mapped_column(Integer, default=0)
    answer_days: Mapped[int] = mapped_column(Integer, default=7)
    idle_days: Mapped[int] = mapped_column(Integer, default=30)
    max_capacity: Mapped[int] = mapped_column(Integer, default=3)
    institution_limit: Mapped[int | None] = mapped_column(Integer)
    seed: Mapped[int] = mapped_column(Integer)
    state: Mapped[str]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    sub_centre: Mapped[SubCentre | None] = relationship(lazy="raise")
    countries: Mapped[list[Country]] = relationship(secondary=scheme_country, lazy="raise", order_by=Country.name_en)


class Participant(Versioned, Base):
    """Somebody who takes part in a scheme as a mentor or as a mentee, and what they say about themselves.

    `fields` are codes of sub centres, `methods` and `languages` those of `rules`; for a mentee fields and methods are
    what is asked for. `hours` are local ones of an ordinary week, in `zone`: "0-18" is Monday from six to eight in the
    evening. `years` are of experience; `capacity` how many mentees a mentor guides at the same time. `apart` holds
    e-mail addresses of people, such as the own supervisor, with whom no pair shall come about.
    """

    __tablename__ = "mentoring_participant"
    __table_args__ = (
        CheckConstraint("side in ('mentor', 'mentee')", name="known_side"),
        CheckConstraint("capacity >= 1", name="capacity_from_one"),
        CheckConstraint("years is null or years between 0 and 80", name="years_in_range"),
        Index(
            "uq_mentoring_participant_live",
            "scheme_id",
            "person_id",
            "side",
            unique=True,
            sqlite_where=text("state not in ('withdrawn', 'refused')"),
            postgresql_where=text("state not in ('withdrawn', 'refused')"),
        ),
        Index("ix_mentoring_participant_state", "scheme_id", "side", "state", "id"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("mentoring_scheme.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    side: Mapped[str] = mapped_column(String(6))
    fields: Mapped[list[str]] = mapped_column(default=list)
    methods: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[str]] = mapped_column(default=list)
    zone: Mapped[str]
    hours: Mapped[list[str]] = mapped_column(default=list)
    years: Mapped[int | None] = mapped_column(Integer)
    capacity: Mapped[int] = mapped_column(Integer, default=1)
    about: Mapped[str] = mapped_column(default="")
    apart: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[str]
    decided_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    scheme: Mapped[MentoringScheme] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")


class Wish(Base):
    """What a participant says of one of the other side: a place on their list (1 the most wanted), or rather not."""

    __tablename__ = "mentoring_wish"
    __table_args__ = (
        CheckConstraint("rank is null or rank >= 1", name="rank_from_one"),
        Index("uq_mentoring_wish_other", "participant_id", "other_id", unique=True),
        Index("uq_mentoring_wish_rank", "participant_id", "rank", unique=True),
    )

    id: Mapped[PrimaryKey]
    participant_id: Mapped[int] = mapped_column(ForeignKey("mentoring_participant.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("mentoring_participant.id"), index=True)
    rank: Mapped[int | None] = mapped_column(Integer)
    other: Mapped[Participant] = relationship(lazy="raise", foreign_keys=[other_id])


class MatchingRun(Versioned, Base):
    """One run of the matching: what went in, what came out, and whether its proposals were sent.

    `question` is what `matching.Question` keeps; `answer` the pair of each mentee with its score in parts; `instance`
    and `result` are the files with which anybody can repeat and check the run.
    """

    __tablename__ = "mentoring_run"

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("mentoring_scheme.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"))
    question: Mapped[dict[str, Any]]
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    instance: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)
    state: Mapped[str]
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    scheme: Mapped[MentoringScheme] = relationship(lazy="raise")


class Proposal(Versioned, Base):
    """A pair that was proposed to both, with the parts of its score. It comes about when both have said yes."""

    __tablename__ = "mentoring_proposal"
    __table_args__ = (
        Index(
            "uq_mentoring_proposal_open",
            "mentee_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_mentoring_proposal_mentor", "mentor_id", "state"),
        Index("ix_mentoring_proposal_mentee", "mentee_id", "state"),
        Index("ix_mentoring_proposal_scheme", "scheme_id", "state", "expires_at"),
        CheckConstraint(
            "state <> 'agreed' or (mentor_yes_at is not null and mentee_yes_at is not null)", name="both_agreed"
        ),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("mentoring_scheme.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("mentoring_run.id"), index=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentoring_participant.id"))
    mentee_id: Mapped[int] = mapped_column(ForeignKey("mentoring_participant.id"))
    score: Mapped[int] = mapped_column(Integer)
    parts: Mapped[list[Any]]
    state: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    mentor_yes_at: Mapped[datetime | None]
    mentee_yes_at: Mapped[datetime | None]
    scheme: Mapped[MentoringScheme] = relationship(lazy="raise")
    mentor: Mapped[Participant] = relationship(lazy="raise", foreign_keys=[mentor_id])
    mentee: Mapped[Participant] = relationship(lazy="raise", foreign_keys=[mentee_id])


class Mentorship(Versioned, Base):
    """A mentor and a mentee who both said yes, until a note of each closes it or either ends it.

    `…_active_at` is when each side last did something here; `…_note` what each wrote at the end.
    """

    __tablename__ = "mentorship"
    __table_args__ = (
        Index(
            "uq_mentorship_live",
            "mentee_id",
            unique=True,
            sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
        Index("ix_mentorship_mentor", "mentor_id", "state"),
        Index("ix_mentorship_scheme", "scheme_id", "started_at", "id"),
        CheckConstraint("(state in ('completed', 'ended')) = (ended_at is not null)", name="ended_when"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("mentoring_scheme.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("mentoring_proposal.id"), unique=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentoring_participant.id"))
    mentee_id: Mapped[int] = mapped_column(ForeignKey("mentoring_participant.id"))
    state: Mapped[str]
    started_at: Mapped[datetime]
    mentor_active_at: Mapped[datetime]
    mentee_active_at: Mapped[datetime]
    mentor_note: Mapped[str] = mapped_column(default="")
    mentee_note: Mapped[str] = mapped_column(default="")
    closing_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    credential_id: Mapped[int | None] = mapped_column(ForeignKey("credential.id"))
    scheme: Mapped[MentoringScheme] = relationship(lazy="raise")
    mentor: Mapped[Participant] = relationship(lazy="raise", foreign_keys=[mentor_id])
    mentee: Mapped[Participant] = relationship(lazy="raise", foreign_keys=[mentee_id])
    goals: Mapped[list["Goal"]] = relationship(lazy="raise", order_by="Goal.id")
    meetings: Mapped[list["Meeting"]] = relationship(lazy="raise", order_by="Meeting.starts_at, Meeting.id")


class Goal(Versioned, Base):
    """What a mentorship works towards, and how far it is, in percent."""

    __tablename__ = "mentoring_goal"
    __table_args__ = (CheckConstraint("progress between 0 and 100", name="progress_in_percent"),)

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id"), index=True)
    text: Mapped[str]
    progress: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Meeting(Versioned, Base):
    """One encounter: proposed by one side, confirmed by the other, held or cancelled.

    `sequence` grows with each change, as calendars ask for (RFC 5545, SEQUENCE). `changed_at` is its DTSTAMP.
    """

    __tablename__ = "mentoring_meeting"
    __table_args__ = (
        CheckConstraint("minutes between 5 and 480", name="minutes_in_range"),
        Index("ix_mentoring_meeting_mentorship", "mentorship_id", "starts_at"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id"))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    starts_at: Mapped[datetime]
    minutes: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(default="")
    agenda: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    changed_at: Mapped[datetime]
    mentorship: Mapped[Mentorship] = relationship(lazy="raise", overlaps="meetings")


class Note(Base):
    """Something that one side wrote down, for both or for themself alone."""

    __tablename__ = "mentoring_note"

    id: Mapped[PrimaryKey]
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str]
    is_shared: Mapped[bool]
    written_at: Mapped[datetime]


class Concern(Versioned, Base):
    """What somebody confided to the safeguarding contact of a scheme. The other side never learns that it exists.

    It goes to the secretariat instead where every contact of the scheme is a party to the mentorship.
    """

    __tablename__ = "mentoring_concern"
    __table_args__ = (CheckConstraint("goes_to in ('safeguarding', 'secretariat')", name="known_addressee"),)

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id"), index=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    goes_to: Mapped[str] = mapped_column(String(12))
    text: Mapped[str]
    outcome: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    reported_at: Mapped[datetime]
    mentorship: Mapped[Mentorship] = relationship(lazy="raise")


class CalendarFeed(Base):
    """The private address under which somebody's calendar reads their meetings. A new `number` ends the old address."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, default=1)
