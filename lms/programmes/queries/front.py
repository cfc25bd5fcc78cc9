"""What the home page and the dashboard show of joint degrees."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.core.actor import Actor
from lms.core.db import db
from lms.programmes.models import Admission, Application, Call, Intake, PartyDecision, Programme

_UNDER_WAY = ("submitted", "returned", "waitlisted", "offered", "conditional")


def closing_soon(actor: Actor, *, limit: int) -> Sequence[Intake]:
    """Open intakes with their programmes and coordinating universities, the soonest to close first."""
    return db.session.scalars(
        select(Intake)
        .join(Intake.call)
        .where(Call.state == "published", Call.opens_at <= actor.now, Call.closes_at > actor.now)
        .options(contains_eager(Intake.call), joinedload(Intake.programme).joinedload(Programme.coordinating))
        .order_by(Call.closes_at, Intake.id)
        .limit(limit)
    ).all()


def programmes_of_centre(actor: Actor, code: str, *, limit: int) -> Sequence[Programme]:
    """The first published programmes of a sub research centre by title, with their coordinating universities."""
    return db.session.scalars(
        select(Programme)
        .where(Programme.state == "published", Programme.sub_centres.any(code=code))
        .options(joinedload(Programme.coordinating))
        .order_by(Programme.title_en, Programme.id)
        .limit(limit)
    ).all()


def current_admissions(actor: Actor, *, limit: int) -> Sequence[Admission]:
    """The actor's applications to joint degrees that are not over, newest first.

    A draft is over when its intake is; an accepted one goes on as a student.
    """
    return db.session.scalars(
        select(Admission)
        .join(Admission.application)
        .join(Application.call)
        .where(
            Application.person_id == actor.person_id,
            or_(
                Application.state.in_(_UNDER_WAY),
                (Application.state == "draft") & (Call.state == "published") & (Call.closes_at > actor.now),
            ),
        )
        .options(
            contains_eager(Admission.application).contains_eager(Application.call),
            joinedload(Admission.intake).joinedload(Intake.programme),
        )
        .order_by(Application.id.desc())
        .limit(limit)
    ).all()


def decision_ids(application_ids: Sequence[int]) -> dict[int, list[int]]:
    """What the parties decide about these applications, by their ids: about which something may wait."""
    found: dict[int, list[int]] = {}
    rows = db.session.execute(
        select(PartyDecision.application_id, PartyDecision.id)
        .where(PartyDecision.application_id.in_(application_ids))
        .order_by(PartyDecision.id)
    )
    for application_id, decision_id in rows:
        found.setdefault(application_id, []).append(decision_id)
    return found
