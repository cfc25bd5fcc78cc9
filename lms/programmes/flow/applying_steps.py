"""What must hold before an applicant's own steps, and what follows when they were taken."""

from lms.applications.rules import not_open_reason
from lms.core import waiting
from lms.core.actor import Actor, system_actor
from lms.core.i18n import Text, lazy_listed
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, machine_named, perform
from lms.notifications.messages import Message
from lms.notifications.services import notify
from lms.programmes import messages
from lms.programmes.models import Application
from lms.programmes.queries import admission as queries
from lms.programmes.queries.agreements import standing_faults
from lms.programmes.queries.applying import missing_in, not_put_right


def intake_is_open(context: Context) -> Text | None:
    """One applies while the intake is open and the programme may admit."""
    if reason := not_open_reason(context.subject.call, context.actor.now):
        return reason
    programme = queries.intake_of_call(context.subject.call_id).programme
    if faults := standing_faults(programme, context.actor.now):
        return _l("The programme admits nobody for now: %(reasons)s", reasons=lazy_listed(faults))
    return None


def nothing_missing(context: Context) -> Text | None:
    """Everything the intake asks for is there, and every rule is met. The check page lists it all with links."""
    admission = queries.admission_of(context.subject.id)
    if missing_in(context.subject, admission, now=context.actor.now):
        return _l('Something is missing. The list on the page "Check and submit" says what.')
    return None


def all_put_right(context: Context) -> Text | None:
    """Every field that was sent back has been changed."""
    if not_put_right(context.subject):
        return _l("A field that was returned is still unchanged. See the reasons beside each field.")
    return None


def confirm_receipt(context: Context) -> None:
    """The applicant has it in writing."""
    application: Application = context.subject
    waiting.close_items(context.actor, subject=("application", application.id), person_id=application.person_id)
    tell(context.actor, application, messages.RECEIVED)


def stop_everything(context: Context) -> None:
    """Nobody needs to act on an application that is over."""
    application: Application = context.subject
    waiting.close_items(context.actor, subject=("application", application.id))
    platform = system_actor(context.actor.now)
    for decision in queries.decisions_of(application.id):
        if decision.state in ("asked", "returned"):
            perform(machine_named("party_decision"), decision, "end", actor=platform)
        for condition in decision.conditions:
            waiting.close_items(context.actor, subject=("offer_condition", condition.id))


def tell(actor: Actor, application: Application, message: Message, **values: object) -> None:
    """Write to the applicant about their application."""
    admission = queries.admission_of(application.id)
    programme, call = admission.intake.programme, admission.intake.call
    shared = {
        "programme_en": programme.title_en,
        "programme_zh": programme.title_zh,
        "intake_en": call.title_en,
        "intake_zh": call.title_zh,
        "path": f"/programmes/applications/{application.ref}",
    }
    notify(actor, person_id=application.person_id, message=message, values=shared | values)
