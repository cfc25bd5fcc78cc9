"""Reading calls' rules and counting what they hold."""

from collections.abc import Sequence

from sqlalchemy import select

from lms.applications.models import Application, Call, EligibilityRules, ReturnedField
from lms.core.db import db


def current_rules(call: Call) -> EligibilityRules | None:
    """The newest version of a call's rules."""
    return db.session.scalars(
        select(EligibilityRules)
        .where(EligibilityRules.call_id == call.id)
        .order_by(EligibilityRules.number.desc())
        .limit(1)
    ).one_or_none()


def rules_by_id(rules_id: int | None) -> EligibilityRules | None:
    """One version of rules: the one that an application was judged by."""
    return db.session.get(EligibilityRules, rules_id) if rules_id is not None else None


def rules_versions(call: Call) -> Sequence[EligibilityRules]:
    """Every version of a call's rules, newest first."""
    return db.session.scalars(
        select(EligibilityRules).where(EligibilityRules.call_id == call.id).order_by(EligibilityRules.number.desc())
    ).all()


def open_returned_fields(application_id: int) -> Sequence[ReturnedField]:
    """What screening sent back and the applicant has not put right yet."""
    return db.session.scalars(
        select(ReturnedField)
        .where(ReturnedField.application_id == application_id, ReturnedField.resolved_at.is_(None))
        .order_by(ReturnedField.id)
    ).all()


def returned_fields(application_id: int) -> Sequence[ReturnedField]:
    """Everything that screening ever sent back, oldest first."""
    return db.session.scalars(
        select(ReturnedField).where(ReturnedField.application_id == application_id).order_by(ReturnedField.id)
    ).all()


def returned_now(application: Application) -> set[str]:
    """The fields of a returned application that its person may change: those that the last round named.

    A field stays changeable after it was put right, until the application is sent again.
    """
    if application.state != "returned":
        return set()
    rows = returned_fields(application.id)
    last = max((row.returned_at for row in rows), default=None)
    return {row.field for row in rows if row.returned_at == last or row.resolved_at is None}
