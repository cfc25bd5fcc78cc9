"""Conditions of an offer: handed in by the student, confirmed by the party that set them, ended by the clock."""

from datetime import timedelta

from lms.applications.rules import end_of_day
from lms.core import outbox, waiting
from lms.core.actor import Actor, system_actor
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, machine_named, perform
from lms.programmes import messages
from lms.programmes.flow.agreement_steps import office_of
from lms.programmes.flow.applying_steps import tell
from lms.programmes.models import Application, OfferCondition
from lms.programmes.queries import admission as queries
from lms.programmes.queries.conditions import condition_by_id, has_open_conditions

# What a student who is asked again gets at least.
_MORE_DAYS = 7

# --- guards -----------------------------------------------------------------------------------------


def was_accepted(context: Context) -> Text | None:
    """Conditions count from the acceptance of the offer on."""
    # Read anew: the clock comes with the condition alone.
    if condition_by_id(context.subject.id).decision.application.state == "conditional":
        return None
    return _l("Conditions are fulfilled after the offer was accepted.")


def is_in_time(context: Context) -> Text | None:
    """What comes too late is not accepted."""
    if context.actor.now < context.subject.due_at:
        return None
    return _l("The time for this condition is over.")


def is_over(context: Context) -> Text | None:
    """The clock may ring for a due time that was moved."""
    if context.actor.now >= context.subject.due_at:
        return None
    return _l("There is still time.")


# --- stamps -----------------------------------------------------------------------------------------


def stamp_told(context: Context) -> None:
    """What the student says, and the evidence."""
    condition: OfferCondition = context.subject
    condition.told, condition.told_at = str(context.inputs.get("told", "")), context.actor.now
    condition.file_id = context.inputs.get("file_id", condition.file_id)


def stamp_met(context: Context) -> None:
    """Who confirmed it, and when."""
    context.subject.met_at, context.subject.met_by_id = context.actor.now, context.actor.person_id


def stamp_reason(context: Context) -> None:
    """Why."""
    context.subject.reason = str(context.inputs["reason"])


def stamp_returned(context: Context) -> None:
    """Why it does not suffice; whoever handed in at the last minute gets some days more."""
    condition: OfferCondition = context.subject
    stamp_reason(context)
    least = context.actor.now + timedelta(days=_MORE_DAYS)
    if condition.due_at < least:
        zone = condition.decision.application.call.zone
        condition.due_at = end_of_day(context.actor.now, _MORE_DAYS, zone)


# --- what follows -----------------------------------------------------------------------------------


def ask_to_meet(actor: Actor, condition: OfferCondition) -> None:
    """It waits for the student until it is due; then the clock ends it."""
    application = condition.decision.application
    waiting.open_item(
        actor,
        messages.MEET_CONDITION,
        to=application.person_id,
        subject=("offer_condition", condition.id),
        about=[queries.intake_of_call(application.call_id).programme],
        url_values={"ref": condition.ref},
        due_at=condition.due_at,
    )
    outbox.schedule_transition(
        actor, machine="offer_condition", subject_id=condition.id, transition="miss", due_at=condition.due_at
    )


def ask_to_judge(context: Context) -> None:
    """The party that set the condition looks at it."""
    condition = condition_by_id(context.subject.id)
    application = condition.decision.application
    close(context)
    waiting.open_item(
        context.actor,
        messages.JUDGE_CONDITION,
        to=office_of(condition.decision.institution_id),
        subject=("offer_condition", condition.id),
        about=[application.person.name, queries.intake_of_call(application.call_id).programme],
        url_values={"ref": condition.ref},
    )


def close(context: Context) -> None:
    """Nobody needs to act on it now."""
    waiting.close_items(context.actor, subject=("offer_condition", context.subject.id))


def ask_again(context: Context) -> None:
    """The student hands in something better, and reads why."""
    condition = condition_by_id(context.subject.id)
    close(context)
    ask_to_meet(context.actor, condition)
    tell(
        context.actor,
        condition.decision.application,
        messages.CONDITION_RETURNED,
        condition=condition.text,
        reason=condition.reason,
        due_at=condition.due_at.isoformat(),
    )


def complete_if_all(context: Context) -> None:
    """The last condition admits the student."""
    admit_if_all_met(context.actor, queries.application_by_id(context.subject.decision.application_id))


def admit_if_all_met(actor: Actor, application: Application) -> None:
    """Admit whoever accepted and has fulfilled every condition.

    The application is locked before the conditions are read, so that of two confirmed at once the later one admits.
    """
    queries.lock_application(application)
    if not has_open_conditions(application.id):
        perform(machine_named("admission"), application, "complete", actor=system_actor(actor.now))


def end_admission(context: Context) -> None:
    """A condition that was not fulfilled in time ends the admission."""
    application = queries.application_by_id(context.subject.decision.application_id)
    perform(machine_named("admission"), application, "miss_condition", actor=system_actor(context.actor.now))
