"""Studies in joint programmes as entries of one record."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from lms.core.db import db
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf import Field, bilingual
from lms.credentials import queries as credentials
from lms.credentials.record import Confirmation, RecordEntry, RecordKind, both
from lms.programmes.models import Award, AwardConcurrence, Curriculum, CurriculumParty, Registration, Student
from lms.programmes.queries import grades
from lms.programmes.tally import shown, tally

if TYPE_CHECKING:
    from lms.credentials.models import Credential

_STATES: Mapping[str, tuple[Text, str]] = {
    "active": (_l("Under way"), "info"),
    "awarded": (_l("Degree awarded"), "success"),
    "transferred": (_l("Transferred out"), "neutral"),
    "withdrawn": (_l("Withdrawn"), "neutral"),
}


def record_entries(person_id: int) -> list[RecordEntry]:
    """A person's joint programmes, with the degree once every university has concurred."""
    curriculum = joinedload(Student.curriculum)
    rows = db.session.scalars(
        select(Student)
        .where(Student.person_id == person_id)
        .options(
            joinedload(Student.programme),
            curriculum.selectinload(Curriculum.parties).joinedload(CurriculumParty.institution),
            curriculum.selectinload(Curriculum.modules),
            selectinload(Student.registrations).joinedload(Registration.institution),
        )
        .order_by(Student.id)
    ).all()
    if not rows:
        return []
    conferred = _conferred([row.id for row in rows])
    issued = [one for one in credentials.credentials_of(person_id) if one.subject_kind == "award_concurrence"]
    return [_entry(row, conferred.get(row.id), issued) for row in rows]


def _conferred(student_ids: Sequence[int]) -> dict[int, Award]:
    query = (
        select(Award)
        .where(Award.student_id.in_(student_ids), Award.state == "conferred")
        .options(selectinload(Award.concurrences).joinedload(AwardConcurrence.institution))
    )
    return {award.student_id: award for award in db.session.scalars(query)}


def _entry(student: Student, award: Award | None, issued: "Sequence[Credential]") -> RecordEntry:
    rows = {row.id for row in award.concurrences} if award else set()
    certificates = [one for one in reversed(issued) if one.subject_id in rows and one.state != "replaced"]
    holding = [one for one in certificates if one.state == "issued"]
    is_revoked = bool(certificates) and all(one.state == "revoked" for one in certificates)
    label, tone = (_l("Certificate revoked"), "danger") if is_revoked else _STATES[student.state]
    institutions = [one.institution for one in student.registrations]
    return RecordEntry(
        kind=RecordKind.DEGREE,
        ref=student.ref,
        title=both(student.programme.title_en, student.programme.title_zh),
        organisations=[both(one.name_en, one.name_zh or one.name_local) for one in institutions],
        state=bilingual(label),
        tone=tone,
        is_complete=student.state != "active",
        from_on=student.started_on,
        to_on=student.ended_on,
        address=f"/programmes/students/{student.ref}",
        facts=_facts(student, award),
        confirmations=[] if award is None or is_revoked else _confirmations(award),
        code=holding[0].code if holding else "",
        institution_ids=frozenset(one.id for one in institutions),
    )


def _facts(student: Student, award: Award | None) -> list[Field]:
    """Nothing before the award: the universities that take part read this, and each knows its own side only."""
    if award is None:
        return []
    earned = tally(student.curriculum, grades.passed_modules(student.id))
    unit = student.curriculum.credit_system.upper()
    facts: list[Field] = [
        {"label": bilingual(_l("Credits earned")), "value": f"{shown(earned.total)} / {shown(earned.required)} {unit}"}
    ]
    degrees = {row.degree_en: both(row.degree_en, row.degree_zh) for row in award.concurrences}
    return facts + [{"label": bilingual(_l("Degree")), "value": degree} for degree in degrees.values()]


def _confirmations(award: Award) -> list[Confirmation]:
    return [
        Confirmation(
            what=bilingual(_l("Award concurred in")),
            at=row.concurred_at,
            organisation=both(row.institution.name_en, row.institution.name_zh or row.institution.name_local),
            name=row.signed_name,
            office=bilingual(_l("Coordinator")),
        )
        for row in award.concurrences
        if row.concurred_at is not None
    ]
