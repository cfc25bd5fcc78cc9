"""How each party decides in its own queue: asked, asked back, recorded."""

from lms.core import outbox, waiting
from lms.core.actor import system_actor
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.workflow import Context, machine_named, perform, start
from lms.notifications.services import notify_office
from lms.programmes import messages
from lms.programmes.flow.agreement_steps import office_of
from lms.programmes.flow.applying_steps import tell
from lms.programmes.models import Application, PartyDecision
from lms.programmes.queries import admission as queries

# --- guards -----------------------------------------------------------------------------------------


def is_being_decided(context: Context) -> Text | None:
    """Parties decide while the application lies with them, and on nothing that is settled."""
    state = context.subject.application.state
    if state == "submitted":
        return None
    if state == "returned":
        return _l("The applicant is correcting the application. Decide when it comes back.")
    return _l("This application is settled: the decisions of all universities have taken effect.")


def names_fields(context: Context) -> Text | None:
    """A return says what must be put right."""
    if "fields" not in context.inputs or context.inputs["fields"]:
        return None
    return _l("Name at least one field and say what is wrong with it.")


def is_not_registered(context: Context) -> Text | None:
    """Whoever is registered leaves by other ways."""
    if context.subject.application.state in ("waitlisted", "offered", "conditional"):
        return None
    return _l("There is no offer that could be rescinded.")


def return_is_over(context: Context) -> Text | None:
    """The clock may ring for a due time that was moved."""
    due = context.subject.return_due_at
    if due is not None and due <= context.actor.now:
        return None
    return _l("There is still time to put it right.")


# --- stamps -----------------------------------------------------------------------------------------


def stamp_decided(context: Context) -> None:
    """Who decided, when and why."""
    decision: PartyDecision = context.subject
    decision.decided_at, decision.decided_by_id = context.actor.now, context.actor.person_id
    decision.reason = str(context.inputs.get("reason", ""))


def stamp_open(context: Context) -> None:
    """Nothing is decided any more."""
    decision: PartyDecision = context.subject
    decision.decided_at, decision.decided_by_id, decision.reason = None, None, ""


def stamp_return_due(context: Context) -> None:
    """Until when the applicant may put things right."""
    context.subject.return_due_at = context.inputs["due_at"]


def stamp_not_put_right(context: Context) -> None:
    """The clock's reason."""
    context.subject.decided_reason = str(_l("What was returned was not put right in time."))


# --- what follows -----------------------------------------------------------------------------------


def ask_parties(context: Context) -> None:
    """Each party finds the application in its own queue."""
    application: Application = context.subject
    platform = system_actor(context.actor.now)
    for party in queries.terms(queries.intake_of_call(application.call_id)).parties:
        decision = PartyDecision(
            ref=new_ref(),
            application_id=application.id,
            institution_id=party.institution_id,
            asked_at=context.actor.now,
        )
        start(machine_named("party_decision"), decision, actor=platform)
        _wait_for(context, decision, application)


def ask_party(context: Context) -> None:
    """One party decides again."""
    decision: PartyDecision = context.subject
    _wait_for(context, decision, queries.application_by_id(decision.application_id))


def _wait_for(context: Context, decision: PartyDecision, application: Application) -> None:
    intake = queries.intake_of_call(application.call_id)
    office = office_of(decision.institution_id)
    waiting.open_item(
        context.actor,
        messages.DECIDE_ADMISSION,
        to=office,
        subject=("party_decision", decision.id),
        about=[application.person.name, intake.programme],
        url_values={"ref": decision.ref},
    )
    values = {
        "applicant": application.person.name,
        "programme_en": intake.programme.title_en,
        "programme_zh": intake.programme.title_zh,
        "path": f"/programmes/decisions/{decision.ref}",
    }
    notify_office(context.actor, office=office, message=messages.TO_DECIDE, values=values)


def close_decision(context: Context) -> None:
    """This party has decided, or need not any more."""
    waiting.close_items(context.actor, subject=("party_decision", context.subject.id))


def return_application(context: Context) -> None:
    """The application goes back to the applicant."""
    perform(
        machine_named("admission"),
        queries.application_by_id(context.subject.application_id),
        "return",
        actor=system_actor(context.actor.now),
        due_at=context.inputs["due_at"],
    )


def ask_to_correct(context: Context) -> None:
    """The applicant puts right what was named, until it is due; then the clock ends it."""
    application: Application = context.subject
    due_at = context.inputs["due_at"]
    waiting.open_item(
        context.actor,
        messages.CORRECT_ADMISSION,
        to=application.person_id,
        subject=("application", application.id),
        about=[queries.intake_of_call(application.call_id).programme],
        url_values={"ref": application.ref},
        due_at=due_at,
    )
    outbox.schedule_transition(
        context.actor, machine="admission", subject_id=application.id, transition="end_return", due_at=due_at
    )
    tell(context.actor, application, messages.RETURNED, due_at=due_at.isoformat())


def ask_again(context: Context) -> None:
    """Whoever asked for the correction decides on the corrected application."""
    platform = system_actor(context.actor.now)
    for decision in queries.decisions_of(context.subject.id):
        if decision.state == "returned":
            perform(machine_named("party_decision"), decision, "ask_again", actor=platform)
