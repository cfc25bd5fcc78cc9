"""Editing what two people may edit: lock the row, compare the version that the page showed, count up."""

from typing import Any

from sqlalchemy import inspect

from lms.core.db import db
from lms.core.errors import Conflict
from lms.core.i18n import lazy_gettext as _l


def begin_edit(subject: Any, version: int | None) -> None:
    """Lock a versioned row for a change. `version` None skips the comparison.

    Raises Conflict when somebody has changed it since the page was opened.
    """
    db.session.flush()
    columns = [attribute.key for attribute in inspect(subject).mapper.column_attrs]
    db.session.refresh(subject, attribute_names=columns, with_for_update=True)
    if version is not None and version != subject.version:
        raise Conflict(_l("Somebody changed this meanwhile. Look at it as it stands now, then decide again."))
    subject.version += 1
