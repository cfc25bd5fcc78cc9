"""What courses keep about people, for how long, and why it is read."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, select

from lms.accounts import privacy, readings
from lms.accounts.privacy import ERASED_TEXT, Hold, Holding, Values
from lms.core import workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting.kinds import Titled
from lms.courses.flow import ENROLMENT
from lms.courses.models import Attempt, Course, Enrolment, Offering, PageRead, Response

_BEHIND_CERTIFICATE = timedelta(days=10 * 365)
"""As long as the certificate of a course can be checked."""


def _behind_certificate(row: RowMapping, _now: datetime) -> Hold | None:
    if row["completed_at"] is None:
        return None
    return Hold(_l("The certificate of the course rests on it."), row["completed_at"] + _BEHIND_CERTIFICATE)


def _enrolment_left(row: RowMapping) -> Values | None:
    """Who has completed a course stays as a number of it."""
    if row["completed_at"] is None:
        return None
    return {"motivation": "", "decided_reason": ERASED_TEXT if row["decided_reason"] else ""}


_ENROLMENTS = Holding(
    "enrolments",
    Enrolment,
    _l("Enrolments in courses"),
    becomes=_enrolment_left,
    hold=_behind_certificate,
    subject="enrolment",
)
_ATTEMPTS = Holding(
    "quiz-attempts",
    Attempt,
    _l("Attempts at quizzes"),
    owner="enrolment_id",
    part_of=_ENROLMENTS,
    subject="attempt",
    secret=frozenset({"seed"}),
)
privacy.register(
    _ENROLMENTS,
    Holding("pages-read", PageRead, _l("Course pages read"), owner="enrolment_id", part_of=_ENROLMENTS),
    _ATTEMPTS,
    Holding("quiz-answers", Response, _l("Answers in quizzes"), owner="attempt_id", part_of=_ATTEMPTS),
)
privacy.register_mentions(privacy.ACTED, "course.created_by_id", "enrolment.decided_by_id")


def _give_up_places(actor: Actor, person_id: int) -> None:
    """Withdraw from what has not begun or is under way, so that the next in line get the places."""
    query = select(Enrolment).where(Enrolment.person_id == person_id).order_by(Enrolment.id)
    for enrolment in db.session.scalars(query).all():
        if enrolment.state in ENROLMENT.transitions["withdraw"].sources:
            workflow.perform(ENROLMENT, enrolment, "withdraw", actor=actor)


privacy.on_leaving(_give_up_places)


def _titles(ids: Collection[int]) -> dict[int, Titled]:
    rows = db.session.execute(
        select(Enrolment.id, Course)
        .join(Enrolment.offering)
        .join(Offering.course)
        .where(Enrolment.id.in_(ids))
        .order_by(Enrolment.id)
    )
    return {row[0]: row[1] for row in rows}


readings.register(
    readings.Readable(
        Enrolment,
        "enrolment",
        _l("Enrolment"),
        lambda enrolment: enrolment.person_id,
        {"enrolment.view": _l("To decide on it or to follow your learning")},
        _titles,
    )
)
