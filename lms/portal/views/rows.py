"""What waits and where things stand, as the components show it: in the reader's language, with addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request, url_for

from lms.accounts import queries as people
from lms.accounts.scopes import scope_names
from lms.core.access import role_named
from lms.core.actor import Actor
from lms.core.i18n import Text, gettext
from lms.core.waiting import WaitingItem, kind_named
from lms.core.web.locale import show_instant, show_time_left
from lms.core.web.templating import in_reader_language
from lms.notifications.reminders import Reminder, reminders_for
from lms.portal.standing import Standing


@dataclass(frozen=True)
class WaitingRow:
    """An item that waits for the reader; see `components/waiting.html` for the meaning of the fields."""

    title: str
    about: str
    url: str
    why: str
    due_text: str
    left_text: str
    overdue: bool
    tone: str
    action_label: str
    take_url: str
    take_label: str
    give_url: str
    seen: int | None
    taken_text: str
    reminder: str
    reminder_lang: str


@dataclass(frozen=True)
class NextStep:
    """What happens next about a matter: the task, who does it until when, and a reminder to paste to them."""

    task: Text
    who: Text
    due_text: str
    overdue: bool
    reminder: str
    reminder_lang: str


@dataclass(frozen=True)
class StandingRow:
    """One matter of the actor's own."""

    thing: Standing
    url: str
    steps: Sequence[NextStep]


class Rows:
    """Rows for some items: names of offices and people and reminders are read once, for all of them together."""

    def __init__(self, actor: Actor, items: Sequence[WaitingItem]) -> None:
        self.actor = actor
        self._offices = _office_names(items)
        others = [item for item in items if not _is_mine(actor, item)]
        self._reminders = reminders_for(others, actor.now) if others else {}
        self._people = people.contacts(
            {item.assignee_id for item in items} | {item.person_id for item in others} - {actor.person_id}
        )

    def waiting(self, items: Sequence[WaitingItem]) -> list[WaitingRow]:
        """What waits for the actor, with the buttons to take what belongs to their offices."""
        return [self._waiting(item) for item in items]

    def standing(
        self, things: Sequence[Standing], waits: Mapping[tuple[str, int], Sequence[WaitingItem]]
    ) -> list[StandingRow]:
        """The actor's own matters, each with who must act next."""
        return [
            StandingRow(
                thing=thing,
                url=url_for(thing.endpoint, **thing.url_values),
                steps=[self._next(item) for item in waits.get(thing.subjects[0], ())],
            )
            for thing in things
        ]

    def _waiting(self, item: WaitingItem) -> WaitingRow:
        kind, is_mine = kind_named(item.kind), _is_mine(self.actor, item)
        is_taken = item.assignee_id == self.actor.person_id
        take_to = "dashboard.put_back" if is_taken else "dashboard.take"
        reminder = self._reminders.get(item.id, _NO_REMINDER)
        return WaitingRow(
            title=gettext("%(task)s: %(subject)s", task=kind.label, subject=in_reader_language(item, "title")),
            about=in_reader_language(item, "title"),
            url=url_for(kind.endpoint, **item.url_values),
            why=str(self._offices.get(item.id, "")),
            due_text=self._due(item),
            left_text=show_time_left(item.due_at, self.actor.now),
            overdue=self._is_overdue(item),
            tone="accent" if is_mine else "primary",
            action_label=gettext("Go to it"),
            take_url=url_for(take_to, item_id=item.id, next=_here()) if item.office_role else "",
            take_label=_take_label(item, is_taken),
            give_url=url_for("dashboard.give", item_id=item.id, next=_here()) if item.office_role else "",
            seen=item.assignee_id,
            taken_text=self._taken(item),
            reminder=reminder.text,
            reminder_lang=reminder.lang,
        )

    def _next(self, item: WaitingItem) -> NextStep:
        reminder = self._reminders.get(item.id, _NO_REMINDER)
        return NextStep(
            task=kind_named(item.kind).label,
            who=self._who(item),
            due_text=self._due(item),
            overdue=self._is_overdue(item),
            reminder=reminder.text,
            reminder_lang=reminder.lang,
        )

    def _due(self, item: WaitingItem) -> str:
        """Until when, in the reader's zone with its name."""
        return gettext("Due %(when)s", when=show_instant(item.due_at, self.actor.zone))

    def _is_overdue(self, item: WaitingItem) -> bool:
        return item.due_at < self.actor.now

    def _taken(self, item: WaitingItem) -> str:
        if item.assignee_id is None:
            return ""
        if item.assignee_id == self.actor.person_id:
            return gettext("You work on this.")
        colleague = self._people.get(item.assignee_id)
        name = colleague.display_name if colleague else gettext("A former colleague")
        return gettext("%(name)s works on this.", name=name)

    def _who(self, item: WaitingItem) -> Text:
        if item.person_id == self.actor.person_id:
            return gettext("You")
        person = self._people.get(item.person_id or 0)
        return person.display_name if person else self._offices.get(item.id) or gettext("Somebody else")


_NO_REMINDER = Reminder("", "")


def _take_label(item: WaitingItem, is_taken: bool) -> str:
    if is_taken:
        return gettext("Put back")
    return gettext("Take over") if item.assignee_id else gettext("I take it")


def _here() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else url_for("dashboard.show")


def _is_mine(actor: Actor, item: WaitingItem) -> bool:
    """Whether it waits for the actor alone: addressed to them, or taken by them."""
    return actor.person_id in (item.person_id, item.assignee_id)


def _office_names(items: Sequence[WaitingItem]) -> dict[int, Text]:
    """The office that each item is addressed to, by the item's id; one query for each kind of scope."""
    offices = {item.id: (item.office_role, item.scope_kind or "", item.scope_id) for item in items if item.office_role}
    scopes = scope_names({(kind, scope_id) for _role, kind, scope_id in offices.values()})
    return {
        item_id: _office(role_named(role, kind).label, scopes[kind, scope_id] if scope_id else None)
        for item_id, (role, kind, scope_id) in offices.items()
        if scope_id is None or (kind, scope_id) in scopes
    }


def _office(role: Text, scope: Text | None) -> Text:
    return gettext("%(role)s, %(scope)s", role=role, scope=scope) if scope else role
