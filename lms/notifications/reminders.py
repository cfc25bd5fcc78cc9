"""Reminders to copy into whatever messenger people use, in the language of whoever must act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for

from lms.accounts import queries as people
from lms.core.clock import CENTER_ZONE
from lms.core.i18n import gettext, in_language, language
from lms.core.waiting import WaitingItem, kind_named
from lms.core.web.locale import show_instant
from lms.core.web.templating import in_reader_language


@dataclass(frozen=True)
class Reminder:
    """A text to paste, and its language as an HTML tag."""

    text: str
    lang: str


def reminders_for(items: Sequence[WaitingItem], now: datetime) -> dict[int, Reminder]:
    """A reminder for each item by its id, with two queries however many items there are.

    The receiver is the person addressed or who has taken it, else the office: then its first member's
    language and zone count, and nobody is greeted by name.
    """
    members = people.members_of_offices([item for item in items if item.person_id is None], now)
    first = {item.id: ids[0] for item in items if (ids := members.get(item.id))}
    contacts = people.contacts([item.person_id or item.assignee_id for item in items] + list(first.values()))
    return {
        item.id: _reminder(
            item,
            contacts.get(item.person_id or item.assignee_id or 0),
            contacts.get(first.get(item.id, 0)),
        )
        for item in items
    }


def _reminder(item: WaitingItem, person: people.Contact | None, member: people.Contact | None) -> Reminder:
    reader = person or member
    kind = kind_named(item.kind)
    code = reader.language if reader else "en"
    path = url_for(kind.endpoint, **item.url_values)
    with in_language(code):
        greeting = gettext("Hello %(name)s,", name=person.display_name) if person else gettext("Hello,")
        subject = in_reader_language(item, "title")
        lines = [
            greeting,
            gettext("this waits for you: %(task)s: %(subject)s.", task=kind.label, subject=subject),
        ]
        when = show_instant(item.due_at, reader.zone if reader else CENTER_ZONE)
        lines.append(gettext("Please do it by %(when)s.", when=when))
        lines.append(f"{current_app.config['BASE_URL']}{path}")
    return Reminder("\n".join(lines), language(code).html)
