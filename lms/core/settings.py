"""Names that the platform's own people may correct at run time: they override the defaults of `config.py`.

The rows are few and change rarely, so each process remembers them for a short while.
"""

import time
from collections.abc import Mapping
from datetime import datetime

from flask import current_app
from sqlalchemy import ForeignKey, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import audit
from lms.core.actor import Actor
from lms.core.db import Base, db


class Setting(Base):
    """A value that was set here and not in the environment."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


_remembered: dict[str, str] = {}
_read_at = float("-inf")
_seconds = 0.0


def remember_for(seconds: float) -> None:
    """Called once at start-up: how long a process may answer from memory. Zero: it asks each time."""
    global _seconds  # noqa: PLW0603 - one setting per process, set by create_app alone
    _seconds = seconds


def values() -> Mapping[str, str]:
    """Everything that was set, by key; nothing while the database is away, because error pages ask too."""
    global _read_at, _remembered
    if time.monotonic() - _read_at >= _seconds:
        try:
            rows = {row.key: row.value for row in db.session.execute(select(Setting.key, Setting.value))}
        except SQLAlchemyError:
            return {}
        _remembered, _read_at = dict(rows), time.monotonic()  # Whole or not at all: threads share it.
    return _remembered


def center_names() -> dict[str, str]:
    """The Center's legal names by language: as the secretariat set them, else as the environment says."""
    known, config = values(), current_app.config
    return {code: known.get(f"center_name_{code}") or config[f"CENTER_NAME_{code.upper()}"] for code in ("en", "zh")}


def change(actor: Actor, *, key: str, value: str) -> None:
    """Set a value; an empty one brings the default back. Other processes notice within seconds."""
    global _read_at  # noqa: PLW0603 - the process's own memory
    row = db.session.get(Setting, key)
    if row is None:
        row = Setting(key=key)
        db.session.add(row)
    row.value, row.changed_at, row.changed_by_id = value, actor.now, actor.person_id
    db.session.flush()
    audit.record(actor, "setting.changed", detail={"key": key})
    _read_at = float("-inf")
