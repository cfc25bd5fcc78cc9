"""Short courses as entries of one record."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf import Field, bilingual
from lms.courses.models import Course, Enrolment, Offering
from lms.credentials.record import Confirmation, RecordEntry, RecordKind, both
from lms.institutions import queries as institutions


def record_entries(person_id: int) -> list[RecordEntry]:
    """What a person takes and has completed. Institutions with which they share their record may read it too."""
    rows = db.session.scalars(
        select(Enrolment)
        .join(Enrolment.offering)
        .join(Offering.course)
        .where(Enrolment.person_id == person_id, Enrolment.state.in_(("enrolled", "completed")))
        .options(
            contains_eager(Enrolment.offering).contains_eager(Offering.course).defer(Course.description),
            contains_eager(Enrolment.offering).joinedload(Offering.institution),
            selectinload(Enrolment.credentials),
        )
        .order_by(Enrolment.id)
    ).all()
    homes = institutions.shared_with(person_id) if rows else set()
    return [_entry(row, homes) for row in rows]


def _entry(enrolment: Enrolment, homes: set[int]) -> RecordEntry:
    offering, credential = enrolment.offering, enrolment.credential
    is_revoked = credential is not None and credential.state == "revoked"
    state = _l("Under way")
    if enrolment.completed_at is not None:
        state = _l("Certificate revoked") if is_revoked else _l("Completed")
    return RecordEntry(
        kind=RecordKind.COURSE,
        ref=enrolment.ref,
        title=both(offering.course.title_en, offering.course.title_zh),
        organisations=[both(offering.institution.name_en, offering.institution.name_zh)],
        state=bilingual(state),
        tone="danger" if is_revoked else "success" if enrolment.completed_at else "info",
        is_complete=enrolment.completed_at is not None,
        from_on=_day(max(enrolment.enrolled_at or offering.starts_at, offering.starts_at), offering),
        to_on=_day(max(enrolment.completed_at, offering.starts_at), offering) if enrolment.completed_at else None,
        address=f"/courses/enrolments/{enrolment.ref}",
        facts=_facts(enrolment),
        confirmations=_confirmations(enrolment) if not is_revoked else (),
        code=credential.code if credential is not None and credential.state == "issued" else "",
        institution_ids=frozenset({offering.institution_id, *homes}),
    )


def _facts(enrolment: Enrolment) -> list[Field]:
    facts: list[Field] = [
        {"label": bilingual(_l("Learning hours")), "value": str(enrolment.offering.course.hours)},
    ]
    if enrolment.completed_at is not None and enrolment.quiz_score is not None:
        facts.append({"label": bilingual(_l("Quiz mark")), "value": f"{enrolment.quiz_score / 100:.0f} %"})
    return facts


def _confirmations(enrolment: Enrolment) -> list[Confirmation]:
    if enrolment.completed_at is None:
        return []
    offering = enrolment.offering
    return [
        Confirmation(
            what=bilingual(_l("All requirements met")),
            at=enrolment.completed_at,
            organisation=both(offering.institution.name_en, offering.institution.name_zh),
            name=offering.signatory_name,
            office=both(offering.signatory_office_en, offering.signatory_office_zh),
        )
    ]


def _day(instant: datetime, offering: Offering) -> date:
    return instant.astimezone(ZoneInfo(offering.zone)).date()
