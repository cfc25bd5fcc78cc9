"""Reading intakes, applications to them and what the parties decide, each as far as the actor may."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.programmes.models import (
    Admission,
    AdmissionOffer,
    Agreement,
    AgreementParty,
    Application,
    Call,
    Institution,
    Intake,
    OfferCondition,
    PartyDecision,
    Person,
    Programme,
)
from lms.programmes.rules import PUBLIC_INTAKES, SEATED

KIND = "programme"

# --- intakes ----------------------------------------------------------------------------------------


def _intakes() -> Select[Intake]:
    programme = joinedload(Intake.programme)
    return select(Intake).options(
        joinedload(Intake.call),
        programme.joinedload(Programme.coordinating),
        programme.selectinload(Programme.agreements).selectinload(Agreement.parties),
        joinedload(Intake.agreement).selectinload(Agreement.parties).joinedload(AgreementParty.institution),
    )


def intake_by_ref(_actor: Actor, ref: str) -> Intake:
    """An intake; the permission asks whose office may see it. Raises NotFound."""
    found = db.session.scalars(_intakes().join(Intake.call).where(Call.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


def public_intake(_actor: Actor, ref: str) -> Intake:
    """An intake that everybody may know of. Raises NotFound."""
    found = db.session.scalars(
        _intakes().join(Intake.call).where(Call.ref == ref, Call.state.in_(PUBLIC_INTAKES))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def intake_of_call(call_id: int) -> Intake:
    """The intake that a call of the kind "programme" belongs to."""
    return db.session.scalars(_intakes().where(Intake.call_id == call_id)).one()


def terms(intake: Intake) -> Agreement:
    """The agreement under which an intake was opened; its parties are loaded with the intake."""
    assert intake.agreement is not None
    return intake.agreement


def lock_intake(intake_id: int) -> Intake:
    """The intake, locked: whoever counts its seats holds it."""
    db.session.execute(select(Intake.id).where(Intake.id == intake_id).with_for_update())
    return db.session.scalars(_intakes().where(Intake.id == intake_id)).one()


def seats_taken(intake: Intake) -> dict[int | None, int]:
    """How many seats are held or taken, by the university through which the students enter."""
    rows = db.session.execute(
        select(Admission.party_id, func.count())
        .join(Application, Application.id == Admission.application_id)
        .where(Admission.intake_id == intake.id, Application.state.in_(SEATED))
        .group_by(Admission.party_id)
    )
    return dict(rows.all())


def count_by_state(intake: Intake) -> dict[str, int]:
    """How many applications to an intake stand in each state."""
    rows = db.session.execute(
        select(Application.state, func.count())
        .where(Application.call_id == intake.call_id)
        .group_by(Application.state)
        .order_by(Application.state)
    )
    return dict(rows.all())


def waiting_in_line(intake: Intake) -> Sequence[Admission]:
    """Who waits for a seat, in the order in which all parties had agreed to admit them."""
    return db.session.scalars(
        _admissions()
        .where(Admission.intake_id == intake.id, Application.state == "waitlisted")
        .order_by(Admission.concurred_at, Admission.id)
    ).all()


def applications_in(intake: Intake, states: Collection[str]) -> Sequence[Application]:
    """An intake's applications in some states, for what its own transitions do to them."""
    return db.session.scalars(
        select(Application)
        .where(Application.call_id == intake.call_id, Application.state.in_(states))
        .options(joinedload(Application.call), joinedload(Application.person))
        .order_by(Application.id)
    ).all()


# --- the applicant's own ----------------------------------------------------------------------------


def _applications() -> Select[Application]:
    return (
        select(Application)
        .join(Application.call)
        .where(Call.kind == KIND)
        .options(
            contains_eager(Application.call),
            joinedload(Application.person),
            joinedload(Application.home_institution).joinedload(Institution.country),
        )
    )


def my_applications(actor: Actor) -> Sequence[Application]:
    """The actor's own applications to joint degrees, newest first."""
    return db.session.scalars(
        _applications().where(Application.person_id == actor.person_id).order_by(Application.id.desc())
    ).all()


def own_application(actor: Actor, ref: str) -> Application:
    """One of them. Raises NotFound."""
    found = db.session.scalars(
        _applications().where(Application.ref == ref, Application.person_id == actor.person_id)
    ).one_or_none()
    if found is None or actor.person_id is None:
        raise NotFound
    return found


def live_application(person_id: int | None, call: Call) -> Application | None:
    """A person's application to an intake that was not withdrawn."""
    if person_id is None:
        return None
    return db.session.scalars(
        _applications().where(
            Application.call_id == call.id, Application.person_id == person_id, Application.state != "withdrawn"
        )
    ).one_or_none()


def application_by_id(application_id: int) -> Application:
    """An application as flows and clocks need it."""
    return db.session.scalars(_applications().where(Application.id == application_id)).one()


def lock_application(application: Application) -> None:
    """Hold an application while what depends on it is read: decisions and conditions come after it, seats last."""
    db.session.flush()
    db.session.refresh(application, attribute_names=["state", "version"], with_for_update=True)


def _admissions() -> Select[Admission]:
    intake = joinedload(Admission.intake)
    return (
        select(Admission)
        .join(Admission.application)
        .options(
            contains_eager(Admission.application).options(
                joinedload(Application.call),
                joinedload(Application.person),
                joinedload(Application.home_institution).joinedload(Institution.country),
            ),
            joinedload(Admission.party),
            joinedload(Admission.nominating),
            intake.joinedload(Intake.call),
            intake.joinedload(Intake.programme),
            intake.joinedload(Intake.agreement)
            .selectinload(Agreement.parties)
            .joinedload(AgreementParty.institution)
            .joinedload(Institution.country),
        )
    )


def admission_of(application_id: int) -> Admission:
    """What an application holds beyond the spine, with its intake and the parties."""
    return db.session.scalars(_admissions().where(Admission.application_id == application_id)).one()


def offers_of(application_id: int) -> Sequence[AdmissionOffer]:
    """Every offer that was made to an applicant, the latest first."""
    return db.session.scalars(
        select(AdmissionOffer).where(AdmissionOffer.application_id == application_id).order_by(AdmissionOffer.id.desc())
    ).all()


def open_offer(application_id: int) -> AdmissionOffer | None:
    """The offer that waits for an answer."""
    return next((one for one in offers_of(application_id) if one.answer == "open"), None)


# --- what the parties decide ------------------------------------------------------------------------


def decisions_of(application_id: int) -> Sequence[PartyDecision]:
    """What every party decides about an application, with its conditions. For flows, and behind `shown_of`."""
    return db.session.scalars(
        select(PartyDecision)
        .where(PartyDecision.application_id == application_id)
        .options(joinedload(PartyDecision.institution), selectinload(PartyDecision.conditions))
        .order_by(PartyDecision.id)
    ).all()


@dataclass(frozen=True)
class Recorded:
    """What one party has recorded, as it stands in the database now."""

    state: str
    institution: str
    reason: str


def recorded(application_id: int) -> list[Recorded]:
    """What the parties have recorded about an application that is locked, in the order in which they agreed."""
    rows = db.session.execute(
        select(PartyDecision.state, Institution.name_en, PartyDecision.reason)
        .join(Institution, Institution.id == PartyDecision.institution_id)
        .where(PartyDecision.application_id == application_id)
        .order_by(PartyDecision.id)
    )
    return [Recorded(*row) for row in rows]


def _of_my_office(actor: Actor) -> Select[PartyDecision]:
    """What the actor's universities decide; nobody decides on an application of their own."""
    mine = actor.scopes_of("coordinator", "institution")
    return (
        select(PartyDecision)
        .join(PartyDecision.application)
        .join(Application.call)
        .where(
            PartyDecision.institution_id.in_(mine) if mine else false(),
            Application.person_id != actor.person_id,
        )
        .options(
            contains_eager(PartyDecision.application).options(
                contains_eager(Application.call),
                joinedload(Application.person),
                joinedload(Application.home_institution).joinedload(Institution.country),
            ),
            joinedload(PartyDecision.institution),
            selectinload(PartyDecision.conditions).joinedload(OfferCondition.file),
        )
    )


def _is_called(q: str) -> ColumnElement[bool]:
    """Applications whose person bears these words in a name, or with this reference.

    Addresses are left out: whether one holds a word would tell those with whom it is not shared.
    """
    names = (Person.name, Person.name_local, Person.name_zh)
    called = select(Person.id).where(or_(*(name.icontains(q.strip(), autoescape=True) for name in names)))
    return or_(Application.person_id.in_(called), Application.ref == q)


def decision_queue(actor: Actor, *, q: str = "", state: str = "", intake: str = "") -> Select[PartyDecision]:
    """The applications that the actor's universities decide on, narrowed by words, state and intake."""
    query = _of_my_office(actor)
    if q:
        query = query.where(_is_called(q))
    if intake:
        query = query.where(Call.ref == intake)
    return query.where(PartyDecision.state == state) if state else query


def decision_of_my_office(actor: Actor, ref: str) -> PartyDecision:
    """One of them. Raises NotFound."""
    found = db.session.scalars(_of_my_office(actor).where(PartyDecision.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


# --- lists of an intake -----------------------------------------------------------------------------


def intake_applications(actor: Actor, intake: Intake, *, q: str = "", state: str = "") -> Select[Admission]:
    """The applications to an intake that were handed in, for the offices that carry it, but for the actor's own."""
    query = _admissions().where(
        Admission.intake_id == intake.id,
        Application.submitted_at.is_not(None),
        Application.person_id != (actor.person_id or 0),
    )
    if q:
        query = query.where(_is_called(q))
    return query.where(Application.state == state) if state else query


def own_decisions(actor: Actor, intake: Intake) -> dict[int, PartyDecision]:
    """What the actor's university decided on each application to an intake, by the application's id."""
    rows = db.session.scalars(_of_my_office(actor).where(Application.call_id == intake.call_id))
    return {row.application_id: row for row in rows}


def nominated_by(actor: Actor, intake: Intake) -> Sequence[Admission]:
    """Whom the actor's universities have nominated for an intake."""
    mine = actor.scopes_of("coordinator", "institution")
    return db.session.scalars(
        _admissions()
        .where(Admission.intake_id == intake.id, Admission.nominating_id.in_(mine) if mine else false())
        .order_by(Admission.id)
    ).all()
