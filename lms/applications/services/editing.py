"""Editing what two people may edit: lock the row, compare the version that the page showed, count up."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect

from lms.applications.models import Application, ReturnedField
from lms.core.actor import Actor
from lms.core.db import db, expect_version


def begin_edit(subject: Any, version: int | None) -> None:
    """Lock a versioned row for a change. `version` None skips the comparison.

    Raises Stale when somebody has changed it since the page was opened.
    """
    db.session.flush()
    columns = [attribute.key for attribute in inspect(subject).mapper.column_attrs]
    db.session.refresh(subject, attribute_names=columns, with_for_update=True)
    expect_version(subject, version)
    subject.version += 1


def record_returned(actor: Actor, application: Application, reasons: Mapping[str, str]) -> None:
    """Keep which fields were sent back, each with what is wrong with it."""
    db.session.add_all(
        ReturnedField(application_id=application.id, field=field, reason=reason, returned_at=actor.now)
        for field, reason in reasons.items()
    )
    db.session.flush()
