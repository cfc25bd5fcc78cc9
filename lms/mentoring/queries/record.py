"""Mentorships as the one record shows them, to mentor and mentee alike."""

from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.core import settings
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf import Bilingual, Field, bilingual
from lms.core.workflow import machine_named
from lms.credentials.queries import credentials_about
from lms.credentials.record import Confirmation, RecordEntry, RecordKind
from lms.mentoring.models import Mentorship, Participant
from lms.mentoring.rules import hours_of

_HELD = "held"


def record_entries(person_id: int) -> list[RecordEntry]:
    """Every mentorship of a person, on either side, with its meetings and hours.

    One that ended without a note says only from when to when: neither side gave a reason, and the record gives none.
    """
    own = select(Participant.id).where(Participant.person_id == person_id)
    rows = db.session.scalars(
        select(Mentorship)
        .where(or_(Mentorship.mentor_id.in_(own), Mentorship.mentee_id.in_(own)))
        .options(
            joinedload(Mentorship.scheme),
            joinedload(Mentorship.mentor).joinedload(Participant.person),
            joinedload(Mentorship.mentee).joinedload(Participant.person),
            selectinload(Mentorship.meetings),
        )
        .order_by(Mentorship.id)
    ).all()
    credentials = credentials_about("mentorship", [row.id for row in rows])
    return [_entry(row, person_id, credentials.get(row.id)) for row in rows]


def _entry(row: Mentorship, person_id: int, credential: object) -> RecordEntry:
    is_mentor = row.mentor.person_id == person_id
    zone, center = ZoneInfo(row.scheme.zone), settings.center_names()
    state = machine_named("mentorship").state_of(row)
    code = getattr(credential, "code", "") if is_mentor and getattr(credential, "state", "") == "issued" else ""
    return RecordEntry(
        kind=RecordKind.MENTORING,
        ref=row.ref,
        title=Bilingual(en=row.scheme.title_en, zh=row.scheme.title_zh or row.scheme.title_en),
        organisations=[Bilingual(en=center["en"], zh=center["zh"])],
        state=bilingual(state.label),
        tone=state.tone,
        is_complete=row.ended_at is not None,
        from_on=row.started_at.astimezone(zone).date(),
        to_on=row.ended_at.astimezone(zone).date() if row.ended_at else None,
        address=f"/mentoring/mentorships/{row.ref}",
        facts=_facts(row, is_mentor=is_mentor),
        confirmations=_confirmations(row, is_mentor=is_mentor),
        code=code,
    )


def _facts(row: Mentorship, *, is_mentor: bool) -> list[Field]:
    held = [meeting.minutes for meeting in row.meetings if meeting.state == _HELD]
    part = _l("Mentor") if is_mentor else _l("Mentee")
    return [
        {"label": bilingual(_l("Part")), "value": bilingual(part)},
        {"label": bilingual(_l("Meetings")), "value": str(len(held))},
        {"label": bilingual(_l("Hours together")), "value": hours_of(sum(held))},
    ]


def _confirmations(row: Mentorship, *, is_mentor: bool) -> list[Confirmation]:
    """The closing note of each side confirms that it took place. A mentor's record names no mentee."""
    if row.state != "completed" or row.ended_at is None:
        return []
    center = settings.center_names()
    signers = (
        (row.mentor.person.name, row.mentor_note, _l("Mentor")),
        ("" if is_mentor else row.mentee.person.name, row.mentee_note, _l("Mentee")),
    )
    return [
        Confirmation(
            what=bilingual(_l("Closed with a note")),
            at=row.ended_at,
            organisation=Bilingual(en=center["en"], zh=center["zh"]),
            name=name,
            office=bilingual(office),
        )
        for name, note, office in signers
        if note
    ]
