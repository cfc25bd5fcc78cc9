"""What an application to a joint degree still lacks, who receives it, and where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lms.accounts.consents import SUBMISSION, Consenting
from lms.applications.eligibility import Met
from lms.applications.queries.calls import open_returned_fields, returned_now
from lms.applications.queries.consents import not_yet_given
from lms.applications.queries.documents import documents_of
from lms.applications.queries.facts import application_outcomes
from lms.applications.rules import DOCUMENT_KINDS
from lms.core import waiting
from lms.core.i18n import Text, lazy_names
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import WaitingItem
from lms.core.workflow import histories_of, machine_named
from lms.programmes.models import Admission, Application, Institution, OfferCondition
from lms.programmes.queries.admission import decisions_of, terms
from lms.programmes.rules import field_label, returnable_fields, step_of


@dataclass(frozen=True)
class Missing:
    """Something without which an application cannot be submitted, and the step on which it is given."""

    step: str
    message: Text


def missing_in(application: Application, admission: Admission, *, now: datetime) -> list[Missing]:
    """Everything that is still missing, in the order of the steps."""
    found = [
        Missing(
            "facts", outcome.because if outcome.met is Met.UNKNOWN else _l("Not met: %(rule)s", rule=outcome.demand)
        )
        for outcome in application_outcomes(application, now=now)
        if outcome.met is not Met.YES
    ]
    if admission.party_id is None:
        found.append(Missing("university", _l("Choose the university through which you enter.")))
    if not application.statement:
        found.append(Missing("statement", _l("Write your statement.")))
    there = {document.kind for document in documents_of(application.id)}
    found += [
        Missing("documents", _l("Upload: %(document)s", document=DOCUMENT_KINDS.get(kind, kind)))
        for kind in application.call.document_kinds
        if kind not in there
    ]
    return found


def not_put_right(application: Application) -> list[Missing]:
    """The fields that a party sent back and that were not changed since."""
    return [
        Missing(step_of(row.field), _l("Put right: %(field)s", field=field_label(row.field)))
        for row in open_returned_fields(application.id)
    ]


def changeable_fields(application: Application, admission: Admission) -> set[str]:
    """What the applicant may change now: everything in a draft, what a party named when it was returned.

    The university of somebody whom a party nominated is that party.
    """
    if application.state != "draft":
        return returned_now(application)
    fields = {field for field, _label in returnable_fields(application.call)}
    return fields if is_nominated_by_party(admission) else fields | {"university"}


def is_nominated_by_party(admission: Admission) -> bool:
    """Whether a party of the programme nominated the applicant, who then enters through it."""
    return admission.nominating_id is not None and admission.nominating_id in terms(admission.intake).limits


# --- consents ---------------------------------------------------------------------------------------


def recipients_of(
    application: Application, admission: Admission, *, center: str, language: str = "en"
) -> list[Consenting]:
    """Who receives the application, each to be consented to by itself: the Center and every party."""
    blank = Consenting(SUBMISSION.name, center, "CN", language, f"application:{application.ref}")
    return [blank] + [
        replace(
            blank,
            recipient=(party.institution.name_zh if language == "zh" else "") or party.institution.name_en,
            country=party.institution.country_code,
        )
        for party in terms(admission.intake).parties
    ]


def consents_to_ask(
    application: Application, admission: Admission, *, center: Mapping[str, str], language: str
) -> list[Consenting]:
    """The recipients whose consent does not hold yet. `center` names the Center in each language."""
    named = [recipients_of(application, admission, center=name, language=code) for code, name in center.items()]
    return not_yet_given(application.person_id, named, language=language)


# --- where it stands --------------------------------------------------------------------------------


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


def happened(application: Application, admission: Admission) -> list[Happened]:
    """The public history of an application, oldest first. What single parties decided is not part of it."""
    machine = machine_named("admission")
    found = []
    for row in histories_of([("admission", application.id)], public_only=True):
        transition = machine.transitions.get(row.transition)
        if row.actor_id == application.person_id:
            by: Text = application.person.display_name
        elif transition is None and admission.nominating is not None:
            by = lazy_names([admission.nominating], "name")
        else:
            by = _l("The universities of the programme") if row.actor_id else _l("The platform")
        title = transition.timeline_label if transition else _l("Started")
        found.append(Happened(row.at, title, row.note, by, machine.states[row.to_state].tone))
    return found


def next_of(application: Application, admission: Admission, conditions: Sequence[OfferCondition]) -> Next | None:
    """Who must act now: oneself first, then the universities that have not decided or confirmed yet."""
    decisions = {one.id: one for one in decisions_of(application.id)}
    subjects = [
        ("application", application.id),
        *(("party_decision", one) for one in decisions),
        *(("offer_condition", one.id) for one in conditions),
    ]
    items = waiting.items_about_all(subjects)
    for item in items:
        if item.person_id == application.person_id:
            return Next(waiting.kind_named(item.kind).label, _l("You"), item.due_at, mine=item)
    if items:
        first = items[0]
        universities = _universities(admission, [one for one in items if one.kind == first.kind])
        return Next(waiting.kind_named(first.kind).label, lazy_names(universities, "name"), first.due_at)
    if application.state == "waitlisted":
        return Next(_l("An offer, as soon as a seat becomes free"), _l("The universities of the programme"), None)
    return None


def _universities(admission: Admission, items: Sequence[WaitingItem]) -> list[Institution]:
    asked = {item.scope_id for item in items}
    return [one.institution for one in terms(admission.intake).parties if one.institution_id in asked]
