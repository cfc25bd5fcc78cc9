"""Screening: accept, return with named fields, or refuse."""

from collections.abc import Mapping
from datetime import datetime

from lms.applications.services.editing import record_returned
from lms.core import workflow
from lms.core.actor import Actor
from lms.core.errors import Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.exchange.flow import APPLICATION
from lms.exchange.models import Application
from lms.exchange.rules import returnable_fields


def return_application(
    actor: Actor, application: Application, *, reasons: Mapping[str, str], due_at: datetime, version: int | None
) -> None:
    """Send an application back: each field of `reasons` with what is wrong with it, to be put right until `due_at`.

    Raises Refused when no field is named, Invalid for a due time in the past, Conflict for a stale page.
    """
    if due_at <= actor.now:
        raise Invalid(_l("Choose a day that is still to come."), "due_on")
    known = {field for field, _label in returnable_fields(application.call)}
    named = {field: reason for field, reason in reasons.items() if reason and field in known}
    workflow.perform(
        APPLICATION, application, "return", actor=actor, version=version, fields=sorted(named), due_at=due_at
    )
    record_returned(actor, application, named)
