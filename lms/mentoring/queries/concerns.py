"""Reading concerns: for whom they go to, and for whoever confided them. Nobody else reads this table."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased, joinedload

from lms.accounts.queries import office_member_ids
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.waiting import Office
from lms.mentoring.models import Concern, Mentorship, Participant

SCOPE = "mentoring_scheme"
_mentor = aliased(Participant)
_mentee = aliased(Participant)
_ANSWERED_SHOWN = 50


def concerns_for(actor: Actor) -> Select[Concern]:
    """The concerns that go to the actor, none of which is about a mentorship of their own."""
    contact = actor.scopes_of("safeguarding", SCOPE)
    goes = (Concern.goes_to == "safeguarding") & Mentorship.scheme_id.in_(contact)
    if actor.is_secretariat:
        goes = or_(goes, Concern.goes_to == "secretariat")
    return (
        select(Concern)
        .join(Concern.mentorship)
        .join(_mentor, _mentor.id == Mentorship.mentor_id)
        .join(_mentee, _mentee.id == Mentorship.mentee_id)
        .where(goes, _mentor.person_id != actor.person_id, _mentee.person_id != actor.person_id)
        .options(
            joinedload(Concern.mentorship).joinedload(Mentorship.scheme),
            joinedload(Concern.mentorship).joinedload(Mentorship.mentor).joinedload(Participant.person),
            joinedload(Concern.mentorship).joinedload(Mentorship.mentee).joinedload(Participant.person),
        )
    )


def concerns_in_groups(actor: Actor) -> dict[str, Sequence[Concern]]:
    """What still has to be answered, the oldest first, and what was answered last."""
    asked = concerns_for(actor)
    answered = asked.where(Concern.state == "closed").order_by(Concern.id.desc()).limit(_ANSWERED_SHOWN)
    return {
        "open": db.session.scalars(asked.where(Concern.state != "closed").order_by(Concern.id)).all(),
        "closed": db.session.scalars(answered).all(),
    }


def concern_for(actor: Actor, ref: str) -> Concern:
    """One concern that goes to the actor. Raises NotFound."""
    found = db.session.scalars(concerns_for(actor).where(Concern.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


def reported_by(actor: Actor, mentorship: Mentorship) -> Sequence[Concern]:
    """What the actor confided about a mentorship of their own, the latest first."""
    return db.session.scalars(
        select(Concern)
        .where(Concern.mentorship_id == mentorship.id, Concern.reporter_id == actor.person_id)
        .order_by(Concern.id.desc())
    ).all()


def contacts_for(actor: Actor, mentorship: Mentorship) -> tuple[str, list[int]]:
    """To which office a concern about a mentorship goes, and who sits there now: nobody who is a party to it."""
    parties = {mentorship.mentor.person_id, mentorship.mentee.person_id}
    offices = (
        ("safeguarding", Office("safeguarding", SCOPE, mentorship.scheme_id)),
        ("secretariat", Office("secretariat", "platform")),
    )
    for name, office in offices:
        members = [one for one in office_member_ids(office, actor.now) if one not in parties]
        if members:
            return name, members
    return "secretariat", []
