"""What follows when all parties have decided: offers, their answers, seats, and the waiting list."""

from collections.abc import Sequence

from lms.applications.rules import end_of_day
from lms.core import audit, outbox, waiting
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.errors import Conflict
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, machine_named, perform
from lms.notifications.messages import Message
from lms.programmes import messages
from lms.programmes.flow.applying_steps import stop_everything, tell
from lms.programmes.flow.condition_steps import admit_if_all_met, ask_to_meet
from lms.programmes.models import Admission, AdmissionOffer, Application, Intake, PartyDecision
from lms.programmes.queries import admission as queries
from lms.programmes.queries.admission import Recorded
from lms.programmes.queries.agreements import standing_faults
from lms.programmes.queries.conditions import conditions_of, has_open_conditions
from lms.programmes.rules import has_room

# --- guards -----------------------------------------------------------------------------------------


def has_open_offer(context: Context) -> Text | None:
    """An offer is answered before it expires; at that very instant it is too late."""
    offer = queries.open_offer(context.subject.id)
    if offer is None:
        return _l("There is no offer to answer any more.")
    if context.actor.now >= offer.expires_at:
        return _l("The time to answer this offer is over.")
    return None


def has_expired(context: Context) -> Text | None:
    """The clock lets an offer lapse once it has expired, not before."""
    offer = queries.open_offer(context.subject.id)
    if offer is None or context.actor.now < offer.expires_at:
        return _l("This offer has not expired.")
    return None


def conditions_are_met(context: Context) -> Text | None:
    """Whoever is admitted has fulfilled every condition."""
    if has_open_conditions(context.subject.id):
        return _l("A condition is not fulfilled yet.")
    return None


# --- all parties have decided -----------------------------------------------------------------------


def settle(context: Context) -> None:
    """When the last party has recorded its decision they take effect together, and not before.

    The application's row is locked already (`services.deciding`), so that two who decide at once settle it once.
    """
    decision: PartyDecision = context.subject
    db.session.flush()
    decisions = queries.recorded(decision.application_id)
    if any(one.state not in ("admitted", "refused") for one in decisions):
        return
    application = queries.application_by_id(decision.application_id)
    platform = system_actor(context.actor.now)
    machine = machine_named("admission")
    if refused := [one for one in decisions if one.state == "refused"]:
        perform(machine, application, "reject", actor=platform, reason=_reasons(refused))
        return
    admission = queries.admission_of(application.id)
    admission.concurred_at = context.actor.now
    intake = queries.lock_intake(admission.intake_id)
    perform(machine, application, "offer" if _is_free(context.actor, intake, admission) else "waitlist", actor=platform)


def _reasons(refused: Sequence[Recorded]) -> str:
    return "\n".join(f"{one.institution}: {one.reason}" for one in refused)


def _is_free(actor: Actor, intake: Intake, admission: Admission) -> bool:
    """Whether a seat can be offered: there is one, and agreement and approvals allow it. The intake is locked."""
    if standing_faults(intake.programme, actor.now):
        return False
    agreed = queries.terms(intake)
    return has_room(intake.seats, agreed.limits, queries.seats_taken(intake), admission.party_id)


def make_offer(context: Context) -> None:
    """The seat is held for the applicant until the end of the last day to answer, in the intake's zone."""
    application: Application = context.subject
    call = application.call
    offer = AdmissionOffer(
        application_id=application.id,
        made_at=context.actor.now,
        expires_at=end_of_day(context.actor.now, call.answer_days, call.zone),
    )
    db.session.add(offer)
    db.session.flush()
    outbox.schedule_transition(
        context.actor, machine="admission", subject_id=application.id, transition="lapse", due_at=offer.expires_at
    )
    waiting.open_item(
        context.actor,
        messages.ANSWER_ADMISSION,
        to=application.person_id,
        subject=("application", application.id),
        about=[queries.intake_of_call(call.id).programme],
        url_values={"ref": application.ref},
        due_at=offer.expires_at,
    )
    tell(context.actor, application, messages.OFFERED, expires_at=offer.expires_at.isoformat())


def tell_waitlisted(context: Context) -> None:
    """The applicant learns that a seat may still come free."""
    tell(context.actor, context.subject, messages.WAITLISTED)


def tell_rejected(context: Context) -> None:
    """The applicant learns the reason."""
    tell(context.actor, context.subject, messages.REJECTED, reason=context.subject.decided_reason)


# --- what becomes of an offer -----------------------------------------------------------------------


def take_seat(context: Context) -> None:
    """Accepted: the student is admitted at once, or when every condition is fulfilled."""
    application: Application = context.subject
    _answer(context, "accepted")
    for condition in conditions_of(application.id):
        ask_to_meet(context.actor, condition)
    admit_if_all_met(context.actor, application)


def tell_admitted(context: Context) -> None:
    """The student learns that all universities register them."""
    tell(context.actor, context.subject, messages.ADMITTED)


def give_seat_back(context: Context) -> None:
    """Declined: the seat goes to the next in line."""
    _leave_seat(context, "declined")


def let_lapse(context: Context) -> None:
    """Not answered in time, or a condition missed: the seat goes to the next in line."""
    _leave_seat(context, "lapsed", messages.LAPSED)


def take_back(context: Context) -> None:
    """Rescinded: the applicant learns why, the seat goes to the next in line."""
    _leave_seat(context, "rescinded", messages.RESCINDED)


def leave(context: Context) -> None:
    """Withdrawn: a seat that was offered or taken goes to the next in line."""
    _leave_seat(context, "withdrawn")


def rescind(context: Context) -> None:
    """Without the word of one party there is no offer of all."""
    decision: PartyDecision = context.subject
    application = queries.application_by_id(decision.application_id)
    platform = system_actor(context.actor.now)
    perform(machine_named("admission"), application, "rescind", actor=platform, reason=decision.reason)


def _leave_seat(context: Context, answer: str, message: Message | None = None) -> None:
    application: Application = context.subject
    held = _answer(context, answer)
    stop_everything(context)
    if message is not None:
        tell(context.actor, application, message, reason=application.decided_reason)
    if held:
        offer_free_seats(context.actor, queries.admission_of(application.id).intake_id)


def _answer(context: Context, answer: str) -> bool:
    """Close the offer that is open or was accepted with its answer; whether there was one."""
    application: Application = context.subject
    waiting.close_items(context.actor, subject=("application", application.id), kind=messages.ANSWER_ADMISSION)
    live = [offer for offer in queries.offers_of(application.id) if offer.answer in ("open", "accepted")]
    if not live:
        return False
    live[0].answer, live[0].answered_at = answer, context.actor.now
    db.session.flush()
    audit.record(context.actor, f"admission_offer.{answer}", subject=("application", application.id))
    return True


def offer_free_seats(actor: Actor, intake_id: int) -> list[Application]:
    """Offer every free seat of an intake to those in line; who got one.

    The intake's row is locked, so that two seats that come free at once are not given twice. Whoever waits for a
    seat of a university that has none left does not hold up those behind.
    """
    intake = queries.lock_intake(intake_id)
    platform = system_actor(actor.now)
    got: list[Application] = []
    for admission in queries.waiting_in_line(intake):
        if not _is_free(actor, intake, admission):
            continue
        try:
            perform(machine_named("admission"), admission.application, "offer_next", actor=platform)
        except Conflict:  # Withdrawn at the same moment.
            continue
        got.append(admission.application)
    return got
