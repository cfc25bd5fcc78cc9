"""A reminder of an endorsement, to be pasted to whoever must act on it."""

from lms.applications.models import Application, Endorsement
from lms.core import waiting
from lms.core.i18n import gettext, in_language, language
from lms.core.web import current_actor
from lms.core.web.locale import show_instant
from lms.core.web.templating import in_reader_language
from lms.notifications.reminders import Reminder, reminders_for


def reminder_of(endorsement: Endorsement, application: Application) -> Reminder | None:
    """Words for a messenger, in the language of whoever must act: the office, the applicant, or who has the link.

    The link is secret and not among them. None where nobody outside the secretariat must act.
    """
    items = [one for one in waiting.items_about(("endorsement", endorsement.id)) if one.office_role != "secretariat"]
    if items:
        return reminders_for(items, current_actor().now)[items[0].id]
    if endorsement.route != "link" or endorsement.state != "requested":
        return None
    with in_language(endorsement.language):
        text = gettext(
            'Please look for our mail about the endorsement of %(applicant)s for "%(call)s": it holds a link for '
            "you, and your answer is due on %(due)s.",
            applicant=application.person.name,
            call=in_reader_language(application.call, "title"),
            due=show_instant(endorsement.due_at, application.call.zone),
        )
    return Reminder(text, language(endorsement.language).html)
