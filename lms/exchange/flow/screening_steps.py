"""What must hold before screening lets an application pass, and what follows from each of its decisions."""

from lms.applications.eligibility import Met
from lms.applications.flow.review import ask_for_reviewers
from lms.applications.queries.endorsements import is_endorsed as has_endorsement
from lms.applications.queries.facts import application_outcomes
from lms.core import waiting
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import Office
from lms.core.workflow import Context
from lms.exchange import messages
from lms.exchange.models import Application
from lms.exchange.queries.deciding import application_by_id
from lms.notifications.messages import Message
from lms.notifications.services import notify

SECRETARIAT = Office("secretariat", "platform")


def is_endorsed(context: Context) -> Text | None:
    """The home side has given its word."""
    if has_endorsement(context.subject):
        return None
    return _l("No endorsement has been given yet. Wait for it, or remind the endorser.")


def meets_rules(context: Context) -> Text | None:
    """Every rule is met by the facts that the applicant stated."""
    outcomes = application_outcomes(context.subject, now=context.actor.now)
    if all(outcome.met is Met.YES for outcome in outcomes):
        return None
    return _l("Not every eligibility rule is met. Return the application, or refuse it.")


def names_fields(context: Context) -> Text | None:
    """A return says what must be put right."""
    return None if context.inputs.get("fields") else _l("Name at least one field and say what is wrong with it.")


def stamp_return_due(context: Context) -> None:
    """Until when the applicant may put things right."""
    context.subject.return_due_at = context.inputs["due_at"]


def open_screening(context: Context) -> None:
    """The secretariat screens it."""
    application: Application = context.subject
    waiting.open_item(
        context.actor,
        messages.SCREEN,
        to=SECRETARIAT,
        subject=("application", application.id),
        about=[application.person.name, application.call],
        url_values={"ref": application.ref},
        # The home side may answer until long after the closing date, and nothing passes without its word.
        due_at=messages.SCREEN.due_from(max(context.actor.now, application.call.closes_at)),
    )


def close_screening(context: Context) -> None:
    """Screening is over for now."""
    waiting.close_items(context.actor, subject=("application", context.subject.id), kind=messages.SCREEN)


def ask_to_correct(context: Context) -> None:
    """The applicant puts right what was named, until it is due."""
    application: Application = context.subject
    waiting.open_item(
        context.actor,
        messages.CORRECT_APPLICATION,
        to=application.person_id,
        subject=("application", application.id),
        about=[application.call],
        url_values={"ref": application.ref},
        due_at=application.return_due_at,
    )
    tell(context, messages.APPLICATION_RETURNED, due_at=context.inputs["due_at"].isoformat())


def tell_in_review(context: Context) -> None:
    """The applicant learns that the application is complete; the secretariat finds reviewers for it."""
    tell(context, messages.APPLICATION_IN_REVIEW)
    ask_for_reviewers(context.actor, context.subject)


def tell_ineligible(context: Context) -> None:
    """The applicant learns the reason."""
    waiting.close_items(context.actor, subject=("application", context.subject.id))
    tell(context, messages.APPLICATION_INELIGIBLE, reason=context.subject.decided_reason)


def tell(context: Context, message: Message, **values: object) -> None:
    """Write to the applicant about their application."""
    application = application_by_id(context.subject.id)
    call = application.call
    shared = {
        "call_en": call.title_en,
        "call_zh": call.title_zh,
        "path": f"/exchange/applications/{application.ref}",
    }
    notify(context.actor, person_id=application.person_id, message=message, values=shared | values)
