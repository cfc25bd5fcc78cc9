"""Whom mentoring reached."""

from sqlalchemy import Select, select

from lms.core.years import center_year
from lms.mentoring.models import MentoringScheme, Mentorship, Participant


def mentored() -> Select[int, int, int | None]:
    """Person, year of the beginning and sub centre of every mentorship, for its mentee."""
    return (
        select(
            Participant.person_id,
            center_year(Mentorship.started_at).label("year"),
            MentoringScheme.sub_centre_id,
        )
        .join(Participant, Participant.id == Mentorship.mentee_id)
        .join(MentoringScheme, MentoringScheme.id == Mentorship.scheme_id)
        .select_from(Mentorship)
    )
