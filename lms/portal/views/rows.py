"""What waits, as `components/waiting.html` shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request, url_for

from lms.accounts import queries as people
from lms.accounts.scopes import scope_names
from lms.core.access import role_named
from lms.core.actor import Actor
from lms.core.i18n import Text, gettext
from lms.core.waiting import WaitingItem, kind_named
from lms.core.web.locale import show_instant
from lms.portal.standing import Standing


@dataclass(frozen=True)
class WaitingRow:
    """One item in the reader's language; see the component for the meaning of the fields."""

    title: str
    url: str
    why: str
    due_text: str
    overdue: bool
    tone: str
    action_label: str
    take_url: str = ""
    take_label: str = ""
    seen: int | None = None
    taken_text: str = ""
    reminder: str = ""
    reminder_lang: str = ""


def office_names(items: Sequence[WaitingItem]) -> dict[int, Text]:
    """The office that each item is addressed to, in words, by the item's id; with one query for each kind of scope."""
    addressed = [item for item in items if item.office_role is not None]
    scopes = scope_names({(item.scope_kind or "", item.scope_id) for item in addressed})
    return {
        item.id: _office(item, scopes[item.scope_kind or "", item.scope_id])
        for item in addressed
        if (item.scope_kind or "", item.scope_id) in scopes
    }


def _office(item: WaitingItem, scope: Text) -> Text:
    label = role_named(item.office_role or "", item.scope_kind or "").label
    if item.scope_id is None:
        return label
    return gettext("%(role)s, %(scope)s", role=label, scope=scope)


def waiting_rows(actor: Actor, items: Sequence[WaitingItem]) -> list[WaitingRow]:
    """Rows for what waits for the actor, with the buttons to take what belongs to their offices."""
    offices = office_names(items)
    colleagues = people.contacts({item.assignee_id for item in items} - {actor.person_id})
    return [_row(actor, item, offices, colleagues) for item in items]


def _row(
    actor: Actor, item: WaitingItem, offices: dict[int, Text], colleagues: dict[int, people.Contact]
) -> WaitingRow:
    kind = kind_named(item.kind)
    is_mine = item.person_id is not None or item.assignee_id == actor.person_id
    taken_text = ""
    if item.assignee_id == actor.person_id:
        taken_text = gettext("You work on this.")
    elif item.assignee_id is not None:
        colleague = colleagues.get(item.assignee_id)
        name = colleague.display_name if colleague else gettext("A former colleague")
        taken_text = gettext("%(name)s works on this.", name=name)
    here = request.full_path.rstrip("?") if request.method == "GET" else "/dashboard"
    return WaitingRow(
        title=gettext("%(task)s: %(subject)s", task=kind.label, subject=item.title),
        url=url_for(kind.endpoint, **item.url_values),
        why=str(offices.get(item.id, "")),
        due_text=due_text(actor, item),
        overdue=item.due_at is not None and item.due_at < actor.now,
        tone="accent" if is_mine else "primary",
        action_label=gettext("Open"),
        take_url="" if is_mine else url_for("dashboard.take", item_id=item.id, next=here),
        take_label=gettext("Take over") if item.assignee_id else gettext("I take it"),
        seen=item.assignee_id,
        taken_text=taken_text,
    )


def due_text(actor: Actor, item: WaitingItem) -> str:
    """Until when, in the reader's zone with its name; empty when there is no deadline."""
    return gettext("Due %(when)s", when=show_instant(item.due_at, actor.zone)) if item.due_at else ""


@dataclass(frozen=True)
class NextStep:
    """What happens next about a matter: the task, who does it until when, and a reminder to paste to them."""

    task: Text
    who: Text
    due_text: str
    overdue: bool
    reminder: str = ""
    reminder_lang: str = ""


@dataclass(frozen=True)
class StandingRow:
    """One matter of the actor's own in the reader's language."""

    thing: Standing
    url: str
    steps: Sequence[NextStep]


def standing_rows(
    actor: Actor, things: Sequence[Standing], waits: Mapping[tuple[str, int], Sequence[WaitingItem]]
) -> list[StandingRow]:
    """Rows for the actor's own matters, each with who must act next."""
    items = [item for found in waits.values() for item in found]
    offices = office_names(items)
    others = people.contacts({item.person_id for item in items} - {actor.person_id})

    def step(item: WaitingItem) -> NextStep:
        return NextStep(
            task=kind_named(item.kind).label,
            who=_who(actor, item, offices, others),
            due_text=due_text(actor, item),
            overdue=item.due_at is not None and item.due_at < actor.now,
        )

    return [
        StandingRow(
            thing=thing,
            url=url_for(thing.endpoint, **thing.url_values),
            steps=[step(item) for item in waits.get(thing.subjects[0], ())],
        )
        for thing in things
    ]


def _who(
    actor: Actor, item: WaitingItem, offices: Mapping[int, Text], others: Mapping[int, people.Contact]
) -> Text:
    if item.person_id == actor.person_id:
        return gettext("You")
    if item.person_id in others:
        return others[item.person_id].display_name
    return offices.get(item.id) or gettext("Somebody else")
