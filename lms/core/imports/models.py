"""A table that somebody brings in, and the rows of it that have faults."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base, PrimaryKey
from lms.core.outbox.models import OutboxMessage
from lms.core.storage.models import StoredFile

CHECKING, CHECKED, WRITING, DONE = "checking", "checked", "writing", "done"


class ImportRun(Base):
    """One uploaded table: read and checked first (`checked` shows what would happen), written when its owner says so.

    `target` names what it is imported into, as its kind understands it; `back` is the page that it belongs to.
    `titles` is the first row of the table, `unknown` those of its columns that are left out. `problem` says why the
    whole file cannot be read. The counts are of rows: new ones, ones that are there already, and ones with faults.
    """

    __tablename__ = "import_run"
    __table_args__ = (CheckConstraint("stage in ('checking', 'checked', 'writing', 'done')", name="known_stage"),)

    id: Mapped[PrimaryKey]
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    target: Mapped[dict[str, Any]]
    back: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"))
    stage: Mapped[str] = mapped_column(String(12), default=CHECKING)
    problem: Mapped[str] = mapped_column(default="")
    titles: Mapped[list[str]] = mapped_column(default=list)
    unknown: Mapped[list[str]] = mapped_column(default=list)
    new_count: Mapped[int] = mapped_column(Integer, default=0)
    known_count: Mapped[int] = mapped_column(Integer, default=0)
    fault_count: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    file: Mapped[StoredFile] = relationship(lazy="raise")
    job: Mapped[OutboxMessage | None] = relationship(lazy="raise")


class ImportFault(Base):
    """A row of the table that cannot be taken in: its number, its cells as they are, and what is wrong with it.

    `faults` holds pairs of a column's title (empty for the whole row) and a sentence in the owner's language; `words`
    are the cells in one line, to search in.
    """

    __tablename__ = "import_fault"
    __table_args__ = (Index("ix_import_fault_row", "run_id", "row", "id"),)

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"))
    row: Mapped[int] = mapped_column(Integer)
    cells: Mapped[list[str]]
    words: Mapped[str]
    faults: Mapped[list[Any]]
