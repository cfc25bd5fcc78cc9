"""What happened to an application as its applicant may read it, and who must act next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.core import waiting
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import WaitingItem
from lms.core.workflow import History, Machine, histories_of, machine_named
from lms.exchange.models import Application, Endorsement

_OFFICES: dict[str, Text] = {
    "secretariat": _l("The secretariat of the Center"),
    "coordinator": _l("The coordinators of your home institution"),
    "host": _l("The host lab"),
}


# What goes on where nothing that waits may be told: the same words for everybody, so that they betray nothing.
_MEANWHILE: dict[str, Text] = {
    "in_review": _l("Reviews and rankings; the decisions then reach everybody at the same time"),
    "waitlisted": _l("An offer, as soon as a place becomes free"),
}


@dataclass(frozen=True)
class Happened:
    """One line of a timeline."""

    at: datetime
    title: Text
    note: str
    by: Text
    tone: str


@dataclass(frozen=True)
class Next:
    """Who must act, on what, until when; where it is the applicant, the item whose page they act on."""

    what: Text
    who: Text
    until: datetime | None
    mine: WaitingItem | None = None


def happened(application: Application, endorsements: Sequence[Endorsement]) -> list[Happened]:
    """The public history of an application and of its endorsements, oldest first.

    Whoever decided for an office is shown as that office: reviewers, hosts and staff stay unnamed.
    """
    subjects = [("endorsement", endorsement.id) for endorsement in endorsements]
    rows = histories_of([("application", application.id), *subjects], public_only=True)
    name = application.person.display_name
    return [_line(machine_named(row.machine), row, application.person_id, name) for row in rows]


def _line(machine: Machine, row: History, person_id: int, name: str) -> Happened:
    if row.transition == "start":
        title: Text = _l("Started") if machine.name == "application" else _l("Endorsement asked for")
        tone = "neutral"
    else:
        title = machine.transitions[row.transition].timeline_label
        tone = machine.states[row.to_state].tone
    return Happened(row.at, title, row.note, _who(machine, row, person_id, name), tone)


def _who(machine: Machine, row: History, person_id: int, name: str) -> Text:
    if row.actor_id == person_id:
        return name
    if machine.name == "endorsement" and row.transition in ("give", "refuse", "record_refusal"):
        return _l("Home side")
    return _l("The platform") if row.actor_id is None else _OFFICES["secretariat"]


def next_of(application: Application, endorsements: Sequence[Endorsement]) -> Next | None:
    """Who must act now, so far as the applicant may know: oneself first, then the home side, then the Center."""
    for endorsement in endorsements:
        if endorsement.route == "link" and endorsement.state == "requested":
            return Next(ENDORSEMENT_BY_LINK, endorsement.endorser_office, endorsement.due_at)
    subjects = [("endorsement", endorsement.id) for endorsement in endorsements]
    found = waiting.items_about_all([*subjects, ("application", application.id)])
    items = sorted(found, key=lambda item: (item.subject_kind != "endorsement", item.id))
    open_items = [item for item in items if waiting.kind_named(item.kind).is_public]
    mine = [item for item in open_items if item.person_id == application.person_id]
    for item in mine or open_items:
        what = waiting.kind_named(item.kind).label
        if item.person_id == application.person_id:
            return Next(what, _l("You"), item.due_at, mine=item)
        return Next(what, _OFFICES.get(item.office_role or "", ""), item.due_at)
    if application.state in _MEANWHILE:
        return Next(_MEANWHILE[application.state], _OFFICES["secretariat"], None)
    return None


ENDORSEMENT_BY_LINK: Text = _l("Endorse or refuse the application by the mailed link")
