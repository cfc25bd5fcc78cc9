"""People: who they are, how they are named, how they sign in, and what they consented to."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base, PrimaryKey, Versioned
from lms.core.storage.models import FileOpening, StoredFile

ERASED_DOMAIN = "@erased.invalid"
"""What the addresses of accounts end in whose data was erased."""


class Person(Versioned, Base):
    """An account holder.

    Names are kept as people give them and never split, re-cased or sorted by an assumed
    surname. `passport_family` and `passport_given` are the machine-readable lines of the
    passport (ICAO Doc 9303): somebody with a single name leaves one of them empty.
    `name` is the full name in Latin letters in the order the person writes it;
    `name_local` is in local script with `name_local_lang` its BCP 47 tag.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("name <> ''", name="has_name"),
        CheckConstraint("(suspended_at is null) = (suspended_reason is null)", name="suspended_with_reason"),
        Index("uq_person_email", text("lower(email)"), unique=True),
        Index("ix_person_name", "name", "id"),
        Index("ix_person_created", "created_at", "id"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    email: Mapped[str]
    password_hash: Mapped[str | None]
    email_confirmed_at: Mapped[datetime | None]
    name: Mapped[str]
    passport_family: Mapped[str] = mapped_column(default="")
    passport_given: Mapped[str] = mapped_column(default="")
    name_local: Mapped[str] = mapped_column(default="")
    name_local_lang: Mapped[str] = mapped_column(default="")
    name_zh: Mapped[str] = mapped_column(default="")
    called: Mapped[str] = mapped_column(default="")
    gender: Mapped[str] = mapped_column(default="")
    born_on: Mapped[date | None]
    nationality: Mapped[str | None] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(default="en")
    zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    # Copies of the home affiliation, kept by its package through `services.set_home`, so that a request needs
    # no further query. No foreign key: `institution` refers to `person`, and a circle could not be created.
    home_institution_id: Mapped[int | None] = mapped_column(index=True)
    home_country: Mapped[str | None] = mapped_column(String(2))
    created_at: Mapped[datetime]
    suspended_at: Mapped[datetime | None]
    suspended_reason: Mapped[str | None] = mapped_column(String(200))
    titles: Mapped[list["PersonTitle"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="PersonTitle.language"
    )

    @property
    def display_name(self) -> str:
        """How the platform calls this person."""
        return self.called or self.name

    @property
    def names(self) -> list[dict[str, str]]:
        """Every name with its language tag, the Latin one first, as `components/person.html` shows them."""
        shown = [
            (self.name, "en"),
            (self.name_local, self.name_local_lang or "en"),
            (self.name_zh, "zh-Hans"),
        ]
        found: dict[str, str] = {}
        for text_, lang in shown:
            if text_:
                found.setdefault(text_, lang)
        return [{"text": text_, "lang": lang} for text_, lang in found.items()]

    @property
    def is_erased(self) -> bool:
        """Whether this is only a number any more, because its data was erased."""
        return self.email.endswith(ERASED_DOMAIN)

    @property
    def is_confirmed(self) -> bool:
        """Whether the address was proven to be theirs."""
        return self.email_confirmed_at is not None


class PersonTitle(Base):
    """Title and honorific in one language: `Dr`, `ดร.`, `教授`. Placed before or after the name."""

    __tablename__ = "person_title"
    __table_args__ = (UniqueConstraint("person_id", "language"),)

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    language: Mapped[str]
    before: Mapped[str] = mapped_column(default="")
    after: Mapped[str] = mapped_column(default="")


class LoginSession(Base):
    """A signed-in browser. The cookie holds a secret whose digest is here; ending the row signs it out."""

    __tablename__ = "login_session"

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(default="")


class MailToken(Base):
    """The secret in a mailed link: to confirm an address or to reset a password.

    Only a submitted form uses it up.

    `email` is the address it was sent to: proven by whoever holds the link.
    """

    __tablename__ = "mail_token"

    id: Mapped[PrimaryKey]
    digest: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    email: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Invitation(Versioned, Base):
    """An invitation to take a role in a scope: whoever holds the link and signs in may accept it, once."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("accepted_at is null or revoked_at is null", name="accepted_or_revoked"),
        CheckConstraint("(accepted_at is null) = (accepted_by_id is null)", name="accepted_by_somebody"),
        Index("ix_invitation_scope", "scope_kind", "scope_id", "created_at"),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    digest: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    role: Mapped[str]
    scope_kind: Mapped[str]
    scope_id: Mapped[int | None]
    language: Mapped[str] = mapped_column(default="en")
    note: Mapped[str] = mapped_column(default="")
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]


class Consent(Base):
    """A consent that was given, and perhaps withdrawn: to what, for whom, in which text and language.

    `recipient` and `country` name who receives the data; the text itself is in `consents.py`
    under `purpose` and `text_version`.
    """

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("withdrawn_at is null or withdrawn_at >= given_at", name="withdrawn_after_given"),
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str]
    recipient: Mapped[str]
    country: Mapped[str] = mapped_column(String(2))
    text_version: Mapped[str]
    language: Mapped[str]
    context: Mapped[str] = mapped_column(default="")
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Disclosure(Base):
    """One reading of a person's file by somebody else, kept for that person.

    What was read is `subject_kind` and `subject_id`, why follows from the `permission` of the page. `roles` are
    those the reader held then, with a space between them. No `reader_id`: a link without an account.
    """

    __tablename__ = "disclosure"
    __table_args__ = (Index("ix_disclosure_at", "person_id", "at", "id"),)

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    roles: Mapped[str] = mapped_column(default="")
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    country: Mapped[str | None] = mapped_column(String(2))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    permission: Mapped[str]
    at: Mapped[datetime]


_READINGS = union_all(
    select(
        (Disclosure.id * 2).label("id"),
        Disclosure.person_id,
        Disclosure.reader_id,
        Disclosure.roles,
        Disclosure.institution_id,
        Disclosure.country,
        Disclosure.subject_kind,
        Disclosure.subject_id,
        Disclosure.permission,
        Disclosure.at,
    ),
    select(
        FileOpening.id * 2 + 1,
        StoredFile.owner_id,
        FileOpening.opener_id,
        literal(""),
        FileOpening.institution_id,
        FileOpening.country,
        literal("file"),
        FileOpening.file_id,
        literal("file"),
        FileOpening.at,
    ).join(StoredFile, StoredFile.id == FileOpening.file_id),
).subquery("reading")


class Reading(Base):
    """One line of the log of who has read a person's file: a page of it, or an uploaded file (kind `file`)."""

    __table__ = _READINGS
    __mapper_args__: ClassVar[dict[str, Any]] = {"primary_key": [_READINGS.c.id]}  # pyright: ignore[reportIncompatibleVariableOverride]

    id: Mapped[int]
    person_id: Mapped[int]
    reader_id: Mapped[int | None]
    roles: Mapped[str]
    institution_id: Mapped[int | None]
    country: Mapped[str | None]
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    permission: Mapped[str]
    at: Mapped[datetime]


class Erasure(Versioned, Base):
    """Somebody's request that their data be erased, what was decided, and what became of each thing.

    Nothing happens before `ready_at`: until then they may think again. `items` are the results, one for each
    kind of data; `next_at` is when the next hold ends. `letter_digest` is of the secret in the link to the
    result, which is all that reaches somebody without an account.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("state <> 'refused' or decided_reason <> ''", name="refusal_has_reason"),
        Index("ix_erasure_asked", "asked_at", "id"),
        Index(
            "uq_erasure_live",
            "person_id",
            unique=True,
            sqlite_where=text("state in ('asked', 'approved', 'partly')"),
            postgresql_where=text("state in ('asked', 'approved', 'partly')"),
        ),
    )

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str]
    asked_at: Mapped[datetime]
    ready_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_reason: Mapped[str] = mapped_column(default="")
    items: Mapped[list[Any]] = mapped_column(default=list)
    next_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    letter_digest: Mapped[str | None] = mapped_column(unique=True)
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
