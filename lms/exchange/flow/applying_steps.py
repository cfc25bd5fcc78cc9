"""What must hold before an applicant's own steps, and what follows when they were taken."""

from lms.applications.rules import not_open_reason
from lms.applications.services.endorsements import cancel_live
from lms.core import waiting
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context
from lms.exchange import messages
from lms.exchange.indexing import index_application
from lms.exchange.queries.applying import missing_in, not_put_right
from lms.notifications.services import notify


def call_is_open(context: Context) -> Text | None:
    """One applies while the call is open."""
    return not_open_reason(context.subject.call, context.actor.now)


def nothing_missing(context: Context) -> Text | None:
    """Everything the call asks for is there, and every rule is met. The check page lists it all with links."""
    if missing_in(context.subject, now=context.actor.now):
        return _l('Something is missing. The list on the page "Check and submit" says what.')
    return None


def all_put_right(context: Context) -> Text | None:
    """Every field that was sent back has been changed."""
    if not_put_right(context.subject):
        return _l("A field that was returned is still unchanged. See the reasons beside each field.")
    return None


def confirm_receipt(context: Context) -> None:
    """The applicant has it in writing; staff can find the application."""
    application = context.subject
    waiting.close_items(context.actor, subject=("application", application.id), person_id=application.person_id)
    call = application.call
    values = {
        "call_en": call.title_en,
        "call_zh": call.title_zh,
        "path": f"/exchange/applications/{application.ref}",
    }
    notify(context.actor, person_id=application.person_id, message=messages.APPLICATION_RECEIVED, values=values)
    index_application(application)


def stop_everything(context: Context) -> None:
    """Nobody needs to act on a withdrawn application."""
    waiting.close_items(context.actor, subject=("application", context.subject.id))
    cancel_live(context.actor, context.subject)
